import en from './en/flows';
import { follow, whole } from './language';

export let t = whole(en);
follow('flows', en, (texts) => (t = texts));
