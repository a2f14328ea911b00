import { describe, expect, it } from 'vitest';
import { endOfBye, endOfCancel, endOfEnded, endOfFailed, parseReason, reasonOfCode } from '../../src/phone/causes';
import { renewAt } from '../../src/phone/credentials';
import { micOfError, pickDevice } from '../../src/phone/devices';
import { identityOf } from '../../src/phone/identity';
import { SipLog } from '../../src/phone/log';
import { initialState } from '../../src/phone/model';
import { browserName, configOfManual } from '../../src/phone/provision';
import { countersOf, mosOf, qualityOf, QualityWatch } from '../../src/phone/quality';
import { isFresh, parseSaved } from '../../src/phone/resume';
import { wantedTones } from '../../src/phone/sounds';
import { SpeechWatch } from '../../src/phone/speech';
import { newCall, reduce } from '../../src/phone/store';
import { bursts, CALL_WAITING, keyFrequencies, RING_BACK, RING_TONES } from '../../src/phone/tones';

describe('why a call ended', () => {
  it.each([[486, 'busy'], [404, 'not-found'], [603, 'declined'], [402, 'no-credit'], [480, 'unavailable'], [503, 'server'], [599, 'server'], [420, 'unavailable']])('%i is %s', (code, reason) => {
    expect(reasonOfCode(code)).toBe(reason);
  });

  it('reads the Reason header', () => {
    expect(parseReason('SIP;cause=200;text="Call completed elsewhere"')).toEqual({ protocol: 'SIP', cause: 200, text: 'Call completed elsewhere' });
    expect(parseReason('Q.850 ; cause = 16')).toEqual({ protocol: 'Q.850', cause: 16, text: '' });
    expect(parseReason(undefined)).toBeNull();
  });

  it('tells an answer elsewhere from a missed call', () => {
    expect(endOfCancel(parseReason('SIP;cause=200;text="Answered on Yealink T46U"'))).toEqual({ reason: 'answered-elsewhere', code: 200, where: 'Yealink T46U' });
    expect(endOfCancel(parseReason('SIP;cause=603;text="Declined"')).reason).toBe('declined-elsewhere');
    expect(endOfCancel(null).reason).toBe('missed');
  });

  it('tells the end of credit from a hang-up', () => {
    expect(endOfBye(parseReason('SIP;cause=402')).reason).toBe('no-credit');
    expect(endOfBye(parseReason('Q.850;cause=16')).reason).toBe('they-hung-up');
    expect(endOfBye(parseReason('SIP;cause=408')).reason).toBe('no-media');
  });
});

describe('devices', () => {
  const list = [{ deviceId: 'x1', label: 'Headset' }, { deviceId: 'x2', label: 'Built-in' }];

  it('finds the chosen one by id, then by name, else the default', () => {
    expect(pickDevice(list, { id: 'x2', label: 'Built-in' })).toBe('x2');
    expect(pickDevice(list, { id: 'old', label: 'Headset' })).toBe('x1');
    expect(pickDevice(list, { id: 'old', label: 'Gone' })).toBe('');
    expect(pickDevice(list, { id: 'old', label: '' })).toBe('');
    expect(pickDevice(list, null)).toBe('');
  });

  it('tells two of one name apart by id, and takes the first of them when the id is another now', () => {
    const twins = [{ deviceId: 'a', label: 'USB headset' }, { deviceId: 'b', label: 'USB headset' }];
    expect(pickDevice(twins, { id: 'b', label: 'USB headset' })).toBe('b');
    expect(pickDevice(twins, { id: 'gone', label: 'USB headset' })).toBe('a');
  });

  it('tells the microphone errors apart', () => {
    expect(micOfError(new DOMException('', 'NotAllowedError'))).toBe('blocked');
    expect(micOfError(new DOMException('', 'NotFoundError'))).toBe('none');
    expect(micOfError(new DOMException('', 'NotReadableError'))).toBe('busy');
  });

  it('names the browser as a person would', () => {
    expect(browserName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36')).toBe('Chrome on Linux');
    expect(browserName('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/605')).toBe('Safari on iOS');
    expect(browserName('Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140.0')).toBe('Firefox on Windows');
  });
});

describe('quality', () => {
  it('rates a clean call with four bars and a lossy one with one', () => {
    expect(mosOf(0, 2, 30)).toBeGreaterThan(4.2);
    expect(mosOf(20, 40, 300)).toBeLessThan(2.6);
    expect(mosOf(100, 500, 4000)).toBe(1);
  });

  it('looks at what changed, not at totals', () => {
    const before = { at: 0, received: 1000, lost: 500, jitterMs: 2, rttMs: 20, remoteLoss: 0 };
    const now = { ...before, at: 2000, received: 1100 };
    expect(qualityOf(now, before)).toMatchObject({ bars: 4, lossPercent: 0, trouble: 'none' });
    expect(qualityOf({ ...now, lost: 550 }, before)).toMatchObject({ bars: 1, trouble: 'receiving' });
    expect(qualityOf({ ...now, remoteLoss: 0.3 }, before).trouble).toBe('sending');
    expect(qualityOf({ ...now, rttMs: 1200 }, before).trouble).toBe('delay');
  });

  it('calls it poor only when it lasts', () => {
    const watch = new QualityWatch();
    const bad = (n: number) => watch.look({ at: n, received: n * 100, lost: n * 50, jitterMs: 5, rttMs: 40, remoteLoss: 0 });
    expect([bad(1), bad(2), bad(3)].map((look) => look.poor)).toEqual([false, false, true]);
  });

  it('says so when nothing has come for half a minute', () => {
    const watch = new QualityWatch();
    const look = (received: number) => watch.look({ at: 0, received, lost: 0, jitterMs: 0, rttMs: 0, remoteLoss: 0 }).silent;
    expect(look(50)).toBe(false);
    expect(Array.from({ length: 15 }, () => look(50))).toEqual([...Array<boolean>(14).fill(false), true]);
    expect(look(51)).toBe(false);
  });

  it('reads the browser’s counters', () => {
    const report = [
      { type: 'inbound-rtp', kind: 'audio', packetsReceived: 90, packetsLost: 2, jitter: 0.004 },
      { type: 'inbound-rtp', kind: 'video', packetsReceived: 5 },
      { type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.1, roundTripTime: 0.05 },
      { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.5 },
    ];
    expect(countersOf(report, 7)).toEqual({ at: 7, received: 90, lost: 2, jitterMs: 4, rttMs: 50, remoteLoss: 0.1 });
  });
});

describe('a call that survives a reload', () => {
  const saved = { callId: 'c', localTag: 'l', remoteTag: 'r', number: '1002', name: '', at: 1000 };

  it('is offered for twenty seconds', () => {
    expect(isFresh(saved, 20_999)).toBe(true);
    expect(isFresh(saved, 21_000)).toBe(false);
    expect(isFresh(saved, 500)).toBe(false);
    expect(isFresh(null, 1000)).toBe(false);
  });

  it('is forgotten when what was stored makes no sense', () => {
    expect(parseSaved(JSON.stringify(saved))).toEqual(saved);
    expect(parseSaved('{"callId":"c"}')).toBeNull();
    expect(parseSaved('broken')).toBeNull();
    expect(parseSaved(null)).toBeNull();
  });
});

describe('what must be heard', () => {
  const ringing = reduce(initialState, { type: 'new', call: newCall({ id: 'i', dir: 'in', number: '1', name: '', createdAt: 0 }) });
  const calling = reduce(initialState, { type: 'new', call: newCall({ id: 'o', dir: 'out', number: '1', name: '', createdAt: 0 }) });

  it('rings, unless the tone is Silent', () => {
    expect(wantedTones(ringing, 'bell').ring).toBe(RING_TONES.bell);
    expect(wantedTones(ringing, 'silent').ring).toBeNull();
    expect(wantedTones(ringing, 'unheard-of').ring).toBeNull();
  });

  it('plays ring-back until the far side sends its own sound', () => {
    expect(wantedTones(reduce(calling, { type: 'progress', id: 'o', early: false }), 'bell').tone).toBe(RING_BACK);
    expect(wantedTones(reduce(calling, { type: 'progress', id: 'o', early: true }), 'bell').tone).toBeNull();
  });

  it('only beeps while one is talking', () => {
    const talking = reduce(reduce(calling, { type: 'answered', id: 'o', at: 1 }), { type: 'new', call: ringing.calls[0]! });
    expect(wantedTones(talking, 'bell')).toEqual({ ring: null, tone: CALL_WAITING });
  });

  it('knows the keys and the cadence', () => {
    expect(keyFrequencies('5')).toEqual([770, 1336]);
    expect(keyFrequencies('A')).toBeNull();
    expect(keyFrequencies('')).toBeNull();
    expect(bursts([0.4, 0.2, 0.4, 2])).toMatchObject({ list: [{ at: 0, length: 0.4 }, { at: expect.closeTo(0.6), length: 0.4 }], round: 3 });
  });
});

describe('manual settings', () => {
  it('make a configuration with the typed password', () => {
    Object.assign(globalThis, { location: { href: 'https://pbx.example.com/' } });
    expect(configOfManual({ extension: '1001', password: 'secret', domain: 'example.com', wsUrl: 'wss://sip.example.com/ws' }, '1')).toMatchObject({
      uri: 'sip:1001@example.com', authUser: '1001', password: 'secret', wsUrl: 'wss://sip.example.com/ws',
    });
  });
});

describe('calls that end', () => {
  const headers = (reason: string | null, code?: number) => ({ getHeader: () => reason, status_code: code });

  it('after talking', () => {
    expect(endOfEnded('local', null, 'Terminated').reason).toBe('hung-up');
    expect(endOfEnded('local', null, 'Dialog Error').reason).toBe('network');
    expect(endOfEnded('system', null, 'WebRTC Error').reason).toBe('network');
    expect(endOfEnded('remote', headers(null), 'Terminated').reason).toBe('they-hung-up');
  });

  it('before an answer', () => {
    expect(endOfFailed('incoming', 'local', null, 'Rejected').reason).toBe('declined');
    expect(endOfFailed('incoming', 'remote', headers('SIP;cause=200'), 'Canceled').reason).toBe('answered-elsewhere');
    expect(endOfFailed('outgoing', 'local', null, 'Canceled').reason).toBe('cancelled');
    expect(endOfFailed('outgoing', 'local', null, 'Connection Error').reason).toBe('network');
    expect(endOfFailed('outgoing', 'remote', headers(null, 486), 'Busy')).toEqual({ reason: 'busy', code: 486, where: '' });
    expect(endOfFailed('outgoing', 'system', null, 'Request Timeout').reason).toBe('no-answer');
  });

  it('before an answer, told apart by the reason of the refusal', () => {
    const why = (code: number, cause: number) => endOfFailed('outgoing', 'remote', headers(`Q.850;cause=${cause};text="x"`, code), '').reason;
    expect(why(480, 19)).toBe('no-answer');
    expect(why(480, 20)).toBe('unavailable');
    expect(why(486, 17)).toBe('busy');
    expect(why(486, 21)).toBe('dnd');
    expect(why(404, 1)).toBe('not-found');
    expect(why(404, 3)).toBe('no-route');
    expect(why(402, 21)).toBe('no-credit');
    expect(why(403, 55)).toBe('forbidden');
  });
});

describe('the diagnostic file', () => {
  it('holds no secrets and does not grow for ever', () => {
    const log = new SipLog();
    log.add('sent', 'REGISTER sip:x SIP/2.0\r\nAuthorization: Digest username="1001", response="abc"\r\nCSeq: 1 REGISTER');
    expect(log.toString()).toContain('Authorization: (removed)');
    expect(log.toString()).not.toContain('abc');
    expect(log.toString()).toContain('CSeq: 1 REGISTER');
    for (let i = 0; i < 900; i += 1) log.add('note', `n${i}`);
    expect(log.toString()).not.toContain('n499\n');
    expect(log.toString()).toContain('n899');
  });
});

describe('who is there after a transfer', () => {
  const message = (headers: Record<string, string>): { getHeader: (name: string) => string | undefined } => ({ getHeader: (name) => headers[name] });

  it('is read from what the server asserts', () => {
    expect(identityOf(message({ 'P-Asserted-Identity': '"Priya \\"P\\" Raman" <sip:1003@northwind.localhost>' }))).toEqual({ number: '1003', name: 'Priya "P" Raman' });
    expect(identityOf(message({ 'P-Asserted-Identity': '<sip:%2B16285550177@northwind.localhost>' }))).toEqual({ number: '+16285550177', name: '' });
    expect(identityOf(message({ 'Remote-Party-ID': 'Tom <sip:1002@a.b>;party=calling;screen=yes' }))).toEqual({ number: '1002', name: 'Tom' });
  });

  it('is unknown without a header, and survives a strange one', () => {
    expect(identityOf(null)).toBeNull();
    expect(identityOf(message({ 'P-Asserted-Identity': 'garbage' }))).toBeNull();
    expect(identityOf(message({ 'P-Asserted-Identity': '<sip:%zz@a>' }))).toEqual({ number: '%zz', name: '' });
  });
});

describe('speech while muted', () => {
  it('is three loud looks in a row, and lasts between words', () => {
    const watch = new SpeechWatch();
    expect([0.2, 0.2, 0, 0.2, 0.2].map((level, at) => watch.look(level, at * 100))).toEqual([false, false, false, false, false]);
    expect(watch.look(0.2, 500)).toBe(true);
    expect(watch.look(0, 4000)).toBe(true);
    expect(watch.look(0, 4600)).toBe(false);
  });

  it('is not what a quiet room gives', () => {
    const watch = new SpeechWatch();
    expect([0.004, 0.005, 0.004, 0.006].some((level, at) => watch.look(level, at * 100))).toBe(false);
  });
});

describe('new credentials', () => {
  const now = 1_000_000, expiresAt = now + 12 * 3_600_000;

  it('come a quarter of an hour before the old ones end', () => expect(renewAt({ expiresAt, iceExpiresAt: 0 }, now)).toBe(expiresAt - 900_000));
  it('come before the old ones end also where the clock is wrong by ten minutes', () => {
    for (const wrong of [-600_000, 600_000]) expect(renewAt({ expiresAt, iceExpiresAt: 0 }, now + wrong) - wrong).toBeLessThan(expiresAt);
  });
  it('come halfway where they are short', () => expect(renewAt({ expiresAt: now + 600_000, iceExpiresAt: 0 }, now)).toBe(now + 300_000));
  it('come halfway to the end of a relay that ends sooner', () => expect(renewAt({ expiresAt, iceExpiresAt: now + 3_600_000 }, now)).toBe(now + 1_800_000));
  it('do not wait for a relay that ends later', () => expect(renewAt({ expiresAt, iceExpiresAt: now + 48 * 3_600_000 }, now)).toBe(expiresAt - 900_000));
});
