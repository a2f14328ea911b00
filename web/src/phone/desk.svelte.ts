/** Calling by one's desk phone: the server rings it first, and calls the number once somebody answers there. */
import { api, ApiError } from '../lib/api';
import { attempt } from '../lib/attempt';
import { asDialled } from '../lib/format';
import { panel, phone } from './phone.svelte';

interface Desk {
  /** The desk phones that are connected, as people call them; null: not asked yet. */
  phones: string[] | null;
  /** Who is called once one answers there; '' for nobody. */
  rings: string;
  callId: string;
  problem: string;
}

export const desk = $state<Desk>({ phones: null, rings: '', callId: '', problem: '' });

/** Asks which are connected; what was known stays when that cannot be asked. */
export async function lookForDesk(): Promise<void> {
  await attempt(async () => {
    const { rows } = await api.get<{ rows: { name: string }[] }>('/phone/desk');
    desk.phones = rows.map((one) => one.name);
  });
}

/** @param number as it would be dialled; @param who how it is called in words */
export async function callByDesk(number: string, who: string): Promise<void> {
  panel.open = true;
  panel.tab = 'keypad';
  desk.rings = '';
  desk.problem = await attempt(async () => {
    desk.callId = (await api.post<{ callId: string }>('/phone/desk-call', { to: asDialled(number) })).callId;
  });
  if (desk.problem) return void lookForDesk();
  desk.rings = who;
  phone.send({ do: 'dismiss-summary' });
  panel.entry = '';
}

/** Takes it back; that somebody has answered there meanwhile is no failure: whoever talks then knows. */
export async function cancelDesk(): Promise<void> {
  const { callId } = desk;
  const problem = await attempt(() => api.delete(`/phone/desk-call/${callId}`).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }));
  if (desk.callId !== callId) return;
  desk.problem = problem;
  desk.rings = '';
}

export function deskSeen(): void {
  desk.rings = '';
  desk.problem = '';
}
