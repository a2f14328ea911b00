"""strangers.py BUILD: who knows everything about a call, but belongs to nobody in it

Two phones talk. A stranger at another address knows the Call-ID, the tags, the ports of audio, and
sends whatever ends, moves, listens to or speaks into a call; then a colleague does so, who signs in
as himself. Nobody is believed, no packet of theirs is heard, none comes to them, also under a flood
and after the end. Nor is music sent to an address that a colleague only names. Outside of a call they ask for all that costs money or tells about others.
"""
import os
import select
import socket
import sys
import time
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../bench'))
from whole import (DOMAIN, SDP, Daemon, Message, Phones, Sound, authorization, number,  # noqa: E402
                   packet, request)

ELSEWHERE = '127.0.0.66'
THEIRS = 0x66666666  # SSRC
FLOOD, LOSS = 3000, 2  # packets; % of the good ones that may be missing
VICTIM = '127.0.0.99'
OUTSIDE, CODE, DID = '+19005550123', '*97', '+14155550110'


class Stranger:
    """Somebody at an address of his own, perhaps with an account"""

    def __init__(self, d, address, user=None):
        self.d, self.address, self.user, self.wrong = d, address, user, []
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.s.bind((address, 0))
        self.here = f'{address}:{self.s.getsockname()[1]}'

    def ask(self, method, uri, me, to, call_id, cseq, extra='', body=''):
        """The final answer, after the challenge when there is an account; None for silence"""
        signed = ''
        for step in range(2):
            rq = request(method, uri, me, to, call_id, cseq + step, 'UDP ' + self.here,
                         f'sip:{me}@{self.here}', extra + signed, body)
            self.s.sendto(rq, ('127.0.0.1', self.d.sip))
            answer = self.final(call_id, f'{cseq + step} {method}')
            if not answer or answer.status != 401 or not self.user:
                return answer
            signed = authorization(answer, self.user, method, uri)
        return answer

    def final(self, call_id, cseq, wait=5):
        end = time.monotonic() + wait
        while time.monotonic() < end:
            if select.select([self.s], [], [], max(0, end - time.monotonic()))[0]:
                answer = Message(self.s.recv(65535))
                mine = answer.get('Call-ID') == call_id and answer.get('CSeq') == cseq
                if mine and answer.status >= 200:
                    return answer
        return None

    def expect(self, what, answer, good):
        status = answer.status if answer else 0
        print(f'{self.user or "nobody"}: {what}: {status}', flush=True)
        if status not in good:
            self.wrong.append(f'{self.user or "nobody"}: {what}: {status}, not {good}')

    def within(self, c):
        """All that may be asked inside a call, with its own names"""
        here = SDP.format(int(self.here.split(':')[1])).replace('127.0.0.1', self.address)
        keys = 'Content-Type: application/dtmf-relay\r\n'
        refer = f'Refer-To: <sip:{OUTSIDE}@{DOMAIN}>\r\n'
        cseq = 100
        for method, extra, body in (('INVITE', '', here), ('UPDATE', '', here), ('REFER', refer, ''),
                                    ('INFO', keys, ''), ('NOTIFY', 'Event: refer\r\n', ''),
                                    ('PRACK', 'RAck: 1 1 INVITE\r\n', ''), ('BYE', '', '')):
            answer = self.ask(method, c.target, c.caller, c.to, c.id, cseq, extra, body)
            self.expect(method + ' in the call', answer, (401, 403, 481))
            cseq += 10
        answer = self.ask('CANCEL', f'sip:{c.callee}@{DOMAIN}', c.caller,
                          f'<sip:{c.callee}@{DOMAIN}>', c.id, c.cseq)
        self.expect('CANCEL of the call', answer, (401, 403, 481))

    def outside(self, c):
        """Without a call: what costs money"""
        for user in (number(0), OUTSIDE, CODE, DID, '*8', '**' + number(1), '*5900', '112'):
            self.new('INVITE', user, '', SDP.format(9), (401,))

    def takes(self, c):
        """What takes a call over, makes others call, tells about others, or says one were another"""
        tag = c.to.partition('tag=')[2]
        replaces = f'Replaces: {c.id};to-tag={tag};from-tag=t{c.caller}\r\n'
        self.new('INVITE', c.caller, replaces, SDP.format(9), (401, 481))
        self.new('REFER', number(0), f'Refer-To: <sip:{OUTSIDE}@{DOMAIN}>\r\n', '', (401, 403))
        self.new('SUBSCRIBE', '1001', 'Event: message-summary\r\nExpires: 60\r\n', '',
                 (401, 403, 404))
        for method in ('MESSAGE', 'PUBLISH'):
            self.new(method, '1001', 'Event: presence\r\n', '', (401, 403, 405, 489))
        self.new('REGISTER', '1001', '', '', (401, 403))

    def new(self, method, user, extra, body, good):
        uri = f'sip:{DOMAIN}' if method == 'REGISTER' else f'sip:{user}@{DOMAIN}'
        me = user if method == 'REGISTER' else self.user or '1002'
        answer = self.ask(method, uri, me, f'<sip:{user}@{DOMAIN}>', uuid.uuid4().hex, 1, extra, body)
        self.expect(f'{method} {user} {extra.split(chr(13))[0][:40]}', answer, good)


def packets(stranger, ports, count):
    """Audio to both legs, from elsewhere and from the phones' own address"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as beside:
        beside.bind(('127.0.0.1', 0))
        beside.setblocking(False)
        for n in range(count):
            for port in ports:
                for s in (stranger.s, beside):
                    s.sendto(packet(THEIRS, n), ('127.0.0.1', port))
            if n % 10 == 9:
                time.sleep(0.01)
        bled = len(select.select([stranger.s, beside], [], [], 0.3)[0])
    return bled


def has_us_flood(colleague, wrong):
    """Asks for music, to be sent to somebody who did not ask"""
    uri, call_id = f'sip:*9664@{DOMAIN}', uuid.uuid4().hex
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim:
        victim.bind((VICTIM, 0))
        sdp = SDP.format(victim.getsockname()[1]).replace('127.0.0.1', VICTIM)
        answer = colleague.ask('INVITE', uri, colleague.user, f'<{uri}>', call_id, 1, '', sdp)
        colleague.expect('INVITE for music to elsewhere', answer, (200,))
        target = answer.get('Contact').partition('<')[2].partition('>')[0]
        for cseq, method in ((2, 'ACK'), (3, 'BYE')):
            rq = request(method, target, colleague.user, answer.get('To'), call_id, cseq,
                         'UDP ' + colleague.here, f'sip:{colleague.user}@{colleague.here}')
            colleague.s.sendto(rq, ('127.0.0.1', colleague.d.sip))
            if select.select([victim], [], [], 0.7)[0]:
                wrong.append(f'audio went to {VICTIM}, which did not ask for it')
                return


def trial(d, wrong):
    sound, nobody = Sound(), Stranger(d, ELSEWHERE)
    colleague = Stranger(d, '127.0.0.67', number(2))
    phones = Phones(d, sound.port)
    phones.register([number(0), number(1), number(2)])
    if phones.establish(1) != 1:
        raise SystemExit(f'there is no call: {phones.failures}')
    c, called = next(iter(phones.calls.values())), phones.called[0][1]
    sound.peers = {0: ('127.0.0.1', c.port), 1: ('127.0.0.1', called)}
    sound.start()
    sound.share(1)
    rings = len(phones.called)
    nobody.outside(c)
    for one in (nobody, colleague):
        one.within(c)
        one.takes(c)
        wrong += one.wrong
    has_us_flood(colleague, wrong)
    if sound.share(2) < 100 - LOSS:
        wrong.append('the two hear each other no more')
    before, sent = list(sound.heard), sound.sent
    if packets(nobody, (c.port, called), FLOOD):
        wrong.append('a stranger got audio')
    came = sound.came(before, sent)
    print(f'{came:.1f} % of the packets came through the flood, {sound.foreign} foreign ones')
    if came < 100 - LOSS or sound.foreign:
        wrong.append(f'{came:.1f} % came through the flood, {sound.foreign} foreign ones')
    phones.turn(0)
    if len(phones.called) != rings:
        wrong.append('a phone was rung')
    phones.hang_up()
    if phones.ended != 1:
        wrong.append('the call was no more')
    after(sound, nobody, (c.port, called), wrong)


def after(sound, nobody, ports, wrong):
    """After BYE nothing is delivered"""
    time.sleep(0.5)
    before = list(sound.heard)
    if packets(nobody, ports, 100) or sound.heard != before:
        wrong.append('there was audio after the end')
    sound.on = False


def main(build):
    wrong = []
    with Daemon(build, 4) as d:
        trial(d, wrong)
        d.judge(wrong)


if __name__ == '__main__':
    main(*sys.argv[1:])
