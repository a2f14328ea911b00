/** Who the far side is, as the server asserts it: it changes when a call is transferred. */
import type { SipHeaders } from './causes';

export interface Identity {
  number: string;
  name: string;
}

/** `"Tom Becker" <sip:1002@example.com>` of P-Asserted-Identity (RFC 3325), or of the older Remote-Party-ID. */
export function identityOf(message: SipHeaders | null): Identity | null {
  const header = message?.getHeader?.('P-Asserted-Identity') ?? message?.getHeader?.('Remote-Party-ID');
  const found = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^"<]*?))\s*<(?:sips?|tel):([^@;>]+)/i.exec(header ?? '');
  if (!found) return null;
  return { number: decoded(found[3] ?? ''), name: (found[1] ?? found[2] ?? '').replace(/\\(.)/g, '$1') };
}

function decoded(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
