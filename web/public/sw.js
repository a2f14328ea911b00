// Stands for the portal's notifications: one of the page's own has no buttons. It keeps nothing and fetches nothing.
addEventListener('notificationclick', (event) => {
  const { notification, action } = event;
  notification.close();
  event.waitUntil(tell({ call: notification.tag, action: action || 'answer' }));
});

/** Whichever tab has the phone acts on it; one of them comes to the front to talk. */
async function tell(message) {
  const tabs = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  for (const tab of tabs) tab.postMessage(message);
  if (message.action !== 'decline') await tabs[0]?.focus();
}
