"""bench_whole_flood.py BUILD: 2,000 requests a second of nobody, and what good phones notice

Strangers send INVITE, REGISTER, SUBSCRIBE and MESSAGE without a password, from addresses of their own,
while good phones call each other, ten a second: each call is challenged, answered and hung up.
Figures: what was asked and answered a second, how many good calls came to their end, how long a
caller waited for the callee's answer, what memory the flood took, how long the first call took two
seconds later. SECONDS is a minute where the figure is to be compared (FLOOD_SECONDS).
"""
import os
import select
import socket
import sys
import threading
import time
import uuid
from whole import DOMAIN, Cost, Daemon, Phones, line, number, request

RATE, GOOD, PAIRS = 2000, 10, 40
SECONDS = int(os.environ.get('FLOOD_SECONDS', '60'))
METHODS = ('INVITE', 'REGISTER', 'SUBSCRIBE', 'MESSAGE')


class Flood(threading.Thread):
    """Nobody: RATE a second in all, answers are counted and not read"""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.peer, self.sent, self.answered, self.on = ('127.0.0.1', port), 0, 0, True
        self.sockets = []
        for i in range(8):
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            s.bind((f'127.0.1.{i + 1}', 0))
            s.setblocking(False)
            self.sockets.append(s)

    def one(self, n):
        s = self.sockets[n % len(self.sockets)]
        here, method = '%s:%d' % s.getsockname(), METHODS[n % len(METHODS)]
        user = number(n % (2 * PAIRS)) if n % 3 else f'guess{n}'
        uri = f'sip:{DOMAIN}' if method == 'REGISTER' else f'sip:{user}@{DOMAIN}'
        s.sendto(request(method, uri, user, f'<sip:{user}@{DOMAIN}>', uuid.uuid4().hex, 1,
                         'UDP ' + here, f'sip:{user}@{here}', 'Event: dialog\r\n'), self.peer)

    def run(self):
        begun = time.monotonic()
        while self.on:
            while self.sent < RATE * (time.monotonic() - begun):
                self.one(self.sent)
                self.sent += 1
                if self.sent % 20 == 0:
                    self.read(0)
            self.read(0.002)

    def read(self, wait):
        for s in select.select(self.sockets, [], [], wait)[0]:
            try:
                while s.recv(2048):
                    self.answered += 1
            except BlockingIOError:
                pass


class Patient(Phones):
    """They say again what was not answered, as phones do (RFC 3261 section 17.1)"""

    def __init__(self, daemon):
        super().__init__(daemon)
        self.said = {}  # Call-ID -> when next, pause, whence, what

    def send(self, s, method, uri, user, to, call_id, cseq, extra='', body=''):
        raw = request(method, uri, user, to, call_id, cseq, 'UDP ' + self.here(s),
                      self.here(s, user), extra, body)
        s.sendto(raw, self.peer)
        if method in ('INVITE', 'BYE'):
            self.said[call_id] = [time.monotonic() + 0.5, 0.5, s, raw]
        else:
            self.said.pop(call_id, None)

    def again(self):
        for call_id, one in list(self.said.items()):
            if call_id not in self.calls:
                del self.said[call_id]
            elif time.monotonic() > one[0]:
                one[1] *= 2
                one[0] += one[1]
                one[2].sendto(one[3], self.peer)


class Caller:
    """Good phones: GOOD calls a second, each hung up as soon as it stands"""

    def __init__(self, d):
        self.phones, self.made, self.waits, self.begun = Patient(d), 0, [], {}
        self.phones.register(number(i) for i in range(2 * PAIRS))

    def call(self):
        i = self.made % PAIRS
        self.phones.call(i, number(2 * i), number(2 * i + 1))
        c = next(reversed(self.phones.calls.values()))
        self.begun[c.id] = time.monotonic()
        self.made += 1

    def work(self):
        """Whoever stands hangs up"""
        self.phones.again()
        now = time.monotonic()
        for c in list(self.phones.calls.values()):
            if c.state == 'up':
                self.waits.append(now - self.begun.pop(c.id))
                self.phones.bye(c)
        self.phones.turn(0.005)

    def during(self, seconds):
        begun, made = time.monotonic(), self.made
        while time.monotonic() < begun + seconds:
            if self.made - made < GOOD * (time.monotonic() - begun):
                self.call()
            self.work()
        end = time.monotonic() + 5
        while self.phones.calls and time.monotonic() < end:
            self.work()


def main(build):
    with Daemon(build, 2 * PAIRS) as d:
        good = Caller(d)
        good.during(5)  # what is filled once is full
        good.made, good.waits, good.phones.ended = 0, [], 0
        before, cost, flood = d.memory(), Cost(d), Flood(d.sip)
        flood.start()
        good.during(SECONDS)
        seconds, grown = cost.seconds(), d.memory() - before
        flood.on = False
        took = SECONDS + 0.001
        print(f'failures {dict(good.phones.failures)}', flush=True)
        waits = sorted(good.waits)
        line('whole.flood.asked', flood.sent / took, 'requests/s', None)
        line('whole.flood.answered', 100 * flood.answered / flood.sent, '% of them')
        line('whole.flood.processor', 100 * seconds / took, '% of a processor')
        line('whole.flood.good', 100 * good.phones.ended / good.made, '% of good calls', 95)
        line('whole.flood.p95', 1000 * waits[int(0.95 * len(waits))], 'ms until the answer', 500)
        line('whole.flood.memory', grown / 1024, 'MiB', 64)
        time.sleep(2)
        good.waits = []
        good.during(1)
        line('whole.flood.after', 1000 * max(good.waits), 'ms until the answer, 2 s later', 500)


if __name__ == '__main__':
    main(*sys.argv[1:])
