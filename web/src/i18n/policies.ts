import en from './en/policies';
import { follow, whole } from './language';

export let t = whole(en);
follow('policies', en, (texts) => (t = texts));
