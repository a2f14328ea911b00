import { api } from '../lib/api';

export interface FeatureCode {
  name: string;
  code: string;
  defaultCode: string;
  label: string;
  what: string;
  argument: 'none' | 'number' | 'digits' | 'optional' | 'keys';
  active: boolean;
}

export const listCodes = (signal: AbortSignal): Promise<{ rows: FeatureCode[] }> => api.get('/feature-codes', {}, signal);

export const saveCode = (name: string, changes: { code?: string; active?: boolean }): Promise<FeatureCode> =>
  api.put('/feature-codes', { name, ...changes });
