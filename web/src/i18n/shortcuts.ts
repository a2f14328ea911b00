import en from './en/shortcuts';
import { follow, whole } from './language';

export let t = whole(en);
follow('shortcuts', en, (texts) => (t = texts));
