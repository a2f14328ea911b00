import en from './en/extensions';
import { follow, whole } from './language';

export let t = whole(en);
follow('extensions', en, (texts) => (t = texts));
