/** The do-not-contact list as a file. */
import { api, BASE } from '../lib/api';

export interface Brought {
  added: number;
  /** They were on the list already. */
  known: number;
  refused: number;
  /** The first of those that were refused. */
  rows: { line: number; number: string; field: string; reason: string }[];
}

export const csvAddress = `${BASE}/dnc.csv`;
export const LARGEST = 8 << 20;

/** Spreadsheets write UTF-8, or what Windows has instead. */
export function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

export const bring = async (file: File): Promise<Brought> => api.upload('/dnc/import', new Blob([textOf(await file.arrayBuffer())], { type: 'text/csv' }), {});
