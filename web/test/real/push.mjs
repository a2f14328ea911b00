// A browser whose portal is closed is told of a call: a push service that opens what it gets, and the real service worker.
import { axe, overflow } from '../browser.mjs';
import { checks, startPhone, until } from './house.mjs';
import { same, startPushed } from './push_service.mjs';
import { answer, bellSwitch, both, hangUp, incoming, openSettings, ready } from './softphone.mjs';

const MAYA_HZ = 600, TOM_HZ = 1390, DESK_HZ = 1000;
const { service, house, browser, maya, lines, opened: back } = await startPushed(MAYA_HZ);
const tom = await startPhone(house, '1002', 'northwind.localhost', TOM_HZ);
const { check, end } = checks({ innerText: () => maya.page.innerText('body').catch(() => 'closed') }, [tom]);

const bell = () => maya.page.evaluate(async () => (await fetch('/api/v1/phone/bell')).json());

async function away() {
  await maya.page.close();
  await until(async () => (await lines()) === 0, 'her phone is gone');
}

/** A page of the site that is not the portal, through which its service worker is seen and pushed to. */
async function backstage() {
  const page = await maya.context.newPage();
  await page.goto(`${house.url}/icon.svg`);
  const cdp = await maya.context.newCDPSession(page);
  let registrationId;
  cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => (registrationId = registrations.find((one) => !one.isDeleted)?.registrationId ?? registrationId));
  await cdp.send('ServiceWorker.enable');
  await until(() => registrationId, 'the service worker');
  const worker = await until(() => maya.context.serviceWorkers()[0], 'a service worker');
  await worker.evaluate(() => {
    const show = registration.showNotification.bind(registration);
    self.showings = 0;
    registration.showNotification = async (...what) => {
      await show(...what);
      self.showings += 1;
    };
  });
  const push = (news) => cdp.send('ServiceWorker.deliverPushMessage', { origin: house.url, registrationId, data: JSON.stringify(news) });
  const showings = () => worker.evaluate(() => self.showings);
  return {
    page, push,
    /** What is shown is not looked for before it is there: Chromium forgets a notification that appears meanwhile. */
    async pushShown(news) {
      const before = await showings();
      await push(news);
      await until(async () => (await showings()) > before, 'a notification');
    },
    shown: () => page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, tag, requireInteraction, body }) => ({ title, tag, requireInteraction, body }))),
  };
}

let stage, key;

await check('it is switched on in the settings of the phone', async () => {
  await openSettings(maya);
  same((await bell()).on, false, 'on');
  await bellSwitch(maya).click();
  await until(async () => (await bell()).on, 'the server knows it');
  same(await bellSwitch(maya).isChecked(), true, 'the switch');
  same(JSON.stringify([...(await axe(maya.page)), ...(await overflow(maya.page))]), '[]', 'axe');
  ({ key } = await bell());
  same(await maya.page.evaluate(() => localStorage.getItem('pushed')), key, 'the key of the subscription');
  stage = await backstage();
});

let call;
await check('a call while the portal is closed: the browser is told who calls, in a message that only it can read, and shows it', async () => {
  await away();
  tom.say('dial 1001');
  await tom.event('ringback');
  const told = await service.told();
  same(told.error, undefined, 'error');
  same(told.news, 'call', 'news');
  same(told.name, 'Tom Becker', 'name');
  same(told.number, '1002', 'number');
  same(`${told.method} ${told.url}`, 'POST /of/maya', 'where');
  same(`${told.ttl} ${told.urgency} ${told.encoding}`, '25 high aes128gcm', 'how');
  same(told.k, key, 'whose key');
  if (!/^[\w-]{32}$/.test(told.topic) || told.topic.includes(told.call)) throw new Error(`topic ${told.topic}`);
  call = told;
  await stage.pushShown(told);
  const [shown] = await stage.shown();
  same(JSON.stringify(shown), JSON.stringify({ title: 'Incoming call from Tom Becker', tag: told.call, requireInteraction: true, body: 'Click to open the phone' }), 'notification');
});

await check('the portal is opened: the caller who still waits rings there, and they talk', async () => {
  await back();
  await incoming(maya).getByText('Tom Becker').first().waitFor({ timeout: 15_000 });
  await answer(maya);
  await tom.event('up');
  await both(maya, tom, MAYA_HZ);
});

await check('answered: a second message takes the notification away', async () => {
  const told = await service.told();
  same(`${told.news} ${told.call} ${told.topic}`, `answered ${call.call} ${call.topic}`, 'news');
  same(told.size, call.size, 'its length tells nothing');
  await stage.push(told);
  await until(async () => (await stage.shown()).length === 0, 'the notification is gone');
  await hangUp(maya);
  await tom.event('ended');
});

await check('the page has told the server anew where it is, and a browser with a line gets no push', async () => {
  await ready(maya);
  same((await bell()).on, true, 'on');
  tom.say('dial 1001');
  await incoming(maya).getByText('Tom Becker').first().waitFor();
  tom.say('hangup');
  await tom.event('ended');
  same(service.got.length, 0, 'pushes');
});

await check('the caller gives up: the notification says that a call was missed', async () => {
  await away();
  tom.say('dial 1001');
  await stage.pushShown(await service.told());
  same((await stage.shown()).length, 1, 'notifications');
  tom.say('hangup');
  await tom.event('ended');
  const told = await service.told();
  same(told.news, 'missed', 'news');
  await stage.pushShown(told);
  const shown = await stage.shown();
  same(`${shown.length} ${shown[0].title} ${shown[0].requireInteraction} ${shown[0].body}`, '1 Missed call from Tom Becker false 1002', 'notification');
});

await check('a desk phone that is plugged in while the caller waits rings too', async () => {
  tom.say('dial 1001');
  await service.told();
  const desk = await startPhone(house, '1001', 'northwind.localhost', DESK_HZ);
  await desk.event('ringing');
  desk.say('answer');
  await tom.event('up');
  await tom.hears(DESK_HZ);
  same((await service.told()).news, 'answered', 'news');
  desk.say('hangup');
  await tom.event('ended');
  await desk.close();
  await until(async () => (await lines()) === 0, 'it is gone');
});

await check('nobody comes: after 25 seconds the caller is told', async () => {
  tom.say('dial 1001');
  same((await service.told()).news, 'call', 'news');
  await house.pass(24_000);
  same(tom.events.some((one) => one.event === 'ended'), false, 'ended after 24 s');
  await house.pass(1500);
  await tom.event('ended');
  same((await service.told()).news, 'missed', 'news');
});

await check('a service that fails is not asked again, and answers without end are cut', async () => {
  service.code = 503;
  service.long = 5_000_000;
  tom.say('dial 1001');
  await service.told();
  await until(() => house.text().includes('push.failed'), 'the failure is in the log');
  tom.say('hangup');
  await tom.event('ended');
  same((await service.told()).news, 'missed', 'news');
  same(house.text().includes(`${service.origin}/of`), false, 'the endpoint in the log');
  service.long = 0;
  same(service.got.length, 0, 'pushes');
});

await check('a service that knows the browser no more ends it: the next caller does not wait', async () => {
  service.code = 410;
  tom.say('dial 1001');
  await service.told();
  await until(() => house.text().includes('push.gone'), 'it is in the log');
  tom.say('hangup');
  await tom.event('ended');
  await service.told();
  service.code = 201;
  tom.say('dial 1001');
  await tom.event('ended');
  same(service.got.length, 0, 'pushes');
  await back();
  await ready(maya);
  await until(async () => (await bell()).on, 'the page makes a new one');
});

await check('an address of this machine is no push service', async () => {
  const put = (endpoint) => maya.page.evaluate(async ([to, keys]) => {
    const { csrf } = await (await fetch('/api/v1/me')).json();
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf };
    return (await fetch('/api/v1/phone/bell', { method: 'PUT', headers, body: JSON.stringify({ endpoint: to, key: keys.p256dh, auth: keys.auth }) })).status;
  }, [endpoint, service.keys]);
  for (const bad of ['https://127.0.0.1/x', `http://${service.host}/x`, 'https://10.0.0.1/x', 'https://[::1]/x', 'https://push.example.com:22/x']) same(await put(bad), 422, bad);
  same(await put('https://localhost/x'), 204, 'a name');
  await away();
  tom.say('dial 1001');
  await until(() => house.text().includes('push.inside service=https://localhost'), 'where the name leads is looked at');
  tom.say('hangup');
  await tom.event('ended');
});

await check('after a restart it is known, and the key is the same', async () => {
  const anew = maya.context.waitForEvent('response', (one) => one.url().endsWith('/phone/bell') && one.request().method() === 'PUT');
  await back();
  same((await anew).status(), 204, 'where it is'); // and no more at the name
  same((await bell()).on, true, 'on');
  await away();
  await house.kill();
  await house.start();
  tom.say('dial 1001');
  const told = await service.told();
  same(`${told.news} ${told.k}`, `call ${key}`, 'news');
  tom.say('hangup');
  await service.told();
});

await check('signing out ends it', async () => {
  await back();
  await ready(maya);
  await maya.page.getByRole('button', { name: /Maya Chen/ }).first().click();
  await maya.page.getByRole('menuitem', { name: 'Sign out', exact: true }).click();
  await maya.page.getByRole('button', { name: 'Sign in' }).waitFor();
  same(await maya.page.evaluate(() => localStorage.getItem('pushed')), null, 'the subscription');
  tom.events.length = 0;
  tom.say('dial 1001');
  await tom.event('ended');
  same(service.got.length, 0, 'pushes');
});

service.close();
await end('pushes', { browser, complaints: maya.complaints.filter((text) => !/401|204|422/.test(text)), house });
