// The routes of docs/api.md. State is kept in memory and starts fresh with every server.
import { createHash, randomBytes } from 'node:crypto';
import * as data from './data.mjs';

const PASSWORD = 'carillon-demo';
const sessions = new Map();
const wrong = new Map();
const phoneKeys = new Map();
export const REALM = 'northwind.localhost';

const md5 = (text) => createHash('md5').update(text).digest('hex');
const ok = (body, headers = {}) => ({ status: 200, body, headers });
const created = (body) => ({ status: 201, body, headers: {} });
const none = (headers = {}) => ({ status: 204, headers });
const problem = (status, detail, extra = {}) => ({ status, headers: {}, body: { type: 'about:blank', title: detail, status, detail, requestId: randomBytes(6).toString('hex'), ...extra } });

/** The SIP proxy asks here for the secret of a user name. */
export const ha1Of = (username) => phoneKeys.get(username) ?? md5(`${username}:${REALM}:demo-${username}`);

class Live {
  clients = new Set();
  sent = 0;

  get position() {
    return `mock-${this.sent}`;
  }

  /** Keeps nothing: who has missed something reads all anew. */
  open(request, response) {
    const after = new URL(request.url, 'http://mock').searchParams.get('after');
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(`id: ${this.position}\nevent: ${after === this.position ? 'hello' : 'resync'}\ndata: {}\n\n`);
    this.clients.add(response);
    request.on('close', () => this.clients.delete(response));
  }

  send(name, body = {}) {
    this.sent += 1;
    for (const client of this.clients) client.write(`id: ${this.position}\nevent: ${name}\ndata: ${JSON.stringify(body)}\n\n`);
  }

  closeAll() {
    for (const client of this.clients) client.end();
    this.clients.clear();
  }
}
export const live = new Live();

const cookieOf = (request) => /carillon_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';

function meOf({ account, csrf, profile, tenant }) {
  const extension = data.extensions.find((one) => one.number === account.extension);
  return {
    user: { language: 'en', timezone: 'UTC', theme: 'system', ...account.user, ...profile },
    tenant,
    extension: extension ? { id: extension.id, number: extension.number, name: extension.name } : null,
    queues: ['1003', '1002'].includes(account.extension) ? 1 : 0,
    csrf, owesSecondStep: account.owes === true && !data.secondStep.on, balance: null, version: '0.1.0', eventsAfter: live.position,
  };
}

const secondStepAsked = (detail) => problem(401, detail, { secondStep: true });

/** Only who asks with the password; the code of the app is 123456. */
const withPassword = (c, answer) => (c.body.password === PASSWORD ? answer() : problem(422, 'Check the fields.', { fields: { password: 'is wrong' } }));
const RECOVERY = ['k3f7q-m2xwz', 'p4r2t-vbn6s', '7hhw2-qaz5x', 'm6n4b-vcx3z', 'l5kj7-hgf2d', 's2d3f-g4h5j', 'q7w6e-r5t4y', 'z2x3c-v4b5n', 'y6u7i-2o3pa', 't5r4e-w3q2a'];

function confirmStep(code) {
  if (code !== '123456') return problem(422, 'Check the fields.', { fields: { code: 'is wrong. Take the one that the app shows now' } });
  Object.assign(data.secondStep, { on: true, since: Date.now(), recoveryLeft: RECOVERY.length });
  return ok({ recoveryCodes: RECOVERY });
}

function login({ email, password, remember, code }) {
  const account = data.accounts[String(email).toLowerCase()];
  const tries = wrong.get(email) ?? 0;
  if (tries >= 5) return problem(429, 'Too many tries.', { retryAfterMs: 14 * 60_000 });
  if (!account || password !== PASSWORD) {
    wrong.set(email, tries + 1);
    return problem(401, 'The email or the password is wrong.');
  }
  if (account.coded && !code) return secondStepAsked('Enter the code of your authenticator app.');
  if (account.coded && code !== '123456') return secondStepAsked('The e-mail address or the code is wrong.');
  const token = randomBytes(16).toString('hex');
  const session = { account, csrf: randomBytes(8).toString('hex'), profile: {}, tenant: account.tenant === null ? null : data.tenants[1] };
  sessions.set(token, session);
  return ok(meOf(session), { 'set-cookie': `carillon_session=${token}; HttpOnly; SameSite=Strict; Path=/${remember ? '; Max-Age=2592000' : ''}` });
}

function resetPassword({ token, password }) {
  if (token !== 'good') return problem(422, 'Check the fields.', { fields: { token: 'is not good any more: ask for a new link' } });
  return password.length < 10 ? problem(422, 'Check the fields.', { fields: { password: 'must have at least 10 characters' } }) : none();
}

function page(rows, query) {
  const limit = Math.min(100, Number(query.get('limit') ?? 25));
  const start = Number(query.get('cursor') || 0);
  const next = start + limit < rows.length ? String(start + limit) : null;
  return ok({ rows: rows.slice(start, start + limit), next });
}

const has = (text, q) => String(text).toLowerCase().includes(q.toLowerCase());

function calls(query) {
  const q = query.get('q') ?? '';
  const rows = data.calls.filter((call) =>
    call.startedAt >= Number(query.get('from') ?? 0) && call.startedAt < Number(query.get('to') || Infinity)
    && (!query.get('line') || [call.from.number, call.to.number].includes(query.get('line'))) && (!query.get('dir') || call.dir === query.get('dir')) && (!query.get('type') || call.type === query.get('type')) && (!query.get('result') || call.result === query.get('result'))
    && (!q || has(`${call.from.name} ${call.from.number} ${call.to.name} ${call.to.number}`, q)));
  return page(query.get('technical') === 'true' ? rows.map(data.technicalOf) : rows, query);
}

function chooseTenant(session, { tenantId }) {
  const tenant = tenantId ? data.tenants.find((one) => one.id === tenantId) : null;
  if (tenant === undefined) return problem(404, 'Not found.');
  session.tenant = tenant;
  live.send('resync');
  live.closeAll();
  return ok(meOf(session));
}

/** What a route asks for beyond a sign-in; as in the server's own table. */
const TOKENS = [[/^\/tenants|^\/me\/tenant|^\/trunks|^\/out-routes|^\/rate/, 'platform'], [/^\/extensions\/[^/]+\/devices|^\/devices/, 'devices'], [/^\/extensions(?!\/[^/]+\/(settings|follow-me|fax|reach|test-call))/, 'extensions'], [/^\/users|^\/mail$|^\/mail\//, 'users'], [/^\/recordings$|^\/recording-settings/, 'recordings'], [/^\/fax-documents|^\/faxes/, 'send_fax'], [/^\/received-faxes/, 'receive_fax'], [/^\/registrations|^\/live-calls(?!\/[^/]+\/)/, 'realtime']];

function refusal({ account, tenant }, path) {
  const { role, permissions } = account.user;
  const token = TOKENS.find(([pattern]) => pattern.test(path))?.[1];
  if (!token) return null;
  if (token === 'platform') return role === 'platform' ? null : problem(403, 'Ask your administrator for the permission "platform".');
  if (role !== 'admin' && role !== 'platform' && !permissions.includes(token)) return problem(403, `Ask your administrator for the permission "${token}".`);
  return tenant ? null : problem(409, 'Choose a tenant first.');
}

const bell = { key: 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8', on: false };

/** What is known of the calls that came by, by their Call-ID: sip.mjs adds them. */
export const phoneCalls = new Map();
export const addPhoneCall = (callId) => phoneCalls.set(callId, { id: callId, callId, recording: 'off', byRule: false, voicemail: true, line: { number: '+14155550110', name: 'Front desk' } });

function record(callId, action) {
  phoneCalls.get(callId).recording = { start: 'on', resume: 'on', pause: 'paused', stop: 'off' }[action];
  return none();
}

function phoneSession(session, { deviceName }) {
  const number = session.account.extension;
  if (!number) return problem(422, 'No extension belongs to you.');
  const username = `${number}-${randomBytes(3).toString('hex')}`;
  const ha1 = md5(`${username}:${REALM}:${randomBytes(8).toString('hex')}`);
  phoneKeys.set(username, ha1);
  return ok({
    deviceId: username, uri: `sip:${number}@${REALM}`, authUser: username, ha1, realm: REALM, displayName: session.account.user.name, extension: number, wsUrl: '/ws/',
    expiresAt: Date.now() + 12 * 3_600_000, iceServers: [], iceExpiresAt: 0, features: { record: true, transfer: true, video: false }, codecs: ['opus', 'PCMU', 'PCMA'],
    emergency: ['112', '911'], echoTest: '*43', deviceName,
  });
}

const account = () => ({
  extension: { number: '1001', name: 'Maya Chen', callerIdName: 'Maya Chen', ringMs: 30_000 }, domain: REALM, username: '1001', wsUrl: 'wss://pbx.example.com:8443/ws/',
  sipServer: 'pbx.example.com', ports: { udp: 5060, tcp: 5060, tls: 5061 }, devices: data.devices,
});

function people(query) {
  const q = query.get('q') ?? '';
  const rows = data.extensions.filter((one) => !q || has(`${one.name} ${one.number}`, q)).map(({ number, name, presence }) => ({ number, name, kind: 'extension', presence }));
  return page(rows, query);
}

function createExtension(body) {
  const taken = data.extensions.find((one) => one.number === body.number);
  if (taken) return problem(422, 'Check the fields.', { fields: { number: `is already used by ${taken.name}` } });
  const extension = { id: `new-${body.number}`, user: null, presence: 'offline', registered: 0, ...body };
  data.extensions.push(extension);
  return created({ ...extension, sipPassword: 'kV7-mirror-Lake-22' });
}

function patch(list, id, body) {
  const found = list.find((one) => one.id === id);
  if (!found) return problem(404, 'Not found.');
  return ok(Object.assign(found, body), { etag: '"2"' });
}

function remove(list, id) {
  const at = list.findIndex((one) => one.id === id);
  if (at < 0) return problem(404, 'Not found.');
  list.splice(at, 1);
  return none();
}

const find = (list, id, more = (one) => one) => {
  const found = list.find((one) => one.id === id);
  return found ? ok(more(found), { etag: '"1"' }) : problem(404, 'Not found.');
};

/** The routes of what administrators list, add, change and remove; a number that is taken is refused. */
function nouns(path, rows, fits = () => true) {
  const taken = (body, own) => body.number && rows.find((row) => row.number === body.number && row.id !== own);
  const refuse = (row) => problem(422, 'Check the fields.', { fields: { number: `is already used by ${row.name}` } });
  return {
    [`GET /${path}`]: (c) => page(rows.filter((row) => fits(row, c.query)), c.query),
    [`POST /${path}`]: (c) => { const other = taken(c.body); return other ? refuse(other) : (rows.push({ id: `${path}-new`, use: null, ...c.body }), created(rows.at(-1))); },
    [`GET /${path}/:id`]: (c) => find(rows, c.id),
    [`PATCH /${path}/:id`]: (c) => { const other = taken(c.body, c.id); return other ? refuse(other) : patch(rows, c.id, c.body); },
    [`DELETE /${path}/:id`]: (c) => (data.timeConditions.some((row) => row.open?.target === rows.find((one) => one.id === c.id)?.number) ? problem(409, 'It is still in use by Office hours. Point that elsewhere first.') : remove(rows, c.id)),
  };
}

/** Lines of number and note; what has a letter for a number is refused. */
function importDnc(text) {
  const rows = [], came = { added: 0, known: 0 };
  for (const [at, line] of text.trim().split('\n').entries()) {
    const [number, note = ''] = line.split(',');
    if (!/^[+\d ]+$/.test(number)) rows.push({ line: at + 1, number, field: 'number', reason: 'must be a number such as +12125550100' });
    else if (data.dnc.some((one) => one.number === number)) came.known += 1;
    else came.added = data.dnc.push({ id: `dnc-${number}`, number, note, addedBy: 'Alex Admin', addedAt: Date.now() }) && came.added + 1;
  }
  return ok({ ...came, refused: rows.length, rows });
}

const ownAgent = () => ({ ...data.agent, queues: data.liveQueues().filter((queue) => queue.agents.some((one) => one.number === '1003')) });

function dests(query) {
  const kind = query.get('kind'), q = query.get('q') ?? '';
  const lists = { group: data.ringGroups, queue: data.queues, hours: data.timeConditions, callflow: data.callFlows };
  const rows = (lists[kind] ?? data.extensions).map((one) => ({ kind, target: kind === 'hours' || kind === 'callflow' ? one.id : one.number, label: kind === 'hours' || kind === 'callflow' ? one.name : `${one.number} ${one.name}` }));
  return page(rows.filter((one) => has(one.label, q)), query);
}

/** Open at night, nobody there by day: enough to see every kind of step. */
function reach(of, query) {
  const at = Number(query.get('at')) || Date.now();
  if (query.get('from') === 'anonymous') return ok({ of, at, rings: false, ...data.reaches.blocked });
  return ok({ of, at, ...(query.get('at') ? data.reaches.closed : data.reaches.open) });
}

/** As the server: an extension stays inside, what begins with a plus leaves by the longest beginning that fits. */
function way(number) {
  const inside = data.extensions.find((one) => one.number === number);
  if (inside) return ok({ number, kind: 'extension', label: `${number} ${inside.name}`, trunks: [] });
  if (!number.startsWith('+')) return ok({ number, kind: '', label: '', trunks: [] });
  const fits = data.outRoutes.filter((one) => number.startsWith(one.prefix));
  const best = fits.reduce((most, one) => Math.max(most, one.prefix.length), 0);
  const trunks = fits.filter((one) => one.prefix.length === best).sort((a, b) => a.priority - b.priority).map((one) => {
    const trunk = data.trunks.find((row) => row.id === one.trunkId), sends = one.prepend + number.slice(one.strip);
    return { trunk: trunk.name, sends: trunk.plus ? sends : sends.replace('+', ''), active: trunk.active, full: false, down: trunk.state?.registration === 'refused', emergency: false };
  });
  return ok({ number, kind: 'external', label: number, trunks });
}

function messages(query) {
  const deleted = query.get('folder') === 'deleted';
  return page(data.messages.filter((one) => (one.deletedAt !== null) === deleted), query);
}

function changeMessage(id, { state, deleted }) {
  const found = data.messages.find((one) => one.id === id);
  if (!found) return problem(404, 'Not found.');
  if (state) found.state = state;
  if (deleted !== undefined) found.deletedAt = deleted ? Date.now() : null;
  live.send('voicemail', { extension: '1001' });
  return ok(found);
}

const box = () => {
  const there = data.messages.filter((one) => one.deletedAt === null), fresh = there.filter((one) => one.state === 'new').length;
  return ok({ ...data.mailbox, new: fresh, old: there.length - fresh }, { etag: '"1"' });
};

function changeBox({ emails, ...rest }) {
  if (emails !== undefined && !/^([^\s@]+@[^\s@]+([\s,]+|$))*$/.test(emails)) return problem(422, 'Check the fields.', { fields: { emails: 'has an address that is none' } });
  Object.assign(data.mailbox, rest, emails === undefined ? {} : { emails: emails.split(/[\s,]+/).filter(Boolean) });
  return box();
}

function addGreeting(query, wav) {
  if (wav.toString('latin1', 0, 4) !== 'RIFF') return problem(422, 'This is no WAV file.');
  const greeting = { id: `greeting-${data.greetings.length}`, name: query.get('name'), durationMs: Math.round((wav.length - 44) / 32), createdAt: Date.now() };
  data.greetings.push(greeting);
  data.mailbox.greetingId = greeting.id;
  return created(greeting);
}

function changeCalls(session, body) {
  const fields = {};
  for (const [name, value] of Object.entries(body)) if (/Number$/.test(name) && value === '9999') fields[name] = 'is no extension';
  if (Object.keys(fields).length) return problem(422, 'Check the fields.', { fields });
  for (const name of Object.keys(body)) if (typeof body[name] === 'boolean' && `${name}Set` in data.callSettings) data.callSettings[`${name}Set`] = { by: session.account.user.name, at: Date.now() };
  Object.assign(data.callSettings, body);
  live.send('settings.changed', { extension: data.callSettings.extension.id });
  return ok(data.callSettings, { etag: '"2"' });
}

function changeFollow(body) {
  const numbers = (body.destinations ?? []).map((one) => one.number);
  if (numbers.some((one, i) => numbers.indexOf(one) !== i)) return problem(422, 'Check the fields.', { fields: { destinations: 'has the own devices twice' } });
  Object.assign(data.followMe, body, { enabledSet: { by: 'Maya Chen', at: Date.now() } });
  return ok(data.followMe, { etag: '"2"' });
}

const peaks = () => ok({ durationMs: 2000, peaks: Array.from({ length: 80 }, (_, i) => Math.round(Math.abs(Math.sin(i / 5) * Math.sin(i / 23)) * 90)) });
/** Of the whole organisation. */
const settings = (name) => ({ [`GET /${name}`]: () => ok(data.policies[name]), [`PATCH /${name}`]: (c) => ok(Object.assign(data.policies[name], c.body)) });
const sound = () => ({ status: 200, bytes: data.tone(), headers: { 'content-type': 'audio/wav' } });

const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAFUAAABuAQAAAAB+M2KZAAAAIUlEQVR4nGP4jwAMg4LNDwXEqmeAglHzR80fZY+yacMGAJ1tWLOMJ0W0AAAAAElFTkSuQmCC', 'base64');
const picture = () => ({ status: 200, bytes: PIXEL, headers: { 'content-type': 'image/png' } });

function joinDocuments({ documentIds, quality, picture }) {
  const parts = documentIds.map((id) => data.faxDocuments.find((one) => one.id === id));
  const made = {
    ...parts[0], id: `document-${data.faxDocuments.length}`, quality, picture: picture ?? 'auto', files: parts.flatMap((one) => one.files),
    pages: parts.reduce((sum, one) => sum + one.pages, 0), seconds: parts.reduce((sum, one) => sum + one.seconds, 0),
  };
  data.faxDocuments.push(made);
  return created(made);
}

function addDocument(query, file) {
  const locked = file.toString('latin1').includes('/Encrypt');
  const made = {
    id: `document-${data.faxDocuments.length}`, name: query.get('name'), quality: query.get('quality'), files: [query.get('name')], picture: query.get('picture') ?? 'auto', state: locked ? 'refused' : 'ready', pages: locked ? 0 : 2, seconds: 50,
    reason: locked ? 'The document is locked by a password.' : null, createdAt: Date.now(),
  };
  data.faxDocuments.push(made);
  return created(made);
}

/** As wide as its words, so that another recipient's is another picture. */
function coverLook(id, { documentId, toName = '' }) {
  const document = data.faxDocuments.find((one) => one.id === documentId);
  if (!document || !data.coverPages.some((one) => one.id === id)) return problem(404);
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="1728" height="2292"><text x="200" y="300" font-size="90">FAX ${toName}</text></svg>`;
  return ok({ pages: document.pages + 1, seconds: document.seconds + 20, picture: `data:image/svg+xml;base64,${Buffer.from(drawn).toString('base64')}` });
}

const digitsOf = (number) => (number.startsWith('+') ? number : `+1${number}`);
const rateOf = (number) => [...data.rates].sort((a, b) => b.prefix.length - a.prefix.length).find((one) => number.slice(1).startsWith(one.prefix));
const usd = (micros) => ({ micros, currency: 'USD' });

function priceOf(to) {
  if (!/^\+?\d{7,}$/.test(to)) return ok({ to, outside: false, price: null });
  const one = rateOf(digitsOf(to));
  return ok({ to, outside: true, price: one ? { perMinute: usd(one.perMinute), connectFee: usd(one.connectFee), minimumSeconds: one.minimumSeconds, incrementSeconds: one.incrementSeconds, perPage: usd(one.perPage) } : null });
}

function faxPrice({ to, pages }) {
  const rows = to.map(({ number }) => {
    const e164 = digitsOf(number), one = rateOf(e164);
    return { to: e164, outside: true, perPage: one ? usd(one.perPage) : null, cost: one ? usd(one.perPage * pages) : null };
  });
  const known = rows.filter((row) => row.cost);
  return ok({ plan: true, pages, cost: known.length ? usd(known.reduce((sum, row) => sum + row.cost.micros, 0)) : null, rows });
}

/** Lines of prefix, description and price per minute; a prefix with a letter is refused, and the file with it. */
function importRates(plan, text) {
  const lines = text.trim().split('\n').map((line) => line.split(','));
  const rows = lines.flatMap(([prefix], at) => (/^\d+$/.test(prefix) ? [] : [{ line: at + 1, prefix, field: 'prefix', reason: 'must be the first digits of a number, such as 44' }]));
  if (rows.length) return ok({ added: 0, changed: 0, known: 0, refused: rows.length, rows });
  for (const [prefix, description, price] of lines) data.rates.push({ ...data.rates[0], id: `rate-${prefix}`, planId: plan, prefix, description, perMinute: Number(price) * 1e6 });
  return ok({ added: lines.length, changed: 0, known: 0, refused: 0, rows });
}

function setRatePlan(id, { ratePlanId }) {
  data.tenants.find((one) => one.id === id).ratePlanId = ratePlanId;
  return none();
}

function sendFax(body) {
  if (body.to === '+15005550000') return problem(422, 'Check the fields.', { fields: { to: 'is on the do-not-contact list' } });
  if (body.onlyOnce && body.to === '+15005550001') return problem(409, 'This document was sent to this number 3 min ago.');
  const made = { ...data.faxes[4], id: `fax-${data.faxes.length}`, state: 'queued', tries: 0, createdAt: Date.now(), nextTryAt: body.dueAt ?? null, subject: '', ...body };
  data.faxes.unshift(made);
  return created(made);
}

function changeFax(id, change) {
  const found = data.faxes.find((one) => one.id === id);
  if (!found) return problem(404, 'Not found.');
  live.send('fax', { id });
  return ok(Object.assign(found, change));
}

const detail = (extension) => ({
  ...extension, devices: extension.number === '1001' ? data.devices : [], registrations: data.registrations.filter((one) => one.extension === extension.number),
});

/** Method and pattern to what answers it. */
const table = {
  'GET /home': () => ok(data.home),
  'GET /badges': () => ok({ voicemail: data.messages.filter((one) => one.deletedAt === null && one.state === 'new').length, faxes: data.received.filter((one) => !one.readAt).length }),
  'GET /mail': (c) => page(data.mails.filter((one) => (!c.query.get('state') || one.state === c.query.get('state')) && has(`${one.to} ${one.subject}`, c.query.get('q') ?? '')), c.query),
  'POST /mail/:id/retry': (c) => patch(data.mails, c.id, { state: 'waiting', nextTryAt: Date.now() }),
  'GET /recordings': (c) => page(data.recordings.filter((one) => one.startedAt >= Number(c.query.get('from')) && has(`${one.from?.name} ${one.to?.name} ${one.to?.number}`, c.query.get('q') ?? '')), c.query),
  'GET /recordings/:id/audio': sound,
  'GET /recordings/:id/peaks': peaks,
  'DELETE /recordings/:id': (c) => remove(data.recordings, c.id),
  ...settings('recording-settings'),
  ...settings('retention'),
  ...settings('mailbox-settings'),
  'GET /emergency-numbers': () => ok(data.policies['emergency-numbers']),
  'PATCH /emergency-numbers': ({ body: { notify, ...body } }) => ok(Object.assign(data.policies['emergency-numbers'], body, notify === undefined ? {} : { notify: notify.split(/[\s,]+/).filter(Boolean) })),
  'GET /phone/emergency': () => ok({ numbers: data.policies['emergency-numbers'].numbers, address: data.callSettings.emergencyAddress || data.policies['emergency-numbers'].address }),
  'GET /people': (c) => people(c.query),
  'GET /calls': (c) => calls(c.query),
  'GET /calls.csv': () => ({ status: 200, text: '\ufeffstarted,from,to\r\n', headers: { 'content-type': 'text/csv' } }),
  'GET /calls/:id': (c) => find(data.calls, c.id, data.callDetail),
  'PATCH /calls/:id': (c) => find(data.calls, c.id, (call) => Object.assign(call, c.body)),
  'GET /live-calls': (c) => page(data.liveCalls, c.query),
  'DELETE /live-calls/:id': (c) => remove(data.liveCalls, c.id),
  'GET /me': (c) => ok(meOf(c.session)),
  'GET /tenants': (c) => page(data.tenants.filter((one) => has(`${one.name} ${one.domain}`, c.query.get('q') ?? '')), c.query),
  'PUT /me/tenant': (c) => chooseTenant(c.session, c.body),
  'PATCH /me': (c) => ok(meOf(Object.assign(c.session, { profile: { ...c.session.profile, ...c.body } }))),
  'POST /me/password': (c) => (c.body.current === PASSWORD ? none() : problem(422, 'Check the fields.', { fields: { current: 'is wrong' } })),
  'GET /me/second-step': () => ok(data.secondStep),
  'POST /me/second-step': (c) => withPassword(c, () => ok({ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Carillon:maya@northwind.localhost?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Carillon' })),
  'POST /me/second-step/confirm': (c) => confirmStep(c.body.code),
  'POST /me/second-step/recovery': (c) => withPassword(c, () => ok({ recoveryCodes: RECOVERY })),
  'POST /me/second-step/off': (c) => withPassword(c, () => (Object.assign(data.secondStep, { on: false, since: null, recoveryLeft: 0 }), none())),
  'GET /second-step-rule': () => ok(data.stepRule),
  'PATCH /second-step-rule': (c) => ok(Object.assign(data.stepRule, c.body)),
  'GET /me/sessions': (c) => page(data.sessions, c.query),
  'DELETE /me/sessions/:id': (c) => remove(data.sessions, c.id),
  'GET /me/account': () => ok(account()),
  'POST /me/account/reveal': (c) => (c.body.password === PASSWORD ? ok({ sipPassword: 'demo-1001', qr: `sip:1001:demo-1001@${REALM}` }) : problem(422, 'Check the fields.', { fields: { password: 'is wrong' } })),
  'POST /logout': (c) => (sessions.delete(c.token), none({ 'set-cookie': 'carillon_session=; Path=/; Max-Age=0' })),
  'POST /logout-everywhere': () => (sessions.clear(), none({ 'set-cookie': 'carillon_session=; Path=/; Max-Age=0' })),
  'POST /phone/session': (c) => phoneSession(c.session, c.body),
  'DELETE /phone/session/:id': (c) => (phoneKeys.delete(c.id), none()),
  'GET /phone/bell': () => ok(bell),
  'PUT /phone/bell': () => ((bell.on = true), none()),
  'DELETE /phone/bell': () => ((bell.on = false), none()),
  'GET /phone/desk': (c) => ok({ rows: c.session.account.extension ? [{ name: 'Desk phone' }] : [], next: null }),
  'POST /phone/desk-call': (c) => (/^\+?[\d*#]+$/.test(c.body.to ?? '') ? created({ callId: data.calls[1].id }) : problem(422, 'Check the fields.', { fields: { to: 'must be a number: digits, also with +, * and #' } })),
  'DELETE /phone/desk-call/:id': () => none(),
  'GET /phone/calls': () => ok({ rows: [...phoneCalls.values()] }),
  'POST /live-calls/:id/recording': (c) => record(c.id, c.body.action),
  'POST /live-calls/:id/voicemail': () => problem(409, 'It does not ring any more, or nobody takes a message.'),
  'GET /extensions': (c) => page(data.extensions.filter((one) => !c.query.get('q') || has(`${one.name} ${one.number}`, c.query.get('q'))), c.query),
  'POST /extensions': (c) => createExtension(c.body),
  'GET /extensions/:id': (c) => find(data.extensions, c.id, detail),
  'PATCH /extensions/:id': (c) => patch(data.extensions, c.id, c.body),
  'DELETE /extensions/:id': (c) => remove(data.extensions, c.id),
  'POST /extensions/:id/password': () => ok({ sipPassword: 'new-Harbor-light-81' }),
  'POST /extensions/:id/devices': (c) => created({ id: 'dev-new', name: c.body.name, kind: 'phone', username: '1001-d9', userAgent: null, lastSeenAt: null, registered: false, srtp: 'off', sipPassword: 'river-Stone-17' }),
  'DELETE /devices/:id': (c) => remove(data.devices, c.id),
  'GET /extensions/:id/settings': () => ok(data.callSettings, { etag: '"1"' }),
  'PUT /extensions/:id/settings': (c) => changeCalls(c.session, c.body),
  'POST /received-faxes/:id/mail': (c) => (String(c.body.to).includes('@') ? none() : problem(422, 'Check the fields.', { fields: { to: `contains ${c.body.to}, which is no address` } })),
  'POST /received-faxes/:id/document': () => addDocument(new URLSearchParams({ name: 'Fax from +16285550177', quality: 'fine' }), Buffer.from('%PDF-')),
  'GET /extensions/:id/fax': () => ok(data.faxBox, { etag: '"1"' }),
  'PATCH /extensions/:id/fax': (c) => {
    const emails = String(c.body.emails ?? data.faxBox.emails.join(' ')).split(/[\s,;]+/).filter(Boolean);
    const wrong = emails.find((one) => !one.includes('@'));
    if (wrong) return problem(422, 'Check the fields.', { fields: { emails: `contains ${wrong}, which is no address` } });
    return ok(Object.assign(data.faxBox, c.body, { emails }));
  },
  'GET /extensions/:id/follow-me': () => ok(data.followMe, { etag: '"1"' }),
  'PUT /extensions/:id/follow-me': (c) => changeFollow(c.body),
  'GET /feature-codes': () => ok({ rows: data.featureCodes, next: null }),
  'PUT /feature-codes': (c) => ok(Object.assign(data.featureCodes.find((one) => one.name === c.body.name), c.body)),
  'GET /registrations': (c) => page(data.registrations, c.query),
  'GET /users': (c) => page(data.users.filter((one) => !c.query.get('q') || has(`${one.name} ${one.email}`, c.query.get('q'))), c.query),
  'POST /users': (c) => created({ id: 'user-new', locked: false, lastLoginAt: null, permissions: [], extension: null, ...c.body, password: c.body.password ? undefined : 'made-Up-word-42' }),
  'GET /users/:id': (c) => find(data.users, c.id),
  'PATCH /users/:id': (c) => patch(data.users, c.id, c.body),
  'DELETE /users/:id': (c) => remove(data.users, c.id),
  'POST /users/:id/password': () => ok({ password: 'fresh-Garden-gate-5' }),
  'DELETE /users/:id/second-step': (c) => (patch(data.users, c.id, { secondStep: false }), none()),
  'POST /users/:id/unlock': (c) => (patch(data.users, c.id, { locked: false }), none()),
  'GET /voicemail': (c) => messages(c.query),
  'PATCH /voicemail/:id': (c) => changeMessage(c.id, c.body),
  'DELETE /voicemail/:id': (c) => (changeMessage(c.id, { deleted: true }), none()),
  'GET /voicemail/:id/audio': sound,
  'GET /voicemail/:id/peaks': peaks,
  'POST /voicemail/:id/forward': (c) => (c.body.extension === '1002' ? none() : problem(422, 'Check the fields.', { fields: { extension: 'takes no messages' } })),
  'GET /mailboxes/:id': box,
  'PATCH /mailboxes/:id': (c) => changeBox(c.body),
  'PUT /mailboxes/:id/pin': (c) => (c.body.pin === '1234' ? problem(422, 'Check the fields.', { fields: { pin: 'must be hard to guess' } }) : none()),
  'GET /mailboxes/:id/greetings': () => ok({ rows: data.greetings.map((one) => ({ ...one, active: one.id === data.mailbox.greetingId })), next: null }),
  'POST /mailboxes/:id/greetings': (c) => addGreeting(c.query, c.body),
  'POST /mailboxes/:id/spoken-name': () => { data.mailbox.spokenNameMs = 1200; return created({ durationMs: 1200 }); },
  'GET /mailboxes/:id/spoken-name/audio': sound,
  'DELETE /mailboxes/:id/spoken-name': () => { data.mailbox.spokenNameMs = null; return none(); },
  'GET /mailboxes/:box/greetings/:id/audio': sound,
  'DELETE /mailboxes/:box/greetings/:id': (c) => remove(data.greetings, c.id),
  'POST /fax-documents': (c) => addDocument(c.query, c.body),
  'POST /fax-documents/joined': (c) => joinDocuments(c.body),
  'GET /fax-documents/:id': (c) => find(data.faxDocuments, c.id),
  'GET /fax-documents/:id/pages/:n': picture,
  'GET /faxes': (c) => page(data.faxes, c.query),
  'POST /faxes': (c) => sendFax(c.body),
  'GET /faxes/:id/pages/:n': picture,
  'GET /faxes/:id': (c) => find(data.faxes, c.id, data.faxDetail),
  'POST /faxes/:id/cancel': (c) => changeFax(c.id, { state: 'cancelled', nextTryAt: null }),
  'POST /faxes/:id/retry': (c) => changeFax(c.id, { state: 'queued', nextTryAt: Date.now() }),
  'GET /received-faxes': (c) => page(data.received, c.query),
  'GET /received-faxes/:id': (c) => find(data.received, c.id),
  'PATCH /received-faxes/:id': (c) => patch(data.received, c.id, { readAt: c.body.read ? Date.now() : null }),
  'DELETE /received-faxes/:id': (c) => remove(data.received, c.id),
  'GET /received-faxes/:id/pages/:n': picture,
  'GET /received-faxes/:id/thumbnail': picture,
  ...nouns('ring-groups', data.ringGroups),
  ...nouns('queues', data.queues),
  'GET /live-queues': () => ok({ rows: data.liveQueues(), next: null }),
  'GET /me/agent': () => ok(ownAgent()),
  'PUT /me/agent': (c) => { Object.assign(data.agent, c.body, c.body.loggedIn === false ? { paused: false, reason: '' } : {}, { set: { by: 'Priya Raman', at: Date.now() } }); return ok(ownAgent()); },
  ...nouns('time-conditions', data.timeConditions),
  ...nouns('call-flows', data.callFlows),
  ...nouns('sounds', data.sounds),
  'GET /sounds/:id/audio': sound,
  ...nouns('call-blocks', data.callBlocks, (row, query) => row.extensionId === (query.get('extensionId') || null)),
  'GET /dnc.csv': () => ({ status: 200, text: '"number","note"\r\n', headers: { 'content-type': 'text/csv; charset=utf-8' } }),
  'POST /dnc/import': (c) => importDnc(c.body.toString()),
  ...nouns('dnc', data.dnc, (row, query) => has(`${row.number} ${row.note}`, query.get('q') ?? '')),
  ...nouns('dids', data.numbers),
  'GET /dids': (c) => page(data.numbers.filter((one) => has(`${one.number} ${one.title}`, c.query.get('q') ?? '')).filter((one) => c.session.account.user.permissions.includes('inbound_routes') || one.dest?.target === c.session.account.extension), c.query),
  'POST /extensions/:id/test-call': (c) => (c.body.from === '+19' ? problem(429, 'There were 5 test calls in ten minutes. Try again later.') : created({ callId: data.calls[1].id })),
  'GET /dids/:id/reach': (c) => { const one = data.numbers.find((row) => row.id === c.id); return one ? reach(one.number, c.query) : problem(404, 'Not found.'); },
  'GET /extensions/:id/reach': (c) => { const one = data.extensions.find((row) => row.id === c.id); return one ? reach(`${one.number} ${one.name}`, c.query) : problem(404, 'Not found.'); },
  'GET /way-out': (c) => way(c.query.get('number')),
  'GET /price': (c) => priceOf(c.query.get('to')),
  'POST /faxes/price': (c) => faxPrice(c.body),
  'PUT /tenants/:id/rate-plan': (c) => setRatePlan(c.id, c.body),
  'GET /rate-plans/:id/rates.csv': () => ({ status: 200, text: '"prefix","description"\r\n', headers: { 'content-type': 'text/csv; charset=utf-8' } }),
  'POST /rate-plans/:id/rates': (c) => importRates(c.id, c.body.toString()),
  ...nouns('rate-plans', data.ratePlans),
  ...nouns('rates', data.rates, (row, query) => row.planId === query.get('planId') && has(`${row.prefix} ${row.description}`, query.get('q') ?? '')),
  ...nouns('trunks', data.trunks),
  ...nouns('out-routes', data.outRoutes),
  'GET /out-routes': (c) => page([...data.outRoutes].sort((a, b) => b.prefix.length - a.prefix.length || a.priority - b.priority), c.query),
  'GET /dests': (c) => dests(c.query),
  'GET /cover-pages': (c) => page(data.coverPages, c.query),
  'POST /cover-pages': (c) => (data.coverPages.push({ id: 'cover-new', logo: false, createdAt: Date.now(), ...c.body }), created(data.coverPages.at(-1))),
  'PATCH /cover-pages/:id': (c) => (c.body.template?.includes('<x>') ? problem(422, 'Check the fields.', { fields: { template: 'has the mark <x>, which is none' } }) : patch(data.coverPages, c.id, c.body)),
  'DELETE /cover-pages/:id': (c) => remove(data.coverPages, c.id),
  'PUT /cover-pages/:id/logo': (c) => patch(data.coverPages, c.id, { logo: true }),
  'GET /cover-pages/:id/preview': picture,
  'POST /cover-pages/:id/preview': (c) => coverLook(c.id, c.body),
};

function lookUp(method, path) {
  const parts = path.split('/').filter(Boolean);
  for (const [key, run] of Object.entries(table)) {
    const [verb, pattern] = key.split(' ');
    const want = pattern.split('/').filter(Boolean);
    if (verb !== method || want.length !== parts.length) continue;
    if (want.every((part, i) => part.startsWith(':') || part === parts[i])) return { run, id: decodeURIComponent(parts[want.indexOf(':id')] ?? '') };
  }
  return null;
}

export async function routes(request, path, query, body) {
  if (request.method === 'GET' && path === '/brand') return ok({ title: 'Northwind Dental', logoUrl: null, supportEmail: 'help@northwind.localhost', product: 'Carillon', version: '0.1.0' });
  if (request.method === 'POST' && path === '/login') return login(body);
  if (request.method === 'POST' && path === '/auth/forgot') return body.email.startsWith('often') ? problem(429, 'Too many tries.', { retryAfterMs: 60_000 }) : none();
  if (request.method === 'POST' && path === '/auth/reset') return resetPassword(body);
  const token = cookieOf(request);
  const session = sessions.get(token);
  if (!session) return problem(401, 'Sign in to go on.');
  if (request.method !== 'GET' && request.headers['x-csrf-token'] !== session.csrf) return problem(403, 'The CSRF token is missing.');
  const refused = refusal(session, path);
  if (refused) return refused;
  const found = lookUp(request.method, path);
  return found ? found.run({ session, token, query, body, id: found.id }) : problem(404, 'Not found.');
}
