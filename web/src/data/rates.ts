/** What calls and faxes outside cost. Money is in micro-units of its currency: 12500 is 0.0125. */
import { noun, type Noun } from './nouns';
import type { Tenant } from './tenants';
import { textOf } from './dnc';
import { api, BASE, type Page } from '../lib/api';

export interface RatePlan {
  id: string;
  name: string;
  currency: string;
  /** How many of them. */
  rates: number;
  tenants: number;
}

export interface Rate {
  id: string;
  planId: string;
  /** The first digits of a number, without a plus. */
  prefix: string;
  description: string;
  perMinute: number;
  connectFee: number;
  minimumSeconds: number;
  incrementSeconds: number;
  perPage: number;
}

export interface PlanTenant extends Tenant {
  ratePlanId: string | null;
}

export interface BroughtRates {
  added: number;
  changed: number;
  known: number;
  /** One is enough, and nothing is changed. */
  refused: number;
  rows: { line: number; prefix: string; field: string; reason: string }[];
}

const allRates = noun<Rate>('rates');
const at = (plan: string): string => `/rate-plans/${encodeURIComponent(plan)}`;

export const ratePlans = noun<RatePlan>('rate-plans');
/** Those of one plan. */
export const ratesOf = (planId: string): Noun<Rate> => ({
  ...allRates,
  list: (cursor, signal, query) => allRates.list(cursor, signal, { ...query, planId }),
  create: (input) => allRates.create({ ...input, planId }),
});
export const ratesCsv = (plan: string): string => `${BASE}${at(plan)}/rates.csv`;
export const bringRates = async (plan: string, file: File, replace: boolean): Promise<BroughtRates> =>
  api.upload(`${at(plan)}/rates`, new Blob([textOf(await file.arrayBuffer())], { type: 'text/csv' }), replace ? { replace: '1' } : {});

export const planTenants = (q: string, cursor: string, signal: AbortSignal): Promise<Page<PlanTenant>> => api.get('/tenants', { q, cursor, limit: 50 }, signal);
export const usePlan = (tenant: string, ratePlanId: string | null): Promise<void> => api.put(`/tenants/${encodeURIComponent(tenant)}/rate-plan`, { ratePlanId });
