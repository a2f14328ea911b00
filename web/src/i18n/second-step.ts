import en from './en/second-step';
import { follow, whole } from './language';

export let t = whole(en);
follow('secondStep', en, (texts) => (t = texts));
