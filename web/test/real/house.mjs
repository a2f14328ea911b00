// The real program with fresh demo data on ports of its own, and telephones that share no code with it.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const build = process.env.CARILLON_BUILD ?? join(root, 'build');
const RTP_PORTS = 300;

const free = (port) => new Promise((resolve) => {
  const server = createServer().once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
});

// Above the scenes' ports and below those that the system gives away.
async function portBase() {
  for (let base = 31_000 + (process.pid % 4) * 400; base < 32_400; base += 400) {
    if ((await Promise.all([0, 1, 2, 3].map((at) => free(base + at)))).every(Boolean)) return base;
  }
  throw new Error('no free ports between 31000 and 32400');
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

export async function startHouse() {
  const dir = mkdtempSync(join(tmpdir(), 'carillon-browser-'));
  const base = await portBase();
  const log = join(dir, 'daemon.log');
  const out = openSync(log, 'a');
  const child = spawn(join(build, 'carillon'), ['demo'], {
    cwd: dir,
    stdio: ['ignore', out, out],
    env: {
      ...process.env,
      CARILLON_DATA: join(dir, 'data'),
      CARILLON_BIND: '127.0.0.1',
      CARILLON_HTTP_PORT: base,
      CARILLON_HTTPS_PORT: base + 1,
      CARILLON_SIP_PORT: base + 2,
      CARILLON_SIPS_PORT: base + 3,
      CARILLON_RTP_PORTS: `${base + 10}-${base + 10 + RTP_PORTS}`,
      CARILLON_PORTAL: join(root, 'web', 'dist'),
    },
  });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  const text = () => readFileSync(log, 'utf8');
  await until(() => child.exitCode !== null || text().includes('carillon.ready'), () => `the program does not start:\n${text()}`, 60_000);
  if (child.exitCode !== null) throw new Error(`the program ended:\n${text()}`);
  return {
    url: `http://127.0.0.1:${base}`,
    sip: `127.0.0.1:${base + 2}`,
    text,
    /** Complaints of the program itself; an empty list when it ended well. */
    async close() {
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

/** Switches the mailbox of a person off, so that a refusal is told instead of a greeting. */
export async function withoutVoicemail(house, email) {
  const ask = async (method, path, body, headers = {}) => {
    const answer = await fetch(`${house.url}/api/v1${path}`, { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const login = await ask('POST', '/login', { email, password: 'carillon-demo', remember: false });
  const { csrf, extension } = await login.json();
  const headers = { cookie: login.headers.get('set-cookie').split(';')[0], 'x-csrf-token': csrf };
  await ask('PUT', `/extensions/${extension.id}/settings`, { voicemail: false }, headers);
}

/** A desk phone: test/scene/phone_main.c. It speaks one tone and says what it hears. */
export async function startPhone(house, number, domain, tone) {
  const child = spawn(join(build, 'test/scene/phone'), ['udp', house.sip, `${number}@${domain}`, `demo-${number}`, String(tone)], { stdio: ['pipe', 'pipe', 'inherit'] });
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
  await phone.event('registered');
  return phone;
}

/** A sine of ten seconds, 48 kHz: what Chromium's microphone hears. */
function toneFile(hz) {
  const rate = 48_000, samples = rate * 10;
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
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${file}`, '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection'],
  });
  browser.once('disconnected', () => rmSync(join(file, '..'), { recursive: true, force: true }));
  return browser;
}
