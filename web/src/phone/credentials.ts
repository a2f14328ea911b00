/** Keeps the line in valid credentials: from the server, renewed in time, or typed in by hand. */
import { ApiError } from '../lib/api';
import type { EngineConfig } from './engine';
import type { PhoneState } from './model';
import { closePhoneSession, configOfManual, configOfSession, loadManual, openPhoneSession, type PhoneSession } from './provision';
import type { PhoneEvent } from './store';

export interface CredentialsHost {
  /** Whose phone it is; null while another tab holds it. */
  owner(): { hasExtension: boolean; version: string } | null;
  state(): PhoneState;
  emit(event: PhoneEvent): void;
  start(config: EngineConfig): Promise<void>;
  stop(): void;
}

/** So early that a clock which is ten minutes slow still comes in time. */
const RENEW_EARLY_MS = 15 * 60_000;
const BUSY_AGAIN_MS = 60_000;
const REFUSED_AGAIN_MS = 60_000;
const MOST_TIMER_MS = 2 ** 31 - 1;

/** Not in the shell: few have one. */
const bell = () => import('./bell');

/** A relayed call ends with the relay's credentials, so that they are made anew long before: halfway. */
export function renewAt({ expiresAt, iceExpiresAt }: Pick<PhoneSession, 'expiresAt' | 'iceExpiresAt'>, now: number): number {
  const line = Math.max(expiresAt - RENEW_EARLY_MS, (now + expiresAt) / 2);
  return iceExpiresAt ? Math.min(line, (now + iceExpiresAt) / 2) : line;
}

export class Credentials {
  private session: PhoneSession | null = null;
  private asking = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastRefusal = 0;

  constructor(private readonly host: CredentialsHost) {}

  async get(): Promise<void> {
    const owner = this.host.owner();
    if (!owner || this.asking) return;
    this.asking = true;
    clearTimeout(this.timer);
    try {
      const manual = loadManual();
      if (manual) {
        this.host.emit({ type: 'identity', identity: {
          extension: manual.settings.extension, displayName: '', manual: true, features: { transfer: true, record: false },
        } });
        await this.host.start(configOfManual(manual.settings, owner.version));
      } else if (owner.hasExtension) {
        await this.fromServer(owner.version);
      } else {
        this.host.stop();
        this.host.emit({ type: 'identity', identity: { extension: '', manual: false } });
        this.host.emit({ type: 'line', line: { kind: 'off' } });
      }
    } finally {
      this.asking = false;
    }
  }

  private async fromServer(version: string): Promise<void> {
    this.host.emit({ type: 'line', line: { kind: 'connecting' } });
    try {
      const session = await openPhoneSession();
      this.session = session;
      // While the answer came another tab may have taken the phone.
      if (!this.host.owner()) return;
      this.host.emit({ type: 'identity', identity: {
        extension: session.extension, displayName: session.displayName, manual: false,
        features: { transfer: session.features.transfer ?? true, record: session.features.record ?? false }, echoTest: session.echoTest,
      } });
      await this.host.start(configOfSession(session, version));
      void bell().then(({ bellAgain }) => bellAgain()).catch(() => {});
      this.again(renewAt(session, Date.now()));
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    const status = error instanceof ApiError ? error.status : 0;
    if (status >= 400 && status < 500 && status !== 429) {
      this.host.emit({ type: 'line', line: { kind: 'rejected', code: status } });
      return;
    }
    const at = Date.now() + 5000 + Math.random() * 5000;
    this.host.emit({ type: 'line', line: { kind: 'retrying', nextAt: at } });
    this.again(at);
  }

  /** New credentials before the old ones end, but never under a running call. */
  private again(at: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.host.state().calls.length) this.again(Date.now() + BUSY_AGAIN_MS);
      else void this.get();
    }, Math.max(1000, Math.min(at - Date.now(), MOST_TIMER_MS)));
  }

  /** Old credentials are the likely cause: get new ones once, then tell. */
  refused(code: number): void {
    const first = Date.now() - this.lastRefusal > REFUSED_AGAIN_MS;
    this.lastRefusal = Date.now();
    const { manual, calls } = this.host.state();
    if (first && !manual && calls.length === 0) void this.get();
    else this.host.emit({ type: 'line', line: { kind: 'rejected', code } });
  }

  /** A shared computer keeps nothing that could still sign in. */
  async end(): Promise<void> {
    clearTimeout(this.timer);
    const { session } = this;
    this.session = null;
    await bell().then(({ bellEnd }) => bellEnd()).catch(() => {});
    if (session) await closePhoneSession(session.deviceId).catch(() => {});
  }
}
