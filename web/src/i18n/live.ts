import en from './en/live';
import { follow, whole } from './language';

export let t = whole(en);
follow('live', en, (texts) => (t = texts));
