/** The phone's states in words; shared by the panel, the header and the cards. */
import { t } from '../i18n';
import { duration, phoneNumber } from '../lib/format';
import type { Call, End, PhoneState } from '../phone/model';

export type Tone = 'ok' | 'warn' | 'bad' | 'off';

export interface LineWords {
  text: string;
  short: string;
  tone: Tone;
}

export function lineWords(state: PhoneState, leading: boolean, now: number): LineWords {
  const { line } = state;
  if (!leading && line.kind !== 'off') return { text: t.phone.line.otherTab, short: t.phone.short.otherTab, tone: 'off' };
  if (line.kind === 'ready' && state.mic === 'blocked') return { text: t.phone.line.blocked, short: t.phone.short.bad, tone: 'bad' };
  switch (line.kind) {
    case 'off': return { text: t.phone.line.off, short: t.phone.short.off, tone: 'off' };
    case 'ready': return { text: t.phone.line.ready, short: t.phone.short.ready, tone: 'ok' };
    case 'connecting': return { text: t.phone.line.connecting, short: t.phone.short.connecting, tone: 'warn' };
    case 'retrying': {
      const seconds = Math.max(0, Math.ceil((line.nextAt - now) / 1000));
      return { text: t.phone.line.retrying(seconds), short: t.phone.short.connecting, tone: 'warn' };
    }
    case 'rejected': return { text: t.phone.line.rejected, short: t.phone.short.bad, tone: 'bad' };
    case 'offline': return { text: t.phone.line.offline, short: t.phone.short.bad, tone: 'bad' };
  }
}

export function callWho(call: Pick<Call, 'name' | 'number'>): string {
  return call.name || phoneNumber(call.number) || t.calls.unknown;
}

/** The line under the name: what is going on, with its clock. */
export function callStatus(call: Call, now: number): string {
  if (call.phase === 'dialing') return t.phone.calling;
  if (call.phase === 'ringing-out') return t.phone.ringing;
  if (call.phase === 'ringing-in') return t.phone.incoming;
  const held = duration(now - (call.heldAt ?? now));
  if (call.heldByMe) return t.phone.onHold(held);
  if (call.heldByThem) return t.phone.heldByThem(held);
  return duration(now - (call.answeredAt ?? now));
}

export function endWords(end: End): string {
  if (end.reason === 'answered-elsewhere' && end.where) return t.phone.answeredOn(end.where);
  return t.phone.ends[end.reason];
}

export const KEYS: [string, string][] = [
  ['1', ''], ['2', 'ABC'], ['3', 'DEF'], ['4', 'GHI'], ['5', 'JKL'], ['6', 'MNO'],
  ['7', 'PQRS'], ['8', 'TUV'], ['9', 'WXYZ'], ['*', ''], ['0', '+'], ['#', ''],
];
