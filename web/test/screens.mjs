// Every page in light in three widths, in dark in a fourth: no axe violation, no console or CSP complaint, nothing wider than the
// window. screens.mjs --shots [NAME] also takes pictures, for people.
import { axe, follow, launch, names, overflow, shoot, shots, show, signIn, smallTargets, watchedPage } from './browser.mjs';
import { callBlocks, callFlows, calls, coverPages, dnc, extensions, faxes, numbers, queues, ratePlans, rates, received, ringGroups, timeConditions, trunks, users } from './mock/data.mjs';
import { startServer } from './mock/server.mjs';

const only = names[0] ? new RegExp(names[0]) : null;

/**
 * Colours do not depend on the width, nor widths on the colours: every page in both, but not each with each. A page is loaded
 * once with a mouse and once by touch, and looked at in every size from there. axe takes most of the time, and finds by
 * structure and colour: it looks at the last of each.
 */
const WINDOWS = [
  { touch: false, sizes: [[820, 1100, 'light'], ...(shots ? [[1440, 900, 'light']] : []), [1440, 900, 'dark']] },
  { touch: true, sizes: [[320, 640, 'light'], [390, 844, 'light']] },
];
const openSettings = async (page) => {
  if (!(await page.getByRole('button', { name: 'Settings', exact: true }).isVisible())) await page.getByRole('button', { name: /^Phone/ }).last().click();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('button', { name: 'Manual settings' }).click();
};

/** name, address, who (null: signed out), and what to do there first. */
const PAGES = [
  ['sign-in', '/sign-in', null],
  ['sign-in-wrong', '/sign-in', null, async (page) => {
    await page.getByLabel('Email').fill('maya');
    await page.getByRole('button', { name: 'Sign in' }).click();
  }],
  ['sign-in-code', '/sign-in', null, async (page) => {
    await page.getByLabel('Email').fill('coded@northwind.localhost');
    await page.getByRole('textbox', { name: 'Password' }).fill('carillon-demo');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Code').waitFor();
  }],
  ['forgot', '/forgot', null],
  ['reset', '/reset#good', null],
  ['home', '/', 'maya'],
  ['phone-settings', '/', 'maya', openSettings],
  ['phone-emergency', '/', 'maya', async (page) => {
    if (!(await page.getByLabel('Name or number').isVisible())) await page.getByRole('button', { name: /^Phone/ }).last().click();
    await page.getByLabel('Name or number').fill('911');
    await page.getByText('Your address on file:').waitFor();
  }],
  ['phone-window', '/phone', 'maya', (page) => page.getByText('Ready', { exact: true }).waitFor({ timeout: 15_000 })],
  ['number-menu', `/calls/${calls[1].id}`, 'maya', async (page) => { await page.locator('dl.facts').getByRole('button', { name: /^More for/ }).first().click(); await page.getByRole('menu').waitFor(); }],
  ['dial-box', '/', 'maya', async (page) => { await page.getByRole('combobox').fill('10'); await page.getByRole('option').first().waitFor(); }],
  ['shortcuts', '/', 'maya', async (page) => { await page.locator('main h1').waitFor(); await page.locator('body').press('?'); await page.getByRole('dialog').waitFor(); }],
  ['calls', '/calls', 'maya'],
  ['calls-pbx', '/calls?view=pbx', 'maya'],
  ['calls-filtered', '/calls?range=custom&dir=in&result=missed&q=55', 'maya'],
  ['calls-none', '/calls?q=zzzz', 'maya'],
  ['call', `/calls/${calls[1].id}`, 'maya', async (page) => { await page.getByText('Technical details').click(); }],
  ['voicemail', '/voicemail', 'maya'],
  ['voicemail-open', '/voicemail', 'maya', async (page) => {
    await page.getByRole('button', { name: 'Play the message from Priya Raman' }).click();
    await page.getByLabel('Send new messages to').fill('maya@northwind.localhost, front@northwind.localhost');
  }],
  ['voicemail-pin', '/voicemail', 'maya', async (page) => { await page.getByRole('button', { name: 'Set PIN' }).click(); await page.getByRole('dialog').waitFor(); }],
  ['voicemail-deleted', '/voicemail?folder=deleted', 'maya'],
  ['fax-send', '/fax/send', 'maya'],
  ['fax-send-file', '/fax/send', 'maya', async (page) => {
    await page.getByLabel('To', { exact: true }).fill('+1 628 555 0199, +44 20 7946 0958');
    await page.keyboard.press('Enter');
    await page.locator('input[type=file]').setInputFiles({ name: 'case-20481.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') });
    await page.getByText('2 pages, about').waitFor();
    await page.getByLabel('Cover page').selectOption({ label: 'Office' });
    await page.getByText('With the cover page: 3 pages').waitFor();
    await page.getByLabel('When').selectOption('later');
  }],
  ['fax-send-files', '/fax/send', 'maya', async (page) => {
    await page.locator('input[type=file]').setInputFiles(['letter.pdf', 'x-ray of the lower left jaw, 2026-11-25.png', 'locked.pdf'].map((name) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from(name === 'locked.pdf' ? '%PDF-1.7 /Encrypt' : '%PDF-1.7') })));
    await page.getByText('locked by a password').waitFor();
  }],
  ['fax-send-wrong', '/fax/send', 'maya', async (page) => {
    await page.locator('input[type=file]').setInputFiles({ name: 'locked.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 /Encrypt') });
    await page.getByText('locked by a password').waitFor();
    await page.getByRole('button', { name: 'Send fax' }).click();
  }],
  ['fax-sent', '/fax/sent', 'maya'],
  ['fax-sent-one', `/fax/sent/${faxes[1].id}`, 'maya'],
  ['fax-received', '/fax/received', 'maya'],
  ['fax-received-one', `/fax/received/${received[1].id}`, 'maya'],
  ['fax-covers', '/fax/cover-pages', 'maya'],
  ['fax-cover', `/fax/cover-pages/${coverPages[0].id}`, 'maya'],
  ['ring-groups', '/ring-groups', 'admin'],
  ['ring-group', `/ring-groups/${ringGroups[0].id}`, 'admin'],
  ['ring-group-wrong', '/ring-groups/new', 'admin', async (page) => {
    await page.getByRole('button', { name: 'Add a member' }).click();
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Enter a name.').waitFor();
  }],
  ['queues', '/queues', 'admin'],
  ['queue', `/queues/${queues[0].id}`, 'admin'],
  ['queue-wrong', '/queues/new', 'admin', async (page) => {
    await page.getByRole('button', { name: 'Add an agent' }).click();
    await page.getByLabel('Longest wait (s)').fill('long');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Enter a name.').waitFor();
  }],
  ['my-queues', '/my-queues', 'priya'],
  ['my-queues-paused', '/my-queues', 'priya', async (page) => {
    if (await page.getByRole('button', { name: 'End the pause' }).isVisible()) return;
    await page.getByLabel('Why you pause').fill('Lunch');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'End the pause' }).waitFor();
  }],
  ['time-conditions', '/time-conditions', 'admin'],
  ['time-condition', `/time-conditions/${timeConditions[0].id}`, 'admin'],
  ['sounds', '/sounds', 'admin'],
  ['call-flows', '/call-flows', 'admin'],
  ['call-flow', `/call-flows/${callFlows[0].id}`, 'admin'],
  ['call-block', '/call-block', 'admin'],
  ['call-block-one', `/call-block/${callBlocks[0].id}`, 'admin'],
  ['dnc', '/dnc', 'admin'],
  ['dnc-one', `/dnc/${dnc[0].id}`, 'admin'],
  ['dnc-new', '/dnc/new', 'admin'],
  ['follow-me', '/follow-me', 'maya'],
  ['follow-me-wrong', '/follow-me', 'maya', async (page) => {
    await page.getByRole('button', { name: 'Add destination' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('form').last().evaluate((form) => form.scrollIntoView({ block: 'end' }));
  }],
  ['feature-codes', '/feature-codes', 'maya'],
  ['account', '/account', 'maya'],
  ['reach', '/reach', 'maya'],
  ['account-calls', '/account', 'maya', async (page) => {
    await page.getByRole('switch', { name: 'Reject incoming calls (DND)' }).check();
    await page.getByRole('switch', { name: 'Forward all calls' }).check();
    await page.getByRole('form', { name: 'Extension settings' }).evaluate((form) => form.scrollIntoView({ block: 'end' }));
  }],
  ['account-revealed', '/account', 'maya', async (page) => {
    await page.getByRole('button', { name: 'Show the SIP password' }).click();
    await page.getByLabel('Your portal password').fill('carillon-demo');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('demo-1001').waitFor();
  }],
  ['account-step', '/account', 'maya', async (page) => {
    await page.getByRole('button', { name: 'Set up', exact: true }).click();
    await page.getByLabel('Your portal password').fill('carillon-demo');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByLabel('Code of the app').waitFor();
  }],
  ['owed-step', '/', 'owes'],
  ['no-access', '/users', 'maya'],
  ['my-numbers', '/numbers', 'maya'],
  ['extensions', '/extensions', 'admin'],
  ['extension-new', '/extensions/new', 'admin', async (page) => {
    await page.getByLabel('Number', { exact: true }).fill('1');
    await page.getByRole('button', { name: 'Create extension' }).click();
  }],
  ['extension', `/extensions/${extensions[0].id}`, 'admin', async (page) => { await page.getByLabel('Name', { exact: true }).fill('Maya C.'); }],
  ['extension-calls', `/extensions/${extensions[0].id}?tab=calls`, 'admin'],
  ['extension-follow', `/extensions/${extensions[0].id}?tab=follow`, 'admin'],
  ['extension-voicemail', `/extensions/${extensions[0].id}?tab=voicemail`, 'admin', async (page) => { await page.getByLabel('Longest message').fill('5'); await page.getByRole('button', { name: 'Save' }).click(); await page.getByText('Enter 10 to 1800').waitFor(); }],
  ['extension-reset', `/extensions/${extensions[0].id}`, 'admin', async (page) => {
    await page.getByRole('button', { name: 'New SIP password' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'New SIP password' }).click();
    await page.getByText('new-Harbor-light-81').waitFor();
  }],
  ['feature-code', '/feature-codes', 'admin', async (page) => { await page.getByRole('button', { name: 'Change Intercom' }).click(); await page.getByRole('dialog').waitFor(); }],
  ['users', '/users', 'admin'],
  ['user', `/users/${users[4].id}`, 'admin'],
  ['user-new', '/users/new', 'admin'],
  ['mail', '/mail', 'admin'],
  ['recordings', '/recordings', 'admin', async (page) => { await page.getByRole('button', { name: 'Play the call Maya Chen to Brightwater' }).click(); await page.getByRole('button', { name: 'Delete' }).waitFor(); }],
  ['policies', '/policies', 'admin'],
  ['registrations', '/registrations', 'admin'],
  ['numbers', '/numbers', 'admin'],
  ['number', `/numbers/${numbers[0].id}`, 'admin'],
  ['reach-number', `/reach/number/${numbers[0].id}?at=2026-12-24T18:00`, 'admin'],
  ['reach-blocked', `/reach/extension/${extensions[0].id}?from=anonymous`, 'admin'],
  ['numbers-none', '/numbers?q=zzz', 'admin'],
  ['trunks', '/trunks', 'platform'],
  ['trunk', `/trunks/${trunks[0].id}`, 'platform'],
  ['rate-plans', '/rate-plans', 'platform'],
  ['rate-plan', `/rate-plans/${ratePlans[0].id}`, 'platform', async (page) => { await page.getByRole('switch', { name: 'Northwind Dental' }).waitFor(); }],
  ['rates', `/rate-plans/${ratePlans[0].id}/rates`, 'platform', async (page) => { await page.getByText('$0.0215').waitFor(); }],
  ['rates-none', `/rate-plans/${ratePlans[1].id}/rates`, 'platform'],
  ['rates-import', `/rate-plans/${ratePlans[0].id}/rates`, 'platform', async (page) => {
    await page.getByRole('button', { name: 'Import CSV' }).click();
    await page.getByRole('dialog').locator('input[type=file]').setInputFiles({ name: 'rates.csv', mimeType: 'text/csv', buffer: Buffer.from('4x,Somewhere far away,1\n5y,There,2\n') });
    await page.getByText('2 lines are wrong:').waitFor();
  }],
  ['rate', `/rate-plans/${ratePlans[0].id}/rates/${rates[2].id}`, 'platform'],
  ['rate-new', `/rate-plans/${ratePlans[0].id}/rates/new`, 'platform', async (page) => {
    await page.getByLabel('Price per minute').fill('1,2,3');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Enter an amount such as 0.0125.').waitFor();
  }],
  ['live', '/live', 'admin'],
  ['admin-account', '/account', 'admin'],
  ['tenants', '/tenants', 'platform'],
  ['choose-first', '/extensions', 'platform'],
  ['working-in', '/tenants', 'platform', async (page) => {
    await page.getByRole('button', { name: 'Work here in Northwind Dental' }).click();
    await page.getByRole('region', { name: 'Working in Northwind Dental' }).waitFor();
    await page.getByRole('heading', { name: 'Missed calls' }).waitFor();
  }],
  ['working-in-extensions', '/extensions', 'platform'],
  ['outbound-routes', '/outbound-routes', 'platform', async (page) => {
    await page.getByLabel('Number as dialled').fill('+442079460958');
    await page.getByRole('button', { name: 'Show the way' }).click();
    await page.getByText('+44 20 7946 0958 leaves').waitFor();
  }],
  ['outbound-route-new', '/outbound-routes/new', 'platform', async (page) => { await page.getByRole('button', { name: 'Create' }).click(); await page.getByText('Choose a trunk.').waitFor(); }],
  ['number-new', '/numbers/new', 'platform'],
];

async function settle(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.sk'), null, { timeout: 5000 }).catch(() => {});
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(150);
}

const server = await startServer();
const browser = await launch();
const failures = [];
let seen = 0;

async function look(page, complaints, name, size, last) {
  const [width, , theme] = size;
  await show(page, size);
  await shoot(page, `${name}-${width}-${theme}`);
  const bad = [...(await (last ? axe : smallTargets)(page)), ...(await overflow(page)), ...complaints.splice(0)];
  seen += 1;
  if (bad.length) fail(`${name} ${width} ${theme}`, bad);
}

function fail(name, why) {
  failures.push(name);
  console.log(`not ok ${name}\n    ${why.join('\n    ')}`);
}

/** The pages of one person in one window, one after the other. */
async function walk({ touch, sizes, who, wanted }) {
  const [width, height, colorScheme] = sizes.at(-1);
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce', hasTouch: touch, permissions: ['microphone'] });
  const { page, complaints } = await watchedPage(context, [/401 \(Unauthorized\)/]);
  if (who) await signIn(page, server.url, who === 'platform' ? 'admin@localhost' : `${who}@northwind.localhost`);
  let moved = true; // what was done on a page is not carried to the next
  for (const [name, path, , act] of wanted) {
    complaints.length = 0;
    try {
      if (moved || act || !who) await page.goto(server.url + path);
      else await follow(page, path);
      moved = act !== undefined;
      await settle(page);
      if (act) await act(page);
      for (const size of sizes) await look(page, complaints, name, size, size === sizes.at(-1));
    } catch (error) {
      fail(name, String(error.message).split('\n').slice(0, 8));
    }
  }
  await context.close();
}

// Two at a time: a page waits half of its time.
const rounds = WINDOWS.flatMap((window) => ['maya', 'priya', 'admin', 'platform', null, 'owes'].map((who) => ({
  ...window, who, wanted: PAGES.filter(([name, , user]) => user === who && (!only || only.test(name))),
}))).filter(({ wanted }) => wanted.length);
await Promise.all([0, 1].map(async () => {
  for (let next = rounds.shift(); next; next = rounds.shift()) await walk(next);
}));
console.log(`${seen} screens, ${failures.length} with problems`);
await browser.close();
await server.close();
process.exit(failures.length ? 1 : 0);
