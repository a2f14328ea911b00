// A trunk to a carrier of our own, set up in the browser: what its switches make the carrier see, and who hears how it stands.
import { readFileSync } from 'node:fs';
import { apiOf, startCarrier, startOffice, until, visitor } from './house.mjs';

const FAR = '+17775550100', MACHINE = '+17775550200';
const { house, browser, page, main, menu, press, complaints, maya, check, end } = await startOffice('admin@localhost', { maya: ['1001@northwind.localhost', 440] });
const carrier = await startCarrier(house);
const toggle = (name) => main.getByRole('switch', { name, exact: true });

async function save(text, action = 'Save') {
  await Promise.all([page.waitForResponse((answer) => answer.request().method() !== 'GET' && answer.ok()), press(action)]);
  await page.getByText(text, { exact: true }).last().waitFor();
}

async function set(label, on) {
  await menu('Trunks');
  await main.getByRole('link', { name: 'Carrier', exact: true }).click();
  await toggle(label).setChecked(on);
  await save('Trunk Carrier saved');
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
  await set('Register there', true);
  await carrier.says('registered 1');
  await maya.event('ringing');
  await main.getByText('Registered', { exact: true }).waitFor();
});

await check('numbers go with their plus, or without', async () => {
  for (const plus of [false, true]) {
    await set('Numbers with a plus', plus);
    carrier.lines.length = 0;
    maya.say(`dial ${FAR}`);
    await carrier.says(` for ${plus ? FAR : FAR.slice(1)}.`);
    await maya.event('ended');
  }
});

await check('the carrier’s fax machine is given T.38, or refused', async () => {
  const { ask } = await apiOf(house, 'maya@northwind.localhost');
  const { id } = await ask('POST', '/fax-documents?name=fax.pdf', readFileSync(new URL('../../../test/scene/fax.pdf', import.meta.url)));
  await until(async () => (await ask('GET', `/fax-documents/${id}`)).state === 'ready', 'the document is ready', 20_000);
  for (const taken of [false, true]) {
    await set('Faxes by T.38', taken);
    await ask('POST', '/faxes', { documentId: id, to: MACHINE, tries: 1 });
    await carrier.says(`fax: T.38 ${taken ? 'taken' : 'refused'}`, 20_000);
  }
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
  await set('Active', false);
  await flow.getByText(/Trunk Carrier is switched off/).waitFor();
  await set('Active', true);
  await flow.getByText(/Trunk Carrier/).waitFor({ state: 'detached' });
  await main.getByRole('textbox', { name: 'Password' }).fill('falsch');
  await save('Trunk Carrier saved');
  await flow.getByText(/Trunk Carrier is down \(403 Forbidden\)/).waitFor();
  complaints.push(...more);
  await context.close();
});

carrier.close();
await end('trunks');
