/**
 * The portal's texts. `en.ts` is the model: another language is a file of the same shape, and the
 * compiler refuses it while a key is missing.
 */
import en from './en';

/** Texts of any language have the same keys and parameters. */
export type Catalogue = typeof en;

/** Other languages are loaded only when somebody uses them. */
const others: Record<string, () => Promise<{ default: Catalogue }>> = {};

export const LANGUAGES: { code: string; name: string }[] = [{ code: 'en', name: 'English' }];

export let t: Catalogue = en;

export async function setLanguage(code: string): Promise<void> {
  const load = others[code];
  t = load ? (await load()).default : en;
  if (typeof document !== 'undefined') document.documentElement.lang = load ? code : 'en';
}
