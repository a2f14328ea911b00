import en from './en/mails';
import { follow, whole } from './language';

export let t = whole(en);
follow('mails', en, (texts) => (t = texts));
