/** Whom one calls for help, and where help comes to. */
import { api } from '../lib/api';

/** What of it is an organisation's. */
export interface Emergency {
  numbers: string[];
  /** The country's, which hold while there are none of one's own. */
  usual: string[];
  /** A few lines; "" when none is on file. */
  address: string;
  /** E-mail addresses of whoever is told of such a call. */
  notify: string[];
}

/** `notify`: with spaces or commas between. */
export interface EmergencyInput {
  numbers?: string[];
  address?: string;
  notify?: string;
}

export const emergency = {
  get: (signal: AbortSignal): Promise<Emergency> => api.get('/emergency-numbers', {}, signal),
  save: (changes: EmergencyInput): Promise<Emergency> => api.patch('/emergency-numbers', changes),
};

/** As it is for one's own phones. */
export const ownEmergency = (signal: AbortSignal): Promise<Pick<Emergency, 'numbers' | 'address'>> => api.get('/phone/emergency', {}, signal);
