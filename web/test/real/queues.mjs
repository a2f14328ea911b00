// Queues: what an administrator sets in the browser is proved by calls, and what an agent switches on "My queues" decides who is rung.
import { startOffice, visitor, walker } from './house.mjs';

const TOM_HZ = 1390, PRIYA_HZ = 1850, LUIS_HZ = 760, HANNAH_HZ = 1030;
const { house, browser, page, main, menu, press, complaints, tom, priya, luis, hannah, check, end } = await startOffice('admin@northwind.localhost', {
  tom: ['1002@northwind.localhost', TOM_HZ], priya: ['1003@northwind.localhost', PRIYA_HZ], luis: ['1004@northwind.localhost', LUIS_HZ], hannah: ['1005@northwind.localhost', HANNAH_HZ],
}, { allowed: [/AudioContext/, /422 \(Unprocessable Content\)/] });
const agent = await visitor(browser, house, 'priya@northwind.localhost', { allowed: [/AudioContext/] });
await agent.enter();
const mine = walker(agent.page);

const rang = (phone) => phone.events.some((one) => one.event === 'ringing');
const forget = () => [tom, priya, luis, hannah].forEach((phone) => (phone.events.length = 0));

async function talks(who) {
  await who.event('ringing');
  who.say('answer');
  await Promise.all([luis.hears(who.tone), who.hears(LUIS_HZ)]);
}

async function over(who) {
  luis.say('hangup');
  await Promise.all([luis.event('ended'), who.event('ended')]);
  forget();
}

async function gaveUp() {
  luis.say('hangup');
  await luis.event('ended');
  forget();
}

/** Dials a feature code from Priya's phone, and hears it out. */
async function code(digits) {
  priya.say(`dial ${digits}`);
  await priya.event('up');
  await priya.event('ended', 12_000);
  forget();
}

const says = (text) => mine.main.getByRole('status').getByText(text).waitFor();

await check('a queue that is set in the portal: who waits is seen, and is served', async () => {
  await menu('Queues');
  await main.getByText('2 of 2 free').waitFor();
  await main.getByRole('link', { name: 'New queue' }).first().click();
  await main.getByLabel('Name', { exact: true }).fill('Help');
  await main.getByLabel('Number', { exact: true }).fill('710');
  await main.getByLabel('Who is rung').selectOption({ label: 'Everybody at once' });
  await main.getByLabel('Say the place every (s)').fill('0');
  await main.getByLabel('Prefix for the caller’s name').fill('Help:');
  await main.getByLabel('Callers who may wait').fill('1');
  await main.getByLabel('Who finds no place: kind').or(main.getByLabel('Who finds no place')).first().selectOption({ label: 'Extension' });
  await main.getByLabel('Extension', { exact: true }).last().fill('1002');
  await press('Add an agent');
  await main.getByRole('group', { name: 'Agent 1' }).getByLabel('Extension').fill('1003');
  await press('Create');
  await page.getByText('Queue 710 Help created').waitFor();
  luis.say('dial 710');
  await priya.event('ringing');
  await main.getByText('1 waits, longest').waitFor();
  await main.getByRole('link', { name: 'Help' }).click();
  await main.getByRole('table', { name: 'Who waits in Help' }).getByText('Luis Ortega', { exact: true }).waitFor();
  await main.getByRole('table', { name: 'Agents of Help' }).getByText('Rings').waitFor();
  if (rang(tom)) throw new Error('Tom rings too');
  priya.say('answer');
  await Promise.all([luis.hears(PRIYA_HZ), priya.hears(LUIS_HZ)]);
  await main.getByText('Nobody waits', { exact: true }).waitFor();
  await main.getByRole('table', { name: 'Agents of Help' }).getByText('On a call').waitFor();
  await over(priya);
});

await check('a queue without a place leads where the form says', async () => {
  luis.say('dial 710');
  await priya.event('ringing');
  hannah.say('dial 710');
  await tom.event('ringing');
  tom.say('answer');
  await tom.hears(HANNAH_HZ);
  hannah.say('hangup');
  await tom.event('ended');
  await gaveUp();
});

await check('an agent logs out and in on "My queues", and the next caller meets it', async () => {
  await mine.menu('My queues');
  await says('You are free');
  await mine.main.getByRole('switch', { name: 'Logged in' }).uncheck();
  await says('You are logged out');
  luis.say('dial 700');
  await talks(tom);
  if (rang(priya)) throw new Error('Priya rings although she is logged out');
  await over(tom);
  await mine.main.getByRole('switch', { name: 'Logged in' }).check();
  await says('You are free');
  luis.say('dial 710');
  await talks(priya);
  await says('You are on a call');
  await over(priya);
});

await check('a pause with a reason: others see it, callers wait until it ends', async () => {
  await mine.main.getByLabel('Why you pause').fill('Lunch');
  await mine.press('Pause');
  await says('You are paused: Lunch');
  await main.getByRole('table', { name: 'Agents of Help' }).getByText('Paused: Lunch').waitFor();
  luis.say('dial 710');
  await luis.event('up');
  await luis.hearsMusic(PRIYA_HZ);
  await mine.main.getByRole('table', { name: 'Who waits in Help' }).getByText('Luis Ortega', { exact: true }).waitFor();
  if (rang(priya)) throw new Error('Priya rings although she is paused');
  await mine.press('End the pause');
  await talks(priya);
  await over(priya);
});

await check('what the phone sets the page shows, and the page sets what the phone shows', async () => {
  await code('*24');
  await says('You are paused');
  await code('*24');
  await says('You are free');
  await code('*23');
  await says('You are logged out');
  await mine.main.getByText(/Set by Priya Raman by phone/).waitFor();
  await code('*22');
  await says('You are free');
});

await check('the time to wrap up is seen, and nobody rings in it', async () => {
  await main.getByLabel('Time to wrap up (s)').fill('6');
  await press('Save');
  await page.getByText('Queue 710 Help saved').waitFor();
  luis.say('dial 710');
  await talks(priya);
  await over(priya);
  await says(/You wrap up, .* left/);
  luis.say('dial 710');
  await luis.event('up');
  if (rang(priya)) throw new Error('Priya rings while she wraps up');
  await priya.event('ringing', 9000);
  await gaveUp();
});

complaints.push(...agent.complaints);
await end('queues');
