/** The words of the phone: plain data that crosses tabs, so nothing here may be a browser object. */

export type Line =
  | { kind: 'off' }
  | { kind: 'connecting' }
  | { kind: 'ready' }
  | { kind: 'retrying'; nextAt: number }
  | { kind: 'rejected'; code: number }
  | { kind: 'offline' };

/** What is known about the microphone of the tab that runs the phone. */
export type Mic = 'unknown' | 'ok' | 'blocked' | 'none' | 'busy';

export type Phase = 'dialing' | 'ringing-out' | 'ringing-in' | 'active';

export type EndReason =
  | 'hung-up' | 'they-hung-up' | 'declined' | 'busy' | 'no-answer' | 'not-found' | 'unavailable' | 'cancelled'
  | 'missed' | 'answered-elsewhere' | 'declined-elsewhere' | 'forbidden' | 'no-credit' | 'loop' | 'no-media'
  | 'network' | 'microphone' | 'transferred' | 'server' | 'too-many' | 'not-acceptable' | 'gone'
  | 'dnd' | 'no-route' | 'offline' | 'no-webrtc';

export interface End {
  reason: EndReason;
  code: number;
  /** Another device's name when the far end told it ("Yealink T46U"). */
  where: string;
}

/** An attempt to give this call to somebody else. */
export interface Transfer {
  stage: 'choosing' | 'sending';
  /** Why the last attempt failed; the caller is still there. */
  error: EndReason | null;
  to: string;
}

export interface Quality {
  bars: 1 | 2 | 3 | 4;
  mos: number;
  lossPercent: number;
  jitterMs: number;
  rttMs: number;
  /** Which direction suffers, when it does. */
  trouble: 'none' | 'sending' | 'receiving' | 'delay';
}

export type Recording = 'start' | 'stop' | 'pause' | 'resume';

/** What the server tells of a call. */
export interface Told {
  /** Its id there; another one after a transfer. */
  id: string;
  recording: 'off' | 'on' | 'paused';
  /** A rule of the organisation records: it can be paused, not ended. */
  byRule: boolean;
  /** The caller may be sent to the mailbox. */
  voicemail: boolean;
  /** What was called, where that is more than the extension. */
  line: { number: string; name: string } | null;
}

export interface Call {
  id: string;
  dir: 'in' | 'out';
  number: string;
  name: string;
  phase: Phase;
  createdAt: number;
  answeredAt: number | null;
  heldByMe: boolean;
  heldByThem: boolean;
  heldAt: number | null;
  muted: boolean;
  keys: string;
  quality: Quality | null;
  poor: boolean;
  /** Nothing has come from the other side for half a minute. */
  silent: boolean;
  /** The connection was poor at some time. */
  wasPoor: boolean;
  transfer: Transfer | null;
  /** Set on a call that was placed to ask before a transfer: the call that will be transferred. */
  consultFor: string | null;
  /** Since when no way leads to the other side; null while one does. */
  cutAt: number | null;
  /** Far-end audio before the answer: no local ring-back then. */
  early: boolean;
  told: Told | null;
}

export interface Summary {
  call: Call;
  end: End;
  endedAt: number;
  /** How it sounded is asked: it was poor, or this call is one of the few. */
  askRating: boolean;
}

/** A call that this browser was in when its page went away. */
export interface SavedCall {
  callId: string;
  localTag: string;
  remoteTag: string;
  number: string;
  name: string;
  at: number;
}

export interface PhoneState {
  line: Line;
  mic: Mic;
  extension: string;
  displayName: string;
  manual: boolean;
  features: { transfer: boolean; record: boolean };
  echoTest: string;
  calls: Call[];
  current: string | null;
  summary: Summary | null;
  resume: SavedCall | null;
  /** The tab with the phone may not make sound; another tab is asked to ring. */
  soundBlocked: boolean;
  /** One speaks while the call in front is muted. */
  speaksMuted: boolean;
}

export const initialState: PhoneState = {
  line: { kind: 'off' },
  mic: 'unknown',
  extension: '',
  displayName: '',
  manual: false,
  features: { transfer: true, record: false },
  echoTest: '',
  calls: [],
  current: null,
  summary: null,
  resume: null,
  soundBlocked: false,
  speaksMuted: false,
};

/** What the person asks for; may come from another tab. */
export type Command =
  | { do: 'dial'; number: string; name: string }
  | { do: 'name'; number: string; name: string }
  | { do: 'answer'; id: string }
  | { do: 'decline'; id: string }
  | { do: 'hang-up'; id: string }
  | { do: 'hold'; id: string; on: boolean }
  | { do: 'swap'; id: string }
  | { do: 'mute'; id: string; on: boolean }
  | { do: 'merge'; id: string }
  | { do: 'keys'; id: string; tones: string }
  | { do: 'record'; id: string; action: Recording }
  | { do: 'voicemail'; id: string }
  | { do: 'transfer-open'; id: string }
  | { do: 'transfer-close'; id: string }
  | { do: 'transfer-now'; id: string; number: string }
  | { do: 'transfer-ask'; id: string; number: string; name: string }
  | { do: 'transfer-complete'; id: string }
  | { do: 'resume' }
  | { do: 'forget-resume' }
  | { do: 'dismiss-summary' }
  | { do: 'keep-summary'; on: boolean }
  | { do: 'reconnect' }
  | { do: 'provision' };
