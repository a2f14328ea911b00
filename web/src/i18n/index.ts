/**
 * The texts of the frame, which every page may use too. A page takes the texts of its subject from the file
 * beside this one. The English files under `en` are the model: another language has the same shape
 * (`Catalogue`), and the compiler refuses it while a key is missing.
 */
import common from './en/common';
import { follow, speak, type Catalogue } from './language';

/** Other languages are loaded only when somebody uses them. */
const others: Record<string, () => Promise<{ default: Catalogue }>> = {};

export const LANGUAGES: { code: string; name: string }[] = [{ code: 'en', name: 'English' }];

export let t = common;
follow('common', common, (texts) => (t = texts));

export async function setLanguage(code: string): Promise<void> {
  const load = others[code];
  speak(load ? (await load()).default : null);
  if (typeof document !== 'undefined') document.documentElement.lang = load ? code : 'en';
}
