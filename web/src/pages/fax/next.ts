// Why a fax waits, and until when.
import type { Fax } from '../../data/fax';
import { t } from '../../i18n/fax';
import { dayOf, time, when } from '../../lib/format';

/** "Busy, next try at 2:05 PM", "Waiting for a free line"; empty when no other try is due. */
export function nextTry(fax: Fax, now = Date.now()): string {
  if (fax.state !== 'queued') return '';
  if (!fax.nextTryAt) return fax.reason ?? '';
  if (!fax.tries) return '';
  const at = dayOf(fax.nextTryAt) === dayOf(now) ? time(fax.nextTryAt) : when(fax.nextTryAt, now);
  return t.fax.nextTry((fax.reason ?? '').replace(/\.$/, ''), at);
}
