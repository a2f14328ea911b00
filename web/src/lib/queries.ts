/** One cache for the whole portal, and which live event makes which part of it stale. */
import { QueryClient } from '@tanstack/svelte-query';
import { ApiError } from './api';
import type { LiveName } from './sse.svelte';

/** Ids of what is being deleted: the news of it may come before the answer, and whoever asked again would be told that it is missing. */
const going = new Set<unknown>();

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      enabled: (query) => !query.queryKey.some((part) => going.has(part)),
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.offline || error.status >= 500),
      retryDelay: (attempt) => 500 * 2 ** attempt,
    },
  },
});

/** Deletes what has the id and leaves its page; nothing of it is asked for meanwhile, or kept. When it stays after all, its page asks. */
export async function whileGoing(id: string, leave: () => Promise<void>): Promise<void> {
  const ofIt = { predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey.includes(id) };
  let gone = false;
  going.add(id);
  try {
    await leave();
    gone = true;
  } finally {
    going.delete(id);
    if (gone) queries.removeQueries(ofIt);
    else void queries.invalidateQueries(ofIt);
  }
}

/** First parts of the query keys. The call list is left out on purpose: its rows never shift by themselves. */
const STALE: Record<LiveName, string[]> = {
  'call.started': ['live-calls', 'people'],
  'call.updated': ['live-calls', 'people'],
  'call.ended': ['live-calls', 'home', 'recent', 'people', 'call-settings', 'call-blocks', 'dnc', 'recordings'],
  registration: ['reach', 'registrations', 'home', 'account', 'extensions', 'extension'],
  presence: ['reach', 'people', 'extensions', 'agent', 'live-queues'],
  fax: ['faxes', 'fax', 'received-faxes', 'home', 'badges'],
  voicemail: ['voicemail', 'mailbox', 'home', 'badges'],
  'settings.changed': ['account', 'extensions', 'extension', 'users', 'user', 'dids', 'reach', 'home', 'mailbox', 'call-settings', 'follow-me', 'feature-codes', 'ring-groups', 'queues', 'live-queues', 'agent', 'time-conditions', 'call-flows', 'call-blocks', 'sounds', 'dests', 'phone-emergency', 'emergency-numbers', 'trunks', 'out-routes', 'recording-settings', 'rate-plans', 'rates', 'price', 'fax-price'],
  queue: ['agent', 'live-queues', 'reach'],
  trunk: ['trunks', 'out-routes', 'reach', 'home'],
  'session.revoked': ['sessions'],
  resync: [],
};

const GATHER_MS = 250;
const due = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Many events in a burst cost one request per list. */
export function makeStale(name: LiveName): void {
  if (name === 'resync') {
    void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'calls' });
    return;
  }
  for (const key of STALE[name]) due.add(key);
  timer ??= setTimeout(() => {
    timer = undefined;
    for (const key of due) void queries.invalidateQueries({ queryKey: [key] });
    due.clear();
  }, GATHER_MS);
}
