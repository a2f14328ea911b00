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
  silenceMs: number;
  maxMessages: number;
  keepDays: number;
  greetingId: string | null;
  spokenNameMs: number | null;
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

/** What one changes of a mailbox; limits are shown to administrators only. */
export interface MailboxInput {
  active: boolean;
  emails: string;
  attach: Attach;
  greetingId: string | null;
  maxMs: number;
  silenceMs: number;
  maxMessages: number;
  keepDays: number;
}

/** The mailbox of an extension's id, or one's own. */
export function mailboxOf(extensionId = 'mine') {
  const root = `/mailboxes/${encodeURIComponent(extensionId)}`;
  const greeting = (id: string): string => `${root}/greetings/${encodeURIComponent(id)}`;
  return {
    key: extensionId,
    get: (signal: AbortSignal): Promise<Tagged<Mailbox>> => api.getTagged(root, signal),
    save: (changes: Partial<MailboxInput>, etag?: string): Promise<Mailbox> => api.patch(root, changes, etag),
    setPin: (pin: string | null): Promise<void> => api.put(`${root}/pin`, { pin }),
    greetings: (signal: AbortSignal): Promise<{ rows: Greeting[] }> => api.get(`${root}/greetings`, {}, signal),
    addGreeting: (name: string, wav: Blob): Promise<Greeting> => api.upload(`${root}/greetings`, wav, { name, use: 1 }),
    removeGreeting: (id: string): Promise<void> => api.delete(greeting(id)),
    setSpokenName: (wav: Blob): Promise<{ durationMs: number }> => api.upload(`${root}/spoken-name`, wav),
    removeSpokenName: (): Promise<void> => api.delete(`${root}/spoken-name`),
    /** @param take a new sound has the same address: this tells a browser's cache so */
    spokenNameAudio: (take: number): string => `${BASE}${root}/spoken-name/audio?take=${take}`,
    greetingAudio: (id: string): string => `${BASE}${greeting(id)}/audio`,
  };
}

export type MailboxApi = ReturnType<typeof mailboxOf>;
