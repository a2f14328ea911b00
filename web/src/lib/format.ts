/** Numbers, dates and durations in the person's language and time zone. */
import { t } from '../i18n';

interface Locale {
  language: string;
  timezone: string | undefined;
  /** Of the organisation, as ISO 3166 writes it; '' for none. */
  country: string;
}

let locale: Locale = { language: 'en', timezone: undefined, country: '' };
const made = new Map<string, Intl.DateTimeFormat>();

export function setLocale(language: string, timezone: string, country = ''): void {
  locale = { language: language || 'en', timezone: knownZone(timezone), country };
  made.clear();
}

function knownZone(zone: string): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone || undefined;
  } catch {
    return undefined;
  }
}

function dates(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  let format = made.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale.language, { timeZone: locale.timezone, ...options });
    made.set(key, format);
  }
  return format;
}

/** A number as it is dialled, without what people put between the digits. */
export function asDialled(typed: string): string {
  return typed.replace(/[\s().-]/g, '');
}

/** "2026-11-25" of that moment in the person's zone. */
export function dayOf(at: number): string {
  // by its parts: no locale writes a date in this order in every release of ICU
  const format = new Intl.DateTimeFormat('en', { timeZone: locale.timezone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}`;
}

export function time(at: number): string {
  return dates('time', { hour: 'numeric', minute: '2-digit' }).format(at);
}

export function exactTime(at: number): string {
  return dates('exact', { hour: 'numeric', minute: '2-digit', second: '2-digit' }).format(at);
}

export function longDate(at: number): string {
  return dates('long', { weekday: 'long', month: 'long', day: 'numeric' }).format(at);
}

/** A day of any year. */
export function fullDate(at: number): string {
  return dates('full', { dateStyle: 'long' }).format(at);
}

/** The full moment with its zone, for details and tooltips. */
export function moment(at: number): string {
  return dates('moment', { dateStyle: 'medium', timeStyle: 'long' }).format(at);
}

export function utc(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
}

export function weekday(day: string): string {
  return new Intl.DateTimeFormat(locale.language, { weekday: 'short', timeZone: 'UTC' }).format(new Date(day + 'T12:00:00Z'));
}

export function hourNow(now = Date.now()): number {
  return Number(new Intl.DateTimeFormat('en', { timeZone: locale.timezone, hour: 'numeric', hourCycle: 'h23' }).format(now));
}

/** "Today, 5:42 PM"; older days by name or date. */
export function when(at: number, now = Date.now()): string {
  const day = dayOf(at);
  if (day === dayOf(now)) return t.time.today(time(at));
  if (day === dayOf(now - 86_400_000)) return t.time.yesterday(time(at));
  if (now - at < 6 * 86_400_000 && at < now) return dates('week', { weekday: 'short', hour: 'numeric', minute: '2-digit' }).format(at);
  const sameYear = day.slice(0, 4) === dayOf(now).slice(0, 4);
  const options: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' };
  return sameYear ? dates('near', options).format(at) : dates('far', { ...options, year: 'numeric' }).format(at);
}

/** "3:25", "1:02:09" - the length of a call. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, '0');
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** "24 s", "2 min" - how long somebody waited. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 100 ? t.time.seconds(seconds) : t.time.minutes(Math.round(seconds / 60));
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale.language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
}

export interface Money {
  micros: number;
  currency: string;
}

export function money(value: Money): string {
  return new Intl.NumberFormat(locale.language, { style: 'currency', currency: value.currency, maximumFractionDigits: 6 }).format(value.micros / 1e6);
}

/** A country code of ITU-T E.164 (one digit, or two in these ranges, else three) and what stands behind it. */
const E164 = /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d{4,12})$/;
/** How a country writes its numbers, where that is one way for most of them. */
const SHAPES: Record<string, RegExp> = { 1: /^(\d{3})(\d{3})(\d{4})$/, 33: /^(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, 44: /^(2\d)(\d{4})(\d{4})$/ };

/** How people at home write a number: the code that they leave out, and what they put before the rest. Those countries whose dialling
 *  the telephone system knows (src/base/phone.c). */
const AT_HOME: Record<string, [code: string, before: string]> = {
  US: ['1', ''], CA: ['1', ''], GB: ['44', '0'], DE: ['49', '0'], FR: ['33', '0'], ES: ['34', ''], IT: ['39', ''], NL: ['31', '0'], AT: ['43', '0'],
  CH: ['41', '0'], IN: ['91', '0'], AU: ['61', '0'], PK: ['92', '0'],
};

/**
 * A number of E.164 with its parts apart: as people at home write it, the others with their country. Elsewhere than in the countries above
 * the parts are threes, the last one of two to four.
 */
export function phoneNumber(number: string): string {
  const [, country = '', rest = ''] = E164.exec(number) ?? [];
  if (!country) return number;
  const parts = SHAPES[country]?.exec(rest)?.slice(1) ?? rest.match(/\d{3}(?=\d\d)|\d+/g) ?? [];
  const [home, before] = AT_HOME[locale.country] ?? ['', ''];
  if (country !== home) return `+${[country, ...parts].join(' ')}`;
  const [area, ...line] = parts;
  return home === '1' && line.length ? `(${area}) ${line.join('-')}` : before + parts.join(' ');
}

export function initials(name: string): string {
  const words = name.replace(/[^\p{L}\s]/gu, ' ').trim().split(/\s+/).filter(Boolean);
  if (!words.length) return '#';
  const last = words.length > 1 ? words[words.length - 1] : '';
  return ((words[0]?.[0] ?? '') + (last?.[0] ?? '')).toUpperCase();
}

/** The same person always gets the same colour: 0 (neutral) for bare numbers, else 1 to 5. */
export function hue(name: string): number {
  if (!/\p{L}/u.test(name)) return 0;
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return (sum % 5) + 1;
}

export function sameNumber(a: string, b: string): boolean {
  const plain = (text: string): string => text.replace(/[^\d+*#]/g, '');
  return plain(a) !== '' && plain(a) === plain(b);
}
