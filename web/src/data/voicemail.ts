import { api, BASE, type Page, type Tagged } from '../lib/api';

export type MessageState = 'new' | 'read' | 'saved';

export interface Message {
  id: string;
  extensionId: string;
  extension: string;
  state: MessageState;
  urgent: boolean;
  from: { number: string; name: string };
  callId: string | null;
  forwardedBy: string | null;
  durationMs: number;
  createdAt: number;
  readAt: number | null;
  deletedAt: number | null;
  transcript: string | null;
}

export type Attach = 'none' | 'opus' | 'wav';

export interface Mailbox {
  extensionId: string;
  extension: string;
  name: string;
  active: boolean;
  hasPin: boolean;
  lockedUntil: number | null;
  emails: string[];
  attach: Attach;
  maxMs: number;
  maxMessages: number;
  keepDays: number;
  greetingId: string | null;
  new: number;
  old: number;
}

export interface Greeting {
  id: string;
  name: string;
  durationMs: number;
  createdAt: number;
  active: boolean;
}

const at = (id: string): string => `/voicemail/${encodeURIComponent(id)}`;
const MINE = '/mailboxes/mine';

export const voicemail = {
  list: (deleted: boolean, cursor: string, signal: AbortSignal): Promise<Page<Message>> =>
    api.get('/voicemail', { folder: deleted ? 'deleted' : '', cursor, limit: 25 }, signal),
  mark: (id: string, state: MessageState): Promise<Message> => api.patch(at(id), { state }),
  remove: (id: string): Promise<void> => api.delete(at(id)),
  bringBack: (id: string): Promise<Message> => api.patch(at(id), { deleted: false }),
  forward: (id: string, extension: string): Promise<void> => api.post(`${at(id)}/forward`, { extension }),
  peaks: (id: string, signal: AbortSignal): Promise<{ durationMs: number; peaks: number[] }> => api.get(`${at(id)}/peaks`, { count: 80 }, signal),
  audio: (id: string): string => `${BASE}${at(id)}/audio`,
  file: (id: string): string => `${BASE}${at(id)}/audio?download=1`,
};

export const mailbox = {
  get: (signal: AbortSignal): Promise<Tagged<Mailbox>> => api.getTagged(MINE, signal),
  save: (changes: Partial<{ active: boolean; emails: string; attach: Attach; greetingId: string | null }>, etag?: string): Promise<Mailbox> =>
    api.patch(MINE, changes, etag),
  setPin: (pin: string | null): Promise<void> => api.put(`${MINE}/pin`, { pin }),
  greetings: (signal: AbortSignal): Promise<{ rows: Greeting[] }> => api.get(`${MINE}/greetings`, {}, signal),
  addGreeting: (name: string, wav: Blob): Promise<Greeting> => api.upload(`${MINE}/greetings`, wav, { name, use: 1 }),
  removeGreeting: (id: string): Promise<void> => api.delete(`${MINE}/greetings/${encodeURIComponent(id)}`),
  greetingAudio: (id: string): string => `${BASE}${MINE}/greetings/${encodeURIComponent(id)}/audio`,
};
