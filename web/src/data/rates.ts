/** What calls and faxes outside cost. Money is in micro-units of its currency: 12500 is 0.0125. */
import { bringCsv, type Brought, type RefusedLine } from './csv';
import { noun, type Noun } from './nouns';
import type { Tenant } from './tenants';
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

/** One refused line is enough, and nothing is changed. */
export interface BroughtRates extends Brought<RefusedLine & { prefix: string }> {
  changed: number;
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
export const bringRates = (plan: string, file: File, replace: boolean): Promise<BroughtRates> => bringCsv(`${at(plan)}/rates`, file, replace ? { replace: '1' } : {});

export const planTenants = (q: string, cursor: string, signal: AbortSignal): Promise<Page<PlanTenant>> => api.get('/tenants', { q, cursor, limit: 50 }, signal);
export const usePlan = (tenant: string, ratePlanId: string | null): Promise<void> => api.put(`/tenants/${encodeURIComponent(tenant)}/rate-plan`, { ratePlanId });
