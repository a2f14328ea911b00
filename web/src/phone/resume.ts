/** A call that this tab was in when its page went away; the server keeps the far side for 20 seconds. */
import type { SavedCall } from './model';

const KEY = 'carillon-call';
export const RESUME_MS = 20_000;

export function isFresh(saved: SavedCall | null, now: number): saved is SavedCall {
  return saved !== null && now - saved.at >= 0 && now - saved.at < RESUME_MS;
}

export function parseSaved(text: string | null): SavedCall | null {
  if (!text) return null;
  try {
    const saved = JSON.parse(text) as SavedCall;
    return saved.callId && saved.localTag && saved.remoteTag && saved.at ? saved : null;
  } catch {
    return null;
  }
}

export function storeCall(saved: SavedCall | null): void {
  try {
    if (saved) sessionStorage.setItem(KEY, JSON.stringify(saved));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Without storage a reload loses the call; nothing else depends on it.
  }
}

export function wasReloaded(): boolean {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return entry?.type === 'reload';
}

export function takeStored(now = Date.now()): SavedCall | null {
  let saved: SavedCall | null = null;
  try {
    saved = parseSaved(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
  storeCall(null);
  return isFresh(saved, now) ? saved : null;
}
