import { api, type Page } from '../lib/api';

export type PresenceState = 'available' | 'busy' | 'ringing' | 'dnd' | 'offline';

export interface Person {
  number: string;
  name: string;
  kind: 'extension' | 'recent';
  presence?: PresenceState | null;
}

export function findPeople(q: string, limit: number, signal: AbortSignal): Promise<Page<Person>> {
  return api.get('/people', { q, limit }, signal);
}
