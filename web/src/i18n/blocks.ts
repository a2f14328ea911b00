import en from './en/blocks';
import { follow, whole } from './language';

export let t = whole(en);
follow('blocks', en, (texts) => (t = texts));
