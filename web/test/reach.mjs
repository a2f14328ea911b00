// Whether a call comes through: what happens to one, a test call, and how the trunks stand.
import { answer, api, assert, check, end, go, server } from './check.mjs';
import { trunks } from './mock/data.mjs';

await check('what happens: an error, another time, a rule for one caller, and who has no right', 'maya', async (page) => {
  await page.route(api('/extensions/*/reach*'), answer(500, { status: 500, title: 'x', detail: 'The core did not answer.', requestId: 'req-78' }));
  await go(page, '/account');
  await page.getByRole('link', { name: 'What happens if someone calls me?' }).click();
  await page.getByText('The core did not answer.').waitFor({ timeout: 9000 });
  await page.unroute(api('/extensions/*/reach*'));
  await page.getByRole('button', { name: 'Try again' }).click();
  const flow = page.getByRole('list', { name: 'The way of the call' });
  await flow.getByText('Office hours: open').waitFor();
  await page.getByLabel('When').selectOption({ label: 'At a day and time' });
  await page.getByLabel('Day and time').fill('2026-12-24T18:00');
  await flow.getByText('Office hours: closed').waitFor();
  assert(new URL(page.url()).searchParams.get('at') === '2026-12-24T18:00', 'the time is in the address');
  await page.getByLabel('Who calls').fill('anonymous');
  await page.getByText('The call is lost').waitFor();
  await page.getByLabel('When').selectOption({ label: 'Now' });
  await go(page, '/reach/number/gone');
  await page.getByRole('heading', { name: 'Not found' }).waitFor();
  await go(page, '/numbers/any');
  await page.getByRole('heading', { name: 'You do not have access to this page' }).waitFor();
});

await check('trunks: each state in words, and the change of one at once', 'admin@localhost', async (page) => {
  const carrier = trunks[0], before = carrier.state, row = page.getByRole('row', { name: /Carrier One/ });
  const becomes = async (state, ...words) => {
    carrier.state = state && { ...before, code: 0, reason: '', nextAt: null, ...state };
    server.live.send('trunk', { id: carrier.id, health: state?.health, registration: state?.registration });
    for (const word of words) await row.getByText(word).waitFor();
  };
  await go(page, '/trunks');
  await row.getByText('Refused', { exact: true }).waitFor();
  await row.getByText(/^Since .* · 403 Forbidden \(user name, password or address is not accepted\) · next try /).waitFor();
  await page.getByRole('row', { name: /Loop-back/ }).getByText('Off', { exact: true }).waitFor();
  await becomes({ health: 'up', registration: 'registered' }, 'Registered', /^Since [^·]*$/);
  await becomes({ health: 'down', registration: 'registered', reason: 'no answer' }, 'Does not answer', /· no answer$/);
  await becomes({ health: 'unknown', registration: 'silent', code: 503, reason: 'Service Unavailable', nextAt: before.nextAt }, 'No answer', /503 Service Unavailable \(it takes nothing now\) · next try/);
  await becomes({ health: 'up', registration: 'none' }, 'Answers');
  await becomes({ health: 'unknown', registration: 'none' }, 'Not asked yet');
  await becomes({ health: 'unknown', registration: 'trying' }, 'Registering');
  await becomes(null, 'Active');
  carrier.state = before;
  await page.getByRole('link', { name: 'Carrier One' }).click();
  await page.getByText(/403 Forbidden \(user name/).waitFor();
});

await check('what happens: the outside cannot be called while its trunks are down', 'maya', async (page) => {
  const lost = { kind: 'external', target: '+16285550177', label: '+16285550177', text: '+16285550177 cannot be called now. Trunk Carrier One is down (403 Forbidden)', rings: false, answers: false, phones: 0, ringMs: 0, exit: 'failed' };
  await page.route(api('/extensions/*/reach*'), answer(200, { of: '1001 Maya Chen', at: Date.now(), rings: false, steps: [lost], end: { code: 'TRUNK_DOWN', text: 'The outside line is not available' } }));
  await go(page, '/reach');
  await page.getByRole('list', { name: 'The way of the call' }).getByText('Trunk Carrier One is down (403 Forbidden)').waitFor();
  await page.getByText('The outside line is not available').first().waitFor();
});

await check('what happens: a group of which only closed browsers can be told', 'maya', async (page) => {
  const told = { kind: 'group', target: '600', label: 'Desk', text: 'Ring group Desk; 2 closed browsers are told', rings: true, answers: false, phones: 0, ringMs: 20_000, exit: 'unavail' };
  await page.route(api('/extensions/*/reach*'), answer(200, { of: '1001 Maya Chen', at: Date.now(), rings: true, steps: [told], end: { code: 'UNREGISTERED', text: 'No phone is registered' } }));
  await go(page, '/reach');
  await page.getByText('Whoever opens the portal within 20 s can take the call').waitFor();
  await page.getByText('No phone rings now, but a closed browser is told: the portal, opened within 20 s, rings.').waitFor();
  assert((await page.getByText('At least one phone rings').count()) === 0, 'no phone rings');
});

await check('call me: while it rings, when it is over, too often, and a story that does not load', 'maya', async (page) => {
  let ended = false;
  await page.route(api('/calls/*'), (route) => (ended ? route.fallback() : answer(404, { title: 'Not found', status: 404 })(route)));
  await go(page, '/reach');
  await page.getByRole('button', { name: 'Call me' }).click();
  await page.getByText('The call is under way.').waitFor();
  assert(await page.getByRole('button', { name: 'Call me' }).isDisabled(), 'one call at a time');
  ended = true;
  await page.getByText(/^The call is over/).waitFor();
  await page.getByRole('heading', { name: /What happened|Why didn’t my phone ring/ }).waitFor();
  await page.getByLabel('Who calls').fill('+19');
  await page.waitForTimeout(400);
  await page.getByRole('button', { name: 'Call me' }).click();
  await page.getByText('There were 5 test calls in ten minutes. Try again later.').waitFor();
});

await check('of several devices those that ring are shown on the Dashboard', 'maya', async (page) => {
  const device = (name, registered) => ({ name, kind: 'browser', userAgent: '', registered });
  await page.route(api('/home'), async (route) => {
    const home = await (await route.fetch()).json();
    await route.fulfill({ json: { ...home, reach: { devices: [device('Old laptop', false), device('Lost tablet', false), device('New laptop', true)] } } });
  });
  await go(page, '/');
  const reach = page.getByRole('region', { name: /calls reach/i });
  await reach.getByText('New laptop').waitFor();
  await reach.getByText('Old laptop').waitFor();
  assert(!(await reach.getByText('Lost tablet').isVisible()), 'there is room for two');
});

await end();
