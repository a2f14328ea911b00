// Where numbers lead and what is foretold of a call, set up and read in the browser, proved by calls.
import { sleep, startOffice, until } from './house.mjs';

const TOM_HZ = 1390, ANA_HZ = 1030;
const { house, page, main, menu, press, save, maya, tom, ana, check, end } = await startOffice('admin@localhost', {
  maya: ['1001@northwind.localhost', 440], tom: ['1002@northwind.localhost', TOM_HZ], ana: ['1001@harbor.localhost', ANA_HZ],
}, { allowed: [/422 \(Unprocessable Content\)/] });
const flow = main.getByRole('list', { name: 'The way of the call' });
const NUMBER = '+14155550142', SHOWN = '(415) 555-0142';

async function lead(kind, target) {
  await menu('Numbers');
  await main.getByRole('link', { name: SHOWN, exact: true }).click();
  await main.getByLabel('Goes to').selectOption({ label: kind });
  await main.getByLabel('Extension', { exact: true }).last().fill(target);
  await save(`${SHOWN} saved`);
}

/** The drawing of the number says these words, from top to bottom, or soon does: one seen before is shown while it is asked for anew. */
async function foretold(...words) {
  await menu('Numbers');
  await main.getByRole('link', { name: `What happens to a call to ${SHOWN}?` }).click();
  await main.getByRole('heading', { name: `What happens to a call to ${SHOWN}?` }).waitFor();
  await flow.getByRole('listitem').nth(1).waitFor();
  let text;
  const after = (from, word) => {
    const at = from < 0 ? from : text.indexOf(word, from);
    return at < 0 ? at : at + word.length;
  };
  await until(async () => {
    text = await flow.innerText();
    return words.reduce(after, 0) >= 0;
  }, () => `“${words.join(' … ')}” is not there, or not in this order: ${text.replace(/\n/g, ' | ')}`);
}

await main.getByRole('button', { name: 'Work here in Northwind Dental' }).click();
await page.getByRole('region', { name: 'Working in Northwind Dental' }).waitFor();

await check('a number that another has is refused at its field', async () => {
  await menu('Numbers');
  await main.getByRole('link', { name: 'New number' }).click();
  await main.getByLabel('Number', { exact: true }).fill('+1 628 555 0177');
  await main.getByLabel('Goes to').selectOption({ label: 'Extension' });
  await main.getByLabel('Extension', { exact: true }).fill('1002');
  await press('Create');
  await main.getByText('Is already in use.').waitFor();
  await main.getByLabel('Number', { exact: true }).fill('+1 (415) 555-0142');
  await press('Create');
  await page.getByText(`${SHOWN} added`).waitFor();
});

await check('it is found by a part of it', async () => {
  await menu('Numbers');
  await main.getByLabel('Filter numbers').fill('0142');
  await until(async () => (await main.getByRole('row').count()) === 2, 'one row is left');
  await main.getByRole('link', { name: SHOWN, exact: true }).waitFor();
});

await check('the drawing says whose phone rings, and that one rings', async () => {
  await foretold(`Somebody calls ${SHOWN}`, '1 phone of Tom Becker rings', 'If nobody answers', 'leaves a message for Tom Becker');
  ana.say(`dial ${NUMBER}`);
  await tom.event('ringing');
  tom.say('answer');
  await Promise.all([ana.hears(TOM_HZ), tom.hears(ANA_HZ)]);
  ana.say('hangup');
  await Promise.all([ana.event('ended'), tom.event('ended')]);
});

await check('moved to voicemail, the caller is recorded without a ring, as foretold', async () => {
  await lead('Voicemail of', '1001');
  await foretold('Voicemail', 'leaves a message for Maya Chen', 'The caller is looked after');
  await main.getByText('No phone rings, but the call is taken').waitFor();
  maya.events.length = 0;
  ana.say(`dial ${NUMBER}`);
  await ana.event('up');
  const get = async (path) => (await page.request.get(`${house.url}/api/v1${path}`)).json();
  const fresh = async () => (await get('/mailboxes?q=1001')).rows?.[0]?.new ?? 0;
  const before = await fresh();
  ana.say('press #');
  await sleep(5000);
  ana.say('hangup');
  await ana.event('ended');
  await until(async () => (await fresh()) > before, 'a message more', 10_000);
  if (maya.events.some((one) => one.event === 'ringing')) throw new Error('she rings');
});

await check('at another time the drawing goes by that time’s hours', async () => {
  await menu('Time conditions');
  await main.getByRole('link', { name: 'New time condition' }).first().click();
  await main.getByLabel('Name', { exact: true }).fill('Mondays');
  await main.getByLabel('While open').selectOption({ label: 'Extension' });
  await main.getByLabel('Extension', { exact: true }).fill('1002');
  await main.getByLabel('While closed').selectOption({ label: 'Extension' });
  await main.getByLabel('Extension', { exact: true }).last().fill('1001');
  await press('Create');
  await page.getByText('Mondays created').waitFor();
  await menu('Numbers');
  await main.getByRole('link', { name: SHOWN, exact: true }).click();
  await main.getByLabel('Goes to').selectOption({ label: 'Time condition' });
  await main.getByLabel('Which').selectOption({ label: 'Mondays' });
  await save(`${SHOWN} saved`);
  await foretold();
  await main.getByLabel('When').selectOption({ label: 'At a day and time' });
  await main.getByLabel('Day and time').fill('2027-01-04T11:00');
  await flow.getByText('Mondays: open').waitFor();
  await flow.getByText('1 phone of Tom Becker rings for 30 s').waitFor();
  await main.getByLabel('Day and time').fill('2027-01-03T11:00');
  await flow.getByText('Mondays: closed').waitFor();
  await flow.getByText('1 phone of Maya Chen rings for 30 s').waitFor();
});

await check('a blocked caller sees the way end, and so it does', async () => {
  await lead('Extension', '1002');
  await menu('Call block');
  await main.getByRole('link', { name: 'Block a caller' }).first().click();
  await main.getByLabel('Number', { exact: true }).fill('1001');
  await press('Create');
  await page.getByText('Blocked', { exact: true }).waitFor();
  await foretold();
  await main.getByLabel('Who calls').fill('1001');
  await flow.getByText('blocked by the rule for the number 1001').waitFor();
  await main.getByText('The call is lost').waitFor();
  tom.events.length = 0;
  maya.say('dial 1002');
  await maya.event('ended');
  if (tom.events.some((one) => one.event === 'ringing')) throw new Error('he rings');
});

await check('the way of a number is shown, and a call takes it', async () => {
  await menu('Outbound routes');
  await main.getByRole('link', { name: 'New route' }).click();
  await main.getByLabel('Numbers that begin with').fill('+44207946');
  await main.getByLabel('Through').selectOption({ label: 'Loop-back' });
  await main.getByLabel('Characters to take off').fill('9');
  await main.getByLabel('Digits to put before').fill('+1628555');
  await press('Create');
  await page.getByText('Route created').waitFor();
  await main.getByLabel('Number as dialled').fill('+442079460177');
  await press('Show the way');
  await main.getByText('by Loop-back, sent as +16285550177').waitFor();
  ana.events.length = 0;
  tom.say('dial +442079460177');
  await ana.event('ringing');
  tom.say('hangup');
  await Promise.all([tom.event('ended'), ana.event('ended')]);
});

await check('a second trunk goes before the first by a press, and by the keyboard back again', async () => {
  await menu('Trunks');
  await main.getByRole('link', { name: 'New trunk' }).click();
  await main.getByLabel('Name', { exact: true }).fill('Silent');
  await main.getByLabel('Host').fill('127.0.0.9');
  await press('Create');
  await page.getByText('Trunk Silent created').waitFor();
  await menu('Outbound routes');
  const group = main.getByRole('region', { name: 'Numbers that begin with +44207946' });
  await group.getByRole('link', { name: 'Add a trunk' }).click();
  await main.getByLabel('Through').selectOption({ label: 'Silent' });
  await save('Route created', 'Create');
  await group.getByRole('listitem').nth(1).getByText('Silent').waitFor();
  await group.getByRole('button', { name: 'Try Silent earlier' }).click();
  await group.getByRole('listitem').first().getByText('Silent').waitFor();
  await group.getByRole('button', { name: 'Try Silent later' }).focus();
  await page.keyboard.press('Enter');
  await group.getByRole('listitem').first().getByText('Loop-back').waitFor();
});

await end('numbers');
