import { api } from '../lib/api';

export interface MissedCall {
  number: string;
  name: string;
  count: number;
  lastAt: number;
  waitedMs: number;
}

export interface ReachDevice {
  name: string;
  kind: 'browser' | 'phone';
  userAgent: string | null;
  registered: boolean;
}

export interface Home {
  missed: MissedCall[];
  voicemail: { new: number; old: number };
  faxes: { unread: number; failed: number };
  reach: { devices: ReachDevice[] };
  week: { day: string; answered: number; missed: number }[];
  counters: { extensions: number; devices: number; callsToday: number; queues: number; faxesSent: number; faxesReceived: number };
}

/** What waits to be heard or read. */
export const getBadges = (signal: AbortSignal): Promise<{ voicemail: number; faxes: number }> => api.get('/badges', {}, signal);

export function getHome(signal: AbortSignal): Promise<Home> {
  return api.get('/home', {}, signal);
}
