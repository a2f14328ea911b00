/** Giving a call to somebody else: at once, or after asking. The caller is held first and never lost on the way. */
import { endOf } from './causes';
import type { EndReason, PhoneState } from './model';
import type { Sessions } from './sessions';
import { consultOf, type PhoneEvent } from './store';

export interface TransfersHost {
  state(): PhoneState;
  emit(event: PhoneEvent): void;
  calls(): Sessions | null;
  dial(number: string, name: string, consultFor: string): Promise<void>;
  /** To the front and off hold. */
  back(id: string): Promise<void>;
}

export class Transfers {
  constructor(private readonly host: TransfersHost) {}

  async open(id: string): Promise<void> {
    this.host.emit({ type: 'transfer', id, transfer: { stage: 'choosing', error: null, to: '' } });
    await this.host.calls()?.hold(id, true);
  }

  /** Back to the call, or to the one that is waiting while one asked. */
  async close(id: string): Promise<void> {
    const consult = consultOf(this.host.state(), id);
    if (consult) this.host.calls()?.hangUp(consult.id);
    this.host.emit({ type: 'transfer', id, transfer: null });
    await this.host.back(id);
  }

  async now(id: string, to: string): Promise<void> {
    this.host.emit({ type: 'transfer', id, transfer: { stage: 'sending', error: null, to } });
    // A REFER before the hold is confirmed can be accepted and then ignored.
    if (!(await this.host.calls()?.hold(id, true))) return this.failed(id, to, 'network');
    const failure = await this.host.calls()?.refer(id, { number: to });
    if (failure) return this.failed(id, to, failure.reason);
    this.done(id);
  }

  async ask(id: string, number: string, name: string): Promise<void> {
    await this.host.calls()?.hold(id, true);
    this.host.emit({ type: 'transfer', id, transfer: null });
    await this.host.dial(number, name, id);
  }

  async complete(id: string): Promise<void> {
    const consult = consultOf(this.host.state(), id);
    const calls = this.host.calls();
    if (!consult || !calls) return;
    this.host.emit({ type: 'transfer', id, transfer: { stage: 'sending', error: null, to: consult.number } });
    if (consult.phase === 'active') await calls.hold(consult.id, true);
    const failure = await calls.refer(id, { consult: consult.id });
    if (failure) return this.failed(id, consult.number, failure.reason);
    this.done(id);
    this.done(consult.id);
  }

  private failed(id: string, to: string, error: EndReason): void {
    this.host.emit({ type: 'transfer', id, transfer: { stage: 'choosing', error, to } });
  }

  private done(id: string): void {
    this.host.emit({ type: 'ended', id, end: endOf('transferred'), at: Date.now() });
  }
}
