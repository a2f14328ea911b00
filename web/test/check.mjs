// Named checks against the invented server: each with a new session and an empty window, and ends under axe and with an ear for complaints.
import { axe, launch, watchedPage } from './browser.mjs';
import { startServer } from './mock/server.mjs';

export const server = await startServer();
const browser = await launch();
let failed = 0;

const only = process.argv[2] ? new RegExp(process.argv[2]) : null;

export async function check(name, who, run) {
  if (only && !only.test(name)) return;
  const email = who && !who.includes('@') ? `${who}@northwind.localhost` : who;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', permissions: ['microphone', 'clipboard-write'], acceptDownloads: true });
  context.setDefaultTimeout(6000);
  const { page, complaints } = await watchedPage(context, [/status of (401|403|404|409|412|422|429|500)/, /ERR_INTERNET_DISCONNECTED|ERR_FAILED/, /WebSocket connection/]);
  try {
    if (email) await context.request.post(`${server.url}/api/v1/login`, { data: { email, password: 'carillon-demo' } });
    await run(page, context);
    const bad = [...(await axe(page)), ...complaints];
    if (bad.length) throw new Error(bad.join('\n'));
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${name}\n    ${String(error.message).split('\n').slice(0, 8).join('\n    ')}`);
  }
  await context.close();
}

export const assert = (truth, message) => {
  if (!truth) throw new Error(message);
};
export const api = (path) => `${server.url}/api/v1${path}`;
export const answer = (status, body) => (route) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) });
export const go = (page, path) => page.goto(server.url + path);

export async function end() {
  await browser.close();
  await server.close();
  console.log(failed ? `${failed} failed` : 'all states ok');
  process.exit(failed ? 1 : 0);
}
