import en from './en/calls';
import { follow, whole } from './language';

export let t = whole(en);
follow('calls', en, (texts) => (t = texts));
