// Whole calls between browsers over the mock SIP proxy: what a person does, by the names a person sees.
import { launch, signIn, watchedPage } from './browser.mjs';
import { startServer } from './mock/server.mjs';

const server = await startServer();
const browser = await launch();
const only = process.argv[2] ? new RegExp(process.argv[2]) : null;
let failed = 0;

async function check(name, run) {
  if (only && !only.test(name)) return;
  const before = Date.now();
  try {
    await run();
    console.log(`ok ${name} ${Date.now() - before} ms`);
  } catch (error) {
    failed += 1;
    if (process.env.SHOW && (await maya.panel.isVisible())) console.log((await maya.panel.innerText()).replace(/\n/g, ' | '), '\n', (await tom.panel.innerText()).replace(/\n/g, ' | '));
    console.log(`not ok ${name}\n    ${String(error.message).split('\n').slice(0, 6).join('\n    ')}`);
  }
}

function assert(truth, message) {
  if (!truth) throw new Error(message);
}

/** A browser of one person, with the phone ready. */
async function person(email) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ['microphone'], reducedMotion: 'reduce' });
  context.setDefaultTimeout(8000);
  const { page, complaints } = await watchedPage(context, [/401 \(Unauthorized\)/, /WebSocket connection to/, /AudioContext/]);
  await signIn(page, server.url, email);
  await ready(page);
  return { page, context, complaints, panel: page.getByRole('complementary', { name: 'Phone' }) };
}

const ready = (page) => page.getByRole('complementary', { name: 'Phone' }).getByText('Ready', { exact: true }).waitFor({ timeout: 15_000 });
const button = (scope, name) => scope.getByRole('button', { name, exact: true });

async function dial({ panel }, number) {
  await panel.getByRole('textbox', { name: 'Name or number' }).fill(number);
  await button(panel, 'Call').click();
}

async function answer({ page }) {
  await page.getByRole('region', { name: 'Incoming call' }).getByRole('button', { name: /answer/i }).click();
}

const talking = ({ panel }) => panel.getByText(/^Call time: \d+:\d\d$/).waitFor({ timeout: 8000 });
const hangUp = ({ panel }) => button(panel, 'Hang up').click();
const idle = ({ panel }) => panel.getByRole('textbox', { name: 'Name or number' }).waitFor({ timeout: 8000 });

/** The loudness of what one hears, measured on the element the portal plays. */
function loudness({ page }, ms = 1200) {
  return page.evaluate(async (time) => {
    const { srcObject } = document.getElementById('phone-remote-audio');
    if (!srcObject) return 0;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(srcObject).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let loudest = 0;
    for (const until = Date.now() + time; Date.now() < until;) {
      analyser.getFloatTimeDomainData(samples);
      loudest = Math.max(loudest, ...samples);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await context.close();
    return loudest;
  }, ms);
}

const maya = await person('maya@northwind.localhost');
const tom = await person('tom@northwind.localhost');
const priya = await person('priya@northwind.localhost');

async function call(from, to, number) {
  await dial(from, number);
  await answer(to);
  await Promise.all([talking(from), talking(to)]);
}

await check('call, audio both ways, hang up', async () => {
  await call(maya, tom, '1002');
  assert((await loudness(maya)) > 0.01, 'Maya hears nothing');
  assert((await loudness(tom)) > 0.01, 'Tom hears nothing');
  await hangUp(maya);
  await tom.panel.getByText('They hung up.').waitFor();
  await idle(maya);
});

await check('mute and hold', async () => {
  await call(maya, tom, '1002');
  await button(maya.panel, 'Mute').click();
  await maya.panel.getByText('You are muted').waitFor();
  await tom.page.waitForTimeout(400);
  assert((await loudness(tom)) < 0.01, 'Tom hears a muted Maya');
  await button(maya.panel, 'Mute').click();
  await button(maya.panel, 'Hold').click();
  await tom.panel.getByText(/They put you on hold/).waitFor();
  await button(maya.panel, 'Hold').click();
  await talking(tom);
  assert((await loudness(tom)) > 0.01, 'no audio after hold');
});

await check('keypad sends RFC 4733', async () => {
  await button(maya.panel, 'Keypad').click();
  for (const key of ['1', '2', '#']) await button(maya.panel, `Send ${key}`).click();
  await maya.panel.getByText('Keys sent: 12#').waitFor();
  await button(maya.panel, 'Hide keypad').click();
});

await check('call bar while the panel is closed', async () => {
  await button(maya.panel, 'Close phone panel').click();
  await maya.page.getByRole('group', { name: 'In a call with Tom Becker' }).waitFor();
  await maya.page.getByRole('button', { name: 'Phone panel' }).click();
});

await check('second call: hold and answer, swap', async () => {
  await dial(priya, '1001');
  await button(maya.page.getByRole('region', { name: 'Incoming call' }), 'Hold and answer').click();
  await talking(priya);
  await tom.panel.getByText(/They put you on hold/).waitFor();
  await maya.panel.getByRole('button', { name: /^Swap/ }).click();
  await priya.panel.getByText(/They put you on hold/).waitFor();
  await talking(tom);
  await hangUp(priya);
  await hangUp(tom);
  await idle(maya);
});

await check('decline', async () => {
  await dial(maya, '1002');
  await tom.page.getByRole('region', { name: 'Incoming call' }).waitFor();
  await tom.page.keyboard.press('Alt+r');
  await maya.panel.getByText('They declined the call.').waitFor();
});

await check('busy and unknown numbers in words', async () => {
  await dial(maya, '486');
  await maya.panel.getByText('Busy.').waitFor();
  await dial(maya, '404');
  await maya.panel.getByText('This number does not exist.').waitFor();
});

await check('cancel leaves a missed call', async () => {
  await dial(maya, '1002');
  await tom.page.getByRole('alert').filter({ hasText: 'Incoming call from' }).waitFor({ state: 'attached' });
  await hangUp(maya);
  await tom.page.getByRole('region', { name: 'Incoming call' }).waitFor({ state: 'detached' });
});

await check('answered on another device is not a missed call', async () => {
  server.sip.setCancelReason('SIP;cause=200;text="Answered on Yealink T46U"');
  await dial(maya, '1002');
  await tom.page.getByRole('region', { name: 'Incoming call' }).waitFor();
  await tom.page.waitForFunction(() => document.title.startsWith('Incoming call from'));
  await hangUp(maya);
  await tom.panel.getByText('Answered on Yealink T46U.').waitFor();
  await tom.page.waitForFunction(() => !document.title.startsWith('Incoming'));
  server.sip.setCancelReason('');
});

await check('blind transfer goes out as REFER after the hold', async () => {
  await call(maya, tom, '1002');
  const from = server.sip.log.length;
  await button(maya.panel, 'Transfer').click();
  await maya.panel.getByRole('textbox', { name: 'Transfer to' }).fill('1003');
  await button(maya.panel, 'Transfer now').click();
  await maya.page.waitForTimeout(800);
  const refer = server.sip.log.slice(from).find((text) => text.startsWith('REFER'));
  assert(refer && /Refer-To: <sip:1003@/.test(refer), 'no REFER to 1003');
  await button(maya.panel, 'Back to the call').click();
  await talking(maya);
  await hangUp(maya);
  await idle(tom);
});

await check('ask first, then complete: REFER with Replaces', async () => {
  await call(maya, tom, '1002');
  await button(maya.panel, 'Transfer').click();
  await maya.panel.getByRole('textbox', { name: 'Transfer to' }).fill('1003');
  await button(maya.panel, 'Ask first').click();
  await answer(priya);
  await talking(maya);
  const from = server.sip.log.length;
  await button(maya.panel, 'Complete transfer').click();
  await maya.page.waitForTimeout(1200);
  const refer = server.sip.log.slice(from).find((text) => text.startsWith('REFER'));
  assert(refer && /Replaces=.*to-tag/.test(decodeURIComponent(refer)), 'no REFER with Replaces');
  await hangUp(priya);
  await maya.page.waitForTimeout(300);
  await maya.panel.getByRole('button', { name: /Back to the call|Hang up/ }).first().click();
  await hangUp(tom).catch(() => {});
  await idle(maya);
});

await check('the connection of one, then of the other cut: registered again, call kept', async () => {
  await call(maya, tom, '1002');
  for (const [who, user] of [[maya, '1001'], [tom, '1002']]) {
    server.sip.cut(user);
    await who.panel.getByText(/Reconnecting|Connecting/).first().waitFor();
    await ready(who.page);
    assert((await loudness(maya)) > 0.01, `Maya lost the audio when ${user} was cut`);
    assert((await loudness(tom)) > 0.01, `Tom lost the audio when ${user} was cut`);
  }
  await hangUp(maya);
  await idle(tom);
});

await check('reload in a call offers to pick it up', async () => {
  await call(maya, tom, '1002');
  await maya.page.waitForTimeout(2200);
  const from = server.sip.log.length;
  await maya.page.reload();
  await button(maya.panel, 'Pick the call up again').waitFor();
  assert(!server.sip.log.slice(from).some((text) => /^BYE/.test(text)), 'a BYE was sent');
  await ready(maya.page);
  await button(maya.panel, 'Pick the call up again').click();
  await maya.page.waitForTimeout(1500);
  const invite = server.sip.log.find((text) => /^INVITE sip:resume@/.test(text));
  assert(invite && /^Replaces: .+;to-tag=.+;from-tag=.+/m.test(invite), 'no INVITE with Replaces');
  await hangUp(tom);
  await idle(tom);
});

await check('one tab holds the phone, the other can take it', async () => {
  const second = await maya.context.newPage();
  await second.goto(server.url);
  const panel = second.getByRole('complementary', { name: 'Phone' });
  await panel.getByText('Active in another tab').waitFor();
  await button(panel, 'Use it here').click();
  await ready(second);
  await maya.panel.getByText('Active in another tab').waitFor();
  await dial({ panel }, '1002');
  await maya.panel.getByText(/Calling|Ringing/).first().waitFor();
  await button(maya.panel, 'Hang up').click();
  await panel.getByText('You cancelled the call.').waitFor();
  await second.close();
  await ready(maya.page);
});

await check('signing out unregisters', async () => {
  const from = server.sip.log.length;
  await maya.page.getByRole('button', { name: 'Maya Chen, account menu' }).click();
  await maya.page.getByRole('menuitem', { name: 'Sign out', exact: true }).click();
  await maya.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await maya.page.waitForTimeout(500);
  assert(server.sip.log.slice(from).some((text) => /^REGISTER/.test(text) && /expires[:=] ?0/i.test(text)), 'no un-REGISTER');
});

await check('manual settings register with typed credentials', async () => {
  await button(priya.panel, 'Phone settings').click();
  await button(priya.panel, 'Manual settings').click();
  const form = priya.panel.getByRole('form', { name: 'Manual settings' });
  await form.getByLabel('Extension').fill('1004');
  await form.getByRole('textbox', { name: 'Password' }).fill('demo-1004');
  await form.getByLabel('Domain').fill('northwind.localhost');
  await form.getByLabel('WebSocket server').fill('ws://sip.example.com/ws/');
  await button(form, 'Save').click();
  await form.getByText('Plain ws:// works only on this computer', { exact: false }).waitFor();
  await form.getByLabel('WebSocket server').fill(`${server.url.replace('http', 'ws')}/ws/`);
  await button(form, 'Save').click();
  await priya.panel.getByText('Ext. 1004').waitFor();
  await ready(priya.page);
  await priya.panel.getByText('Manual settings are in use.').waitFor();
  await button(priya.panel, 'Back to keypad').click();
  await dial(tom, '1004');
  await answer(priya);
  await talking(tom);
  await hangUp(tom);
});

await check('a blocked microphone is named', async () => {
  await tom.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await dial(tom, '1003');
  await tom.panel.getByText('The call needs a microphone.').waitFor();
  await tom.panel.getByRole('alert').getByText('Microphone is blocked').waitFor();
  await tom.page.reload();
  await ready(tom.page);
});

for (const { complaints } of [maya, tom, priya]) {
  for (const text of complaints) {
    failed += 1;
    console.log(`complaint: ${text}`);
  }
}
await browser.close();
await server.close();
console.log(failed ? `${failed} failed` : 'all calls ok');
process.exit(failed ? 1 : 0);
