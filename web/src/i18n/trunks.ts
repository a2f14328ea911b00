import en from './en/trunks';
import { follow, whole } from './language';

export let t = whole(en);
follow('trunks', en, (texts) => (t = texts));
