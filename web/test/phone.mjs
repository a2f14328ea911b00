// Whole calls between browsers over the mock SIP proxy: what a person does, by the names a person sees.
import { follow, launch, signIn, watchedPage } from './browser.mjs';
import { calls } from './mock/data.mjs';
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
  await context.addInitScript(() => {
    window.seen = { microphones: [], sinks: [] };
    const { getUserMedia } = MediaDevices.prototype;
    MediaDevices.prototype.getUserMedia = async function open(wish) {
      if (window.seen.forbidden) throw new DOMException('no', 'NotAllowedError');
      const stream = await getUserMedia.call(this, wish);
      window.seen.microphones.push(stream.getAudioTracks()[0]);
      return stream;
    };
  });
  const { page, complaints } = await watchedPage(context, [/401 \(Unauthorized\)/, /WebSocket connection to/, /Connecting to 'ws:\/\/127.0.0.1:1\//, /AudioContext/, /ERR_INTERNET_DISCONNECTED/]);
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

await check('a call comes while a dialog is open: answered by a press, the dialog stays, and what is told is seen over it', async () => {
  const { page, context } = maya;
  await context.grantPermissions(['microphone', 'clipboard-write']);
  await follow(page, `/calls/${calls[1].id}`);
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: 'Copy number' }).waitFor();
  await dial(tom, '1001');
  await answer(maya);
  await talking(tom);
  await sheet.getByRole('button', { name: 'Copy number' }).click();
  await page.getByRole('status', { name: 'Messages' }).getByRole('button', { name: 'Dismiss' }).click();
  await hangUp(tom);
  await dial(tom, '1001');
  const card = page.getByRole('region', { name: 'Incoming call' });
  await card.waitFor();
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await button(card, 'Reject').click();
  await card.waitFor({ state: 'detached' });
  await idle(tom);
  await follow(page, '/');
});

await check('busy and unknown numbers in words', async () => {
  await dial(maya, '486');
  await maya.panel.getByText('Busy.').waitFor();
  await dial(maya, '404');
  await maya.panel.getByText('This number does not exist.').waitFor();
});

await check('each failure has a text of its own', async () => {
  const texts = [['4801', 'No answer.'], ['4802', 'Not available now.'], ['4862', 'They do not want to be disturbed now.'], ['4042', 'No line leads to this number.'],
    ['4021', 'There is not enough credit for this call.'], ['4031', 'You may not call this number.']];
  for (const [number, text] of texts) {
    await dial(maya, number);
    await maya.panel.getByText(text).waitFor();
  }
});

await check('a call while the line comes up waits five seconds for it', async () => {
  const ring = () => tom.page.getByRole('region', { name: 'Incoming call' });
  server.sip.hold(true);
  server.sip.cut('1001');
  await maya.panel.getByText(/Reconnecting|Connecting/).first().waitFor();
  await dial(maya, '1002');
  await maya.page.waitForTimeout(1500);
  assert(!(await ring().isVisible()), 'it rings without a line');
  server.sip.hold(false);
  await ring().waitFor();
  await hangUp(maya);
  await ring().waitFor({ state: 'detached' });
  server.sip.hold(true);
  server.sip.cut('1001');
  await maya.panel.getByText(/Reconnecting|Connecting/).first().waitFor();
  await dial(maya, '1002');
  await maya.panel.getByText('The connection to the telephone system was lost.').waitFor();
  server.sip.hold(false);
  await ready(maya.page);
});

await check('an answer whose nonce is stale is given anew', async () => {
  const from = server.sip.log.length;
  server.sip.makeStale();
  server.sip.cut('1001');
  await maya.panel.getByText(/Reconnecting|Connecting/).first().waitFor();
  await ready(maya.page);
  const nonces = server.sip.log.slice(from).filter((text) => /^REGISTER/.test(text)).map((text) => /nonce="(\w+)"/.exec(text)?.[1]).filter(Boolean);
  assert(new Set(nonces).size === 2, `nonces ${nonces.join()}`);
});

await check('dialled while offline: said at once', async () => {
  await maya.context.setOffline(true);
  await maya.panel.getByText('You are offline', { exact: true }).waitFor();
  await dial(maya, '1002');
  await maya.panel.getByText('You are offline.').waitFor({ timeout: 2000 });
  await maya.context.setOffline(false);
  await ready(maya.page);
});

await check('the microphone is no longer allowed in a call: said, the call goes on, and allowed again one is heard', async () => {
  await call(maya, tom, '1002');
  await maya.page.evaluate(() => {
    window.seen.forbidden = true;
    for (const track of window.seen.microphones) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  });
  await maya.panel.getByRole('alert').getByText('Microphone is blocked').waitFor();
  await talking(maya);
  await maya.page.evaluate(() => (window.seen.forbidden = false));
  await button(maya.panel, 'Try again').click();
  await maya.panel.getByText('Microphone is blocked').first().waitFor({ state: 'detached' });
  await maya.page.waitForTimeout(400);
  assert((await loudness(tom)) > 0.01, 'Tom does not hear Maya again');
  await hangUp(maya);
  await idle(tom);
});

await check('the headset goes away while it rings: it rings on where the system plays', async () => {
  await maya.page.evaluate(async () => {
    const outputs = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.kind === 'audiooutput' && one.deviceId !== 'default');
    const { deviceId: id, label } = outputs.at(-1);
    localStorage.setItem('carillon-phone-prefs', JSON.stringify({ ringer: { id, label } }));
    window.seen.headset = id;
    const { setSinkId } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.setSinkId = function set(sink) {
      window.seen.sinks.push(sink);
      return setSinkId.call(this, sink);
    };
  });
  await dial(tom, '1001');
  await maya.page.getByRole('region', { name: 'Incoming call' }).waitFor();
  await maya.page.waitForFunction(() => window.seen.sinks.at(-1) === window.seen.headset);
  await maya.page.evaluate(() => {
    const { enumerateDevices } = MediaDevices.prototype;
    MediaDevices.prototype.enumerateDevices = async function list() {
      return (await enumerateDevices.call(this)).filter((one) => one.deviceId !== window.seen.headset);
    };
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  });
  await maya.page.waitForFunction(() => window.seen.sinks.at(-1) === '');
  await maya.page.getByRole('region', { name: 'Incoming call' }).waitFor();
  await hangUp(tom);
  await maya.page.evaluate(() => localStorage.removeItem('carillon-phone-prefs'));
});

await check('the far side hangs up while the keypad is open', async () => {
  await call(maya, tom, '1002');
  await button(maya.panel, 'Keypad').click();
  await hangUp(tom);
  await maya.panel.getByText('They hung up.').waitFor();
  await call(maya, tom, '1002');
  await button(maya.panel, 'Transfer').waitFor(); // and not the keypad of the call before
  await hangUp(maya);
  await idle(tom);
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
  await button(maya.panel, 'Transfer').click();
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

await check('where the tab with the line may not make a sound, another one rings', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions: ['microphone'], reducedMotion: 'reduce' });
  context.setDefaultTimeout(8000);
  await context.addInitScript(() => {
    window.rings = 0;
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function begin(...at) {
      window.rings += 1;
      return start.apply(this, at);
    };
  });
  try {
    const first = await context.newPage();
    await signIn(first, server.url, 'priya@northwind.localhost');
    await ready(first);
    const untouched = await context.newPage();
    // Whatever Playwright asks of a page counts as a touch, so that the browser's refusal is played.
    await untouched.addInitScript(() => Object.defineProperty(AudioContext.prototype, 'state', { get: () => 'suspended' }));
    await untouched.goto(server.url);
    await untouched.getByText('Active in another tab').first().waitFor();
    await first.close();
    await ready(untouched);
    const touched = await context.newPage();
    await touched.goto(server.url);
    await touched.getByRole('heading', { name: 'Missed calls' }).click();
    await touched.getByText('Active in another tab').first().waitFor();
    await dial(tom, '1003');
    await untouched.getByText('Click anywhere to hear ringing').waitFor();
    await touched.waitForFunction(() => window.rings > 0);
    assert((await untouched.evaluate(() => window.rings)) === 0, 'the untouched tab sounds');
    await hangUp(tom);
    await untouched.getByRole('region', { name: 'Incoming call' }).waitFor({ state: 'detached' });
  } finally {
    await context.close();
  }
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
  await button(priya.panel, 'Settings').click();
  await button(priya.panel, 'Manual settings').click();
  const form = priya.panel.getByRole('form', { name: 'Manual settings' });
  await form.getByLabel('Extension').fill('1004');
  await form.getByRole('textbox', { name: 'Password' }).fill('demo-1004');
  await form.getByLabel('Domain').fill('northwind.localhost');
  await form.getByLabel('WebSocket server').fill('ws://sip.example.com/ws/');
  await button(form, 'Save').click();
  await form.getByText('Plain ws:// works only on this computer', { exact: false }).waitFor();
  await form.getByLabel('WebSocket server').fill('ws://127.0.0.1:1/ws/');
  for (const name of ['Save', 'Test']) {
    await form.getByLabel('WebSocket server').fill('ws://127.0.0.1:1/ws/');
    await button(form, name).click();
    await form.getByText('This portal may not connect to that server.', { exact: false }).waitFor();
    await form.getByLabel('WebSocket server').fill(`${server.url.replace('http', 'ws')}/nothing/`);
    await button(form, 'Test').click();
    await form.getByText('The WebSocket server cannot be reached').waitFor();
  }
  await form.getByLabel('WebSocket server').fill(`${server.url.replace('http', 'ws')}/ws/`);
  await form.getByRole('textbox', { name: 'Password' }).fill('wrong');
  await button(form, 'Test').click();
  await form.getByText(/The server refused the extension or the password \(4\d\d\)/).waitFor();
  await form.getByRole('textbox', { name: 'Password' }).fill('demo-1004');
  await button(form, 'Test').click();
  await form.getByText('these settings work').waitFor();
  await priya.panel.getByText('Ext. 1003').waitFor();
  await button(form, 'Save').click();
  await priya.panel.getByText('Ext. 1004').waitFor();
  await ready(priya.page);
  await priya.panel.getByText('Manual settings are in use.').waitFor();
  await button(priya.panel, 'Dialer').click();
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
