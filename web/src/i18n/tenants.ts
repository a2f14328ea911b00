import en from './en/tenants';
import { follow, whole } from './language';

export let t = whole(en);
follow('tenants', en, (texts) => (t = texts));
