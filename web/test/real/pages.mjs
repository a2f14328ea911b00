// Every page of the portal with the real program behind it: axe, console, CSP, width; a picture of each.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { axe, follow, launch, overflow, show, signIn, smallTargets, watchedPage } from '../browser.mjs';
import { startHouse } from './house.mjs';

const screens = fileURLToPath(new URL('../../../build/screens/', import.meta.url));
// A page is loaded once with a mouse and once by touch; axe finds by structure and colour, and looks at the last of each.
const WINDOWS = [
  { touch: false, sizes: [[1440, 900, 'light'], [820, 1100, 'dark']] },
  { touch: true, sizes: [[390, 844, 'dark'], [390, 844, 'light']] },
];
mkdirSync(screens, { recursive: true });

const house = await startHouse();
const browser = await launch();
let failed = 0;

async function first(page, path) {
  const answer = await page.request.get(`${house.url}/api/v1/${path}`);
  const { rows } = await answer.json();
  return rows[0]?.id;
}

/** Path and name of each page of a person; ids come from the program. */
const people = {
  maya: async (page) => [['home', '/'], ['calls', '/calls'], ['call', `/calls/${await first(page, 'calls')}`], ['account', '/account'], ['voicemail', '/voicemail'], ['follow-me', '/follow-me'], ['feature-codes', '/feature-codes'], ['numbers', '/numbers'],
    ['fax-send', '/fax/send'], ['fax-sent', '/fax/sent'], ['fax-received', '/fax/received']],
  tom: async () => [['my-queues', '/my-queues']],
  ana: async () => [['home', '/'], ['calls', '/calls'], ['account', '/account']],
  admin: async (page) => [['home', '/'], ['calls', '/calls'], ['extensions', '/extensions'], ['extension-new', '/extensions/new'],
    ['extension', `/extensions/${await first(page, 'extensions')}`], ['users', '/users'], ['user-new', '/users/new'],
    ['user', `/users/${await first(page, 'users')}`], ['registrations', '/registrations'], ['queues', '/queues'], ['queue', `/queues/${await first(page, 'queues')}`], ['numbers', '/numbers'], ['live', '/live'], ['account', '/account']],
};
const email = (who) => `${who}@${who === 'ana' ? 'harbor' : 'northwind'}.localhost`;

async function see(page, complaints, name, size, last) {
  const [width, , theme] = size;
  await show(page, size);
  await page.screenshot({ path: `${screens}${name}-${width}-${theme}.png` });
  const bad = [...(await (last ? axe : smallTargets)(page)), ...(await overflow(page)).map((text) => `wide ${text}`),
    ...complaints.splice(0)];
  if (await page.getByText(/went wrong|could not be loaded/i).count()) bad.push('the page shows an error');
  if (bad.length) failed += 1;
  console.log(`${bad.length ? 'not ok' : 'ok'} ${name}-${width}-${theme}${bad.length ? `\n    ${bad.join('\n    ')}` : ''}`);
}

async function look(page, complaints, name, sizes) {
  // Not until the network is idle, which it never is: the stream of events stays open.
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.sk'), null, { timeout: 5000 }).catch(() => {});
  await page.waitForTimeout(200);
  for (const size of sizes) await see(page, complaints, name, size, size === sizes.at(-1));
}

for (const { touch, sizes } of WINDOWS) {
  const [width, height, colorScheme] = sizes.at(-1);
  const open = () => browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce', hasTouch: touch, permissions: ['microphone'] });
  const out = await open();
  const stranger = await watchedPage(out, [/401 \(Unauthorized\)/]);
  await stranger.page.goto(`${house.url}/sign-in`);
  await look(stranger.page, stranger.complaints, 'sign-in', sizes);
  await out.close();
  for (const [who, pages] of Object.entries(people)) {
    const context = await open();
    context.setDefaultTimeout(10_000);
    const { page, complaints } = await watchedPage(context);
    try {
      await signIn(page, house.url, email(who));
      complaints.splice(0, complaints.length, ...complaints.filter((text) => !/401 \(Unauthorized\)/.test(text)));
      for (const [name, path] of await pages(page)) {
        await follow(page, path);
        await page.getByRole('main').waitFor();
        await look(page, complaints, `${who}-${name}`, sizes);
      }
    } catch (error) {
      failed += 1;
      console.log(`not ok ${who} ${width}\n    ${String(error.message).split('\n').slice(0, 6).join('\n    ')}`);
    }
    await context.close();
  }
}

await browser.close();
for (const text of await house.close()) {
  failed += 1;
  console.log(`complaint: ${text}`);
}
console.log(failed ? `${failed} failed` : 'all pages ok');
process.exit(failed ? 1 : 0);
