import { api, BASE, type Page } from '../lib/api';
import type { CallRecording, Party } from './calls';

/** Of the list: also who talked, unless the call is forgotten already. */
export interface Recording extends CallRecording {
  from: Party | null;
  to: Party | null;
}

export interface RecordingFilter {
  from: number;
  to: number;
  q: string;
}

const at = (id: string): string => `/recordings/${encodeURIComponent(id)}`;

export const recordings = {
  list: (filter: RecordingFilter, cursor: string, signal: AbortSignal): Promise<Page<Recording>> => api.get('/recordings', { ...filter, cursor, limit: 25 }, signal),
  peaks: (id: string, signal: AbortSignal): Promise<{ peaks: number[] }> => api.get(`${at(id)}/peaks`, { count: 80 }, signal),
  remove: (id: string): Promise<void> => api.delete(at(id)),
  audio: (id: string): string => `${BASE}${at(id)}/audio`,
  file: (id: string): string => `${BASE}${at(id)}/audio?download=1`,
};

/** 0 days: for ever. */
export const policies = {
  recording: {
    get: (signal: AbortSignal): Promise<{ keepDays: number; tone: boolean }> => api.get('/recording-settings', {}, signal),
    save: (changes: { keepDays?: number; tone?: boolean }): Promise<unknown> => api.patch('/recording-settings', changes),
  },
  kept: {
    get: (signal: AbortSignal): Promise<{ callDays: number; faxDays: number; auditDays: number }> => api.get('/retention', {}, signal),
    save: (changes: { callDays?: number; faxDays?: number; auditDays?: number }): Promise<unknown> => api.patch('/retention', changes),
  },
  mailbox: {
    get: (signal: AbortSignal): Promise<{ ownDevice: boolean }> => api.get('/mailbox-settings', {}, signal),
    save: (changes: { ownDevice?: boolean }): Promise<unknown> => api.patch('/mailbox-settings', changes),
  },
};
