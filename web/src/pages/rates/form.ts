import type { Rate, RatePlan } from '../../data/rates';
import { t } from '../../i18n/rates';

export interface PlanValues extends Record<string, unknown> {
  name: string;
  currency: string;
}

export const planValues = (plan: RatePlan | null): PlanValues => ({ name: plan?.name ?? '', currency: plan?.currency ?? '' });

export const planInput = ({ currency, ...rest }: Partial<PlanValues>): Record<string, unknown> => ({ ...rest, ...(currency === undefined ? {} : { currency: currency.trim().toUpperCase() }) });

export function planCheck({ name, currency }: PlanValues): Record<string, string> {
  return {
    ...(name.trim() ? {} : { name: t.rates.errors.name }),
    ...(/^[a-z]{3}$/i.test(currency.trim()) ? {} : { currency: t.rates.errors.currency }),
  };
}

/** As one types it: amounts and seconds as text. */
export interface RateValues extends Record<string, unknown> {
  prefix: string;
  description: string;
  perMinute: string;
  connectFee: string;
  minimumSeconds: string;
  incrementSeconds: string;
  perPage: string;
}

const MICROS = 1_000_000;
const AMOUNTS = ['perMinute', 'connectFee', 'perPage'] as const;
const SECONDS = ['minimumSeconds', 'incrementSeconds'] as const;

/** 12500 as "0.0125", with two decimals at least. */
export function amountOf(micros: number): string {
  const places = String(micros % MICROS).padStart(6, '0').replace(/0{1,4}$/, '');
  return `${Math.floor(micros / MICROS)}.${places}`;
}

/** "0.0125" or "0,0125" as 12500; NaN for what is no such amount. No floating point: each digit counts. */
export function microsOf(text: string): number {
  const found = /^(\d{1,7})(?:[.,](\d{1,6}))?$/.exec(text.trim() || '0');
  return found ? Number(found[1]) * MICROS + Number((found[2] ?? '').padEnd(6, '0')) : NaN;
}

export function rateValues(rate: Rate | null): RateValues {
  if (!rate) return { prefix: '', description: '', perMinute: '', connectFee: '', minimumSeconds: '0', incrementSeconds: '1', perPage: '' };
  const { prefix, description, perMinute, connectFee, minimumSeconds, incrementSeconds, perPage } = rate;
  return { prefix, description, perMinute: amountOf(perMinute), connectFee: amountOf(connectFee), minimumSeconds: String(minimumSeconds), incrementSeconds: String(incrementSeconds), perPage: amountOf(perPage) };
}

export function rateInput(values: Partial<RateValues>): Record<string, unknown> {
  const input: Record<string, unknown> = { ...values };
  for (const name of AMOUNTS) if (values[name] !== undefined) input[name] = microsOf(values[name]);
  for (const name of SECONDS) if (values[name] !== undefined) input[name] = Number(values[name]);
  return input;
}

const whole = (text: string, least: number): boolean => /^\d{1,4}$/.test(text.trim()) && Number(text) >= least && Number(text) <= 3600;

export function rateCheck(values: RateValues): Record<string, string> {
  const { errors } = t.rates;
  return {
    ...(/^\+?[\d ]{1,18}$/.test(values.prefix.trim()) ? {} : { prefix: errors.prefix }),
    ...Object.fromEntries(AMOUNTS.filter((name) => Number.isNaN(microsOf(values[name]))).map((name) => [name, errors.amount])),
    ...(whole(values.minimumSeconds, 0) ? {} : { minimumSeconds: errors.seconds }),
    ...(whole(values.incrementSeconds, 1) ? {} : { incrementSeconds: errors.increment }),
  };
}
