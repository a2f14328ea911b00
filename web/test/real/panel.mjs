// The softphone's devices, its second call, its failed transfer and its tabs, through the real program with desk phones.
import { axe, overflow, signIn } from '../browser.mjs';
import { apiOf, checks, launchWithTone, startHouse, startPhone, until, visitor, withoutVoicemail } from './house.mjs';
import { answer, both, button, dial, hangUp, idle, incoming, pageHears, person, talking } from './softphone.mjs';

const OUTSIDE = '+16285550177';
const MAYA_HZ = 600, TOM_HZ = 1390, PRIYA_HZ = 1850, ANA_HZ = 1030, DESK_HZ = 850;
const house = await startHouse();
const browser = await launchWithTone(MAYA_HZ);
for (const who of ['maya', 'tom', 'priya']) await withoutVoicemail(house, `${who}@northwind.localhost`);
/** What the page does with devices is kept where a test can look: connections, tracks asked for, outputs that were chosen. */
const maya = await person(browser, house.url, 'maya@northwind.localhost', () => {
  window.seen = { connections: [], outputs: new Map(), asked: [], notifications: 0 };
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...settings) {
      super(...settings);
      window.seen.connections.push(this);
    }

    /** With every second packet lost, when a test says so. */
    async getStats(...of) {
      const report = await super.getStats(...of);
      if (!window.seen.poor) return report;
      const packets = Math.round(performance.now() / 20);
      return new Map([...report].map(([id, stat]) => [id, stat.type === 'inbound-rtp' ? { ...stat, packetsReceived: packets, packetsLost: packets } : stat]));
    }
  };
  const { showNotification } = ServiceWorkerRegistration.prototype;
  ServiceWorkerRegistration.prototype.showNotification = async function show(...what) {
    await showNotification.apply(this, what);
    window.seen.notifications += 1;
  };
  const { setSinkId } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.setSinkId = function set(id) {
    window.seen.outputs.set(this, id);
    return setSinkId.call(this, id);
  };
});
const tom = await startPhone(house, '1002', 'northwind.localhost', TOM_HZ);
const priya = await startPhone(house, '1003', 'northwind.localhost', PRIYA_HZ);
const ana = await startPhone(house, '1001', 'harbor.localhost', ANA_HZ);
const { panel, page, context } = maya;
const { check, end } = checks(panel, [tom, priya, ana], async () => {
  await page.reload();
  await panel.getByText('Ready', { exact: true }).waitFor();
  for (const phone of [tom, priya, ana]) phone.events.length = 0;
});

function assert(truth, message) {
  if (!truth) throw new Error(message);
}

async function callTom(one = maya) {
  await idle(one);
  await dial(one, '1002');
  await tom.event('ringing');
  tom.say('answer');
  await tom.event('up');
  await talking(one);
}

const setting = (label) => panel.getByLabel(label, { exact: true });
const options = (label) => until(async () => {
  const named = (await setting(label).locator('option').allInnerTexts()).filter((text) => text !== 'System default');
  return named.length > 1 ? named : null;
}, `devices under ${label}`);

/** What is sent now: the track of the connection that is up, as soon as one is. */
const sent = () => until(() => page.evaluate(() => {
  const [up] = window.seen.connections.filter((one) => one.connectionState === 'connected').slice(-1);
  const track = up?.getSenders().find((one) => one.track?.kind === 'audio')?.track;
  return track ? { label: track.label, enabled: track.enabled, ...track.getSettings() } : null;
}), 'a track that is sent');

await check('another microphone in a call: its track is sent, the phone hears on, and what was muted stays muted', async () => {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  await button(panel, 'Settings').click();
  const before = await sent();
  const other = (await options('Microphone')).find((label) => label !== before.label);
  await setting('Microphone').selectOption({ label: other });
  await page.getByText(`Microphone now: ${other}`).waitFor();
  const now = await sent();
  assert(now.label === other && now.deviceId !== before.deviceId && now.enabled, `${JSON.stringify(before)}, then ${JSON.stringify(now)}`);
  await both(maya, tom, MAYA_HZ);
  await button(panel, 'Dialer').click();
  await button(panel, 'Mute').click();
  await until(() => tom.heard().level < 60, () => `Tom hears ${JSON.stringify(tom.heard())}`);
  await button(panel, 'Settings').click();
  await setting('Microphone').selectOption('');
  await until(async () => (await sent()).deviceId === before.deviceId, 'the first microphone again');
  assert(!(await sent()).enabled && tom.heard().level < 60, `unmuted by the change: ${JSON.stringify(tom.heard())}`);
  await button(panel, 'Dialer').click();
  await hangUp(maya);
  await tom.event('ended');
});

await check('echo cancellation and noise suppression: what is off is off in the track that is sent, also at once in a call', async () => {
  await callTom();
  const first = await sent();
  assert(first.echoCancellation && first.noiseSuppression, JSON.stringify(first));
  await button(panel, 'Settings').click();
  await panel.getByRole('switch', { name: 'Echo cancellation' }).uncheck();
  await panel.getByRole('switch', { name: 'Noise suppression' }).uncheck();
  await until(async () => (await sent()).echoCancellation === false && (await sent()).noiseSuppression === false, 'both off');
  await both(maya, tom, MAYA_HZ);
  await panel.getByRole('switch', { name: 'Echo cancellation' }).check();
  await panel.getByRole('switch', { name: 'Noise suppression' }).check();
  await until(async () => (await sent()).noiseSuppression === true && (await sent()).echoCancellation === true, 'both again');
  await button(panel, 'Dialer').click();
  await hangUp(maya);
  await tom.event('ended');
});

/** Where what is called so plays: the sink of the call's element, or of every other element that sounds. */
const sinks = (ofCall) => page.evaluate((call) => [...window.seen.outputs].filter(([element]) => (element.id === 'phone-remote-audio') === call).map(([element]) => element.sinkId), ofCall);
const idOf = (label) => page.evaluate(async (name) => (await navigator.mediaDevices.enumerateDevices()).find((one) => one.kind === 'audiooutput' && one.label === name).deviceId, label);

await check('the call plays on one device and the ring on another, with the tone that was chosen', async () => {
  await button(panel, 'Settings').click();
  const [ringer, speaker] = (await options('Ringing plays on')).slice(-2);
  await setting('Ringing plays on').selectOption({ label: ringer });
  await setting('Speaker for calls').selectOption({ label: speaker });
  await setting('Ring tone').selectOption('bright');
  const wanted = { ring: await idOf(ringer), call: await idOf(speaker) };
  assert(wanted.ring !== wanted.call, 'two devices');
  await button(panel, 'Dialer').click();
  tom.say('dial 1001');
  await incoming(maya).waitFor();
  await until(async () => (await sinks(false)).includes(wanted.ring), 'the ring on its device');
  await answer(maya);
  await tom.event('up');
  await pageHears(maya, TOM_HZ);
  const [call] = await sinks(true);
  assert(call === wanted.call, `the call plays on ${call}`);
  tom.say('hangup');
  await idle(maya);
  await page.reload(); // the choice lasts
  await panel.getByText('Ready', { exact: true }).waitFor();
  await button(panel, 'Settings').click();
  await until(async () => (await setting('Ring tone').inputValue()) === 'bright' && (await setting('Ringing plays on').inputValue()) === wanted.ring, 'the choice after a reload');
  for (const label of ['Ringing plays on', 'Speaker for calls']) await setting(label).selectOption('');
  await button(panel, 'Dialer').click();
});

await check('muted, and one speaks: said, and no more once one is heard again', async () => {
  await callTom();
  await button(panel, 'Mute').click();
  await panel.getByText('You are muted: nobody hears you speak.').waitFor();
  await button(panel, 'Mute').click();
  await panel.getByText(/^You are muted/).waitFor({ state: 'detached' });
  await both(maya, tom, MAYA_HZ);
  await hangUp(maya);
  await tom.event('ended');
});

await check('a second call: hold and answer, then swap; who waits hears music, who is in front hears Maya', async () => {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  priya.say('dial 1001');
  await button(incoming(maya), 'Hold and answer').click();
  await priya.event('up');
  await Promise.all([both(maya, priya, MAYA_HZ), tom.hearsMusic(MAYA_HZ)]);
  await panel.getByRole('button', { name: /^Swap/ }).click();
  await Promise.all([both(maya, tom, MAYA_HZ), priya.hearsMusic(MAYA_HZ)]);
  await hangUp(maya);
  await tom.event('ended');
  await panel.getByRole('region', { name: 'In a call with Priya Raman' }).waitFor();
  await button(panel, 'Hold').click();
  await both(maya, priya, MAYA_HZ);
  priya.say('hangup');
  await priya.event('ended');
  await idle(maya);
});

await check('the end of a call: its summary stays while pointed at; a note and a rating are kept with the call, changed on its page, and in the file', async () => {
  const { ask } = await apiOf(house, 'maya@northwind.localhost');
  const last = async () => (await ask('GET', '/calls?limit=1')).rows[0];
  const summary = panel.getByRole('region', { name: 'Call ended' });
  await callTom();
  await hangUp(maya);
  await tom.event('ended');
  await summary.getByText(/^Call ended\. Lasted 0:\d\d$/).waitFor();
  await summary.waitFor({ state: 'detached', timeout: 6000 });
  await callTom();
  await page.evaluate(() => (window.seen.poor = true));
  await panel.getByText('Poor connection').waitFor({ timeout: 15_000 });
  await page.evaluate(() => (window.seen.poor = false));
  await hangUp(maya);
  await tom.event('ended');
  await summary.hover();
  await page.waitForTimeout(5000);
  await button(summary, 'Fair').click();
  await summary.getByText('Thank you').waitFor();
  await button(summary, 'Add note').click();
  await page.mouse.move(5, 5);
  await page.waitForTimeout(4500); // the focus alone keeps it
  await summary.getByLabel('Note').fill('Wants an offer');
  await button(summary, 'Save note').click();
  await page.getByText('Note saved').waitFor();
  await page.getByRole('heading').first().click();
  await summary.waitFor({ state: 'detached', timeout: 6000 });
  const call = await last();
  assert(call.note === 'Wants an offer' && call.rating === 'fair', JSON.stringify(call));
  await page.goto(`${house.url}/calls/${call.id}`);
  const sheet = page.getByRole('dialog');
  assert((await sheet.getByLabel('Note').inputValue()) === 'Wants an offer', 'the note is on the page');
  await sheet.getByRole('button', { name: 'Fair', pressed: true }).waitFor();
  await button(sheet, 'Poor').click();
  await sheet.getByRole('button', { name: 'Poor', pressed: true }).waitFor();
  await sheet.getByLabel('Note').fill('Has an offer');
  await button(sheet, 'Save note').click();
  await button(sheet, 'Save note').waitFor({ state: 'detached' });
  const csv = await page.evaluate(async () => (await fetch('/api/v1/calls.csv')).text());
  assert(csv.split('\r\n')[1].endsWith(',"Has an offer","poor"'), csv.split('\r\n').slice(0, 2).join(' / '));
  await page.goto(`${house.url}/`);
  await panel.getByText('Ready', { exact: true }).waitFor();
});

await check('why a call failed is said in words of its own: Do Not Disturb, busy, declined, no such number', async () => {
  const { me, ask } = await apiOf(house, 'tom@northwind.localhost');
  const failed = async (number, text) => {
    await idle(maya);
    await dial(maya, number);
    await panel.getByText(text).waitFor();
  };
  await ask('PUT', `/extensions/${me.extension.id}/settings`, { dnd: true });
  await failed('1002', 'They do not want to be disturbed now.');
  await ask('PUT', `/extensions/${me.extension.id}/settings`, { dnd: false });
  for (const [answered, text] of [['486', 'Busy.'], ['603', 'They declined the call.']]) {
    await idle(maya);
    await dial(maya, '1002');
    await tom.event('ringing');
    tom.say(`reject ${answered}`);
    await panel.getByText(text).waitFor();
  }
  await failed('1987', 'This number does not exist.');
});

await check('a transfer to somebody who is busy: said why, and the caller is still there; who declines after a ring sends the caller back', async () => {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  await button(panel, 'Transfer').click();
  await panel.getByRole('textbox', { name: 'Transfer to' }).fill('1003');
  await button(panel, 'Transfer').click();
  await priya.event('ringing');
  await idle(maya);
  priya.say('reject 486');
  await answer(maya);
  await both(maya, tom, MAYA_HZ);
  priya.say('busy');
  await button(panel, 'Transfer').click();
  await panel.getByRole('textbox', { name: 'Transfer to' }).fill('1003');
  await button(panel, 'Transfer').click();
  await panel.getByText('1003: Busy. The caller is still here.').waitFor();
  await tom.hearsMusic(MAYA_HZ);
  await button(panel, 'Back to the call').click();
  await both(maya, tom, MAYA_HZ);
  await hangUp(maya);
  await tom.event('ended');
});

await check('the administrator ends a recording by rule under Live calls, and begins one: the panel says so', async () => {
  const admin = await apiOf(house, 'admin@northwind.localhost');
  const { me } = await apiOf(house, 'maya@northwind.localhost');
  await admin.ask('PATCH', `/extensions/${me.extension.id}`, { recording: 'all' });
  const boss = await visitor(browser, house, 'admin@northwind.localhost');
  await boss.enter();
  await boss.page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Live calls' }).click();
  await callTom();
  await panel.getByText('Recorded by your organisation').waitFor();
  const row = boss.page.getByRole('row', { name: /Maya Chen/ });
  await row.getByText('Recorded', { exact: true }).waitFor();
  await row.getByRole('button', { name: /^Stop recording/ }).click();
  await panel.getByText('Recorded by your organisation').waitFor({ state: 'detached' });
  await row.getByRole('button', { name: /^Record the call/ }).click();
  await panel.getByText('Recording', { exact: true }).waitFor();
  await hangUp(maya);
  await tom.event('ended');
  await admin.ask('PATCH', `/extensions/${me.extension.id}`, { recording: 'none' });
  await boss.context.close();
});

await check('a telephone link is put into the box, and not called by itself', async () => {
  await page.goto(`${house.url}/?call=tel%3A1002`);
  await until(async () => (await panel.getByRole('textbox', { name: 'Name or number' }).inputValue()) === '1002', 'the number in the box');
  assert(!page.url().includes('call='), page.url());
  await panel.getByText('Ready', { exact: true }).waitFor();
  await button(panel, 'Call').click();
  await tom.event('ringing');
  await hangUp(maya);
  await tom.event('ended');
});

await check('an emergency number is called as typed, at once; the address on file stands under it and in the call, fresh as it is changed', async () => {
  const root = await apiOf(house, 'admin@localhost');
  const northwind = (await root.ask('GET', '/tenants?q=Northwind')).rows[0].id;
  await root.ask('PUT', '/me/tenant', { tenantId: northwind });
  const route = await root.ask('POST', '/out-routes', { prefix: '911', trunkId: (await root.ask('GET', '/trunks')).rows[0].id, strip: 3, prepend: OUTSIDE });
  const boss = await visitor(browser, house, 'admin@northwind.localhost');
  const sections = (of) => of.getByRole('navigation', { name: 'Sections' });
  const outside = async () => {
    await ana.event('ringing');
    ana.say('answer');
    await ana.event('up');
    await talking(maya);
    await panel.getByText('1 Home Lane').waitFor();
    await hangUp(maya);
    await ana.event('ended');
  };
  await idle(maya);
  await panel.getByRole('textbox', { name: 'Name or number' }).fill('911');
  await panel.getByText('No address is on file for you: tell the operator where you are.').waitFor();
  await boss.enter();
  await sections(boss.page).getByRole('link', { name: 'Policies' }).click();
  await boss.page.getByLabel('Address on file').fill('12 High Street\nFloor 3');
  await button(boss.page.getByRole('region', { name: 'Emergency numbers' }), 'Save').click();
  await panel.getByText('12 High Street').waitFor();
  await sections(page).getByRole('link', { name: 'My account' }).click();
  await page.getByText('Empty: 12 High Street, Floor 3.').waitFor();
  await page.getByLabel('Emergency address').fill('1 Home Lane\nShelbyville');
  await button(page, 'Save extension settings').click();
  await panel.getByText('1 Home Lane').waitFor();
  const bad = [...(await axe(page)), ...(await overflow(page))];
  assert(!bad.length, bad.join('; '));
  await button(panel, 'Call').click();
  await outside();
  const box = page.getByRole('combobox', { name: 'Search people or dial a number' });
  await box.fill('911');
  await box.press('Enter');
  await outside();
  await page.goto(`${house.url}/calls`);
  await panel.getByText('Ready', { exact: true }).waitFor();
  await page.getByRole('main').getByRole('row').filter({ hasText: '911' }).first().getByRole('link').first().click();
  await page.getByText('Emergency call. Address on file: 1 Home Lane, Shelbyville').waitFor();
  await page.locator('dl.facts').getByRole('button', { name: '911', exact: true }).first().click();
  await page.keyboard.press('Escape'); // the page of the call lies over the phone
  await outside();
  await root.ask('DELETE', `/out-routes/${route.id}`);
  await boss.context.close();
});

await check('another window is in front: a notification with Answer and Reject, which act', async () => {
  await context.grantPermissions(['microphone', 'notifications']);
  await page.evaluate(() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }));
  const worker = async () => until(() => context.serviceWorkers()[0], 'a service worker');
  // Not looked for before it is there: Chromium forgets one that appears meanwhile.
  const press = async (action) => (await worker()).evaluate(async (which) => {
    const [notification] = await registration.getNotifications();
    dispatchEvent(new NotificationEvent('notificationclick', { notification, action: which }));
    return { title: notification.title, buttons: notification.actions.map((one) => one.title).join() };
  }, action);
  for (const [action, after] of [['decline', 'ended'], ['answer', 'up']]) {
    await idle(maya);
    const before = await page.evaluate(() => window.seen.notifications);
    tom.say('dial 1001');
    await until(() => page.evaluate((count) => window.seen.notifications > count, before), 'a notification', 20_000);
    const shown = await press(action);
    assert(/Tom Becker/.test(shown.title) && shown.buttons === 'Answer,Reject', JSON.stringify(shown));
    await tom.event(after);
  }
  await both(maya, tom, MAYA_HZ);
  tom.say('hangup');
  await tom.event('ended');
  await until(() => (async () => (await (await worker()).evaluate(async () => (await registration.getNotifications()).length)) === 0)(), 'no notification is left');
  await page.reload();
  await panel.getByText('Ready', { exact: true }).waitFor();
});

await check('the menu of a number: copied, its calls, a fax to it; blocked it is refused, and gets through again', async () => {
  const NUMBER = '+16285550177', SHOWN = '(628) 555-0177', main = page.getByRole('main');
  await context.grantPermissions(['microphone', 'notifications', 'clipboard-read', 'clipboard-write']);
  ana.say('dial +14155550110');
  await answer(maya);
  await ana.event('up');
  await hangUp(maya);
  await ana.event('ended');
  const item = async (name) => {
    await page.goto(`${house.url}/calls`);
    await main.getByRole('row').filter({ hasText: SHOWN }).first().getByRole('button', { name: /^More for/ }).click();
    await page.getByRole('menuitem', { name, exact: true }).click();
  };
  await item('Copy number');
  await page.getByText('Number copied').waitFor();
  assert((await page.evaluate(() => navigator.clipboard.readText())) === NUMBER, await page.evaluate(() => navigator.clipboard.readText()));
  await item('Calls with this number');
  await main.getByRole('button', { name: `“${NUMBER}”` }).waitFor();
  await until(async () => {
    const rows = await main.getByRole('row').allInnerTexts();
    return rows.length > 1 && rows.slice(1).every((text) => text.includes('Ana Souza'));
  }, 'only calls with this number');
  await item('Send a fax');
  await main.getByRole('list', { name: 'Recipients' }).getByText(SHOWN).waitFor();
  page.once('dialog', (dialog) => void dialog.accept());
  await item('Block');
  await page.getByText(`${SHOWN} does not get through to you any more`).waitFor();
  ana.say('dial +14155550110');
  const refused = await ana.event('ended');
  assert(!ana.events.some((one) => one.event === 'up') && !(await incoming(maya).isVisible()), JSON.stringify(refused));
  await button(page, 'Undo').click();
  await page.getByText(`${SHOWN} gets through again`).waitFor();
  await panel.getByText('Ready', { exact: true }).waitFor();
  ana.say('dial +14155550110');
  await incoming(maya).waitFor();
  ana.say('hangup');
  await incoming(maya).waitFor({ state: 'detached' });
  await ana.event('ended');
});

/** One more tab of the same browser. */
async function tab() {
  const second = await context.newPage();
  await second.goto(`${house.url}/`);
  await second.getByRole('main').getByRole('heading').first().waitFor();
  const one = { page: second, context, panel: second.getByRole('complementary', { name: 'Phone' }) };
  if (!(await one.panel.isVisible())) await second.getByRole('button', { name: /^Phone/ }).first().click();
  return one;
}

async function phonesOfMaya() {
  const { ask } = await apiOf(house, 'admin@northwind.localhost');
  return (await ask('GET', '/registrations')).rows.filter((row) => row.extension === '1001').length;
}

let second;
await check('two tabs: one has the line, the other shows its call and acts on it; the line moves only while nobody talks', async () => {
  second = await tab();
  await second.panel.getByText('Active in another tab').first().waitFor();
  assert((await phonesOfMaya()) === 1, `${await phonesOfMaya()} phones are registered`);
  await callTom();
  await second.panel.getByRole('region', { name: 'In a call with Tom Becker' }).waitFor();
  assert(!(await button(second.panel, 'Use it here').isVisible()), 'the line can be taken in a call');
  await button(second.panel, 'Mute').click();
  await until(() => tom.heard().level < 60, () => `Tom hears ${JSON.stringify(tom.heard())}`);
  await button(second.panel, 'Mute').click();
  await both(maya, tom, MAYA_HZ);
  await hangUp(second);
  await tom.event('ended');
  await button(second.panel, 'Use it here').click();
  await second.panel.getByText('Ready', { exact: true }).waitFor();
  await panel.getByText('Active in another tab').first().waitFor();
  await until(async () => (await phonesOfMaya()) === 1, 'one registration');
  tom.say('dial 1001');
  await answer(second);
  await tom.event('up');
  await both(second, tom, MAYA_HZ);
  tom.say('hangup');
  await tom.event('ended');
});

await check('a call is moved to the other tab: both hear each other there, and the first one shows it', async () => {
  await callTom(second);
  await both(second, tom, MAYA_HZ);
  await button(panel, 'Move the call here').click();
  await panel.getByText('Ready', { exact: true }).waitFor();
  await talking(maya);
  await both(maya, tom, MAYA_HZ);
  await second.panel.getByText('Active in another tab').first().waitFor();
  await second.panel.getByRole('region', { name: 'In a call with Tom Becker' }).waitFor();
  assert(!tom.events.some((one) => one.event === 'ended'), 'Tom was hung up on');
  await button(second.panel, 'Move the call here').click();
  await talking(second);
  await both(second, tom, MAYA_HZ);
  await hangUp(second);
  await tom.event('ended');
  await until(async () => (await phonesOfMaya()) === 1, 'one registration');
});

await check('the phone in a window of its own: it takes the line, rings, answers; closed, the line comes back', async () => {
  const opened = context.waitForEvent('page');
  await button(panel, 'Open the phone in its own window').click();
  const popup = await opened;
  const alone = { page: popup, context, panel: popup.getByRole('main') };
  await alone.panel.getByText('Ready', { exact: true }).waitFor();
  assert(!(await popup.getByRole('navigation').count()), 'the menu is there');
  assert((await popup.title()).startsWith('Phone'), await popup.title());
  await panel.getByText('Active in another tab').first().waitFor();
  await second.panel.getByText('Active in another tab').first().waitFor();
  const wrong = await axe(popup);
  assert(wrong.length === 0, wrong.join());
  tom.say('dial 1001');
  await answer(alone);
  await tom.event('up');
  await both(alone, tom, MAYA_HZ);
  tom.say('hangup');
  await tom.event('ended');
  await popup.close();
  const has = (one) => one.panel.getByText('Ready', { exact: true }).isVisible();
  await until(async () => (await has(maya)) || has(second), 'the line in a tab');
  await until(async () => (await phonesOfMaya()) === 1, 'one registration');
  if (await button(second.panel, 'Use it here').isVisible()) await button(second.panel, 'Use it here').click();
  await second.panel.getByText('Ready', { exact: true }).waitFor();
});

await check('the tab with the line is closed in a call: the browser asks, and the other tab picks the call up', async () => {
  await callTom(second);
  await both(second, tom, MAYA_HZ);
  const asked = second.page.waitForEvent('dialog').then((dialog) => dialog.accept());
  await second.page.close({ runBeforeUnload: true });
  await asked;
  await tom.hearsMusic(MAYA_HZ);
  await button(panel, 'Pick the call up again').click({ timeout: 15_000 });
  await talking(maya);
  await both(maya, tom, MAYA_HZ);
  await hangUp(maya);
  await tom.event('ended');
});

await check('WebRTC is blocked, or the microphone: the desk phone is offered, rings first, and then the number; from the menu of a number too', async () => {
  const desk = await startPhone(house, '1001', 'northwind.localhost', DESK_HZ);
  const other = await browser.newContext({ viewport: { width: 320, height: 720 }, reducedMotion: 'reduce' });
  other.setDefaultTimeout(10_000);
  await other.addInitScript(() => {
    if (localStorage.getItem('deaf')) MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    else delete window.RTCPeerConnection;
  });
  const blocked = { page: await other.newPage() };
  blocked.panel = blocked.page.getByRole('complementary', { name: 'Phone' });
  const shown = async () => {
    if (!(await blocked.panel.isVisible())) await blocked.page.getByRole('button', { name: /^Phone/ }).first().click();
    await idle(blocked);
  };
  const connected = async () => {
    await desk.event('ringing');
    await blocked.panel.getByText('Your desk phone rings. Answer it there, then Tom Becker is called.').or(blocked.panel.getByText('Your desk phone rings. Answer it there, then 1002 is called.')).waitFor();
    assert(!tom.events.some((one) => one.event === 'ringing'), 'Tom rings before anybody answered at the desk');
    desk.say('answer');
    await desk.event('up');
    await tom.event('ringing');
    tom.say('answer');
    await tom.event('up');
    await Promise.all([desk.hears(TOM_HZ), tom.hears(DESK_HZ)]);
    tom.say('hangup');
    await desk.event('ended');
    tom.events.length = 0;
  };
  try {
    await signIn(blocked.page, house.url, 'maya@northwind.localhost');
    await shown();
    await dial(blocked, '1002');
    await blocked.panel.getByText('This browser does not let pages make calls (WebRTC is blocked).').waitFor();
    const offer = blocked.panel.getByRole('region', { name: 'Call ended' }).getByRole('button', { name: 'Call with my desk phone' });
    await offer.waitFor();
    const bad = [...(await axe(blocked.page)), ...(await overflow(blocked.page))];
    assert(!bad.length, bad.join('; '));
    await offer.click();
    await connected();
    await blocked.page.evaluate(() => localStorage.setItem('deaf', '1'));
    await blocked.page.reload();
    await shown();
    await dial(blocked, '1002');
    await blocked.panel.getByText('The call needs a microphone.').waitFor();
    await offer.click();
    await connected();
    await shown();
    await blocked.panel.getByRole('textbox', { name: 'Name or number' }).fill('1002');
    await button(blocked.panel, 'Call with my desk phone').last().click();
    await desk.event('ringing');
    await button(blocked.panel, 'Cancel this call').click();
    await desk.event('ended');
    await button(blocked.panel, 'Dismiss').waitFor({ state: 'detached' }); // nothing is told any more, no failure either
    assert(!tom.events.some((one) => one.event === 'ringing'), 'Tom rings though the call was taken back');
    await blocked.panel.getByRole('textbox', { name: 'Name or number' }).fill('4711');
    await button(blocked.panel, 'Call with my desk phone').last().click();
    await blocked.panel.getByRole('alert').filter({ hasText: 'leads nowhere: there is no number 4711 here' }).waitFor();
    await page.goto(`${house.url}/calls`);
    await page.getByRole('main').getByRole('row').filter({ hasText: 'Tom Becker' }).first().getByRole('button', { name: /^More for/ }).click();
    await page.getByRole('menuitem', { name: 'Call with my desk phone' }).click();
    await desk.event('ringing');
    desk.say('reject 603');
    await desk.event('ended');
    assert(!tom.events.some((one) => one.event === 'ringing'), 'Tom rings though the call was declined at the desk');
  } finally {
    await other.close();
    await desk.close();
    await page.goto(`${house.url}/`);
    await panel.getByText('Ready', { exact: true }).waitFor();
  }
});

await check('nothing is left', () => until(async () => (await (await fetch(`${house.url}/healthz`)).json()).calls === 0, 'calls are left'));

await end('softphones', { browser, complaints: maya.complaints, house });
