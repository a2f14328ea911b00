// What a screen does when things are not as usual: empty, failed, offline, refused, changed elsewhere, signed out.
import { signIn } from './browser.mjs';
import { answer, api, assert, check, end, go, server } from './check.mjs';
import { extensions, users } from './mock/data.mjs';

await check('a session that ended leads to sign-in and back to the same page', null, async (page) => {
  await go(page, '/calls?dir=in&result=missed');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByText('Sign in to go on.').waitFor();
  await page.getByLabel('Email').fill('maya@northwind.localhost');
  await page.getByRole('textbox', { name: 'Password' }).fill('carillon-demo');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Call history' }).waitFor();
  assert(page.url().endsWith('/calls?dir=in&result=missed'), page.url());
});

await check('a second step is set up, asked for at the sign-in, and turned off', null, async (page) => {
  await signIn(page, server.url, 'owes@northwind.localhost');
  await page.getByText('Your organisation asks its administrators').waitFor();
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByLabel('Your portal password').fill('wrong');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Is wrong.').waitFor();
  await page.getByLabel('Your portal password').fill('carillon-demo');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByLabel('Code of the app').fill('000000');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByText('Take the one that the app shows now').waitFor();
  await page.getByLabel('Code of the app').fill('123 456');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByText('k3f7q-m2xwz').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByRole('navigation', { name: 'Sections' }).waitFor();
  await go(page, '/account');
  await page.getByText('10 recovery codes left').waitFor();
  await page.getByRole('switch', { name: 'Every administrator must have a second step' }).check();
  await page.getByText('Administrators must have a second step', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Turn off' }).click();
  await page.getByLabel('Your portal password').fill('carillon-demo');
  await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click();
  await page.getByRole('button', { name: 'Set up', exact: true }).waitFor();
  await page.context().clearCookies();
  await go(page, '/sign-in');
  await page.getByLabel('Email').fill('coded@northwind.localhost');
  await page.getByRole('textbox', { name: 'Password' }).fill('carillon-demo');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Code').fill('111111');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('The code is wrong.').waitFor();
  await page.getByLabel('Code').fill('123456');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Sections' }).waitFor();
});

await check('a forgotten password: a link is asked for, used, and good once', null, async (page) => {
  await go(page, '/');
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  const address = page.getByLabel('Email');
  await address.fill('often@northwind.localhost');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await page.getByText('Too many tries. Wait some minutes').waitFor();
  await address.fill('nobody@northwind.localhost');
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await page.getByText('Look into your mail.').waitFor();
  await go(page, '/reset#good');
  const password = page.getByRole('textbox', { name: 'New password' });
  await password.fill('short');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByText('Must have at least 10 characters.').waitFor();
  assert(!page.url().includes('good'), 'the token has left the address bar');
  await password.fill('a longer one by far');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByText('Your new password is set.').waitFor();
  await page.goto('about:blank');
  await go(page, '/reset#used');
  await page.getByRole('textbox', { name: 'New password' }).fill('a longer one by far');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByText('This link is not good any more.').waitFor();
  await page.getByRole('link', { name: 'Ask for a new link' }).click();
  await page.getByRole('heading', { name: 'Forgotten password' }).waitFor();
});

await check('a session that ends under way', 'maya', async (page, context) => {
  await go(page, '/');
  await page.getByRole('heading', { name: /Maya/ }).waitFor();
  // Not before: whatever else asks the server would end the session where it stands.
  await page.route(api('/me/account'), async (route) => {
    await context.clearCookies();
    await route.continue();
  });
  await page.getByRole('link', { name: 'My account' }).click();
  await page.getByText('Sign in to go on.').waitFor();
  assert(page.url().includes('next=%2Faccount'), page.url());
});

await check('a session that ends while the next page is still on its way', 'maya', async (page) => {
  await go(page, '/');
  await page.getByRole('heading', { name: 'Missed calls' }).waitFor();
  await page.route(api('/people*'), answer(401, { status: 401, title: 'Signed out' }));
  let send;
  const ended = new Promise((resolve) => (send = resolve));
  await page.route(/assets\/Account-.*\.js$/, async (route) => {
    await ended;
    await route.continue();
  });
  const file = page.waitForResponse(/assets\/Account-.*\.js$/);
  await page.getByRole('link', { name: 'My account' }).dispatchEvent('click');
  await page.getByRole('combobox').fill('10');
  await page.getByText('Sign in to go on.').waitFor();
  send();
  // The same module comes to this import when it came to the frame's.
  await page.evaluate(async (url) => {
    await import(url);
    await new Promise((done) => setTimeout(done));
  }, (await file).url());
});

await check('wrong pair, then locked with the minutes left', null, async (page) => {
  await go(page, '/sign-in');
  const attempt = async () => {
    await page.getByLabel('Email').fill('nobody@northwind.localhost');
    await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  await attempt();
  await page.getByText('The email or the password is wrong.').waitFor();
  assert((await page.getByLabel('Email').inputValue()) !== '', 'the email was lost');
  for (let i = 0; i < 5; i += 1) {
    await attempt();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.waitForTimeout(100);
  }
  await page.getByText(/Wait 14 minutes/).waitFor();
});

await check('caps lock is told', null, async (page) => {
  await go(page, '/sign-in');
  await page.getByRole('textbox', { name: 'Password' }).focus();
  await page.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'A', bubbles: true, modifierCapsLock: true })));
  await page.getByText('Caps Lock is on.').waitFor();
});

for (const [path, what, text] of [['/calls', '/calls?*', 'No calls yet'], ['/extensions', '/extensions?*', 'No extensions yet'], ['/users', '/users?*', 'No users yet'],
  ['/registrations', '/registrations?*', 'No device is connected'], ['/numbers', '/dids?*', 'No numbers yet'], ['/live', '/live-calls?*', 'No calls now'], ['/queues', '/queues?*', 'No queues yet']]) {
  await check(`${path} when there is nothing`, 'admin', async (page) => {
    await page.route(api(what), answer(200, { rows: [], next: null }));
    await go(page, path);
    await page.getByText(text, { exact: true }).waitFor();
  });
}

await check('an error with Try again and a request id', 'maya', async (page) => {
  await page.route(api('/home'), answer(500, { status: 500, title: 'x', detail: 'The store did not answer.', requestId: 'req-77' }));
  await go(page, '/');
  await page.getByText('The store did not answer.').waitFor({ timeout: 9000 });
  await page.getByText('req-77').waitFor();
  await page.unroute(api('/home'));
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Missed calls' }).waitFor();
});

await check('offline is told and the page stays', 'maya', async (page, context) => {
  await go(page, '/');
  await page.getByRole('heading', { name: 'Missed calls' }).waitFor();
  await context.setOffline(true);
  await page.getByText('You are offline. What you see may be out of date.').waitFor();
  await page.getByRole('heading', { name: 'Missed calls' }).waitFor();
  await context.setOffline(false);
  await page.getByText('You are offline. What you see may be out of date.').waitFor({ state: 'detached' });
});

await check('what the network withheld comes when it is back', 'maya', async (page, context) => {
  await go(page, '/');
  await page.route('**/assets/PhonePanel-*', (route) => route.abort());
  await page.reload();
  await page.getByRole('heading', { name: 'Missed calls' }).waitFor();
  assert((await page.getByRole('button', { name: 'Dialer' }).count()) === 0, 'the phone came all the same');
  await page.unroute('**/assets/PhonePanel-*');
  await context.setOffline(true);
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Feature codes' }).click();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await context.setOffline(false);
  await page.getByRole('heading', { name: 'Feature codes' }).waitFor();
  await page.getByRole('button', { name: 'Dialer' }).waitFor();
});

await check('new calls are offered, rows do not shift', 'maya', async (page) => {
  await go(page, '/calls');
  await page.getByRole('table').waitFor();
  await page.waitForTimeout(300);
  let reads = 0;
  page.on('request', (request) => { reads += /\/calls\?from/.test(request.url()) ? 1 : 0; });
  server.live.send('call.ended', { id: 'x' });
  server.live.send('call.ended', { id: 'y' });
  await page.getByText('2 new calls').waitFor();
  assert(reads === 0, 'the list was read again by itself');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByText('2 new calls').waitFor({ state: 'detached' });
  assert(reads === 1, `read ${reads} times`);
});

await check('filters, chips, pages and the sheet live in the address', 'maya', async (page) => {
  await go(page, '/calls');
  await page.getByRole('combobox', { name: 'Result' }).selectOption('answered');
  await page.getByRole('searchbox', { name: 'Filter by name or number' }).fill('1001');
  await page.waitForURL(/q=1001/);
  await page.getByRole('group', { name: 'Filters in use' }).getByRole('button', { name: /Answered/ }).click();
  await page.waitForURL((url) => !url.searchParams.has('result'));
  await page.getByRole('button', { name: 'Next' }).click();
  await page.waitForURL(/cursor=25/);
  await page.getByRole('button', { name: 'Previous' }).click();
  await page.waitForURL((url) => !url.searchParams.has('cursor'));
  await page.getByRole('row').nth(2).getByRole('link').click();
  await page.getByRole('dialog').getByText('Technical details').waitFor();
  const first = page.url();
  await page.keyboard.press('ArrowDown');
  await page.waitForURL((url) => url.href !== first);
  await page.keyboard.press('Escape');
  await page.waitForURL(/\/calls\?q=1001$/);
  await page.goBack();
});

await check('calls of one line; a range that is saved comes back after a reload, and is forgotten', 'maya', async (page) => {
  await go(page, '/calls');
  await page.getByRole('combobox', { name: 'Line' }).selectOption({ index: 1 });
  await page.waitForURL(/line=%2B/);
  await page.getByRole('group', { name: 'Filters in use' }).getByRole('button', { name: /Line/ }).click();
  await page.waitForURL((url) => !url.searchParams.has('line'));
  await page.getByRole('button', { name: 'Custom' }).click();
  await page.getByLabel('From', { exact: true }).fill('2026-11-02');
  await page.waitForURL(/from=2026-11-02/);
  await page.getByRole('button', { name: 'Save this range' }).click();
  await page.reload();
  await page.getByRole('button', { name: '7 days' }).click();
  await page.getByRole('list', { name: 'Saved ranges' }).getByRole('button', { name: /^Nov.* 2, 2026 to/ }).click();
  await page.waitForURL(/range=custom.*from=2026-11-02/);
  await page.getByRole('button', { name: /^Forget/ }).click();
  await page.getByRole('list', { name: 'Saved ranges' }).waitFor({ state: 'detached' });
});

await check('missed calls stand once for each caller, and all of them when asked', 'maya', async (page) => {
  await go(page, '/calls?result=missed');
  const rows = page.getByRole('row');
  await rows.nth(1).waitFor();
  const before = await rows.count();
  await page.getByRole('button', { name: /^\d+ calls of/, expanded: false }).first().click();
  await page.getByRole('button', { name: /^\d+ calls of/, expanded: true }).waitFor();
  assert(await rows.count() > before, 'there are more');
});

await check('the menu of a number by keyboard: opened, walked, left, and the focus is where it was', 'maya', async (page) => {
  await go(page, '/calls');
  const dots = page.getByRole('main').getByRole('button', { name: /^More for/ }).first();
  await dots.focus();
  await page.keyboard.press('Enter');
  const focused = async (name) => assert(await page.getByRole('menuitem', { name, exact: true }).evaluate((item) => item === document.activeElement), `${name} has no focus`);
  await page.getByRole('menu').waitFor();
  await page.getByRole('menuitem', { name: 'Call with my desk phone' }).waitFor();
  await page.keyboard.press('End');
  await focused('Call with my desk phone');
  await page.keyboard.press('ArrowUp');
  await focused('Block');
  await page.keyboard.press('ArrowUp');
  await focused('Calls with this number');
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  assert(await dots.evaluate((button) => button === document.activeElement), 'the focus was lost');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Block', exact: true }).click();
  await page.getByText(/does not get through to you any more$/).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText(/gets through again$/).waitFor();
  await dots.click(); // and stays open for axe
  await page.getByRole('menu').waitFor();
});

await check('server errors land on their fields and input is kept', 'admin', async (page) => {
  await go(page, '/extensions/new');
  await page.getByLabel('Number', { exact: true }).fill('1002');
  await page.getByLabel('Name', { exact: true }).fill('Another Tom');
  await page.getByRole('button', { name: 'Create extension' }).click();
  await page.getByText('Is already used by Tom Becker.').waitFor();
  await page.waitForTimeout(100);
  assert(await page.getByLabel('Number', { exact: true }).evaluate((field) => field === document.activeElement), 'the field has no focus');
  await page.getByLabel('Number', { exact: true }).fill('1099');
  await page.getByRole('button', { name: 'Create extension' }).click();
  await page.getByRole('dialog').getByText('kV7-mirror-Lake-22').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('heading', { name: '1099 Another Tom' }).waitFor();
});

await check('leaving with changes asks; save, discard', 'admin', async (page) => {
  await go(page, `/extensions/${extensions[1].id}`);
  const name = page.getByLabel('Name', { exact: true });
  await name.fill('Thomas Becker');
  await page.getByText('1 change', { exact: true }).waitFor();
  page.once('dialog', (dialog) => void dialog.dismiss());
  await page.getByRole('link', { name: 'Users' }).click();
  assert(page.url().includes('/extensions/'), 'the page was left');
  await page.getByRole('button', { name: 'Discard' }).click();
  assert((await name.inputValue()) === 'Tom Becker', 'not discarded');
  await name.fill('Tom B.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Extension saved').waitFor();
  await page.getByRole('heading', { name: '1002 Tom B.' }).waitFor();
});

for (const [width, what] of [[1440, 'beside a wide page'], [390, 'on a phone']]) {
  await check(`what is not saved in one tab stays while another is shown, and is asked about, ${what}`, 'admin', async (page) => {
    await page.setViewportSize({ width, height: 900 });
    await go(page, `/extensions/${extensions[1].id}`);
    const tab = (name) => page.getByRole('group', { name: 'Parts of the extension' }).getByRole('button', { name });
    await page.getByLabel('Name', { exact: true }).fill('Thomas Becker');
    await tab(/^Calls/).press('Enter');
    const code = page.getByRole('textbox', { name: 'Caller ID name' });
    await code.fill('Thomas');
    await tab(/^Follow me/).press('Enter');
    await tab('General (edited)').waitFor();
    await tab('Calls (edited)').waitFor();
    let asked = 0;
    page.on('dialog', (dialog) => {
      asked += 1;
      void dialog.dismiss();
    });
    await page.getByRole('link', { name: 'Dashboard' }).first().click();
    for (let i = 0; i < 40 && !asked; i += 1) await page.waitForTimeout(50);
    assert(asked === 1, `asked ${asked} times`);
    await tab(/^Calls/).press('Enter');
    assert((await code.inputValue()) === 'Thomas', 'what was typed under Calls is gone');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Calls', exact: true }).waitFor();
    await tab(/^General/).press('Enter');
    assert((await page.getByLabel('Name', { exact: true }).inputValue()) === 'Thomas Becker', 'what was typed under General is gone');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'General', exact: true }).waitFor();
  });
}

await check('a new object and a small form ask before they lose what was typed', 'admin', async (page) => {
  await go(page, '/extensions/new');
  await page.getByLabel('Name', { exact: true }).fill('Somebody');
  let asked = '';
  page.on('dialog', (dialog) => {
    asked = dialog.message();
    void dialog.dismiss();
  });
  await page.getByRole('main').getByRole('link', { name: 'Cancel' }).click();
  assert(/not saved/.test(asked) && page.url().endsWith('/extensions/new'), `asked: ${asked}`);
  await page.getByLabel('Name', { exact: true }).fill('');
  await go(page, '/feature-codes');
  await page.getByRole('button', { name: /^Change/ }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Code').fill('*88');
  await page.keyboard.press('Escape');
  assert(/lose what you entered/.test(asked) && await dialog.isVisible(), `asked: ${asked}`);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
});

await check('changed by somebody else', 'admin', async (page) => {
  await go(page, `/extensions/${extensions[2].id}`);
  await page.route(api(`/extensions/${extensions[2].id}`), (route) => (route.request().method() === 'PATCH' ? answer(412, { status: 412, title: 'changed' })(route) : route.continue()));
  await page.getByLabel('Name', { exact: true }).fill('Priya R.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/Somebody else changed this/).waitFor();
});

await check('delete asks and says what will happen', 'admin', async (page) => {
  await go(page, `/extensions/${extensions[7].id}`);
  await page.getByRole('button', { name: 'Delete extension' }).click();
  const dialog = page.getByRole('dialog', { name: /Delete extension 1008/ });
  await dialog.getByRole('button', { name: 'Delete extension' }).click();
  await page.getByText('Extension 1008 deleted').waitFor();
  await page.getByRole('heading', { name: 'Extensions' }).waitFor();
});

await check('devices, users and passwords', 'admin', async (page) => {
  await go(page, `/extensions/${extensions[0].id}`);
  await page.getByRole('button', { name: 'Add device' }).click();
  await page.getByRole('dialog').getByLabel('Device name').fill('Reception');
  await page.getByRole('dialog').getByRole('button', { name: 'Add device' }).click();
  await page.getByText('river-Stone-17').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await go(page, '/users/new');
  await page.getByLabel('Name', { exact: true }).fill('New Person');
  await page.getByLabel('Email').fill('new@northwind.localhost');
  await page.getByRole('button', { name: 'Create user' }).click();
  await page.getByText('made-Up-word-42').waitFor();
  await go(page, '/users');
  await page.getByRole('link', { name: 'Amelia Novak' }).click();
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByText('Amelia Novak can sign in again').waitFor();
});

await check('live call is hung up after a question', 'admin', async (page) => {
  await go(page, '/live');
  await page.getByRole('button', { name: /Hang up the call from Tom/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Hang up' }).click();
  await page.getByText('The call was ended').waitFor();
});

await check('pages one may not open, and pages that are not there', 'maya', async (page) => {
  await go(page, '/extensions');
  await page.getByRole('heading', { name: 'You do not have access to this page' }).waitFor();
  assert((await page.getByRole('link', { name: 'Extensions' }).count()) === 0, 'the menu shows it');
  await go(page, '/nothing/here');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
});

await check('a platform administrator chooses a tenant, works in it and leaves', 'admin@localhost', async (page, context) => {
  await go(page, '/');
  await page.getByRole('heading', { name: 'Tenants' }).waitFor();
  assert((await page.getByRole('link', { name: 'Extensions' }).count()) === 0, 'the menu shows pages of no tenant');
  await go(page, '/extensions');
  await page.getByRole('heading', { name: 'Choose a tenant first' }).waitFor();
  await page.getByRole('link', { name: 'Go to Tenants' }).click();
  await page.getByRole('searchbox', { name: 'Filter tenants' }).fill('north');
  await page.waitForURL(/q=north/);
  await page.getByRole('button', { name: 'Work here in Harbor Legal' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Work here in Northwind Dental' }).click();
  const bar = page.getByRole('region', { name: 'Working in Northwind Dental' });
  await bar.waitFor();
  const second = await context.newPage();
  await second.goto(`${server.url}/users`);
  await second.getByRole('link', { name: 'Amelia Novak' }).waitFor();
  await page.bringToFront(); // what lies behind is drawn once a second
  for (const [link, text] of [['Extensions', 'Priya Raman'], ['Users', 'Amelia Novak'], ['Registrations', 'Desk phone T46U'], ['Numbers', 'Maya direct'], ['Live calls', 'Daniel Okafor']]) {
    await page.getByRole('link', { name: link, exact: true }).click();
    await page.getByRole('main').getByText(text).first().waitFor();
  }
  await page.getByRole('link', { name: 'Extensions' }).click();
  await page.getByRole('link', { name: 'Priya Raman' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Somebody');
  page.once('dialog', (dialog) => void dialog.dismiss());
  await bar.getByRole('button', { name: 'Leave' }).click();
  assert(page.url().includes('/extensions/'), 'a form with changes was left');
  await page.getByRole('button', { name: 'Discard' }).click();
  await bar.getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'Tenants' }).waitFor();
  await bar.waitFor({ state: 'detached' });
  await second.getByRole('heading', { name: 'Choose a tenant first' }).waitFor();
  await second.close();
});

await check('who was granted a part sees it, and gives no more than that', 'tom', async (page) => {
  await go(page, '/');
  const { permissions } = users[1];
  permissions.push('users', 'realtime');
  await page.reload();
  await page.getByRole('link', { name: 'Registrations' }).click();
  await page.getByText('Desk phone T46U').waitFor();
  assert((await page.getByRole('link', { name: 'Extensions' }).count()) === 0, 'the menu shows what was not granted');
  await go(page, '/users/new');
  await page.getByLabel('See live calls and registrations, hang up, listen by phone').waitFor();
  assert((await page.getByLabel('See and change extensions').count()) === 0, 'a permission that Tom does not hold is offered');
  assert((await page.getByLabel('Role').locator('option').allTextContents()).join() === 'User,Agent', 'Tom may make administrators');
  permissions.length = 1;
});

await check('permissions of a user are changed and saved', 'admin', async (page) => {
  await go(page, `/users/${users[2].id}`);
  const calls = page.getByLabel('See the calls of everybody');
  await calls.check();
  await page.getByText('1 change', { exact: true }).waitFor();
  await calls.uncheck();
  await page.getByText('1 change', { exact: true }).waitFor({ state: 'detached' });
  await calls.check();
  const saved = page.waitForRequest((request) => request.method() === 'PATCH');
  await page.getByRole('button', { name: 'Save' }).click();
  assert((await saved).postData() === '{"permissions":["cdr","cover_page","fax_to_email","pbx_cdr","receive_fax","send_fax"]}', (await saved).postData());
  await page.getByText('User saved').waitFor();
});

await check('calls to me: an end time, a number that is missing or wrong, saved; Do Not Disturb on the Dashboard', 'maya', async (page) => {
  await go(page, '/account');
  const card = page.getByRole('region', { name: 'Extension settings' });
  await card.getByText(/^Set by Alex Admin, Yesterday.*Took 3 calls today$/).waitFor();
  await card.getByRole('switch', { name: 'Forward all calls' }).check();
  const all = card.getByRole('group', { name: 'Forward all calls' });
  await card.getByRole('button', { name: 'Save' }).click();
  await all.getByText('Enter where calls should go.').waitFor();
  await all.getByLabel('Forward to').fill('9999');
  await all.getByLabel('Ends').selectOption({ label: 'At a day and time...' });
  await all.getByLabel('Day and time').fill('2036-02-03T14:30');
  assert(await all.getByLabel('Day and time').inputValue() === '2036-02-03T14:30', 'not what was chosen');
  await all.getByLabel('Ends').selectOption({ label: 'In one hour' });
  await card.getByRole('button', { name: 'Save' }).click();
  await all.getByText('Is no extension.').waitFor();
  await all.getByLabel('Forward to').fill('1003');
  await card.getByLabel('Ring time in seconds').fill('2');
  await card.getByRole('button', { name: 'Save' }).click();
  await card.getByText('Enter 5 to 120 seconds.').waitFor();
  await card.getByLabel('Ring time in seconds').fill('20');
  const sent = page.waitForRequest((request) => request.method() === 'PUT' && request.url().endsWith('/settings'));
  await card.getByRole('button', { name: 'Save' }).click();
  const body = JSON.parse((await sent).postData());
  assert(body.forwardAll === true && body.forwardAllNumber === '1003' && body.ringMs === 20_000 && !('dnd' in body), JSON.stringify(body));
  assert(Math.abs(body.forwardAllUntil - Date.now() - 3_600_000) < 60_000, 'not in an hour');
  await page.getByText('Extension settings saved').waitFor();
  await all.getByText(/^Set by Maya Chen, Today/).waitFor();
  await card.getByText(/^These calls would go in a circle: 1001, 1003, 1001/).first().waitFor();
  await go(page, '/');
  await page.getByText('All calls go to 1003').waitFor();
  await page.getByRole('switch', { name: 'Do not disturb' }).check();
  await page.getByText('No device of yours rings').waitFor();
  await page.getByRole('switch', { name: 'Do not disturb' }).uncheck();
  await page.getByText('No device of yours rings').waitFor({ state: 'detached' });
});

await check('a refused Do Not Disturb is told, and the switch shows what is', 'maya', async (page) => {
  await go(page, '/');
  await page.route('**/extensions/*/settings', (route) => (route.request().method() === 'PUT' ? answer(500, { status: 500, detail: 'The disk is full.' })(route) : route.continue()));
  await page.getByRole('switch', { name: 'Do not disturb' }).click();
  await page.getByText('Not saved: The disk is full.').waitFor();
  await page.getByRole('switch', { name: 'Do not disturb', checked: false }).waitFor();
});

await check('follow me: places added, checked, saved and taken away', 'maya', async (page) => {
  await go(page, '/follow-me');
  await page.getByText('Priya Raman (1003) passes every call back here: calls would go in a circle, so this place does not ring.').waitFor();
  await page.getByRole('img', { name: 'Rings from 20 s to 50 s' }).waitFor();
  await page.getByRole('button', { name: 'Add destination' }).click();
  const fourth = page.getByRole('group', { name: 'Destination 4' });
  assert((await fourth.getByLabel('Delay (s)').inputValue()) === '50', 'the next place begins when the others have rung');
  await page.getByRole('button', { name: 'Save' }).click();
  await fourth.getByText('Enter a number.').waitFor();
  await fourth.getByLabel('Rings', { exact: true }).selectOption({ label: 'My own devices' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Has the own devices twice.').waitFor();
  await fourth.getByLabel('Rings', { exact: true }).selectOption({ label: 'A number' });
  await fourth.getByLabel('Extension or number').fill('1004');
  await fourth.getByLabel('Must press 1').check();
  await page.getByRole('button', { name: 'Remove 1003' }).click();
  const sent = page.waitForRequest((request) => request.method() === 'PUT' && request.url().endsWith('/follow-me'));
  await page.getByRole('button', { name: 'Save' }).click();
  const body = JSON.parse((await sent).postData());
  assert(JSON.stringify(body.destinations.map((one) => [one.number, one.delayMs, one.confirm])) === '[["",0,false],["+14155550199",20000,true],["1004",50000,true]]', JSON.stringify(body));
  await page.getByText('Follow me saved').waitFor();
});

await check('follow me of another: chosen by the administrator, asked about when something is typed', 'admin', async (page) => {
  await go(page, '/follow-me');
  const whose = page.getByLabel('Extension', { exact: true });
  await whose.selectOption({ index: 4 });
  await page.waitForURL('**/follow-me?extension=*');
  await page.getByLabel('Prefix for the caller’s name').fill('Desk: ');
  const before = await whose.inputValue();
  const asked = page.waitForEvent('dialog');
  const picked = whose.selectOption({ index: 5 });
  await (await asked).dismiss();
  await picked;
  assert((await whose.inputValue()) === before, 'the choice stays where the form is');
  const sent = page.waitForRequest((request) => request.method() === 'PUT' && request.url().endsWith('/follow-me'));
  await page.getByRole('button', { name: 'Save' }).click();
  assert((await sent).url().includes(`/extensions/${before}/`), 'saved for whom it was chosen');
});

await check('follow me without a rule: New rule begins it', 'maya', async (page) => {
  await page.route('**/extensions/*/follow-me', (route) => route.fulfill({ headers: { etag: '"1"' }, json: { enabled: false, enabledSet: null, ignoreBusy: false, prefix: '', destinations: [], warnings: [] } }));
  await go(page, '/follow-me');
  await page.getByRole('button', { name: 'New rule' }).click();
  assert((await page.getByLabel('Extension', { exact: true }).locator('option:checked').textContent()) === '1001 Maya Chen', 'her own');
  await page.getByRole('switch', { name: 'Enable follow me' }).check();
  await page.getByRole('button', { name: 'Add destination' }).click();
  await page.getByRole('group', { name: 'Destination 1' }).waitFor();
});

await check('feature codes: searched and dialled', 'maya', async (page) => {
  await go(page, '/feature-codes');
  await page.getByText('5 codes that you can dial on any phone').waitFor();
  assert((await page.getByText('Intercom').count()) === 0, 'a code that is off is offered');
  await page.getByRole('searchbox', { name: 'Filter feature codes' }).fill('forward');
  await page.getByText('1 code that you can dial on any phone').waitFor();
  await page.getByRole('button', { name: 'Dial Forward all calls' }).click();
  assert((await page.getByRole('textbox', { name: 'Name or number' }).inputValue()) === '*72', 'it waits for the number');
  await page.getByRole('searchbox', { name: 'Filter feature codes' }).fill('zzz');
  await page.getByText('No codes match').waitFor();
});

await check('feature codes: changed by an administrator', 'admin', async (page) => {
  await go(page, '/feature-codes');
  await page.getByRole('button', { name: 'Change Intercom' }).click();
  const dialog = page.getByRole('dialog', { name: 'Feature code: Intercom' });
  await dialog.getByLabel('Code').fill('8');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Enter * and digits.').waitFor();
  await dialog.getByLabel('Code').fill('*80');
  await dialog.getByRole('switch', { name: 'Can be dialled' }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved: Intercom').waitFor();
  await page.getByText('*80').waitFor();
});

await check('/voicemail when there is nothing', 'maya', async (page) => {
  await page.route(api('/voicemail?*'), answer(200, { rows: [], next: null }));
  await go(page, '/voicemail');
  await page.getByText('No messages').waitFor();
  await page.getByRole('button', { name: 'Deleted' }).click();
  await page.getByText('Nothing deleted').waitFor();
});

await check('voicemail: play marks it heard, delete can be taken back, forward, download', 'maya', async (page) => {
  await go(page, '/voicemail');
  await page.getByText('2 new messages, 3 heard').waitFor();
  await page.getByRole('button', { name: 'Play the message from Brightwater Clinic' }).click();
  await page.getByText('1 new message, 4 heard').waitFor();
  await page.getByRole('button', { name: 'Play', exact: true }).first().waitFor(); // it has played to its end
  const position = page.getByRole('slider', { name: 'Position in the message' }).first();
  await position.focus();
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'Mark as new' }).click();
  await page.getByText('2 new messages, 3 heard').waitFor();
  const link = page.getByRole('link', { name: 'Download' });
  const file = page.waitForEvent('download');
  await link.click();
  await file;
  await page.getByRole('button', { name: 'Forward', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Forward the message' });
  await dialog.getByLabel('To extension').fill('1009');
  await dialog.getByRole('button', { name: 'Forward' }).click();
  await dialog.getByText('Takes no messages.').waitFor();
  await dialog.getByLabel('To extension').fill('1002');
  await dialog.getByRole('button', { name: 'Forward' }).click();
  await page.getByText('Message forwarded to 1002').waitFor();
  await page.getByRole('main').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('1 new message, 3 heard').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('2 new messages, 3 heard').waitFor();
  await page.getByText('Message is back').waitFor();
});

await check('cover pages: what is wrong with the text is said, a new one is added', 'maya', async (page) => {
  await go(page, '/fax/cover-pages');
  await page.getByRole('link', { name: /Office/ }).click();
  await page.getByLabel('Text').fill('<x>');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Has the mark <x>, which is none.').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('link', { name: 'New cover page' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Lab');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Cover page added').waitFor();
  await page.getByRole('img', { name: 'Page 1 of 1' }).waitFor();
});

await check('account: whom faxes are mailed to, and when the sender hears', 'maya', async (page) => {
  await go(page, '/account');
  await page.getByLabel(/^Fax delivery email/).fill('maya@northwind.localhost, office');
  const card = page.getByRole('form', { name: 'Fax' });
  await card.getByRole('button', { name: 'Save' }).click();
  await card.getByText('Contains office, which is no address.').waitFor();
  await page.getByLabel(/^Fax delivery email/).fill('maya@northwind.localhost, office@northwind.localhost');
  await page.getByLabel('Mail me how a sent fax ended').selectOption('Only when it failed');
  await page.getByLabel('Fastest rate when sending').selectOption('9600 bit/s');
  await page.getByLabel('Error correction when sending').uncheck();
  await page.getByLabel('Quality when sending').selectOption('Standard, quicker');
  await card.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Fax settings saved').waitFor();
});

await check('voicemail: greeting recorded here, file refused, PIN and mailbox saved', 'maya', async (page) => {
  await go(page, '/voicemail');
  await page.getByRole('button', { name: 'Record a greeting' }).click();
  await page.getByText(/^Recording, 0:01/).waitFor();
  const sent = page.waitForResponse((response) => response.request().method() === 'POST' && response.url().includes('/greetings'));
  await page.getByRole('button', { name: 'Stop and use it' }).click();
  const greeting = await (await sent).json();
  assert(greeting.durationMs > 500, `a WAV file of ${greeting.durationMs} ms`);
  await page.getByText(/^Callers now hear “Recorded/).waitFor();
  await page.getByRole('button', { name: 'Use Standard greeting' }).click();
  await page.getByText('Callers now hear “Standard greeting”').waitFor();
  await page.getByLabel('Upload a WAV file', { exact: true }).last().setInputFiles({ name: 'song.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('x') });
  await page.getByText('Choose a WAV file of at most 24 MB.').waitFor();
  await page.getByRole('button', { name: 'Set PIN' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set PIN' });
  await dialog.getByRole('textbox', { name: 'New PIN' }).fill('12');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Enter 4 to 10 digits.').waitFor();
  await dialog.getByRole('textbox', { name: 'New PIN' }).fill('1234');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Must be hard to guess.').waitFor();
  await dialog.getByRole('textbox', { name: 'New PIN' }).fill('7391');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('PIN saved').waitFor();
  await page.getByLabel('Send new messages to').fill('nobody');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Has an address that is none.').waitFor();
  await page.getByLabel('Send new messages to').fill('maya@northwind.localhost');
  await page.getByRole('switch', { name: 'Take messages' }).uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Mailbox saved').waitFor();
  await page.getByText(/^Voicemail is off/).waitFor();
});

await check('voicemail: the name recorded, played and deleted', 'maya', async (page) => {
  await go(page, '/voicemail');
  const card = page.getByRole('region', { name: 'Name', exact: true });
  await card.getByText('No name is recorded').waitFor();
  await card.getByRole('button', { name: 'Record a name' }).click();
  await page.waitForTimeout(900);
  await card.getByRole('button', { name: 'Stop and use it' }).click();
  await page.getByText('Name saved').waitFor();
  await card.getByRole('button', { name: 'Play' }).click();
  await card.getByRole('button', { name: 'Delete the recorded name' }).click();
  await card.getByText('No name is recorded').waitFor();
});

await check('the keyboard alone: skip link, dial box, shortcuts', 'maya', async (page) => {
  await go(page, '/');
  await page.getByRole('heading', { name: /Maya/ }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert(await page.evaluate(() => document.activeElement.id === 'main'), 'skip link');
  await page.keyboard.press('/');
  await page.keyboard.type('pri');
  await page.getByRole('option', { name: /Priya/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#main').focus();
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await page.getByRole('heading', { name: 'Call history' }).waitFor();
  await page.waitForTimeout(200);
  assert(await page.evaluate(() => document.activeElement.id === 'main'), 'focus moves to main');
  for (const [key, heading] of [['v', 'Voicemail'], ['f', 'Received faxes'], ['h', /Maya/]]) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  }
});

await check('calls: by kind', 'maya', async (page) => {
  await go(page, '/calls');
  await page.getByLabel('Kind of call').selectOption({ label: 'Fax' });
  await page.waitForURL(/type=fax/);
  await page.getByText('1 call', { exact: true }).waitFor();
  await page.getByRole('button', { name: /Fax$/ }).click();
  await page.waitForURL((url) => !url.searchParams.has('type'));
});

await check('numbers: what the filter does not find is told, and cleared', 'admin', async (page) => {
  await go(page, '/numbers');
  await page.getByLabel('Filter numbers').fill('spare');
  await page.getByText('(415) 555-0110', { exact: true }).waitFor({ state: 'detached' });
  await page.getByLabel('Filter numbers').fill('zzz');
  await page.getByRole('heading', { name: 'No numbers match' }).waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByText('(415) 555-0110', { exact: true }).waitFor();
});

await check('outbound routes: none, an order that is refused, an order that holds', 'admin@localhost', async (page) => {
  await go(page, '/');
  await page.getByRole('button', { name: 'Work here in Northwind Dental' }).click();
  await page.getByRole('region', { name: 'Working in Northwind Dental' }).waitFor();
  await page.route(api('/out-routes?*'), answer(200, { rows: [], next: null }));
  await go(page, '/outbound-routes');
  await page.getByRole('heading', { name: 'No route to the outside' }).waitFor();
  await page.unroute(api('/out-routes?*'));
  await go(page, '/outbound-routes');
  const group = page.getByRole('region', { name: 'Numbers that begin with +44' });
  await page.route(api('/out-routes/*'), (route) => (route.request().method() === 'PATCH' ? answer(500, { status: 500, title: 'x', detail: 'No.' })(route) : route.continue()));
  await group.getByRole('button', { name: 'Try Carrier One earlier' }).click();
  await page.getByText('The order was not changed. Try again.').waitFor();
  await group.getByRole('listitem').first().getByText('Loop-back').waitFor();
  await page.unroute(api('/out-routes/*'));
  await group.getByRole('button', { name: 'Try Carrier One earlier' }).click();
  await page.getByText('Carrier One is tried as number 1').waitFor();
  await page.getByRole('button', { name: 'Show the way' }).click();
  await page.getByText('Enter a number.').waitFor();
});

await check('theme, profile and sessions', 'maya', async (page) => {
  await go(page, '/');
  await page.getByRole('button', { name: 'Use dark theme' }).click();
  assert(await page.evaluate(() => document.documentElement.dataset.theme === 'dark'), 'theme');
  await go(page, '/account');
  assert(await page.evaluate(() => document.documentElement.dataset.theme === 'dark'), 'theme after load');
  await page.getByRole('combobox', { name: 'Time zone' }).selectOption('Asia/Tokyo');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Profile saved').waitFor();
  await page.getByLabel('Current password').fill('wrong');
  await page.getByLabel('New password').fill('a longer one');
  await page.getByRole('button', { name: 'Change password' }).click();
  await page.getByText('Is wrong.').waitFor();
  await page.getByRole('button', { name: /^Sign out Safari/ }).click();
  await page.getByText('Signed out there').waitFor();
});

await end();
