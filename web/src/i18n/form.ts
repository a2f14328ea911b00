import en from './en/form';
import { follow, whole } from './language';

export let t = whole(en);
follow('form', en, (texts) => (t = texts));
