/** Counts calls that ended since the list was read: the list offers them instead of shifting. */
import type { LiveEvent } from './sse.svelte';

export const newCalls = $state({ count: 0 });

export function hearCalls(event: LiveEvent): void {
  if (event.name === 'call.ended') newCalls.count += 1;
}

export function callsRead(): void {
  newCalls.count = 0;
}
