/** One tab of the browser holds the phone; the others mirror it and send it commands. */
import type { Command, PhoneState, SavedCall } from './model';

export type Message =
  | { kind: 'state'; state: PhoneState }
  | { kind: 'command'; command: Command }
  | { kind: 'hello' }
  | { kind: 'prefs' }
  | { kind: 'settings' }
  | { kind: 'orphan'; saved: SavedCall }
  /** Another tab wants the line with the call on it: it is let go, and left for the other to pick up. */
  | { kind: 'move' };

export interface LeaderHooks {
  /** This tab got the phone; the promise lasts as long as it holds it. */
  lead(): void;
  /** Another tab took it. */
  follow(): void;
  message(message: Message): void;
}

export class Leadership {
  private readonly channel: BroadcastChannel;
  private readonly lock: string;
  private release: (() => void) | null = null;
  private closed = false;
  leading = false;

  constructor(userId: string, private readonly hooks: LeaderHooks) {
    this.lock = `phone:${userId}`;
    this.channel = new BroadcastChannel(this.lock);
    this.channel.onmessage = (event: MessageEvent<Message>) => hooks.message(event.data);
  }

  /** Waits in line for the phone, or takes it away from the tab that has it. */
  claim(steal = false): void {
    if (!navigator.locks) {
      this.begin();
      return;
    }
    const held = (): Promise<void> => this.closed ? Promise.resolve() : new Promise((resolve) => {
      this.release = resolve;
      this.begin();
    });
    const asked = steal
      ? navigator.locks.request(this.lock, { steal: true }, held)
      : navigator.locks.request(this.lock, held);
    // A stolen lock rejects in the tab that lost it: that tab goes to the end of the line.
    asked.catch(() => this.lost());
  }

  private begin(): void {
    this.leading = true;
    this.hooks.lead();
  }

  private lost(): void {
    if (!this.leading) return;
    this.leading = false;
    this.release = null;
    this.hooks.follow();
    if (!this.closed) this.claim();
  }

  post(message: Message): void {
    if (!this.closed) this.channel.postMessage(message);
  }

  close(): void {
    this.closed = true;
    this.leading = false;
    this.release?.();
    this.channel.close();
  }
}
