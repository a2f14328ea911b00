// The switches of the portal's forms, each turned both ways and proved by a call.
import { sleep, startOffice, until } from './house.mjs';

const OUTSIDE = '+16285550177', DIRECT = '+14155550110', DIRECT_SHOWN = '(415) 555-0110';
const DAYS_KEPT = 30, DAY_S = 86_400;
const { house, browser, page, main, menu, press, save, phones, tom, priya, lucas, ana, check, end } = await startOffice('admin@northwind.localhost', {
  tom: ['1002@northwind.localhost', 1390], priya: ['1003@northwind.localhost', 1850], lucas: ['1004@northwind.localhost', 760], ana: ['1001@harbor.localhost', 1030],
}, { house: { clock: true } });
const toggle = (name) => main.getByRole('switch', { name, exact: true });

async function extension(name, part = 'General') {
  await menu('Extensions');
  await main.getByRole('link', { name, exact: true }).click();
  await press(part);
}

async function set(name, changes, text = 'Extension settings saved') {
  for (const [label, on] of Object.entries(changes)) await toggle(label).setChecked(on);
  await save(text, text === 'Extension settings saved' ? 'Save extension settings' : 'Save');
  return name;
}

/** The caller dials, and the one rings; then it is over, unless it goes on. */
async function rings(caller, number, who, goesOn = false) {
  for (const phone of phones) phone.events.length = 0;
  caller.say(`dial ${number}`);
  await who.event('ringing');
  if (goesOn) return;
  caller.say('hangup');
  await Promise.all([caller.event('ended'), who.event('ended')]);
}

/** The caller dials and is refused; nobody has rung. */
async function refused(caller, number, code) {
  for (const phone of phones) phone.events.length = 0;
  caller.say(`dial ${number}`);
  const last = await caller.event('ended');
  if (code && last.code !== code) throw new Error(`${number} ends with ${JSON.stringify(last)}`);
  if (phones.some((phone) => phone.events.some((one) => one.event === 'ringing'))) throw new Error('somebody rings');
}

async function over(...who) {
  who[0].say('hangup');
  await Promise.all(who.map((phone) => phone.event('ended')));
}

/** What is told of the newest call. */
async function story(text) {
  await page.goto(`${house.url}/calls`); // loaded anew: new calls do not shift a list that is open
  await main.getByRole('table').getByRole('link').first().click();
  await page.getByText(text).first().waitFor().finally(() => page.keyboard.press('Escape'));
}

await check('remember me: the sign-in outlasts the browser by thirty days, or not at all', async () => {
  for (const kept of [false, true]) {
    const theirs = await browser.newContext();
    const one = await theirs.newPage();
    await one.goto(`${house.url}/sign-in`);
    await one.getByLabel('Email').fill('tom@northwind.localhost');
    await one.getByRole('textbox', { name: 'Password' }).fill('carillon-demo');
    await one.getByLabel('Remember me on this device').setChecked(kept);
    await one.getByRole('button', { name: 'Sign in' }).click();
    await one.getByRole('navigation', { name: 'Sections' }).waitFor();
    const { expires } = (await theirs.cookies()).find((cookie) => cookie.name === 'carillon_session');
    const days = expires < 0 ? 0 : Math.round((expires - Date.now() / 1000) / DAY_S);
    if (days !== (kept ? DAYS_KEPT : 0)) throw new Error(`kept ${kept}: ${days} days`);
    await theirs.close();
  }
});

await check('voicemail and call waiting off: who calls a busy phone hears busy; call waiting on: it rings', async () => {
  await extension('Tom Becker', 'Calls');
  await set('Tom', { Voicemail: false, 'Call waiting': false });
  await rings(lucas, '1002', tom, true);
  tom.say('answer');
  await Promise.all([lucas.event('up'), tom.event('up')]);
  await refused(priya, '1002', 486);
  await press('General');
  await until(async () => !(await toggle('Call waiting').isChecked()), 'the other part shows what was saved');
  await set('Tom', { 'Call waiting': true }, 'Extension saved');
  priya.say('dial 1002');
  await tom.event('ringing');
  await over(priya, tom);
  await over(lucas, tom);
});

await check('forwarded when busy, when nobody answers, when no device is connected; off: not', async () => {
  const name = { busy: 'Forward when I am busy', away: 'Forward when I do not answer', none: 'Forward when no device is connected' };
  await press('Calls');
  for (const one of [name.busy, name.away]) {
    await toggle(one).check();
    await main.getByRole('group', { name: one }).getByLabel('Forward to').fill('1003');
  }
  await save('Extension settings saved', 'Save extension settings');
  await rings(lucas, '1002', tom, true);
  tom.say('reject 486');
  await priya.event('ringing');
  await over(lucas, priya);
  await rings(lucas, '1002', tom, true);
  await house.pass(40_000);
  await priya.event('ringing');
  await over(lucas, priya);
  await set('Tom', { [name.busy]: false, [name.away]: false });
  await rings(lucas, '1002', tom, true);
  tom.say('reject 486');
  await lucas.event('ended');
  await extension('Hannah Weiss', 'Calls');
  await toggle(name.none).check();
  await main.getByRole('group', { name: name.none }).getByLabel('Forward to').fill('1003');
  await save('Extension settings saved', 'Save extension settings');
  await rings(lucas, '1005', priya);
  await set('Hannah', { [name.none]: false, Voicemail: false });
  await refused(lucas, '1005');
});

await check('a mailbox that takes no messages', async () => {
  await extension('Priya Raman', 'Voicemail');
  await set('Priya', { 'Take messages': false }, 'Mailbox saved');
  lucas.say('dial *991003');
  await lucas.event('ended', 15_000);
  await story('Priya Raman takes no messages');
  await extension('Priya Raman', 'Voicemail');
  await set('Priya', { 'Take messages': true }, 'Mailbox saved');
  lucas.say('dial *991003');
  await lucas.event('up');
  lucas.say('hangup');
  await lucas.event('ended');
});

await check('one’s own phone opens the mailbox without the PIN, once that is allowed', async () => {
  for (const allowed of [true, false]) {
    await menu('Policies');
    await toggle('No PIN on one’s own phone').setChecked(allowed);
    await save('Policy saved');
    priya.say('dial *97');
    await priya.event('up');
    await priya.hearsMusic(0);
    priya.say('press 9999#');
    await sleep(3000);
    priya.say('hangup');
    await priya.event('ended');
    await story(allowed ? 'Priya Raman opened the mailbox of Priya Raman' : 'Priya Raman keyed a wrong PIN');
  }
});

await check('who must press 1 has the call only then: in a ring group, and in follow me', async () => {
  const confirmed = async (number) => {
    await rings(lucas, number, ana, true);
    ana.say('answer');
    await ana.event('up');
    if (lucas.events.some((one) => one.event === 'up')) throw new Error('the caller is through before the 1');
    ana.say('press 1');
    await lucas.event('up');
    await over(lucas, ana);
  };
  await menu('Ring groups');
  await main.getByRole('link', { name: 'New ring group' }).first().click();
  await main.getByLabel('Name', { exact: true }).fill('Mobile');
  await main.getByLabel('Number', { exact: true }).fill('640');
  await press('Add a member');
  const member = main.getByRole('group', { name: 'Member 1' });
  await member.getByLabel('Extension or number').fill(OUTSIDE);
  await member.getByLabel(/^Must press 1/).check();
  await save('Ring group 640 Mobile created', 'Create');
  await confirmed('640');
  await extension('Priya Raman', 'Follow me');
  await toggle('Enable follow me').check();
  await press('Add destination');
  const place = main.getByRole('group', { name: 'Destination 1' });
  await place.getByLabel('Rings', { exact: true }).selectOption({ label: 'A number' });
  await place.getByLabel('Extension or number').fill(OUTSIDE);
  await place.getByLabel('Must press 1').check();
  await save('Follow me saved');
  await confirmed('1003');
});

await check('follow me goes on when one is busy, or ends everywhere', async () => {
  await main.getByRole('group', { name: 'Destination 1' }).getByLabel('Must press 1').uncheck();
  await press('Add destination');
  const second = main.getByRole('group', { name: 'Destination 2' });
  await second.getByLabel('Rings', { exact: true }).selectOption({ label: 'My own devices' });
  await second.getByLabel('Delay (s)').fill('0');
  for (const goesOn of [true, false]) {
    await set('Priya', { 'Go on when one is busy': goesOn }, 'Follow me saved');
    await rings(lucas, '1003', ana, true);
    await priya.event('ringing');
    ana.say('reject 486');
    if (goesOn) {
      priya.say('answer');
      await lucas.event('up');
      await over(lucas, priya);
    } else {
      await priya.event('ended');
      lucas.say('hangup');
      await lucas.event('ended');
    }
  }
  await set('Priya', { 'Enable follow me': false }, 'Follow me saved');
});

await check('a rule of the call block that is switched off holds nobody back', async () => {
  await menu('Call block');
  await main.getByRole('link', { name: 'Block a caller' }).first().click();
  await main.getByLabel('Number', { exact: true }).fill('1004');
  await toggle('Active').uncheck();
  await save('Blocked', 'Create');
  await rings(lucas, '1003', priya);
  await main.getByRole('row', { name: /1004/ }).getByRole('link').click();
  await set('the rule', { Active: true }, 'Rule saved');
  await refused(lucas, '1003');
});

await check('a call flow: switched in its form, and by its code once no PIN is asked for', async () => {
  await menu('Call flows');
  await main.getByRole('link', { name: 'New call flow' }).first().click();
  await main.getByLabel('Name', { exact: true }).fill('Gate');
  await main.getByLabel('Number', { exact: true }).fill('8');
  for (const [label, number, at] of [['By day', '1002', 0], ['By night', '1003', 1]]) {
    await main.getByLabel(label).selectOption({ label: 'Extension' });
    await main.getByLabel('Extension', { exact: true }).nth(at).fill(number);
  }
  await main.getByLabel('PIN').fill('2468');
  await toggle('Night').check();
  await save('Gate created', 'Create');
  await menu('Numbers');
  await main.getByRole('link', { name: DIRECT_SHOWN, exact: true }).click();
  await main.getByLabel('Goes to').selectOption({ label: 'Call flow' });
  await main.getByLabel('Which').selectOption({ label: 'Gate' });
  await save(`${DIRECT_SHOWN} saved`);
  await rings(ana, DIRECT, priya);
  await menu('Call flows');
  await main.getByRole('link', { name: 'Gate' }).click();
  await main.getByLabel('Ask for no PIN any more').check();
  await set('Gate', { Night: false }, 'Gate saved');
  await rings(ana, DIRECT, tom);
  await menu('Call flows');
  priya.say('dial *288');
  await main.getByRole('row', { name: /Gate.*Night/ }).waitFor();
  await priya.event('ended', 15_000);
  await rings(ana, DIRECT, priya);
});

await check('a number that is not active is refused', async () => {
  await menu('Numbers');
  await main.getByRole('link', { name: DIRECT_SHOWN, exact: true }).click();
  await set('the number', { Active: false }, `${DIRECT_SHOWN} saved`);
  await refused(ana, DIRECT);
  await set('the number', { Active: true }, `${DIRECT_SHOWN} saved`);
  await rings(ana, DIRECT, priya);
});

await end('switches');
