// A small organisation to look at: the people of the demo, with a fixed clock so that pictures can be compared.
export const NOW = Date.now();
const MIN = 60_000;
const DAY = 86_400_000;
const people = ['Maya Chen', 'Tom Becker', 'Priya Raman', 'Lucas Meyer', 'Amelia Novak', 'Daniel Okafor', 'Front desk', 'Sofia Alvarez', 'Ken Ito', 'Lab'];

const id = (kind, n) => `01930000-0000-7000-8000-${kind}${String(n).padStart(10, '0')}`;
const emailOf = (name) => `${name.split(' ')[0].toLowerCase()}@northwind.localhost`;

export const registrations = [
  { id: id('0a', 1), extension: '1001', device: 'Chrome on Linux', contact: 'sip:1001@q3f.invalid;transport=ws', transport: 'ws', remote: '127.0.0.1:50122', userAgent: 'Carillon/0.1.0', registeredAt: NOW - 40 * MIN, expiresAt: NOW + 4 * MIN, rttMs: 3 },
  { id: id('0a', 2), extension: '1001', device: 'Desk phone T46U', contact: 'sip:1001@10.0.0.21', transport: 'tls', remote: '10.0.0.21:5061', userAgent: 'Yealink SIP-T46U 108.86.0.20', registeredAt: NOW - 3 * DAY, expiresAt: NOW + 2 * MIN, rttMs: 12 },
  { id: id('0a', 3), extension: '1002', device: null, contact: 'sip:1002@10.0.0.34', transport: 'udp', remote: '10.0.0.34:5060', userAgent: 'Grandstream GXP2170 1.0.11', registeredAt: NOW - 6 * DAY, expiresAt: NOW + 9 * MIN, rttMs: null },
];

const device = (n, name, kind, username, registered) => ({
  id: id('0b', n), name, kind, username, userAgent: kind === 'browser' ? 'Carillon/0.1.0' : 'Yealink SIP-T46U 108.86.0.20',
  lastSeenAt: NOW - n * 11 * MIN, registered, srtp: kind === 'browser' ? 'sdes' : 'off',
});
export const devices = [device(1, 'Chrome on Linux', 'browser', '1001-b1', true), device(2, 'Desk phone T46U', 'phone', '1001-d2', true), device(3, 'Old handset', 'phone', '1001-d3', false)];

export const extensions = people.map((name, i) => ({
  id: id('01', i + 1), number: String(1001 + i), name, callerIdName: name, callerIdNumber: i === 0 ? '+14155550110' : '', ringMs: 30_000, callWaiting: true, recording: 'none',
  user: i < 6 ? { id: id('02', i + 1), name, email: emailOf(name) } : null,
  presence: ['available', 'busy', 'dnd', 'offline', 'available', 'ringing', 'available', 'offline', 'offline', 'available'][i], registered: [2, 1, 1, 0, 1, 1, 1, 0, 0, 1][i],
}));

export const users = people.slice(0, 6).map((name, i) => ({
  id: id('02', i + 1), email: emailOf(name), name, role: ['user', 'user', 'agent', 'user', 'user', 'user'][i],
  extension: { id: id('01', i + 1), number: String(1001 + i) }, permissions: ['cdr', 'send_fax', 'receive_fax', 'fax_to_email', 'cover_page'], locked: i === 4, secondStep: i === 4, lastLoginAt: i === 5 ? null : NOW - i * 7 * 60 * MIN,
}));
users.push({ id: id('02', 90), email: 'admin@northwind.localhost', name: 'Alex Admin', role: 'admin', extension: null, permissions: ['extensions', 'devices', 'users', 'realtime', 'cdr', 'pbx_cdr', 'inbound_routes', 'ring_groups', 'time_conditions', 'call_flows', 'call_block', 'contact_dnc', 'voicemail', 'recordings', 'send_fax', 'receive_fax', 'fax_to_email', 'cover_page'], locked: false, secondStep: false, lastLoginAt: NOW - 5 * MIN });

export const numbers = [
  { id: id('03', 1), number: '+14155550110', title: 'Maya direct', kind: 'voice', dest: { kind: 'extension', target: '1001', label: 'Maya Chen, 1001' }, active: true, faxEmails: [], faxDest: null },
  { id: id('03', 2), number: '+14155550111', title: 'Maya fax', kind: 'fax', dest: { kind: 'fax', target: '1001', label: 'Faxes of Maya Chen' }, active: true, faxEmails: ['front@northwind.localhost'], faxDest: null },
  { id: id('03', 3), number: '+14155550112', title: 'Spare', kind: 'voice', dest: null, active: false, faxEmails: [], faxDest: null },
];

const outside = [['Brightwater Clinic', '+16285550177'], ['', '+18335550101'], ['Delta Dental Labs', '+19165550163'], ['', ''], ['Harbor Pharmacy', '+15105550119']];
const results = ['answered', 'missed', 'answered', 'busy', 'answered', 'noanswer', 'answered', 'failed', 'answered', 'cancelled'];

const TYPES = { 2: 'fax', 5: 'conference', 6: 'test', 9: 'voicemail' };

function callAt(i) {
  const me = { number: '1001', name: 'Maya Chen' };
  const [name, number] = i % 3 === 0 ? [people[1 + (i % 6)], String(1002 + (i % 6))] : outside[i % outside.length];
  const other = { number, name };
  const dir = i % 3 === 0 ? 'internal' : i % 2 ? 'in' : 'out';
  const incoming = dir === 'in' || (dir === 'internal' && i % 2 === 1);
  const result = results[i % results.length];
  const startedAt = NOW - (i * 97 + 12) * MIN;
  const answered = result === 'answered';
  const waited = 4000 + ((i * 3700) % 21_000);
  const durationMs = answered ? 30_000 + ((i * 91_000) % 1_900_000) : 0;
  return {
    id: id('04', i + 1), startedAt, answeredAt: answered ? startedAt + waited : null, endedAt: startedAt + waited + durationMs, dir, type: TYPES[i] ?? 'voice', result,
    from: incoming ? other : me, to: incoming ? me : other, answeredBy: answered ? (incoming ? me : other) : null, durationMs, billedMs: durationMs, cost: dir === 'out' && answered ? { micros: Math.ceil(durationMs / 6000) * 1200, currency: 'USD' } : null,
    cause: answered ? { code: 'NORMAL', q850: 16, text: 'Ended normally' } : { code: 'NOANSWER', q850: 19, text: 'Nobody answered' },
    summary: answered ? `Answered by ${incoming ? 'Maya Chen' : name || number} after ${Math.round(waited / 1000)} s` : 'Nobody answered', cut: i === 8,
  };
}
export const calls = Array.from({ length: 61 }, (_, i) => callAt(i));

export function callDetail(call) {
  const leg = (n, role, party) => ({
    id: id('05', n), role, number: party.number, name: party.name, device: role === 'called' ? 'Desk phone T46U' : null, billedMs: role === 'called' ? call.billedMs : 0, cost: role === 'called' ? call.cost : null, startedAt: call.startedAt, ringingAt: call.startedAt + 900,
    answeredAt: call.answeredAt, endedAt: call.endedAt, cause: call.cause, callId: `7f3a1c${n}-4be2-9d10-${call.id.slice(-6)}@127.0.0.1`, codec: 'opus', remoteIp: '10.0.0.21',
    userAgent: 'Yealink SIP-T46U 108.86.0.20', packetsIn: 3120, packetsOut: 3118, lost: 4, jitterMs: 6, mos: 4.3,
  });
  const recordings = call.result === 'answered' ? [{ id: `rec-${call.id}`, callId: call.id, extension: '1001', by: 'rule', startedAt: call.answeredAt ?? call.startedAt, durationMs: 95000 }] : [];
  const story = [
    { at: call.startedAt, kind: 'start', text: `${call.from.name || call.from.number || 'Somebody'} called ${call.to.name || call.to.number}` },
    { at: call.startedAt + 100, kind: 'dest', text: `Calling ${call.to.name || call.to.number}: 2 phones, for 30 s` },
    { at: call.startedAt + 300, kind: 'ring', text: 'Desk phone T46U rings' },
    { at: call.startedAt + 420, kind: 'leg', text: 'Chrome on Linux: No answer in time' },
    ...(call.answeredAt ? [{ at: call.answeredAt, kind: 'answer', text: `${call.answeredBy.name || call.answeredBy.number} answered` }] : []),
    { at: call.endedAt, kind: 'end', text: call.cause.text },
  ];
  return { note: '', rating: null, ...call, legs: [leg(1, 'caller', call.from), leg(2, 'called', call.to)], story, recordings };
}

export function technicalOf(call) {
  const { legs: [caller, called], recordings } = callDetail(call);
  const end = ({ codec, callId }) => ({ codec, callId });
  return { ...call, technical: { caller: end(caller), called: { ...end(called), codec: call.dir === 'internal' ? 'opus' : 'PCMA' }, recorded: recordings.length > 0 } };
}

export const home = {
  missed: [
    { number: '+16285550177', name: 'Brightwater Clinic', count: 1, lastAt: NOW - 90 * MIN, waitedMs: 24_000 },
    { number: '1003', name: 'Priya Raman', count: 2, lastAt: NOW - 3 * 60 * MIN, waitedMs: 18_000 },
    { number: '+18335550101', name: '', count: 1, lastAt: NOW - DAY, waitedMs: 9000 },
  ],
  voicemail: { new: 2, old: 3 },
  faxes: { unread: 1, failed: 1 },
  reach: { devices: devices.map(({ name, kind, userAgent, registered }) => ({ name, kind, userAgent, registered })) },
  week: Array.from({ length: 7 }, (_, i) => ({ day: new Date(NOW - (6 - i) * DAY).toISOString().slice(0, 10), answered: [31, 36, 27, 43, 29, 0, 12][i], missed: [3, 5, 1, 3, 2, 0, 1][i] })),
  counters: { extensions: 10, devices: 14, callsToday: 37, queues: 0, faxesSent: 12, faxesReceived: 9 },
};

export const sessions = [
  { id: id('06', 1), createdAt: NOW - 2 * 60 * MIN, lastSeenAt: NOW, ip: '127.0.0.1', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0', current: true },
  { id: id('06', 2), createdAt: NOW - 4 * DAY, lastSeenAt: NOW - DAY, ip: '10.0.0.77', userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605', current: false },
];

export const liveCalls = [
  { id: id('07', 1), from: { number: '1002', name: 'Tom Becker' }, to: { number: '+16285550177', name: 'Brightwater Clinic' }, state: 'talking', recording: 'on', startedAt: NOW - 200_000, answeredAt: NOW - 190_000 },
  { id: id('07', 2), from: { number: '+18335550101', name: '' }, to: { number: '1006', name: 'Daniel Okafor' }, state: 'ringing', recording: 'off', startedAt: NOW - 9000, answeredAt: null },
];

export const tenants = [
  { id: id('08', 2), name: 'Harbor Legal', domain: 'harbor.localhost', country: 'US', currency: 'USD', ratePlanId: null },
  { id: id('08', 1), name: 'Northwind Dental', domain: 'northwind.localhost', country: 'US', currency: 'USD', ratePlanId: id('18', 1) },
];

const platform = { id: id('02', 99), email: 'admin@localhost', name: 'Pat Platform', role: 'platform', extension: null, permissions: users[6].permissions, locked: false, secondStep: false, lastLoginAt: NOW };

export const secondStep = { on: false, since: null, recoveryLeft: 0 };
export const stepRule = { administrators: false };

export const accounts = {
  'admin@localhost': { user: platform, extension: null, tenant: null },
  'maya@northwind.localhost': { user: users[0], extension: '1001' },
  'tom@northwind.localhost': { user: users[1], extension: '1002' },
  'priya@northwind.localhost': { user: users[2], extension: '1003' },
  'coded@northwind.localhost': { user: users[3], extension: '1004', coded: true },
  'owes@northwind.localhost': { user: users[6], extension: null, owes: true },
  'admin@northwind.localhost': { user: users[6], extension: null },
};

const message = (n, name, number, state, minutes, extra = {}) => ({
  id: id('09', n), extensionId: extensions[0].id, extension: '1001', state, urgent: false, from: { number, name }, callId: null, forwardedBy: null,
  durationMs: 2000 + n * 7000, createdAt: NOW - minutes * MIN, readAt: state === 'new' ? null : NOW - 5 * MIN, deletedAt: null, ...extra,
});
export const messages = [
  message(1, 'Brightwater Clinic', '+16285550177', 'new', 42), message(2, 'Tom Becker', '1002', 'new', 190, { urgent: true }),
  message(3, '', '+18335550101', 'read', 26 * 60), message(4, 'Priya Raman', '1003', 'saved', 3 * 24 * 60, { forwardedBy: 'Tom Becker' }), message(5, '', '', 'read', 4 * 24 * 60),
];
export const mailbox = {
  extensionId: extensions[0].id, extension: '1001', name: 'Maya Chen', active: true, hasPin: true, lockedUntil: null, emails: ['maya@northwind.localhost'], attach: 'opus',
  maxMs: 180_000, silenceMs: 10_000, spokenNameMs: null, maxMessages: 100, keepDays: 30, greetingId: null,
};
export const greetings = [{ id: id('0c', 1), name: 'On holiday', durationMs: 8200, createdAt: NOW - 9 * DAY }];

/** Two seconds of a tone at 8 kHz, as the server sends sound. */
export function tone() {
  const wav = Buffer.alloc(44 + 32_000);
  wav.write('RIFF', 0); wav.writeUInt32LE(36 + 32_000, 4); wav.write('WAVEfmt ', 8); wav.writeUInt32LE(16, 16); wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8000, 24); wav.writeUInt32LE(16_000, 28); wav.writeUInt16LE(2, 32); wav.writeUInt16LE(16, 34); wav.write('data', 36); wav.writeUInt32LE(32_000, 40);
  for (let i = 0; i < 16_000; i += 1) wav.writeInt16LE(Math.round(6000 * Math.sin(i / 2)), 44 + i * 2);
  return wav;
}

const forward = (name, on, number) => ({ [name]: on, [`${name}Number`]: number, [`${name}Until`]: null, [`${name}Circle`]: on ? ['1001', number, '1001'] : null, [`${name}Use`]: on ? { calls: 3, day: NOW - (NOW % DAY), lastAt: NOW } : null, [`${name}Set`]: on ? { by: 'Alex Admin', at: NOW - (NOW % DAY) - 120 * MIN } : null });
export const callSettings = {
  extension: { id: extensions[0].id, number: '1001', name: 'Maya Chen' }, dnd: false, dndUntil: null, dndSet: null, dndUse: null, voicemail: true, callerIdName: 'Maya Chen', ringMs: 30_000, callWaiting: true, emergencyAddress: '', emergencyAddressUsual: '12 High Street\nFloor 3\nSpringfield',
  ...forward('forwardAll', false, ''), ...forward('forwardBusy', false, ''), ...forward('forwardNoAnswer', true, '1003'), ...forward('forwardUnregistered', false, '+14155550199'),
};

export const followMe = {
  enabled: true, enabledSet: { by: 'Maya Chen', at: NOW - 3 * 60 * MIN }, ignoreBusy: true, prefix: 'Work: ',
  destinations: [{ number: '', delayMs: 0, ringMs: 20_000, confirm: false }, { number: '1003', delayMs: 10_000, ringMs: 20_000, confirm: false }, { number: '+14155550199', delayMs: 20_000, ringMs: 30_000, confirm: true }],
  warnings: ['Priya Raman (1003) passes every call back here: calls would go in a circle, so this place does not ring.'],
};

const code = (name, number, label, what, argument = 'none', active = true) => ({ name, code: number, defaultCode: number, label, what, argument, active });
export const featureCodes = [
  code('mailbox', '*97', 'My voicemail', 'Listen to your messages'), code('dnd_on', '*78', 'Do not disturb on', 'No device of yours rings'), code('dnd_off', '*79', 'Do not disturb off', 'Your devices ring again'),
  code('forward_all', '*72', 'Forward all calls', 'Sends every call to the number that follows', 'number'), code('echo', '*43', 'Echo test', 'You hear yourself: a test of microphone and speaker'),
  code('intercom', '*8', 'Intercom', 'Speaks to an extension at once', 'digits', false),
  code('key_transfer', '*1', 'Transfer', 'The code, a number and #: the other side is connected there', 'keys'), code('key_record', '*2', 'Record', 'Recording on and off', 'keys'),
];

const usd = (micros) => ({ micros, currency: 'USD' });
export const ratePlans = [
  { id: id('18', 1), name: 'Standard', currency: 'USD', rates: 3, tenants: 1 },
  { id: id('18', 2), name: 'Europe', currency: 'EUR', rates: 0, tenants: 0 },
];
const rate = (n, prefix, description, perMinute, more) => ({ id: id('19', n), planId: id('18', 1), prefix, description, perMinute, connectFee: 0, minimumSeconds: 6, incrementSeconds: 6, perPage: perMinute * 2, ...more });
export const rates = [
  rate(1, '1', 'United States and Canada', 12_000),
  rate(2, '44', 'United Kingdom', 21_500, { minimumSeconds: 30 }),
  rate(3, '447', 'United Kingdom, mobile phones of every network', 85_000, { connectFee: 10_000, minimumSeconds: 30 }),
];
const fax = (n, state, to, more) => ({
  id: id('0f', n), documentId: id('0d', 1), to, toName: '', from: '+14155550111', subject: 'Case 20481', note: '', coverPageId: null, state, pages: 3, pagesSent: 0, tries: 1, triesMax: 3, cost: null,
  reason: null, nextTryAt: null, createdAt: NOW - n * 40 * MIN, endedAt: null, ...more,
});
export const faxes = [
  fax(1, 'sending', '+16285550199', { pagesSent: 1, cost: usd(24_000) }),
  fax(2, 'queued', '+19165550163', { reason: 'Busy', nextTryAt: NOW + 4 * MIN }),
  fax(3, 'sent', '+442079460958', { pagesSent: 3, cost: usd(129_000), endedAt: NOW - 100 * MIN }),
  fax(4, 'failed', '+18335550101', { tries: 3, reason: 'No fax machine answered.', cost: usd(0), endedAt: NOW - 130 * MIN }),
  fax(5, 'cancelled', '+16285550177', { tries: 0, subject: '' }),
];
const attempt = (n, more) => ({ number: n, startedAt: NOW - n * 20 * MIN, endedAt: NOW - n * 20 * MIN + 60_000, firstPage: 1, pages: 3, ok: true, reason: null, rate: 14_400, ecm: true, t38: true, ident: '+16285550199', sha256: more?.ok === false ? null : '4f2a'.repeat(16), ...more });
export const faxDetail = (one) => ({
  ...one, attempts: one.tries === 0 ? [] : one.state === 'sent' ? [attempt(1)] : Array.from({ length: one.tries }, (_, i) => attempt(i + 1, { ok: false, pages: 0, rate: 0, ident: null, reason: one.reason ?? 'Busy' })),
});
export const faxBox = { numbers: ['+14155550111'], emails: ['maya@northwind.localhost'], result: 'always', ecm: true, rate: 14_400, detect: true, quality: 'fine', header: true, stationName: '' };
export const received = [
  { id: id('0e', 1), extensionId: extensions[0].id, to: '+14155550111', from: '+16285550177', ident: 'BRIGHTWATER', state: 'complete', reason: null, pages: 2, rate: 14_400, ecm: true, t38: true, readAt: null, receivedAt: NOW - 12 * MIN },
  { id: id('0e', 2), extensionId: extensions[0].id, to: '+14155550111', from: '', ident: null, state: 'incomplete', reason: 'The far side hung up.', pages: 1, rate: 9600, ecm: false, t38: false, readAt: NOW - DAY, receivedAt: NOW - DAY },
  { id: id('0e', 3), extensionId: extensions[0].id, to: '+14155550111', from: '+16285550133', ident: null, state: 'failed', reason: null, pages: 1, rate: 14_400, ecm: true, t38: true, readAt: NOW - DAY, receivedAt: NOW - 2 * DAY },
  { id: id('0e', 4), extensionId: extensions[0].id, to: '+14155550111', from: '+16285550134', ident: null, state: 'converting', reason: null, pages: 1, rate: 14_400, ecm: true, t38: true, readAt: NOW - DAY, receivedAt: NOW - 3 * DAY },
];
export const coverPages = [{ id: id('0c', 1), name: 'Office', template: '<b>Fax</b>\nTo: {{to_number}}', logo: true, createdAt: NOW - 9 * DAY }];
export const faxDocuments = [{ id: id('0d', 1), name: 'case-20481.pdf', quality: 'fine', files: ['case-20481.pdf'], picture: 'auto', state: 'ready', pages: 3, seconds: 75, reason: null, createdAt: NOW - 60 * MIN }];

const dest = (kind, target, label) => ({ kind, target, label });
export const ringGroups = [
  { id: id('10', 1), number: '600', name: 'Support', strategy: 'simultaneous', ringback: 'music', musicId: '', prefix: 'Support: ', members: ['1001', '1002', '+16285550177'].map((number, i) => ({ number, delayMs: i * 10_000, ringMs: 30_000, confirm: i === 2 })), next: dest('voicemail', '1007', '1007 Front desk') },
  { id: id('10', 2), number: '601', name: 'Sales', strategy: 'rollover', ringback: 'ring', musicId: '', prefix: '', members: [{ number: '1003', delayMs: 0, ringMs: 20_000, confirm: false }], next: null },
];
export const queues = [
  { id: id('17', 1), number: '700', name: 'Front desk', strategy: 'longest', agents: [{ number: '1003', level: 1 }, { number: '1002', level: 1 }, { number: '1005', level: 2 }], ringMs: 20_000, wrapupMs: 10_000, announceMs: 45_000, maxWaitMs: 600_000, maxCallers: 50, leaveEmpty: true, record: true, musicId: '', prefix: 'Desk: ', timeoutNext: dest('voicemail', '1007', '1007 Front desk'), fullNext: null, emptyNext: dest('group', '600', '600 Support') },
  { id: id('17', 2), number: '701', name: 'Billing', strategy: 'all', agents: [], ringMs: 15_000, wrapupMs: 0, announceMs: 0, maxWaitMs: 0, maxCallers: 5, leaveEmpty: false, record: false, musicId: '', prefix: '', timeoutNext: null, fullNext: null, emptyNext: null },
];
export const agent = { loggedIn: true, paused: false, reason: '', set: { by: 'Priya Raman by phone', at: NOW - 200 * MIN } };
/** Who waits in the queues now; what Priya does follows her settings. */
export const liveQueues = () => queues.map((queue, i) => ({
  id: queue.id, number: queue.number, name: queue.name, waiting: i ? 0 : 3,
  callers: i ? [] : [['+14155550190', 'Bergmann Praxis'], ['+442079460958', ''], ['1001', 'Maya Chen']].map(([number, name], at) => ({ callId: id('18', at), number, name, since: NOW - (180 - at * 50) * 1000 })),
  agents: queue.agents.map(({ number, level }) => {
    const own = number === '1003';
    const state = own ? (!agent.loggedIn ? 'out' : agent.paused ? 'paused' : 'wrapup') : number === '1002' ? 'busy' : 'paused';
    return { number, level, name: { 1002: 'Tom Becker', 1003: 'Priya Raman', 1005: 'Hannah Weiss' }[number], state, reason: own ? agent.reason : state === 'paused' ? 'Lunch' : '', since: NOW - 12 * MIN, until: state === 'wrapup' ? NOW + 8000 : null, taken: own ? 7 : 4 };
  }),
}));
export const timeConditions = [{
  id: id('11', 1), name: 'Office hours', timezone: 'America/Los_Angeles', openNow: true, open: dest('group', '600', '600 Support'), closed: dest('announce', 'vm-nobodyavail', 'vm-nobodyavail'),
  rules: [{ open: false, days: [], from: '00:00', to: '00:00', firstDay: '12-24', lastDay: '12-26' }, { open: true, days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:30', to: '17:00', firstDay: '', lastDay: '' }],
}];
export const callFlows = [{ id: id('12', 1), number: '1', name: 'Front door', hasPin: true, isNight: false, day: dest('hours', id('11', 1), 'Office hours'), night: dest('voicemail', '1007', '1007 Front desk') }];
export const callBlocks = [
  { id: id('13', 1), extensionId: null, kind: 'number', pattern: '+14155550190', action: 'reject', note: 'Calls at night', active: true, use: { calls: 3, day: 1, lastAt: NOW - 5 * DAY } },
  { id: id('13', 2), extensionId: null, kind: 'prefix', pattern: '+4490', action: 'busy', note: '', active: true, use: null },
  { id: id('13', 3), extensionId: id('01', 1), kind: 'anonymous', pattern: '', action: 'voicemail', note: '', active: false, use: null },
];

export const dnc = [
  { id: id('16', 1), number: '+16285550199', note: 'Asked us to, by letter', addedBy: 'Alex Admin', addedAt: NOW - 5 * DAY },
  { id: id('16', 2), number: '+442079460018', note: '', addedBy: 'Maya Chen', addedAt: NOW - 90 * MIN },
];

export const trunks = [
  { id: id('14', 1), name: 'Carrier One', host: 'sip.carrier.example', port: 5061, transport: 'tls', auth: 'password', username: 'northwind', hasPassword: true, channels: 30, plus: true, active: true, registers: true, optionsMs: 60_000, callsPerSecond: 5, codecs: 'pcma pcmu', t38: true, identity: 'pai', diversion: 'diversion', dtmf: 'info', state: { health: 'up', registration: 'refused', code: 403, reason: 'Forbidden', since: NOW - 50 * MIN, nextAt: NOW + 4 * MIN } },
  { id: id('14', 2), name: 'Loop-back', host: '127.0.0.1', port: 5060, transport: 'udp', auth: 'ip', username: '', hasPassword: false, channels: 0, plus: false, active: false, registers: false, optionsMs: 0, callsPerSecond: 0, codecs: '', t38: true, identity: 'both', diversion: 'none', dtmf: 'rfc4733', silenceMs: 0, country: '', state: null },
];
export const outRoutes = [
  { id: id('15', 1), prefix: '+44', strip: 1, prepend: '00', priority: 1, trunkId: id('14', 2), trunk: 'Loop-back' },
  { id: id('15', 3), prefix: '+44', strip: 0, prepend: '', priority: 2, trunkId: id('14', 1), trunk: 'Carrier One' },
  { id: id('15', 2), prefix: '+', strip: 0, prepend: '', priority: 1, trunkId: id('14', 1), trunk: 'Carrier One' },
];

const step = (kind, target, label, text, exit, more = {}) => ({ kind, target, label, text, rings: false, answers: false, phones: 0, ringMs: 0, exit, ...more });
const office = (open) => step('hours', id('11', 1), 'Office hours', `Office hours: ${open ? 'open' : 'closed'}`, open ? 'open' : 'closed');
const mail = step('voicemail', '1001', 'Voicemail', 'The caller leaves a message for Maya Chen', 'done', { answers: true });
export const reaches = {
  open: { rings: true, end: { code: 'NORMAL', text: 'Ended normally' }, steps: [
    office(true), step('group', '600', 'Support', 'Ring group Support', 'noanswer', { rings: true, phones: 3, ringMs: 40_000 }),
    step('extension', '1001', 'Maya Chen', '2 phones of Maya Chen ring for 30 s', 'noanswer', { rings: true, phones: 2, ringMs: 30_000 }), mail,
  ] },
  closed: { rings: false, end: { code: 'NORMAL', text: 'Ended normally' }, steps: [office(false), step('extension', '1001', 'Maya Chen', 'Maya Chen: Do Not Disturb is on (set 09:12 by Ana Souza)', 'dnd'), mail] },
  blocked: { end: { code: 'DECLINED', text: 'Declined' }, steps: [step('extension', '1001', 'Maya Chen', 'Maya Chen: blocked by the rule for callers who hide their number', 'rejected')] },
};
const mailRow = (n, state, to, subject, answer, more) => ({ id: id('16', n), template: 'voicemail', to, subject, objectId: null, attachment: null, state, tries: 1, nextTryAt: null, answer, createdAt: NOW - n * 50 * MIN, endedAt: null, ...more });
export const mails = [
  mailRow(1, 'waiting', 'tom@northwind.localhost', 'New message from Priya Raman', '451 4.7.1 Try again later', { nextTryAt: NOW + 4 * MIN }),
  mailRow(2, 'failed', 'front-desk-of-the-clinic@northwind.localhost', 'Fax from +1 628 555 0177', '550 5.1.1 <front-desk-of-the-clinic@northwind.localhost>: Recipient address rejected: User unknown in local recipient table', { tries: 4 }),
  mailRow(3, 'sent', 'maya@northwind.localhost', 'New message from +1 415 555 0177', '250 2.0.0 Ok: queued as 4Rk2'),
];
const recording = (n, from, to, more) => ({ id: id('17', n), callId: calls[n].id, extension: '1001', by: 'rule', startedAt: NOW - n * 170 * MIN, durationMs: 64_000 + n * 31_000, from, to, ...more });
export const recordings = [
  recording(1, { number: '1001', name: 'Maya Chen' }, { number: '+16285550177', name: 'Brightwater Clinic' }),
  recording(2, { number: '+19165550163', name: '' }, { number: '1001', name: 'Maya Chen' }, { by: 'key', extension: null }),
  recording(3, null, null, { by: 'api' }),
];
export const policies = { 'recording-settings': { keepDays: 90, tone: true }, retention: { callDays: 730, faxDays: 0, auditDays: 0 }, 'mailbox-settings': { ownDevice: false }, 'emergency-numbers': { numbers: ['911', '112'], usual: ['911', '112'], address: '12 High Street\nFloor 3\nSpringfield', notify: ['desk@northwind.localhost'] } };

export const sounds = [
  { id: id('31', 1), kind: 'music', name: 'Morning piano', chosen: true, replaces: '', durationMs: 184000, createdAt: NOW - 40 * MIN },
  { id: id('31', 2), kind: 'prompt', name: 'Closed on public holidays', chosen: false, replaces: '', durationMs: 9000, createdAt: NOW - 30 * MIN },
  { id: id('31', 3), kind: 'prompt', name: 'Please leave a message for the practice', chosen: false, replaces: 'vm-intro', durationMs: 5000, createdAt: NOW - 20 * MIN },
];
