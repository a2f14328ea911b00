/** What administrators list, add, change and remove, each in the same way. */
import { api, type Page, type Tagged } from '../lib/api';

export interface Noun<T extends { id: string }> {
  /** Also the key of its queries. */
  name: string;
  list: (cursor: string, signal: AbortSignal, query?: Record<string, string>) => Promise<Page<T>>;
  get: (id: string, signal: AbortSignal) => Promise<Tagged<T>>;
  create: (input: Record<string, unknown>) => Promise<T>;
  save: (id: string, changes: Record<string, unknown>, etag: string) => Promise<T>;
  remove: (id: string) => Promise<void>;
}

export function noun<T extends { id: string }>(name: string): Noun<T> {
  const one = (id: string): string => `/${name}/${encodeURIComponent(id)}`;
  return {
    name,
    list: (cursor, signal, query = {}) => api.get(`/${name}`, { ...query, cursor, limit: 50 }, signal),
    get: (id, signal) => api.getTagged(one(id), signal),
    create: (input) => api.post(`/${name}`, input),
    save: (id, changes, etag) => api.patch(one(id), changes, etag),
    remove: (id) => api.delete(one(id)),
  };
}

/** Where a call goes. */
export interface Dest {
  kind: string;
  target: string;
  label?: string;
}

export const listDests = (kind: string, q: string, signal: AbortSignal): Promise<Page<Dest>> => api.get('/dests', { kind, q }, signal);

/** What is sent: the label is the server's. */
export const destInput = (dest: Dest | null): Dest | null => (dest ? { kind: dest.kind, target: dest.target.trim() } : null);

export const STRATEGIES = ['simultaneous', 'sequence', 'random', 'rollover'] as const;

export interface GroupMember {
  number: string;
  delayMs: number;
  ringMs: number;
  confirm: boolean;
}

export interface RingGroup {
  id: string;
  number: string;
  name: string;
  strategy: (typeof STRATEGIES)[number];
  ringback: 'ring' | 'music';
  /** Music of the organisation's own; '': what it chose for everybody. */
  musicId: string;
  prefix: string;
  members: GroupMember[];
  next: Dest | null;
}

export const ringGroups = noun<RingGroup>('ring-groups');

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** The first rule that fits decides. Equal times: the whole day; dates as 2026-12-24, or each year 12-24. */
export interface HoursRule {
  open: boolean;
  days: Day[];
  from: string;
  to: string;
  firstDay: string;
  lastDay: string;
}

export interface TimeCondition {
  id: string;
  name: string;
  timezone: string;
  rules: HoursRule[];
  open: Dest | null;
  closed: Dest | null;
  openNow: boolean;
}

export const timeConditions = noun<TimeCondition>('time-conditions');

export interface CallFlow {
  id: string;
  number: string;
  name: string;
  hasPin: boolean;
  isNight: boolean;
  day: Dest | null;
  night: Dest | null;
}

export const callFlows = noun<CallFlow>('call-flows');

export const BLOCK_KINDS = ['number', 'prefix', 'anonymous'] as const;
export const BLOCK_ACTIONS = ['reject', 'busy', 'voicemail'] as const;

export interface CallBlock {
  id: string;
  extensionId: string | null;
  kind: (typeof BLOCK_KINDS)[number];
  pattern: string;
  action: (typeof BLOCK_ACTIONS)[number];
  note: string;
  active: boolean;
  use: { calls: number; day: number; lastAt: number } | null;
}

export const callBlocks = noun<CallBlock>('call-blocks');

/** A number that no fax is sent to. */
export interface Unwanted {
  id: string;
  number: string;
  note: string;
  addedBy: string;
  addedAt: number;
}
export const dnc = noun<Unwanted>('dnc');

/** A number in the outside world, and what it leads to. */
export interface PhoneNumber {
  id: string;
  number: string;
  title: string;
  kind: 'voice' | 'fax';
  dest: Dest | null;
  active: boolean;
  /** Whom faxes to it are mailed to, besides those of its extension. */
  faxEmails: string[];
  /** Who gets faxes that call it, of a number for people; null: whoever answers. */
  faxDest: Dest | null;
}

export const phoneNumbers = noun<PhoneNumber>('dids');

export interface Trunk {
  id: string;
  name: string;
  host: string;
  port: number;
  transport: 'udp' | 'tcp' | 'tls' | 'any';
  auth: 'ip' | 'password';
  username: string;
  hasPassword: boolean;
  channels: number;
  plus: boolean;
  active: boolean;
  registers: boolean;
  /** Between two OPTIONS; 0: none. */
  optionsMs: number;
  /** 0: no limit. */
  callsPerSecond: number;
  /** Best first, with a space between; empty: all. */
  codecs: string;
  t38: boolean;
  identity: 'both' | 'pai' | 'rpid' | 'none';
  /** How keys come and go. */
  dtmf: 'rfc4733' | 'info' | 'inband';
  /** How it is told who passed a call on. */
  diversion: 'none' | 'diversion' | 'history';
  /** Without audio a call ends; 0: as the system is set. */
  silenceMs: number;
  /** Whose national numbers it brings; '' for a shared one: the United States. */
  country: string;
  /** Null when nothing is kept up with it. */
  state: TrunkState | null;
}

export interface TrunkState {
  health: 'unknown' | 'up' | 'down';
  registration: 'none' | 'trying' | 'registered' | 'refused' | 'silent';
  code: number;
  reason: string;
  since: number;
  nextAt: number | null;
}

export const trunks = noun<Trunk>('trunks');

/** Which numbers leave through which trunk: the longest beginning first, then the lowest priority. */
export interface OutRoute {
  id: string;
  prefix: string;
  strip: number;
  prepend: string;
  priority: number;
  trunkId: string;
  trunk: string;
}

export const outRoutes = noun<OutRoute>('out-routes');
