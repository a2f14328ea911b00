import type { CallBlock } from '../../data/nouns';
import { t } from '../../i18n/blocks';

export interface BlockValues extends Record<string, unknown> {
  extensionId: string;
  kind: CallBlock['kind'];
  pattern: string;
  action: CallBlock['action'];
  note: string;
  active: boolean;
}

/** @param extensionId whose rule a new one is; '' for everybody */
export function valuesOf(row: CallBlock | null, extensionId: string): BlockValues {
  if (!row) return { extensionId, kind: 'number', pattern: '', action: 'reject', note: '', active: true };
  const { kind, pattern, action, note, active } = row;
  return { extensionId: row.extensionId ?? '', kind, pattern, action, note, active };
}

export function inputOf({ extensionId, pattern, ...rest }: Partial<BlockValues>): Record<string, unknown> {
  return { ...rest, ...(extensionId ? { extensionId } : {}), ...(pattern === undefined ? {} : { pattern: rest.kind === 'anonymous' ? '' : pattern.trim() }) };
}

export function check({ kind, pattern }: BlockValues): Record<string, string> {
  return kind === 'anonymous' || pattern.trim() ? {} : { pattern: t.blocks.errors.pattern };
}

export function nameOf({ kind, pattern }: CallBlock): string {
  if (kind === 'anonymous') return t.blocks.anonymous;
  return kind === 'prefix' ? t.blocks.prefix(pattern) : pattern;
}
