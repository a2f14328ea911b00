/** SIP answers in the few words a person needs; the code stays beside them. */
import type { End, EndReason } from './model';

const byCode: Record<number, EndReason> = {
  402: 'no-credit', 403: 'forbidden', 404: 'not-found', 408: 'no-answer', 410: 'gone', 480: 'unavailable',
  481: 'gone', 482: 'loop', 483: 'loop', 484: 'not-found', 486: 'busy', 487: 'cancelled', 488: 'not-acceptable',
  500: 'server', 502: 'server', 503: 'server', 504: 'server', 600: 'busy', 603: 'declined', 604: 'not-found', 606: 'not-acceptable',
};

export function reasonOfCode(code: number): EndReason {
  const known = byCode[code];
  if (known) return known;
  return code >= 500 && code < 600 ? 'server' : 'unavailable';
}

/** Where one code stands for several things, the server's Reason tells them apart (RFC 6432, Q.850). */
const byCause: Record<string, EndReason> = { '480 19': 'no-answer', '404 3': 'no-route', '486 21': 'dnd' };

function reasonOfRefusal(code: number, reason: Reason | null): EndReason {
  const told = reason?.protocol === 'Q.850' ? byCause[`${code} ${reason.cause}`] : undefined;
  return told ?? reasonOfCode(code);
}

export interface Reason {
  protocol: string;
  cause: number;
  text: string;
}

/** RFC 3326: `SIP;cause=200;text="Call completed elsewhere"`, possibly several separated by commas. */
export function parseReason(header: string | null | undefined): Reason | null {
  if (!header) return null;
  const protocol = (/^\s*([\w.]+)/.exec(header)?.[1] ?? '').toUpperCase();
  const cause = Number(/cause\s*=\s*(\d+)/i.exec(header)?.[1] ?? 0);
  const text = /text\s*=\s*"([^"]*)"/i.exec(header)?.[1] ?? '';
  return protocol ? { protocol, cause, text } : null;
}

/** Why a ringing call was taken away: an answer elsewhere is not a missed call. */
export function endOfCancel(reason: Reason | null): End {
  if (reason?.protocol === 'SIP' && reason.cause === 200) {
    return { reason: 'answered-elsewhere', code: 200, where: deviceIn(reason.text) };
  }
  if (reason?.protocol === 'SIP' && (reason.cause === 603 || reason.cause === 600)) {
    return { reason: 'declined-elsewhere', code: reason.cause, where: deviceIn(reason.text) };
  }
  return { reason: 'missed', code: 487, where: '' };
}

function deviceIn(text: string): string {
  return /\b(?:on|by)\s+(.+)$/i.exec(text)?.[1]?.trim() ?? '';
}

export function endOfBye(reason: Reason | null): End {
  const code = reason?.cause ?? 0;
  if (reason?.protocol === 'SIP' && code === 402) return { reason: 'no-credit', code, where: '' };
  if (reason?.protocol === 'SIP' && code === 408) return { reason: 'no-media', code, where: '' };
  return { reason: 'they-hung-up', code, where: '' };
}

/** What is read of a SIP message. */
export interface SipHeaders {
  getHeader?(name: string): string | null | undefined;
  status_code?: number;
}

/** A call that was up is over. */
export function endOfEnded(originator: string, message: SipHeaders | null, cause: string): End {
  // The library ends a call by itself too: no way to the other side, or a server that no longer knows the call.
  if (originator === 'local') return endOf(cause === 'Terminated' ? 'hung-up' : 'network');
  if (originator === 'system') return endOf('network');
  return endOfBye(parseReason(message?.getHeader?.('Reason')));
}

/** A call that never came to be. */
export function endOfFailed(direction: 'incoming' | 'outgoing', originator: string, message: SipHeaders | null, cause: string): End {
  if (direction === 'incoming') {
    if (originator === 'local') return endOf('declined', 603);
    return endOfCancel(parseReason(message?.getHeader?.('Reason')));
  }
  if (originator === 'local') return endOf(cause === 'Canceled' ? 'cancelled' : 'network');
  if (message?.status_code) {
    return endOf(reasonOfRefusal(message.status_code, parseReason(message.getHeader?.('Reason'))), message.status_code);
  }
  return endOf(cause === 'Request Timeout' ? 'no-answer' : 'network');
}

export function endOf(reason: EndReason, code = 0): End {
  return { reason, code, where: '' };
}
