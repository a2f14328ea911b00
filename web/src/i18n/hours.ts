import en from './en/hours';
import { follow, whole } from './language';

export let t = whole(en);
follow('hours', en, (texts) => (t = texts));
