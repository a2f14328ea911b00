import en from './en/phone';
import { follow, whole } from './language';

export let t = whole(en);
follow('phone', en, (texts) => (t = texts));
