// What administrators set up in the browser, proved by calls: groups, hours, day and night, blocked callers, numbers, trunks, routes.
import { signIn } from '../browser.mjs';
import { played, sleep, startOffice, toneFile, until } from './house.mjs';

const TOM_HZ = 1390, PRIYA_HZ = 1850, LUCAS_HZ = 760, TONE_HZ = 1400, GREETING_HZ = 1150;
const SAID_MS = 6000;
const { house, page, main, menu, press, save, tom, priya, lucas, ana, check, end } = await startOffice('admin@northwind.localhost', {
  tom: ['1002@northwind.localhost', TOM_HZ], priya: ['1003@northwind.localhost', PRIYA_HZ], lucas: ['1004@northwind.localhost', LUCAS_HZ], ana: ['1001@harbor.localhost', 1030],
}, { allowed: [/AudioContext/, /409 \(Conflict\)/, /422 \(Unprocessable Content\)/] });

/** Lucas dials; the one rings and the other does not. */
async function rings(number, who, not) {
  lucas.say(`dial ${number}`);
  await who.event('ringing');
  who.say('answer');
  await Promise.all([lucas.hears(who.tone), who.hears(LUCAS_HZ)]);
  if (not.events.some((one) => one.event === 'ringing')) throw new Error('the other one rings too');
  lucas.say('hangup');
  await Promise.all([lucas.event('ended'), who.event('ended')]);
}

async function group(name, number, members) {
  await menu('Ring groups');
  await main.getByRole('link', { name: 'New ring group' }).first().click();
  await main.getByLabel('Name', { exact: true }).fill(name);
  await main.getByLabel('Number', { exact: true }).fill(number);
  for (const [i, member] of members.entries()) {
    await press('Add a member');
    await main.getByRole('group', { name: `Member ${i + 1}` }).getByLabel('Extension or number').fill(member);
  }
}

await check('a ring group of two rings both, and who answers has the call', async () => {
  await group('Support', '610', ['1002', '1003']);
  await press('Create');
  await page.getByText('Ring group 610 Support created').waitFor();
  lucas.say('dial 610');
  await Promise.all([tom.event('ringing'), priya.event('ringing')]);
  tom.say('answer');
  await Promise.all([lucas.hears(TOM_HZ), priya.event('ended')]);
  lucas.say('hangup');
  await Promise.all([lucas.event('ended'), tom.event('ended')]);
});

await check('a number that is taken is refused at its field, and nothing typed is lost', async () => {
  await group('Sales', '1002', ['1003']);
  await press('Create');
  await main.getByText('Is already used by Tom Becker.').waitFor();
  await until(async () => (await main.getByLabel('Name', { exact: true }).inputValue()) === 'Sales', 'the name stays');
  page.once('dialog', (dialog) => dialog.accept());
  await main.getByRole('link', { name: 'Cancel' }).click();
});

await check('a time condition that is open all day leads one way', async () => {
  await menu('Time conditions');
  await main.getByRole('link', { name: 'New time condition' }).first().click();
  await main.getByLabel('Name', { exact: true }).fill('Hours');
  const rule = main.getByRole('group', { name: 'Rule 1', exact: true });
  await rule.getByLabel('From', { exact: true }).fill('00:00');
  await rule.getByLabel('Until').fill('00:00');
  for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']) await rule.getByLabel(day).uncheck();
  await main.getByLabel('While open').selectOption({ label: 'Extension' });
  await main.getByLabel('Extension', { exact: true }).fill('1002');
  await main.getByLabel('While closed').selectOption({ label: 'Extension' });
  await main.getByLabel('Extension', { exact: true }).last().fill('1003');
  await press('Create');
  await page.getByText('Hours created').waitFor();
  await main.getByText('Open now', { exact: true }).waitFor();
});

await check('a call flow by day leads to the hours', async () => {
  await menu('Call flows');
  await main.getByRole('link', { name: 'New call flow' }).first().click();
  await main.getByLabel('Name', { exact: true }).fill('Door');
  await main.getByLabel('Number', { exact: true }).fill('7');
  await main.getByLabel('By day').selectOption({ label: 'Time condition' });
  await main.getByLabel('Which').selectOption({ label: 'Hours' });
  await main.getByLabel('By night').selectOption({ label: 'Extension' });
  await main.getByLabel('Extension', { exact: true }).fill('1003');
  await press('Create');
  await page.getByText('Door created').waitFor();
  await group('Front', '611', ['1009']);
  await main.getByLabel('If nobody answers').selectOption({ label: 'Call flow' });
  await main.getByLabel('Which').selectOption({ label: 'Door' });
  await press('Create');
  await page.getByText('Ring group 611 Front created').waitFor();
  await rings('611', tom, priya);
});

await check('what something leads to is not deleted under it', async () => {
  await menu('Time conditions');
  await main.getByRole('link', { name: 'Hours' }).click();
  await press('Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByText(/still in use by/).waitFor();
  await page.keyboard.press('Escape');
});

await check('the rule set to closed: the call goes the other way', async () => {
  await main.getByRole('group', { name: 'Rule 1', exact: true }).getByLabel('It is').selectOption({ label: 'Closed' });
  await press('Save');
  await page.getByText('Hours saved').waitFor();
  await main.getByText('Closed now', { exact: true }).waitFor();
  await rings('611', priya, tom);
  await main.getByRole('group', { name: 'Rule 1', exact: true }).getByLabel('It is').selectOption({ label: 'Open' });
  await press('Save');
  await main.getByText('Open now', { exact: true }).waitFor();
});

await check('switched to night in the list: the call goes where the night says', async () => {
  await menu('Call flows');
  await main.getByRole('button', { name: 'Switch to night: Door' }).click();
  await page.getByText('Door is on night').waitFor();
  await rings('611', priya, tom);
  await main.getByRole('button', { name: 'Switch to day: Door' }).click();
  await page.getByText('Door is on day').waitFor();
  await rings('611', tom, priya);
});

await check('switched by its code on a phone: the page shows it at once', async () => {
  await menu('Call flows');
  priya.say('dial *287');
  await main.getByRole('row', { name: /Door.*Night/ }).waitFor();
  await priya.event('ended', 15_000);
  priya.say('dial *287');
  await main.getByRole('row', { name: /Door.*Day/ }).waitFor();
  await priya.event('ended', 15_000);
});

await check('a blocked caller is refused, and gets through once the rule is deleted', async () => {
  await menu('Call block');
  await main.getByRole('link', { name: 'Block a caller' }).first().click();
  await main.getByLabel('Number', { exact: true }).fill('1004');
  await press('Create');
  await page.getByText('Blocked', { exact: true }).waitFor();
  lucas.say('dial 1002');
  await lucas.event('ended');
  if (tom.events.some((one) => one.event === 'ringing')) throw new Error('he rings');
  await menu('Dashboard');
  await menu('Call block');
  await main.getByRole('row', { name: /1004.*1 call/ }).getByRole('link').click();
  await press('Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('1004 gets through again').waitFor();
  await rings('1002', tom, priya);
});

await check('a call is recorded by rule: both hear the tone, the page plays both voices, and what is deleted is gone', async () => {
  await menu('Policies');
  await main.getByRole('switch', { name: 'A tone tells of the recording' }).check();
  await main.getByLabel('Keep recordings').selectOption('90');
  await press('Save');
  await page.getByText('Policy saved').waitFor();
  await main.getByRole('link', { name: 'Go to Extensions' }).click();
  await main.getByRole('link', { name: 'Priya Raman' }).click();
  await main.getByLabel('Record calls').selectOption('inbound');
  await press('Save');
  await page.getByText('Extension saved').waitFor();
  lucas.say('dial 1003');
  await priya.event('ringing');
  priya.say('answer');
  const told = (phone) => until(() => Math.abs(phone.heard().hz - TONE_HZ) <= 10, () => `${phone.tone} hears the tone, but ${JSON.stringify(phone.heard())}`, 5000);
  await Promise.all([told(priya), told(lucas)]);
  await Promise.all([lucas.hears(PRIYA_HZ), priya.hears(LUCAS_HZ)]);
  await sleep(SAID_MS);
  lucas.say('hangup');
  await Promise.all([lucas.event('ended'), priya.event('ended')]);
  await menu('Recordings');
  await main.getByRole('searchbox').fill('nobody');
  await main.getByText('No recording fits').waitFor();
  await main.getByRole('searchbox').fill('priya');
  await main.getByRole('button', { name: 'Play the call Luis Ortega to Priya Raman' }).click();
  let hz = 0;
  await until(async () => {
    hz = await played(page);
    return [PRIYA_HZ, LUCAS_HZ].some((one) => Math.abs(hz - one) <= 12);
  }, () => `the page plays ${hz} Hz`);
  await press('Delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Recording deleted').waitFor();
  await main.getByText('No recording fits').waitFor();
});

await check('Do Not Disturb set for another: the caller comes to a mailbox, and hears the greeting that the administrator put there', async () => {
  await menu('Extensions');
  await main.getByRole('link', { name: 'Priya Raman' }).click();
  await press('Calls');
  await main.getByRole('switch', { name: 'Reject incoming calls (DND)' }).check();
  await press('Save extension settings');
  await page.getByText('Extension settings saved').waitFor();
  await menu('Extensions');
  await main.getByRole('row', { name: /Priya Raman.*Do not disturb/ }).waitFor();
  await main.getByRole('link', { name: 'Priya Raman' }).click();
  await press('Voicemail');
  await main.getByRole('region', { name: 'Greeting' }).locator('input[type=file]').setInputFiles(toneFile(GREETING_HZ));
  await page.getByText(/^Callers now hear/).waitFor();
  lucas.say('dial 1003');
  await lucas.event('up', 15_000);
  await lucas.hears(GREETING_HZ, 15_000);
  if (priya.events.some((one) => one.event === 'ringing')) throw new Error('she rings');
  lucas.say('hangup');
  await lucas.event('ended');
  await press('Calls');
  await main.getByRole('switch', { name: 'Reject incoming calls (DND)' }).uncheck();
  await press('Save extension settings');
  await main.getByRole('region', { name: 'Unsaved changes' }).waitFor({ state: 'detached' }); // the words may still be of the last time
  await rings('1003', priya, tom);
});

await check('the policies are as they were saved', async () => {
  await menu('Policies');
  await until(async () => (await main.getByLabel('Keep recordings').inputValue()) === '90', 'ninety days');
  await main.getByText(/^Recordings from before .* are deleted in the coming night/).waitFor();
  await main.getByRole('switch', { name: 'A tone tells of the recording' }).uncheck();
  await press('Save');
  await page.getByText('Policy saved').waitFor();
});

await check('the platform’s administrator works in the tenant', async () => {
  await page.getByRole('button', { name: 'Account menu' }).click();
  await page.getByRole('menuitem', { name: 'Sign out', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await signIn(page, house.url, 'admin@localhost');
  await main.getByRole('button', { name: 'Work here in Northwind Dental' }).click();
  await page.getByRole('region', { name: 'Working in Northwind Dental' }).waitFor();
});

await check('a number that the platform gives rings where it leads, and elsewhere once that is changed', async () => {
  await menu('Numbers');
  await main.getByRole('link', { name: 'New number' }).click();
  await main.getByLabel('Number', { exact: true }).fill('+14155550188');
  await main.getByLabel('Goes to').selectOption({ label: 'Extension' });
  await main.getByLabel('Extension', { exact: true }).fill('1002');
  await press('Create');
  await page.getByText('(415) 555-0188 added').waitFor();
  for (const [who, number] of [[tom, ''], [priya, '1003']]) {
    if (number) {
      await main.getByRole('link', { name: '(415) 555-0188', exact: true }).click();
      await main.getByLabel('Extension', { exact: true }).fill(number);
      await press('Save');
      await page.getByText('(415) 555-0188 saved').waitFor();
    }
    ana.say('dial +14155550188');
    await who.event('ringing');
    ana.say('hangup');
    await Promise.all([ana.event('ended'), who.event('ended')]);
  }
});

await check('a trunk that is switched off carries no call', async () => {
  await menu('Trunks');
  await main.getByRole('table').getByRole('link').first().click();
  const active = main.getByRole('switch', { name: 'Active' });
  for (const on of [false, true]) {
    await active.setChecked(on);
    await save(/^Trunk .* saved$/);
    ana.events.length = 0;
    lucas.say('dial +16285550177');
    if (on) {
      await ana.event('ringing');
      lucas.say('hangup');
    }
    await lucas.event('ended');
    if (!on && ana.events.some((one) => one.event === 'ringing')) throw new Error('she rings');
    await page.getByText(/^Trunk .* saved$/).first().waitFor({ state: 'detached' });
  }
});

await check('a carrier that nobody answers for is shown so, without a reload', async () => {
  await menu('Trunks');
  await main.getByRole('link', { name: 'New trunk' }).click();
  await main.getByLabel('Name', { exact: true }).fill('Away');
  await main.getByLabel('Host').fill('127.0.0.1');
  await main.getByLabel('Port', { exact: true }).fill('9');
  await main.getByLabel('Transport').selectOption({ label: 'TCP' });
  await press('Create');
  await page.getByText('Trunk Away created').waitFor();
  await main.getByRole('row', { name: /Away.*Does not answer/ }).waitFor();
});

await check('a route for one beginning of numbers sends them otherwise', async () => {
  await menu('Outbound routes');
  await main.getByRole('link', { name: 'New route' }).click();
  await main.getByLabel('Numbers that begin with').fill('+999');
  await main.getByLabel('Through').selectOption({ index: 1 });
  await main.getByLabel('Characters to take off').fill('4');
  await main.getByLabel('Digits to put before').fill('+1628');
  await press('Create');
  await page.getByText('Route created').waitFor();
  ana.events.length = 0;
  lucas.say('dial +9995550177');
  await ana.event('ringing');
  lucas.say('hangup');
  await lucas.event('ended');
});

await end('groups');
