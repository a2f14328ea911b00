/** A CSV file that becomes rows, and what of it could not be taken. */
import { api } from '../lib/api';

export interface RefusedLine {
  line: number;
  field: string;
  reason: string;
}

export interface Brought<Line extends RefusedLine = RefusedLine> {
  added: number;
  /** They were there already. */
  known: number;
  refused: number;
  /** The first of those that were refused. */
  rows: Line[];
}

export const LARGEST = 8 << 20;

/** Spreadsheets write UTF-8, or what Windows has instead. */
function textOf(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

export const bringCsv = async <T extends Brought>(path: string, file: File, query: Record<string, string> = {}): Promise<T> =>
  api.upload(path, new Blob([textOf(await file.arrayBuffer())], { type: 'text/csv' }), query);
