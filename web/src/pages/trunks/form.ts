import type { Trunk, TrunkState } from '../../data/nouns';
import { t } from '../../i18n/trunks';
import { when } from '../../lib/format';

/** As one types it: numbers as text; the password is only ever written. */
export interface TrunkValues extends Record<string, unknown> {
  name: string;
  host: string;
  port: string;
  transport: Trunk['transport'];
  auth: Trunk['auth'];
  username: string;
  password: string;
  channels: string;
  plus: boolean;
  active: boolean;
  registers: boolean;
  /** In seconds; empty: it is not asked. */
  ask: string;
  callsPerSecond: string;
  codecs: string;
  t38: boolean;
  identity: Trunk['identity'];
  diversion: Trunk['diversion'];
  dtmf: Trunk['dtmf'];
  /** In seconds; empty: as the system is set. */
  silence: string;
  country: string;
}

export function valuesOf(trunk: Trunk | null): TrunkValues {
  if (!trunk) return { name: '', host: '', port: '5060', transport: 'udp', auth: 'ip', username: '', password: '', channels: '0', plus: true, active: true, registers: false, ask: '60', callsPerSecond: '0', codecs: '', t38: true, identity: 'both', diversion: 'none', dtmf: 'rfc4733', silence: '', country: '' };
  const { name, host, port, transport, auth, username, channels, plus, active, registers, optionsMs, callsPerSecond, codecs, t38, identity, diversion, dtmf, silenceMs, country } = trunk;
  return { name, host, port: String(port), transport, auth, username, password: '', channels: String(channels), plus, active, registers, ask: optionsMs ? String(optionsMs / 1000) : '', callsPerSecond: String(callsPerSecond), codecs, t38, identity, diversion, dtmf, silence: silenceMs ? String(silenceMs / 1000) : '', country };
}

export function inputOf({ port, channels, password, ask, callsPerSecond, codecs, silence, country, ...rest }: Partial<TrunkValues>): Record<string, unknown> {
  return {
    ...rest,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(channels === undefined ? {} : { channels: Number(channels) }),
    ...(password ? { password } : {}),
    ...(codecs === undefined ? {} : { codecs: codecs.trim().toLowerCase().split(/[\s,]+/).join(' ') }),
    ...(ask === undefined ? {} : { optionsMs: Number(ask) * 1000 }),
    ...(silence === undefined ? {} : { silenceMs: Number(silence) * 1000 }),
    ...(country === undefined ? {} : { country: country.trim().toUpperCase() }),
    ...(callsPerSecond === undefined ? {} : { callsPerSecond: Number(callsPerSecond) }),
  };
}

const whole = (text: string, least: number, most: number): boolean => /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;

export function check(values: TrunkValues): Record<string, string> {
  const { errors } = t.trunks;
  return {
    ...(values.name.trim() ? {} : { name: errors.name }),
    ...(values.host.trim() ? {} : { host: errors.host }),
    ...(whole(values.port, 0, 65_535) ? {} : { port: errors.port }),
    ...(whole(values.channels, 0, 100_000) ? {} : { channels: errors.channels }),
    ...(!values.ask.trim() || whole(values.ask, 5, 3600) ? {} : { ask: errors.ask }),
    ...(!values.silence.trim() || whole(values.silence, 5, 3600) ? {} : { silence: errors.silence }),
    ...(!values.country.trim() || /^[A-Za-z]{2}$/.test(values.country.trim()) ? {} : { country: errors.country }),
    ...(whole(values.callsPerSecond, 0, 1000) ? {} : { callsPerSecond: errors.callsPerSecond }),
    ...(values.auth === 'ip' || values.username.trim() ? {} : { username: errors.username }),
  };
}

/** What a badge says of it, and whether it is good, bad, or neither. */
export function stateOf({ active, state }: Trunk): { word: string; tone: 'ok' | 'bad' | 'warn' | '' } {
  const { states } = t.trunks;
  if (!active) return { word: t.trunks.off, tone: '' };
  if (!state) return { word: t.trunks.on, tone: 'ok' };
  if (state.registration === 'refused' || state.registration === 'silent') return { word: states[state.registration], tone: 'bad' };
  if (state.health === 'down') return { word: states.down, tone: 'bad' };
  if (state.registration === 'trying') return { word: states.trying, tone: 'warn' };
  return { word: state.registration === 'registered' ? states.registered : state.health === 'up' ? states.up : states.unknown, tone: state.health === 'unknown' && state.registration === 'none' ? 'warn' : 'ok' };
}

/** What the carrier said last, and what that means: "403 Forbidden (user name or password is not accepted)". */
function saidBy({ code, reason }: TrunkState): string {
  const codes: Record<number, string> = t.trunks.codes;
  const words = codes[code];
  return [code || '', reason, words ? `(${words})` : ''].filter(Boolean).join(' ');
}

/** Since when, what the carrier said, and when it is tried again. */
export function stateWords({ state, active }: Trunk): string {
  if (!state || !active) return '';
  return [t.trunks.since(when(state.since)), saidBy(state), state.nextAt && stateBad(state.registration) ? t.trunks.next(when(state.nextAt)) : ''].filter(Boolean).join(' · ');
}

const stateBad = (registration: string): boolean => registration === 'refused' || registration === 'silent';
