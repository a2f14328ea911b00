// What a width does to a page, beyond what screens.mjs sees of each: where things stand; and the wish for less motion.
import { answer, assert, check, end, go } from './check.mjs';

await check('the phone in a window of its own is as wide as a phone, in the middle', 'maya', async (page) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await go(page, '/phone');
  const box = (name) => page.getByRole('main').getByRole('button', { name, exact: true }).boundingBox();
  await page.getByRole('main').getByRole('button', { name: 'Call', exact: true }).waitFor();
  const [call, key, tab] = await Promise.all([box('Call'), box('5'), box('Dialer')]);
  for (const [name, one] of Object.entries({ call, key, tab })) assert(one.width < 420, `${name} is ${one.width} px wide`);
  assert(Math.abs(call.x + call.width / 2 - 720) < 8 && Math.abs(key.x + key.width / 2 - 720) < 8, JSON.stringify({ call, key }));
});

await check('in a window of 320 px what stands side by side does not overlap', 'admin', async (page) => {
  await page.setViewportSize({ width: 320, height: 900 });
  const apart = async (left, right, what) => {
    const [a, b] = await Promise.all([left.boundingBox(), right.boundingBox()]);
    assert(a.x + a.width <= b.x + 1 || a.y + a.height <= b.y + 1, `${what}: ${JSON.stringify([a, b])}`);
    assert(b.x + b.width <= 320, `${what} leaves the window: ${JSON.stringify(b)}`);
  };
  await go(page, '/calls?view=pbx');
  const row = page.getByRole('main').getByRole('row').filter({ hasText: 'Nobody answered' }).first();
  await apart(row.getByRole('link').first(), row.getByText(/^Nobody answered/).first(), 'who called and why it ended');
  await go(page, '/time-conditions/new');
  await apart(page.getByLabel('From', { exact: true }), page.getByLabel('Until', { exact: true }), 'from and until');
  await go(page, '/numbers');
  const number = page.getByRole('main').getByRole('link', { name: /555-0110/ }).first();
  await apart(number, page.getByRole('button', { name: /^More for .*0110/ }), 'a number and its menu');
  const [link, menu] = await Promise.all([number.boundingBox(), page.getByRole('button', { name: /^More for .*0110/ }).boundingBox()]);
  assert(menu.y < link.y + link.height, 'the menu stands under its number');
});

await check('long names in a list of 320 px: each keeps half of its row', 'admin', async (page) => {
  const long = 'Professor Dr. Wolfeschlegelsteinhausenbergerdorff of the Dental Centre';
  await page.setViewportSize({ width: 320, height: 900 });
  await page.route(/\/api\/v1\/dids(\?|$)/, async (route) => {
    const body = await (await route.fetch()).json();
    body.rows[0] = { ...body.rows[0], title: long, dest: { kind: 'group', target: '600', label: `600 ${long}` } };
    await route.fulfill({ json: body });
  });
  await go(page, '/numbers');
  await page.getByText(`600 ${long}`).waitFor();
  const cells = await page.getByRole('main').getByRole('row').filter({ hasText: long }).getByRole('cell').filter({ hasText: long }).all();
  assert(cells.length === 2, `${cells.length} cells`);
  for (const cell of cells) {
    const box = await cell.boundingBox();
    assert(box.width > 60 && box.height < 200 && box.x + box.width <= 320, JSON.stringify(box));
  }
});

await check('the field with the error is above the bar that saves, in a window of 320 px', 'maya', async (page) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await go(page, '/account');
  const ring = page.getByLabel('Ring time in seconds');
  await ring.fill('2');
  await ring.evaluate((input) => {
    input.blur();
    const main = document.getElementById('main');
    main.scrollTop -= main.clientHeight - input.getBoundingClientRect().bottom; // it ends where the window does
    input.form.requestSubmit();
  });
  await page.getByText('Enter 5 to 120 seconds.').waitFor();
  const [field, bar] = await Promise.all([ring.boundingBox(), page.getByRole('region', { name: 'Unsaved changes' }).boundingBox()]);
  assert(field.y > 56 && field.y + field.height <= bar.y, JSON.stringify({ field, bar }));
});

await check('what refuses a long form is brought into sight', 'maya', async (page) => {
  await page.setViewportSize({ width: 390, height: 640 });
  await page.route('**/extensions/*/settings', (route) => (route.request().method() === 'PUT' ? answer(500, { status: 500, detail: 'The disk is full.' })(route) : route.continue()));
  await go(page, '/account');
  await page.getByLabel('Ring time in seconds').fill('25');
  await page.getByRole('button', { name: 'Save extension settings' }).click();
  const [told, bar] = await Promise.all([page.getByText('The disk is full.').boundingBox(), page.getByRole('region', { name: 'Unsaved changes' }).boundingBox()]);
  assert(told.y >= 56 && told.y + told.height <= bar.y, JSON.stringify({ told, bar }));
});

await check('who wishes for less motion gets other colours at once', 'maya', async (page) => {
  await go(page, '/calls');
  const changed = (theme) => page.evaluate((to) => {
    document.documentElement.dataset.theme = to;
    const moving = document.getAnimations().filter((one) => one instanceof CSSTransition).length;
    return { moving, colour: getComputedStyle(document.body).color };
  }, theme);
  const [dark, light] = [await changed('dark'), await changed('light')];
  assert(dark.moving + light.moving === 0 && dark.colour !== light.colour, JSON.stringify({ dark, light }));
});

await end();
