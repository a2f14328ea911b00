import { api, type Page, type Tagged } from '../lib/api';
import type { Role } from '../lib/session.svelte';
import type { Device } from './account';
import { noun } from './nouns';
import type { PresenceState } from './people';

export type RecordingRule = 'none' | 'inbound' | 'outbound' | 'all';

export interface Extension {
  id: string;
  number: string;
  name: string;
  callerIdName: string;
  callerIdNumber: string;
  ringMs: number;
  callWaiting: boolean;
  recording: RecordingRule;
  user: { id: string; name: string; email: string } | null;
  presence: PresenceState;
  registered: number;
}

export interface Registration {
  id: string;
  extension: string;
  device: string | null;
  contact: string;
  transport: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';
  remote: string;
  userAgent: string | null;
  registeredAt: number;
  expiresAt: number;
  rttMs: number | null;
}

export interface ExtensionDetail extends Extension {
  devices: Device[];
  registrations: Registration[];
}

export interface ExtensionInput extends Record<string, unknown> {
  number: string;
  name: string;
  callerIdName: string;
  callerIdNumber: string;
  ringMs: number;
  callWaiting: boolean;
  recording: RecordingRule;
}

export interface User {
  id: string;
  email: string;
  name: string;
  role: Role;
  extension: { id: string; number: string } | null;
  permissions: string[];
  locked: boolean;
  secondStep: boolean;
  lastLoginAt: number | null;
}

export interface UserInput extends Record<string, unknown> {
  email: string;
  name: string;
  role: Role;
  extensionId: string | null;
  permissions: string[];
}

const at = (noun: string, id: string): string => `/${noun}/${encodeURIComponent(id)}`;

export const extensions = {
  name: 'extensions',
  list: noun<Extension>('extensions').list,
  all: (signal: AbortSignal): Promise<Page<Extension>> => api.get('/extensions', { limit: 100 }, signal),
  get: (id: string, signal: AbortSignal): Promise<Tagged<ExtensionDetail>> => api.getTagged(at('extensions', id), signal),
  create: (input: Partial<ExtensionInput>): Promise<Extension & { sipPassword: string }> => api.post('/extensions', input),
  save: (id: string, changes: Partial<ExtensionInput>, etag: string): Promise<Extension> => api.patch(at('extensions', id), changes, etag),
  remove: (id: string): Promise<void> => api.delete(at('extensions', id)),
  newPassword: (id: string): Promise<{ sipPassword: string }> => api.post(`${at('extensions', id)}/password`),
  addDevice: (id: string, input: Pick<Device, 'name' | 'srtp'>): Promise<Device & { sipPassword: string }> =>
    api.post(`${at('extensions', id)}/devices`, input),
  removeDevice: (id: string): Promise<void> => api.delete(at('devices', id)),
};

export const users = {
  name: 'users',
  list: noun<User>('users').list,
  get: (id: string, signal: AbortSignal): Promise<Tagged<User>> => api.getTagged(at('users', id), signal),
  create: (input: Partial<UserInput> & { password?: string }): Promise<User & { password?: string }> => api.post('/users', input),
  save: (id: string, changes: Partial<UserInput>, etag: string): Promise<User> => api.patch(at('users', id), changes, etag),
  remove: (id: string): Promise<void> => api.delete(at('users', id)),
  newPassword: (id: string): Promise<{ password: string }> => api.post(`${at('users', id)}/password`),
  unlock: (id: string): Promise<void> => api.post(`${at('users', id)}/unlock`),
  endSecondStep: (id: string): Promise<void> => api.delete(`${at('users', id)}/second-step`),
};

export const listRegistrations = (cursor: string, signal: AbortSignal): Promise<Page<Registration>> =>
  api.get('/registrations', { cursor, limit: 50 }, signal);
