import en from './en/follow';
import { follow, whole } from './language';

export let t = whole(en);
follow('follow', en, (texts) => (t = texts));
