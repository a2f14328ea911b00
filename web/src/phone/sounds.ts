/** Which tone must be heard now, given the state; kept apart so that it can be tested. */
import { loadPrefs } from './devices';
import { currentCall, ringingCalls } from './store';
import type { PhoneState } from './model';
import { TonePlayer } from './ringer';
import { CALL_WAITING, RING_BACK, RING_TONES, type Tone } from './tones';

export interface Wanted {
  /** On the ringing device. */
  ring: Tone | null;
  /** On the speaker for calls. */
  tone: Tone | null;
}

export function wantedTones(state: PhoneState, ringTone: string): Wanted {
  const current = currentCall(state);
  const ringing = ringingCalls(state).length > 0;
  if (current?.phase === 'active') return { ring: null, tone: ringing ? CALL_WAITING : null };
  const ring = ringing ? (RING_TONES[ringTone] ?? null) : null;
  const calling = current?.phase === 'ringing-out' && !current.early;
  return { ring, tone: calling ? RING_BACK : null };
}

export class Sounds {
  private readonly ringer = new TonePlayer();
  private readonly speaker = new TonePlayer();

  /** Answers whether ringing was asked for and could not be heard. */
  async follow(state: PhoneState): Promise<boolean> {
    const prefs = loadPrefs();
    const wanted = wantedTones(state, prefs.tone);
    if (wanted.tone) void this.speaker.play(wanted.tone, prefs.speaker);
    else this.speaker.stop();
    if (!wanted.ring) {
      this.ringer.stop();
      return false;
    }
    return !(await this.ringer.play(wanted.ring, prefs.ringer));
  }

  devicesChanged(): void {
    const prefs = loadPrefs();
    void this.ringer.moveTo(prefs.ringer);
    void this.speaker.moveTo(prefs.speaker);
  }

  key(key: string): void {
    void this.speaker.key(key, loadPrefs().speaker);
  }

  /** A short sample when a ring tone is chosen. */
  async sample(name: string): Promise<void> {
    const tone = RING_TONES[name];
    this.ringer.stop();
    if (!tone) return;
    await this.ringer.play(tone, loadPrefs().ringer);
    setTimeout(() => this.ringer.stop(), 1500);
  }

  stop(): void {
    this.ringer.stop();
    this.speaker.stop();
  }
}
