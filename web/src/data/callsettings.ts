import { api, type Tagged } from '../lib/api';

/** Who set something last, and when. */
export interface Mark {
  by: string;
  at: number;
}

/** When something last acted on a call, and how many calls on that day. */
export interface Use {
  calls: number;
  day: number;
  lastAt: number;
}

export const FORWARDS = ['forwardAll', 'forwardBusy', 'forwardNoAnswer', 'forwardUnregistered'] as const;
export type ForwardName = (typeof FORWARDS)[number];

type Forwards = Record<ForwardName, boolean> & Record<`${ForwardName}Number`, string> &
  Record<`${ForwardName}Until`, number | null> & Record<`${ForwardName}Set`, Mark | null> & Record<`${ForwardName}Use`, Use | null> &
  /** The extensions that the call would pass, the first one again at the end. */
  Record<`${ForwardName}Circle`, string[] | null>;

export interface CallSettings extends Forwards {
  extension: { id: string; number: string; name: string };
  dnd: boolean;
  dndUntil: number | null;
  dndSet: Mark | null;
  dndUse: Use | null;
  voicemail: boolean;
  callerIdName: string;
  ringMs: number;
  callWaiting: boolean;
  /** Of this extension; "": the organisation's is on file. */
  emergencyAddress: string;
  emergencyAddressUsual: string;
}

export type CallSettingsInput = Partial<Omit<CallSettings, 'extension' | 'dndSet' | 'dndUse' | 'emergencyAddressUsual' | `${ForwardName}${'Set' | 'Use' | 'Circle'}`>>;

const at = (extensionId: string): string => `/extensions/${encodeURIComponent(extensionId)}/settings`;

export const callSettings = {
  get: (extensionId: string, signal: AbortSignal): Promise<Tagged<CallSettings>> => api.getTagged(at(extensionId), signal),
  save: (extensionId: string, changes: CallSettingsInput, etag?: string): Promise<CallSettings> => api.put(at(extensionId), changes, etag),
};

/** A switch acts until its end, whatever it says afterwards. */
export function acts(on: boolean, until: number | null, now: number): boolean {
  return on && (until === null || until > now);
}
