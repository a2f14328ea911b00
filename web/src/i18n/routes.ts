import en from './en/routes';
import { follow, whole } from './language';

export let t = whole(en);
follow('routes', en, (texts) => (t = texts));
