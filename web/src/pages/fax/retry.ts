import { faxes } from '../../data/fax';
import { t } from '../../i18n/fax';
import { ApiError } from '../../lib/api';
import { queries } from '../../lib/queries';
import { toast } from '../../lib/toast.svelte';

/** What shows a sent fax is asked for anew. */
export function faxesChanged(): void {
  for (const key of ['faxes', 'fax', 'home']) void queries.invalidateQueries({ queryKey: [key] });
}

/** Sends a fax again that failed, and says so. */
export async function sendAgain(id: string): Promise<void> {
  try {
    await faxes.retry(id);
    toast(t.fax.sent.retried);
  } catch (error) {
    toast(t.fax.failed(error instanceof ApiError ? error.message : t.error.generic));
  }
  faxesChanged();
}
