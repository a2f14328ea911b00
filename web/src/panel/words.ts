/** Calls in words; shared by the panel and the cards. */
import { t } from '../i18n/phone';
import { duration, phoneNumber } from '../lib/format';
import type { Call, End, Line } from '../phone/model';

export function callWho(call: Pick<Call, 'name' | 'number'>): string {
  return call.name || phoneNumber(call.number) || t.party.unknown;
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

/** What of a call that is up has gone: its sound, or only the line to the telephone system. */
export function callLost(call: Call, line: Line): { title: string; body: string } | null {
  if (call.phase !== 'active') return null;
  if (call.cutAt !== null) return { title: t.phone.cut, body: t.phone.cutBody };
  return line.kind === 'ready' ? null : { title: t.phone.lineLost, body: t.phone.lineLostBody };
}

export function endWords(end: End): string {
  if (end.reason === 'answered-elsewhere' && end.where) return t.phone.answeredOn(end.where);
  return t.phone.ends[end.reason];
}

export const KEYS: [string, string][] = [
  ['1', ''], ['2', 'ABC'], ['3', 'DEF'], ['4', 'GHI'], ['5', 'JKL'], ['6', 'MNO'],
  ['7', 'PQRS'], ['8', 'TUV'], ['9', 'WXYZ'], ['*', ''], ['0', '+'], ['#', ''],
];
