"""bench_whole_fax.py BUILD: 100 faxes at once by T.38, then some as sound, on one processor

The demo's trunk leads back to it, so a fax has both its endpoints here: two legs, two fax-workers,
a sender and a receiver. What an endpoint costs is in percent of a core while it lives: its process,
and its part of the program's threads. `documents` is what doc-convert takes beside that: the line
over the pages of what is sent, the PDF of what came. `bare` is what the same machine takes, in the
same run, for a process that does nothing but wake as often. A fax that is tried again has failed.
"""
import contextlib
import os
import subprocess
import sys
import time
from whole import Cost, Daemon, Portal, line

T38, SOUND, LOOK, EACH_MS, BARE_SECONDS = 100, 25, 0.25, 60, 5
PDF, MAYA, ANA = 'test/scene/fax3.pdf', 'maya@northwind.localhost', 'ana@harbor.localhost'
NUMBER, WHOLE = '+16285550199', 150  # seconds; a fax takes some thirty


class Machines:
    """The fax-workers of a program: processor time and life of each, as it was seen last"""

    def __init__(self, daemon):
        self.children = f'/proc/{daemon.process.pid}/task/{daemon.process.pid}/children'
        self.ran, self.waited, self.begun, self.seen, self.most = {}, {}, {}, {}, 0
        self.ended = 0  # what other processes of the program had taken before

    def look(self):
        """How many there are"""
        now, there = time.monotonic(), 0
        for pid in open(self.children, encoding='ascii').read().split():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if open(f'/proc/{pid}/comm', encoding='ascii').read().strip() != 'fax-worker':
                    continue
                ran, waited, _ = open(f'/proc/{pid}/schedstat', encoding='ascii').read().split()
                self.ran[pid], self.waited[pid] = int(ran) / 1e9, int(waited) / 1e9
                self.begun.setdefault(pid, now)
                self.seen[pid] = now
                there += 1
        self.most = max(self.most, there)
        return there

    def lived(self):
        return sum(self.seen[pid] - begun for pid, begun in self.begun.items())


def children(daemon):
    """Processor time of all its processes that have ended"""
    with open(f'/proc/{daemon.process.pid}/stat', encoding='ascii') as stat:
        fields = stat.read().rpartition(')')[2].split()
    return sum(int(n) for n in fields[13:15]) / os.sysconf('SC_CLK_TCK')


def arrived(ana, count):
    """Faxes with their PDF, once all have it"""
    until, got = time.monotonic() + 60, []
    while len(got) < count and time.monotonic() < until:
        time.sleep(0.5)
        rows = ana.ask('GET', '/received-faxes?limit=100')['rows']
        got = [f for f in rows if f['pages'] == 3 and f['state'] == 'complete']
    return got


def document(d, maya):
    """Three pages, ready to be sent"""
    name = '/fax-documents?name=bench.pdf&quality=standard'
    which = maya.ask('POST', name, open(PDF, 'rb').read())['id']
    until = time.monotonic() + 60
    while maya.ask('GET', '/fax-documents/' + which)['state'] != 'ready':
        if time.monotonic() > until:
            raise SystemExit('the document was not converted: ' + open(d.log).read()[-800:])
        time.sleep(0.2)
    return which


def send(d, maya, count):
    """So many faxes at once: their machines, once all are gone, what the program used, their ids"""
    which, machines = document(d, maya), Machines(d)
    cost, until, machines.ended = Cost(d), time.monotonic() + WHOLE, children(d)
    ids = [maya.ask('POST', '/faxes', {'documentId': which, 'to': NUMBER})['id']
           for _ in range(count)]
    while machines.look() or not machines.most:
        if time.monotonic() > until:
            break
        time.sleep(LOOK)
    return machines, cost.seconds(), cost, ids


def judge(faxes, t38):
    """Faxes that did not arrive at the first try"""
    bad = [f for f in faxes if f['state'] != 'sent' or f['tries'] != 1
           or f['attempts'][0]['t38'] != t38]
    for fax in bad[:5]:
        print('not at the first try:', fax['state'], fax['attempts'], flush=True)
    return len(bad)


def measure(d, name, count, t38, limit):
    maya, ana = Portal(d.http, MAYA), Portal(d.http, ANA)
    machines, used, cost, ids = send(d, maya, count)
    lived, ran = machines.lived(), sum(machines.ran.values())
    got = arrived(ana, count)
    ended = children(d) - machines.ended - ran
    faxes = [maya.ask('GET', '/faxes/' + fax) for fax in ids]
    print(f'{name}: {len(machines.seen)} machines, {machines.most} at once, {lived:.0f} s of life, '
          f'waited {100 * sum(machines.waited.values()) / lived:.2f} % of it; {len(got)} received; '
          f'the program used {used:.1f} s:', cost.per(len(faxes)), 'per fax', flush=True)
    line(f'whole.fax.{name}.at_once', machines.most / 2, 'faxes')
    line(f'whole.fax.{name}.failed', judge(faxes, t38), 'faxes', 0)
    line(f'whole.fax.{name}.retries', sum(max(f['tries'] - 1, 0) for f in faxes), 'tries', 0)
    line(f'whole.fax.{name}.machine', 100 * ran / lived, '% of a core')
    line(f'whole.fax.{name}.program', 100 * used / lived, '% of a core')
    line(f'whole.fax.{name}.documents', 100 * ended / lived, '% of a core')
    line(f'whole.fax.{name}.endpoint', 100 * (ran + used) / lived, '% of a core', limit)


def pin(d):
    """The program and its machines on the first processor, this on the others"""
    for tid in os.listdir(f'/proc/{d.process.pid}/task'):
        os.sched_setaffinity(int(tid), {0})
    os.sched_setaffinity(0, set(range(1, os.cpu_count())) or {0})


def bare(build):
    """The same number of processes on the same processor"""
    got = subprocess.run(['taskset', '-c', '0', os.path.join(build, 'test/bench/load_wake'),
                          str(2 * T38), str(EACH_MS), str(BARE_SECONDS)], check=True,
                         stdout=subprocess.PIPE)
    line('whole.fax.bare', float(got.stdout), '% of a core')


def main(build):
    bare(build)
    with Daemon(build, 0, CARILLON_MEDIA_THREADS='1') as d:
        pin(d)
        measure(d, 't38', T38, True, 0.1)
    with Daemon(build, 0, CARILLON_MEDIA_THREADS='1', CARILLON_FAX_T38='no') as d:
        pin(d)
        measure(d, 'sound', SOUND, False, 0.2)


if __name__ == '__main__':
    main(*sys.argv[1:])
