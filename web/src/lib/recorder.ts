/** Records the microphone and gives a WAV file: the browser's own formats are not what the server takes. */
import { loadPrefs, openMicrophone } from '../phone/devices';
import { wavOf } from './wav';

const RATE = 16_000;

export interface Recording {
  /** Ends it; null when nothing is wanted of it. */
  finish(): Promise<Blob | null>;
  discard(): void;
}

export async function startRecording(): Promise<Recording> {
  const stream = await openMicrophone(loadPrefs());
  const recorder = new MediaRecorder(stream);
  const parts: Blob[] = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.start();
  const stop = (): void => stream.getTracks().forEach((track) => track.stop());
  return {
    async finish() {
      const ended = new Promise((resolve) => (recorder.onstop = resolve));
      recorder.stop();
      await ended;
      stop();
      return parts.length ? wavFrom(new Blob(parts)) : null;
    },
    discard() {
      recorder.stop();
      stop();
    },
  };
}

async function wavFrom(sound: Blob): Promise<Blob> {
  const context = new OfflineAudioContext(1, 1, RATE);
  const decoded = await context.decodeAudioData(await sound.arrayBuffer());
  return wavOf(decoded.getChannelData(0), RATE);
}
