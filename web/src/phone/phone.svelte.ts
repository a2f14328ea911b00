/** The phone as the pages see it: reactive state, and commands that reach the tab which holds the phone. */
import { findPeople } from '../data/people';
import { asDialled, sameNumber } from '../lib/format';
import { late } from '../lib/late';
import type { LiveName } from '../lib/sse.svelte';
import { Attention } from './attention';
import type { PhoneController } from './controller';
import { Credentials } from './credentials';
import { Leadership, type Message } from './leader';
import { initialState, type Command, type PhoneState, type SavedCall } from './model';
import { saveManual, type ManualSettings } from './provision';
import { isFresh, RESUME_MS, takeStored, wasReloaded } from './resume';
import type { Sounds } from './sounds';
import { canMove, reduce, ringingCalls, type PhoneEvent } from './store';

export interface Owner {
  userId: string;
  hasExtension: boolean;
  version: string;
}

const MOVE_MS = 3000;

class Phone {
  state = $state.raw<PhoneState>(initialState);
  leading = $state(false);
  /** Ticks once a second while something is being timed. */
  now = $state(Date.now());

  private owner: Owner | null = null;
  private leadership: Leadership | null = null;
  private sounds: Sounds | null = null;
  private readonly attention = new Attention({
    answer: (id) => this.send({ do: 'answer', id }),
    decline: (id) => this.send({ do: 'decline', id }),
  });
  /** Only the tab that holds the phone loads what drives it. */
  private controller: PhoneController | null = null;
  private readonly credentials = new Credentials({
    owner: () => (this.leading ? this.owner : null),
    state: () => this.state,
    emit: (event) => this.emit(event),
    start: async (config) => {
      const controller = await this.loadController();
      await controller.start(config);
      if (!this.moving) return;
      this.moving = false;
      void controller.run({ do: 'resume' });
    },
    stop: () => this.controller?.stop(),
  });

  constructor() {
    setInterval(() => {
      if (this.state.calls.length || this.state.line.kind === 'retrying' || this.state.resume) this.now = Date.now();
    }, 500);
    navigator.mediaDevices?.addEventListener?.('devicechange', () => {
      this.sounds?.devicesChanged();
      if (this.leading) void this.controller?.devicesChanged();
    });
    // Sound that the browser refused may be allowed after the first touch.
    addEventListener('pointerdown', () => {
      if (this.state.soundBlocked) this.react();
    });
    addEventListener('pagehide', () => this.leave());
    addEventListener('beforeunload', (event) => {
      if (this.leading && this.state.calls.some((call) => call.phase === 'active')) event.preventDefault();
    });
  }

  /** Somebody signed in: stand in line for the phone of this browser. */
  begin(owner: Owner): void {
    if (this.owner?.userId === owner.userId) return;
    this.owner = owner;
    void this.loadSounds();
    const saved = takeStored();
    if (saved) this.offerResume(saved);
    this.leadership = new Leadership(owner.userId, {
      lead: () => this.lead(),
      follow: () => this.follow(),
      message: (message) => this.onMessage(message),
    });
    // A reloaded page that was in a call must have the phone, even if another tab was quicker. A duplicated tab
    // has the same saved call, but there the call is still up: it must not be taken.
    this.leadership.claim(saved !== null && wasReloaded());
    this.leadership.post({ kind: 'hello' });
  }

  /** Signing out: a shared computer never keeps a registration. */
  async end(): Promise<void> {
    this.controller?.stop();
    this.sounds?.stop();
    this.leadership?.close();
    this.leadership = null;
    this.owner = null;
    this.leading = false;
    this.state = initialState;
    await this.credentials.end();
  }

  private async loadSounds(): Promise<Sounds> {
    const { Sounds } = await late(() => import('./sounds'));
    this.sounds ??= new Sounds();
    return this.sounds;
  }

  private async loadController(): Promise<PhoneController> {
    const { PhoneController } = await late(() => import('./controller'));
    this.controller ??= new PhoneController({
      state: () => this.state,
      emit: (event) => this.emit(event),
      refused: (code) => this.credentials.refused(code),
    });
    return this.controller;
  }

  private lead(): void {
    this.leading = true;
    const orphan = this.state.calls.length ? this.orphan : null;
    this.state = { ...initialState, resume: this.state.resume };
    if (isFresh(orphan, Date.now())) this.offerResume(orphan);
    void this.credentials.get();
  }

  private follow(): void {
    this.leading = false;
    this.controller?.stop();
    this.sounds?.stop();
    this.leadership?.post({ kind: 'hello' });
  }

  // -- state and other tabs ------------------------------------------------------------------

  private orphan: SavedCall | null = null;
  /** The call of the other tab was asked for, and is picked up as soon as the line is here. */
  private moving = false;

  private emit(event: PhoneEvent): void {
    this.now = Date.now();
    this.state = reduce(this.state, event);
    this.leadership?.post({ kind: 'state', state: this.state });
    this.react();
  }

  private react(): void {
    this.attention.follow(ringingCalls(this.state));
    void this.sounds?.follow(this.state).then((blocked) => {
      if (this.leading && blocked !== this.state.soundBlocked) this.emit({ type: 'sound-blocked', on: blocked });
    });
  }

  private onMessage(message: Message): void {
    if (message.kind === 'state' && !this.leading) this.mirror(message.state);
    if (message.kind === 'orphan') this.left(message.saved);
    if (!this.leading) return;
    if (message.kind === 'move') this.letGo();
    if (message.kind === 'command') this.send(message.command);
    if (message.kind === 'hello') this.leadership?.post({ kind: 'state', state: this.state });
    if (message.kind === 'prefs') void this.controller?.devicesChanged();
    if (message.kind === 'settings') void this.credentials.get();
  }

  private mirror(state: PhoneState): void {
    this.now = Date.now();
    this.state = state;
    // The tab with the phone may not sound before somebody touched it; this one perhaps may.
    if (state.soundBlocked && navigator.userActivation?.hasBeenActive) void this.sounds?.follow(state);
    else this.sounds?.stop();
  }

  /** News from the server: of a call here it may know more by now. */
  hear(name: LiveName): void {
    if (this.leading && (name === 'call.updated' || name === 'resync')) this.controller?.changed();
  }

  send(command: Command): void {
    if (!this.leading) {
      this.leadership?.post({ kind: 'command', command });
      return;
    }
    // Nothing to reconnect while there are no credentials yet: then those are what is missing.
    const lacking = command.do === 'reconnect' && !this.controller?.started;
    if (command.do === 'provision' || lacking) void this.credentials.get();
    else void this.loadController().then((controller) => controller.run(command));
  }

  /** "Use it here": refused while a call is up, because media cannot move between tabs. */
  takeOver(): void {
    if (!this.leading && this.state.calls.length === 0) this.leadership?.claim(true);
  }

  /** "Move call": the sound cannot move between tabs, so the call is left there, and picked up here at once. */
  moveHere(): void {
    if (this.leading || !canMove(this.state)) return;
    this.moving = true;
    this.leadership?.post({ kind: 'move' });
  }

  private left(saved: SavedCall): void {
    this.orphan = saved;
    if (this.moving) this.leadership?.claim(true);
  }

  private letGo(): void {
    const saved = this.controller?.currentDialog();
    if (!saved || !canMove(this.state)) return;
    this.controller?.abandon();
    this.leadership?.post({ kind: 'orphan', saved });
    this.orphan = saved;
    // Whoever asked has gone meanwhile: then it is offered here.
    setTimeout(() => {
      if (this.leading && !this.controller?.started) this.lead();
    }, MOVE_MS);
  }

  private leave(): void {
    if (!this.leading) return;
    this.controller?.saveDialog();
    const saved = this.controller?.currentDialog();
    if (saved) this.leadership?.post({ kind: 'orphan', saved });
  }

  private offerResume(saved: SavedCall): void {
    panel.open = true;
    this.emit({ type: 'resume', saved });
    setTimeout(() => {
      if (this.state.resume === saved) this.emit({ type: 'resume', saved: null });
    }, Math.max(0, saved.at + RESUME_MS - Date.now()));
  }

  // -- settings and devices ------------------------------------------------------------------

  useManual(settings: ManualSettings | null, keep: boolean): void {
    saveManual(settings, keep);
    if (this.leading) void this.credentials.get();
    else this.leadership?.post({ kind: 'settings' });
  }

  prefsChanged(): void {
    if (this.leading) void this.controller?.devicesChanged();
    else this.leadership?.post({ kind: 'prefs' });
  }

  /** The person has just allowed or plugged in a microphone. */
  micWorks(): void {
    if (!this.leading) return;
    this.emit({ type: 'mic', mic: 'ok' });
    void this.controller?.devicesChanged();
  }

  sample(tone: string): void {
    void this.sounds?.sample(tone);
  }

  keySound(key: string): void {
    this.sounds?.key(key);
  }
}

export const phone = new Phone();

/** What the panel shows; separate from the phone, because every tab has its own. */
export const panel = $state({ open: false, tab: 'keypad' as 'keypad' | 'settings', entry: '', keypad: false, adding: false });

/** Places a call and shows the panel; used by every number in the portal. */
export function dial(number: string, name = ''): void {
  const plain = asDialled(number);
  if (!plain) return;
  panel.open = true;
  panel.tab = 'keypad';
  panel.adding = false;
  panel.entry = '';
  phone.send({ do: 'dial', number: plain, name });
  if (!name) void nameFor(plain);
}

/** The call is not kept waiting for a name; it gets one when the directory knows the number. */
async function nameFor(number: string): Promise<void> {
  const { rows } = await findPeople(number, 5, new AbortController().signal).catch(() => ({ rows: [] }));
  const person = rows.find((one) => one.name && sameNumber(one.number, number));
  if (person) phone.send({ do: 'name', number, name: person.name });
}
