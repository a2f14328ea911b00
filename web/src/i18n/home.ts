import en from './en/home';
import { follow, whole } from './language';

export let t = whole(en);
follow('home', en, (texts) => (t = texts));
