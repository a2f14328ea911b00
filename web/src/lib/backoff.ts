/** How long one waits before what failed is tried again. */

const STEPS_MS = [1000, 2000, 5000, 10_000, 30_000];
const JITTER = 0.3;

/** How long to wait before try number `attempt` (from 0). */
export function backoff(attempt: number, random: () => number): number {
  const step = STEPS_MS[Math.min(attempt, STEPS_MS.length - 1)] ?? 30_000;
  return Math.round(step * (1 + (random() * 2 - 1) * JITTER));
}
