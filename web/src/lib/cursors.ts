/** Which page came before a cursor; a page opened from a link goes back to the first. */
const before = new Map<string, string>();

export function rememberCursor(cursor: string, previous: string): void {
  before.set(cursor, previous);
}

export function previousCursor(cursor: string): string | null {
  return before.get(cursor) || null;
}
