#!/usr/bin/python3
"""The demo's mail server: demo_mail.py FOLDER

Takes every mail that comes to a free port of this machine; "ready PORT" is printed. A mail stands in FOLDER as N-ADDRESS.eml, and what is
attached to it beside it, as N-NAME; each is told of on standard error.
"""
import asyncio
import email
import email.policy
import pathlib
import re
import signal
import sys

from aiosmtpd.smtp import SMTP

FOLDER = pathlib.Path(sys.argv[1])


def plain(name):
    return re.sub(r'[^\w.@+-]', '_', name)[:100]


class Taker:
    number = len(list(FOLDER.glob('*.eml')))

    async def handle_DATA(self, server, session, envelope):
        self.number += 1
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        first = FOLDER / f'{self.number}-{plain(envelope.rcpt_tos[0])}.eml'
        first.write_bytes(envelope.content)
        files = [first]
        for part in mail.iter_attachments():
            files.append(FOLDER / f'{self.number}-{plain(part.get_filename() or "file")}')
            files[-1].write_bytes(part.get_payload(decode=True) or b'')
        print(f'Mail to {envelope.rcpt_tos[0]}: {plain(mail["subject"] or "").replace("_", " ")}; see', *files, file=sys.stderr, flush=True)
        return '250 2.0.0 Taken'


async def serve():
    taker = Taker()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(taker, hostname='localhost'), '127.0.0.1', 0)
    print('ready', server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when the program has
asyncio.run(serve())
