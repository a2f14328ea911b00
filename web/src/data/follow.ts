import { api, type Tagged } from '../lib/api';
import type { Mark } from './callsettings';

export interface FollowDest {
  /** An extension or any number; empty for one's own devices. */
  number: string;
  delayMs: number;
  ringMs: number;
  confirm: boolean;
}

export interface FollowMe {
  enabled: boolean;
  enabledSet: Mark | null;
  ignoreBusy: boolean;
  prefix: string;
  destinations: FollowDest[];
  warnings: string[];
}

export type FollowInput = Partial<Omit<FollowMe, 'enabledSet' | 'warnings'>>;

const at = (extensionId: string): string => `/extensions/${encodeURIComponent(extensionId)}/follow-me`;

export const followMe = {
  get: (extensionId: string, signal: AbortSignal): Promise<Tagged<FollowMe>> => api.getTagged(at(extensionId), signal),
  save: (extensionId: string, changes: FollowInput, etag: string): Promise<FollowMe> => api.put(at(extensionId), changes, etag),
};

/** When the last one stops ringing. */
export function endOf(destinations: Pick<FollowDest, 'delayMs' | 'ringMs'>[]): number {
  return Math.max(0, ...destinations.map((one) => one.delayMs + one.ringMs));
}
