/** Microphone and loudspeaker of the calls: one source for all calls, one element for the far side. */
import { listDevices, loadPrefs, micOfError, openMicrophone, pickDevice, sendTo, silentStream, type PhonePrefs } from './devices';
import type { Mic } from './model';

export const REMOTE_AUDIO_ID = 'phone-remote-audio';

export class CallAudio {
  private source: MediaStream | null = null;
  private readonly copies = new Map<string, MediaStream>();

  /** @param lost the microphone that calls use has been taken away: unplugged, or no longer allowed */
  constructor(private readonly report: (mic: Mic) => void, private readonly lost: () => void) {}

  /** A stream for one more call; a copy, because each call mutes and holds its own track. */
  async take(): Promise<MediaStream | null> {
    if (!this.source || this.source.getAudioTracks()[0]?.readyState !== 'live') {
      try {
        this.source = await openMicrophone(loadPrefs());
        this.source.getAudioTracks()[0]?.addEventListener('ended', this.lost);
        this.report('ok');
      } catch (error) {
        const mic = micOfError(error);
        this.report(mic);
        if (mic !== 'none') return null;
        this.source = silentStream();
      }
    }
    return this.source.clone();
  }

  /** What the microphone gives, also while every call is muted. */
  get microphone(): MediaStream | null {
    return this.source;
  }

  keep(id: string, stream: MediaStream): void {
    this.copies.set(id, stream);
  }

  drop(id: string): void {
    stopAll(this.copies.get(id));
    this.copies.delete(id);
    if (this.copies.size === 0) {
      // The microphone lamp goes out with the last call.
      stopAll(this.source);
      this.source = null;
    }
  }

  discard(stream: MediaStream): void {
    stopAll(stream);
    if (this.copies.size === 0) this.drop('');
  }

  /** Moves every call to the microphone that is right now; answers its name when it is another one. */
  async switchMicrophone(replace: (id: string, track: MediaStreamTrack) => Promise<void>): Promise<string> {
    const old = this.source;
    if (!old || this.copies.size === 0 || (await this.stillRight(old))) return '';
    this.source = null;
    // While it is open, the browser gives it no other treatment.
    if (!treatedAs(old, loadPrefs())) for (const stream of [old, ...this.copies.values()]) stopAll(stream);
    for (const id of [...this.copies.keys()]) {
      const fresh = await this.take();
      const track = fresh?.getAudioTracks()[0];
      if (!fresh || !track) {
        this.source = old;
        return '';
      }
      await replace(id, track);
      stopAll(this.copies.get(id));
      this.copies.set(id, fresh);
    }
    stopAll(old);
    return labelOf(this.source) === labelOf(old) ? '' : labelOf(this.source);
  }

  private async stillRight(source: MediaStream): Promise<boolean> {
    const track = source.getAudioTracks()[0];
    if (track?.readyState !== 'live') return false;
    const prefs = loadPrefs(), now = track.getSettings();
    if (!treatedAs(source, prefs)) return false;
    const wanted = pickDevice(await listDevices('audioinput'), prefs.microphone);
    return wanted === '' ? now.deviceId === 'default' || now.deviceId === undefined : now.deviceId === wanted;
  }

  async playRemote(stream: MediaStream | null): Promise<void> {
    const element = remoteElement();
    if (element.srcObject !== stream) element.srcObject = stream;
    if (!stream) return;
    await sendTo(element, loadPrefs().speaker);
    await element.play().catch(() => {});
  }
}

function stopAll(stream: MediaStream | null | undefined): void {
  stream?.getTracks().forEach((track) => track.stop());
}

/** A browser that does not know one of the two does not tell it either. */
function treatedAs(stream: MediaStream, prefs: PhonePrefs): boolean {
  const now = stream.getAudioTracks()[0]?.getSettings();
  return (now?.echoCancellation ?? prefs.echoCancellation) === prefs.echoCancellation
    && (now?.noiseSuppression ?? prefs.noiseSuppression) === prefs.noiseSuppression;
}

function labelOf(stream: MediaStream | null): string {
  return stream?.getAudioTracks()[0]?.label ?? '';
}

function remoteElement(): HTMLAudioElement {
  const found = document.getElementById(REMOTE_AUDIO_ID);
  if (found instanceof HTMLAudioElement) return found;
  const element = document.createElement('audio');
  element.id = REMOTE_AUDIO_ID;
  element.autoplay = true;
  document.body.append(element);
  return element;
}
