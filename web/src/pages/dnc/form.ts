import type { Unwanted } from '../../data/nouns';
import { t } from '../../i18n/dnc';

export interface DncValues extends Record<string, unknown> {
  number: string;
  note: string;
}

export const valuesOf = (row: Unwanted | null): DncValues => ({ number: row?.number ?? '', note: row?.note ?? '' });

export const inputOf = (values: Partial<DncValues>): Record<string, unknown> => (values.number === undefined ? values : { ...values, number: values.number.trim() });

export const check = ({ number }: DncValues): Record<string, string> => (number.trim() ? {} : { number: t.dnc.errors.number });
