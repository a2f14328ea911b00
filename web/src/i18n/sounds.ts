import en from './en/sounds';
import { follow, whole } from './language';

export let t = whole(en);
follow('sounds', en, (texts) => (t = texts));
