/**
 * SIP in the browser. The only file that knows JsSIP: the rest of the portal sees call ids, plain
 * events and promises, so that a change of library stays inside this page.
 */
import { debug, UA, WebSocketInterface } from 'jssip';
import type { IncomingEvent, OutgoingEvent, RTCSession } from 'jssip/lib/RTCSession';
import type { IncomingRTCSessionEvent, OutgoingRTCSessionEvent, UAConfiguration } from 'jssip/lib/UA';
import { endOf, endOfBye, endOfCancel, parseReason, reasonOfCode } from './causes';
import type { End, SavedCall } from './model';
import { sipLog } from './log';
import { newCall, type PhoneEvent } from './store';

export interface EngineConfig {
  wsUrl: string;
  uri: string;
  authUser: string;
  ha1?: string;
  realm?: string;
  password?: string;
  displayName: string;
  iceServers: RTCIceServer[];
  userAgent: string;
}

export interface EngineHooks {
  emit(event: PhoneEvent): void;
  /** The line changed: connected, registered, refused. */
  registered(): void;
  refused(code: number): void;
  /** Lost; the next try is after so many milliseconds, or at once. */
  disconnected(waitMs: number): void;
  connecting(): void;
  /** May one more call ring here? */
  canTake(): boolean;
  /** Remote audio of a call came or changed. */
  stream(id: string): void;
}

/** What JsSIP has but its type file lacks. */
interface UaExtras {
  transport: {
    connect(): void;
    disconnect(): void;
    recovery_options: { min_interval: number; max_interval: number };
    ondata: (data: { message: string }) => void;
  };
  sendOptions(target: string, body: string, options: { eventHandlers: Record<string, () => void> }): void;
}
interface SessionExtras {
  _dialog?: { id: { call_id: string; local_tag: string; remote_tag: string } } | null;
}
interface Headers {
  getHeader(name: string): string | null | undefined;
  status_code?: number;
  method?: string;
}

/** JsSIP waits for every ICE candidate; a server with a public address needs none of the late ones. */
const GATHER_MS = 500;
const READY_TRIES = 25;
const READY_GAP_MS = 120;
const BYE_GRACE_MS = 2000;
/** Waits between tries, in seconds: known beforehand, so that the panel can count them down. */
const RETRY_S = [1, 2, 4, 8, 15];

debug.disable();

export class PhoneEngine {
  private readonly ua: UA & UaExtras;
  private readonly sessions = new Map<string, RTCSession>();
  private readonly streams = new Map<string, MediaStream>();
  private readonly domain: string;
  private lostTimes = 0;

  constructor(private readonly config: EngineConfig, private readonly hooks: EngineHooks) {
    this.domain = config.uri.replace(/^sips?:/, '').split('@').pop() ?? '';
    this.ua = new UA(this.uaConfig()) as UA & UaExtras;
    this.listen();
    this.logMessages();
  }

  private uaConfig(): UAConfiguration {
    const { config } = this;
    return {
      sockets: [this.socket()],
      uri: config.uri.startsWith('sip') ? config.uri : `sip:${config.uri}`,
      authorization_user: config.authUser,
      display_name: config.displayName,
      ...(config.ha1 ? { ha1: config.ha1, realm: config.realm } : { password: config.password }),
      register: true,
      register_expires: 300,
      session_timers: true,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 15,
      user_agent: config.userAgent,
    };
  }

  private listen(): void {
    const { ua, hooks } = this;
    ua.on('connecting', () => hooks.connecting());
    ua.on('disconnected', (event) => this.lost(event.error));
    ua.on('registered', () => {
      this.lostTimes = 0;
      hooks.registered();
    });
    ua.on('registrationFailed', (event) => {
      const code = event.response?.status_code ?? 0;
      if (code) hooks.refused(code);
      else hooks.disconnected(0);
    });
    ua.on('newRTCSession', (event: IncomingRTCSessionEvent | OutgoingRTCSessionEvent) => {
      if (event.originator === 'remote') this.incoming(event.session);
    });
  }

  /** JsSIP would draw lots for the wait; told a range of one number it has no choice. */
  private lost(retries: boolean): void {
    const seconds = RETRY_S[Math.min(this.lostTimes, RETRY_S.length - 1)] ?? 15;
    this.lostTimes += 1;
    this.ua.transport.recovery_options = { min_interval: seconds, max_interval: seconds };
    sipLog.add('note', 'disconnected');
    this.hooks.disconnected(retries ? seconds * 1000 : 0);
  }

  private logMessages(): void {
    const { transport } = this.ua;
    const { ondata } = transport;
    transport.ondata = (data) => {
      sipLog.add('received', data.message);
      ondata(data);
    };
  }

  private socket(): WebSocketInterface {
    const socket = new WebSocketInterface(this.config.wsUrl);
    const send = socket.send.bind(socket);
    socket.send = (message) => {
      sipLog.add('sent', String(message));
      return send(message);
    };
    return socket;
  }

  start(): void {
    this.ua.start();
  }

  /** Ends every call, unregisters and closes the socket. */
  stop(): void {
    this.ua.stop();
  }

  get registered(): boolean {
    return this.ua.isRegistered();
  }

  /** A dead socket can look open for minutes: drop it and open another. Calls stay up. */
  reconnect(): void {
    this.ua.transport.disconnect();
    this.ua.transport.connect();
  }

  /** Asks the server for a sign of life; any answer counts, even a refusal. */
  ping(limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limitMs);
      const alive = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      try {
        this.ua.sendOptions(`sip:${this.domain}`, '', { eventHandlers: { succeeded: alive, failed: () => {
          if (this.ua.isConnected()) alive();
        } } });
      } catch {
        clearTimeout(timer);
        resolve(false);
      }
    });
  }

  // -- calls ---------------------------------------------------------------------------------

  private target(number: string): string {
    return `sip:${encodeURIComponent(number).replace(/%2B/g, '+').replace(/%2A/g, '*')}@${this.domain}`;
  }

  call(number: string, name: string, stream: MediaStream, extra: { consultFor?: string; headers?: string[] } = {}): string {
    const session = this.ua.call(this.target(number), {
      mediaStream: stream,
      pcConfig: { iceServers: this.config.iceServers },
      extraHeaders: extra.headers ?? [],
    });
    const call = newCall({
      id: session.id, dir: 'out', number, name, createdAt: Date.now(), consultFor: extra.consultFor ?? null,
    });
    this.follow(session);
    this.hooks.emit({ type: 'new', call });
    return session.id;
  }

  /** Takes over the leg that the server has kept since the page went away (RFC 3891). */
  resume(saved: SavedCall, stream: MediaStream): string {
    const replaces = `Replaces: ${saved.callId};to-tag=${saved.remoteTag};from-tag=${saved.localTag}`;
    const id = this.call('resume', saved.name, stream, { headers: [replaces] });
    this.hooks.emit({ type: 'renamed', id, number: saved.number, name: saved.name });
    return id;
  }

  private incoming(session: RTCSession): void {
    if (!this.hooks.canTake()) {
      session.terminate({ status_code: 486, reason_phrase: 'Busy Here' });
      return;
    }
    const who = session.remote_identity;
    this.follow(session);
    this.hooks.emit({
      type: 'new',
      call: newCall({ id: session.id, dir: 'in', number: who.uri.user ?? '', name: who.display_name ?? '', createdAt: Date.now() }),
    });
  }

  answer(id: string, stream: MediaStream): void {
    this.sessions.get(id)?.answer({ mediaStream: stream, pcConfig: { iceServers: this.config.iceServers } });
  }

  decline(id: string): void {
    this.sessions.get(id)?.terminate({ status_code: 603, reason_phrase: 'Decline' });
  }

  hangUp(id: string): void {
    const session = this.sessions.get(id);
    if (session && !session.isEnded()) session.terminate();
  }

  has(id: string): boolean {
    return this.sessions.has(id);
  }

  private follow(session: RTCSession): void {
    const { id } = session;
    this.sessions.set(id, session);
    this.followMedia(session);
    const emit = this.hooks.emit;
    session.on('progress', (event: IncomingEvent | OutgoingEvent) => {
      if (event.originator !== 'remote') return;
      const body = (event as { response?: { body?: string } }).response?.body;
      emit({ type: 'progress', id, early: Boolean(body) });
    });
    session.on('accepted', () => emit({ type: 'answered', id, at: Date.now() }));
    session.on('hold', (event) => emit({ type: 'held', id, by: event.originator === 'local' ? 'me' : 'them', on: true, at: Date.now() }));
    session.on('unhold', (event) => emit({ type: 'held', id, by: event.originator === 'local' ? 'me' : 'them', on: false, at: Date.now() }));
    session.on('ended', (event) => this.gone(id, this.endOfEnded(event.originator, event.message, event.cause)));
    session.on('failed', (event) => this.gone(id, this.endOfFailed(session, event.originator, event.message, event.cause)));
  }

  private followMedia(session: RTCSession): void {
    const attach = (connection: RTCPeerConnection): void => {
      connection.addEventListener('track', (event) => {
        this.streams.set(session.id, event.streams[0] ?? new MediaStream([event.track]));
        this.hooks.stream(session.id);
      });
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

  private gone(id: string, end: End): void {
    this.sessions.delete(id);
    this.streams.delete(id);
    this.hooks.emit({ type: 'ended', id, end, at: Date.now() });
  }

  private endOfEnded(originator: string, message: unknown, cause: string): End {
    if (originator === 'local') return endOf('hung-up');
    if (originator === 'system' || cause === 'RTP Timeout') return endOf('network');
    return endOfBye(parseReason((message as Headers | null)?.getHeader?.('Reason')));
  }

  private endOfFailed(session: RTCSession, originator: string, message: unknown, cause: string): End {
    const headers = message as Headers | null;
    if (session.direction === 'incoming') {
      if (originator === 'local') return endOf('declined', 603);
      return endOfCancel(parseReason(headers?.getHeader?.('Reason')));
    }
    if (originator === 'local') return endOf(cause === 'Canceled' ? 'cancelled' : 'network');
    if (headers?.status_code) return endOf(reasonOfCode(headers.status_code), headers.status_code);
    return endOf(cause === 'Request Timeout' ? 'no-answer' : 'network');
  }

  // -- during a call -------------------------------------------------------------------------

  private async ready(id: string): Promise<RTCSession | null> {
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
      const timer = setTimeout(() => resolve(false), 6000);
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
    const session = this.sessions.get(id);
    if (!session?.isEstablished()) return;
    // The constant is an enum in the type file only; at run time it is this word.
    session.sendDTMF(tones, { transportType: 'RFC2833' as never, duration: 120, interToneGap: 80 });
    this.hooks.emit({ type: 'keys', id, tones });
  }

  /** Sends the far side elsewhere. The answer is null when it went, else why not. */
  refer(id: string, to: { number: string } | { consult: string }): Promise<End | null> {
    const session = this.sessions.get(id);
    const consult = 'consult' in to ? this.sessions.get(to.consult) : undefined;
    if (!session || ('consult' in to && !consult)) return Promise.resolve(endOf('gone'));
    const target = consult ? consult.remote_identity.uri : this.target('number' in to ? to.number : '');
    return new Promise((resolve) => {
      const failed = (code: number): void => resolve(endOf(code ? reasonOfCode(code) : 'network', code));
      session.refer(target, {
        ...(consult ? { replaces: consult } : {}),
        eventHandlers: {
          accepted: () => {
            setTimeout(() => this.endBoth(id, consult?.id), BYE_GRACE_MS);
            resolve(null);
          },
          failed: (event: { status_line?: { status_code: number } }) => failed(event.status_line?.status_code ?? 0),
          requestFailed: (event: { response?: { status_code: number } }) => failed(event.response?.status_code ?? 0),
        },
      });
      // A server that ends our leg at once sends no more NOTIFY: that is success too.
      session.on('ended', () => resolve(null));
    });
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
    const session = this.sessions.get(id) as (RTCSession & SessionExtras) | undefined;
    const dialog = session?._dialog?.id;
    if (!session?.isEstablished() || !dialog) return null;
    return { callId: dialog.call_id, localTag: dialog.local_tag, remoteTag: dialog.remote_tag };
  }
}
