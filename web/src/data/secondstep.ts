/** The second step of the sign-in: one's own, and what the organisation asks of its administrators. */
import { api } from '../lib/api';

export interface SecondStep {
  on: boolean;
  since: number | null;
  recoveryLeft: number;
}

export interface Secret {
  secret: string;
  uri: string;
}

interface Codes {
  recoveryCodes: string[];
}

export const getSecondStep = (signal: AbortSignal): Promise<SecondStep> => api.get('/me/second-step', {}, signal);

export const beginSecondStep = (password: string): Promise<Secret> => api.post('/me/second-step', { password });

export const confirmSecondStep = async (code: string): Promise<string[]> =>
  (await api.post<Codes>('/me/second-step/confirm', { code: bare(code) })).recoveryCodes;

export const newRecoveryCodes = async (password: string): Promise<string[]> =>
  (await api.post<Codes>('/me/second-step/recovery', { password })).recoveryCodes;

export const endSecondStep = (password: string): Promise<void> => api.post('/me/second-step/off', { password });

export const getRule = (signal: AbortSignal): Promise<{ administrators: boolean }> => api.get('/second-step-rule', {}, signal);

export const setRule = (administrators: boolean): Promise<{ administrators: boolean }> => api.patch('/second-step-rule', { administrators });

/** Apps show "123 456". */
export const bare = (code: string): string => code.replace(/\s/g, '');
