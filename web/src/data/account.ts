import { api, type Page } from '../lib/api';
import type { Me } from '../lib/session.svelte';

export interface Device {
  id: string;
  name: string;
  kind: 'browser' | 'phone';
  username: string;
  userAgent: string | null;
  lastSeenAt: number | null;
  registered: boolean;
  srtp: 'off' | 'sdes';
}

export interface Account {
  extension: { number: string; name: string; callerIdName: string; ringMs: number };
  domain: string;
  username: string;
  wsUrl: string;
  sipServer: string;
  ports: { udp: number; tcp: number; tls: number };
  devices: Device[];
}

export interface SessionRow {
  id: string;
  createdAt: number;
  lastSeenAt: number;
  ip: string;
  userAgent: string;
  current: boolean;
}

/** What several cards show is asked for once. */
export const accountQuery = {
  queryKey: ['account'],
  queryFn: ({ signal }: { signal: AbortSignal }): Promise<Account> => api.get('/me/account', {}, signal),
};

export const reveal = (password: string): Promise<{ sipPassword: string; qr: string }> =>
  api.post('/me/account/reveal', { password });

export const saveProfile = (changes: Partial<Pick<Me['user'], 'name' | 'language' | 'timezone' | 'theme'>>): Promise<Me> =>
  api.patch('/me', changes);

export const changePassword = (current: string, password: string): Promise<void> =>
  api.post('/me/password', { current, password });

export const listSessions = (signal: AbortSignal): Promise<Page<SessionRow>> => api.get('/me/sessions', { limit: 100 }, signal);

export const endSession = (id: string): Promise<void> => api.delete(`/me/sessions/${encodeURIComponent(id)}`);

export const signOut = (): Promise<void> => api.post('/logout');

export const signOutEverywhere = (): Promise<void> => api.post('/logout-everywhere');
