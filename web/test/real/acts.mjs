// What is set and done on the portal's smaller pages, proved by calls, mails and files.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { signIn } from '../browser.mjs';
import { checks, sleep, startOffice, toneFile, until, visitor, walker } from './house.mjs';
import { ready } from './softphone.mjs';

const MAYA_HZ = 600, DESK_HZ = 1850, TOM_HZ = 760, MUSIC_HZ = 1000, PROMPT_HZ = 1150, TELL_HZ = 1400;
const MINUTE = 60_000, DAY = 24 * 60 * MINUTE;
const { house, browser, context, page, complaints, main, menu, press, desk, tom, lucas, phones } = await startOffice('maya@northwind.localhost', {
  desk: ['1001@northwind.localhost', DESK_HZ], tom: ['1002@northwind.localhost', TOM_HZ], lucas: ['1004@northwind.localhost', 1030],
}, { house: { mail: true, clock: true }, tone: MAYA_HZ, allowed: [/AudioContext/, /404 \(Not Found\) .*\/calls\//, /422 \(Unprocessable Content\)/] });
await ready({ panel: page.getByRole('complementary', { name: 'Phone' }) });
const { context: desktop, page: office, complaints: officeComplaints, enter } = await visitor(browser, house, 'admin@northwind.localhost', { allowed: [/AudioContext/] });
await enter();
const admin = walker(office);
const both = { innerText: async () => (await Promise.all([main.innerText(), admin.main.innerText()])).join(' || ') };
const { check, end } = checks(both, phones);

/** A part of an extension's page, as the administrator opens it. */
async function extension(name, part) {
  await admin.menu('Extensions');
  await admin.main.getByRole('link', { name, exact: true }).click();
  if (part) await admin.press(part);
}

const over = (...phones) => Promise.all(phones.map((phone) => phone.event('ended')));

/** Tom's call to Maya's desk phone is up. */
async function callDesk() {
  tom.say('dial 1001');
  await desk.event('ringing');
  desk.say('answer');
  await Promise.all([tom.event('up'), desk.event('up')]);
}

await check('call me: the desk phone and the browser ring, and the story is told', async () => {
  await page.goto(`${house.url}/account`);
  await page.getByRole('complementary', { name: 'Phone' }).getByText('Ready', { exact: true }).waitFor({ timeout: 20_000 });
  await main.getByRole('link', { name: 'What happens if someone calls me?' }).click();
  await main.getByText('2 phones of Maya Chen ring for 30 s').waitFor();
  await press('Call me');
  await main.getByText('The call is under way.').waitFor();
  await page.getByRole('region', { name: 'Incoming call' }).getByText('Test call').waitFor();
  await desk.event('ringing');
  desk.say('answer');
  await desk.event('up');
  await page.getByRole('region', { name: 'Incoming call' }).waitFor({ state: 'detached' });
  desk.say('hangup');
  await main.getByText('The call is over: Ended normally.').waitFor();
  await main.getByText('Maya Chen answered').waitFor();
  await main.getByText('Echo test', { exact: true }).waitFor();
});

await check('call history by kind: the test call is one', async () => {
  await page.goto(`${house.url}/calls`);
  await main.getByLabel('Kind of call').selectOption({ label: 'Test call' });
  await main.getByText('1 call', { exact: true }).waitFor();
  await main.getByText('Test call').last().waitFor();
  await main.getByLabel('Kind of call').selectOption({ label: 'Conference' });
  await main.getByText('No calls match').waitFor();
});

await check('the limits of a mailbox, set in the portal, hold: somebody speaks until she is cut off', async () => {
  await extension('Priya Raman', 'Voicemail');
  const box = admin.main.getByRole('form', { name: 'Mailbox' });
  await box.getByLabel('Send new messages to').fill('never@northwind.localhost, boss@northwind.localhost');
  await box.getByLabel('Longest message').fill('10');
  await box.getByLabel('Most messages').fill('1');
  await admin.save('Mailbox saved');
  lucas.say('dial *991003');
  await lucas.event('up');
  lucas.say('press #');
});

await check('music that is uploaded is what a held phone hears, and a prompt is spoken in place of another', async () => {
  const uploads = { 'Upload music': MUSIC_HZ, 'Upload a prompt': PROMPT_HZ };
  await admin.menu('Music and prompts');
  for (const [label, hz] of Object.entries(uploads)) {
    const wav = { name: `${hz} Hz.wav`, mimeType: 'audio/wav', buffer: readFileSync(toneFile(hz)) };
    await admin.main.locator(`input[type=file][aria-label="${label}"]`).setInputFiles(wav);
    await office.getByText(`${hz} Hz is there now`).waitFor();
  }
  await admin.main.getByRole('button', { name: /^Play on hold/ }).click();
  await office.getByText(`Who waits hears ${MUSIC_HZ} Hz now`).waitFor();
  await admin.main.getByLabel('Is played instead of').selectOption({ label: '“You are the only person in this conference”' });
  await office.getByText(`${PROMPT_HZ} Hz saved`).waitFor();
  await callDesk();
  desk.say('hold');
  await tom.hears(MUSIC_HZ);
  tom.say('hangup');
  await over(tom, desk);
  tom.say('dial *301');
  await tom.hears(PROMPT_HZ);
  tom.say('hangup');
  await tom.event('ended');
});

await check('a feature code that is changed works by its new digits only, and switched off by none', async () => {
  const edit = async (change) => {
    await admin.main.getByRole('button', { name: 'Change Music on hold' }).click();
    await change(office.getByRole('dialog'));
    await office.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await office.getByRole('dialog').waitFor({ state: 'detached' });
  };
  const refused = async (code) => {
    tom.say(`dial ${code}`);
    const { code: answer } = await tom.event('ended');
    if (answer !== 404) throw new Error(`${code} ends with ${answer}`);
  };
  await admin.menu('Feature codes');
  await edit((dialog) => dialog.getByLabel('Code').fill('*555'));
  tom.say('dial *555');
  await tom.hears(MUSIC_HZ);
  tom.say('hangup');
  await tom.event('ended');
  await refused('*9664');
  await edit((dialog) => dialog.getByRole('switch', { name: 'Can be dialled' }).uncheck());
  await refused('*555');
});

await check('a recorded call is told of by a tone, and not once the switch is off', async () => {
  await admin.menu('Policies');
  await admin.main.getByRole('switch', { name: 'A tone tells of the recording' }).check();
  await admin.save('Policy saved');
  await extension('Maya Chen');
  await admin.main.getByLabel('Record calls').selectOption('inbound');
  await admin.save('Extension saved');
  const hearsTell = () => Math.abs(tom.heard().hz - TELL_HZ) <= 10;
  await callDesk();
  await until(hearsTell, 'the tone', 3000);
  await tom.hears(DESK_HZ);
  tom.say('hangup');
  await over(tom, desk);
  await admin.menu('Policies');
  await admin.main.getByRole('switch', { name: 'A tone tells of the recording' }).uncheck();
  await admin.save('Policy saved');
  await callDesk();
  const end = Date.now() + 1500;
  while (Date.now() < end) {
    if (hearsTell()) throw new Error('the tone is heard');
    await sleep(100);
  }
  tom.say('hangup');
  await over(tom, desk);
  await admin.menu('Recordings');
  await admin.main.getByText('2 recordings').waitFor();
});

await check('the mailbox that holds one message is full', async () => {
  lucas.say('hangup');
  await lucas.event('ended');
  lucas.say('dial *991003');
  await lucas.event('ended', 15_000);
  await admin.menu('PBX CDR');
  await admin.main.getByRole('table').getByRole('link').first().click();
  await office.getByText('The mailbox of Priya Raman is full').waitFor();
  await office.keyboard.press('Escape');
});

await check('the mail log: what was refused says why, what was taken is told as sent', async () => {
  await admin.menu('Mail');
  await admin.main.getByRole('row', { name: /boss@northwind.localhost.*Sent/ }).waitFor({ timeout: 15_000 });
  await admin.main.getByRole('row', { name: /never@northwind.localhost.*Failed.*There is no such mailbox/ }).waitFor();
});

/** Both people sign in again: their sign-ins do not outlast such a time. */
async function pass(ms) {
  await page.goto('about:blank');
  await office.goto('about:blank');
  await house.pass(ms);
  await Promise.all([context.clearCookies(), desktop.clearCookies()]);
  await Promise.all([signIn(page, house.url, 'maya@northwind.localhost'), signIn(office, house.url, 'admin@northwind.localhost')]);
}

async function fax(when) {
  await page.goto(`${house.url}/fax/send`);
  await main.locator('input[type=file]').setInputFiles(fileURLToPath(new URL('../../../test/scene/fax.pdf', import.meta.url)));
  await page.getByRole('img', { name: 'Page 1 of 1' }).waitFor({ timeout: 20_000 });
  await main.getByLabel('To', { exact: true }).fill('+16285550199');
  await main.getByLabel('When').selectOption({ label: when });
  await main.getByRole('button', { name: 'Send fax' }).click();
}

await check('a number that is put on the do-not-contact list: the fax that waits is not sent and says why, a new one is not taken', async () => {
  await fax('Send later');
  await page.getByText('Fax is on its way').waitFor();
  await admin.menu('Do not contact');
  await admin.main.getByRole('link', { name: 'Add a number' }).first().click();
  await admin.main.getByLabel('Number', { exact: true }).fill('+1 628 555 0199');
  await admin.press('Create');
  await office.getByText('No fax is sent to this number any more').waitFor();
  await pass(2 * DAY);
  await fax('Send now');
  await main.getByText(/is on the do-not-contact list/).waitFor();
  page.once('dialog', (dialog) => dialog.accept());
  await menu('Sent faxes');
  await main.getByRole('row', { name: /\(628\) 555-0199.*Failed/ }).getByRole('link').click();
  await page.getByText('The number is on the do-not-contact list').first().waitFor();
  await page.keyboard.press('Escape');
});

await check('what is kept for thirty days is gone after forty: a recording, a message that was heard, a fax', async () => {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: /^Voicemail/ }).click();
  await main.getByText('1 new message, 1 heard').waitFor();
  await admin.menu('Policies');
  const saveForm = (name) => admin.saved('Policy saved', () => admin.main.getByRole('form', { name }).getByRole('button', { name: 'Save' }).click());
  await admin.main.getByLabel('Keep recordings').selectOption('30');
  await saveForm('Recordings of calls');
  await admin.main.getByLabel('Keep faxes').selectOption('30');
  await saveForm('Call history, faxes and audit log');
  await extension('Maya Chen', 'Voicemail');
  await admin.main.getByLabel('Keep heard messages').fill('30');
  await admin.save('Mailbox saved');
  await pass(40 * DAY);
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: /^Voicemail/ }).click();
  await main.getByText('1 new message, 0 heard').waitFor();
  await menu('Sent faxes');
  await main.getByText('No faxes yet').waitFor();
  await admin.menu('Recordings');
  await admin.main.getByText(/^No recording/).first().waitFor();
  await admin.menu('PBX CDR');
  await admin.main.getByRole('link', { name: /Tom Becker/ }).first().click();
  await office.getByText('The recording has expired: recordings are kept for 30 days').waitFor();
  await office.keyboard.press('Escape');
});

await end('acts', { browser, complaints: [...complaints, ...officeComplaints], house });
