// Forms and lists against the invented server: what is imported, what is kept from being lost, and what has room.
import { calls, ringGroups, users } from './mock/data.mjs';
import { follow, overflow } from './browser.mjs';
import { api, answer, assert, check, end, go, server } from './check.mjs';

const csv = (text, encoding = 'utf8') => ({ name: 'numbers.csv', mimeType: 'text/csv', buffer: Buffer.from(text, encoding) });

await check('do not contact: a file is imported, its bad lines are told, and the list is there to download', 'admin', async (page) => {
  await go(page, '/dnc');
  await page.getByRole('button', { name: 'Import CSV' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import numbers' });
  await dialog.locator('input[type=file]').setInputFiles(csv('+14155550170,Löscht uns\n+16285550199,known\nnobody,x\n', 'latin1'));
  await dialog.getByText('1 number is on the list now.').waitFor();
  await dialog.getByText('1 was there already.').waitFor();
  await dialog.getByText('1 line could not be taken:').waitFor();
  await dialog.getByRole('listitem').getByText('The number must be a number such as +12125550100.').waitFor();
  assert(/Line 3: nobody/.test(await dialog.getByRole('listitem').innerText()), 'the line is named');
  await dialog.locator('input[type=file]').evaluate((input) => {
    const chosen = new DataTransfer();
    chosen.items.add(new File([new Uint8Array((8 << 20) + 1)], 'numbers.csv'));
    input.files = chosen.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await dialog.getByText('The file is larger than 8 MB.').waitFor();
  await page.route(api('/dnc/import'), answer(422, { status: 422, detail: 'Check the fields.', fields: { file: 'must be text in UTF-8' } }), { times: 1 });
  await dialog.locator('input[type=file]').setInputFiles(csv('1'));
  await dialog.getByText('must be text in UTF-8').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('row', { name: /\(415\) 555-0170.*Löscht uns/ }).waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download CSV' }).click()]);
  assert(file.suggestedFilename() === 'do-not-contact.csv', file.suggestedFilename());
});

/** Tries to go to the Dashboard and is asked, stays, and what was typed is there. */
async function isAsked(page, field, text) {
  let asked = 0;
  const no = (dialog) => { asked += 1; void dialog.dismiss(); };
  page.on('dialog', no);
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Dashboard', exact: true }).click();
  page.off('dialog', no);
  assert(asked === 1, `asked ${asked} times`);
  assert(await field.inputValue() === text, 'what was typed stays');
}

await check('a password that is half typed: leaving is asked about', 'maya', async (page) => {
  await go(page, '/account');
  const field = page.getByRole('textbox', { name: 'Current password' });
  await field.fill('carillon-demo');
  await isAsked(page, field, 'carillon-demo');
  await field.fill('');
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Dashboard', exact: true }).click();
  await page.waitForURL((at) => at.pathname === '/');
});

await check('manual settings of the phone: the panel may show something else, other pages too; a reload is asked about', 'maya', async (page) => {
  await go(page, '/');
  const panel = page.getByRole('complementary', { name: 'Phone' });
  await panel.getByRole('button', { name: 'Settings', exact: true }).click();
  await panel.getByRole('button', { name: 'Manual settings' }).click();
  await panel.getByLabel('Extension').fill('1009');
  await panel.getByRole('button', { name: 'Dialer' }).click();
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'CDR', exact: true }).click();
  await page.waitForURL((at) => at.pathname === '/calls');
  await panel.getByRole('button', { name: 'Settings', exact: true }).click();
  assert(await panel.getByLabel('Extension').inputValue() === '1009', 'what was typed is there');
  const question = page.waitForEvent('dialog');
  void page.reload().catch(() => {});
  const dialog = await question;
  assert(dialog.type() === 'beforeunload', dialog.type());
  await dialog.dismiss();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await panel.getByRole('button', { name: 'Manual settings' }).click();
  assert(await panel.getByLabel('Extension').inputValue() === '', 'cancelled is forgotten');
  await panel.getByRole('button', { name: 'Cancel' }).click();
});

await check('a very long name and a very long address of users: the table fits at every width', 'admin', async (page) => {
  users[1].email = `${'a.very.long.name.of.somebody.'.repeat(4)}at@northwind.localhost`;
  users[2].name = 'Wolfeschlegelsteinhausenbergerdorff '.repeat(3).trim();
  await go(page, '/users');
  await page.getByRole('table').waitFor();
  for (const width of [1440, 1000, 960, 860, 800, 720, 700, 680, 640, 390, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))); // widths follow a frame later
    const wide = await overflow(page);
    assert(!wide.length, `${width}: ${wide.join(', ')}`);
  }
});

await check('policies: how long faxes are kept', 'admin', async (page) => {
  await go(page, '/policies');
  const form = page.getByRole('form', { name: 'Call history, faxes and audit log' });
  await form.getByLabel('Keep faxes').selectOption('365');
  await form.getByText(/^Faxes that have ended from before .* are deleted in the coming night/).waitFor();
  const [request] = await Promise.all([page.waitForRequest((one) => one.method() === 'PATCH'), form.getByRole('button', { name: 'Save' }).click()]);
  assert(request.postData() === '{"faxDays":365}', request.postData());
  await page.getByText('Policy saved').waitFor();
});

await check('numbers of other countries stand with their parts apart in the lists of faxes', 'maya', async (page) => {
  await go(page, '/fax/sent');
  await page.getByRole('link', { name: '+44 20 7946 0958' }).click();
  await page.getByRole('heading', { name: '+44 20 7946 0958' }).waitFor();
});

await check('queues: what is wrong is told at its field; made, changed, deleted', 'admin', async (page) => {
  await go(page, '/queues/new');
  await page.getByLabel('Name', { exact: true }).fill('Support');
  await page.getByLabel('Number', { exact: true }).fill('700');
  await page.getByLabel('Time to wrap up (s)').fill('x');
  await page.getByRole('button', { name: 'Add an agent' }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Enter 0 to 3600 seconds.').waitFor();
  await page.getByText('Enter an extension.').waitFor();
  await page.getByLabel('Time to wrap up (s)').fill('30');
  await page.getByLabel('Extension', { exact: true }).first().fill('1002');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('is already used by Front desk').waitFor();
  await page.getByLabel('Number', { exact: true }).fill('702');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Queue 702 Support created').waitFor();
  await page.getByRole('link', { name: 'Billing' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Queue 701 Billing deleted').waitFor();
});

await check('what is being deleted is not asked for again when the news of it comes first, and is when it stays', 'admin', async (page) => {
  const { id } = ringGroups[1];
  let asked = 0;
  let refused = true;
  await page.route(api(`/ring-groups/${id}`), async (route) => {
    if (route.request().method() !== 'DELETE') asked += 1;
    else {
      const told = page.waitForResponse((response) => response.url().startsWith(api('/dests')));
      server.live.send('settings.changed');
      await told;
      if (refused) return answer(409, { status: 409, detail: 'is still in use by Front desk' })(route);
    }
    return route.continue();
  });
  await go(page, `/ring-groups/${id}`);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  asked = 0;
  const dialog = page.getByRole('dialog');
  const again = page.waitForRequest((request) => request.url().includes('/ring-groups/') && request.method() === 'GET');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByText('is still in use').waitFor();
  await again;
  assert(asked === 1, `asked ${asked} times though it stays`);
  refused = false;
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Ring group 601 Sales deleted').waitFor();
  assert(asked === 1, 'asked for what is gone');
  await follow(page, `/ring-groups/${id}`);
  await page.getByRole('heading', { name: 'Not found', level: 1 }).waitFor();
});

await check('my queues: who waits, a pause with a reason, out and in', 'priya', async (page) => {
  await go(page, '/my-queues');
  await page.getByRole('table', { name: 'Who waits in Front desk' }).getByText('Bergmann Praxis', { exact: true }).waitFor();
  await page.getByRole('table', { name: 'Agents of Front desk' }).getByText('Paused: Lunch').waitFor();
  await page.getByText(/You wrap up, .* left/).waitFor();
  await page.getByRole('button', { name: 'End the wrap-up' }).click();
  await page.getByText('Callers may ring you again').waitFor();
  await page.getByLabel('Why you pause').fill('Paperwork');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('You are paused: Paperwork').waitFor();
  await page.getByRole('button', { name: 'End the pause' }).click();
  await page.getByText(/You wrap up/).waitFor();
  await page.getByRole('switch', { name: 'Logged in' }).uncheck();
  await page.getByText('You are logged out', { exact: true }).first().waitFor();
  await page.getByRole('switch', { name: 'Logged in' }).check();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
});

await check('my queues: none, and what the server refuses', 'priya', async (page) => {
  await page.route(api('/me/agent'), answer(200, { loggedIn: false, paused: false, reason: '', set: null, queues: [] }));
  await go(page, '/my-queues');
  await page.getByText('You are in no queue').waitFor();
  await page.unroute(api('/me/agent'));
  await page.reload();
  await page.route(api('/me/agent'), (route) => (route.request().method() === 'PUT' ? answer(422, { title: 'Check the fields.', status: 422, detail: 'Check the fields.', fields: { loggedIn: 'is for agents of a queue' } })(route) : route.fallback()));
  await page.getByRole('switch', { name: 'Logged in' }).click();
  await page.getByText('is for agents of a queue').waitFor();
});

await check('how a call sounded: a refusal is told, and the note is not blamed for it', 'maya', async (page) => {
  await page.route('**/calls/*', (route) => (route.request().method() === 'PATCH' ? answer(500, { status: 500, detail: 'The disk is full.' })(route) : route.continue()));
  await go(page, `/calls/${calls[0].id}`);
  await page.getByRole('button', { name: 'Good', exact: true }).click();
  await page.getByText('Not saved: The disk is full.').waitFor();
  assert(await page.getByLabel('Note', { exact: true }).getAttribute('aria-invalid') !== 'true', 'the note is marked');
});

await end();
