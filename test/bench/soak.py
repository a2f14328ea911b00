"""soak.py BUILD MINUTES: the whole program under everything at once, for a long time

Calls between desk phones, phones that register and drop off, browsers that come and go on SIP over
WebSocket, the portal's requests, faxes to a number of its own. Between rounds everybody hangs up,
and the program's clock is moved beyond what it keeps for a while: transactions, 32 s (RFC 3261),
and nonces, 300 s. What it holds then must not grow: file descriptors, threads, timers, calls, and
the memory in use (GET /metrics). The database's is told apart: its caches fill for hours, to a bound
that is judged. What the allocator keeps beside is shown and not judged: how full its pages are
depends on what ran at the same moment. The first third of the time fills what is filled once
(docs/performance.md). All of it goes as fast as the program answers, so that another load on the
machine makes it slower, not worse: who is told by 503 to try again has not failed, unless that are
many. A build with AddressSanitizer is judged by its leaks instead of by its memory.
"""
import asyncio
import collections
import json
import os
import re
import sys
import time
import urllib.request
import bench_whole_browsers
from whole import Clock, Daemon, Phones, Portal, line, number

PAIRS, BROWSERS, ROUND = 200, 40, 30
KEPT = 301  # seconds until the last thing that is kept for a while is over
SLOPE = 64  # KiB of memory in use a minute
CACHE, CACHES = 64 << 10, 8 << 10  # KiB: of the thread that writes, of each that reads
REFUSED = 10  # % of the calls that may be told to try again
FDS, THREADS, TIMERS = 8, 0, 40  # more than at the beginning, at rest
FAX = 'test/scene/fax.pdf'


class Maya(Portal):
    """What she does all the time"""

    def __init__(self, port):
        super().__init__(port)
        self.waiting, self.faxes = None, collections.Counter()

    def look(self):
        for path in ('/home', '/calls?limit=50', '/faxes?limit=20', '/badges', '/me'):
            self.ask('GET', path)

    def fax(self):
        """A fax after the other: uploaded, converted, sent, and all of it forgotten"""
        if not self.waiting:
            name = '/fax-documents?name=soak.pdf&quality=standard'
            self.waiting = ('document', self.ask('POST', name, open(FAX, 'rb').read())['id'])
            return
        kind, which = self.waiting
        if kind == 'document':
            if self.ask('GET', '/fax-documents/' + which)['state'] == 'ready':
                fax = {'documentId': which, 'to': '+16285550199'}
                self.waiting = ('fax', self.ask('POST', '/faxes', fax)['id'])
            return
        state = self.ask('GET', '/faxes/' + which)['state']
        if state in ('sent', 'failed', 'cancelled'):
            self.faxes[state] += 1
            self.waiting = None


def metrics(port):
    with urllib.request.urlopen(f'http://127.0.0.1:{port}/metrics', timeout=10) as answer:
        text = answer.read().decode()
    return dict(re.findall(r'^carillon_(\w+) (\d+)$', text, re.M))


def look(d, begun):
    got = metrics(d.http)
    proc = f'/proc/{d.process.pid}'
    return {'minute': (time.monotonic() - begun) / 60, 'memory': d.memory(),
            'used': int(got['memory_bytes']) / 1024, 'store': int(got['store_memory_bytes']) / 1024,
            'fds': len(os.listdir(proc + '/fd')), 'threads': len(os.listdir(proc + '/task')),
            'timers': int(got['timers']), 'calls': int(got['calls']),
            'browsers': int(got['websockets'])}


def slope(points, what):
    """KiB a minute by least squares"""
    n = len(points)
    x = sum(p['minute'] for p in points) / n
    y = sum(p[what] for p in points) / n
    over = sum((p['minute'] - x) ** 2 for p in points)
    return sum((p['minute'] - x) * (p[what] - y) for p in points) / over if over else 0


def work(d, phones, portal, until, speed):
    """Everything at once, until then"""
    while time.monotonic() < until:
        phones.register((number(i) for i in range(2 * PAIRS)), window=20)
        phones.churn(speed, PAIRS, seconds=5)
        _, failed = asyncio.run(bench_whole_browsers.all_of_them(d.https, BROWSERS))
        phones.failures['browser'] += len(failed)
        portal.look()
        portal.fax()


def rest(d, portal, clock):
    """Until no fax is under way, and all that is kept for a while is over"""
    until = time.monotonic() + 180
    while portal.waiting and time.monotonic() < until:
        time.sleep(0.5)
        portal.fax()
    clock.move(KEPT)
    timers = []
    while len(set(timers[-6:])) != 1 or len(timers) < 12:
        time.sleep(0.5)
        timers.append(metrics(d.http)['timers'])
        if len(timers) > 120:
            break


def judge(points, sanitized):
    wrong, first, last = [], points[0], points[-1]
    for name, more in (('fds', FDS), ('threads', THREADS), ('timers', TIMERS), ('calls', 0),
                       ('browsers', 0)):
        if last[name] > first[name] + more:
            wrong.append(f'{name}: {first[name]} at the beginning, {last[name]} at the end')
    grows, cache = slope(points, 'used'), CACHE + CACHES * last['threads']
    line('soak.memory.slope', grows, 'KiB/min', SLOPE)
    line('soak.memory.private', slope(points, 'memory'), 'KiB/min')
    line('soak.memory.database', last['store'], 'KiB', cache)
    line('soak.fds', last['fds'] - first['fds'], 'more', FDS)
    line('soak.timers', last['timers'] - first['timers'], 'more', TIMERS)
    if not sanitized and grows > SLOPE:
        wrong.append(f'memory grows by {grows:.0f} KiB a minute')
    if last['store'] > cache:
        wrong.append(f'the database holds {last["store"]:.0f} KiB')
    return wrong


def refused(phones):
    """Who was told to try again is no failure, unless that are many"""
    told = phones.failures.pop('SIP/2.0 503 Service Unavailable', 0)
    line('soak.refused', 100 * told / max(1, phones.ended + told), '% of the calls', REFUSED)
    return [f'{told} were told to try again'] if 100 * told > REFUSED * phones.ended else []


def main(build, minutes):
    begun = time.monotonic()
    end = begun + 60 * float(minutes)
    clock = Clock()
    settings = {'ASAN_OPTIONS': 'detect_leaks=1:exitcode=23', 'CARILLON_CLOCK_FILE': clock.file.name}
    with Daemon(build, 2 * PAIRS, **settings) as d:
        sanitized = b'__asan_init' in open(d.program, 'rb').read()
        phones, portal, points = Phones(d), Maya(d.http), []
        work(d, phones, portal, begun + (end - begun) / 3, 3000)
        while True:
            rest(d, portal, clock)
            points.append(look(d, begun))
            print(' '.join(f'{k} {v:.1f}' if k == 'minute' else f'{k} {v:.0f}'
                           for k, v in points[-1].items()), flush=True)
            if time.monotonic() > end and len(points) > 3:
                break
            work(d, phones, portal, time.monotonic() + ROUND, 200)
        # the first still has the nonces of the fast third: they go with the next one that is kept
        wrong = judge(points[1:], sanitized) + refused(phones)
        print(f'{phones.ended} calls, {phones.registered} registrations, faxes '
              f'{dict(portal.faxes)}; failures {dict(+phones.failures)}', flush=True)
        wrong += [f'{n} of {what}' for what, n in phones.failures.items() if n]
        wrong += [] if portal.faxes['sent'] and len(portal.faxes) == 1 else ['faxes failed']
        status = d.stop()
        log = open(d.log, errors='replace').read()
        wrong += [f'it ended with {status}'] if status else []
        wrong += re.findall(r'^.* error .*$|^.*Sanitizer.*$', log, re.M)[:20]
        if wrong:
            raise SystemExit('soak: ' + '\n'.join(wrong) + '\n' + log[-6000:] * bool(status))
    print('soak: nothing is left over')


if __name__ == '__main__':
    main(*sys.argv[1:])
