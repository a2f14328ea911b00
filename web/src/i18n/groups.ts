import en from './en/groups';
import { follow, whole } from './language';

export let t = whole(en);
follow('groups', en, (texts) => (t = texts));
