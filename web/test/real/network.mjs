// The network of a browser goes and comes back, and the program stops and starts: what the softphone says then is true.
import { checks, launchWithTone, sleep, startHouse, startPhone, until, withoutVoicemail } from './house.mjs';
import { startRelay } from './relay.mjs';
import { answer, both, button, dial, hangUp, idle, incoming, pageHears, pageHearsMusic, person, ready, talking } from './softphone.mjs';

const MAYA_HZ = 600, TOM_HZ = 1390, PRIYA_HZ = 1000;
const house = await startHouse();
const relay = await startRelay(house.url);
const browser = await launchWithTone(MAYA_HZ);
for (const who of ['maya', 'tom']) await withoutVoicemail(house, `${who}@northwind.localhost`);
const maya = await person(browser, relay.url, 'maya@northwind.localhost');
const { page, panel, context } = maya;
let tom = await startPhone(house, '1002', 'northwind.localhost', TOM_HZ);
const phones = [tom];
const { check, end } = checks(panel, phones);

async function callTom() {
  await idle(maya);
  await dial(maya, '1002');
  await tom.event('ringing');
  tom.say('answer');
  await tom.event('up');
  await talking(maya);
  await both(maya, tom, MAYA_HZ);
}

async function hangUpTom() {
  await hangUp(maya);
  await tom.event('ended');
}

/** Tom's call reaches the page: the line is not only said to be ready. */
async function isReached() {
  await idle(maya);
  tom.say('dial 1001');
  await incoming(maya).getByText('Tom Becker').first().waitFor();
  await answer(maya);
  await tom.event('up');
  await both(maya, tom, MAYA_HZ);
  await hangUpTom();
}

const bars = (name) => panel.getByRole('button', { name: `Network quality: ${name}` });

await check('packets are lost: the bars fall, and it is said whose voice suffers; with a good network all is well again', async () => {
  await callTom();
  await bars('good').waitFor();
  relay.lose({ received: 0.35 });
  await panel.getByText('Poor connection').waitFor({ timeout: 20_000 });
  await panel.getByText('You may not hear them well').waitFor();
  await bars('poor').click();
  await panel.getByText(/^MOS [12][.]\d, loss [1-9]\d*[.]\d %/).waitFor();
  relay.lose({ received: 0, sent: 0.5 });
  await panel.getByText('They may not hear you well').waitFor({ timeout: 30_000 });
  relay.lose({ sent: 0 });
  await panel.getByText('Poor connection').waitFor({ state: 'detached', timeout: 20_000 });
  await bars('good').waitFor();
  await both(maya, tom, MAYA_HZ);
  await hangUpTom();
});

await check('the network is gone for both browsers at once: both hear each other again, and either can end it', async () => {
  const other = await launchWithTone(PRIYA_HZ);
  try {
    const priya = await person(other, relay.url, 'priya@northwind.localhost');
    await idle(maya);
    await dial(maya, '1003');
    await answer(priya);
    await Promise.all([talking(maya), talking(priya)]);
    await Promise.all([pageHears(maya, PRIYA_HZ), pageHears(priya, MAYA_HZ)]);
    relay.cut();
    await Promise.all([maya, priya].map((one) => one.panel.getByText('The sound is interrupted.').waitFor()));
    await sleep(2000);
    relay.open();
    await Promise.all([ready(maya), ready(priya)]);
    await Promise.all([pageHears(maya, PRIYA_HZ), pageHears(priya, MAYA_HZ)]);
    await Promise.all([maya, priya].map((one) => one.panel.getByText('The sound is interrupted.').waitFor({ state: 'detached' })));
    await button(maya.panel, 'Hold').click();
    await pageHearsMusic(priya, MAYA_HZ);
    await button(maya.panel, 'Hold').click();
    await Promise.all([pageHears(maya, PRIYA_HZ), pageHears(priya, MAYA_HZ)]);
    await hangUp(priya);
    await panel.getByText('They hung up.').waitFor();
  } finally {
    await other.close();
  }
});

await check('only the connection breaks in a call: one talks on, and can do everything again soon', async () => {
  await callTom();
  relay.cut({ audio: true });
  await panel.getByText('The phone is reconnecting.').waitFor();
  if (await button(panel, 'Hold').isEnabled()) throw new Error('Hold is offered while nobody would hear of it');
  await both(maya, tom, MAYA_HZ);
  relay.open();
  await ready(maya);
  await button(panel, 'Hold').click();
  await tom.hearsMusic(MAYA_HZ);
  await button(panel, 'Hold').click();
  await both(maya, tom, MAYA_HZ);
  await hangUpTom();
});

await check('the network is gone for ten seconds of a call: music meanwhile, then both hear each other', async () => {
  await callTom();
  relay.cut();
  await tom.hearsMusic(MAYA_HZ);
  await panel.getByText('The sound is interrupted.').waitFor();
  await sleep(7000); // longer than the program keeps the registration of a page that is gone
  relay.open();
  await ready(maya);
  await both(maya, tom, MAYA_HZ);
  await panel.getByText('The sound is interrupted.').waitFor({ state: 'detached' });
  await hangUpTom();
});

await check('the network is silent and the browser notices: offline is said, and the call goes on', async () => {
  await callTom();
  relay.freeze();
  await context.setOffline(true);
  await panel.getByText('You are offline', { exact: true }).waitFor();
  await page.getByText('What you see may be out of date.').waitFor();
  await panel.getByText('The sound is interrupted.').waitFor();
  relay.open();
  await context.setOffline(false);
  await ready(maya);
  await both(maya, tom, MAYA_HZ);
  await hangUpTom();
});

await check('the network does not come back: the call is ended on both sides', async () => {
  await callTom();
  relay.cut();
  await Promise.all([tom.event('ended', 40_000), panel.getByText('The connection to the telephone system was lost.').waitFor({ timeout: 45_000 })]);
  relay.open();
  await ready(maya);
  await isReached();
});

await check('live updates are no longer said to be paused', async () => {
  await page.getByText('Live updates are paused').waitFor({ state: 'detached', timeout: 45_000 });
});

await check('the program is killed in a call and starts again: the page says that the call is over, and is reached again', async () => {
  await callTom();
  await house.kill();
  await panel.getByText('The phone is reconnecting.').waitFor();
  tom.say('quit');
  await house.start();
  await panel.getByText('The connection to the telephone system was lost.').waitFor({ timeout: 30_000 });
  await ready(maya);
  tom = await startPhone(house, '1002', 'northwind.localhost', TOM_HZ);
  phones[0] = tom;
  await isReached();
});

await check('the network is silent while nobody talks, and nobody is told: a call comes through again within a minute', async () => {
  relay.freeze();
  await panel.getByText(/^(Reconnecting|Connecting)/).waitFor({ timeout: 45_000 });
  relay.open();
  await ready(maya);
  await isReached();
});

await check('nothing is left', () => until(async () => (await (await fetch(`${house.url}/healthz`)).json()).calls === 0, 'calls are left'));

// A broken connection is a complaint of every browser; anything else is one of the page.
const complaints = maya.complaints.filter((text) => !/Failed to load resource: net::|WebSocket connection to/.test(text));
await relay.close();
await end('networks', { browser, complaints, house });
