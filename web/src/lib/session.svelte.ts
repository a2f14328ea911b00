/** Who is signed in; everything that depends on it starts and ends here. */
import { setLanguage } from '../i18n';
import { api, ApiError, setCsrf, whenSignedOut } from './api';
import { setLocale } from './format';
import { safeNext } from './match';
import { queries } from './queries';
import { go, query, router } from './router.svelte';

export type Role = 'platform' | 'admin' | 'agent' | 'user';
export type Theme = 'system' | 'light' | 'dark';

export interface Me {
  user: {
    id: string; email: string; name: string; role: Role; language: string; timezone: string; theme: Theme; permissions: string[];
  };
  tenant: { id: string; name: string; domain: string; country: string; currency: string } | null;
  extension: { id: string; number: string; name: string } | null;
  /** Of how many queues one is an agent. */
  queues: number;
  csrf: string;
  /** The organisation asks for a second step that is not set up yet: nothing else answers. */
  owesSecondStep: boolean;
  balance: { micros: number; currency: string } | null;
  version: string;
  /** Where the live events stood when this was answered. */
  eventsAfter: string;
}

export interface Brand {
  title: string;
  logoUrl: string | null;
  supportEmail: string | null;
  product: string;
  version: string;
}

type State = { kind: 'unknown' } | { kind: 'out' } | { kind: 'in'; me: Me } | { kind: 'error'; error: ApiError };

export const session = $state<{ value: State }>({ value: { kind: 'unknown' } });

let last: Me | null = null;

/** Who is signed in; for pages, which exist only then. While they are taken down it is who was. */
export function me(): Me {
  if (session.value.kind === 'in') last = session.value.me;
  if (!last) throw new Error('nobody is signed in');
  return last;
}

function isAdmin(role: Role): boolean {
  return role === 'admin' || role === 'platform';
}

/** Of the organisation in which one works. */
export function administers(who: Me = me()): boolean {
  return who.tenant !== null && isAdmin(who.user.role);
}

/** May this person do what the token names? Administrators may, others when it was granted to them. */
export function may(token: string, who: Me = me()): boolean {
  return who.tenant !== null && (isAdmin(who.user.role) || who.user.permissions.includes(token));
}

export async function signedIn(next: Me): Promise<void> {
  const { value } = session;
  // Nothing that was read for one organisation may be shown as another's.
  if (value.kind === 'in' && value.me.tenant?.id !== next.tenant?.id) queries.clear();
  setCsrf(next.csrf);
  setLocale(next.user.language, next.user.timezone, next.tenant?.country);
  await setLanguage(next.user.language);
  applyTheme(next.user.theme);
  session.value = { kind: 'in', me: next };
}

/** At start: is there a session already? */
export async function loadSession(): Promise<void> {
  try {
    await signedIn(await api.get<Me>('/me'));
  } catch (error) {
    if (error instanceof ApiError && error.status !== 401) session.value = { kind: 'error', error };
  }
}

export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme);
  } catch {
    // Without storage the theme comes with the session only.
  }
}

export function darkNow(): boolean {
  const set = document.documentElement.dataset.theme;
  return set ? set === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

/** Pages for which nobody has to be signed in. */
const DOORS = ['/sign-in', '/forgot', '/reset'];

/** The session ended on the server: sign in, and come back to this very page. */
function signedOut(): void {
  if (DOORS.includes(router.path)) {
    session.value = { kind: 'out' };
    return;
  }
  const here = router.path + router.search;
  session.value = { kind: 'out' };
  go(here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`, { replace: true, within: true });
}

whenSignedOut(signedOut);

export function forgetSession(): void {
  setCsrf('');
  session.value = { kind: 'out' };
}

export function afterSignIn(): void {
  go(safeNext(query('next') || '/'), { replace: true, within: true });
}
