// A push service that opens what it gets, for browsers whose portal is closed.
import { execFileSync } from 'node:child_process';
import { createDecipheriv, createECDH, createHmac, createPublicKey, randomBytes, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchedPage } from '../browser.mjs';
import { anyPort, apiOf, launchWithTone, startHouse, until, withoutVoicemail } from './house.mjs';
import { person } from './softphone.mjs';

export const same = (is, should, what) => { if (is !== should) throw new Error(`${what}: ${JSON.stringify(is)} and not ${JSON.stringify(should)}`); };

/** As a browser opens it: RFC 8291 section 3.4 and RFC 8188 section 2. */
function open(body, keys, auth) {
  const salt = body.subarray(0, 16), theirs = body.subarray(21, 21 + body[20]), sealed = body.subarray(21 + body[20]);
  const hmac = (key, ...parts) => createHmac('sha256', key).update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
  const ikm = hmac(hmac(auth, keys.computeSecret(theirs)), 'WebPush: info\0', keys.getPublicKey(), theirs, [1]);
  const prk = hmac(salt, ikm);
  const box = createDecipheriv('aes-128-gcm', hmac(prk, 'Content-Encoding: aes128gcm\0', [1]).subarray(0, 16), hmac(prk, 'Content-Encoding: nonce\0', [1]).subarray(0, 12));
  box.setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([box.update(sealed.subarray(0, -16)), box.final()]);
  const end = plain.findLastIndex((byte) => byte !== 0);
  same(plain[end], 2, 'the last record');
  return JSON.parse(plain.subarray(0, end).toString());
}

/** RFC 8292: who sends it is the one whose key the browser subscribed with. */
function signedBy(authorization, origin) {
  const [, jwt, k] = authorization.match(/^vapid t=(\S+), k=(\S+)$/);
  const [head, claims, signature] = jwt.split('.'), point = Buffer.from(k, 'base64url');
  const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') } });
  if (!verify('sha256', Buffer.from(`${head}.${claims}`), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))) throw new Error('the token is not signed');
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url'));
  same(aud, origin, 'aud');
  if (exp < Date.now() / 1000 || exp > Date.now() / 1000 + 86_400) throw new Error(`it ends at ${exp}`);
  if (!/^(mailto:|https?:)/.test(sub)) throw new Error(`sub ${sub}`);
  return k;
}

async function startService() {
  const dir = mkdtempSync(join(tmpdir(), 'carillon-push-')), ca = join(dir, 'cert.pem'), port = await anyPort();
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=push', '-addext', 'subjectAltName=IP:127.0.0.1',
    '-keyout', join(dir, 'key.pem'), '-out', ca], { stdio: 'ignore' });
  const keys = createECDH('prime256v1'), auth = randomBytes(16), got = [];
  keys.generateKeys();
  const service = {
    origin: `https://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, ca, code: 201, got,
    keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
    /** The next message, opened. */
    async told(ms = 8000) {
      await until(() => got.length, 'a push', ms);
      return got.shift();
    },
    close() {
      server.close();
      server.closeAllConnections();
      rmSync(dir, { recursive: true });
    },
  };
  const server = createServer({ key: readFileSync(join(dir, 'key.pem')), cert: readFileSync(ca) }, async (request, answers) => {
    const { headers, method, url } = request;
    const body = Buffer.concat(await Array.fromAsync?.(request) ?? await request.toArray());
    answers.writeHead(service.code).end('x'.repeat(service.long ?? 0));
    try {
      got.push({ method, url, ttl: headers.ttl, urgency: headers.urgency, topic: headers.topic, encoding: headers['content-encoding'], size: body.length,
        k: signedBy(headers.authorization, service.origin), ...open(body, keys, auth) });
    } catch (error) {
      got.push({ error: error.message });
    }
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  return service;
}

/** In the page: the browser's maker has no push service here, so that a subscription is one of ours. */
function subscribed({ endpoint, keys }) {
  const made = { toJSON: () => ({ endpoint, keys }), unsubscribe: async () => (localStorage.removeItem('pushed'), true) };
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (!userVisibleOnly) throw new TypeError('every push must be seen');
    localStorage.setItem('pushed', applicationServerKey);
    return made;
  };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem('pushed') ? made : null);
}

/** What a page runs before its own code, so that its subscription leads to the service. */
const subscribes = (service, who) => `(${subscribed})(${JSON.stringify({ endpoint: `${service.origin}/of/${who}`, keys: service.keys })})`;

/** A house whose pushes go to such a service, Maya's browser, how many lines she has, and her portal opened again. */
export async function startPushed(tone) {
  const service = await startService();
  const house = await startHouse({ clock: true, conf: { CARILLON_PUSH_CA: service.ca, CARILLON_PUSH_INSIDE: service.host } });
  for (const who of ['maya', 'tom']) await withoutVoicemail(house, `${who}@northwind.localhost`);
  const browser = await launchWithTone(tone);
  const maya = await person(browser, house.url, 'maya@northwind.localhost', { content: subscribes(service, 'maya') });
  await maya.context.grantPermissions(['microphone', 'notifications']);
  const admin = await apiOf(house, 'admin@northwind.localhost');
  return {
    service, house, browser, maya, admin,
    lines: async () => (await admin.ask('GET', '/registrations?limit=100')).rows.filter((one) => one.extension === '1001').length,
    /** In the same browser, where she is still signed in. */
    async opened() {
      const { page, complaints } = await watchedPage(maya.context, [/AudioContext/]);
      await page.goto(house.url);
      Object.assign(maya, { page, panel: page.getByRole('complementary', { name: 'Phone' }) });
      maya.complaints.push(...complaints);
    },
  };
}
