import { api } from '../lib/api';

export interface ReachStep {
  kind: string;
  target: string;
  label: string;
  text: string;
  rings: boolean;
  answers: boolean;
  phones: number;
  ringMs: number;
  exit: string;
}

/** What would happen to a call. */
export interface Reach {
  at: number;
  rings: boolean;
  /** Whose call it would be: an extension as people read it, or the number. */
  of: string;
  steps: ReachStep[];
  end: { code: string; text: string };
}

export type ReachOf = 'extensions' | 'dids';

/** @param at when, null for now; @param from who calls, '' for somebody */
export const getReach = (of: ReachOf, id: string, at: number | null, from: string, signal: AbortSignal): Promise<Reach> =>
  api.get(`/${of}/${encodeURIComponent(id)}/reach`, { at, from }, signal);

/** Calls the phones of an extension as `from` would; '' as the extension itself. */
export const testCall = (id: string, from: string): Promise<{ callId: string }> => api.post(`/extensions/${encodeURIComponent(id)}/test-call`, from ? { from } : {});
