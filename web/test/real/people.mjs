// People and their phones as an administrator makes them: an extension, its passwords and devices, somebody who signs in, and who is connected.
import { signIn } from '../browser.mjs';
import { startOffice, startPhone, until, visitor } from './house.mjs';

const TOM_HZ = 1390, NORA_HZ = 760, KITCHEN_HZ = 1030, BLOCKED_MS = 301_000;
const DOMAIN = 'northwind.localhost', NUMBER = '1031', EMAIL = 'nora@northwind.localhost', FIRST = 'first-password-of-nora';
const { house, browser, page, complaints, main, menu, press, phones, tom, check, end } = await startOffice('admin@northwind.localhost', {
  tom: ['1002@northwind.localhost', TOM_HZ],
}, { house: { clock: true } });
const dialog = page.getByRole('dialog');
const connected = main.getByRole('row', { name: new RegExp(`^${NUMBER} `) });
let secret = '', nora, kitchen;

/** What the page shows this once: a user name, and a password. */
async function shown(title) {
  await page.getByRole('dialog', { name: title }).waitFor();
  const [user, password] = await dialog.locator('.mono').allInnerTexts();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'detached' });
  return { user, password };
}

const confirm = (name) => dialog.getByRole('button', { name, exact: true }).click();

async function phone(tone, options) {
  const one = await startPhone(house, NUMBER, DOMAIN, tone, options);
  phones.push(one);
  return one;
}

async function gone(one) {
  phones.splice(phones.indexOf(one), 1);
  await one.close();
}

/** Tom dials; all of these ring, and none of the others; the first answers and is heard. */
async function rings(who, not = []) {
  for (const one of phones) one.events.length = 0;
  tom.say(`dial ${NUMBER}`);
  await Promise.all(who.map((one) => one.event('ringing')));
  who[0].say('answer');
  await Promise.all([tom.hears(who[0].tone), who[0].hears(TOM_HZ)]);
  if (not.some((one) => one.events.some(({ event }) => event === 'ringing'))) throw new Error('one that is signed off rings');
  tom.say('hangup');
  await Promise.all([tom, ...who].map((one) => one.event('ended')));
}

/** It tries often; who does so may not try again for a while. */
async function refused(one) {
  one.say('register');
  await one.event('refused');
  await house.pass(BLOCKED_MS, 1);
}

const open = async () => {
  await menu('Extensions');
  await main.getByRole('link', { name: 'Nora Lind' }).click();
};

await check('an extension is made: its phone registers with the password that the page shows, is seen at once, and rings', async () => {
  await menu('Extensions');
  await main.getByRole('link', { name: 'New extension' }).first().click();
  await main.getByLabel('Number', { exact: true }).fill(NUMBER);
  await main.getByLabel('Name', { exact: true }).fill('Nora Lind');
  await press('Create extension');
  secret = (await shown('SIP password')).password;
  await menu('Registrations');
  await main.getByText('1 device connected now').waitFor();
  nora = await phone(NORA_HZ, { password: secret });
  await connected.waitFor();
  await rings([nora]);
});

await check('a new SIP password: the phone is signed off and refused with the old one, and rings with the new one', async () => {
  await open();
  await main.getByRole('row', { name: /UDP/ }).waitFor();
  await press('New SIP password');
  await confirm('New SIP password');
  const { password } = await shown(`SIP password of ${NUMBER}`);
  await main.getByText('No device is connected now').waitFor();
  await refused(nora);
  tom.say(`dial ${NUMBER}`);
  await tom.event('ended');
  if (nora.events.some(({ event }) => event === 'ringing')) throw new Error('she rings');
  await gone(nora);
  nora = await phone(NORA_HZ, { password });
  await main.getByRole('row', { name: /UDP/ }).waitFor();
  await rings([nora]);
});

await check('a second device rings beside the first; removed, it is silent and refused', async () => {
  await press('Add device');
  await dialog.getByLabel('Device name').fill('Kitchen');
  await confirm('Add device');
  const { user, password } = await shown('SIP password of Kitchen');
  kitchen = await phone(KITCHEN_HZ, { user, password });
  await main.getByRole('row', { name: /Kitchen.*UDP/ }).waitFor();
  await rings([kitchen, nora]);
  await press('Delete device Kitchen');
  await confirm('Delete');
  await main.getByRole('row', { name: /Kitchen.*UDP/ }).waitFor({ state: 'detached' });
  await rings([nora], [kitchen]);
  await refused(kitchen);
  await gone(kitchen);
});

await check('a user is made and signs in; a new password signs out, and the old one is not taken any more; deleted, nobody signs in', async () => {
  const hers = await visitor(browser, house, EMAIL);
  const enters = async (password) => {
    await signIn(hers.page, house.url, EMAIL, password);
    await hers.page.goto(`${house.url}/account`);
    await hers.page.getByText(NUMBER, { exact: true }).first().waitFor();
  };
  const isOut = async (password) => {
    await hers.page.waitForURL(/sign-in/);
    await hers.page.getByLabel('Email').fill(EMAIL);
    await hers.page.getByRole('textbox', { name: 'Password' }).fill(password);
    await hers.page.getByRole('button', { name: 'Sign in' }).click();
    await hers.page.getByText(/password is wrong|do not match|not right/i).first().waitFor();
  };
  await menu('Users');
  await main.getByRole('link', { name: 'New user' }).first().click();
  await main.getByLabel('Name', { exact: true }).fill('Nora Lind');
  await main.getByLabel('Email').fill(EMAIL);
  await main.getByLabel('Extension', { exact: true }).selectOption({ label: `${NUMBER} Nora Lind` });
  await main.getByRole('textbox', { name: 'Password' }).fill(FIRST);
  await press('Create user');
  await page.getByText('Nora Lind was added').waitFor();
  await enters(FIRST);
  await press('New password');
  await confirm('New password');
  const { password } = await shown('Portal password of Nora Lind');
  await isOut(FIRST);
  await enters(password);
  await press('Delete user');
  await confirm('Delete user');
  await page.getByText('Nora Lind was deleted').waitFor();
  await isOut(password);
  complaints.push(...hers.complaints);
  await hers.context.close();
});

await check('a phone that goes is gone from the page at once; a number that is deleted is nobody’s', async () => {
  await menu('Registrations');
  await connected.waitFor();
  await gone(nora);
  await connected.waitFor({ state: 'detached' });
  await open();
  await press('Delete extension');
  await confirm('Delete extension');
  await page.getByText(`Extension ${NUMBER} deleted`).waitFor();
  tom.say(`dial ${NUMBER}`);
  const { code } = await tom.event('ended');
  if (code !== 404) throw new Error(`the number ends with ${code}`);
});

await end('people');
