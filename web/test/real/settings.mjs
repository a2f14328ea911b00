// What a person sets in the browser, proved by calls: a phone dials, and what it hears and where it rings is measured.
import { createHmac } from 'node:crypto';
import { startServer } from '../mock/server.mjs';
import { apiOf, played, sleep, startOffice, until, visitor, walker } from './house.mjs';
import { button, dial, idle, incoming as incomingAt, person, ready } from './softphone.mjs';

const MAYA_HZ = 600, TOM_HZ = 1390, PRIYA_HZ = 1850;
const GREETING_MS = 3000, MESSAGE_MS = 5000, NOTHING_MS = 700;
const other = await startServer(); // another telephone system
const { house, browser, page, complaints, tom, priya, check, end } = await startOffice('maya@northwind.localhost', {
  tom: ['1002@northwind.localhost', TOM_HZ], priya: ['1003@northwind.localhost', PRIYA_HZ],
}, { tone: MAYA_HZ, allowed: [/AudioContext/], house: { conf: { CARILLON_PHONE_SERVERS: other.url.replace('http', 'ws') } } });
const panel = page.getByRole('complementary', { name: 'Phone' });
await ready({ panel });
const menu = (name) => page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name }).click();
const incoming = page.getByRole('region', { name: 'Incoming call' });

async function tomHangsUp() {
  tom.say('hangup');
  await tom.event('ended');
}

await check('a greeting recorded in the browser, Do Not Disturb on the Dashboard: the caller hears it and leaves a message', async () => {
  await menu('Voicemail');
  await page.getByRole('button', { name: 'Record a greeting' }).click();
  await sleep(GREETING_MS);
  await page.getByRole('button', { name: 'Stop and use it' }).click();
  await page.getByText(/^Callers now hear/).waitFor();
  await menu('Dashboard');
  await page.getByRole('switch', { name: 'Do not disturb' }).check();
  await page.getByText('No device of yours rings').waitFor();
  tom.say('dial 1001');
  await tom.event('up', 15_000);
  await tom.hears(MAYA_HZ, 15_000);
  if (await incoming.isVisible()) throw new Error('the page rings');
  await sleep(MESSAGE_MS + GREETING_MS);
  await tomHangsUp();
});

await check('the message comes to the page by itself, and says what was said', async () => {
  await page.getByText(/^2 new messages/).waitFor(); // one was in the demo
  await menu('Voicemail');
  await page.getByRole('button', { name: 'Play the message from Tom Becker' }).click();
  let hz = 0;
  await until(async () => {
    hz = await played(page);
    return Math.abs(hz - TOM_HZ) <= 12;
  }, () => `the page plays ${hz} Hz`);
  await page.getByText('1 new message, 2 heard').waitFor();
  await page.getByRole('main').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Play the message from Tom Becker' }).waitFor();
});

await check('Do Not Disturb off: the page rings again', async () => {
  await menu('Dashboard');
  await page.getByRole('switch', { name: 'Do not disturb' }).uncheck();
  await page.getByText('No device of yours rings').waitFor({ state: 'detached' });
  tom.say('dial 1001');
  await incoming.waitFor();
  await tomHangsUp();
  await incoming.waitFor({ state: 'detached' });
});

await check('forward all, saved on My account: the other phone rings, the page does not', async () => {
  await menu('My account');
  const card = page.getByRole('region', { name: 'Extension settings' });
  await card.getByRole('switch', { name: 'Forward all calls' }).check();
  const all = card.getByRole('group', { name: 'Forward all calls' });
  await all.getByLabel('Forward to').fill('1003');
  await all.getByLabel('Ends').selectOption({ label: 'In four hours' });
  await card.getByRole('button', { name: 'Save extension settings' }).click();
  await page.getByText('Extension settings saved').waitFor();
  await sleep(1000); // what the page asks for because it was saved is here
  tom.say('dial 1001');
  await priya.event('ringing');
  if (await incoming.isVisible()) throw new Error('the page rings');
  priya.say('answer');
  await Promise.all([tom.hears(PRIYA_HZ), priya.hears(TOM_HZ)]);
  await tomHangsUp();
  await priya.event('ended');
  await all.getByText(/Took 1 call today/).waitFor(); // by itself
  await card.getByRole('switch', { name: 'Forward all calls' }).uncheck();
  const saved = page.waitForResponse((answer) => answer.request().method() !== 'GET' && answer.ok());
  await card.getByRole('button', { name: 'Save extension settings' }).click();
  await saved;
  tom.say('dial 1001');
  await incoming.waitFor();
  await tomHangsUp();
});

await check('follow me, saved on its page: two phones ring, the later one after its delay', async () => {
  await menu('Follow me');
  await page.getByRole('button', { name: 'New rule' }).click();
  await page.getByLabel('Extension', { exact: true }).selectOption({ label: '1001 Maya Chen' });
  await page.getByRole('switch', { name: 'Enable follow me' }).check();
  await page.getByRole('button', { name: 'Add destination' }).click();
  await page.getByRole('button', { name: 'Add destination' }).click();
  const second = page.getByRole('group', { name: 'Destination 2' });
  await second.getByLabel('Extension or number').fill('1003');
  await second.getByLabel('Delay (s)').fill('2');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Follow me saved').waitFor();
  tom.say('dial 1001');
  await incoming.waitFor();
  const rang = Date.now();
  await priya.event('ringing');
  if (Date.now() - rang < 1000) throw new Error(`the second rang after ${Date.now() - rang} ms`);
  priya.say('answer');
  await Promise.all([tom.hears(PRIYA_HZ), priya.hears(TOM_HZ)]);
  await incoming.waitFor({ state: 'detached' });
  await tomHangsUp();
  await priya.event('ended');
  await page.getByRole('link', { name: 'Test it with a call' }).click();
  await page.getByRole('button', { name: 'Call me' }).waitFor();
  const hers = await apiOf(house, 'priya@northwind.localhost');
  const forwarded = (forwardAll) => hers.ask('PUT', `/extensions/${hers.me.extension.id}/settings`, { forwardAll, forwardAllNumber: '1002' });
  await forwarded(true);
  await menu('Follow me');
  await page.getByText(/^Priya Raman: every call is forwarded to Tom Becker .*: this place does not ring\.$/).waitFor();
  await forwarded(false);
  await page.getByRole('switch', { name: 'Enable follow me' }).uncheck();
  const saved = page.waitForResponse((answer) => answer.request().method() !== 'GET' && answer.ok());
  await page.getByRole('button', { name: 'Save' }).click();
  await saved;
});

await check('a feature code dialled from its page changes the setting that the Dashboard shows', async () => {
  await menu('Feature codes');
  await page.getByText('Recording on and off').waitFor();
  await page.getByRole('button', { name: 'Dial Do Not Disturb on', exact: true }).click();
  await menu('Dashboard');
  await page.getByText('No device of yours rings').waitFor({ timeout: 15_000 });
  await page.getByRole('switch', { name: 'Do not disturb' }).uncheck();
  await page.getByText('No device of yours rings').waitFor({ state: 'detached' });
});

/** RFC 6238, as an app computes it; the next period's code is good too, and each is good once. */
function totp(secret, ahead = 0) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const count = Buffer.alloc(8);
  count.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac('sha1', key).update(count).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Somebody with a window of their own; its complaints count when it is closed. */
async function guest(email) {
  const one = await visitor(browser, house, email, { permissions: ['clipboard-read', 'clipboard-write'], allowed: [/AudioContext/, /403 \(Forbidden\)/] });
  return { ...one, leave: () => { complaints.push(...one.complaints); return one.context.close(); } };
}

/** The app is scanned, its first code proves it, and the recovery codes are kept; the app's key is returned. */
async function setUpStep(one) {
  await one.getByRole('button', { name: 'Set up', exact: true }).click();
  await one.getByLabel('Your portal password').fill('carillon-demo');
  await one.getByRole('button', { name: 'Go on' }).click();
  const secret = (await one.getByRole('dialog').locator('.mono').innerText()).replace(/ /g, '');
  await one.getByLabel('Code of the app').fill(totp(secret));
  await one.getByRole('button', { name: 'Turn on' }).click();
  const recovery = await one.getByRole('dialog').getByRole('listitem').first().innerText();
  await one.getByRole('button', { name: 'I have kept them' }).click();
  return { secret, recovery };
}

await check('a second step: set up by an app, asked for at the sign-in, a recovery code is good once', async () => {
  const { page: one, context, enter: first, leave } = await guest('priya@northwind.localhost');
  const code = one.getByLabel('Code', { exact: true });
  async function again() {
    await context.clearCookies();
    await one.goto(`${house.url}/sign-in`);
    await one.getByLabel('Email').fill('priya@northwind.localhost');
    await one.getByRole('textbox', { name: 'Password' }).fill('carillon-demo');
    await one.getByRole('button', { name: 'Sign in' }).click();
    await code.waitFor();
  }
  async function enter(text) {
    await code.fill(text);
    await one.getByRole('button', { name: 'Sign in' }).click();
  }
  await first();
  await one.goto(`${house.url}/account`);
  const { secret, recovery } = await setUpStep(one);
  await one.getByText('10 recovery codes left').waitFor();
  await again();
  await enter(totp(secret, 1));
  await one.getByRole('navigation', { name: 'Sections' }).waitFor();
  await again();
  await enter(recovery);
  await one.getByRole('navigation', { name: 'Sections' }).waitFor();
  await again();
  await enter(recovery);
  await one.getByText('The code is wrong.').waitFor();
  await leave();
});

await check('a second step asked of every administrator: who has none sets it up before anything else; not asked: the portal opens', async () => {
  const boss = await guest('admin@northwind.localhost'), deputy = await guest('tom@northwind.localhost');
  const { ask } = await apiOf(house, 'admin@northwind.localhost');
  await ask('PATCH', `/users/${(await apiOf(house, 'tom@northwind.localhost')).me.user.id}`, { role: 'admin' });
  const rule = boss.page.getByRole('switch', { name: 'Every administrator must have a second step' });
  const sections = deputy.page.getByRole('navigation', { name: 'Sections' });
  await boss.enter();
  await boss.page.goto(`${house.url}/account`);
  await setUpStep(boss.page);
  await deputy.enter();
  await sections.waitFor();
  const asked = (yes) => walker(boss.page).saved(yes ? 'Administrators must have a second step' : 'Administrators may sign in without a second step', () => rule.setChecked(yes));
  await asked(true);
  await deputy.page.goto(`${house.url}/users`);
  await deputy.page.getByRole('heading', { name: 'One more step' }).waitFor();
  if (await sections.isVisible()) throw new Error('the portal is open without it');
  await asked(false);
  await deputy.page.reload();
  await sections.waitFor();
  await asked(true);
  await deputy.page.reload();
  await setUpStep(deputy.page);
  await sections.waitFor();
  await asked(false);
  await Promise.all([boss.leave(), deputy.leave()]);
});

await check('single letters are commands, or do nothing once they are switched off', async () => {
  const letters = async (on) => {
    await page.getByRole('button', { name: /account menu/i }).click();
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
    await page.getByRole('dialog').getByRole('switch', { name: 'Use single letter shortcuts' }).setChecked(on);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  const typed = async (...keys) => {
    await page.getByRole('heading', { level: 1 }).click();
    for (const key of keys) await page.keyboard.press(key);
  };
  const muted = () => tom.heard().level < 60;
  await menu('Dashboard');
  await letters(false);
  await typed('g', 'c', '?', '/');
  await sleep(NOTHING_MS);
  const inField = await page.evaluate(() => document.activeElement.matches('input'));
  if (new URL(page.url()).pathname !== '/' || (await page.getByRole('dialog').count()) || inField) throw new Error(`letters act: ${page.url()}`);
  await idle({ panel });
  await dial({ panel }, '1002');
  await tom.event('ringing');
  tom.say('answer');
  await tom.hears(MAYA_HZ);
  await button(panel, 'Hang up').focus();
  await page.keyboard.press('m');
  await tom.hears(MAYA_HZ);
  await letters(true);
  await button(panel, 'Hang up').focus();
  await page.keyboard.press('m');
  await until(muted, () => `Tom hears ${JSON.stringify(tom.heard())}`);
  await tomHangsUp();
  await typed('/');
  await until(() => page.evaluate(() => document.activeElement.matches('input')), 'the dial box has the focus');
  await page.keyboard.press('Escape');
  await typed('g', 'c');
  await page.waitForURL('**/calls');
  await typed('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
});

await check('typed phone settings are forgotten with the tab, or kept on this device', async () => {
  const one = await person(browser, house.url, 'maya@northwind.localhost');
  for (const kept of [false, true]) {
    await button(one.panel, 'Settings').click();
    await button(one.panel, 'Manual settings').click();
    const form = one.panel.getByRole('form', { name: 'Manual settings' });
    for (const [label, text] of [['Extension', '1004'], ['Domain', 'northwind.localhost'], ['WebSocket server', `${house.url.replace('http', 'ws')}/ws/`]]) await form.getByLabel(label).fill(text);
    await form.getByRole('textbox', { name: 'Password' }).fill('demo-1004');
    await form.getByLabel('Keep on this device').setChecked(kept);
    await button(form, 'Save').click();
    await one.panel.getByText('Ext. 1004').waitFor();
    await ready(one);
    await one.page.close();
    one.page = await one.context.newPage();
    one.panel = one.page.getByRole('complementary', { name: 'Phone' });
    await one.page.goto(house.url);
    await ready(one);
    await one.panel.getByText(kept ? 'Ext. 1004' : 'Ext. 1001').waitFor();
    tom.say(`dial ${kept ? '1004' : '1001'}`);
    await incomingAt(one).waitFor();
    await tomHangsUp();
  }
  complaints.push(...one.complaints);
  await one.context.close();
});

await check('the phone is set to another telephone system that the configuration names, and to none beside', async () => {
  const one = await person(browser, house.url, 'maya@northwind.localhost');
  await button(one.panel, 'Settings').click();
  await button(one.panel, 'Manual settings').click();
  const form = one.panel.getByRole('form', { name: 'Manual settings' });
  for (const [label, text] of [['Extension', '1004'], ['Domain', 'northwind.localhost'], ['WebSocket server', 'ws://127.0.0.1:1/ws/']]) await form.getByLabel(label).fill(text);
  await form.getByRole('textbox', { name: 'Password' }).fill('demo-1004');
  await button(form, 'Test').click();
  await form.getByText('This portal may not connect to that server.', { exact: false }).waitFor();
  await form.getByLabel('WebSocket server').fill(`${other.url.replace('http', 'ws')}/ws/`);
  await button(form, 'Test').click();
  await form.getByText('these settings work').waitFor();
  const from = other.sip.log.length;
  await button(form, 'Save').click();
  await one.panel.getByText('Ext. 1004').waitFor();
  await ready(one);
  await until(() => other.sip.log.slice(from).some((text) => /^REGISTER/.test(text)), 'a registration at the other system');
  await button(one.panel, 'Dialer').click();
  await dial(one, '*43');
  await until(() => other.sip.log.slice(from).some((text) => /^INVITE sip:\*43@/.test(text)), 'a call there');
  complaints.push(...one.complaints.filter((text) => !/^Connecting to 'ws:\/\/127.0.0.1:1\//.test(text)));
  await one.context.close();
});

await end('settings');
