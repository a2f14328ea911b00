/** Days and ranges of the call history in a given time zone: "2026-11-25" to milliseconds and back. */

/** How far the zone is ahead of UTC at that moment. */
function offsetAt(at: number, zone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit',
    hour: '2-digit', minute: '2-digit', second: '2-digit',
  }).formatToParts(at);
  const get = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
  return local - Math.floor(at / 1000) * 1000;
}

/** Midnight at the start of that day. */
export function startOfDay(day: string, zone: string | undefined): number {
  return minuteOf(day, '00:00', zone);
}

/** When a clock on the wall there shows that day and time ("14:05"). Two passes, because the offset may change on the day itself. */
export function minuteOf(day: string, clock: string, zone: string | undefined): number {
  const guess = Date.parse(`${day}T${clock}:00Z`);
  const first = guess - offsetAt(guess, zone);
  return guess - offsetAt(first, zone);
}

/** What that zone's clocks show, as an input of day and time takes it. */
export function clockIn(at: number, zone: string | undefined): string {
  return new Date(at + offsetAt(at, zone)).toISOString().slice(0, 16);
}

export function addDays(day: string, days: number): string {
  const at = new Date(day + 'T00:00:00Z');
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

export const RANGES = ['today', '7d', '30d', 'month', 'custom'] as const;
export type Range = (typeof RANGES)[number];

export const DEFAULT_RANGE: Range = '30d';

export interface RangeChoice {
  range: Range;
  from: string;
  to: string;
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** The choice that an address holds; anything it does not know becomes the usual one. */
export function rangeOf(params: URLSearchParams): RangeChoice {
  const day = (name: string): string => (isDay(params.get(name) ?? '') ? (params.get(name) ?? '') : '');
  return { range: RANGES.find((one) => one === params.get('range')) ?? DEFAULT_RANGE, from: day('from'), to: day('to') };
}

/** First and last day that a choice covers. */
export function daysOf(choice: RangeChoice, today: string): { from: string; to: string } {
  if (choice.range === 'today') return { from: today, to: today };
  if (choice.range === '7d') return { from: addDays(today, -6), to: today };
  if (choice.range === 'month') return { from: today.slice(0, 8) + '01', to: today };
  if (choice.range === '30d') return { from: addDays(today, -29), to: today };
  const from = isDay(choice.from) ? choice.from : addDays(today, -29);
  const to = isDay(choice.to) ? choice.to : today;
  return from <= to ? { from, to } : { from: to, to: from };
}

/** The same as milliseconds, `to` exclusive. */
export function boundsOf(choice: RangeChoice, today: string, zone: string | undefined): { from: number; to: number } {
  const days = daysOf(choice, today);
  return { from: startOfDay(days.from, zone), to: startOfDay(addDays(days.to, 1), zone) };
}
