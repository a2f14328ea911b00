// A browser whose audio must go through a relay: coturn, with the credentials that the program makes.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyPort, checks, launchWithTone, startHouse, startPhone, until } from './house.mjs';
import { answer, both, dial, hangUp, idle, incoming, person, talking } from './softphone.mjs';

const MAYA_HZ = 600, TOM_HZ = 1390, SECRET = 'nur-wir-zwei';

/** Debian's coturn as its own process; it takes peers on this machine, as no real one may. */
async function startTurn() {
  const dir = mkdtempSync(join(tmpdir(), 'carillon-turn-')), log = join(dir, 'log'), port = await anyPort();
  const child = spawn('turnserver', ['-n', '--no-cli', '--no-tls', '--no-dtls', '--no-stdout-log', '--simple-log', `--log-file=${log}`, `--pidfile=${join(dir, 'pid')}`, `--userdb=${join(dir, 'db')}`,
    '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`, '--min-port=32700', '--max-port=32760',
    '--allow-loopback-peers', '--use-auth-secret', `--static-auth-secret=${SECRET}`, '--realm=northwind.localhost', '--verbose'], { stdio: 'ignore', cwd: dir });
  const text = () => { try { return readFileSync(log, 'utf8'); } catch { return ''; } };
  await until(() => /UDP listener opened/.test(text()), () => `coturn starts: ${text().slice(-500)}`);
  return { port, text, async close() {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    rmSync(dir, { recursive: true });
  } };
}

/** In the page, before its own code: only relayed candidates count, and the connections can be looked at. */
function relayOnly() {
  const Real = RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Real {
    constructor(config) {
      super({ ...config, iceTransportPolicy: 'relay' });
      window.connections.push(this);
    }
  };
}

const turn = await startTurn();
const house = await startHouse({ conf: { CARILLON_TURN_URLS: `turn:127.0.0.1:${turn.port}?transport=udp`, CARILLON_TURN_SECRET: SECRET, CARILLON_TURN_LIFETIME_S: 600 } });
const browser = await launchWithTone(MAYA_HZ);
const maya = await person(browser, house.url, 'maya@northwind.localhost', relayOnly);
const { page, panel } = maya;
const tom = await startPhone(house, '1002', 'northwind.localhost', TOM_HZ);
const { check, end } = checks(panel, [tom]);

/** The kind of the local candidate by which the last connection speaks. */
const way = () => page.evaluate(async () => {
  const stats = [...(await window.connections.at(-1).getStats()).values()];
  const { selectedCandidatePairId } = stats.find((one) => one.type === 'transport');
  const pair = stats.find((one) => one.id === selectedCandidatePairId);
  return stats.find((one) => one.id === pair?.localCandidateId)?.candidateType;
});

async function relayed() {
  await both(maya, tom, MAYA_HZ);
  const kind = await way();
  if (kind !== 'relay') throw new Error(`the audio goes by ${kind}`);
}

await check('a call out goes through the relay, and both hear each other', async () => {
  await dial(maya, '1002');
  await tom.event('ringing');
  tom.say('answer');
  await tom.event('up');
  await talking(maya);
  await relayed();
  await hangUp(maya);
  await tom.event('ended');
  await idle(maya);
});

await check('so does a call in', async () => {
  tom.say('dial 1001');
  await incoming(maya).getByText('Tom Becker').first().waitFor();
  await answer(maya);
  await tom.event('up');
  await relayed();
  await hangUp(maya);
  await tom.event('ended');
});

await check('the relay knows who it is by the secret alone, and one who does not know it is refused', async () => {
  const seen = turn.text();
  if (!/realm <northwind\.localhost> user <\d{10}:1001-/.test(seen)) throw new Error(`coturn names no user of ours: ${seen.slice(-800)}`);
  const candidates = (credential) => page.evaluate(async ([urls, password]) => {
    const one = new RTCPeerConnection({ iceServers: [{ urls, username: `${Math.floor(Date.now() / 1000) + 600}:x`, credential: password }] });
    one.addTransceiver('audio');
    let found = 0;
    one.onicecandidate = ({ candidate }) => (found += candidate?.type === 'relay' ? 1 : 0);
    await one.setLocalDescription();
    await new Promise((done) => (one.onicegatheringstatechange = () => one.iceGatheringState === 'complete' && done()));
    one.close();
    return found;
  }, [`turn:127.0.0.1:${turn.port}?transport=udp`, credential]);
  if (await candidates('wrong')) throw new Error('coturn relays for a wrong password');
});

await turn.close();
await end('relayed calls', { browser, complaints: maya.complaints, house });
