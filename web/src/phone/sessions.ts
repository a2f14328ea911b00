/** The calls that are up, whatever library carries them: following, holding, keying, transferring, measuring. */
import { endOf, endOfEnded, endOfFailed, reasonOfCode, type SipHeaders } from './causes';
import { identityOf } from './identity';
import type { End, SavedCall } from './model';
import type { PhoneEvent } from './store';

export interface SessionsHooks {
  emit(event: PhoneEvent): void;
  /** Remote audio of a call came or changed. */
  stream(id: string): void;
  /** The address of a number. */
  target(number: string): string;
}

type Originator = 'local' | 'remote' | 'system';

/** What is used of a JsSIP call; written out here so that only the engine depends on the library. */
export interface SipSession {
  readonly id: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly connection: RTCPeerConnection | null;
  readonly remote_identity: { uri: { user?: string }; display_name?: string };
  readonly _dialog?: { id: { call_id: string; local_tag: string; remote_tag: string } } | null;
  isEnded(): boolean;
  isEstablished(): boolean;
  isReadyToReOffer(): boolean;
  isOnHold(): { local: boolean; remote: boolean };
  answer(options: object): void;
  terminate(options?: { status_code?: number; reason_phrase?: string; cause?: string }): void;
  hold(options: object, done: () => void): boolean;
  unhold(options: object, done: () => void): boolean;
  mute(what: { audio: boolean }): void;
  unmute(what: { audio: boolean }): void;
  sendDTMF(tones: string, options: object): void;
  renegotiate(options: object): boolean;
  refer(target: unknown, options: object): void;
  on(name: 'peerconnection', listener: (event: { peerconnection: RTCPeerConnection }) => void): unknown;
  on(name: 'icecandidate', listener: (event: { candidate: RTCIceCandidate; ready: () => void }) => void): unknown;
  on(name: 'progress', listener: (event: { originator: Originator; response?: { body?: string } }) => void): unknown;
  on(name: 'hold' | 'unhold', listener: (event: { originator: Originator }) => void): unknown;
  on(name: 'reinvite' | 'update', listener: (event: { request: SipHeaders }) => void): unknown;
  on(name: 'accepted' | 'sdp', listener: () => void): unknown;
  on(name: 'ended' | 'failed', listener: (event: { originator: Originator; message: SipHeaders | null; cause: string }) => void): unknown;
}

/** JsSIP waits for every ICE candidate; a server with a public address needs none of the late ones. */
const GATHER_MS = 500;
const READY_TRIES = 25;
const READY_GAP_MS = 120;
const HOLD_LIMIT_MS = 6000;
const BYE_GRACE_MS = 2000;
const CUT_STATES = new Set<RTCIceConnectionState>(['disconnected', 'failed']);
const WHOLE_STATES = new Set<RTCIceConnectionState>(['connected', 'completed']);

export class Sessions {
  private readonly sessions = new Map<string, SipSession>();
  private readonly streams = new Map<string, MediaStream>();

  private abandoned = false;

  constructor(private readonly hooks: SessionsHooks) {}

  /** Of what becomes of the calls nothing is told any more: they go on elsewhere. */
  abandon(): void {
    this.abandoned = true;
  }

  get(id: string): SipSession | undefined {
    return this.sessions.get(id);
  }

  follow(session: SipSession): void {
    const { id } = session;
    this.sessions.set(id, session);
    this.followMedia(session);
    const emit = this.hooks.emit;
    session.on('progress', ({ originator, response }) => {
      if (originator === 'remote') emit({ type: 'progress', id, early: Boolean(response?.body) });
    });
    session.on('accepted', () => emit({ type: 'answered', id, at: Date.now() }));
    const held = (originator: Originator, on: boolean): void =>
      emit({ type: 'held', id, by: originator === 'local' ? 'me' : 'them', on, at: Date.now() });
    session.on('hold', (event) => held(event.originator, true));
    session.on('unhold', (event) => held(event.originator, false));
    // Transferred: somebody else is there now, and the server says who.
    const renamed = ({ request }: { request: SipHeaders }): void => {
      const who = identityOf(request);
      if (who) emit({ type: 'renamed', id, ...who });
    };
    session.on('reinvite', renamed);
    session.on('update', renamed);
    session.on('ended', (event) => this.gone(id, endOfEnded(event.originator, event.message, event.cause)));
    session.on('failed', (event) => this.gone(id, endOfFailed(session.direction, event.originator, event.message, event.cause)));
  }

  private followMedia(session: SipSession): void {
    const attach = (connection: RTCPeerConnection): void => {
      connection.addEventListener('track', (event) => {
        this.streams.set(session.id, event.streams[0] ?? new MediaStream([event.track]));
        this.hooks.stream(session.id);
      });
      connection.addEventListener('iceconnectionstatechange', () => this.wayChanged(session.id, connection.iceConnectionState));
    };
    // An outgoing call has its connection before anybody could listen for the event.
    if (session.connection) attach(session.connection);
    else session.on('peerconnection', (event) => attach(event.peerconnection));
    let timer: ReturnType<typeof setTimeout> | undefined;
    session.on('icecandidate', (event) => {
      if (event.candidate.type === 'relay') event.ready();
      else timer ??= setTimeout(() => event.ready(), GATHER_MS);
    });
    session.on('sdp', () => {
      clearTimeout(timer);
      timer = undefined;
    });
  }

  private wayChanged(id: string, state: RTCIceConnectionState): void {
    const known = CUT_STATES.has(state) || WHOLE_STATES.has(state);
    if (known) this.hooks.emit({ type: 'cut', id, on: CUT_STATES.has(state), at: Date.now() });
  }

  private gone(id: string, end: End): void {
    this.sessions.delete(id);
    this.streams.delete(id);
    if (!this.abandoned) this.hooks.emit({ type: 'ended', id, end, at: Date.now() });
  }

  private async ready(id: string): Promise<SipSession | null> {
    for (let i = 0; i < READY_TRIES; i += 1) {
      const session = this.sessions.get(id);
      if (!session || session.isEnded()) return null;
      if (session.isReadyToReOffer()) return session;
      await new Promise((resolve) => setTimeout(resolve, READY_GAP_MS));
    }
    return null;
  }

  /** Resolves when the far side has confirmed: a REFER sent earlier may be accepted and then ignored. */
  async hold(id: string, on: boolean): Promise<boolean> {
    const session = await this.ready(id);
    if (!session) return false;
    if (session.isOnHold().local === on) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), HOLD_LIMIT_MS);
      const done = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const sent = on ? session.hold({}, done) : session.unhold({}, done);
      if (!sent) resolve(false);
    });
  }

  mute(id: string, on: boolean): void {
    const session = this.sessions.get(id);
    if (!session) return;
    if (on) session.mute({ audio: true });
    else session.unmute({ audio: true });
    this.hooks.emit({ type: 'muted', id, on });
  }

  keys(id: string, tones: string): void {
    if (this.press(id, tones)) this.hooks.emit({ type: 'keys', id, tones });
  }

  /** Brings in whom the other call holds: the server's key for it, which ends that other call. */
  merge(id: string): void {
    this.press(id, '*3');
  }

  private press(id: string, tones: string): boolean {
    const session = this.sessions.get(id);
    if (!session?.isEstablished()) return false;
    session.sendDTMF(tones, { transportType: 'RFC2833', duration: 120, interToneGap: 80 });
    return true;
  }

  /** Sends the far side elsewhere. The answer is null when it went, else why not. */
  refer(id: string, to: { number: string } | { consult: string }): Promise<End | null> {
    const session = this.sessions.get(id);
    const consult = 'consult' in to ? this.sessions.get(to.consult) : undefined;
    if (!session || ('consult' in to && !consult)) return Promise.resolve(endOf('gone'));
    const target = consult ? consult.remote_identity.uri : this.hooks.target('number' in to ? to.number : '');
    return new Promise((resolve) => {
      const failed = (code: number): void => resolve(endOf(code ? reasonOfCode(code) : 'network', code));
      session.refer(target, {
        ...(consult ? { replaces: consult } : {}),
        eventHandlers: {
          accepted: () => {
            setTimeout(() => this.endBoth(id, consult?.id), BYE_GRACE_MS);
            resolve(null);
          },
          // It rings there: whoever hands a call over has done with it. A refusal comes before that, and the caller is still here.
          progress: () => {
            if (consult) return;
            resolve(null);
            setTimeout(() => this.endBoth(id), 0);
          },
          failed: (event: { status_line?: { status_code: number } }) => failed(event.status_line?.status_code ?? 0),
          requestFailed: (event: { response?: { status_code: number } }) => failed(event.response?.status_code ?? 0),
        },
      });
      // A server that ends our leg at once sends no more NOTIFY: that is success too.
      session.on('ended', () => resolve(null));
    });
  }

  hangUp(id: string): void {
    const session = this.sessions.get(id);
    if (session && !session.isEnded()) session.terminate();
  }

  /** Nobody waits at the other end any more. */
  giveUp(id: string): void {
    this.sessions.get(id)?.terminate({ cause: 'RTP Timeout', status_code: 408, reason_phrase: 'RTP Timeout' });
  }

  private endBoth(...ids: (string | undefined)[]): void {
    for (const id of ids) if (id) this.hangUp(id);
  }

  // -- media ---------------------------------------------------------------------------------

  remoteStream(id: string): MediaStream | null {
    return this.streams.get(id) ?? null;
  }

  stats(id: string): Promise<RTCStatsReport> | null {
    return this.sessions.get(id)?.connection?.getStats() ?? null;
  }

  /** Another microphone without renegotiation; the mute and hold state of the track is kept. */
  async replaceTrack(id: string, track: MediaStreamTrack): Promise<void> {
    const sender = this.sessions.get(id)?.connection?.getSenders().find((one) => one.track?.kind === 'audio');
    if (!sender) return;
    track.enabled = sender.track?.enabled ?? true;
    await sender.replaceTrack(track);
  }

  /** After the network changed: new candidates for every call that is up. */
  async restartIce(): Promise<void> {
    for (const id of [...this.sessions.keys()]) {
      const session = await this.ready(id);
      if (session?.isEstablished()) session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
    }
  }

  /** What another page of this browser needs to take the call over. */
  dialogOf(id: string): Pick<SavedCall, 'callId' | 'localTag' | 'remoteTag'> | null {
    const session = this.sessions.get(id);
    const dialog = session?._dialog?.id;
    if (!session?.isEstablished() || !dialog) return null;
    return { callId: dialog.call_id, localTag: dialog.local_tag, remoteTag: dialog.remote_tag };
  }
}
