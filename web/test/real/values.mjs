// The times, names and choices of the portal's forms, each changed in its form and proved by a call.
import { setTimeout as sleep } from 'node:timers/promises';
import { apiOf, startOffice, toneFile, until, visitor, walker } from './house.mjs';

const OUTSIDE = '+16285550177', DIRECT = '+14155550110', DIRECT_SHOWN = '(415) 555-0110', OWN = '+14155550122';
const MUSIC_HZ = 1000, NAME_HZ = 1150, RANDOM_TRIES = 20, SECOND = 1000, HOUR = 3_600_000;
const { house, browser, page, complaints, main, menu, press, save, phones, tom, priya, lucas, ana, check, end } = await startOffice('admin@northwind.localhost', {
  tom: ['1002@northwind.localhost', 1390], priya: ['1003@northwind.localhost', 1850], lucas: ['1004@northwind.localhost', 760], ana: ['1001@harbor.localhost', 600],
}, { house: { mail: true, clock: true }, allowed: [/AudioContext/] });
const toggle = (name) => main.getByRole('switch', { name, exact: true });
const field = (name) => main.getByLabel(name, { exact: true });
let passed = 0;
page.on('dialog', (dialog) => dialog.accept()); // a form that a failed check left half filled

async function extension(name, part = 'General') {
  await menu('Extensions');
  await main.getByRole('link', { name, exact: true }).click();
  await press(part);
}

async function fresh(section, link, kind) {
  await menu(section);
  await main.getByRole('link', { name: link }).first().click();
  if (kind) await field('Name').fill(kind);
}

/** Where a number or a choice leads: an extension. */
async function leads(label, number, nth = 0) {
  await field(label).selectOption({ label: 'Extension' });
  await field('Extension').nth(nth).fill(number);
}

async function number(kind, which) {
  await menu('Numbers');
  await main.getByRole('link', { name: DIRECT_SHOWN, exact: true }).click();
  if (kind === 'Extension') await leads('Goes to', which);
  else {
    await field('Goes to').selectOption({ label: kind });
    await field('Which').selectOption({ label: which });
  }
  await save(`${DIRECT_SHOWN} saved`);
}

/** The clock goes on; what a phone has registered has ended by then. */
async function later(ms) {
  await page.goto('about:blank'); // what a page is asking then is cut: its time is over (src/web/conns.c)
  await house.pass(ms);
  passed += ms;
  await page.goto(house.url);
  await Promise.all(phones.map((phone) => {
    phone.events.length = 0;
    phone.say('register');
    return phone.event('registered');
  }));
}

const rang = (phone) => phone.events.some((one) => one.event === 'ringing');

/** The caller dials; the one rings, and is shown this; the others do not. */
async function rings(caller, to, who, { name, from, goesOn = false } = {}) {
  for (const phone of phones) phone.events.length = 0;
  caller.say(`dial ${to}`);
  const seen = await who.event('ringing');
  if (name !== undefined && seen.name !== name) throw new Error(`${who.tone} sees ${seen.name}, not ${name}`);
  if (from !== undefined && seen.number !== from) throw new Error(`${who.tone} sees ${seen.number}, not ${from}`);
  const other = phones.find((phone) => phone !== who && phone !== caller && rang(phone));
  if (other) throw new Error(`${other.tone} rings too`);
  if (!goesOn) await over(caller, who);
}

async function over(...who) {
  who[0].say('hangup');
  await Promise.all(who.map((phone) => phone.event('ended')));
}

async function talk(caller, to, who) {
  await rings(caller, to, who, { goesOn: true });
  who.say('answer');
  await Promise.all([caller.hears(who.tone), who.hears(caller.tone)]);
  await over(caller, who);
}

/** The caller dials and nobody rings: a mailbox answers, or the call ends with this code. */
async function lost(caller, to, code) {
  for (const phone of phones) phone.events.length = 0;
  caller.say(`dial ${to}`);
  if (code) {
    const last = await caller.event('ended');
    if (last.code !== code) throw new Error(`${to} ends with ${last.code}`);
  } else {
    await caller.event('up', 15_000);
    await over(caller);
  }
  if (phones.some(rang)) throw new Error('somebody rings');
}

await check('do not disturb and a forward that end in four hours: by then the phones ring again', async () => {
  await extension('Tom Becker', 'Calls');
  await toggle('Reject incoming calls (DND)').check();
  await main.getByLabel('Ends').selectOption({ label: 'In four hours' });
  await save('Extension settings saved', 'Save extension settings');
  await extension('Priya Raman', 'Calls');
  await toggle('Forward all calls').check();
  const all = main.getByRole('group', { name: 'Forward all calls' });
  await all.getByLabel('Forward to').fill('1004');
  await all.getByLabel('Ends').selectOption({ label: 'In four hours' });
  await save('Extension settings saved', 'Save extension settings');
  await lost(priya, '1002');
  await rings(tom, '1003', lucas);
  await later(4 * HOUR);
  await rings(priya, '1002', tom);
  await rings(tom, '1003', priya);
});

await check('ring time, and the name and number that a caller shows, inside and outside; outgoing calls are recorded, or all', async () => {
  const recordings = async (count) => {
    // The program's clock has moved on, past midnight perhaps: the page's own days end with today.
    await page.goto(`${house.url}/recordings?range=custom&from=2026-01-01&to=2099-12-31`);
    await main.getByText(`${count} recording${count === 1 ? '' : 's'}`, { exact: true }).waitFor();
  };
  const { ask } = await apiOf(house, 'admin@localhost');
  const { rows: [north] } = await ask('GET', '/tenants?q=Northwind');
  await ask('PUT', '/me/tenant', { tenantId: north.id });
  await ask('POST', '/dids', { number: OWN, dest: { kind: 'extension', target: '1002' } });
  await extension('Tom Becker');
  await field('Ring time in seconds').fill('10');
  await main.getByLabel('Caller ID name').fill('Front desk');
  await main.getByLabel('Caller ID number').fill(OWN);
  await field('Record calls').selectOption({ label: 'Outgoing' });
  await save('Extension saved');
  await rings(tom, OUTSIDE, ana, { name: 'Front desk', from: OWN });
  await rings(tom, '1003', priya, { name: 'Front desk', from: '1002', goesOn: true });
  priya.say('answer');
  await tom.hears(priya.tone);
  await over(tom, priya);
  await recordings(1);
  await rings(lucas, '1002', tom, { goesOn: true });
  await house.pass(8 * SECOND);
  if (tom.events.some((one) => one.event === 'ended')) throw new Error('it rang for less than ten seconds');
  await house.pass(3 * SECOND);
  await tom.event('ended');
  await over(lucas);
  await talk(lucas, '1002', tom);
  await recordings(1);
  await extension('Tom Becker');
  await field('Record calls').selectOption({ label: 'All' });
  await save('Extension saved');
  await talk(lucas, '1002', tom);
  await recordings(2);
});

const strategy = async (label, first) => {
  await menu('Ring groups');
  await main.getByRole('link', { name: 'Desk', exact: true }).click();
  await field('How it rings').selectOption({ label });
  if (first) await first();
  await save('Ring group 650 Desk saved');
};

await check('a ring group’s prefix and music; a member that starts later, and how long each rings', async () => {
  await menu('Music and prompts');
  await main.locator('input[type=file][aria-label="Upload music"]').setInputFiles({ name: 'Rain.wav', mimeType: 'audio/wav', buffer: await readTone(MUSIC_HZ) });
  await page.getByText('Rain is there now').waitFor();
  await fresh('Ring groups', 'New ring group', 'Desk');
  await field('Number').fill('650');
  await field('The caller hears').selectOption({ label: 'Music' });
  await field('Which music').selectOption({ label: 'Rain' });
  await main.getByLabel('Prefix for the caller’s name').fill('Sales: ');
  for (const [i, [member, delay, ring]] of [['1002', '0', '20'], ['1003', '10', '30']].entries()) {
    await press('Add a member');
    const row = main.getByRole('group', { name: `Member ${i + 1}`, exact: true });
    await row.getByLabel('Extension or number').fill(member);
    await row.getByLabel('Delay (s)').fill(delay);
    await row.getByLabel('Timeout (s)').fill(ring);
  }
  await save('Ring group 650 Desk created', 'Create');
  await rings(lucas, '650', tom, { name: 'Sales: Luis Ortega', goesOn: true });
  await lucas.hears(MUSIC_HZ);
  await house.pass(8 * SECOND);
  if (rang(priya)) throw new Error('the second rings before its time');
  await house.pass(3 * SECOND);
  await priya.event('ringing');
  if (tom.events.some((one) => one.event === 'ended')) throw new Error('the first rings no longer');
  await house.pass(10 * SECOND);
  await tom.event('ended');
  await over(lucas, priya);
});

await check('a ring group’s ways of ringing: one after the other, in a new order each time, passing over who is on a call, all at once', async () => {
  await strategy('One after the other', () => main.getByRole('group', { name: 'Member 2', exact: true }).getByLabel('Delay (s)').fill('0'));
  await rings(lucas, '650', tom, { goesOn: true });
  await house.pass(21 * SECOND);
  await Promise.all([tom.event('ended'), priya.event('ringing')]);
  await over(lucas, priya);
  await strategy('One after the other, in a new order each time');
  const firsts = new Set();
  for (let tries = 0; firsts.size < 2; tries += 1) {
    if (tries === RANDOM_TRIES) throw new Error('always the same one first');
    for (const phone of phones) phone.events.length = 0;
    lucas.say('dial 650');
    await until(() => rang(tom) || rang(priya), 'one rings');
    if (rang(tom) && rang(priya)) throw new Error('both ring');
    const first = rang(tom) ? tom : priya;
    firsts.add(first);
    await over(lucas, first);
  }
  await strategy('One after the other, passing over who is on a call');
  tom.say('dial *43');
  await tom.event('up');
  await rings(lucas, '650', priya);
  await over(tom);
  await rings(lucas, '650', tom);
  await strategy('Everybody at once');
  lucas.say('dial 650');
  await Promise.all([tom.event('ringing'), priya.event('ringing')]);
  await over(lucas, tom, priya);
});

await check('follow me shows its prefix', async () => {
  await extension('Priya Raman', 'Follow me');
  await toggle('Enable follow me').check();
  await press('Add destination');
  const place = main.getByRole('group', { name: 'Destination 1' });
  await place.getByLabel('Rings', { exact: true }).selectOption({ label: 'A number' });
  await place.getByLabel('Extension or number').fill('1002');
  await main.getByLabel('Prefix for the caller’s name').fill('Work: ');
  await save('Follow me saved');
  await rings(lucas, '1003', tom, { name: 'Work: Luis Ortega' });
  await toggle('Enable follow me').uncheck();
  await save('Follow me saved');
});

await check('a call flow asks for its PIN: a wrong one switches nothing, the right one does', async () => {
  await fresh('Call flows', 'New call flow', 'Vault');
  await field('Number').fill('9');
  await leads('By day', '1002');
  await leads('By night', '1003', 1);
  await main.getByLabel('PIN').fill('2468');
  await save('Vault created', 'Create');
  await number('Call flow', 'Vault');
  await menu('Call flows');
  for (const [pin, row, who] of [['1111', /Vault.*Day/, tom], ['2468', /Vault.*Night/, priya]]) {
    priya.say('dial *289');
    await priya.event('up');
    await priya.hearsMusic(0);
    priya.say(`press ${pin}#`);
    if (pin === '2468') await priya.event('ended', 15_000);
    else {
      await sleep(2 * SECOND);
      await over(priya);
    }
    await main.getByRole('row', { name: row }).waitFor();
    await rings(ana, DIRECT, who);
  }
});

/** What the program's clock shows there. */
const clockAt = (timeZone, ms = 0) => {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).formatToParts(Date.now() + passed + ms);
  const { month, day, hour, minute } = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  return { day: `${month}-${day}`, time: `${hour}:${minute}` };
};

await check('a time condition by its hours, its time zone, and a holiday', async () => {
  await fresh('Time conditions', 'New time condition', 'Office');
  const rule = main.getByRole('group', { name: 'Rule 1', exact: true });
  await main.getByLabel('Time zone').fill('Asia/Tokyo');
  await rule.getByLabel('From', { exact: true }).fill(clockAt('Asia/Tokyo', -HOUR).time);
  await rule.getByLabel('Until').fill(clockAt('Asia/Tokyo', HOUR).time);
  for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']) await rule.getByLabel(day).uncheck();
  await leads('While open', '1002');
  await leads('While closed', '1003', 1);
  await save('Office created', 'Create');
  await number('Time condition', 'Office');
  await rings(ana, DIRECT, tom);
  await later(2 * HOUR);
  await rings(ana, DIRECT, priya);
  await menu('Time conditions');
  await main.getByRole('link', { name: 'Office' }).click();
  await main.getByLabel('Time zone').fill('Asia/Bangkok');
  await save('Office saved');
  await rings(ana, DIRECT, tom);
  await press('Add a holiday');
  await rule.getByLabel('From day').fill(clockAt('Asia/Bangkok').day);
  await rule.getByLabel('To day').fill(clockAt('Asia/Bangkok').day);
  await save('Office saved');
  await rings(ana, DIRECT, priya);
});

await check('callers are blocked by how their number begins, or because it is hidden; they hear busy, or come to voicemail', async () => {
  await number('Extension', '1002');
  await fresh('Call block', 'Block a caller');
  await field('Who').selectOption({ label: 'Numbers that begin with' });
  await field('Number').fill('+162855');
  await field('What happens').selectOption({ label: 'Hears busy' });
  await save('Blocked', 'Create');
  await lost(ana, DIRECT, 486);
  await main.getByRole('row', { name: /162855/ }).getByRole('link').click();
  await field('Who').selectOption({ label: 'Hidden numbers' });
  await field('What happens').selectOption({ label: 'Goes to voicemail' });
  await save('Rule saved');
  await rings(ana, DIRECT, tom);
  await lost(ana, `*67${DIRECT}`);
});

await check('a person blocks a caller for themselves: that one is refused there, and nowhere else', async () => {
  const his = await visitor(browser, house, 'tom@northwind.localhost');
  await his.enter();
  const at = walker(his.page);
  await at.menu('Call block');
  await at.main.getByRole('link', { name: 'Block a caller' }).first().click();
  await at.main.getByLabel('Number', { exact: true }).fill('1004');
  await at.save('Blocked', 'Create');
  await lost(lucas, '1002', 603);
  await rings(lucas, '1003', priya);
  complaints.push(...his.complaints);
  await his.context.close();
});

async function readTone(hz, seconds = 2) {
  const { readFileSync } = await import('node:fs');
  return readFileSync(toneFile(hz, seconds));
}

async function callThatSays(ask, text) {
  const [call] = (await ask('GET', '/calls?limit=1')).rows;
  return call && (await ask('GET', `/calls/${call.id}`)).story.some((step) => step.text.includes(text)) && call.id;
}

await check('a new PIN opens the mailbox by *97, and the old one does not', async () => {
  const { ask } = await apiOf(house, 'priya@northwind.localhost');
  await extension('Priya Raman', 'Voicemail');
  await press('Set PIN');
  await page.getByRole('dialog').getByRole('textbox', { name: 'New PIN' }).fill('8350');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByText('PIN saved').waitFor();
  for (const [pin, text] of [['1003', 'Priya Raman keyed a wrong PIN'], ['8350', 'Priya Raman opened the mailbox of Priya Raman']]) {
    priya.say('dial *97');
    await priya.event('up');
    await priya.hearsMusic(0);
    priya.say(`press ${pin}#`);
    await sleep(3 * SECOND);
    await over(priya);
    const id = await until(() => callThatSays(ask, text), text);
    await page.goto(`${house.url}/calls/${id}`);
    await page.getByText(text).first().waitFor().finally(() => page.keyboard.press('Escape'));
  }
});

await check('silence ends a message after as long as is set; its mail carries the sound as is chosen, or none', async () => {
  const box = main.getByRole('form', { name: 'Mailbox' });
  const count = () => house.mails().filter((one) => one.to === 'priya@northwind.localhost').length;
  await extension('Priya Raman', 'Voicemail');
  await box.getByLabel('Send new messages to').fill('priya@northwind.localhost');
  await box.getByLabel('Silence that ends a message').fill('2');
  for (const [label, kind] of [['WAV file', /wav/], ['Small file (Opus)', /ogg|opus/], ['Only tell me', null]]) {
    const before = count();
    await box.getByLabel('Sound in the e-mail').selectOption({ label });
    await save('Mailbox saved');
    lucas.say('dial *991003');
    await lucas.event('up');
    lucas.say('press #');
    await sleep(2.5 * SECOND);
    lucas.say('silence');
    await until(() => count() > before, 'a mail', 8000);
    const { attachments } = house.mails().filter((one) => one.to === 'priya@northwind.localhost').at(-1);
    if (kind ? attachments.length !== 1 || !kind.test(JSON.stringify(attachments[0])) : attachments.length) throw new Error(`${label}: ${JSON.stringify(attachments)}`);
    await over(lucas);
  }
});

await check('the spoken name is heard in the standard greeting', async () => {
  await main.getByRole('region', { name: 'Name' }).locator('input[type=file]').setInputFiles({ name: 'name.wav', mimeType: 'audio/wav', buffer: await readTone(NAME_HZ) });
  await page.getByText('Name saved').waitFor();
  lucas.say('dial *991003');
  await lucas.hears(NAME_HZ, 15_000);
  await over(lucas);
});

await end('values');
