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
}

const KEY = 'carillon-phone-prefs';
const EMPTY: PhonePrefs = { microphone: null, speaker: null, ringer: null, tone: 'bell' };

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

export async function openMicrophone(choice: DeviceChoice | null): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new DOMException('no secure context', 'NotAllowedError');
  const id = pickDevice(await listDevices('audioinput'), choice);
  return navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...(id ? { deviceId: { exact: id } } : {}) },
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
