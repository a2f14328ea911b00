"""bench_whole_browsers.py BUILD: 400 browsers that lost the server and come back at once

Each opens TLS, a WebSocket for SIP (RFC 7118) and registers: challenged, answered with MD5. The
time is that of the last; the clients share the machine with the program.
"""
import asyncio
import base64
import os
import ssl
import struct
import sys
import time
import uuid
from whole import DOMAIN, Cost, Daemon, Message, authorization, line, number, request

BROWSERS = 400


def frame(payload):
    """A text frame of a client (RFC 6455 section 5.2)"""
    mask, n = os.urandom(4), len(payload)
    size = bytes([0x80 | n]) if n < 126 else b'\xfe' + struct.pack('>H', n)
    key = int.from_bytes((mask * (n // 4 + 1))[:n], 'big')
    return b'\x81' + size + mask + (int.from_bytes(payload, 'big') ^ key).to_bytes(n, 'big')


async def message(reader):
    while True:
        kind, n = await reader.readexactly(2)
        if n == 126:
            n = struct.unpack('>H', await reader.readexactly(2))[0]
        payload = await reader.readexactly(n)
        if kind & 15 == 8:
            raise ConnectionError('closed by the server')
        if kind & 15 in (1, 2) and payload.strip():
            return Message(payload)


async def upgrade(reader, writer, port):
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write((f'GET /ws/ HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\n'
                  f'Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n'
                  f'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n'
                  f'Origin: https://localhost:{port}\r\n\r\n').encode())
    head = await reader.readuntil(b'\r\n\r\n')
    if b' 101 ' not in head.split(b'\r\n')[0]:
        raise ConnectionError(head.split(b'\r\n')[0].decode())


async def browser(i, port, tls):
    reader, writer = await asyncio.open_connection('127.0.0.1', port, ssl=tls)
    await upgrade(reader, writer, port)
    user, host, call_id = number(i), f'{uuid.uuid4().hex[:12]}.invalid', uuid.uuid4().hex
    uri, extra = f'sip:{DOMAIN}', ''
    for cseq in (1, 2):
        writer.write(frame(request('REGISTER', uri, user, f'<sip:{user}@{DOMAIN}>', call_id, cseq,
                                   f'WSS {host}', f'sip:{user}@{host};transport=ws',
                                   extra + 'Expires: 300\r\n')))
        answer = await message(reader)
        if answer.status == 401:
            extra = authorization(answer, user, 'REGISTER', uri)
    if answer.status != 200:
        raise ConnectionError(answer.first)
    return writer


async def all_of_them(port, count=BROWSERS):
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    begun = time.monotonic()
    got = await asyncio.gather(*(browser(i, port, tls) for i in range(count)),
                               return_exceptions=True)
    took = time.monotonic() - begun
    failed = [one for one in got if isinstance(one, BaseException)]
    for one in got:
        if one not in failed:
            one.transport.abort()
    return took, failed


def main(build):
    with Daemon(build, BROWSERS) as d:
        asyncio.run(all_of_them(d.https))  # they were here before
        time.sleep(2)
        cost = Cost(d)
        took, failed = asyncio.run(all_of_them(d.https))
        if failed:
            raise SystemExit(f'{len(failed)} browsers failed, the first: {failed[0]!r}')
        line('whole.browsers.back', took, 's', 10)
        print('per browser:', cost.per(BROWSERS))


if __name__ == '__main__':
    main(*sys.argv[1:])
