/** The bell of this browser: it is told of calls while the portal is closed (Web Push). */
import { t } from '../i18n';
import { t as phoneTexts } from '../i18n/phone';
import { api } from '../lib/api';
import { startServiceWorker } from '../lib/worker';

/** `install`: only as an installed app; `none`: not here; `refused`: notifications are blocked. */
export type BellState = 'none' | 'install' | 'refused' | 'off' | 'on';

interface Bell {
  /** Null when the server tells closed browsers nothing. */
  key: string | null;
  on: boolean;
}

/** Safari has push in the installed app alone; on iOS every browser is Safari. */
export const needsInstall = (userAgent: string, pushes: boolean): boolean => !pushes && /iPhone|iPad|Macintosh.*Safari/.test(userAgent);

async function subscription(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker?.getRegistration();
  return (await worker?.pushManager?.getSubscription()) ?? null;
}

export async function bellState(): Promise<BellState> {
  const bell = await api.get<Bell>('/phone/bell');
  if (!bell.key) return 'none';
  if (!('PushManager' in window)) return needsInstall(navigator.userAgent, false) ? 'install' : 'none';
  if (Notification.permission === 'denied') return 'refused';
  return bell.on && (await subscription()) ? 'on' : 'off';
}

/** The service worker has no catalogue of its own. */
async function leaveWords(): Promise<void> {
  const words = { incoming: t.line.incomingFrom('%s'), ...phoneTexts.phone.pushed };
  await (await caches.open('words')).put('/words', new Response(JSON.stringify(words)));
}

async function ring(key: string): Promise<void> {
  const worker = await startServiceWorker('/sw.js');
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  await leaveWords();
  await api.put('/phone/bell', { endpoint, key: keys?.p256dh, auth: keys?.auth });
}

/** On a click: the browser asks the person first. */
export async function bellOn(): Promise<BellState> {
  if ((await Notification.requestPermission()) !== 'granted') return 'refused';
  const { key } = await api.get<Bell>('/phone/bell');
  if (!key) return 'none';
  await ring(key);
  return 'on';
}

export async function bellOff(): Promise<BellState> {
  await (await subscription())?.unsubscribe();
  await api.delete('/phone/bell');
  return 'off';
}

/** After a sign-in, or with new credentials: the server is told anew where this browser is. */
export async function bellAgain(): Promise<void> {
  const old = await subscription();
  if (!old) return;
  const { key } = await api.get<Bell>('/phone/bell');
  // Made for another key, of a server that is no more.
  if (key) await ring(key).catch(() => old.unsubscribe());
  else await old.unsubscribe();
}

/** Signing out: a shared computer is told nothing. The server forgets by itself. */
export async function bellEnd(): Promise<void> {
  await (await subscription())?.unsubscribe();
}
