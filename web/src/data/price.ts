/** What it would cost, asked before it is done. */
import { api } from '../lib/api';
import type { Money } from '../lib/format';

export interface Price {
  perMinute: Money;
  connectFee: Money;
  minimumSeconds: number;
  incrementSeconds: number;
  perPage: Money;
}

/** Null: inside, or nobody knows. */
export const priceOf = (to: string, signal: AbortSignal): Promise<{ to: string; outside: boolean; price: Price | null }> => api.get('/price', { to }, signal);

export interface FaxPrice {
  /** False: the tenant has no prices at all. */
  plan: boolean;
  pages: number;
  /** Of those whose price is known. */
  cost: Money | null;
  rows: { to: string; outside: boolean; perPage: Money | null; cost: Money | null }[];
}

export const faxPrice = (numbers: string[], pages: number): Promise<FaxPrice> => api.post('/faxes/price', { to: numbers.map((number) => ({ number })), pages });
