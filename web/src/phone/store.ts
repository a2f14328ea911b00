/** The state machine of the phone: pure functions from state and event to the next state. */
import { initialState, type Call, type End, type Line, type Mic, type PhoneState, type Quality, type SavedCall, type Told, type Transfer } from './model';

export type PhoneEvent =
  | { type: 'line'; line: Line }
  | { type: 'mic'; mic: Mic }
  | { type: 'sound-blocked'; on: boolean }
  | { type: 'speaks-muted'; on: boolean }
  | { type: 'identity'; identity: Partial<Pick<PhoneState, 'extension' | 'displayName' | 'manual' | 'features' | 'echoTest'>> }
  | { type: 'resume'; saved: SavedCall | null }
  | { type: 'new'; call: Call }
  | { type: 'progress'; id: string; early: boolean }
  | { type: 'answered'; id: string; at: number }
  | { type: 'held'; id: string; by: 'me' | 'them'; on: boolean; at: number }
  | { type: 'muted'; id: string; on: boolean }
  | { type: 'cut'; id: string; on: boolean; at: number }
  | { type: 'keys'; id: string; tones: string }
  | { type: 'quality'; id: string; quality: Quality; poor: boolean; silent?: boolean }
  | { type: 'transfer'; id: string; transfer: Transfer | null }
  | { type: 'renamed'; id: string; number: string; name: string }
  | { type: 'told'; id: string; told: Told }
  | { type: 'select'; id: string }
  /** `sampled`: one of the few calls after which one is asked how it sounded. */
  | { type: 'ended'; id: string; end: End; at: number; sampled?: boolean }
  | { type: 'dismiss' }
  | { type: 'reset' };

export function newCall(fields: Pick<Call, 'id' | 'dir' | 'number' | 'name' | 'createdAt'> & Partial<Call>): Call {
  return {
    phase: fields.dir === 'in' ? 'ringing-in' : 'dialing',
    answeredAt: null, heldByMe: false, heldByThem: false, heldAt: null, muted: false, keys: '',
    quality: null, poor: false, wasPoor: false, silent: false, transfer: null, consultFor: null, cutAt: null, early: false, told: null,
    ...fields,
  };
}

function change(state: PhoneState, id: string, edit: (call: Call) => Call): PhoneState {
  if (!state.calls.some((call) => call.id === id)) return state;
  return { ...state, calls: state.calls.map((call) => (call.id === id ? edit(call) : call)) };
}

function withCall(state: PhoneState, call: Call): PhoneState {
  if (state.calls.some((other) => other.id === call.id)) return state;
  const calls = [...state.calls, call];
  // An incoming call never takes the panel away from the call one is talking on.
  const current = call.dir === 'out' ? call.id : state.current;
  return { ...state, calls, current, summary: null };
}

function answered(state: PhoneState, id: string, at: number): PhoneState {
  const next = change(state, id, (call) => (call.phase === 'active' ? call : { ...call, phase: 'active', answeredAt: at }));
  return { ...next, current: id };
}

function held(state: PhoneState, id: string, by: 'me' | 'them', on: boolean, at: number): PhoneState {
  return change(state, id, (call) => {
    const heldByMe = by === 'me' ? on : call.heldByMe;
    const heldByThem = by === 'them' ? on : call.heldByThem;
    const heldAt = heldByMe || heldByThem ? (call.heldAt ?? at) : null;
    return { ...call, heldByMe, heldByThem, heldAt };
  });
}

function ended(state: PhoneState, { id, end, at, sampled = false }: Extract<PhoneEvent, { type: 'ended' }>): PhoneState {
  const call = state.calls.find((one) => one.id === id);
  if (!call) return state;
  const calls = state.calls
    .filter((one) => one.id !== id)
    .map((one) => (one.consultFor === id ? { ...one, consultFor: null } : one));
  const summary = worthTelling(call, end) ? { call, end, endedAt: at, askRating: call.answeredAt !== null && (call.wasPoor || sampled) } : state.summary;
  return { ...state, calls, summary, current: nextCurrent(calls, state.current, call) };
}

/** A call that one declined oneself needs no epilogue; everything else is told in words. */
function worthTelling(call: Call, end: End): boolean {
  return !(call.phase === 'ringing-in' && end.reason === 'declined');
}

function nextCurrent(calls: Call[], current: string | null, gone: Call): string | null {
  if (current !== gone.id) return current;
  const open = calls.filter((call) => call.phase !== 'ringing-in');
  const back = open.find((call) => call.id === gone.consultFor) ?? open[open.length - 1];
  return back?.id ?? null;
}

export function reduce(state: PhoneState, event: PhoneEvent): PhoneState {
  switch (event.type) {
    case 'line': return { ...state, line: event.line };
    case 'mic': return { ...state, mic: event.mic };
    case 'sound-blocked': return { ...state, soundBlocked: event.on };
    case 'speaks-muted': return { ...state, speaksMuted: event.on };
    case 'identity': return { ...state, ...event.identity };
    case 'resume': return { ...state, resume: event.saved };
    case 'new': return withCall(state, event.call);
    case 'progress': return change(state, event.id, (call) =>
      call.phase === 'active' ? call : { ...call, phase: 'ringing-out', early: call.early || event.early });
    case 'answered': return answered(state, event.id, event.at);
    case 'held': return held(state, event.id, event.by, event.on, event.at);
    case 'muted': return change(state, event.id, (call) => ({ ...call, muted: event.on }));
    case 'cut': return change(state, event.id, (call) => ({ ...call, cutAt: event.on ? (call.cutAt ?? event.at) : null }));
    case 'keys': return change(state, event.id, (call) => ({ ...call, keys: (call.keys + event.tones).slice(-24) }));
    case 'quality': return change(state, event.id, (call) => ({ ...call, quality: event.quality, poor: event.poor, silent: event.silent ?? false, wasPoor: call.wasPoor || event.poor }));
    case 'transfer': return change(state, event.id, (call) => ({ ...call, transfer: event.transfer }));
    case 'renamed': return change(state, event.id, (call) => ({ ...call, number: event.number, name: event.name }));
    case 'told': return change(state, event.id, (call) => ({ ...call, told: event.told }));
    case 'select': return state.calls.some((call) => call.id === event.id) ? { ...state, current: event.id } : state;
    case 'ended': return ended(state, event);
    case 'dismiss': return { ...state, summary: null };
    case 'reset': return { ...initialState, mic: state.mic, resume: state.resume };
  }
}

export function currentCall(state: PhoneState): Call | null {
  const call = state.calls.find((one) => one.id === state.current);
  return call && call.phase !== 'ringing-in' ? call : null;
}

export function ringingCalls(state: PhoneState): Call[] {
  return state.calls.filter((call) => call.phase === 'ringing-in');
}

/** Calls waiting beside the one in the panel. */
export function waitingCalls(state: PhoneState): Call[] {
  return state.calls.filter((call) => call.phase !== 'ringing-in' && call.id !== state.current);
}

export function consultOf(state: PhoneState, id: string): Call | null {
  return state.calls.find((call) => call.consultFor === id) ?? null;
}

/** Two calls and one ringing are what a person can handle: the fourth hears busy. */
export function canTake(state: PhoneState): boolean {
  return state.calls.length < 3 && ringingCalls(state).length < 2;
}

/** One call at a time goes to another tab, and only one that both sides are in. */
export function canMove({ calls }: PhoneState): boolean {
  return calls.length === 1 && calls[0]?.phase === 'active' && calls[0].cutAt === null;
}

export function canDial(state: PhoneState): boolean {
  return state.calls.filter((call) => call.phase !== 'ringing-in').length < 2;
}
