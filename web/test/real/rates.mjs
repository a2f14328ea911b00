// A platform administrator changes a price; Maya sees it before she faxes and calls, and afterwards what that cost.
import { readFileSync } from 'node:fs';
import { startOffice, until, visitor, walker } from './house.mjs';
import { dial, hangUp, ready, talking } from './softphone.mjs';

const FAX_MS = 90_000;
const { house, browser, page, main, menu, press, save, complaints, ana, check, end } = await startOffice('admin@localhost', { ana: ['1001@harbor.localhost', 700] }, { tone: 600 });
const maya = await visitor(browser, house, 'maya@northwind.localhost', { permissions: ['microphone'] });
await maya.enter();
const { main: own, menu: go } = walker(maya.page);
const phone = { page: maya.page, panel: maya.page.getByRole('complementary', { name: 'Phone' }) };
const chosen = (name) => ({ name, mimeType: 'application/pdf', buffer: readFileSync(new URL(`../../../test/scene/${name}`, import.meta.url)) });

async function planOf() {
  await menu('Rate plans');
  await main.getByRole('link', { name: 'Standard' }).click();
}

async function ratesOf() {
  await planOf();
  await main.getByRole('link', { name: /^\d+ rates$/ }).click();
}

/** The price of the fax that is made ready. */
async function faxCosts(text) {
  await maya.page.reload();
  await own.getByLabel('To', { exact: true }).fill('+1 628 555 0199');
  await own.getByLabel('To', { exact: true }).press('Enter');
  await own.locator('input[type=file]').setInputFiles(chosen('fax3.pdf'));
  await own.getByRole('region', { name: 'Cost of 3 pages' }).getByText(text, { exact: true }).waitFor({ timeout: 20_000 });
}

await check('a fax shows its price, and the new one once the platform has changed it', async () => {
  await go('Send fax');
  await faxCosts('$0.09');
  await ratesOf();
  await main.getByRole('link', { name: '+1', exact: true }).click();
  await main.getByLabel('Price per fax page').fill('0.0405');
  await main.getByLabel('Price per minute').fill('0.5');
  await main.getByLabel('Connection fee').fill('0.01');
  await save('Rate +1 saved');
  await faxCosts('$0.1215');
});

await check('Sent faxes says what its pages have cost, and so does the report', async () => {
  await own.getByRole('button', { name: 'Send fax' }).click();
  await own.getByRole('table').getByText('Sent', { exact: true }).waitFor({ timeout: FAX_MS });
  await own.getByRole('row', { name: /\$0\.1215/ }).waitFor();
  await own.getByRole('link', { name: '(628) 555-0199' }).click();
  await maya.page.getByRole('dialog').getByText('$0.1215').waitFor();
  await maya.page.keyboard.press('Escape');
});

await check('the price per minute stands under the number before it is dialled, and the history has the cost', async () => {
  if (!(await phone.panel.isVisible())) await maya.page.getByRole('button', { name: /^Phone/ }).first().click();
  await ready(phone);
  await phone.panel.getByRole('textbox', { name: 'Name or number' }).fill('+16285550177');
  await phone.panel.getByText('$0.50 a minute, $0.01 to connect').waitFor();
  await dial(phone, '+16285550177');
  await ana.event('ringing');
  ana.say('answer');
  await talking(phone);
  await hangUp(phone);
  await ana.event('ended');
  await go('CDR');
  await own.getByRole('link', { name: /\(628\) 555-0177/ }).first().click();
  const sheet = maya.page.getByRole('dialog');
  await sheet.getByText('$0.06').first().waitFor(); // 6 s at least
  await sheet.getByText('Billed', { exact: true }).first().waitFor();
  await maya.page.keyboard.press('Escape');
});

await check('a tenant without a plan has no prices', async () => {
  await planOf();
  await main.getByRole('switch', { name: 'Northwind Dental' }).uncheck();
  await page.getByText('Northwind Dental has no prices any more').waitFor();
  const answered = maya.page.waitForResponse((answer) => answer.url().endsWith('/faxes/price'));
  await go('Send fax');
  await own.getByLabel('To', { exact: true }).fill('+1 628 555 0199');
  await own.getByLabel('To', { exact: true }).press('Enter');
  await own.locator('input[type=file]').setInputFiles(chosen('fax3.pdf'));
  await answered;
  await until(async () => (await own.getByRole('region', { name: /^Cost of/ }).count()) === 0, 'no price is shown');
  await main.getByRole('switch', { name: 'Northwind Dental' }).check();
  await page.getByText('Northwind Dental uses this plan').waitFor();
});

await check('a price list comes in by a file and goes out as one', async () => {
  await ratesOf();
  await press('Import CSV');
  const dialog = page.getByRole('dialog', { name: 'Import rates' });
  await dialog.locator('input[type=file]').setInputFiles({ name: 'rates.csv', mimeType: 'text/csv', buffer: Buffer.from('Prefix;Rate;Page\n+81;0,0,5;0.1\n') });
  await dialog.getByText('The price per minute must be an amount such as 0.0125.').waitFor();
  await dialog.locator('input[type=file]').setInputFiles({ name: 'rates.csv', mimeType: 'text/csv', buffer: Buffer.from('Prefix;Description;Rate;Page\n+81;=Japan;0.05;0.1\n') });
  await dialog.getByText('1 rate added, 0 changed.').waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await main.getByRole('row', { name: /\+81 =Japan.*\$0\.10 \$0\.05/ }).waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), main.getByRole('link', { name: 'Download CSV' }).click()]);
  const text = readFileSync(await file.path(), 'utf8');
  if (!text.includes('"81","\'=Japan","0.05","0.00","0","1","0.10"')) throw new Error(text);
});

complaints.push(...maya.complaints);
await maya.context.close();
await end('rates');
