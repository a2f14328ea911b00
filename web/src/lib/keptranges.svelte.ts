/** Ranges of days that somebody chose and keeps, in this browser. */
import { isDay } from './days';

export interface KeptRange {
  from: string;
  to: string;
}

const KEY = 'ranges', MOST = 8;

function read(): KeptRange[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(found) ? found.filter((one: KeptRange) => isDay(String(one?.from)) && isDay(String(one?.to))).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export const kept = $state<{ ranges: KeptRange[] }>({ ranges: read() });

export const isKept = ({ from, to }: KeptRange): boolean => kept.ranges.some((one) => one.from === from && one.to === to);

function write(ranges: KeptRange[]): void {
  kept.ranges = ranges.slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(kept.ranges));
  } catch {
    // Without storage they are kept until the page is left.
  }
}

/** The newest first; the oldest goes when there are too many. */
export const keep = (range: KeptRange): void => write([range, ...kept.ranges.filter((one) => one.from !== range.from || one.to !== range.to)]);
export const forget = (range: KeptRange): void => write(kept.ranges.filter((one) => one !== range));
