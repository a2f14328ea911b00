import en from './en/dnc';
import { follow, whole } from './language';

export let t = whole(en);
follow('dnc', en, (texts) => (t = texts));
