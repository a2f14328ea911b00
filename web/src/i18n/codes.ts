import en from './en/codes';
import { follow, whole } from './language';

export let t = whole(en);
follow('codes', en, (texts) => (t = texts));
