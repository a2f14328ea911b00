// A trunk to a carrier of our own, set up in the browser: what its switches make the carrier see, and who hears how it stands.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyPort, apiOf, startCarrier, startOffice, until, visitor } from './house.mjs';

const FAR = '+17775550100', MACHINE = '+17775550200', ANA = '+16285550177', ANA_HZ = 1030;
const folder = mkdtempSync(join(tmpdir(), 'carillon-carrier-')), certificate = join(folder, 'carrier.pem');
const sealed = await startCarrier({ spare: await anyPort() }, 'tls', certificate, '127.0.0.1');
const { house, browser, page, main, menu, press, save, complaints, maya, tom, ana, check, end } = await startOffice('admin@localhost', {
  maya: ['1001@northwind.localhost', 440], tom: ['1002@northwind.localhost', 1390], ana: ['1001@harbor.localhost', ANA_HZ],
}, { house: { clock: true, conf: { CARILLON_TRUNK_CA: certificate } } });
const carrier = await startCarrier(house);
const field = (name) => main.getByLabel(name, { exact: true });
const toggle = (name) => main.getByRole('switch', { name, exact: true });

/** What is switched, chosen or typed in a trunk's form. */
async function set(values, trunk = 'Carrier') {
  await menu('Trunks');
  await main.getByRole('link', { name: trunk, exact: true }).click();
  for (const [label, value] of Object.entries(values)) {
    const control = typeof value === 'boolean' ? toggle(label) : field(label).or(field(`${label} (optional)`));
    if (typeof value === 'boolean') await control.setChecked(value);
    else if (await control.evaluate((element) => element.matches('select'))) await control.selectOption({ label: value });
    else await control.fill(value);
  }
  await save(`Trunk ${trunk} saved`);
}

/** Maya dials, and the carrier sees this of the call. */
async function sees(text, number = FAR) {
  carrier.lines.length = 0;
  maya.say(`dial ${number}`);
  await carrier.says(text);
  await maya.event('ended');
}

/** Ana rings by the trunk that leads back here. */
async function ringsAna(who) {
  who.say(`dial ${ANA}`);
  await ana.event('ringing');
}

async function over(...who) {
  who[0].say('hangup');
  await Promise.all(who.map((phone) => phone.event('ended')));
}

async function isRefused(who, number, code) {
  who.say(`dial ${number}`);
  const last = await who.event('ended');
  if (last.code !== code) throw new Error(`${number} ends with ${last.code}`);
}

await main.getByRole('button', { name: 'Work here in Northwind Dental' }).click();
await page.getByRole('region', { name: 'Working in Northwind Dental' }).waitFor();

await check('a trunk with a password: nothing is sent until it shall register there, then it is registered and its calls ring', async () => {
  await menu('Trunks');
  await main.getByRole('link', { name: 'New trunk' }).click();
  await main.getByLabel('Name', { exact: true }).fill('Carrier');
  await main.getByLabel('Host').fill('127.0.0.1');
  await main.getByLabel('Port', { exact: true }).fill(String(carrier.port));
  await main.getByLabel('Signs in by').selectOption({ label: 'User name and password' });
  await main.getByLabel('User name').fill('cust');
  await main.getByRole('textbox', { name: 'Password' }).fill('geheim');
  await save('Trunk Carrier created', 'Create');
  await menu('Outbound routes');
  await main.getByRole('link', { name: 'New route' }).click();
  await main.getByLabel('Numbers that begin with').fill('+1777');
  await main.getByLabel('Through').selectOption({ label: 'Carrier' });
  await save('Route created', 'Create');
  maya.say(`dial ${FAR}`);
  await maya.event('ended');
  if (carrier.lines.some((line) => line.startsWith('challenges'))) throw new Error('it is asked to register us');
  await set({ 'Register there': true });
  await carrier.says('registered 1');
  await maya.event('ringing');
  await main.getByText('Registered', { exact: true }).waitFor();
});

await check('numbers go with their plus, or without', async () => {
  for (const plus of [false, true]) {
    await set({ 'Numbers with a plus': plus });
    await sees(` for ${plus ? FAR : FAR.slice(1)}.`);
  }
});

await check('the carrier’s fax machine is given T.38, or refused', async () => {
  const { ask } = await apiOf(house, 'maya@northwind.localhost');
  const { id } = await ask('POST', '/fax-documents?name=fax.pdf', readFileSync(new URL('../../../test/scene/fax.pdf', import.meta.url)));
  await until(async () => (await ask('GET', `/fax-documents/${id}`)).state === 'ready', 'the document is ready', 20_000);
  for (const taken of [false, true]) {
    await set({ 'Faxes by T.38': taken });
    await ask('POST', '/faxes', { documentId: id, to: MACHINE, tries: 1 });
    await carrier.says(`fax: T.38 ${taken ? 'taken' : 'refused'}`, 20_000);
  }
});

await check('codecs, keys, and where the caller’s number stands: as chosen, so the carrier sees them', async () => {
  const identity = 'Caller’s number stands in', keys = 'Keys (DTMF)';
  await set({ Codecs: 'pcma, g722', [identity]: 'P-Asserted-Identity' });
  await sees(' with pai codecs 8 9 101.');
  await set({ Codecs: 'pcmu', [identity]: 'Remote-Party-ID', [keys]: 'SIP INFO' });
  await sees(' with rpid codecs 0.');
  await set({ [identity]: 'From only', [keys]: 'Telephone events (RFC 4733)' });
  await sees(' with neither codecs 0 101.');
  await sees(' from "Anonymous" <sip:anonymous@anonymous.invalid>', `*67${FAR}`);
});

await check('who forwarded a call is named as chosen, or not', async () => {
  const { me, ask } = await apiOf(house, 'tom@northwind.localhost');
  await ask('PUT', `/extensions/${me.extension.id}/settings`, { forwardAll: true, forwardAllNumber: FAR });
  await sees(' from "Tom Becker"', '1002');
  await set({ 'Who forwarded a call': 'Diversion (RFC 5806)' });
  await sees(';reason=unconditional;counter=1.', '1002');
  await set({ 'Who forwarded a call': 'History-Info (RFC 7044)' });
  await sees('index=1.1;mp=1.', '1002');
  await ask('PUT', `/extensions/${me.extension.id}/settings`, { forwardAll: false });
});

await check('keys go by a trunk in each of its ways', async () => {
  for (const way of ['Tones in the audio', 'SIP INFO', 'Telephone events (RFC 4733)']) {
    await set({ 'Keys (DTMF)': way }, 'Loop-back');
    await ringsAna(maya);
    ana.say('answer');
    await ana.hears(440);
    maya.say('press 15#');
    await until(() => ana.heard().keys === '15#', () => `${way}: ${JSON.stringify(ana.heard())}`, 10_000);
    await over(maya, ana);
  }
});

await check('a trunk takes as many calls at once, and in a second, as its form says', async () => {
  await set({ 'Calls at once': '2' }, 'Loop-back'); // a call that comes back takes two
  await ringsAna(maya);
  await isRefused(tom, ANA, 503);
  await over(maya, ana);
  await ringsAna(tom);
  await over(tom, ana);
  await set({ 'Calls at once': '0', 'Calls per second': '1' }, 'Loop-back');
  await house.pass(2000);
  for (const one of [maya, tom]) one.events.length = 0;
  tom.say(`dial ${ANA}`);
  await ringsAna(maya);
  const refused = await until(() => [maya, tom].find((one) => one.events.some(({ event, code }) => event === 'ended' && code === 503)), 'one of two in a second is refused');
  refused.events.length = 0;
  await over(refused === tom ? maya : tom, ana);
  await house.pass(2000);
  await ringsAna(tom);
  await over(tom, ana);
  await set({ 'Calls per second': '0' }, 'Loop-back');
});

await check('numbers that are called for help are the organisation’s own', async () => {
  await menu('Policies');
  await field('Called for help').fill('118');
  await save('Policy saved');
  await sees(' for 118.', '118');
  carrier.lines.length = 0;
  await isRefused(maya, '911', 404);
  if (carrier.lines.length) throw new Error(`911 goes out: ${carrier.lines}`);
  await field('Called for help').fill('');
  await save('Policy saved');
  await sees(' for 911.', '911');
});

await check('by TLS the carrier is registered with, and gets its calls', async () => {
  await set({ Transport: 'TLS (encrypted)', Port: String(sealed.port) });
  await sealed.says('registered 1');
  await main.getByText('Registered', { exact: true }).waitFor();
  maya.say(`dial ${FAR}`);
  await sealed.says(` for ${FAR}.`);
  await maya.event('ended');
  await set({ Transport: 'UDP', Port: String(carrier.port) });
  await carrier.says('registered');
});

await check('who is foretold what happens to a call sees a trunk fail, without a reload', async () => {
  const { context, page: one, complaints: more, enter } = await visitor(browser, house, 'maya@northwind.localhost');
  const { me, ask } = await apiOf(house, 'maya@northwind.localhost');
  await ask('PUT', `/extensions/${me.extension.id}/settings`, { forwardAll: true, forwardAllNumber: FAR });
  await enter();
  await one.goto(`${house.url}/reach`);
  const flow = one.getByRole('list', { name: 'The way of the call' });
  await flow.getByText(/777/).first().waitFor();
  if (/Trunk/.test(await flow.innerText())) throw new Error(await flow.innerText());
  await set({ Active: false });
  await flow.getByText(/Trunk Carrier is switched off/).waitFor();
  await set({ Active: true });
  await flow.getByText(/Trunk Carrier/).waitFor({ state: 'detached' });
  await main.getByRole('textbox', { name: 'Password' }).fill('falsch');
  await save('Trunk Carrier saved');
  await flow.getByText(/Trunk Carrier is down \(403 Forbidden\)/).waitFor();
  complaints.push(...more);
  await context.close();
});

carrier.close();
sealed.close();
rmSync(folder, { recursive: true });
await end('trunks');
