// Calls between a browser and desk phones through the real program: what each side hears is measured.
import { apiOf, checks, launchWithTone, sleep, startHouse, startPhone, until, withoutVoicemail } from './house.mjs';
import { answer, both, button, dial, hangUp, idle, incoming, pageHears, pageHearsMusic, person, talking } from './softphone.mjs';

const MAYA_HZ = 600, JAMES_HZ = 1000, TOM_HZ = 1390, PRIYA_HZ = 1850, SECRET_HZ = 2300;
const house = await startHouse();
const browser = await launchWithTone(MAYA_HZ);

function assert(truth, message) {
  if (!truth) throw new Error(message);
}

for (const who of ['maya', 'tom']) await withoutVoicemail(house, `${who}@northwind.localhost`);
const maya = await person(browser, house.url, 'maya@northwind.localhost');
const tom = await startPhone(house, '1002', 'northwind.localhost', TOM_HZ);
const priya = await startPhone(house, '1003', 'northwind.localhost', PRIYA_HZ);

async function recover() {
  await maya.page.reload().catch(() => {});
  await maya.page.waitForTimeout(1500);
  for (const name of ['Hang up', 'End it', 'Dismiss', 'Not now']) {
    const one = button(maya.panel, name).first();
    if (await one.isVisible().catch(() => false)) await one.click().catch(() => {});
  }
  for (const phone of [tom, priya]) phone.events.length = 0;
}

const { check, end } = checks(maya.panel, [tom, priya], recover);

async function hangUpTom() {
  await hangUp(maya);
  await tom.event('ended');
}

async function callTom() {
  await idle(maya);
  await dial(maya, '1002');
  const ring = await tom.event('ringing');
  assert(ring.number === '1001' && ring.name === 'Maya Chen', `Tom's display: ${JSON.stringify(ring)}`);
  tom.say('answer');
  await tom.event('up');
  await talking(maya);
}

await check('outgoing: each hears the other', async () => {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  await hangUpTom();
});

await check('incoming: each hears the other', async () => {
  await idle(maya);
  tom.say('dial 1001');
  await incoming(maya).getByText('Tom Becker').first().waitFor();
  await answer(maya);
  await tom.event('up');
  await talking(maya);
  await both(maya, tom, MAYA_HZ);
  tom.say('hangup');
  await maya.panel.getByText('They hung up.').waitFor();
});

await check('mute: the phone hears silence', async () => {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  await button(maya.panel, 'Mute').click();
  await until(() => tom.heard().level < 60, () => `Tom hears ${JSON.stringify(tom.heard())}`);
  await button(maya.panel, 'Mute').click();
  await both(maya, tom, MAYA_HZ);
  await hangUpTom();
});

await check('hold by the page: the phone hears music, then Maya again', async () => {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  await button(maya.panel, 'Hold').click();
  await tom.hearsMusic(MAYA_HZ);
  await button(maya.panel, 'Hold').click();
  await both(maya, tom, MAYA_HZ);
  await hangUpTom();
});

await check('hold by the phone: the page plays music, then Tom again', async () => {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  tom.say('hold');
  await maya.panel.getByText(/They put you on hold/).waitFor();
  await pageHearsMusic(maya, TOM_HZ);
  tom.say('resume');
  await talking(maya);
  await both(maya, tom, MAYA_HZ);
  await hangUpTom();
});

await check('keys reach the phone', async () => {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  await button(maya.panel, 'Keypad').click();
  for (const key of ['1', '2', '#']) await button(maya.panel, `Send ${key}`).click();
  await until(() => tom.heard().keys === '12#', () => `keys ${tom.heard().keys}`);
  await button(maya.panel, 'Hide keypad').click();
  await hangUpTom();
});

await check('blind transfer: her call ends once it rings there, and the two phones talk', async () => {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  await button(maya.panel, 'Transfer').click();
  await maya.panel.getByRole('textbox', { name: 'Transfer to' }).fill('1003');
  await button(maya.panel, 'Transfer').click();
  const ring = await priya.event('ringing');
  assert(ring.number === '1002' && ring.name === 'Tom Becker', `Priya's display: ${JSON.stringify(ring)}`);
  await idle(maya); // before anybody answers there
  priya.say('answer');
  await Promise.all([tom.hears(PRIYA_HZ), priya.hears(TOM_HZ)]);
  tom.say('hangup');
  await priya.event('ended');
  await tom.event('ended');
});

await check('transferred by a phone: the page shows who is there now', async () => {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  tom.say('transfer 1003');
  await priya.event('ringing');
  priya.say('answer');
  await Promise.all([pageHears(maya, PRIYA_HZ), priya.hears(MAYA_HZ)]);
  await maya.panel.getByRole('region', { name: 'In a call with Priya Raman' }).waitFor();
  await maya.panel.getByText('1003', { exact: true }).waitFor();
  await hangUp(maya);
  await priya.event('ended');
});

await check('answered by a phone of the same person: told where, not missed', async () => {
  const desk = await startPhone(house, '1001', 'northwind.localhost', JAMES_HZ);
  try {
    await idle(maya);
    tom.say('dial 1001');
    await incoming(maya).waitFor();
    await desk.event('ringing');
    desk.say('answer');
    await tom.event('up');
    await maya.panel.getByText(/^Answered on Maya Chen/).waitFor();
    await maya.panel.getByText('You missed the call.').waitFor({ state: 'detached' });
    tom.say('hangup');
    await desk.event('ended');
  } finally {
    await desk.close();
  }
});

await check('the test call: one hears oneself', async () => {
  await idle(maya);
  await button(maya.panel, 'Settings').click();
  await button(maya.panel, 'Make a test call').click();
  await talking(maya);
  await pageHears(maya, MAYA_HZ, 40_000); // a prompt comes first
  await hangUp(maya);
  await idle(maya);
});

/** Maya talks to Tom, and asks Priya first, who rings. */
async function askPriya() {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  await button(maya.panel, 'Transfer').click();
  await maya.panel.getByRole('textbox', { name: 'Transfer to' }).fill('1003');
  await button(maya.panel, 'Ask first').click();
  await priya.event('ringing');
}

await check('attended transfer: asked first, then the two phones talk', async () => {
  await askPriya();
  await tom.hearsMusic(MAYA_HZ);
  priya.say('answer');
  await talking(maya);
  await both(maya, priya, MAYA_HZ);
  await button(maya.panel, 'Complete transfer').click();
  await Promise.all([tom.hears(PRIYA_HZ), priya.hears(TOM_HZ)]);
  await idle(maya);
  priya.say('hangup');
  await tom.event('ended');
  await priya.event('ended');
});

await check('merge: three hear each other on one line', async () => {
  await askPriya();
  priya.say('answer');
  await talking(maya);
  await both(maya, priya, MAYA_HZ);
  await maya.panel.getByRole('button', { name: /^Merge/ }).click();
  await maya.panel.getByRole('region', { name: 'In a call with Priya Raman, Tom Becker' }).waitFor();
  await hangUp(maya);
  await Promise.all([tom.hears(PRIYA_HZ), priya.hears(TOM_HZ)]);
  priya.say('hangup');
  await tom.event('ended');
  await priya.event('ended');
});

await check('reload: the far side hears music, and the call is picked up', async () => {
  await callTom();
  await both(maya, tom, MAYA_HZ);
  await maya.page.waitForTimeout(2500);
  await maya.page.reload();
  await tom.hearsMusic(MAYA_HZ);
  await button(maya.panel, 'Pick the call up again').click({ timeout: 15_000 });
  await talking(maya);
  await both(maya, tom, MAYA_HZ);
  await hangUpTom();
});

/** In how many tenths of a second one side of a recording is one tone. */
function tenths(wav, side, hz) {
  const rate = wav.readUInt32LE(24), at = wav.indexOf('data') + 8, step = Math.floor(rate / 10);
  let found = 0;
  for (let from = at; from + step * 4 <= wav.length; from += step * 4) {
    let re = 0, im = 0, power = 0;
    for (let i = 0; i < step; i += 1) {
      const value = wav.readInt16LE(from + i * 4 + side * 2), turn = (2 * Math.PI * hz * i) / rate;
      re += value * Math.cos(turn);
      im += value * Math.sin(turn);
      power += value * value;
    }
    if (power / step > 200 && (2 * (re * re + im * im)) / step / power > 0.5) found += 1;
  }
  return found;
}

/** The record of the call that began since then: it is written when the call is over, not before a phone hears of it. */
function newest(ask, since) {
  return until(async () => {
    const [call] = (await ask('GET', '/calls?limit=1')).rows;
    return call?.startedAt >= since && ask('GET', `/calls/${call.id}`);
  }, 'the record of the call');
}

/** How long a tone sounds on each side of what was recorded of the newest call, in tenths of a second; and by what it was begun. */
async function recorded(since) {
  const { ask, file } = await apiOf(house, 'maya@northwind.localhost');
  const pieces = await until(async () => {
    const { recordings } = await newest(ask, since);
    return recordings.length > 0 && recordings.every((one) => one.durationMs > 0) && recordings;
  }, 'a recording');
  const wavs = await Promise.all(pieces.map((one) => file(`/recordings/${one.id}/audio`)));
  return { by: pieces[0].by, sounds: (side, hz) => wavs.reduce((sum, wav) => sum + tenths(wav, side, hz), 0) };
}

const badge = (text) => maya.panel.getByText(text, { exact: true });

await check('recorded by the button: both voices, and not what was said in the pause, also across a reload', async () => {
  const since = Date.now();
  await callTom();
  await both(maya, tom, MAYA_HZ);
  await button(maya.panel, 'Record').click();
  await badge('Recording').waitFor();
  await sleep(1000);
  await button(maya.panel, 'Pause recording').click();
  await badge('Recording paused').waitFor();
  tom.say(`tone ${SECRET_HZ}`);
  await pageHears(maya, SECRET_HZ);
  await maya.page.reload();
  await button(maya.panel, 'Pick the call up again').click({ timeout: 15_000 });
  await talking(maya);
  await badge('Recording paused').waitFor();
  await pageHears(maya, SECRET_HZ);
  tom.say(`tone ${TOM_HZ}`);
  await both(maya, tom, MAYA_HZ);
  await button(maya.panel, 'Go on recording').click();
  await badge('Recording').waitFor();
  await button(maya.panel, 'Close phone panel').click();
  await maya.page.getByRole('group', { name: 'In a call with Tom Becker' }).getByText('Recording').waitFor({ state: 'attached' });
  await maya.page.getByRole('button', { name: 'Phone panel' }).click();
  await sleep(1000);
  await button(maya.panel, 'Record').click();
  await badge('Recording').waitFor({ state: 'detached' });
  await hangUpTom();
  const { by, sounds } = await recorded(since);
  const heard = [sounds(0, MAYA_HZ), sounds(1, TOM_HZ), sounds(1, SECRET_HZ)];
  assert(by === 'api' && heard[0] > 15 && heard[1] > 15 && heard[2] === 0, `by ${by}: ${heard}`);
});

await check('PBX CDR shows one’s own calls with codec, hangup cause, Call-ID and recording', async () => {
  const { page } = maya;
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'PBX CDR' }).click();
  await page.getByRole('heading', { name: 'PBX CDR' }).waitFor();
  const row = page.getByRole('main').getByRole('row').nth(1);
  await row.getByRole('link', { name: 'Maya Chen → Tom Becker' }).waitFor();
  const cells = await row.getByRole('cell').allTextContents();
  const [codec, cause, callId] = cells.slice(3).map((text) => text.trim());
  const call = (await (await apiOf(house, 'maya@northwind.localhost')).ask('GET', '/calls?limit=1&technical=true')).rows[0];
  assert(codec.startsWith(call.technical.caller.codec) && /^(opus|PCM)/.test(codec) && cause === 'Ended normally (16)' && callId.length > 8 && callId === call.technical.caller.callId, cells.join(' | '));
  await row.getByRole('link', { name: 'Listen' }).click();
  await page.getByRole('button', { name: /^Play/ }).first().waitFor();
  await page.getByText('Q.850 16').first().waitFor(); // the technical details stand open
  await page.keyboard.press('Escape');
});

await check('recorded by rule: said as long as it is, it can be paused and not ended, and stays with who is transferred', async () => {
  const { me, ask } = await apiOf(house, 'maya@northwind.localhost');
  const admin = await apiOf(house, 'admin@northwind.localhost');
  const rule = (recording) => admin.ask('PATCH', `/extensions/${me.extension.id}`, { recording });
  await rule('all');
  const since = Date.now();
  await callTom();
  await badge('Recorded by your organisation').waitFor();
  assert(await button(maya.panel, 'Record').isDisabled(), 'Record can be pressed');
  const [{ id }] = (await ask('GET', '/phone/calls')).rows;
  const refused = await ask('POST', `/live-calls/${id}/recording`, { action: 'stop' }).catch((error) => error.message);
  assert(/403/.test(refused), `a stop was answered ${refused}`);
  tom.say('press *5');
  await badge('Recording paused').waitFor();
  tom.say('press *5');
  await badge('Recorded by your organisation').waitFor();
  tom.say('transfer 1003');
  await priya.event('ringing');
  priya.say('answer');
  await maya.panel.getByRole('region', { name: 'In a call with Priya Raman' }).waitFor();
  await Promise.all([pageHears(maya, PRIYA_HZ), badge('Recorded by your organisation').waitFor()]);
  await hangUp(maya);
  await priya.event('ended');
  await rule('none');
  const { by, sounds } = await recorded(since);
  assert(by === 'rule' && sounds(1, PRIYA_HZ) > 3, `by ${by}: ${sounds(1, PRIYA_HZ)}`);
});

await check('sent to voicemail by Alt+V: a mailbox answers the caller, and the page tells of no missed call', async () => {
  const { me, ask } = await apiOf(house, 'maya@northwind.localhost');
  const voicemail = (on) => ask('PUT', `/extensions/${me.extension.id}/settings`, { voicemail: on });
  await voicemail(true);
  await idle(maya);
  const since = Date.now();
  tom.say('dial 1001');
  await button(incoming(maya), 'Voicemail').waitFor();
  await maya.page.keyboard.press('Alt+v');
  await incoming(maya).waitFor({ state: 'detached' });
  await tom.event('up');
  assert(!(await maya.panel.getByText('You missed the call.').isVisible()), 'the call is told as missed');
  tom.say('hangup');
  await tom.event('ended');
  const { story } = await newest(ask, since);
  assert(story.some(({ text }) => text === 'Maya Chen sent the call to voicemail'), JSON.stringify(story));
  await voicemail(false);
});

await check('refusals in words', async () => {
  await idle(maya);
  await dial(maya, '7777');
  await maya.panel.getByText('This number does not exist.').waitFor();
  await idle(maya);
  await dial(maya, '1002');
  await tom.event('ringing');
  tom.say('reject 486');
  await maya.panel.getByText('Busy.').waitFor();
});

await check('the page rejects a call', async () => {
  await idle(maya);
  tom.say('dial 1001');
  await incoming(maya).getByRole('button', { name: 'Reject', exact: true }).click();
  const end = await tom.event('ended');
  assert(end.code >= 400, `Tom was told ${end.code}`);
});

await check('browser to browser', async () => {
  const second = await launchWithTone(JAMES_HZ);
  try {
    const ana = await person(second, house.url, 'ana@harbor.localhost');
    await idle(maya);
    await dial(maya, '+16285550177');
    await answer(ana);
    await Promise.all([talking(maya), talking(ana)]);
    await Promise.all([pageHears(maya, JAMES_HZ), pageHears(ana, MAYA_HZ)]);
    await hangUp(ana);
    await maya.panel.getByText('They hung up.').waitFor();
    assert(ana.complaints.length === 0, ana.complaints.join('\n'));
  } finally {
    await second.close();
  }
});

await check('nothing is left', () => until(async () => {
  const health = await (await fetch(`${house.url}/healthz`)).json();
  return health.calls === 0;
}, 'calls are left'));

await end('calls', { browser, complaints: maya.complaints, house });
