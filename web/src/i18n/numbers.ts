import en from './en/numbers';
import { follow, whole } from './language';

export let t = whole(en);
follow('numbers', en, (texts) => (t = texts));
