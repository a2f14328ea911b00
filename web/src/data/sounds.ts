/** Music and prompts of the organisation's own. */
import { api, type Page } from '../lib/api';

export interface Sound {
  id: string;
  kind: 'music' | 'prompt';
  name: string;
  /** Music: everybody who waits hears it. */
  chosen: boolean;
  /** A prompt of the system in whose place it is played; '' for none. */
  replaces: string;
  durationMs: number;
  createdAt: number;
}

const one = (id: string): string => `/sounds/${encodeURIComponent(id)}`;

export const sounds = {
  list: (cursor: string, signal: AbortSignal): Promise<Page<Sound>> => api.get('/sounds', { cursor, limit: 50 }, signal),
  add: (kind: Sound['kind'], name: string, wav: Blob): Promise<Sound> => api.upload('/sounds', wav, { kind, name }),
  change: (id: string, changes: Partial<Pick<Sound, 'name' | 'chosen' | 'replaces'>>): Promise<Sound> => api.patch(one(id), changes),
  remove: (id: string): Promise<void> => api.delete(one(id)),
  audio: (id: string): string => `/api/v1${one(id)}/audio?format=wav`,
};
