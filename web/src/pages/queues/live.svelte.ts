/** The second that passes on every page that shows who waits. */
import { duration } from '../../lib/format';

const clock = $state({ now: Date.now() });
let users = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Keeps the clock running while a component is there; for $effect. */
export function ticking(): () => void {
  clock.now = Date.now();
  if (!users++) timer = setInterval(() => (clock.now = Date.now()), 1000);
  return () => {
    if (!--users) clearInterval(timer);
  };
}

/** How long ago that was, as 1:20; '' for no time. */
export const waits = (since: number | null | undefined): string => (since ? duration(Math.max(0, clock.now - since)) : '');

/** How long until then. */
export const left = (until: number | null): string => (until ? duration(Math.max(0, until - clock.now)) : '');
