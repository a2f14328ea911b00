"""hostile.py BUILD: strangers send whatever they like to every port, all at once

Registrations with wrong passwords and with none, torn and random SIP, STUN, DTLS and RTP by UDP,
garbage by TCP and TLS, WebSocket frames that no client may send, JSON and HTTP that nobody means.
Meanwhile OPTIONS is answered within 1.5 s; afterwards the program lives, a phone registers from
elsewhere, and no error is in the log.
"""
import http.client
import os
import random
import socket
import ssl
import struct
import sys
import threading
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../bench'))
from bench_whole_goodput import Options  # noqa: E402
from whole import DOMAIN, Daemon, Message, Phones, authorization, number, request  # noqa: E402

SECONDS, WAIT = 4, 1.5


class Strangers:
    """Each method is a thread; how often it went round is counted by its name"""

    def __init__(self, d):
        self.d, self.until, self.count = d, time.monotonic() + SECONDS, {}
        self.chance = random.Random(1)  # the same in each run

    def run(self, what):
        n = 0
        while time.monotonic() < self.until:
            try:
                what()
            except (OSError, http.client.HTTPException):
                pass  # who is cut off comes back
            n += 1
        self.count[what.__name__] = n

    def noise(self, most=1400):
        return self.chance.randbytes(1 + self.chance.randrange(most))

    def guesses(self):
        """A challenge is fetched and answered wrongly, for the same account again and again"""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(('127.0.0.66', 0))
            s.settimeout(1)
            via = f'UDP 127.0.0.66:{s.getsockname()[1]}'
            extra, call_id, uri = '', uuid.uuid4().hex, f'sip:{DOMAIN}'
            for cseq in range(1, 40):
                s.sendto(request('REGISTER', uri, '1001', f'<sip:1001@{DOMAIN}>', call_id, cseq,
                                 via, 'sip:1001@127.0.0.66:9', extra), ('127.0.0.1', self.d.sip))
                m = Message(s.recv(65535))
                if m.status == 401:
                    extra = authorization(m, '1001', 'GUESS', uri)  # for another request: wrong
                if m.status == 200:
                    raise SystemExit('a wrong password was right')

    def torn(self):
        """The messages of RFC 4475 with an octet changed, and cut somewhere"""
        folder = os.path.join(HERE, '../data/rfc4475')
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for name in os.listdir(folder):
                raw = bytearray(open(os.path.join(folder, name), 'rb').read()[:60000])
                raw[self.chance.randrange(len(raw))] = self.chance.randrange(256)
                s.sendto(raw[:1 + self.chance.randrange(len(raw))], ('127.0.0.1', self.d.sip))

    def packets(self):
        """STUN, DTLS and RTP with lengths that are not true, to SIP and to every audio port"""
        heads = (struct.pack('>HHI', 1, 65532, 0x2112a442), b'\x16\xfe\xfd' + bytes(8) + b'\xff\xff',
                 b'\x80\x00', b'\x8f\xc8\xff\xff')
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for port in [self.d.sip] * 20 + list(range(14000, 14200)):
                s.sendto(self.chance.choice(heads) + self.noise(300), ('127.0.0.1', port))

    def streams(self):
        """Noise where TLS, HTTP or SIP is awaited; then nothing more"""
        for port in (self.d.sip, self.d.sips, self.d.http, self.d.https):
            with socket.create_connection(('127.0.0.1', port), 1) as s:
                s.sendall(self.noise(9000))

    def frames(self):
        """A WebSocket whose frames are not masked, too long, torn or of no known kind"""
        tls = ssl.create_default_context()
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
        with tls.wrap_socket(socket.create_connection(('127.0.0.1', self.d.https), 1)) as s:
            s.sendall(f'GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{self.d.https}\r\n'
                      f'Origin: https://127.0.0.1:{self.d.https}\r\nUpgrade: websocket\r\n'
                      'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: '
                      'dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n\r\n'.encode())
            s.settimeout(1)
            s.recv(4096)
            s.sendall(self.chance.choice((b'\x81\x05hello', b'\x81\xff' + b'\xff' * 8, b'\x8f\x80',
                                          b'\x01\x81' + bytes(4) + b'a')) + self.noise())

    def bodies(self):
        """JSON that is deep, torn or no JSON"""
        body = self.chance.choice((b'[' * 9000, b'{"email":' * 500, b'{"email":1e999999,"x":"\\u',
                                   self.noise()))
        c = http.client.HTTPConnection('127.0.0.1', self.d.http, timeout=2)
        c.request('POST', '/api/v1/login', body, {'Content-Type': 'application/json'})
        if c.getresponse().status >= 500:
            raise SystemExit(f'the portal answered 5xx to {body[:40]}')
        c.close()


def main(build):
    with Daemon(build, 4) as d:
        strangers, options = Strangers(d), Options(d.sip)
        threads = [threading.Thread(target=strangers.run, args=(what,)) for what in
                   (strangers.guesses, strangers.torn, strangers.packets, strangers.streams,
                    strangers.frames, strangers.bodies)]
        for one in [options] + threads:
            one.start()
        for one in threads:
            one.join()
        options.on = False
        print(strangers.count, f'OPTIONS within {options.worst:.2f} s')
        wrong = []
        if len(strangers.count) != len(threads) or not all(strangers.count.values()):
            wrong.append('a stranger had no turn, or was let in')
        if options.worst > WAIT:
            wrong.append(f'OPTIONS waited {options.worst:.2f} s')
        if d.process.poll() is not None:
            raise SystemExit(f'it ended with {d.process.returncode}')
        if Phones(d).register([number(0)]) != 1:
            wrong.append('a good phone was not registered')
        d.judge(wrong)


if __name__ == '__main__':
    main(*sys.argv[1:])
