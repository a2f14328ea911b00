import en from './en/recordings';
import { follow, whole } from './language';

export let t = whole(en);
follow('recordings', en, (texts) => (t = texts));
