import en from './en/queues';
import { follow, whole } from './language';

export let t = whole(en);
follow('queues', en, (texts) => (t = texts));
