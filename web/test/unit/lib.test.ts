import { afterEach, describe, expect, it, vi } from 'vitest';
import { api, ApiError, problemOf, setCsrf, whenSignedOut, withQuery } from '../../src/lib/api';
import { previousCursor, rememberCursor } from '../../src/lib/cursors';
import { addDays, boundsOf, clockIn, daysOf, minuteOf, startOfDay } from '../../src/lib/days';
import { dayOf, duration, hue, initials, money, phoneNumber, sameNumber, setLocale, span, when } from '../../src/lib/format';
import { match, safeNext } from '../../src/lib/match';
import { backoff } from '../../src/lib/backoff';
import { copy, toasts } from '../../src/lib/toast.svelte';
import { oneByOne } from '../../src/lib/turns';
import { wavOf } from '../../src/lib/wav';
import { directionOf, otherParty, talkedMs } from '../../src/data/calls';
import { filterOf, isFiltered, viewOf } from '../../src/pages/calls/filter';
import { check, exampleOf, groupsOf, renumbered, sent, valuesOf } from '../../src/pages/routes/form';
import { amountOf, microsOf, rateInput } from '../../src/pages/rates/form';
import en from '../../src/i18n/en';
import { t } from '../../src/i18n';
import * as live from '../../src/i18n/live';
import { follow, speak } from '../../src/i18n/language';
import { plurals } from '../../src/i18n/plural';

describe('amounts', () => {
  it('are micro-units, digit by digit', () => {
    for (const [text, micros] of [['0.0125', 12_500], ['12', 12_000_000], ['0,000001', 1], ['', 0], [' 1.10 ', 1_100_000], ['1000000', 1_000_000_000_000]] as const) expect(microsOf(text)).toBe(micros);
    for (const wrong of ['x', '-1', '.5', '1.', '1.2345678', '1.2.3', '1e3', '12345678']) expect(microsOf(wrong)).toBeNaN();
    for (const [micros, text] of [[12_500, '0.0125'], [12_000_000, '12.00'], [1, '0.000001'], [0, '0.00'], [1_100_000, '1.10'], [1_000_000_000_000, '1000000.00']] as const) expect(amountOf(micros)).toBe(text);
  });

  it('of a rate are sent as numbers, and only what was changed', () => {
    expect(rateInput({ perMinute: '0.0215', minimumSeconds: '30', prefix: '44' })).toEqual({ perMinute: 21_500, minimumSeconds: 30, prefix: '44' });
  });

  it('are read with as many decimals as they have', () => {
    expect(money({ micros: 12_500, currency: 'USD' })).toBe('$0.0125');
    expect(money({ micros: 1_500_000, currency: 'USD' })).toBe('$1.50');
  });
});

describe('addresses', () => {
  it('match with parameters', () => {
    expect(match('/calls/:id', '/calls/a%20b')).toEqual({ id: 'a b' });
    expect(match('/calls/:id', '/calls')).toBeNull();
    expect(match('/', '/')).toEqual({});
    expect(match('/users/new', '/users/7')).toBeNull();
    expect(match('/calls/:id', '/calls/%E0%A4%A')).toEqual({ id: '%E0%A4%A' });
  });

  it('after sign-in stay on this site', () => {
    expect(safeNext('/calls?dir=in')).toBe('/calls?dir=in');
    for (const evil of ['https://evil.example', '//evil.example', '/\\evil.example', '', '/sign-in?next=/']) expect(safeNext(evil)).toBe('/');
  });

  it('remember the page before', () => {
    rememberCursor('b', 'a');
    rememberCursor('a', '');
    expect(previousCursor('b')).toBe('a');
    expect(previousCursor('a')).toBeNull();
    expect(previousCursor('unknown')).toBeNull();
  });
});

describe('outbound routes', () => {
  const route = (id: string, prefix: string, priority: number) => ({ id, prefix, priority, strip: 0, prepend: '', trunkId: id, trunk: id });

  it('stand together by their beginning, in the order of the server', () => {
    const groups = groupsOf([route('a', '+44', 1), route('b', '+44', 2), route('c', '+', 1)]);
    expect(groups.map(({ prefix, routes }) => [prefix, routes.map(({ id }) => id)])).toEqual([['+44', ['a', 'b']], ['+', ['c']]]);
  });

  it('are numbered anew only where the order changes', () => {
    expect(renumbered([route('b', '+', 2), route('a', '+', 1), route('c', '+', 3)])).toEqual([{ id: 'b', priority: 1 }, { id: 'a', priority: 2 }]);
    expect(renumbered([route('a', '+', 0), route('b', '+', 0)])).toEqual([{ id: 'a', priority: 1 }, { id: 'b', priority: 2 }]);
  });

  it('show what becomes of a number', () => {
    expect(exampleOf('+')).toBe('+14155550110');
    expect(exampleOf('+44')).toBe('+44155550110');
    expect(exampleOf('911')).toBe('911');
    expect(sent({ strip: 1, prepend: '00' }, '+442079460958')).toBe('00442079460958');
  });

  it('name what is wrong at its field', () => {
    const good = { ...valuesOf(null), trunkId: 'x' };
    expect(check(good)).toEqual({});
    expect(Object.keys(check({ ...good, prefix: 'x', trunkId: '', prepend: '#', priority: '1001' }))).toEqual(['prefix', 'trunkId', 'prepend', 'priority']);
    expect(Object.keys(check({ ...good, prefix: '+44', strip: '4' }))).toEqual(['strip']);
  });
});

describe('filters of the call history', () => {
  it('come from the address and fall back to the default', () => {
    const view = viewOf('?range=custom&from=2026-11-01&to=2026-11-03&dir=in&type=fax&result=missed&q=555&cursor=x', false);
    expect(view).toEqual({ range: 'custom', from: '2026-11-01', to: '2026-11-03', dir: 'in', type: 'fax', result: 'missed', line: '', q: '555', scope: 'mine', pbx: false, cursor: 'x' });
    expect(viewOf('?range=evil&dir=sideways&type=letter&from=31.12.', false)).toMatchObject({ range: '30d', dir: '', type: '', from: '' });
    expect(isFiltered(view)).toBe(true);
    expect(isFiltered(viewOf('', false))).toBe(false);
  });

  it('show the tenant only to those who may see it', () => {
    expect(viewOf('?scope=tenant', false).scope).toBe('mine');
    expect(viewOf('', true).scope).toBe('tenant');
    expect(viewOf('?scope=mine', true).scope).toBe('mine');
  });

  it('cover whole days in the person’s zone', () => {
    const view = viewOf('?range=today', false);
    const { from, to } = filterOf(view, '2026-11-25', 'America/New_York');
    expect(new Date(from).toISOString()).toBe('2026-11-25T05:00:00.000Z');
    expect(new Date(to).toISOString()).toBe('2026-11-26T05:00:00.000Z');
  });
});

describe('days', () => {
  it('begin at midnight, also where the clock changes', () => {
    expect(new Date(startOfDay('2026-03-29', 'Europe/Berlin')).toISOString()).toBe('2026-03-28T23:00:00.000Z');
    expect(new Date(startOfDay('2026-03-30', 'Europe/Berlin')).toISOString()).toBe('2026-03-29T22:00:00.000Z');
    expect(new Date(startOfDay('2026-01-01', 'UTC')).toISOString()).toBe('2026-01-01T00:00:00.000Z');
    expect(new Date(minuteOf('2026-03-29', '14:30', 'Europe/Berlin')).toISOString()).toBe('2026-03-29T12:30:00.000Z');
    expect(clockIn(minuteOf('2026-03-29', '14:30', 'Europe/Berlin'), 'Europe/Berlin')).toBe('2026-03-29T14:30');
  });

  it('form ranges', () => {
    const today = '2026-03-01';
    expect(addDays(today, -1)).toBe('2026-02-28');
    expect(daysOf({ range: '7d', from: '', to: '' }, today)).toEqual({ from: '2026-02-23', to: today });
    expect(daysOf({ range: 'month', from: '', to: '' }, today)).toEqual({ from: '2026-03-01', to: today });
    expect(daysOf({ range: 'custom', from: '2026-03-05', to: '2026-03-02' }, today)).toEqual({ from: '2026-03-02', to: '2026-03-05' });
    expect(boundsOf({ range: 'today', from: '', to: '' }, today, 'UTC').to - boundsOf({ range: 'today', from: '', to: '' }, today, 'UTC').from).toBe(86_400_000);
  });
});

describe('formats', () => {
  const noon = Date.UTC(2026, 10, 25, 12, 0, 0);

  it('follow the time zone', () => {
    setLocale('en', 'America/New_York');
    expect(when(noon, noon + 3_600_000)).toMatch(/^Today, 7:00\sAM$/);
    expect(when(noon, noon + 86_400_000)).toMatch(/^Yesterday, /);
    expect(when(noon, noon + 3 * 86_400_000)).toMatch(/^Wed/);
    expect(when(noon, noon + 20 * 86_400_000)).toMatch(/^Nov 25/);
    expect(when(noon, noon + 400 * 86_400_000)).toMatch(/2026/);
    expect(dayOf(Date.UTC(2026, 10, 25, 3))).toBe('2026-11-24');
    setLocale('en', 'Not/AZone');
    expect(() => when(noon)).not.toThrow();
    setLocale('en', 'UTC');
  });

  it('durations, spans, money', () => {
    expect([duration(0), duration(65_000), duration(3_723_000), duration(-5)]).toEqual(['0:00', '1:05', '1:02:03', '0:00']);
    expect([span(24_000), span(600_000)]).toEqual(['24 s', '10 min']);
    expect(money({ micros: 48_260_000, currency: 'USD' })).toBe('$48.26');
  });

  it('names and numbers', () => {
    expect([initials('Maya Chen'), initials('Lab'), initials('+1 833'), initials('Ana María de la Cruz')]).toEqual(['MC', 'L', '#', 'AC']);
    expect(hue('+18335550101')).toBe(0);
    expect(hue('Maya Chen')).toBe(hue('Maya Chen'));
    expect(phoneNumber('+16285550177')).toBe('+1 628 555 0177');
    expect(phoneNumber('+442079460958')).toBe('+44 20 7946 0958');
    expect(phoneNumber('+447911123456')).toBe('+44 791 112 3456');
    expect(phoneNumber('+33123456789')).toBe('+33 1 23 45 67 89');
    expect(phoneNumber('+4930901820')).toBe('+49 309 018 20');
    expect(phoneNumber('+3531234567')).toBe('+353 123 4567');
    expect(phoneNumber('+79161234567')).toBe('+7 916 123 4567');
    expect(phoneNumber('+1')).toBe('+1');
    expect(phoneNumber('*97')).toBe('*97');
    expect(phoneNumber('1001')).toBe('1001');
    setLocale('en', 'UTC', 'US');
    expect(phoneNumber('+16285550177')).toBe('(628) 555-0177');
    expect(phoneNumber('+442079460958')).toBe('+44 20 7946 0958');
    setLocale('en', 'UTC', 'GB');
    expect(phoneNumber('+442079460958')).toBe('020 7946 0958');
    expect(phoneNumber('+16285550177')).toBe('+1 628 555 0177');
    setLocale('en', 'UTC', 'FR');
    expect(phoneNumber('+33123456789')).toBe('01 23 45 67 89');
    setLocale('en', 'UTC', 'ES');
    expect(phoneNumber('+34912345678')).toBe('912 345 678');
    setLocale('en', 'UTC', 'BR'); // whose dialling is not known
    expect(phoneNumber('+5511987654321')).toBe('+55 119 876 543 21');
    setLocale('en', 'UTC');
    expect(sameNumber('+1 (628) 555-0177', '+16285550177')).toBe(true);
    expect(sameNumber('', '')).toBe(false);
  });
});

describe('the two ends of a call', () => {
  const maya = { number: '1001', name: 'Maya' };
  const tom = { number: '1002', name: 'Tom' };

  it('are seen from one’s own extension', () => {
    const call = { dir: 'internal' as const, type: 'voice' as const, from: maya, to: tom };
    expect(otherParty(call, '1001')).toBe(tom);
    expect(otherParty(call, '1002')).toBe(maya);
    expect(directionOf(call, '1001')).toBe('out');
    expect(directionOf(call, '1002')).toBe('in');
    expect(directionOf(call, null)).toBe('internal');
    expect(otherParty({ ...call, dir: 'out', from: maya, to: tom }, null)).toBe(tom);
    expect(otherParty({ ...call, dir: 'in', from: maya, to: tom }, null)).toBe(maya);
  });

  it('of a test call are the test and oneself', () => {
    const call = { dir: 'internal' as const, type: 'test' as const, from: { number: '1001', name: 'Test call' }, to: maya };
    expect(otherParty(call, '1001')).toBe(call.from);
    expect(directionOf(call, '1001')).toBe('in');
  });
});

describe('the API', () => {
  const answer = (status: number, body?: unknown, headers: Record<string, string> = { 'content-type': 'application/problem+json' }): void => {
    vi.stubGlobal('fetch', vi.fn(async () => new Response(body === undefined ? null : JSON.stringify(body), { status, headers })));
  };
  afterEach(() => vi.unstubAllGlobals());

  it('leaves empty parameters out', () => {
    expect(withQuery('/calls', { q: '', dir: 'in', cursor: null, limit: 25 })).toBe('/calls?dir=in&limit=25');
    expect(withQuery('/calls')).toBe('/calls');
  });

  it('turns problem+json into an error with fields and request id', async () => {
    answer(422, { title: 'Bad', detail: 'Check the fields.', fields: { number: 'is taken' }, requestId: 'r-1', status: 422 });
    const error = await api.post('/extensions', {}).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, message: 'Check the fields.', fields: { number: 'is taken' }, requestId: 'r-1', offline: false });
  });

  it('survives an answer that is no JSON', async () => {
    expect(await problemOf(new Response('<html>', { status: 502, headers: { 'content-type': 'text/html' } }))).toMatchObject({ status: 502 });
    expect(await problemOf(new Response('{broken', { status: 500, headers: { 'content-type': 'application/json' } }))).toMatchObject({ status: 500 });
    expect(await problemOf(new Response('', { status: 429, headers: { 'retry-after': '60' } }))).toMatchObject({ retryAfterMs: 60_000 });
  });

  it('says offline when nothing comes back', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => { throw new TypeError('network'); }));
    await expect(api.get('/me')).rejects.toMatchObject({ status: 0, offline: true });
  });

  it('sends the CSRF token with changes only', async () => {
    setCsrf('token-1');
    answer(204);
    await api.delete('/devices/1', '"7"');
    const fetched = vi.mocked(fetch).mock.calls[0]?.[1]?.headers as Record<string, string>;
    expect(fetched).toMatchObject({ 'x-csrf-token': 'token-1', 'if-match': '"7"' });
    answer(200, { rows: [] }, { 'content-type': 'application/json' });
    await api.get('/users');
    expect(vi.mocked(fetch).mock.calls[0]?.[1]?.headers).not.toHaveProperty('x-csrf-token');
  });

  it('tells when the session is over, but not for a wrong password', async () => {
    const out = vi.fn();
    whenSignedOut(out);
    answer(401, { status: 401 });
    await api.post('/login', {}, { expect401: true }).catch(() => {});
    expect(out).not.toHaveBeenCalled();
    await api.get('/home').catch(() => {});
    expect(out).toHaveBeenCalledOnce();
  });

  it('hands over the ETag', async () => {
    answer(200, { id: '1' }, { 'content-type': 'application/json', etag: '"3"' });
    expect(await api.getTagged('/extensions/1')).toEqual({ value: { id: '1' }, etag: '"3"' });
  });
});

describe('live updates', () => {
  it('come back after 1, 2, 5, 10, 30 seconds, with jitter', () => {
    expect([0, 1, 2, 3, 4, 9].map((attempt) => backoff(attempt, () => 0.5))).toEqual([1000, 2000, 5000, 10_000, 30_000, 30_000]);
    expect(backoff(0, () => 0)).toBe(700);
    expect(backoff(0, () => 1)).toBe(1300);
  });
});

/** A language that differs from English in two words. */
const otherLanguage = (): typeof en => ({
  ...en,
  common: { ...en.common, nav: { ...en.common.nav, home: 'Start' } },
  live: { live: { ...en.live.live, hangUp: 'Auflegen' } },
});

describe('texts', () => {
  it('have plural forms', () => {
    const n = plurals('en');
    expect([n(1, { one: '# call', other: '# calls' }), n(1200, { one: '# call', other: '# calls' })]).toEqual(['1 call', '1,200 calls']);
    expect(en.form.form.changes(1)).toBe('1 change');
    expect(en.signIn.signIn.locked(14)).toContain('14 minutes');
  });

  it('change with the language, also in a part that comes later', () => {
    const other = otherLanguage();
    speak(other);
    expect(live.t.live.hangUp).toBe('Auflegen');
    expect(live.t.nav.home).toBe('Start');
    expect(t.nav.home).toBe('Start');
    const late: string[] = [];
    follow('live', en.live, (texts) => late.push(texts.live.hangUp));
    speak(null);
    expect(late).toEqual(['Auflegen', 'Hang up']);
    expect(live.t.live.hangUp).toBe('Hang up');
  });

  it('end sentences properly and never shout', () => {
    const walk = (value: unknown): string[] => {
      if (typeof value === 'string') return [value];
      if (Array.isArray(value)) return value.flatMap(walk);
      return value && typeof value === 'object' ? Object.values(value).flatMap(walk) : [];
    };
    for (const text of walk(en)) {
      expect(text).not.toMatch(/!|\bplease\b/i);
      expect(text.trim()).toBe(text);
    }
  });
});

describe('how long a call lasted', () => {
  it('counts from its answer, not from its first ring', () => {
    expect(talkedMs({ answeredAt: 3000, endedAt: 15_000 })).toBe(12_000);
    expect(talkedMs({ answeredAt: 3000, endedAt: null })).toBe(0);
    expect(talkedMs({ answeredAt: null, endedAt: 15_000 })).toBeNull();
  });
});

describe('a WAV file of what was recorded', () => {
  it('has the header of its sound and samples that are cut, not wrapped', async () => {
    const bytes = new DataView(await wavOf(new Float32Array([0, 1, -1, 2]), 16_000).arrayBuffer());
    const text = (at: number): string => String.fromCharCode(...[0, 1, 2, 3].map((i) => bytes.getUint8(at + i)));
    expect([text(0), text(8), text(36)]).toEqual(['RIFF', 'WAVE', 'data']);
    expect(bytes.getUint32(4, true)).toBe(bytes.byteLength - 8);
    expect(bytes.getUint32(24, true)).toBe(16_000);
    expect([0, 1, 2, 3].map((i) => bytes.getInt16(44 + i * 2, true))).toEqual([0, 32767, -32767, 32767]);
  });
});

describe('one by one', () => {
  it('begins when the one before is over, though that one failed', async () => {
    const turn = oneByOne(), seen: string[] = [];
    let fail = (_: Error): void => {};
    const first = turn(() => new Promise((_, reject) => (fail = reject)));
    const second = turn(async () => seen.push('second'));
    await Promise.resolve();
    expect(seen).toEqual([]);
    fail(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    await second;
    expect(seen).toEqual(['second']);
  });
});

describe('copying', () => {
  it('tells what was copied, or that the browser forbids it', async () => {
    vi.useFakeTimers();
    const written: string[] = [];
    vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => written.push(text) } });
    await copy('+14155550111', 'Number copied');
    vi.stubGlobal('navigator', {});
    await copy('+14155550111', 'Number copied');
    expect(written).toEqual(['+14155550111']);
    expect(toasts.list.map((one) => one.text)).toEqual(['Number copied', t.common.notCopied]);
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
});
