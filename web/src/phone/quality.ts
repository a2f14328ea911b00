/** From WebRTC counters to four bars. The figures are differences between two looks, not totals. */
import type { Quality } from './model';

export interface Counters {
  at: number;
  received: number;
  lost: number;
  jitterMs: number;
  rttMs: number;
  /** What the far side says about our packets, as a share from 0 to 1. */
  remoteLoss: number;
}

interface StatLike {
  type: string;
  kind?: string;
  packetsReceived?: number;
  packetsLost?: number;
  jitter?: number;
  roundTripTime?: number;
  fractionLost?: number;
  currentRoundTripTime?: number;
  nominated?: boolean;
}

export function countersOf(report: Iterable<StatLike>, at: number): Counters {
  const counters: Counters = { at, received: 0, lost: 0, jitterMs: 0, rttMs: 0, remoteLoss: 0 };
  for (const stat of report) {
    if (stat.type === 'inbound-rtp' && stat.kind === 'audio') {
      counters.received = stat.packetsReceived ?? 0;
      counters.lost = stat.packetsLost ?? 0;
      counters.jitterMs = (stat.jitter ?? 0) * 1000;
    } else if (stat.type === 'remote-inbound-rtp' && stat.kind === 'audio') {
      counters.remoteLoss = stat.fractionLost ?? 0;
      if (stat.roundTripTime) counters.rttMs = stat.roundTripTime * 1000;
    } else if (stat.type === 'candidate-pair' && stat.nominated && !counters.rttMs) {
      counters.rttMs = (stat.currentRoundTripTime ?? 0) * 1000;
    }
  }
  return counters;
}

/** A short form of the E-model (ITU-T G.107) for G.711 and Opus. */
export function mosOf(lossPercent: number, jitterMs: number, rttMs: number): number {
  const delay = rttMs / 2 + jitterMs * 2 + 10;
  const late = delay > 177.3 ? 0.11 * (delay - 177.3) : 0;
  const r = 93.2 - 0.024 * delay - late - 30 * Math.log(1 + 0.15 * lossPercent);
  if (r < 0) return 1;
  if (r > 100) return 4.5;
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}

function barsOf(mos: number): Quality['bars'] {
  if (mos >= 4) return 4;
  if (mos >= 3.6) return 3;
  return mos >= 3.1 ? 2 : 1;
}

export function qualityOf(now: Counters, before: Counters | null): Quality {
  const received = now.received - (before?.received ?? 0);
  const lost = Math.max(0, now.lost - (before?.lost ?? 0));
  const inLoss = received + lost > 0 ? (lost * 100) / (received + lost) : 0;
  const outLoss = now.remoteLoss * 100;
  const worst = Math.max(inLoss, outLoss);
  const mos = mosOf(worst, now.jitterMs, now.rttMs);
  return { bars: barsOf(mos), mos, lossPercent: worst, jitterMs: now.jitterMs, rttMs: now.rttMs, trouble: troubleOf(mos, inLoss, outLoss) };
}

function troubleOf(mos: number, inLoss: number, outLoss: number): Quality['trouble'] {
  if (mos >= 3.6) return 'none';
  if (Math.max(inLoss, outLoss) < 2) return 'delay';
  return inLoss >= outLoss ? 'receiving' : 'sending';
}

export const POOR_MOS = 3.1;
export const POOR_LOOKS = 3;
/** A look each two seconds. */
export const SILENT_LOOKS = 15;

/** Watches one call; tells "poor" only after it has lasted. */
export class QualityWatch {
  private before: Counters | null = null;
  private poorLooks = 0;
  private silentLooks = 0;

  look(counters: Counters): { quality: Quality; poor: boolean; silent: boolean } {
    const quality = qualityOf(counters, this.before);
    this.silentLooks = counters.received > (this.before?.received ?? 0) ? 0 : this.silentLooks + 1;
    this.before = counters;
    this.poorLooks = quality.mos < POOR_MOS ? this.poorLooks + 1 : 0;
    return { quality, poor: this.poorLooks >= POOR_LOOKS, silent: this.silentLooks >= SILENT_LOOKS };
  }
}
