// What a person waits for on a slow line: the portal of the real program, loaded with nothing kept.
// One JSON line a figure, as the other benches print them.
import { launch, signIn, WHOLE } from './browser.mjs';
import { sleep, startHouse } from './real/house.mjs';

/** Slow 4G, as browsers and Lighthouse call it. */
const LINE = { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 };
const TIMES = 5, SETTLED_MS = 1500;
const PAGES = [['sign_in', '/sign-in', false], ['home', '/', true], ['calls', '/calls', true], ['account', '/account', true]];

/** Runs before the page's own code. */
function watch() {
  const seen = { lcp: 0, what: '', cls: 0, task: 0 };
  window.seen = seen;
  const on = (type, hear) => new PerformanceObserver((list) => list.getEntries().forEach(hear)).observe({ type, buffered: true });
  on('largest-contentful-paint', (entry) => {
    seen.lcp = entry.startTime;
    seen.what = `${entry.element?.tagName ?? ''} ${entry.element?.textContent?.slice(0, 40) ?? ''}`;
  });
  on('layout-shift', (entry) => (seen.cls += entry.hadRecentInput ? 0 : entry.value));
  on('longtask', (entry) => (seen.task = Math.max(seen.task, entry.duration)));
}

/** Of several loads: whatever else the machine does makes them only slower. */
const quickest = (list) => Math.min(...list);
const line = (bench, value, unit, limit) => console.log(JSON.stringify({ bench, value: Number(value.toFixed(3)), unit, limit }));

const house = await startHouse();
const browser = await launch(WHOLE);

/** The cookies of somebody who has signed in before. */
async function cookies() {
  const context = await browser.newContext();
  await signIn(await context.newPage(), house.url, 'maya@northwind.localhost');
  const kept = await context.cookies();
  await context.close();
  return kept.filter(({ name }) => !/phone/.test(name));
}

async function load(path, kept) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ['microphone'] });
  await context.addCookies(kept);
  await context.addInitScript(watch);
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  await wire.send('Network.emulateNetworkConditions', LINE);
  await page.goto(house.url + path);
  await page.getByRole('heading').first().waitFor();
  if (kept.length) await page.getByText('Ready', { exact: true }).first().waitFor({ timeout: 30_000 });
  await sleep(SETTLED_MS);
  const seen = await page.evaluate(() => window.seen);
  await context.close();
  return seen;
}

const kept = await cookies();
for (const [name, path, signedIn] of PAGES) {
  const runs = [];
  for (let i = 0; i < TIMES; i += 1) runs.push(await load(path, signedIn ? kept : []));
  console.log(`${name}: ${runs.map(({ lcp }) => `${(lcp / 1000).toFixed(2)} s`).join(', ')}, ${runs[0].what}`);
  line(`portal.${name}.lcp`, quickest(runs.map(({ lcp }) => lcp)) / 1000, 's on slow 4G', 2);
  line(`portal.${name}.cls`, Math.max(...runs.map(({ cls }) => cls)), 'shift', 0.02);
  line(`portal.${name}.task`, quickest(runs.map(({ task }) => task)), 'ms', 200);
}
await browser.close();
await house.close();
process.exit(0);
