import en from './en/fax';
import { follow, whole } from './language';

export let t = whole(en);
follow('fax', en, (texts) => (t = texts));
