/** Microphone and loudspeaker of the calls: one source for all calls, one element for the far side. */
import { loadPrefs, micOfError, openMicrophone, sendTo, silentStream } from './devices';
import type { Mic } from './model';

export const REMOTE_AUDIO_ID = 'phone-remote-audio';

export class CallAudio {
  private source: MediaStream | null = null;
  private readonly copies = new Map<string, MediaStream>();

  constructor(private readonly report: (mic: Mic) => void) {}

  /** A stream for one more call; a copy, because each call mutes and holds its own track. */
  async take(): Promise<MediaStream | null> {
    if (!this.source || this.source.getAudioTracks()[0]?.readyState !== 'live') {
      try {
        this.source = await openMicrophone(loadPrefs().microphone);
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

  /** Moves every call to the microphone that is chosen now. */
  async switchMicrophone(replace: (id: string, track: MediaStreamTrack) => Promise<void>): Promise<void> {
    if (this.copies.size === 0) return;
    const old = this.source;
    this.source = null;
    const ids = [...this.copies.keys()];
    for (const id of ids) {
      const fresh = await this.take();
      const track = fresh?.getAudioTracks()[0];
      if (!fresh || !track) {
        this.source = old;
        return;
      }
      await replace(id, track);
      stopAll(this.copies.get(id));
      this.copies.set(id, fresh);
    }
    stopAll(old);
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

function remoteElement(): HTMLAudioElement {
  const found = document.getElementById(REMOTE_AUDIO_ID);
  if (found instanceof HTMLAudioElement) return found;
  const element = document.createElement('audio');
  element.id = REMOTE_AUDIO_ID;
  element.autoplay = true;
  document.body.append(element);
  return element;
}
