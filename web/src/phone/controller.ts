/** The leader's side of the phone: turns commands into SIP, and what happens there into state. */
import { t } from '../i18n/phone';
import { late } from '../lib/late';
import { toast } from '../lib/toast.svelte';
import { CallAudio } from './audio';
import { endOf } from './causes';
import type { EngineConfig, PhoneEngine } from './engine';
import type { Command, EndReason, PhoneState, SavedCall } from './model';
import { countersOf, QualityWatch } from './quality';
import { storeCall, RESUME_MS } from './resume';
import { Speech } from './speech';
import { canDial, canTake, newCall, type PhoneEvent } from './store';
import { Teller } from './told';
import { Transfers } from './transfers';
import { Watchdog } from './watchdog';

export interface ControllerHost {
  state(): PhoneState;
  emit(event: PhoneEvent): void;
  /** The server no longer takes the credentials. */
  refused(code: number): void;
}

const STATS_EVERY_MS = 2000;
const SUMMARY_MS = 4000;
/** One call in so many is asked about, however it sounded. */
const ASKED_ONE_IN = 20;
const DIAL_WAIT_MS = 5000;
/** What the server grants, and as long as it and the browser take to notice. */
const CUT_LIMIT_MS = RESUME_MS + 5000;

const LISTEN_AFTER = new Set<PhoneEvent['type']>(['muted', 'held', 'answered', 'ended']);
const ASK_AFTER = new Set<PhoneEvent['type']>(['new', 'answered', 'renamed']);

export class PhoneController {
  private engine: PhoneEngine | null = null;
  private watchdog: Watchdog | null = null;
  private readonly audio: CallAudio;
  private readonly watches = new Map<string, QualityWatch>();
  private statsTimer: ReturnType<typeof setInterval> | undefined;
  private summaryTimer: ReturnType<typeof setTimeout> | undefined;
  private starts = 0;
  private readonly names = new Map<string, string>();

  private readonly transfers: Transfers;
  private readonly teller: Teller;
  private readonly speech: Speech;
  /** Calls that were sent to the mailbox from here: their end is no news. */
  private readonly sentAway = new Set<string>();

  constructor(private readonly host: ControllerHost) {
    this.transfers = new Transfers({
      state: () => host.state(),
      emit: (event) => this.onEngine(event),
      calls: () => this.engine?.calls ?? null,
      dial: (number, name, consultFor) => this.dial(number, name, consultFor),
      back: (id) => this.hold(id, false),
    });
    this.teller = new Teller({ state: () => host.state(), emit: (event) => host.emit(event) });
    this.speech = new Speech((on) => {
      if (on !== host.state().speaksMuted) host.emit({ type: 'speaks-muted', on });
    });
    this.audio = new CallAudio((mic) => host.emit({ type: 'mic', mic }), () => void this.devicesChanged());
  }

  async start(config: EngineConfig): Promise<void> {
    this.stop();
    const { starts } = this;
    const { PhoneEngine } = await late(() => import('./engine'));
    // Another tab may have taken the phone while the code came.
    if (starts !== this.starts) return;
    this.engine = new PhoneEngine(config, this.engineHooks());
    this.host.emit({ type: 'line', line: navigator.onLine ? { kind: 'connecting' } : { kind: 'offline' } });
    this.engine.start();
    this.watchdog = new Watchdog({
      registered: () => this.engine?.registered ?? false,
      ping: (limit) => this.engine?.ping(limit) ?? Promise.resolve(true),
      revive: () => this.revive(),
      offline: () => this.host.emit({ type: 'line', line: { kind: 'offline' } }),
      alive: () => {
        if (this.host.state().line.kind === 'offline') this.host.emit({ type: 'line', line: { kind: 'ready' } });
      },
    });
    this.watchdog.start();
    this.statsTimer = setInterval(() => void this.measure(), STATS_EVERY_MS);
  }

  get started(): boolean {
    return this.engine !== null;
  }

  stop(): void {
    this.shut((engine) => engine.stop());
  }

  /** The calls go on in another tab. */
  abandon(): void {
    this.shut((engine) => engine.abandon());
    storeCall(null);
  }

  private shut(end: (engine: PhoneEngine) => void): void {
    this.starts += 1;
    clearInterval(this.statsTimer);
    clearTimeout(this.summaryTimer);
    this.watchdog?.stop();
    if (this.engine) end(this.engine);
    this.watchdog = null;
    this.engine = null;
    this.speech.follow(null);
    for (const call of this.host.state().calls) this.audio.drop(call.id);
    void this.audio.playRemote(null);
  }

  private engineHooks(): ConstructorParameters<typeof PhoneEngine>[1] {
    const { host } = this;
    return {
      emit: (event) => this.onEngine(event),
      registered: (again) => {
        host.emit({ type: 'line', line: { kind: 'ready' } });
        // The way may be another now, and only the server knows whether it still has the calls.
        if (again) void this.engine?.calls.restartIce();
      },
      refused: (code) => host.refused(code),
      connecting: () => {
        if (host.state().line.kind !== 'retrying') host.emit({ type: 'line', line: { kind: 'connecting' } });
      },
      disconnected: (waitMs) => {
        const line = navigator.onLine ? { kind: 'retrying' as const, nextAt: Date.now() + waitMs } : { kind: 'offline' as const };
        host.emit({ type: 'line', line });
      },
      canTake: () => canTake(host.state()),
      stream: () => this.route(),
    };
  }

  private onEngine(told: PhoneEvent): void {
    const away = told.type === 'ended' && this.sentAway.delete(told.id);
    const event: PhoneEvent = told.type === 'ended'
      ? { ...told, ...(away ? { end: endOf('declined') } : {}), sampled: Math.random() * ASKED_ONE_IN < 1 }
      : told;
    this.host.emit(event);
    if (ASK_AFTER.has(event.type)) this.changed();
    if (LISTEN_AFTER.has(event.type)) this.listen();
    if (event.type === 'answered') this.watches.set(event.id, new QualityWatch());
    if (event.type === 'answered' || event.type === 'ended') this.saveDialog();
    if (event.type === 'ended') {
      this.audio.drop(event.id);
      this.watches.delete(event.id);
      this.keepSummary(false);
    }
    if (event.type === 'answered' || event.type === 'ended') this.route();
  }

  /** Pointed at, or with the focus in it, it stays; else it goes after a moment. */
  private keepSummary(on: boolean): void {
    clearTimeout(this.summaryTimer);
    if (!on) this.summaryTimer = setTimeout(() => this.host.emit({ type: 'dismiss' }), SUMMARY_MS);
  }

  /** While the call in front is muted one is told when one speaks. */
  private listen(): void {
    const { calls, current } = this.host.state();
    const muted = calls.some((call) => call.id === current && call.muted && !call.heldByMe);
    this.speech.follow(muted ? this.audio.microphone : null);
  }

  /** Something changed at a call: perhaps also what only the server knows. */
  changed(): void {
    if (this.host.state().calls.length) void this.teller.ask();
  }

  private async toVoicemail(id: string): Promise<void> {
    this.sentAway.add(id);
    if (!(await this.teller.toVoicemail(id))) this.sentAway.delete(id);
  }

  /** The far side of the call in the panel is what one hears. */
  private route(): void {
    const { current } = this.host.state();
    void this.audio.playRemote(current ? (this.engine?.calls.remoteStream(current) ?? null) : null);
  }

  private revive(): void {
    if (!this.engine) return;
    this.host.emit({ type: 'line', line: { kind: 'connecting' } });
    this.engine.reconnect();
  }

  private async measure(): Promise<void> {
    for (const [id, watch] of this.watches) {
      const report = await this.engine?.calls.stats(id);
      if (!report) continue;
      const { quality, poor, silent } = watch.look(countersOf(report.values() as Iterable<{ type: string }>, Date.now()));
      this.host.emit({ type: 'quality', id, quality, poor, silent });
    }
    this.giveUpCut();
    this.saveDialog();
  }

  /** The server keeps the other side no longer than this. */
  private giveUpCut(): void {
    for (const { id, cutAt } of this.host.state().calls) {
      if (cutAt !== null && Date.now() - cutAt > CUT_LIMIT_MS) this.engine?.calls.giveUp(id);
    }
  }

  // -- survival of a reload ------------------------------------------------------------------

  currentDialog(): SavedCall | null {
    const { calls, current } = this.host.state();
    const call = calls.find((one) => one.id === current && one.phase === 'active');
    const dialog = call && this.engine?.calls.dialogOf(call.id);
    return call && dialog ? { ...dialog, number: call.number, name: call.name, at: Date.now() } : null;
  }

  saveDialog(): void {
    storeCall(this.currentDialog());
  }

  private async resume(): Promise<void> {
    const { resume } = this.host.state();
    if (!resume || Date.now() - resume.at > RESUME_MS || !this.engine) return;
    const stream = await this.audio.take();
    if (!stream) return;
    if (!(await this.lineUp()) || !this.engine) return this.audio.discard(stream);
    this.host.emit({ type: 'resume', saved: null });
    this.audio.keep(this.engine.resume(resume, stream), stream);
  }

  // -- commands ------------------------------------------------------------------------------

  async run(command: Command): Promise<void> {
    const { engine } = this;
    if (command.do === 'dial') return this.dial(command.number, command.name);
    if (!engine) return;
    switch (command.do) {
      case 'name': return this.name(command.number, command.name);
      case 'answer': return this.answer(command.id);
      case 'decline': return engine.decline(command.id);
      case 'hang-up': return engine.calls.hangUp(command.id);
      case 'hold': return this.hold(command.id, command.on);
      case 'swap': return this.swap(command.id);
      case 'mute': return engine.calls.mute(command.id, command.on);
      case 'merge': return engine.calls.merge(command.id);
      case 'keys': return engine.calls.keys(command.id, command.tones);
      case 'record': return this.teller.record(command.id, command.action);
      case 'voicemail': return this.toVoicemail(command.id);
      case 'transfer-open': return this.transfers.open(command.id);
      case 'transfer-close': return this.transfers.close(command.id);
      case 'transfer-now': return this.transfers.now(command.id, command.number);
      case 'transfer-ask': return this.transfers.ask(command.id, command.number, command.name);
      case 'transfer-complete': return this.transfers.complete(command.id);
      case 'resume': return this.resume();
      case 'forget-resume': return this.host.emit({ type: 'resume', saved: null });
      case 'keep-summary': return this.keepSummary(command.on);
      case 'dismiss-summary': return this.host.emit({ type: 'dismiss' });
      case 'reconnect': return this.revive();
      case 'provision': return;
    }
  }

  /** A number dialled while the line is still coming up waits a little for it. */
  private async lineUp(): Promise<boolean> {
    const until = Date.now() + DIAL_WAIT_MS;
    while (!this.engine?.registered && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 100));
    return this.engine?.registered ?? false;
  }

  private async dial(number: string, name: string, consultFor?: string): Promise<void> {
    if (!canDial(this.host.state())) return;
    if (!navigator.onLine) return this.couldNotDial(number, name, 'offline');
    if (!('RTCPeerConnection' in window)) return this.couldNotDial(number, name, 'no-webrtc');
    const stream = await this.audio.take();
    if (!stream) return this.couldNotDial(number, name, 'microphone');
    if (!(await this.lineUp()) || !this.engine) {
      this.audio.discard(stream);
      return this.couldNotDial(number, name, 'network');
    }
    await this.holdOthers('');
    const id = this.engine.call(number, name || (this.names.get(number) ?? ''), stream, consultFor ? { consultFor } : {});
    // A refusal can come at once, when the address cannot be called at all.
    if (this.engine.calls.get(id)) this.audio.keep(id, stream);
    else this.audio.discard(stream);
  }

  /** A call that never left the browser is told like one that failed on its way. */
  private couldNotDial(number: string, name: string, reason: EndReason): void {
    const call = newCall({ id: `local-${Date.now()}`, dir: 'out', number, name, createdAt: Date.now() });
    this.onEngine({ type: 'new', call });
    this.onEngine({ type: 'ended', id: call.id, end: endOf(reason), at: Date.now() });
  }

  /** Who a dialled number is was found out after the call went out. */
  private name(number: string, name: string): void {
    this.names.set(number, name);
    for (const call of this.host.state().calls) {
      if (call.number === number && !call.name) this.host.emit({ type: 'renamed', id: call.id, number, name });
    }
  }

  private async answer(id: string): Promise<void> {
    const stream = await this.audio.take();
    if (!stream || !this.engine?.calls.get(id)) return;
    await this.holdOthers(id);
    this.audio.keep(id, stream);
    this.engine.answer(id, stream);
  }

  private async holdOthers(id: string): Promise<void> {
    const others = this.host.state().calls.filter((call) => call.id !== id && call.phase === 'active' && !call.heldByMe);
    await Promise.all(others.map((call) => this.engine?.calls.hold(call.id, true)));
  }

  private async hold(id: string, on: boolean): Promise<void> {
    // Said into a dead connection it would end the call.
    if (!this.engine?.registered) return;
    if (!on) await this.holdOthers(id);
    await this.engine?.calls.hold(id, on);
    if (!on) this.host.emit({ type: 'select', id });
    this.listen();
    this.route();
  }

  private async swap(id: string): Promise<void> {
    if (!this.engine?.registered) return;
    await this.holdOthers(id);
    this.host.emit({ type: 'select', id });
    await this.engine?.calls.hold(id, false);
    this.listen();
    this.route();
  }

  /** The person chose other devices, or something was plugged in or out: use what is right now. */
  async devicesChanged(): Promise<void> {
    const { engine } = this;
    if (!engine) return;
    const label = await this.audio.switchMicrophone((id, track) => engine.calls.replaceTrack(id, track));
    if (label) toast(t.phone.microphoneNow(label));
    this.listen();
    this.route();
  }
}
