/** Notices what nobody tells: a dead socket, a computer that slept, a network that changed. */
import { startWorker } from '../lib/worker';
import tickUrl from './tick.worker?worker&url';

export interface WatchdogHooks {
  registered(): boolean;
  ping(limitMs: number): Promise<boolean>;
  /** The line is dead or doubtful: open a new one. */
  revive(): void;
  offline(): void;
  /** The line answers: also one that has lived through a network that was gone. */
  alive(): void;
}

const PING_EVERY_MS = 25_000;
const PING_LIMIT_MS = 5000;
/** Timers that come this late mean the computer slept. */
const SLEEP_GAP_MS = 20_000;
/** After waking, JsSIP gets this long to recover by itself. */
const GRACE_MS = 3000;

export class Watchdog {
  private worker: Worker | null = null;
  private lastTick = Date.now();
  private lastPing = Date.now();
  private readonly stopped = new AbortController();

  constructor(private readonly hooks: WatchdogHooks) {}

  start(): void {
    const { signal } = this.stopped;
    this.worker = startWorker(tickUrl);
    this.worker.onmessage = () => this.tick(Date.now());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.doubt();
    }, { signal });
    window.addEventListener('online', () => this.doubt(), { signal });
    window.addEventListener('offline', () => this.hooks.offline(), { signal });
  }

  stop(): void {
    this.stopped.abort();
    this.worker?.terminate();
  }

  private tick(now: number): void {
    const slept = now - this.lastTick > SLEEP_GAP_MS;
    this.lastTick = now;
    if (slept) this.doubt();
    else if (this.hooks.registered() && now - this.lastPing >= PING_EVERY_MS) void this.ping(now);
  }

  private async ping(now: number): Promise<void> {
    this.lastPing = now;
    const alive = await this.hooks.ping(PING_LIMIT_MS);
    if (this.stopped.signal.aborted) return;
    if (alive) this.hooks.alive();
    else this.hooks.revive();
  }

  /** Something happened to the network or the machine: give it a moment, then make sure. */
  private doubt(): void {
    setTimeout(() => {
      if (this.stopped.signal.aborted) return;
      if (!this.hooks.registered()) this.hooks.revive();
      else void this.ping(Date.now());
    }, GRACE_MS);
  }
}
