"""bench_whole_goodput.py BUILD: three times the calls that the machine can take

The program has one processor, SIPp the others. What it can take is reckoned from the cost of a
call; then it is offered as much, and three times as much. Goodput is the calls that came to their
end under three times the load, of those under the right one: it must not collapse. The same is told
by processor time, for on a shared machine neither load has the processor alone. Who is too many
is told so by 503 with Retry-After. Meanwhile other calls stand, one of them with sound: how many
were lost, and what share of its packets. OPTIONS are asked all the time; the longest wait for an
answer is printed. Without SIPp nothing is measured.
"""
import csv
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from whole import DOMAIN, Cost, Daemon, Phones, Sound, line, number, password

PAIRS, LOW, SECONDS, TIMES, STAND = 1000, 100, 10, 3, 20
CALLER, CALLED = 'test/peers/flood.xml', 'test/peers/uas.xml'
UAS = 13990


class Options(threading.Thread):
    """Asks every 100 ms, and keeps the longest wait"""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.peer, self.worst, self.on = ('127.0.0.1', port), 0, True

    def run(self):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(('127.0.0.1', 0))
        s.settimeout(5)
        here = f'127.0.0.1:{s.getsockname()[1]}'
        while self.on:
            s.sendto(f'OPTIONS sip:{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK'
                     f'{uuid.uuid4().hex};rport\r\nFrom: <sip:probe@{DOMAIN}>;tag=1\r\n'
                     f'To: <sip:{DOMAIN}>\r\nCall-ID: {uuid.uuid4().hex}\r\nCSeq: 1 OPTIONS\r\n'
                     'Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n'.encode(), self.peer)
            begun = time.monotonic()
            try:
                s.recv(65535)
            except TimeoutError:
                pass
            self.worst = max(self.worst, time.monotonic() - begun)
            time.sleep(0.1)


def register(d):
    """From the port at which SIPp then answers: calls come back on the flow"""
    phones = Phones(d)
    phones.into.close()
    phones.into = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    phones.into.bind(('127.0.0.1', UAS))
    phones.register(number(2 * i + 1) for i in range(PAIRS))
    phones.into.close()


def sipp(d, folder, *args):
    return subprocess.Popen(
        ['sipp', f'127.0.0.1:{d.sip}', '-i', '127.0.0.1', '-nostdin', '-trace_stat', '-fd', '1',
         '-buff_size', str(4 << 20), *args], cwd=folder, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)


def count(path, column):
    with open(path, encoding='ascii') as file:
        rows = list(csv.DictReader(file, delimiter=';'))
    return int(rows[-1][column]) if rows else 0


def offered(d, rate, seconds):
    """Calls a second that came to their end, refused ones, failed ones"""
    folder = tempfile.mkdtemp(dir=d.folder)
    with open(folder + '/users.csv', 'w', encoding='ascii') as file:
        file.write('SEQUENTIAL\n')
        for i in range(PAIRS):
            user = number(2 * i)
            file.write(f'{user};{number(2 * i + 1)};'
                       f'[authentication username={user} password={password(user)}]\n')
    called = sipp(d, folder, '-sf', os.path.abspath(CALLED), '-p', str(UAS), '-stf', 'called.csv')
    time.sleep(0.5)
    begun = time.monotonic()
    sipp(d, folder, '-sf', os.path.abspath(CALLER), '-inf', 'users.csv', '-r', str(rate),
         '-m', str(rate * seconds), '-l', '20000', '-timeout', str(seconds + 40), '-p',
         str(UAS + 2), '-stf', 'calling.csv', '-recv_timeout', '30000').wait(seconds + 60)
    took = time.monotonic() - begun
    time.sleep(1.5)
    called.terminate()
    called.wait(10)
    done = count(folder + '/called.csv', 'SuccessfulCall(C)')
    ended = count(folder + '/calling.csv', 'SuccessfulCall(C)')
    failed = count(folder + '/calling.csv', 'FailedCall(C)')
    print(f'{rate}/s for {seconds} s: {done} calls, {ended - done} told to try again, '
          f'{failed} failed, after {took:.1f} s')
    return done, ended - done, failed


class Standing:
    """Calls that stand meanwhile, the first of them with sound"""

    def __init__(self, d):
        self.sound = Sound()
        self.phones = Phones(d, lambda i, called: self.sound.port(i, called) if i == PAIRS else 9)
        users = range(2 * PAIRS, 2 * (PAIRS + STAND))
        self.phones.register(number(i) for i in users)
        for i in range(PAIRS, PAIRS + STAND):
            self.phones.call(i, number(2 * i), number(2 * i + 1))
        until = time.monotonic() + 20
        while self.phones.standing() < STAND and time.monotonic() < until:
            self.phones.turn(0.5)
        first = next(iter(self.phones.calls.values()))
        called = next(port for i, port in self.phones.called if i == PAIRS)
        self.sound.peers = {0: ('127.0.0.1', first.port), 1: ('127.0.0.1', called)}
        self.sound.start()
        self.sound.share(1)  # both ends are known
        self.before = list(self.sound.heard), self.sound.sent

    def lost(self):
        """Calls, and packets of the one with sound, in %"""
        packets = 100 - self.sound.came(*self.before)
        self.sound.on = False
        self.phones.hang_up()
        return 100 - 100 * self.phones.ended / STAND, max(0, packets)


def main(build):
    if not shutil.which('sipp'):
        print('there is no sipp')
        return
    with Daemon(build, 2 * (PAIRS + STAND), CARILLON_MAX_CALLS='100000') as d:
        d.pin()
        register(d)
        capacity = LOW
        for _ in range(3):  # a call is cheaper when there is more to do at once
            cost = Cost(d)
            done, _, _ = offered(d, capacity, SECONDS)
            capacity = int(done / cost.seconds())
        cost = Cost(d)
        right, _, _ = offered(d, capacity, SECONDS)
        peak = right / cost.seconds()
        options = Options(d.sip)
        standing = Standing(d)
        options.start()
        cost = Cost(d)
        good, refused, failed = offered(d, TIMES * capacity, SECONDS)
        kept = good / cost.seconds()
        options.on = False
        calls, packets = standing.lost()
        line('whole.overload.offered', TIMES * capacity, 'calls/s')
        line('whole.overload.goodput', 100 * good / right, '% of the right load', 80)
        line('whole.overload.by_cpu', 100 * kept / peak, '% of the calls by as much processor time', 80)
        line('whole.overload.lost_calls', calls, '% of those that stood', 1)
        line('whole.overload.lost_packets', packets, '% of a call that stood', 1)
        line('whole.overload.refused', refused, 'calls told to try again')
        line('whole.overload.failed', 100 * failed / (TIMES * capacity * SECONDS), '% of the calls')
        line('whole.overload.options', options.worst, 's', 1.5)


if __name__ == '__main__':
    main(*sys.argv[1:])
