import en from './en/rates';
import { follow, whole } from './language';

export let t = whole(en);
follow('rates', en, (texts) => (t = texts));
