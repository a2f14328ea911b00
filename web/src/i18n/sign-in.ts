import en from './en/sign-in';
import { follow, whole } from './language';

export let t = whole(en);
follow('signIn', en, (texts) => (t = texts));
