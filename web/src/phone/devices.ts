/** Microphone, speaker and ringing device: what the person chose, and the nearest thing that is plugged in. */
import type { Mic } from './model';

export interface DeviceChoice {
  id: string;
  label: string;
}

export interface PhonePrefs {
  microphone: DeviceChoice | null;
  speaker: DeviceChoice | null;
  ringer: DeviceChoice | null;
  tone: string;
  /** What the browser does with the microphone's sound. */
  echoCancellation: boolean;
  noiseSuppression: boolean;
}

/** What is done with the microphone's sound where nothing else is chosen. */
export const MIC_TREATED = { echoCancellation: true, noiseSuppression: true };

const KEY = 'carillon-phone-prefs';
const EMPTY: PhonePrefs = { microphone: null, speaker: null, ringer: null, tone: 'bell', ...MIC_TREATED };

export function loadPrefs(): PhonePrefs {
  try {
    return { ...EMPTY, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<PhonePrefs>) };
  } catch {
    return { ...EMPTY };
  }
}

export function savePrefs(prefs: PhonePrefs): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs));
  } catch {
    // A private window without storage: the choice lasts as long as the page.
  }
}

/** By id, then by name (ids change when a headset is plugged in again), else the system's default. */
export function pickDevice(list: Pick<MediaDeviceInfo, 'deviceId' | 'label'>[], choice: DeviceChoice | null): string {
  if (!choice) return '';
  if (list.some((device) => device.deviceId === choice.id)) return choice.id;
  return list.find((device) => device.label && device.label === choice.label)?.deviceId ?? '';
}

export async function listDevices(kind: 'audioinput' | 'audiooutput'): Promise<MediaDeviceInfo[]> {
  if (!navigator.mediaDevices?.enumerateDevices) return [];
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((device) => device.kind === kind && device.deviceId !== '');
}

/** The browser's refusals, told apart: each needs another remedy. */
export function micOfError(error: unknown): Mic {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'blocked';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return navigator.mediaDevices ? 'busy' : 'blocked';
}

export type MicPrefs = Pick<PhonePrefs, 'microphone' | 'echoCancellation' | 'noiseSuppression'>;

/**
 * The microphone as the person wants it. What is only wished for, Chromium takes from a source of the device that is open already;
 * a browser that cannot do as it is told does what it can.
 */
export async function openMicrophone({ microphone, echoCancellation, noiseSuppression }: MicPrefs): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new DOMException('no secure context', 'NotAllowedError');
  const id = pickDevice(await listDevices('audioinput'), microphone);
  const open = (wish: 'exact' | 'ideal'): Promise<MediaStream> => navigator.mediaDevices.getUserMedia({ audio: {
    echoCancellation: { [wish]: echoCancellation }, noiseSuppression: { [wish]: noiseSuppression }, autoGainControl: true,
    ...(id ? { deviceId: { exact: id } } : {}),
  } });
  return open('exact').catch((error: unknown) => {
    if (error instanceof Error && error.name === 'OverconstrainedError') return open('ideal');
    throw error;
  });
}

/** A silent track: with no microphone at all one can still listen. */
export function silentStream(): MediaStream {
  const context = new AudioContext();
  const stream = context.createMediaStreamDestination().stream;
  stream.getAudioTracks()[0]?.addEventListener('ended', () => void context.close());
  return stream;
}

export const canChooseOutput = typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype;

export async function sendTo(element: HTMLMediaElement, choice: DeviceChoice | null): Promise<void> {
  if (!canChooseOutput) return;
  const id = pickDevice(await listDevices('audiooutput'), choice);
  if (element.sinkId !== id) await element.setSinkId(id).catch(() => {});
}
