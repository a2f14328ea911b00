import en from './en/voicemail';
import { follow, whole } from './language';

export let t = whole(en);
follow('voicemail', en, (texts) => (t = texts));
