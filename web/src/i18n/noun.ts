import en from './en/noun';
import { follow, whole } from './language';

export let t = whole(en);
follow('noun', en, (texts) => (t = texts));
