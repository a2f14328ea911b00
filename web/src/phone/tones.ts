/** Ring tones and call tones as data: frequencies (Hz) and a cadence (seconds on and off, repeated). */

export interface Tone {
  frequencies: number[];
  cadence: number[];
  volume: number;
  wave: OscillatorType;
}

export const RING_TONES: Record<string, Tone | null> = {
  bell: { frequencies: [587, 880], cadence: [0.35, 0.15, 0.35, 2.15], volume: 0.22, wave: 'sine' },
  classic: { frequencies: [440, 480], cadence: [2, 4], volume: 0.2, wave: 'sine' },
  soft: { frequencies: [392, 494], cadence: [0.5, 3], volume: 0.12, wave: 'triangle' },
  bright: { frequencies: [1047, 1319], cadence: [0.12, 0.08, 0.12, 0.08, 0.12, 1.5], volume: 0.14, wave: 'triangle' },
  silent: null,
};

export const RING_BACK: Tone = { frequencies: [440, 480], cadence: [2, 4], volume: 0.08, wave: 'sine' };
/** Somebody else rings while one is talking: short, only in the headset. */
export const CALL_WAITING: Tone = { frequencies: [440], cadence: [0.25, 6], volume: 0.06, wave: 'sine' };

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const PAD = '123456789*0#';

/** The two frequencies of a key, for the click one hears while keying. */
export function keyFrequencies(key: string): [number, number] | null {
  const at = PAD.indexOf(key);
  if (key.length !== 1 || at < 0) return null;
  return [ROWS[Math.floor(at / 3)] ?? 0, COLUMNS[at % 3] ?? 0];
}

export interface Burst {
  at: number;
  length: number;
}

/** When the tone sounds within one round of its cadence. */
export function bursts(cadence: number[]): { list: Burst[]; round: number } {
  const list: Burst[] = [];
  let at = 0;
  cadence.forEach((length, i) => {
    if (i % 2 === 0) list.push({ at, length });
    at += length;
  });
  return { list, round: at };
}
