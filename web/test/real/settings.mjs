// What a person sets in the browser, proved by calls: a phone dials, and what it hears and where it rings is measured.
import { createHmac } from 'node:crypto';
import { signIn, watchedPage } from '../browser.mjs';
import { launchWithTone, played, sleep, startHouse, startPhone, until } from './house.mjs';

const MAYA_HZ = 600, TOM_HZ = 1390, PRIYA_HZ = 1850;
const GREETING_MS = 3000, MESSAGE_MS = 5000;
const house = await startHouse();
const browser = await launchWithTone(MAYA_HZ);
let failed = 0;

async function check(name, run) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`    main: ${(await page.getByRole('main').innerText()).replace(/\n/g, ' | ').slice(0, 400)}`);
    console.log(`not ok ${name}\n    ${String(error.message).split('\n').slice(0, 8).join('\n    ')}`);
    for (const phone of [tom, priya]) {
      phone.say('hangup');
      phone.events.length = 0;
    }
  }
}

const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ['microphone'], reducedMotion: 'reduce' });
context.setDefaultTimeout(10_000);
const { page, complaints } = await watchedPage(context, [/AudioContext/, /401 \(Unauthorized\)/]);
await signIn(page, house.url, 'maya@northwind.localhost');
await page.getByRole('complementary', { name: 'Phone' }).getByText('Ready', { exact: true }).waitFor({ timeout: 20_000 });
const tom = await startPhone(house, '1002', 'northwind.localhost', TOM_HZ);
const priya = await startPhone(house, '1003', 'northwind.localhost', PRIYA_HZ);
const menu = (name) => page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name }).click();
const incoming = page.getByRole('region', { name: 'Incoming call' });

async function tomHangsUp() {
  tom.say('hangup');
  await tom.event('ended');
}

await check('a greeting recorded in the browser, Do Not Disturb on Home: the caller hears it and leaves a message', async () => {
  await menu('Voicemail');
  await page.getByRole('button', { name: 'Record a greeting' }).click();
  await sleep(GREETING_MS);
  await page.getByRole('button', { name: 'Stop and use it' }).click();
  await page.getByText(/^Callers now hear/).waitFor();
  await menu('Home');
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
  await menu('Home');
  await page.getByRole('switch', { name: 'Do not disturb' }).uncheck();
  await page.getByText('No device of yours rings').waitFor({ state: 'detached' });
  tom.say('dial 1001');
  await incoming.waitFor();
  await tomHangsUp();
  await incoming.waitFor({ state: 'detached' });
});

await check('forward all, saved on My account: the other phone rings, the page does not', async () => {
  await menu('My account');
  const card = page.getByRole('region', { name: 'Calls to me' });
  await card.getByRole('switch', { name: 'Forward all calls' }).check();
  const all = card.getByRole('group', { name: 'Forward all calls' });
  await all.getByLabel('Forward to').fill('1003');
  await all.getByLabel('Ends').selectOption({ label: 'In four hours' });
  await card.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Call settings saved').waitFor();
  tom.say('dial 1001');
  await priya.event('ringing');
  if (await incoming.isVisible()) throw new Error('the page rings');
  priya.say('answer');
  await Promise.all([tom.hears(PRIYA_HZ), priya.hears(TOM_HZ)]);
  await tomHangsUp();
  await priya.event('ended');
  await menu('Home');
  await menu('My account');
  await all.getByText(/Took 1 call today/).waitFor();
  await card.getByRole('switch', { name: 'Forward all calls' }).uncheck();
  await card.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Call settings saved').last().waitFor();
  tom.say('dial 1001');
  await incoming.waitFor();
  await tomHangsUp();
});

await check('follow me, saved on its page: two phones ring, the later one after its delay', async () => {
  await menu('Follow me');
  await page.getByRole('switch', { name: 'Follow me' }).check();
  await page.getByRole('button', { name: 'Add a place' }).click();
  await page.getByRole('button', { name: 'Add a place' }).click();
  const second = page.getByRole('group', { name: 'Place 2' });
  await second.getByLabel('Extension or number').fill('1003');
  await second.getByLabel('Starts after (s)').fill('2');
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
  await page.getByRole('switch', { name: 'Follow me' }).uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Follow me saved').last().waitFor();
});

await check('a feature code dialled from its page changes the setting that Home shows', async () => {
  await menu('Feature codes');
  await page.getByRole('button', { name: 'Dial Do Not Disturb on', exact: true }).click();
  await menu('Home');
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

await check('a second step: set up by an app, asked for at the sign-in, a recovery code is good once', async () => {
  const theirs = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'] });
  theirs.setDefaultTimeout(10_000);
  const { page: one } = await watchedPage(theirs);
  const code = one.getByLabel('Code', { exact: true });
  async function again() {
    await theirs.clearCookies();
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
  await signIn(one, house.url, 'priya@northwind.localhost');
  await one.goto(`${house.url}/account`);
  await one.getByRole('button', { name: 'Set up', exact: true }).click();
  await one.getByLabel('Your portal password').fill('carillon-demo');
  await one.getByRole('button', { name: 'Go on' }).click();
  const secret = (await one.getByRole('dialog').locator('.mono').innerText()).replace(/ /g, '');
  await one.getByLabel('Code of the app').fill(totp(secret));
  await one.getByRole('button', { name: 'Turn on' }).click();
  const recovery = await one.getByRole('dialog').getByRole('listitem').first().innerText();
  await one.getByRole('button', { name: 'I have kept them' }).click();
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
  await theirs.close();
});

for (const text of complaints) {
  failed += 1;
  console.log(`complaint: ${text}`);
}
await browser.close();
await Promise.all([tom.close(), priya.close()]);
for (const text of await house.close()) {
  failed += 1;
  console.log(`complaint: ${text}`);
}
console.log(failed ? `${failed} failed` : 'all settings ok');
process.exit(failed ? 1 : 0);
