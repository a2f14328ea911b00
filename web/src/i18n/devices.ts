import en from './en/devices';
import { follow, whole } from './language';

export let t = whole(en);
follow('devices', en, (texts) => (t = texts));
