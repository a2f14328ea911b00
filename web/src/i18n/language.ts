/** Which language is spoken. Its texts come in parts: a page brings those of its subject, the frame only its own. */
import common from './en/common';

/** A language: every part, each of the same keys and parameters as the English one. Types only, so nothing is loaded. */
export interface Catalogue {
  common: typeof common;
  account: typeof import('./en/account').default;
  blocks: typeof import('./en/blocks').default;
  calls: typeof import('./en/calls').default;
  callsettings: typeof import('./en/callsettings').default;
  codes: typeof import('./en/codes').default;
  devices: typeof import('./en/devices').default;
  dnc: typeof import('./en/dnc').default;
  extensions: typeof import('./en/extensions').default;
  fax: typeof import('./en/fax').default;
  flows: typeof import('./en/flows').default;
  follow: typeof import('./en/follow').default;
  form: typeof import('./en/form').default;
  groups: typeof import('./en/groups').default;
  home: typeof import('./en/home').default;
  hours: typeof import('./en/hours').default;
  live: typeof import('./en/live').default;
  mails: typeof import('./en/mails').default;
  noun: typeof import('./en/noun').default;
  numbers: typeof import('./en/numbers').default;
  phone: typeof import('./en/phone').default;
  policies: typeof import('./en/policies').default;
  queues: typeof import('./en/queues').default;
  rates: typeof import('./en/rates').default;
  recordings: typeof import('./en/recordings').default;
  routes: typeof import('./en/routes').default;
  reach: typeof import('./en/reach').default;
  registrations: typeof import('./en/registrations').default;
  shortcuts: typeof import('./en/shortcuts').default;
  secondStep: typeof import('./en/second-step').default;
  signIn: typeof import('./en/sign-in').default;
  sounds: typeof import('./en/sounds').default;
  tenants: typeof import('./en/tenants').default;
  trunks: typeof import('./en/trunks').default;
  users: typeof import('./en/users').default;
  voicemail: typeof import('./en/voicemail').default;
}

type Common = Catalogue['common'];

/** Null while it is English, whose parts come with the code that shows them. */
let spoken: Catalogue | null = null;
const followers: (() => void)[] = [];

/** The texts of a part together with those of the frame. */
export function whole<T extends object>(part: T): Common & T {
  return { ...common, ...part };
}

/** Calls `use` whenever the language changes, and at once when it is not English any more. */
export function follow<P extends keyof Catalogue>(part: P, english: Catalogue[P], use: (texts: Common & Catalogue[P]) => void): void {
  const tell = (): void => use({ ...(spoken?.common ?? common), ...(spoken?.[part] ?? english) });
  followers.push(tell);
  if (spoken) tell();
}

export function speak(language: Catalogue | null): void {
  spoken = language;
  for (const tell of followers) tell();
}
