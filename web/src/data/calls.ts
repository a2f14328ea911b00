import { api, BASE, withQuery, type Page } from '../lib/api';
import type { Money } from '../lib/format';

export type Direction = 'in' | 'out' | 'internal';
export type CallResult = 'answered' | 'missed' | 'busy' | 'noanswer' | 'failed' | 'cancelled' | 'voicemail';
export type CallType = 'voice' | 'fax' | 'conference' | 'voicemail' | 'test';
export const TYPES: CallType[] = ['voice', 'fax', 'conference', 'voicemail', 'test'];
export const DIRECTIONS: Direction[] = ['in', 'out', 'internal'];
export const RESULTS: CallResult[] = ['answered', 'missed', 'busy', 'noanswer', 'failed', 'cancelled', 'voicemail'];

export const RATINGS = ['good', 'fair', 'poor'] as const;
export type Rating = (typeof RATINGS)[number];
/** As the server takes it. */
export const NOTE_MOST = 1000;

export interface Party {
  number: string;
  name: string;
}

export interface Cause {
  /** A word of the server's own, for support. */
  code: string;
  q850: number;
  text: string;
}

export interface CallRow {
  id: string;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  dir: Direction;
  type: CallType;
  result: CallResult;
  from: Party;
  to: Party;
  answeredBy: Party | null;
  durationMs: number;
  billedMs: number;
  /** Of what went outside; null: it had no price. */
  cost: Money | null;
  cause: Cause | null;
  summary: string;
  cut: boolean;
  note: string;
  /** How it sounded, by the word of who was in it. */
  rating: Rating | null;
  /** Only where it was asked for. */
  technical?: { caller: End; called: End; recorded: boolean };
}

/** One side of a call, as far as a list tells it. */
export interface End {
  codec: string;
  callId: string;
}

export interface Leg {
  id: string;
  role: 'caller' | 'called';
  number: string;
  name: string;
  device: string | null;
  billedMs: number;
  cost: Money | null;
  startedAt: number;
  ringingAt: number | null;
  answeredAt: number | null;
  endedAt: number | null;
  cause: Cause | null;
  callId: string;
  codec: string | null;
  remoteIp: string | null;
  userAgent: string | null;
  packetsIn: number | null;
  packetsOut: number | null;
  lost: number | null;
  jitterMs: number | null;
  mos: number | null;
}

/** From MOS 4 people are content; below 3.1 they complain. */
export function qualityOf(mos: number): 'ok' | 'warn' | 'bad' {
  if (mos >= 4) return 'ok';
  return mos >= 3.1 ? 'warn' : 'bad';
}

/** Lost on the way to the telephone system, in percent; null when nothing was sent. */
export function lossOf(leg: Pick<Leg, 'packetsIn' | 'lost'>): number | null {
  const sent = (leg.packetsIn ?? 0) + (leg.lost ?? 0);
  return sent ? ((leg.lost ?? 0) * 100) / sent : null;
}

export interface StoryStep {
  at: number;
  text: string;
  kind: string;
}

export interface CallRecording {
  id: string;
  callId: string;
  extension: string | null;
  by: 'rule' | 'key' | 'api';
  startedAt: number;
  durationMs: number;
}

export interface CallDetail extends CallRow {
  legs: Leg[];
  story: StoryStep[];
  recordings: CallRecording[];
}

export interface CallFilter {
  from: number;
  to: number;
  dir: string;
  type: string;
  result: string;
  /** A number, or that of an extension. */
  line: string;
  q: string;
  scope: 'mine' | 'tenant';
}

export function listCalls(filter: CallFilter, cursor: string, technical: boolean, signal: AbortSignal): Promise<Page<CallRow>> {
  return api.get('/calls', { ...filter, cursor, limit: 25, ...(technical && { technical: 'true' }) }, signal);
}

export function recentCalls(signal: AbortSignal): Promise<Page<CallRow>> {
  return api.get('/calls', { scope: 'mine', limit: 8 }, signal);
}

/** How long two talked; null: nobody answered. */
export function talkedMs({ answeredAt, endedAt }: Pick<CallRow, 'answeredAt' | 'endedAt'>): number | null {
  return answeredAt === null ? null : (endedAt ?? answeredAt) - answeredAt;
}

export function getCall(id: string, signal: AbortSignal): Promise<CallDetail> {
  return api.get(`/calls/${encodeURIComponent(id)}`, {}, signal);
}

export function noteCall(id: string, say: { note?: string; rating?: Rating | null }): Promise<CallRow> {
  return api.patch(`/calls/${encodeURIComponent(id)}`, say);
}

export function csvAddress(filter: CallFilter): string {
  return withQuery(`${BASE}/calls.csv`, { ...filter });
}

/** Whom to show: the far side as seen by the person; the caller when one looks at the whole tenant. */
export function otherParty(call: Pick<CallRow, 'dir' | 'type' | 'from' | 'to'>, own: string | null): Party {
  if (call.type === 'test') return call.from;
  if (own && call.from.number === own) return call.to;
  if (own && call.to.number === own) return call.from;
  return call.dir === 'out' ? call.to : call.from;
}

/** Seen from one's own extension an internal call goes in or out like any other. */
export function directionOf(call: Pick<CallRow, 'dir' | 'type' | 'from' | 'to'>, own: string | null): 'in' | 'out' | 'internal' {
  if (call.type === 'test') return 'in';
  if (call.dir !== 'internal' || !own) return call.dir;
  if (call.from.number === own) return 'out';
  return call.to.number === own ? 'in' : 'internal';
}

export interface LiveCall {
  id: string;
  from: Party;
  to: Party;
  state: string;
  recording: 'off' | 'on' | 'paused';
  startedAt: number;
  answeredAt: number | null;
}

export function recordLive(id: string, action: 'start' | 'stop'): Promise<void> {
  return api.post(`/live-calls/${encodeURIComponent(id)}/recording`, { action });
}

export function listLiveCalls(signal: AbortSignal): Promise<Page<LiveCall>> {
  return api.get('/live-calls', { limit: 100 }, signal);
}

export function hangUpLive(id: string): Promise<void> {
  return api.delete(`/live-calls/${encodeURIComponent(id)}`);
}
