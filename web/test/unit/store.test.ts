import { describe, expect, it } from 'vitest';
import { endOf } from '../../src/phone/causes';
import { lineWords } from '../../src/panel/line';
import { initialState, type Line, type PhoneState } from '../../src/phone/model';
import { canDial, canTake, consultOf, currentCall, newCall, reduce, ringingCalls, waitingCalls, type PhoneEvent } from '../../src/phone/store';

const run = (events: PhoneEvent[], from: PhoneState = initialState): PhoneState => events.reduce(reduce, from);
const out = (id: string, more = {}): PhoneEvent => ({ type: 'new', call: newCall({ id, dir: 'out', number: '1002', name: '', createdAt: 1000, ...more }) });
const incoming = (id: string): PhoneEvent => ({ type: 'new', call: newCall({ id, dir: 'in', number: '1003', name: 'Priya Raman', createdAt: 1000 }) });
const goodQuality = { bars: 4 as const, mos: 4.3, lossPercent: 0, jitterMs: 2, rttMs: 20, trouble: 'none' as const };
const answered = (id: string, at = 2000): PhoneEvent => ({ type: 'answered', id, at });

describe('the state of the line', () => {
  it.each<[Line, string]>([
    [{ kind: 'ready' }, 'ok'], [{ kind: 'connecting' }, 'warn'], [{ kind: 'retrying', nextAt: 9000 }, 'bad'], [{ kind: 'offline' }, 'bad'],
    [{ kind: 'rejected', code: 403 }, 'bad'],
  ])('%o is %s', (line, tone) => {
    expect(lineWords({ ...initialState, line }, true, 5000).tone).toBe(tone);
  });
});

describe('an outgoing call', () => {
  it('asks how it sounded after a call that was poor at some time, and after one of the few', () => {
    const up = (poor: boolean) => run([out('a'), answered('a'), { type: 'quality', id: 'a', quality: goodQuality, poor }, { type: 'quality', id: 'a', quality: goodQuality, poor: false }]);
    const asked = (state: PhoneState, sampled: boolean) => reduce(state, { type: 'ended', id: 'a', end: endOf('hung-up'), at: 9, sampled }).summary?.askRating;
    expect(asked(up(true), false)).toBe(true);
    expect(asked(up(false), false)).toBe(false);
    expect(asked(up(false), true)).toBe(true);
    expect(asked(run([out('a')]), true)).toBe(false); // nobody answered
  });

  it('dials, rings, is answered and ends', () => {
    let state = run([out('a')]);
    expect(currentCall(state)?.phase).toBe('dialing');
    state = run([{ type: 'progress', id: 'a', early: false }], state);
    expect(currentCall(state)?.phase).toBe('ringing-out');
    state = run([answered('a')], state);
    expect(currentCall(state)).toMatchObject({ phase: 'active', answeredAt: 2000 });
    state = run([{ type: 'ended', id: 'a', end: endOf('they-hung-up'), at: 5000 }], state);
    expect(state.calls).toEqual([]);
    expect(state.current).toBeNull();
    expect(state.summary).toMatchObject({ endedAt: 5000, end: { reason: 'they-hung-up' } });
  });

  it('keeps the time of the first answer', () => {
    expect(currentCall(run([out('a'), answered('a', 2000), answered('a', 9000)]))?.answeredAt).toBe(2000);
  });

  it('does not go back to ringing after the answer', () => {
    const state = run([out('a'), answered('a'), { type: 'progress', id: 'a', early: true }]);
    expect(currentCall(state)?.phase).toBe('active');
  });

  it('remembers early media through a second ringing', () => {
    const state = run([out('a'), { type: 'progress', id: 'a', early: true }, { type: 'progress', id: 'a', early: false }]);
    expect(currentCall(state)?.early).toBe(true);
  });

  it('ignores an event about a call that is gone', () => {
    const state = run([out('a'), { type: 'ended', id: 'a', end: endOf('busy'), at: 1 }]);
    expect(reduce(state, { type: 'muted', id: 'a', on: true })).toBe(state);
    expect(reduce(state, { type: 'ended', id: 'a', end: endOf('busy'), at: 2 })).toBe(state);
  });

  it('is added once, however often it is announced', () => {
    expect(run([out('a'), out('a')]).calls).toHaveLength(1);
  });
});

describe('an incoming call', () => {
  it('rings without taking the panel from the running call', () => {
    const state = run([out('a'), answered('a'), incoming('b')]);
    expect(state.current).toBe('a');
    expect(ringingCalls(state).map((call) => call.id)).toEqual(['b']);
    expect(waitingCalls(state)).toEqual([]);
  });

  it('comes to the front when answered, the other waits', () => {
    const state = run([out('a'), answered('a'), incoming('b'), { type: 'held', id: 'a', by: 'me', on: true, at: 3000 }, answered('b', 3100)]);
    expect(state.current).toBe('b');
    expect(waitingCalls(state)[0]).toMatchObject({ id: 'a', heldByMe: true, heldAt: 3000 });
  });

  it('leaves no epilogue when one declined it oneself', () => {
    const state = run([incoming('b'), { type: 'ended', id: 'b', end: endOf('declined', 603), at: 2000 }]);
    expect(state.summary).toBeNull();
  });

  it('says so when it was answered elsewhere', () => {
    const state = run([incoming('b'), { type: 'ended', id: 'b', end: endOf('answered-elsewhere', 200), at: 2000 }]);
    expect(state.summary?.end.reason).toBe('answered-elsewhere');
  });
});

describe('hold', () => {
  it('keeps the time of the first hold while either side holds', () => {
    const both = run([out('a'), answered('a'), { type: 'held', id: 'a', by: 'me', on: true, at: 3000 }, { type: 'held', id: 'a', by: 'them', on: true, at: 4000 }]);
    expect(currentCall(both)).toMatchObject({ heldByMe: true, heldByThem: true, heldAt: 3000 });
    const theirs = run([{ type: 'held', id: 'a', by: 'me', on: false, at: 5000 }], both);
    expect(currentCall(theirs)).toMatchObject({ heldByMe: false, heldByThem: true, heldAt: 3000 });
    expect(currentCall(run([{ type: 'held', id: 'a', by: 'them', on: false, at: 6000 }], theirs))?.heldAt).toBeNull();
  });
});

describe('asking before a transfer', () => {
  const consulting = run([out('a'), answered('a'), out('b', { consultFor: 'a' }), answered('b')]);

  it('knows which call asks for which', () => {
    expect(consultOf(consulting, 'a')?.id).toBe('b');
    expect(consulting.current).toBe('b');
  });

  it('returns to the held caller when the asked one is gone', () => {
    const state = run([{ type: 'ended', id: 'b', end: endOf('busy', 486), at: 9000 }], consulting);
    expect(state.current).toBe('a');
  });

  it('becomes an ordinary call when the caller is gone', () => {
    const state = run([{ type: 'ended', id: 'a', end: endOf('they-hung-up'), at: 9000 }], consulting);
    expect(currentCall(state)).toMatchObject({ id: 'b', consultFor: null });
  });

  it('keeps the reason of a failed transfer beside the call', () => {
    const state = run([{ type: 'transfer', id: 'a', transfer: { stage: 'choosing', error: 'busy', to: '1014' } }], consulting);
    expect(state.calls[0]?.transfer).toEqual({ stage: 'choosing', error: 'busy', to: '1014' });
  });
});

describe('limits', () => {
  it('takes two calls and one ringing, no more', () => {
    const two = run([out('a'), answered('a'), out('b'), answered('b')]);
    expect(canDial(two)).toBe(false);
    expect(canTake(two)).toBe(true);
    expect(canTake(run([incoming('c')], two))).toBe(false);
    expect(canTake(run([incoming('x'), incoming('y')]))).toBe(false);
  });
});

describe('the rest of the state', () => {
  it('collects the keys that were sent, the last 24', () => {
    const state = run([out('a'), answered('a'), { type: 'keys', id: 'a', tones: '123' }, { type: 'keys', id: 'a', tones: '#'.repeat(23) }]);
    expect(currentCall(state)?.keys).toBe('3' + '#'.repeat(23));
  });

  it('knows since when a call has no way to the other side, and forgets it when there is one', () => {
    const cut = (on: boolean, at: number): PhoneEvent => ({ type: 'cut', id: 'a', on, at });
    const state = run([out('a'), answered('a'), cut(true, 5000), cut(true, 7000)]);
    expect(currentCall(state)?.cutAt).toBe(5000);
    expect(currentCall(run([cut(false, 9000)], state))?.cutAt).toBeNull();
  });

  it('selects only calls that exist', () => {
    const state = run([out('a'), out('b'), { type: 'select', id: 'a' }]);
    expect(state.current).toBe('a');
    expect(reduce(state, { type: 'select', id: 'zzz' })).toBe(state);
  });

  it('keeps line, identity and what is known of the microphone', () => {
    const state = run([
      { type: 'line', line: { kind: 'ready' } }, { type: 'mic', mic: 'blocked' }, { type: 'sound-blocked', on: true },
      { type: 'identity', identity: { extension: '1001' } }, { type: 'renamed', id: 'none', number: '1', name: 'x' },
    ]);
    expect(state).toMatchObject({ line: { kind: 'ready' }, mic: 'blocked', soundBlocked: true, extension: '1001' });
    expect(run([{ type: 'reset' }], state)).toMatchObject({ line: { kind: 'off' }, mic: 'blocked' });
  });

  it('measures quality on the call, and forgets the epilogue when told', () => {
    const quality = { bars: 2 as const, mos: 3.2, lossPercent: 4, jitterMs: 9, rttMs: 80, trouble: 'receiving' as const };
    const state = run([out('a'), answered('a'), { type: 'quality', id: 'a', quality, poor: true }]);
    expect(currentCall(state)).toMatchObject({ quality, poor: true });
    const after = run([{ type: 'ended', id: 'a', end: endOf('hung-up'), at: 9 }, { type: 'dismiss' }, { type: 'resume', saved: null }], state);
    expect(after.summary).toBeNull();
  });
});
