import en from './en/account';
import { follow, whole } from './language';

export let t = whole(en);
follow('account', en, (texts) => (t = texts));
