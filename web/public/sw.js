// Stands for the portal's notifications: one of the page's own has no buttons; and while the portal is closed it tells of
// calls that the server pushes (docs/architecture.md). It keeps nothing but the words that the portal left for it.
const ENGLISH = { incoming: 'Incoming call from %s', missed: 'Missed call from %s', open: 'Click to open the phone', unknown: 'an unknown caller' };

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));

// One after another: Chromium forgets a notification that appears while others are looked up.
let last = Promise.resolve();
addEventListener('push', (event) => event.waitUntil(last = last.catch(() => {}).then(() => tellOfCall(event.data.json()))));

/** One notification a call: the later news takes the place of the earlier. */
async function tellOfCall({ news, call, name, number }) {
  const shown = await registration.getNotifications({ tag: call });
  if (news === 'answered') return shown.forEach((one) => one.close());
  const words = await ownWords();
  const ringing = news === 'call', who = name || number || words.unknown;
  await registration.showNotification((ringing ? words.incoming : words.missed).replace('%s', () => who), {
    tag: call, body: ringing ? words.open : number, icon: '/icon.svg', requireInteraction: ringing, silent: !ringing, renotify: ringing,
  });
}

/** In the language of who signed in: web/src/phone/bell.ts leaves them here. */
async function ownWords() {
  const kept = await (await caches.open('words')).match('/words').catch(() => null);
  return { ...ENGLISH, ...(kept ? await kept.json() : {}) };
}

addEventListener('notificationclick', (event) => {
  const { notification, action } = event;
  notification.close();
  event.waitUntil(tell({ call: notification.tag, action: action || 'answer' }));
});

/** Whichever tab has the phone acts on it; one of them comes to the front to talk, or a new one is opened. */
async function tell(message) {
  const tabs = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  for (const tab of tabs) tab.postMessage(message);
  if (message.action !== 'decline') await (tabs.length ? tabs[0].focus() : clients.openWindow('/'));
}
