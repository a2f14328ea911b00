"""events_are_own.py BUILD: what goes on in a tenant is told to whom it concerns

A call comes from outside to Maya. Her live stream and her administrator's tell of it; Tom's, who
may see no calls but his own, neither of the call nor who calls.
"""
import os
import select
import socket
import sys
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '../bench')]
from portal import V1, Person  # noqa: E402
from strangers import Stranger  # noqa: E402
from whole import DOMAIN, SDP, Daemon, number  # noqa: E402

MAYA, WAIT = '+14155550110', 10
PEOPLE = ('maya', 'admin', 'tom')


class Stream:
    """The live events of somebody, as they come"""

    def __init__(self, who):
        self.text, self.s = '', socket.create_connection(('127.0.0.1', who.port))
        self.s.sendall(f'GET {V1}/events HTTP/1.1\r\nHost: localhost\r\nCookie: {who.cookie}\r\n\r\n'
                       .encode())
        self.until('event: hello')

    def more(self, wait):
        ready = select.select([self.s], [], [], wait)[0]
        self.text += self.s.recv(65536).decode() if ready else ''
        return ready

    def until(self, words):
        """Reads on until they came"""
        end = time.monotonic() + WAIT
        while words not in self.text:
            if not self.more(max(0, end - time.monotonic())):
                raise SystemExit(f'"{words}" was not told, but\n{self.text}')

    def rest(self):
        while self.more(0.5):
            pass


def call(d):
    """Somebody dials a number that a trunk brings back: a call from outside, for her mailbox"""
    caller, uri = Stranger(d, '127.0.0.67', number(0)), f'sip:{MAYA}@{DOMAIN}'
    answer = caller.ask('INVITE', uri, caller.user, f'<{uri}>', uuid.uuid4().hex, 1, '',
                        SDP.format(int(caller.here.split(':')[1])))
    caller.expect('the call to Maya', answer, (200,))
    return caller.wrong


def trial(d, wrong):
    people = {name: Person(d.http, f'{name}@northwind.localhost') for name in PEOPLE}
    streams = {name: Stream(who) for name, who in people.items()}
    wrong += call(d)
    for name in ('maya', 'admin'):
        streams[name].until('event: call.started')
    streams['tom'].rest()
    told = [one for one in streams['tom'].text.split('\n\n') if 'event: call.' in one]
    if told:
        wrong.append('Tom was told of calls that are not his:\n' + '\n'.join(told))


def main(build):
    wrong = []
    with Daemon(build, 2) as d:
        trial(d, wrong)
        d.judge(wrong)


if __name__ == '__main__':
    main(*sys.argv[1:])
