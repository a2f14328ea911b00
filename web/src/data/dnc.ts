/** The do-not-contact list as a file. */
import { bringCsv, type Brought, type RefusedLine } from './csv';
import { BASE } from '../lib/api';

export type BroughtNumbers = Brought<RefusedLine & { number: string }>;

export const csvAddress = `${BASE}/dnc.csv`;
export const bringNumbers = (file: File): Promise<BroughtNumbers> => bringCsv('/dnc/import', file);
