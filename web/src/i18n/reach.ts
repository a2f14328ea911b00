import en from './en/reach';
import { follow, whole } from './language';

export let t = whole(en);
follow('reach', en, (texts) => (t = texts));
