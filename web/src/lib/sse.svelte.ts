/** Live changes: one stream for the whole browser, fanned out to every tab. */
import { BASE } from './api';
import { backoff } from './backoff';

export const EVENT_NAMES = [
  'call.started', 'call.updated', 'call.ended', 'registration', 'presence', 'voicemail', 'fax', 'settings.changed', 'queue', 'trunk', 'session.revoked', 'resync',
] as const;
export type LiveName = (typeof EVENT_NAMES)[number];
export interface LiveEvent {
  name: LiveName;
  data: Record<string, unknown>;
}

const PAUSED_AFTER_MS = 20_000;
/** The server sends a sign of life every 15 s; a wire that lies still tells nobody that it is dead. */
const SILENT_MS = 40_000;
const LOOK_MS = 5000;

export const live = $state({ paused: false });

type Listener = (event: LiveEvent) => void;
type Wire = { kind: 'event'; event: LiveEvent; position: string } | { kind: 'paused'; paused: boolean };

export class LiveStream {
  private source: EventSource | null = null;
  private attempt = 0;
  private heardAt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pause: ReturnType<typeof setTimeout> | undefined;
  private readonly channel: BroadcastChannel;
  private readonly stopped = new AbortController();
  private release: (() => void) | null = null;

  /** `position`: after which event one listens; what the page shows was read later than that. */
  constructor(userId: string, private position: string, private readonly listener: Listener) {
    const name = `events:${userId}`;
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = (message: MessageEvent<Wire>) => this.hear(message.data);
    const { signal } = this.stopped;
    window.addEventListener('online', () => this.anew(), { signal });
    const look = setInterval(() => this.look(), LOOK_MS);
    signal.addEventListener('abort', () => clearInterval(look));
    if (navigator.locks) void this.standInLine(name);
    else this.open();
  }

  /** One tab of the browser holds the stream; when it goes, the next takes over. */
  private async standInLine(name: string): Promise<void> {
    const hold = (): Promise<void> => new Promise((resolve) => {
      if (this.stopped.signal.aborted) return resolve();
      this.release = resolve;
      this.open();
    });
    const got = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await hold();
      return lock !== null;
    });
    if (got) return;
    await navigator.locks.request(name, { signal: this.stopped.signal }, hold).catch(() => {});
  }

  private open(): void {
    if (this.stopped.signal.aborted) return;
    // What happened while nobody listened is told first, or as "resync" where the server knows it no more.
    const source = new EventSource(`${BASE}/events?after=${encodeURIComponent(this.position)}`, { withCredentials: true });
    this.source = source;
    this.pause ??= setTimeout(() => this.tell({ kind: 'paused', paused: true }), PAUSED_AFTER_MS);
    this.heardAt = Date.now();
    source.addEventListener('ping', () => (this.heardAt = Date.now()));
    source.addEventListener('hello', (event) => this.note(event));
    source.onopen = () => {
      this.attempt = 0;
      clearTimeout(this.pause);
      this.pause = undefined;
      this.tell({ kind: 'paused', paused: false });
    };
    source.onerror = () => this.lost();
    for (const name of EVENT_NAMES) {
      source.addEventListener(name, (event) => {
        this.heardAt = Date.now();
        this.note(event);
        this.tell({ kind: 'event', event: { name, data: parse((event as MessageEvent<string>).data) }, position: this.position });
      });
    }
  }

  private note(event: Event): void {
    this.position = (event as MessageEvent<string>).lastEventId || this.position;
  }

  private lost(): void {
    this.source?.close();
    this.source = null;
    if (this.stopped.signal.aborted) return;
    this.pause ??= setTimeout(() => this.tell({ kind: 'paused', paused: true }), PAUSED_AFTER_MS);
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), backoff(this.attempt, Math.random));
    this.attempt += 1;
  }

  /** Nothing for so long: the stream is dead, whatever the browser believes. */
  private look(): void {
    if (this.source && Date.now() - this.heardAt > SILENT_MS) this.lost();
  }

  /** The network is back: what was waited for is tried at once, and what seems open is doubted. */
  private anew(): void {
    if (!this.source && this.retry === undefined) return;
    this.attempt = 0;
    this.lost();
  }

  private tell(wire: Wire): void {
    this.channel.postMessage(wire);
    this.hear(wire);
  }

  private hear(wire: Wire): void {
    if (wire.kind === 'paused') {
      live.paused = wire.paused;
      return;
    }
    this.position = wire.position;
    this.listener(wire.event);
  }

  close(): void {
    clearTimeout(this.retry);
    clearTimeout(this.pause);
    this.stopped.abort();
    this.source?.close();
    this.release?.();
    this.channel.close();
    live.paused = false;
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
