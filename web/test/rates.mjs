// What things cost: rate plans and rates, the price before a fax or a call, the cost after it.
import { ratePlans } from './mock/data.mjs';
import { api, assert, answer, check, end, go } from './check.mjs';

const [plan] = ratePlans;
const csv = (text) => ({ name: 'rates.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
const pdf = { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4') };

await check('a rate is changed, and only what was changed is sent', 'admin@localhost', async (page) => {
  await go(page, `/rate-plans/${plan.id}/rates`);
  await page.getByRole('link', { name: '+447' }).click();
  await page.getByLabel('Price per minute').fill('0,0901');
  const [sent] = await Promise.all([page.waitForRequest((request) => request.method() === 'PATCH'), page.getByRole('button', { name: 'Save' }).click()]);
  assert(sent.postData() === '{"perMinute":90100}', sent.postData());
  await page.getByText('Rate +447 saved').waitFor();
});

await check('a new rate belongs to its plan', 'admin@localhost', async (page) => {
  await go(page, `/rate-plans/${plan.id}/rates/new`);
  await page.getByLabel('Prefix').fill('49');
  await page.getByLabel('Price per minute').fill('0.02');
  const [sent] = await Promise.all([page.waitForRequest((request) => request.method() === 'POST'), page.getByRole('button', { name: 'Create' }).click()]);
  const { planId, prefix, perMinute, perPage, incrementSeconds } = sent.postDataJSON();
  assert(planId === plan.id && prefix === '49' && perMinute === 20_000 && perPage === 0 && incrementSeconds === 1, sent.postData());
  await page.getByRole('link', { name: '+49' }).waitFor();
});

await check('a price list with a wrong line changes nothing, a good one is told', 'admin@localhost', async (page) => {
  await go(page, `/rate-plans/${plan.id}/rates`);
  await page.getByRole('button', { name: 'Import CSV' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import rates' });
  await dialog.locator('input[type=file]').setInputFiles(csv('44,UK,1\n4x,bad,1\n'));
  await dialog.getByText('Nothing was changed: 1 line is wrong:').waitFor();
  assert(/Line 2: 4x The prefix must be/.test(await dialog.getByRole('listitem').innerText()), 'the line is named');
  await dialog.getByLabel('Remove rates that the file does not have').check();
  const [sent] = await Promise.all([page.waitForRequest((request) => request.method() === 'POST'), dialog.locator('input[type=file]').setInputFiles(csv('61,Australia,0.029'))]);
  assert(sent.url().endsWith('/rates?replace=1'), sent.url());
  await dialog.getByText('1 rate added, 0 changed.').waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('row', { name: /\+61 .*Australia.*\$0\.029/ }).waitFor();
});

await check('a tenant gets a plan, and a refusal is told', 'admin@localhost', async (page) => {
  await go(page, `/rate-plans/${plan.id}`);
  const one = page.getByRole('switch', { name: 'Harbor Legal' });
  await one.check();
  await page.getByText('Harbor Legal uses this plan').waitFor();
  await page.route(api('/tenants/*/rate-plan'), answer(422, { status: 422, detail: 'Somebody else was faster.' }), { times: 1 });
  await one.click();
  await page.getByRole('alert').getByText('Somebody else was faster.').waitFor();
  await page.waitForFunction((input) => input.checked, await one.elementHandle());
});

await check('a fax shows its price before it is sent, and a number without one says so', 'maya', async (page) => {
  await go(page, '/fax/send');
  const to = page.getByLabel('To', { exact: true });
  await to.fill('+16285550199, +442079460958, +81312345678');
  await to.press('Enter');
  await page.locator('input[type=file]').setInputFiles(pdf);
  const cost = page.getByRole('region', { name: /^Cost of \d+ page/ });
  await cost.getByText('No price is known for this number').waitFor({ timeout: 15_000 });
  assert(/\(628\) 555-0199\s+\$0\.0\d+[\s\S]*In all/.test(await cost.innerText()), await cost.innerText());
  await page.route(api('/faxes/price'), answer(200, { plan: false, pages: 1, cost: null, rows: [{ to: '+16285550199', outside: true, perPage: null, cost: null }] }));
  await page.getByRole('button', { name: /Remove \+81/ }).click();
  await cost.waitFor({ state: 'detached' });
});

await check('what was sent shows what it cost', 'maya', async (page) => {
  await go(page, '/fax/sent');
  await page.getByRole('row', { name: /\$0\.129/ }).waitFor();
  await page.getByRole('link', { name: '+44 20 7946 0958' }).click();
  await page.getByRole('dialog').getByText('$0.129').waitFor();
});

await check('the price per minute stands under the number before it is dialled', 'maya', async (page) => {
  await go(page, '/');
  const panel = page.getByRole('complementary', { name: 'Phone' });
  if (!(await panel.isVisible())) await page.getByRole('button', { name: /phone/i }).first().click();
  const box = panel.getByRole('textbox', { name: 'Name or number' });
  await box.fill('+447700900123');
  await panel.getByText(/^\$0\.\d+ a minute, \$0\.01 to connect$/).waitFor();
  await box.fill('+81312345678');
  await panel.getByText(/a minute/).waitFor({ state: 'detached' });
  await box.fill('1002');
  await page.waitForTimeout(600);
  assert(!(await panel.getByText(/a minute/).count()), 'inside there is no price');
});

await end();
