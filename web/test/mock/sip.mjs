// A registrar and proxy for SIP over WebSocket: digest as the real server asks for it, calls passed between browsers.
// It keeps what it saw, so that a test can look at the messages.
import { createHash, randomBytes } from 'node:crypto';
import { WebSocketServer } from 'ws';
import { addPhoneCall, ha1Of, phoneCalls, REALM } from './api.mjs';

const md5 = (text) => createHash('md5').update(text).digest('hex');

class Message {
  constructor(text) {
    const end = text.indexOf('\r\n\r\n');
    [this.start, ...this.headers] = text.slice(0, end).split('\r\n');
    this.body = text.slice(end + 4);
  }
  get isRequest() { return !this.start.startsWith('SIP/2.0'); }
  get method() { return this.start.split(' ')[0]; }
  get uri() { return this.start.split(' ')[1] ?? ''; }
  get(name) {
    const line = this.headers.find((header) => header.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    return line ? line.slice(line.indexOf(':') + 1).trim() : '';
  }
  toString() { return [this.start, ...this.headers, '', this.body].join('\r\n'); }
}

const userOf = (uri) => decodeURIComponent(/sips?:([^@;>]+)@/.exec(uri)?.[1] ?? '');
const branchOf = (via) => /branch=([^;,\s]+)/.exec(via)?.[1] ?? '';
const parameter = (text, name) => new RegExp(`${name}="?([^",]+)"?`).exec(text)?.[1] ?? '';

export function attachSip(server) {
  const sockets = new WebSocketServer({ server, path: '/ws/', handleProtocols: () => 'sip' });
  const registered = new Map();
  const contacts = new Map();
  const branches = new Map();
  const log = [];
  let cancelReason = '';
  /** Numbers that answer by themselves with a final code: busy, not found and so on. */
  const answers = new Map([['486', [486, 'Busy Here']], ['404', [404, 'Not Found']],
    ...[[4801, 480, 19], [4802, 480, 20], [4862, 486, 21], [4042, 404, 3], [4021, 402, 21], [4031, 403, 55]]
      .map(([number, code, cause]) => [String(number), [code, 'No', [`Reason: Q.850;cause=${cause};text="why"`]]])]);
  /** REGISTERs that wait for their answer; null while each is answered at once. */
  let held = null;
  let stale = false;

  function reply(socket, message, code, reason, extra = []) {
    const kept = message.headers.filter((header) => /^(via|from|to|call-id|cseq)\s*:/i.test(header))
      .map((header) => (/^to\s*:/i.test(header) && !/tag=/.test(header) ? `${header};tag=${randomBytes(4).toString('hex')}` : header));
    socket.send([`SIP/2.0 ${code} ${reason}`, ...kept, ...extra, 'Content-Length: 0', '', ''].join('\r\n'));
  }

  function register(socket, message) {
    const authorization = message.get('Authorization');
    if (!authorization) {
      return reply(socket, message, 401, 'Unauthorized', [`WWW-Authenticate: Digest realm="${REALM}", nonce="${randomBytes(8).toString('hex')}", algorithm=MD5, qop="auth"`]);
    }
    if (stale) {
      stale = false;
      return reply(socket, message, 401, 'Unauthorized', [`WWW-Authenticate: Digest realm="${REALM}", nonce="${randomBytes(8).toString('hex')}", algorithm=MD5, qop="auth", stale=true`]);
    }
    const get = (name) => parameter(authorization, name);
    const ha2 = md5(`REGISTER:${get('uri')}`);
    const wanted = md5([ha1Of(get('username')), get('nonce'), get('nc'), get('cnonce'), 'auth', ha2].join(':'));
    if (wanted !== get('response')) return reply(socket, message, 403, 'Forbidden');
    const contact = message.get('Contact');
    const expires = /expires=(\d+)/.exec(contact)?.[1] ?? message.get('Expires');
    const user = userOf(message.get('To'));
    if (expires === '0') registered.delete(user);
    else registered.set(user, socket);
    return reply(socket, message, 200, 'OK', [`Contact: ${contact.replace(/;expires=\d+/, '')};expires=${expires || 300}`]);
  }

  function onResponse(message) {
    const at = message.headers.findIndex((header) => /^via\s*:/i.test(header));
    const to = branches.get(branchOf(message.headers[at]));
    message.headers.splice(at, 1);
    if (to?.readyState === 1) to.send(message.toString());
  }

  function forward(socket, message) {
    const user = userOf(message.uri);
    const fixed = answers.get(user);
    if (fixed && message.method === 'INVITE') return reply(socket, message, ...fixed);
    const to = contacts.get(user) ?? registered.get(user);
    if (to?.readyState !== 1) return message.method === 'ACK' ? undefined : reply(socket, message, 480, 'Temporarily Unavailable');
    const branch = `z9hG4bKmock${md5(branchOf(message.get('Via'))).slice(0, 12)}`;
    branches.set(branch, socket);
    if (message.method === 'CANCEL' && cancelReason) message.headers.push(`Reason: ${cancelReason}`);
    message.headers.unshift(`Via: SIP/2.0/WS mock.invalid;branch=${branch}`);
    to.send(message.toString());
  }

  sockets.on('connection', (socket) => {
    socket.on('message', (bytes) => {
      const text = bytes.toString();
      if (!text.trim()) return;
      const message = new Message(text);
      log.push(text);
      if (message.isRequest && message.method === 'INVITE' && !phoneCalls.has(message.get('Call-ID'))) addPhoneCall(message.get('Call-ID'));
      const contact = userOf(message.get('Contact'));
      if (contact) contacts.set(contact, socket);
      if (!message.isRequest) onResponse(message);
      else if (message.method === 'REGISTER') (held ? held.push(() => register(socket, message)) : register(socket, message));
      else if (message.method === 'OPTIONS') reply(socket, message, 200, 'OK');
      else forward(socket, message);
    });
  });

  return {
    log,
    /** Cuts the connection of one user, as a network change would. */
    cut: (user) => registered.get(user).terminate(),
    /** Nobody is registered until it lets go again. */
    hold: (on) => {
      const waiting = held ?? [];
      held = on ? waiting : null;
      if (!on) waiting.forEach((answer) => answer());
    },
    /** The next answer to a challenge comes too late: its nonce is not good any more. */
    makeStale: () => { stale = true; },
    /** What every CANCEL says from now on, as the server does when another device has answered. */
    setCancelReason: (reason) => { cancelReason = reason; },
    close: () => sockets.close(),
  };
}
