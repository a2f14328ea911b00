import en from './en/callsettings';
import { follow, whole } from './language';

export let t = whole(en);
follow('callsettings', en, (texts) => (t = texts));
