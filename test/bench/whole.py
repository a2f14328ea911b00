"""whole.py: the program as it runs, for the benches bench_whole_*.py

A demo of its own in a new folder, on ports of its own, with as many extensions as a bench needs;
phones that speak SIP with it; and what it cost: processor time from /proc/PID/task/*/schedstat,
memory from /proc/PID/smaps_rollup. What the bench itself uses counts for nobody.
"""
import collections
import contextlib
import hashlib
import http.cookiejar
import json
import os
import re
import select
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import tempfile
import threading
import time
import urllib.request
import uuid

DOMAIN = 'northwind.localhost'
FIRST = 20000
MINE = 0x11111111  # SSRC of all phones
TAIL = 'Max-Forwards: 70\r\nContent-Length: '
SDP = ('v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n'
       'm=audio {} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n')


def line(name, value, unit, limit=None):
    """Prints a figure as every bench does"""
    figure = {'bench': name, 'value': round(value, 3), 'unit': unit}
    print(json.dumps(figure if limit is None else dict(figure, limit=limit)), flush=True)


def beside():
    """What we run from now on leaves the first processor alone, if there are more"""
    os.sched_setaffinity(0, set(range(1, os.cpu_count())) or {0})


def number(i):
    return str(FIRST + i)


def password(user):
    return f'bench-{user}' if int(user) >= FIRST else f'demo-{user}'


def digest(name, text):
    return hashlib.new(name, text.encode()).hexdigest()


TAKEN = []  # sockets on the last port of each range that is ours: who runs beside us takes another range


def free_ports(count):
    """Ports for TCP and UDP below the range from which the system gives them"""
    for first in range(12000 + os.getpid() % 50 * 20, 14000, 20):
        guard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            guard.bind(('127.0.0.1', first + 19))
        except OSError:
            continue
        with contextlib.ExitStack() as stack:
            try:
                for port in range(first, first + count):
                    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                        s = stack.enter_context(socket.socket(socket.AF_INET, kind))
                        s.bind(('127.0.0.1', port))
                TAKEN.append(guard)
                return list(range(first, first + count))
            except OSError:
                continue
    raise SystemExit('no free ports')


class Daemon:
    """The demo, with extensions 20000 and up, each with one desk phone"""

    def __init__(self, build, extensions, **settings):
        self.program = os.path.join(build, 'carillon')
        self.folder = tempfile.mkdtemp(prefix='carillon-bench-')
        self.http, self.https, self.sip, self.sips = free_ports(4)
        self.process = None
        self.env = dict(os.environ, CARILLON_DATA=self.folder, CARILLON_BIND='127.0.0.1',
                        CARILLON_HTTP_PORT=str(self.http), CARILLON_HTTPS_PORT=str(self.https),
                        CARILLON_SIP_PORT=str(self.sip), CARILLON_SIPS_PORT=str(self.sips),
                        CARILLON_RTP_PORTS='14000-18999', CARILLON_LOG='info', **settings)
        self.start()
        if extensions:
            self.stop()
            self.fill(extensions)
            self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """Returns the seconds from exec to `carillon.ready`"""
        self.log = os.path.join(self.folder, 'log')
        with open(self.log, 'wb') as log:
            begun = time.monotonic()
            self.process = subprocess.Popen([self.program, 'demo'], env=self.env,
                                            stdout=subprocess.DEVNULL, stderr=log)
        while b'carillon.ready' not in open(self.log, 'rb').read():
            if self.process.poll() is not None or time.monotonic() - begun > 60:
                raise SystemExit('carillon did not start: ' + open(self.log).read()[-500:])
            time.sleep(0.002)
        return time.monotonic() - begun

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
        return self.process.returncode if self.process else 0

    def complaints(self):
        """Stops it; how it ended unless well, and the first errors of its log"""
        status = self.stop()
        with open(self.log, errors='replace') as log:
            errors = re.findall(r'^\S+ error .*$', log.read(), re.M)
        return ([f'it ended with {status}'] if status else []) + errors[:5]

    def judge(self, wrong):
        """Ends a scene: badly for what was found, and for what it complains about itself"""
        wrong = wrong + self.complaints()
        if wrong:
            raise SystemExit('\n'.join(wrong))

    def fill(self, count):
        """Extensions and devices straight into the database of the stopped program, like Maya's"""
        db = sqlite3.connect(os.path.join(self.folder, 'carillon.db'))
        db.row_factory = sqlite3.Row
        extension = db.execute('SELECT e.* FROM extension e JOIN tenant t ON t.id = e.tenant_id '
                               "WHERE t.domain = ? AND e.number = '1001'", (DOMAIN,)).fetchone()
        device = db.execute('SELECT * FROM device WHERE extension_id = ? AND browser = 0',
                            (extension['id'],)).fetchone()
        for i in range(count):
            user, key = number(i), str(uuid.uuid4())
            secret = f'{user}:{DOMAIN}:{password(user)}'
            self.copy(db, 'extension', extension, id=key, number=user, name='Phone ' + user)
            self.copy(db, 'device', device, id=str(uuid.uuid4()), extension_id=key, auth_user=user,
                      ha1_md5=digest('md5', secret), ha1_sha256=digest('sha256', secret), sealed='')
        db.commit()
        db.close()

    @staticmethod
    def copy(db, table, row, **new):
        row = dict(row, **new)
        db.execute(f'INSERT INTO {table} ({",".join(row)}) VALUES ({",".join("?" * len(row))})',
                   tuple(row.values()))

    def pin(self):
        """The program has the first processor, whoever asks it the others"""
        for tid in os.listdir(f'/proc/{self.process.pid}/task'):
            os.sched_setaffinity(int(tid), {0})
        beside()

    def threads(self, column=0):
        """Seconds by the name of the thread: column 0 it ran, 1 it waited for a processor"""
        used = collections.Counter()
        task = f'/proc/{self.process.pid}/task'
        for tid in os.listdir(task):
            with contextlib.suppress(FileNotFoundError):
                name = open(f'{task}/{tid}/comm').read().strip()
                used[name] += int(open(f'{task}/{tid}/schedstat').read().split()[column]) / 1e9
        return used

    def memory(self):
        """KiB that are only this program's"""
        text = open(f'/proc/{self.process.pid}/smaps_rollup').read()
        return sum(int(n) for n in re.findall(r'^Private_\w+:\s+(\d+) kB', text, re.M))


class Clock:
    """The file by which the program's clock is moved"""

    def __init__(self):
        self.ahead, self.file = 0, tempfile.NamedTemporaryFile(prefix='carillon-clock-', buffering=0)
        self.move(0)

    def move(self, seconds):
        self.ahead += 1000 * seconds
        os.pwrite(self.file.fileno(), struct.pack('=Q', self.ahead), 0)


class Portal:
    """Somebody of the demo, signed in"""

    def __init__(self, port, who='maya@northwind.localhost'):
        self.base = f'http://127.0.0.1:{port}/api/v1'
        cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        self.csrf = ''
        login = {'email': who, 'password': 'carillon-demo', 'remember': True}
        self.csrf = self.ask('POST', '/login', login)['csrf']

    def ask(self, method, path, body=None):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
        head = {'X-CSRF-Token': self.csrf, 'Content-Type': 'application/json'}
        if isinstance(body, bytes):
            head['Content-Type'] = 'application/pdf'
        rq = urllib.request.Request(self.base + path, raw, head, method=method)
        with self.opener.open(rq, timeout=20) as answer:
            return json.loads(answer.read() or b'null')

    def fetch(self, path):
        """A file"""
        with self.opener.open(self.base + path, timeout=20) as answer:
            return answer.read()


class Cost:
    """Processor time of a daemon between two moments"""

    def __init__(self, daemon):
        self.daemon, self.before, self.waits = daemon, daemon.threads(), daemon.threads(1)

    def seconds(self):
        self.used = self.daemon.threads() - self.before
        return sum(self.used.values())

    def waited(self, thread):
        return self.daemon.threads(1)[thread] - self.waits[thread]

    def per(self, count):
        self.seconds()
        return ', '.join(f'{name} {1e6 * s / count:.0f} us' for name, s in self.used.most_common(5))


class Message:
    def __init__(self, raw):
        head, _, self.body = raw.decode('utf-8', 'replace').partition('\r\n\r\n')
        lines = head.split('\r\n')
        self.first, self.lines = lines[0], lines[1:]
        self.status = int(self.first.split()[1]) if self.first.startswith('SIP/2.0 ') else 0
        self.method = self.get('CSeq').rpartition(' ')[2]

    def all(self, name):
        name = name.lower() + ':'
        return [one.split(':', 1)[1].strip() for one in self.lines if one.lower().startswith(name)]

    def get(self, name):
        return next(iter(self.all(name)), '')

    def audio_port(self):
        found = re.search(r'^m=audio (\d+)', self.body, re.M)
        return int(found.group(1)) if found else 0


def authorization(response, user, method, uri):
    """The answer to a challenge (RFC 8760): the first algorithm that is offered"""
    line_ = response.get('WWW-Authenticate')
    got = dict(re.findall(r'(\w+)="?([^",]+)"?', line_))
    name = 'sha256' if got.get('algorithm') == 'SHA-256' else 'md5'
    ha1 = digest(name, f'{user}:{got["realm"]}:{password(user)}')
    ha2 = digest(name, f'{method}:{uri}')
    answer = digest(name, f'{ha1}:{got["nonce"]}:00000001:bench:auth:{ha2}')
    return (f'Authorization: Digest username="{user}", realm="{got["realm"]}", '
            f'nonce="{got["nonce"]}", uri="{uri}", response="{answer}", qop=auth, nc=00000001, '
            f'cnonce="bench", algorithm={got.get("algorithm", "MD5")}\r\n')


def request(method, uri, user, to, call_id, cseq, via, contact, extra='', body=''):
    kind = 'Content-Type: application/sdp\r\n' if body else ''
    return (f'{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{via};branch=z9hG4bK{uuid.uuid4().hex};rport\r\n'
            f'From: <sip:{user}@{DOMAIN}>;tag=t{user}\r\nTo: {to}\r\nCall-ID: {call_id}\r\n'
            f'CSeq: {cseq} {method}\r\nContact: <{contact}>\r\n{kind}{extra}{TAIL}{len(body)}'
            f'\r\n\r\n{body}').encode()


def reply(rq, status, reason, contact, tag, body=''):
    echoed = [f'{name}: {value}' for name in ('Via', 'Record-Route', 'From', 'Call-ID', 'CSeq')
              for value in rq.all(name)]
    to = rq.get('To')
    echoed.append('To: ' + (to if ';tag=' in to else f'{to};tag={tag}'))
    kind = 'Content-Type: application/sdp\r\n' if body else ''
    return (f'SIP/2.0 {status} {reason}\r\n' + '\r\n'.join(echoed) +
            f'\r\nContact: <{contact}>\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}').encode()


def packet(ssrc, n):
    return struct.pack('>BBHII', 0x80, 0, n & 0xffff, 160 * n, ssrc) + bytes([ssrc & 0xff]) * 160


class Sound(threading.Thread):
    """Both ends of a call's audio: each sends its packets, and counts what comes"""

    def __init__(self):
        super().__init__(daemon=True)
        self.ends, self.peers, self.on, self.sent = [], {}, True, 0
        self.heard, self.foreign = [0, 0], 0
        for _ in range(2):
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            s.bind(('127.0.0.1', 0))
            self.ends.append(s)

    def port(self, _, called):
        return self.ends[called].getsockname()[1]

    def run(self):
        begun = time.monotonic()
        while self.on:
            for called, peer in self.peers.items():
                self.ends[called].sendto(packet(MINE, self.sent), peer)
            self.sent += 1
            while time.monotonic() < begun + 0.02 * self.sent:
                self.hear(max(0, begun + 0.02 * self.sent - time.monotonic()))

    def hear(self, wait):
        for s in select.select(self.ends, [], [], wait)[0]:
            raw = s.recv(2048)
            if raw[1] & 0x7f == 0:
                self.foreign += raw[12] != MINE & 0xff
                self.heard[self.ends.index(s)] += 1

    def share(self, seconds):
        """Packets that came, of those that were sent meanwhile, in %"""
        before, sent = list(self.heard), self.sent
        time.sleep(seconds)
        return self.came(before, sent)

    def came(self, before, sent):
        return 100 * min(h - b for h, b in zip(self.heard, before)) / max(1, self.sent - sent)



class Call:
    def __init__(self, i, caller, callee):
        self.i, self.caller, self.callee = i, caller, callee
        self.id, self.cseq, self.state, self.port = uuid.uuid4().hex, 1, 'calling', 0


class Phones:
    """All phones of a bench: one UDP socket for those who call, one for those who are called"""

    def __init__(self, daemon, rtp=None):
        self.peer = ('127.0.0.1', daemon.sip)
        self.rtp = rtp or (lambda i, called: 9)  # port of a leg; 9: nobody listens, nothing comes
        self.calls, self.called = {}, []  # Call-ID -> Call; (number, dialog, port of the daemon)
        self.registered = self.ended = 0
        self.expires = 3600
        self.failures = collections.Counter()
        self.waiting = {}
        self.out, self.into = self.open(), self.open()

    @staticmethod
    def open():
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        s.bind(('127.0.0.1', 0))
        return s

    @staticmethod
    def here(s, user=''):
        return f'127.0.0.1:{s.getsockname()[1]}' if not user else \
            f'sip:{user}@127.0.0.1:{s.getsockname()[1]}'

    def send(self, s, method, uri, user, to, call_id, cseq, extra='', body=''):
        s.sendto(request(method, uri, user, to, call_id, cseq, 'UDP ' + self.here(s),
                         self.here(s, user), extra, body), self.peer)

    def register(self, users, window=20, expires=3600):
        """Registers them at the socket that is called; answers the challenge of each"""
        self.expires = expires
        left, begun, before = collections.deque(users), time.monotonic(), self.registered
        while left or self.waiting:
            while left and len(self.waiting) < window:
                user = left.popleft()
                call_id = uuid.uuid4().hex
                self.waiting[call_id] = user
                self.register_send(user, call_id, 1, '')
            self.turn(0.5)
            if time.monotonic() - begun > 120:
                raise SystemExit(f'registered {self.registered - before}; {self.failures}')
        return self.registered - before

    def register_send(self, user, call_id, cseq, extra):
        self.send(self.into, 'REGISTER', f'sip:{DOMAIN}', user, f'<sip:{user}@{DOMAIN}>', call_id,
                  cseq, extra + f'Expires: {self.expires}\r\n')

    def on_register(self, m):
        call_id = m.get('Call-ID')
        user = self.waiting.get(call_id)
        if user and m.status == 401 and m.get('CSeq').startswith('1 '):
            self.register_send(user, call_id, 2,
                               authorization(m, user, 'REGISTER', f'sip:{DOMAIN}'))
        elif user:
            del self.waiting[call_id]
            self.registered += m.status == 200
            if m.status != 200:
                self.failures[m.first] += 1

    def call(self, i, caller, callee):
        c = Call(i, caller, callee)
        self.calls[c.id] = c
        self.invite(c, '')

    def invite(self, c, extra):
        uri = f'sip:{c.callee}@{DOMAIN}'
        self.send(self.out, 'INVITE', uri, c.caller, f'<{uri}>', c.id, c.cseq, extra,
                  SDP.format(self.rtp(c.i, False)))

    def ack(self, c, m, uri):
        self.send(self.out, 'ACK', uri, c.caller, m.get('To'), c.id, c.cseq)

    def on_invite_reply(self, c, m):
        uri = f'sip:{c.callee}@{DOMAIN}'
        if m.status < 200 or int(m.get('CSeq').split()[0]) != c.cseq:
            return
        if m.status == 200:
            if c.state == 'calling':
                c.state, c.to, c.port = 'up', m.get('To'), m.audio_port()
                c.target = re.search('<([^>]*)>', m.get('Contact')).group(1)
            self.ack(c, m, c.target)
            return
        self.ack(c, m, uri)
        if m.status == 401 and c.cseq == 1:
            c.cseq = 2
            self.invite(c, authorization(m, c.caller, 'INVITE', uri))
            return
        self.failures[m.first] += 1
        del self.calls[c.id]

    def bye(self, c):
        c.state, c.cseq = 'ending', c.cseq + 1
        self.send(self.out, 'BYE', c.target, c.caller, c.to, c.id, c.cseq)

    def on_out(self, m):
        c = self.calls.get(m.get('Call-ID'))
        if not m.status:
            self.out.sendto(reply(m, 200, 'OK', self.here(self.out, 'x'), 'x'), self.peer)
        elif c and m.method == 'INVITE':
            self.on_invite_reply(c, m)
        elif c and m.method == 'BYE' and m.status >= 200:
            self.ended += 1
            del self.calls[c.id]

    def on_into(self, m):
        user = re.search(r'sip:(\w+)@', m.first)
        if m.status:
            if m.method == 'REGISTER':
                self.on_register(m)
        elif m.method == 'INVITE':
            user = user.group(1)
            i = (int(user) - FIRST) // 2
            here, tag = self.here(self.into, user), 'c' + user
            self.into.sendto(reply(m, 180, 'Ringing', here, tag), self.peer)
            self.into.sendto(reply(m, 200, 'OK', here, tag, SDP.format(self.rtp(i, True))),
                             self.peer)
            self.called.append((i, m.audio_port()))
        elif m.method != 'ACK':
            self.into.sendto(reply(m, 200, 'OK', self.here(self.into, 'x'), 'x'), self.peer)

    def turn(self, wait):
        """Reads what is there; False when nothing came"""
        ready = select.select([self.out, self.into], [], [], wait)[0]
        for s in ready:
            with contextlib.suppress(BlockingIOError):
                for _ in range(64):
                    m = Message(s.recv(65535, socket.MSG_DONTWAIT))
                    if m.method:  # others are keep-alives
                        (self.on_out if s is self.out else self.on_into)(m)
        return bool(ready)

    def standing(self):
        return sum(c.state == 'up' for c in self.calls.values())

    def establish(self, count, window=20):
        """Sets up calls from extension 2i to 2i + 1; returns how many stand"""
        begun, made = time.monotonic(), 0
        while self.standing() + sum(self.failures.values()) < count:
            while made < count and sum(c.state == 'calling' for c in self.calls.values()) < window:
                self.call(made, number(2 * made), number(2 * made + 1))
                made += 1
            if not self.turn(1) and time.monotonic() - begun > 60:
                break
        return self.standing()

    def hang_up(self):
        """Ends all, twenty at once"""
        begun = time.monotonic()
        while self.calls and time.monotonic() - begun < 60:
            ending = sum(c.state == 'ending' for c in self.calls.values())
            for c in [c for c in self.calls.values() if c.state == 'up'][:max(0, 20 - ending)]:
                self.bye(c)
            self.turn(1)

    def churn(self, count, pairs, window=20, seconds=600):
        """Calls that are hung up as soon as they stand; returns how many were made and ended"""
        free, made, begun, before = collections.deque(range(pairs)), 0, time.monotonic(), self.ended
        busy = {}
        while (made < count and time.monotonic() - begun < seconds) or self.calls:
            for i in [i for i, c in busy.items() if c not in self.calls]:
                del busy[i]
                free.append(i)
            while made < count and len(busy) < window and time.monotonic() - begun < seconds:
                i = free.popleft()
                self.call(i, number(2 * i), number(2 * i + 1))
                busy[i] = next(reversed(self.calls))
                made += 1
            for c in [c for c in self.calls.values() if c.state == 'up']:
                self.bye(c)
            if not self.turn(2):
                self.failures['lost'] += len(self.calls)
                break
        return self.ended - before
