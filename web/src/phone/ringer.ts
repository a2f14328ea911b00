/** Makes the tones audible: ringing on the ringing device, call tones on the speaker for calls. */
import { sendTo, type DeviceChoice } from './devices';
import { bursts, keyFrequencies, type Tone } from './tones';

export class TonePlayer {
  private context: AudioContext | null = null;
  private element: HTMLAudioElement | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private sounding: AudioScheduledSourceNode[] = [];
  private playing: Tone | null = null;

  /** Answers false when the browser forbids sound until the person touches the page. */
  async play(tone: Tone, device: DeviceChoice | null): Promise<boolean> {
    if (this.playing === tone) return true;
    this.stop();
    this.playing = tone;
    const context = await this.open(device);
    if (context.state !== 'running') {
      this.playing = null;
      return false;
    }
    if (this.playing !== tone) return true;
    const { round } = bursts(tone.cadence);
    this.schedule(context, tone);
    this.timer = setInterval(() => this.schedule(context, tone), round * 1000);
    return true;
  }

  /** Devices came or went: what sounds goes on where it should now. */
  async moveTo(device: DeviceChoice | null): Promise<void> {
    if (this.element) await sendTo(this.element, device);
  }

  stop(): void {
    this.playing = null;
    clearInterval(this.timer);
    for (const source of this.sounding) source.stop();
    this.sounding = [];
  }

  /** The short sound of a key. */
  async key(key: string, device: DeviceChoice | null): Promise<void> {
    const pair = keyFrequencies(key);
    if (!pair) return;
    const context = await this.open(device);
    if (context.state === 'running') this.burst(context, { frequencies: pair, cadence: [], volume: 0.06, wave: 'sine' }, context.currentTime, 0.12);
  }

  close(): void {
    this.stop();
    this.element?.remove();
    void this.context?.close();
    this.context = null;
    this.element = null;
  }

  private async open(device: DeviceChoice | null): Promise<AudioContext> {
    this.context ??= new AudioContext();
    if (!this.element) {
      // Through an element, because it can be sent to a chosen device in every browser that knows devices.
      const output = this.context.createMediaStreamDestination();
      this.element = new Audio();
      this.element.srcObject = output.stream;
      this.sink = output;
    }
    await sendTo(this.element, device);
    if (this.context.state !== 'running') await Promise.race([this.context.resume(), new Promise((r) => setTimeout(r, 150))]);
    await this.element.play().catch(() => {});
    return this.context;
  }

  private sink: MediaStreamAudioDestinationNode | null = null;

  private schedule(context: AudioContext, tone: Tone): void {
    this.sounding = [];
    for (const { at, length } of bursts(tone.cadence).list) this.burst(context, tone, context.currentTime + at, length);
  }

  private burst(context: AudioContext, tone: Tone, at: number, length: number): void {
    const gain = context.createGain();
    const edge = Math.min(0.02, length / 4);
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(tone.volume, at + edge);
    gain.gain.setValueAtTime(tone.volume, at + length - edge);
    gain.gain.linearRampToValueAtTime(0, at + length);
    if (this.sink) gain.connect(this.sink);
    for (const frequency of tone.frequencies) {
      const source = context.createOscillator();
      source.type = tone.wave;
      source.frequency.value = frequency;
      source.connect(gain);
      source.start(at);
      source.stop(at + length);
      this.sounding.push(source);
    }
  }
}
