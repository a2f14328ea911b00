import en from './en/registrations';
import { follow, whole } from './language';

export let t = whole(en);
follow('registrations', en, (texts) => (t = texts));
