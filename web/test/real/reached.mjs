// A call from outside that nobody takes: follow me set in the portal, the mobile's voicemail that does not win, the message in
// the portal, in the mail and by *97, and the page that says why nobody answered.
import { readFileSync } from 'node:fs';
import { played, sleep, startOffice, startPhone, until } from './house.mjs';

const MAYA_HZ = 600, DESK_HZ = 1390, JAMES_HZ = 1850, MOBILE_HZ = 1000;
const RING_S = 6, GREETING_MS = 2000, MESSAGE_MS = 5000, MENU_MS = 3000;
const { house, page, main, menu, press, mobile, james, check, end } = await startOffice('maya@northwind.localhost', {
  mobile: ['1001@harbor.localhost', MOBILE_HZ], james: ['1002@harbor.localhost', JAMES_HZ],
}, { house: { mail: true }, tone: MAYA_HZ, allowed: [/AudioContext/] });

/** In the page, as any browser decodes the file: how much of its power, in the loudest half second, is in the tone. */
async function shareOfTone({ base64, hz }) {
  const sound = await new OfflineAudioContext(1, 1, 48_000).decodeAudioData(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer);
  const samples = sound.getChannelData(0), step = sound.sampleRate / 2;
  let best = { power: 0, share: 0 };
  for (let from = 0; from + step <= samples.length; from += step) {
    let power = 0, re = 0, im = 0;
    for (let i = from; i < from + step; i += 1) {
      const turn = (2 * Math.PI * hz * i) / sound.sampleRate;
      power += samples[i] ** 2;
      re += samples[i] * Math.cos(turn);
      im += samples[i] * Math.sin(turn);
    }
    if (power > best.power) best = { power, share: (2 * (re ** 2 + im ** 2)) / step / power };
  }
  return best.share;
}

await check('follow me with a mobile that must press 1, set on its page', async () => {
  await menu('Follow me');
  await press('New rule');
  await main.getByRole('switch', { name: 'Enable follow me', exact: true }).check();
  await press('Add destination');
  const place = main.getByRole('group', { name: 'Destination 1' });
  await place.getByLabel('Rings').first().selectOption({ label: 'A number' });
  await place.getByLabel('Extension or number').fill('+1 628 555 0177');
  await place.getByLabel('Timeout (s)').fill(String(RING_S));
  await place.getByLabel('Must press 1').check();
  await press('Save');
  await page.getByText('Follow me saved').waitFor();
});

await check('called from outside: the mobile’s voicemail answers and does not win, the caller leaves a message', async () => {
  james.say('dial +14155550110');
  await mobile.event('ringing');
  mobile.say('answer');
  await mobile.event('up');
  await mobile.event('ended', 30_000);
  await james.event('up', 20_000);
  await sleep(GREETING_MS);
  james.say('press #'); // straight to the beep
  await sleep(MESSAGE_MS);
  james.say('hangup');
  await james.event('ended');
});

await check('the message is in the portal, and says what was said', async () => {
  await page.goto(`${house.url}/voicemail`);
  await main.getByRole('button', { name: 'Play the message from James Whitfield' }).click();
  let hz = 0;
  await until(async () => {
    hz = await played(page);
    return Math.abs(hz - JAMES_HZ) <= 12;
  }, () => `the page plays ${hz} Hz`);
});

await check('the message is in the mail, as sound that everybody plays', async () => {
  const one = await until(() => house.mails().find((each) => each.to === 'maya@northwind.localhost' && each.attachments.length), () => `mails: ${JSON.stringify(house.mails())}`, 15_000);
  if (!/Voicemail from/.test(one.headers.Subject)) throw new Error(one.headers.Subject);
  const share = await page.evaluate(shareOfTone, { base64: readFileSync(one.file, 'base64'), hz: JAMES_HZ });
  if (!(share > 0.5)) throw new Error(`the sound of the mail has ${share.toFixed(2)} of its power in James's tone`);
});

await check('the message is heard by *97 on the desk phone', async () => {
  const desk = await startPhone(house, '1001', 'northwind.localhost', DESK_HZ);
  try {
    desk.say('dial *97');
    await desk.event('up');
    await sleep(MENU_MS);
    desk.say('press 1001#');
    await sleep(MENU_MS);
    desk.say('press 2'); // what was heard before, the oldest first
    await sleep(MENU_MS);
    desk.say('press 6');
    await desk.hears(JAMES_HZ, 20_000);
    desk.say('hangup');
    await desk.event('ended');
  } finally {
    await desk.close();
  }
});

await check('the call history says why nobody answered', async () => {
  await menu('CDR');
  await main.getByRole('link', { name: /James Whitfield/ }).first().click();
  await main.getByText(/follow me is on/).waitFor();
  await main.getByText(/answered, but nobody pressed 1/).waitFor();
  await main.getByText(/Leave a message/).first().waitFor();
});

await end('ways of being reached');
