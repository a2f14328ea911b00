"""slow_clients.py BUILD: 400 connections of SIP and 300 of HTTP that never finish a sentence

Each sends the beginning of a message and then a letter now and then. Good phones and pages are
answered all the same, at most 2 of 100 not; once a minute has passed on the program's clock, every
slow one has been cut.
"""
import os
import socket
import ssl
import sys
import time
import urllib.request
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../bench'))
from whole import DOMAIN, Clock, Daemon, Phones, number  # noqa: E402

SIP, WEB, FAILURES, GOOD = 400, 300, 2, 100
MINUTE = 61  # seconds
BEGUN = {'sip': b'INVITE sip:1001@' + DOMAIN.encode() + b' SIP/2.0\r\nVia: SIP/2.0/TCP x',
         'http': b'POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nX-Slow: x'}


def slow(port, begun, count):
    sockets = []
    for _ in range(count):
        s = socket.create_connection(('127.0.0.1', port), 5)
        s.sendall(begun)
        sockets.append(s)
    return sockets


def letters(sockets):
    for s in sockets:
        try:
            s.sendall(b'x')
        except OSError:
            pass


def is_cut(s):
    s.settimeout(0.01)
    try:
        return not s.recv(4096) or is_cut(s)
    except TimeoutError:
        return False
    except OSError:
        return True


def options_by_tcp(d):
    with socket.create_connection(('127.0.0.1', d.sip), 5) as s:
        s.settimeout(5)
        here = '%s:%d' % s.getsockname()
        s.sendall(f'OPTIONS sip:{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/TCP {here};branch=z9hG4bK'
                  f'{uuid.uuid4().hex}\r\nFrom: <sip:probe@{DOMAIN}>;tag=1\r\nTo: <sip:{DOMAIN}>'
                  f'\r\nCall-ID: {uuid.uuid4().hex}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n'
                  'Content-Length: 0\r\n\r\n'.encode())
        return s.recv(4096).startswith(b'SIP/2.0 200')


def page(d):
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    url = f'https://127.0.0.1:{d.https}/api/v1/brand'
    with urllib.request.urlopen(url, timeout=5, context=tls) as answer:
        return answer.status == 200


def good_ones(d, sockets):
    """How many of GOOD were not answered"""
    failed = 0
    for i in range(GOOD):
        try:
            failed += not (page if i % 2 else options_by_tcp)(d)
        except OSError as e:
            print(repr(e))
            failed += 1
        if i % 25 == 0:
            letters(sockets)
    return failed


def main(build):
    clock, wrong = Clock(), []
    with Daemon(build, 4, CARILLON_CLOCK_FILE=clock.file.name) as d:
        sockets = slow(d.sip, BEGUN['sip'], SIP) + slow(d.http, BEGUN['http'], WEB // 2)
        sockets += slow(d.https, b'\x16\x03\x01\x02\x00\x01', WEB // 2)  # TLS that is never finished
        failed = good_ones(d, sockets)
        print(f'{failed} of {GOOD} good ones failed beside {len(sockets)} slow ones')
        if 100 * failed > FAILURES * GOOD:
            wrong.append(f'{failed} of {GOOD} good ones failed')
        clock.move(MINUTE)
        until = time.monotonic() + 8
        while time.monotonic() < until and not all(is_cut(s) for s in sockets):
            time.sleep(0.5)
        left = [i for i, s in enumerate(sockets) if not is_cut(s)]
        if left:
            wrong.append(f'{len(left)} slow ones are still there, the first is number {left[0]}')
        if Phones(d).register([number(0)]) != 1:
            wrong.append('a good phone was not registered')
        d.judge(wrong)


if __name__ == '__main__':
    main(*sys.argv[1:])
