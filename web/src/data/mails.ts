import { api, type Page } from '../lib/api';

export const MAIL_STATES = ['waiting', 'sent', 'failed'] as const;

export interface Mail {
  id: string;
  template: string;
  to: string;
  subject: string;
  attachment: string | null;
  state: (typeof MAIL_STATES)[number] | 'sending' | 'held';
  tries: number;
  nextTryAt: number | null;
  /** What the mail server said last. */
  answer: string;
  createdAt: number;
  endedAt: number | null;
}

export const mails = {
  list: (state: string, q: string, cursor: string, signal: AbortSignal): Promise<Page<Mail>> => api.get('/mail', { state, q, cursor, limit: 25 }, signal),
  retry: (id: string): Promise<Mail> => api.post(`/mail/${encodeURIComponent(id)}/retry`),
};
