import en from './en/users';
import { follow, whole } from './language';

export let t = whole(en);
follow('users', en, (texts) => (t = texts));
