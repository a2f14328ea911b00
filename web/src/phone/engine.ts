/**
 * SIP in the browser. The only file that knows JsSIP: the rest of the portal sees call ids, plain
 * events and promises, so that a change of library stays inside this page.
 */
import { debug, UA, WebSocketInterface } from 'jssip';
import type { IncomingRTCSessionEvent, OutgoingRTCSessionEvent, UAConfiguration } from 'jssip/lib/UA';
import { sipLog } from './log';
import type { SavedCall } from './model';
import { Sessions, type SipSession } from './sessions';
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
  /** The line is up: for the first time, or again after it was lost. */
  registered(again: boolean): void;
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

/** Waits between tries, in seconds: known beforehand, so that the panel can count them down. */
const RETRY_S = [1, 2, 4, 8, 15];
const REGISTER_AGAIN_MS = 10_000;

debug.disable();

export class PhoneEngine {
  private readonly ua: UA & UaExtras;
  private registerTimer: ReturnType<typeof setTimeout> | undefined;
  /** The calls; what happens to one of them is asked of it there. */
  readonly calls: Sessions;
  private readonly domain: string;
  private lostTimes = 0;
  private stopped = false;

  constructor(private readonly config: EngineConfig, private readonly hooks: EngineHooks) {
    this.domain = config.uri.replace(/^sips?:/, '').split('@').pop() ?? '';
    this.calls = new Sessions({ emit: (event) => hooks.emit(event), stream: (id) => hooks.stream(id), target: (number) => this.target(number) });
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
      const again = this.lostTimes > 0;
      this.lostTimes = 0;
      hooks.registered(again);
    });
    ua.on('registrationFailed', (event) => this.notRegistered(event.response?.status_code ?? 0));
    ua.on('newRTCSession', (event: IncomingRTCSessionEvent | OutgoingRTCSessionEvent) => {
      if (event.originator === 'remote') this.incoming(event.session as unknown as SipSession);
    });
  }

  /** JsSIP would draw lots for the wait; told a range of one number it has no choice. */
  private lost(retries: boolean): void {
    // It closes a moment after it was stopped, when another tab may have had the line and given it back.
    if (this.stopped) return;
    const seconds = RETRY_S[Math.min(this.lostTimes, RETRY_S.length - 1)] ?? 15;
    this.lostTimes += 1;
    this.ua.transport.recovery_options = { min_interval: seconds, max_interval: seconds };
    sipLog.add('note', 'disconnected');
    this.hooks.disconnected(retries ? seconds * 1000 : 0);
  }

  /** A server in trouble is asked again; a refusal of the credentials is told. */
  private notRegistered(code: number): void {
    const refusal = code >= 400 && code < 500 && code !== 408 && code !== 480;
    if (refusal) {
      this.hooks.refused(code);
      return;
    }
    if (!this.ua.isConnected()) return;
    clearTimeout(this.registerTimer);
    this.registerTimer = setTimeout(() => this.ua.register(), REGISTER_AGAIN_MS);
    this.hooks.disconnected(REGISTER_AGAIN_MS);
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
    this.stopped = true;
    clearTimeout(this.registerTimer);
    this.ua.stop();
  }

  /** As if the page had gone: the server hears no BYE and keeps the far side for whoever picks the call up. */
  abandon(): void {
    this.calls.abandon();
    this.ua.transport.disconnect();
    this.stop();
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
    this.calls.follow(session as unknown as SipSession);
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

  private incoming(session: SipSession): void {
    if (!this.hooks.canTake()) {
      session.terminate({ status_code: 486, reason_phrase: 'Busy Here' });
      return;
    }
    const who = session.remote_identity;
    this.calls.follow(session);
    this.hooks.emit({
      type: 'new',
      call: newCall({ id: session.id, dir: 'in', number: who.uri.user ?? '', name: who.display_name ?? '', createdAt: Date.now() }),
    });
  }

  answer(id: string, stream: MediaStream): void {
    this.calls.get(id)?.answer({ mediaStream: stream, pcConfig: { iceServers: this.config.iceServers } });
  }

  decline(id: string): void {
    this.calls.get(id)?.terminate({ status_code: 603, reason_phrase: 'Decline' });
  }
}
