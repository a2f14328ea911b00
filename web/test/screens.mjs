// Every page in both themes and in four widths: no axe violation, no console or CSP complaint, nothing wider than the window.
import { mkdirSync } from 'node:fs';
import { axe, launch, overflow, signIn, smallTargets, watchedPage } from './browser.mjs';
import { calls, coverPages, extensions, faxes, received, users } from './mock/data.mjs';
import { startServer } from './mock/server.mjs';

const only = process.argv[2] ? new RegExp(process.argv[2]) : null;
const shots = new URL('./shots/', import.meta.url).pathname;
mkdirSync(shots, { recursive: true });

/** Colours do not depend on the width, nor widths on the colours: every page in both, but not each with each. */
const SIZES = { light: [[1440, 900], [820, 1100], [390, 844], [320, 640]], dark: [[1440, 900], [390, 844]] };
const openSettings = async (page) => {
  if (!(await page.getByRole('button', { name: 'Phone settings' }).isVisible())) await page.getByRole('button', { name: /^Phone/ }).last().click();
  await page.getByRole('button', { name: 'Phone settings' }).click();
  await page.getByRole('button', { name: 'Manual settings' }).click();
};

/** name, address, who (null: signed out), and what to do there first. */
const PAGES = [
  ['sign-in', '/sign-in', null],
  ['sign-in-wrong', '/sign-in', null, async (page) => {
    await page.getByLabel('Email').fill('maya');
    await page.getByRole('button', { name: 'Sign in' }).click();
  }],
  ['forgot', '/forgot', null],
  ['reset', '/reset#good', null],
  ['home', '/', 'maya'],
  ['phone-settings', '/', 'maya', openSettings],
  ['dial-box', '/', 'maya', async (page) => { await page.getByRole('combobox').fill('10'); await page.getByRole('option').first().waitFor(); }],
  ['shortcuts', '/', 'maya', async (page) => { await page.locator('main h1').waitFor(); await page.locator('body').press('?'); await page.getByRole('dialog').waitFor(); }],
  ['calls', '/calls', 'maya'],
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
    await page.getByLabel('When').selectOption('later');
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
  ['follow-me', '/follow-me', 'maya'],
  ['follow-me-wrong', '/follow-me', 'maya', async (page) => {
    await page.getByRole('button', { name: 'Add a place' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('form').last().evaluate((form) => form.scrollIntoView({ block: 'end' }));
  }],
  ['feature-codes', '/feature-codes', 'maya'],
  ['account', '/account', 'maya'],
  ['account-calls', '/account', 'maya', async (page) => {
    await page.getByRole('switch', { name: 'Do not disturb' }).check();
    await page.getByRole('switch', { name: 'Forward all calls' }).check();
    await page.getByRole('form', { name: 'Calls to me' }).evaluate((form) => form.scrollIntoView({ block: 'end' }));
  }],
  ['account-revealed', '/account', 'maya', async (page) => {
    await page.getByRole('button', { name: 'Show the SIP password' }).click();
    await page.getByLabel('Your portal password').fill('carillon-demo');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('demo-1001').waitFor();
  }],
  ['no-access', '/users', 'maya'],
  ['my-numbers', '/numbers', 'maya'],
  ['extensions', '/extensions', 'admin'],
  ['extension-new', '/extensions/new', 'admin', async (page) => {
    await page.getByLabel('Number', { exact: true }).fill('1');
    await page.getByRole('button', { name: 'Create extension' }).click();
  }],
  ['extension', `/extensions/${extensions[0].id}`, 'admin', async (page) => { await page.getByLabel('Name', { exact: true }).fill('Maya C.'); }],
  ['extension-reset', `/extensions/${extensions[0].id}`, 'admin', async (page) => {
    await page.getByRole('button', { name: 'New SIP password' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'New SIP password' }).click();
    await page.getByText('new-Harbor-light-81').waitFor();
  }],
  ['feature-code', '/feature-codes', 'admin', async (page) => { await page.getByRole('button', { name: 'Change Intercom' }).click(); await page.getByRole('dialog').waitFor(); }],
  ['users', '/users', 'admin'],
  ['user', `/users/${users[4].id}`, 'admin'],
  ['user-new', '/users/new', 'admin'],
  ['registrations', '/registrations', 'admin'],
  ['numbers', '/numbers', 'admin'],
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
];

async function settle(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.sk'), null, { timeout: 5000 }).catch(() => {});
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(200);
}

const server = await startServer();
const browser = await launch();
const failures = [];
let seen = 0;

for (const theme of ['light', 'dark']) {
  for (const [width, height] of SIZES[theme]) {
    for (const who of [null, 'maya', 'admin', 'platform']) {
      const wanted = PAGES.filter(([name, , user]) => user === who && (!only || only.test(`${name}-${width}-${theme}`)));
      if (!wanted.length) continue;
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', hasTouch: width < 500, permissions: ['microphone'] });
      const { page, complaints } = await watchedPage(context, [/401 \(Unauthorized\)/]);
      if (who) await signIn(page, server.url, who === 'platform' ? 'admin@localhost' : `${who}@northwind.localhost`);
      for (const [name, path, , act] of wanted) {
        complaints.length = 0;
        await page.goto(server.url + path);
        await settle(page);
        if (act) await act(page);
        await page.waitForTimeout(150);
        await page.screenshot({ path: `${shots}${name}-${width}-${theme}.png` });
        const bad = [...(await axe(page)).map((text) => `axe ${text}`), ...(await overflow(page)), ...(await smallTargets(page)).map((text) => `small ${text}`), ...complaints];
        seen += 1;
        if (bad.length) {
          failures.push(name);
          console.log(`not ok ${name} ${width} ${theme}\n    ${bad.join('\n    ')}`);
        }
      }
      await context.close();
    }
  }
}
console.log(`${seen} screens, ${failures.length} with problems`);
await browser.close();
await server.close();
process.exit(failures.length ? 1 : 0);
