// The pictures of docs/guide, from the portal with made-up data: light and small. script/guide-pictures runs it.
import { mkdirSync } from 'node:fs';
import { launch, signIn, watchedPage } from './browser.mjs';
import { calls, extensions, queues } from './mock/data.mjs';
import { startServer } from './mock/server.mjs';

const only = process.argv[2] ? new RegExp(process.argv[2]) : null;
const folder = new URL('../../docs/guide/pictures/', import.meta.url).pathname;
mkdirSync(folder, { recursive: true });

const openPhone = async (page) => {
  const panel = page.getByRole('complementary', { name: 'Phone' });
  if (!(await panel.isVisible())) await page.getByRole('button', { name: /^Phone/ }).first().click();
  await panel.getByText('Ready', { exact: true }).waitFor();
};

/** Somebody calls the other way: Tom's browser, which answers by itself, is the far side. */
const inCall = async (page) => {
  await openPhone(page);
  const panel = page.getByRole('complementary', { name: 'Phone' });
  await far.panel.getByText('Ready', { exact: true }).waitFor();
  await panel.getByRole('textbox', { name: 'Name or number' }).fill('1002');
  await panel.getByRole('button', { name: 'Call', exact: true }).click();
  await far.page.getByRole('region', { name: 'Incoming call' }).getByRole('button', { name: /answer/i }).click();
  await panel.getByText(/^Call time: 0:0[2-9]$/).waitFor();
};

const working = async (page) => {
  await page.getByRole('button', { name: 'Work here in Northwind Dental' }).click();
  await page.getByRole('region', { name: 'Working in Northwind Dental' }).waitFor();
};

/** Name, address, whose, what to do there first, and how high the picture is. */
const PICTURES = [
  ['sign-in', '/sign-in', null, null, 620],
  ['home', '/', 'maya', openPhone, 800],
  ['softphone', '/calls', 'maya', inCall, 760],
  ['calls', '/calls', 'maya', null, 620],
  ['call', `/calls/${calls[0].id}`, 'maya', null, 820],
  ['follow-me', '/follow-me', 'maya', null, 760],
  ['reach', '/reach', 'maya', null, 760],
  ['feature-codes', '/feature-codes', 'maya', null, 620],
  ['voicemail', '/voicemail', 'maya', null, 700],
  ['account', '/account', 'maya', null, 800],
  ['fax-send', '/fax/send', 'maya', async (page) => {
    await page.getByLabel('To', { exact: true }).fill('+1 628 555 0199');
    await page.keyboard.press('Enter');
    await page.locator('input[type=file]').setInputFiles({ name: 'case-20481.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
    await page.getByText('2 pages, about').waitFor();
  }, 760],
  ['fax-sent', '/fax/sent', 'maya', null, 560],
  ['fax-received', '/fax/received', 'maya', null, 560],
  ['ring-groups', '/ring-groups', 'admin', null, 480],
  ['queue', `/queues/${queues[0].id}`, 'admin', null, 900],
  ['my-queues', '/my-queues', 'priya', null, 760],
  ['time-conditions', '/time-conditions', 'admin', null, 480],
  ['call-flows', '/call-flows', 'admin', null, 480],
  ['call-block', '/call-block', 'admin', null, 480],
  ['live', '/live', 'admin', null, 480],
  ['registrations', '/registrations', 'admin', null, 560],
  ['sounds', '/sounds', 'admin', null, 560],
  ['numbers', '/numbers', 'admin', null, 560],
  ['recordings', '/recordings', 'admin', null, 560],
  ['extension', `/extensions/${extensions[0].id}`, 'admin', null, 760],
  ['users', '/users', 'admin', null, 520],
  ['working-in', '/tenants', 'platform', working, 0],
  ['trunks', '/trunks', 'platform', null, 520],
  ['outbound-routes', '/outbound-routes', 'platform', null, 620],
];

const server = await startServer();
const browser = await launch();
let failed = 0;

async function take(page, [name, address, , first, height]) {
  // Narrow enough that the phone is not open by itself, except where it is what is shown.
  await page.setViewportSize({ width: first === openPhone || first === inCall ? 1280 : 1120, height: height || 800 });
  await page.goto(server.url + address);
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.sk'));
  await first?.(page);
  if (!height) return; // only something to do
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${folder}${name}.png` });
  console.log(name);
}

/** Whom Maya talks to */
async function farSide() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ['microphone'] });
  const page = await context.newPage();
  await signIn(page, server.url, 'tom@northwind.localhost');
  return { page, panel: page.getByRole('complementary', { name: 'Phone' }) };
}
const far = await farSide();

for (const who of [null, 'maya', 'priya', 'admin', 'platform']) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, colorScheme: 'light', reducedMotion: 'reduce', permissions: ['microphone'] });
  const { page, complaints } = await watchedPage(context, [/401 \(Unauthorized\)/]);
  if (who) await signIn(page, server.url, who === 'platform' ? 'admin@localhost' : `${who}@northwind.localhost`);
  for (const picture of PICTURES.filter(([name, , whose]) => whose === who && (!only || only.test(name)))) await take(page, picture);
  failed += complaints.length;
  for (const text of complaints) console.log(`complaint: ${text}`);
  await context.close();
}
await browser.close();
await server.close();
process.exit(failed ? 1 : 0);
