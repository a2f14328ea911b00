// The real program with fresh demo data on ports of its own, and telephones that share no code with it.
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { launch, signIn, watchedPage, WHOLE } from '../browser.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const build = process.env.BUILD_FOLDER ?? join(root, 'build');
const RTP_PORTS = 300, BASE_STEP = 400;

/** A server on a port, as long as this program lives; null when the port is taken. */
const listen = (port) => new Promise((resolve) => {
  const server = createServer().once('error', () => resolve(null));
  server.listen(port, '127.0.0.1', () => resolve(server.unref()));
});

/** A port that nobody has, for who needs one before there is a house. */
export async function anyPort() {
  const server = await listen(0);
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

async function free(port) {
  const server = await listen(port);
  if (server) await new Promise((done) => server.close(done));
  return server !== null;
}

// Above the scenes' ports and below those that the system gives away. Who runs beside us sees the last one taken.
async function portBase() {
  for (let base = 31_000; base < 32_600; base += BASE_STEP) {
    if ((await listen(base + BASE_STEP - 1)) && (await Promise.all([0, 1, 2, 3, 4].map((at) => free(base + at)))).every(Boolean)) return base;
  }
  throw new Error('no free ports between 31000 and 32600');
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(look, what, ms = 8000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not in ${ms} ms: ${typeof what === 'function' ? what() : what}`);
    await sleep(50);
  }
}

/** A mail server that takes everything but what is for never@: test/peers/smtp. */
async function startMail(dir, port) {
  const child = spawn(join(root, 'test/peers/smtp'), [port, join(dir, 'mail'), 'starttls'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error('no mail server; is python3-aiosmtpd there?')));
  });
  return child;
}

/** A file of eight bytes, through which the program's clock is moved on. */
function startClock(file) {
  let offset = 0n;
  writeFileSync(file, Buffer.alloc(8));
  return async function pass(ms, jumps = 40) {
    const out = openSync(file, 'r+');
    for (let jump = 0; jump < jumps; jump += 1) {
      offset += BigInt(Math.ceil(ms / jumps));
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(offset);
      writeSync(out, bytes, 0, 8, 0);
      await sleep(5); // what falls due meanwhile is done in its order
    }
    closeSync(out);
  };
}

/** With a mail server, with a clock that `pass(ms)` moves on, or with values of its configuration. */
export async function startHouse({ mail = false, clock = false, conf = {} } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'carillon-browser-'));
  const base = await portBase();
  const log = join(dir, 'daemon.log');
  const out = openSync(log, 'a');
  const env = {
    ...process.env,
    CARILLON_DATA: join(dir, 'data'),
    CARILLON_BIND: '127.0.0.1',
    CARILLON_HTTP_PORT: base,
    CARILLON_HTTPS_PORT: base + 1,
    CARILLON_SIP_PORT: base + 2,
    CARILLON_SIPS_PORT: base + 3,
    CARILLON_RTP_PORTS: `${base + 10}-${base + 10 + RTP_PORTS}`,
    CARILLON_PORTAL: join(root, 'web', 'dist'),
    ...conf,
  };
  const mailer = mail ? await startMail(dir, base + 4) : null;
  if (mail) Object.assign(env, { CARILLON_MAIL_HOST: '127.0.0.1', CARILLON_MAIL_PORT: base + 4, CARILLON_MAIL_FROM: 'pbx@northwind.localhost', CARILLON_MAIL_CA: join(dir, 'mail', 'cert.pem') });
  const pass = clock ? startClock(join(dir, 'clock')) : undefined;
  if (clock) env.CARILLON_CLOCK_FILE = join(dir, 'clock');
  const text = () => readFileSync(log, 'utf8');
  let child, ended;
  async function start() {
    const before = text().length;
    child = spawn(join(build, 'carillon'), ['demo'], { cwd: dir, stdio: ['ignore', out, out], env });
    ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
    const said = () => text().slice(before);
    await until(() => child.exitCode !== null || said().includes('carillon.ready'), () => `the program does not start:\n${said()}`, 60_000);
    if (child.exitCode !== null) throw new Error(`the program ended:\n${said()}`);
  }
  await start();
  return {
    url: `http://127.0.0.1:${base}`,
    sip: `127.0.0.1:${base + 2}`,
    spare: base + 5, // a port for who speaks with it
    text,
    start,
    pass,
    /** What the mail server took, as test/peers/smtp describes it, each with the path of its last attached `file`. */
    mails() {
      const folder = join(dir, 'mail');
      return readdirSync(folder).filter((name) => /^\d+\.json$/.test(name))
        .map((name) => ({ ...JSON.parse(readFileSync(join(folder, name), 'utf8')), file: join(folder, name.replace('json', 'file')) }));
    },
    /** As a power cut: nobody is told. */
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    /** Complaints of the program itself; an empty list when it ended well. */
    async close() {
      mailer?.kill();
      child.kill('SIGTERM');
      const how = await Promise.race([ended, sleep(15_000).then(() => 'late')]);
      if (how === 'late') child.kill('SIGKILL');
      const bad = text().split('\n').filter((line) => / error |AddressSanitizer|runtime error/.test(line));
      if (how !== 0) bad.push(`the program ended with ${how}`);
      if (bad.length === 0) rmSync(dir, { recursive: true, force: true });
      else console.log(`log: ${log}`);
      return bad;
    },
  };
}

/** The API as somebody of the demo uses it: ask(method, path, body) reads what is answered. */
export async function apiOf(house, email) {
  let headers = {};
  const answerOf = async (method, path, body) => {
    const file = body instanceof Uint8Array;
    const answer = await fetch(`${house.url}/api/v1${path}`, { method, headers: { 'content-type': file ? 'application/octet-stream' : 'application/json', ...headers }, body: file ? body : JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const login = await answerOf('POST', '/login', { email, password: 'carillon-demo', remember: false });
  const me = await login.json();
  headers = { cookie: login.headers.get('set-cookie').split(';')[0], 'x-csrf-token': me.csrf };
  return {
    me,
    ask: async (...request) => JSON.parse((await (await answerOf(...request)).text()) || 'null'),
    file: async (path) => Buffer.from(await (await answerOf('GET', path)).arrayBuffer()),
  };
}

/** Switches the mailbox of a person off, so that a refusal is told instead of a greeting. */
export async function withoutVoicemail(house, email) {
  const { me, ask } = await apiOf(house, email);
  await ask('PUT', `/extensions/${me.extension.id}/settings`, { voicemail: false });
}

/** A carrier with one customer: test/peers/carrier, in one of its ways. */
export async function startCarrier({ spare }, ...way) {
  const child = spawn(join(root, 'test/peers/carrier'), [spare, 'cust', 'geheim', ...way], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const carrier = {
    port: spare,
    lines,
    /** What it says next that holds this. */
    async says(text, ms = 8000) {
      const at = await until(() => lines.findIndex((line) => line.includes(text)) + 1, () => `the carrier says ${text}, but ${JSON.stringify(lines)}`, ms);
      return lines.splice(0, at).at(-1);
    },
    close: () => child.kill(),
  };
  await carrier.says('ready');
  return carrier;
}

/** A desk phone: test/scene/phone_main.c. It speaks one tone and says what it hears. `first` is what comes of its registration. */
export async function startPhone(house, number, domain, tone, { user = number, password = `demo-${number}`, first = 'registered' } = {}) {
  const child = spawn(join(build, 'test/scene/phone'), ['udp', house.sip, `${number}@${domain}`, password, String(tone), user], { stdio: ['pipe', 'pipe', 'inherit'] });
  const events = [];
  let heard = { hz: 0, share: 0, level: 0, packets: 0, keys: '' };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line);
    if (event.event === 'hears') heard = { ...event, at: Date.now() };
    else events.push(event);
  });
  const phone = {
    tone,
    events,
    heard: () => heard,
    say: (command) => child.stdin.write(`${command}\n`),
    /** The next event of this name since the last one that was asked for. */
    async event(name, ms = 8000) {
      const at = await until(() => events.findIndex((one) => one.event === name) + 1, () => `${number}: ${name}, but ${JSON.stringify(events.slice(-4))}`, ms);
      return events.splice(0, at).at(-1);
    },
    /** Hears one frequency now, in what arrives after this question. */
    hears(hz, ms = 8000) {
      const from = Date.now() + 500;
      return until(() => heard.at > from && Math.abs(heard.hz - hz) <= 10 && heard.share > 0.7, () => `${number} hears ${hz} Hz, but ${JSON.stringify(heard)}`, ms);
    },
    hearsMusic(not, ms = 8000) {
      const from = Date.now() + 500;
      return until(() => heard.at > from && heard.level > 60 && Math.abs(heard.hz - not) > 10, () => `${number} hears music, but ${JSON.stringify(heard)}`, ms);
    },
    close() {
      child.stdin.end('quit\n');
      return new Promise((resolve) => child.once('exit', resolve));
    },
  };
  await phone.event(first);
  return phone;
}

/** A sine of 48 kHz; ten seconds of it are what Chromium's microphone hears. */
export function toneFile(hz, seconds = 10) {
  const rate = 48_000, samples = rate * seconds;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i += 1) wav.writeInt16LE(Math.round(9000 * Math.sin((2 * Math.PI * hz * i) / rate)), 44 + i * 2);
  const file = join(mkdtempSync(join(tmpdir(), 'carillon-tone-')), 'tone.wav');
  writeFileSync(file, wav);
  return file;
}

/** A browser whose microphone hears one tone. */
export async function launchWithTone(hz) {
  const file = toneFile(hz);
  const browser = await chromium.launch({
    executablePath: WHOLE,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${file}`, '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection'],
  });
  browser.once('disconnected', () => rmSync(join(file, '..'), { recursive: true, force: true }));
  return browser;
}

/** Runs named checks one after the other, or those whose names match the argument; after a failed one the phones are put back, and what `recover` does is done. */
export function checks(main, phones, recover = () => {}) {
  const only = process.argv[2] ? new RegExp(process.argv[2]) : null;
  let failed = 0;
  return {
    async check(name, run) {
      if (only && !only.test(name)) return;
      try {
        await run();
        console.log(`ok ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`    main: ${(await main.innerText()).replace(/\n/g, ' | ').slice(0, 500)}`);
        console.log(`not ok ${name}\n    ${String(error.message).split('\n').slice(0, 8).join('\n    ')}`);
        for (const phone of phones) {
          phone.say('hangup');
          phone.events.length = 0;
        }
        await recover();
      }
    },
    /** Closes everything and ends with what came of it. */
    async end(what, { browser, complaints, house }) {
      await Promise.all(phones.map((phone) => phone.close()));
      await browser.close();
      for (const text of [...complaints, ...(await house.close())]) {
        failed += 1;
        console.log(`complaint: ${text}`);
      }
      console.log(failed ? `${failed} failed` : `all ${what} ok`);
      process.exit(failed ? 1 : 0);
    },
  };
}

/** Pages as an administrator walks through them. */
export function walker(page) {
  const main = page.getByRole('main');
  const press = (name) => main.getByRole('button', { name, exact: true }).click();
  /** Does what is saved at once; the program has taken it, and the page tells: a note of the same words may still be there from before. */
  const saved = async (text, act) => {
    await Promise.all([page.waitForResponse((answer) => answer.request().method() !== 'GET' && answer.ok()), act()]);
    await page.getByText(text, { exact: true }).last().waitFor();
  };
  return {
    main, press, saved,
    menu: (name) => page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name, exact: true }).click(),
    save: (text, action = 'Save') => saved(text, () => press(action)),
  };
}

/** Somebody with a browser window of their own, in which they are signed in once `enter` was called. */
export async function visitor(browser, house, email, { allowed = [], permissions = [] } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, permissions, reducedMotion: 'reduce' });
  context.setDefaultTimeout(10_000);
  const { page, complaints } = await watchedPage(context, [/401 \(Unauthorized\)/, ...allowed]);
  return { context, page, complaints, enter: () => signIn(page, house.url, email) };
}

/**
 * The whole set: the program, a browser in which somebody is signed in, and desk phones. `phones` names each by its address and its
 * tone; a browser with a `tone` has a microphone that hears it.
 */
export async function startOffice(email, phones, { house: how = {}, allowed = [], tone = 0 } = {}) {
  const house = await startHouse(how);
  const browser = await (tone ? launchWithTone(tone) : launch());
  const { context, page, complaints, enter } = await visitor(browser, house, email, { allowed, permissions: tone ? ['microphone'] : [] });
  await enter();
  const started = {};
  for (const [name, [address, hz]] of Object.entries(phones)) started[name] = await startPhone(house, ...address.split('@'), hz);
  const all = Object.values(started), walked = walker(page);
  const { check, end } = checks(walked.main, all);
  return {
    house, browser, context, page, complaints, ...walked, phones: all, ...started, check,
    /** Closes everything and ends with what came of it. */
    end: (what) => end(what, { browser, complaints, house }),
  };
}

/** The loudest frequency of what the page plays. */
export function played(page) {
  return page.evaluate(async () => {
    const audio = document.querySelector('.player audio');
    const stream = audio?.captureStream();
    if (!stream || audio.paused || stream.getAudioTracks().length === 0) return 0; // it has not begun to sound
    const sound = new AudioContext();
    const analyser = sound.createAnalyser();
    analyser.fftSize = 8192;
    sound.createMediaStreamSource(stream).connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const hz = (bins.indexOf(Math.max(...bins)) * sound.sampleRate) / analyser.fftSize;
    await sound.close();
    return Math.round(hz);
  });
}
