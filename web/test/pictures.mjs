// The pictures of docs/guide, from the portal with made-up data: light and small. script/guide-pictures runs it.
import { mkdirSync } from 'node:fs';
import { launch, signIn, watchedPage } from './browser.mjs';
import { extensions, queues } from './mock/data.mjs';
import { startServer } from './mock/server.mjs';

const only = process.argv[2] ? new RegExp(process.argv[2]) : null;
const folder = new URL('../../docs/guide/pictures/', import.meta.url).pathname;
mkdirSync(folder, { recursive: true });

const openPhone = async (page) => {
  const panel = page.getByRole('complementary', { name: 'Phone' });
  if (!(await panel.isVisible())) await page.getByRole('button', { name: /^Phone/ }).first().click();
  await panel.getByText('Ready', { exact: true }).waitFor();
};

/** Name, address, whose, what to do there first, and how high the picture is. */
const PICTURES = [
  ['sign-in', '/sign-in', null, null, 620],
  ['home', '/', 'maya', openPhone, 800],
  ['calls', '/calls', 'maya', null, 620],
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
  ['sounds', '/sounds', 'admin', null, 560],
  ['numbers', '/numbers', 'admin', null, 560],
  ['recordings', '/recordings', 'admin', null, 560],
  ['extension', `/extensions/${extensions[0].id}`, 'admin', null, 760],
  ['users', '/users', 'admin', null, 520],
];

const server = await startServer();
const browser = await launch();
let failed = 0;

async function take(page, [name, address, , first, height]) {
  // Narrow enough that the phone is not open by itself, except where it is what is shown.
  await page.setViewportSize({ width: first === openPhone ? 1280 : 1120, height });
  await page.goto(server.url + address);
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.sk'));
  await first?.(page);
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${folder}${name}.png` });
  console.log(name);
}

for (const who of [null, 'maya', 'priya', 'admin']) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, colorScheme: 'light', reducedMotion: 'reduce', permissions: ['microphone'] });
  const { page, complaints } = await watchedPage(context, [/401 \(Unauthorized\)/]);
  if (who) await signIn(page, server.url, `${who}@northwind.localhost`);
  for (const picture of PICTURES.filter(([name, , whose]) => whose === who && (!only || only.test(name)))) await take(page, picture);
  failed += complaints.length;
  for (const text of complaints) console.log(`complaint: ${text}`);
  await context.close();
}
await browser.close();
await server.close();
process.exit(failed ? 1 : 0);
