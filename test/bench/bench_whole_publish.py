"""bench_whole_publish.py BUILD: settings of a tenant of 10,000 extensions change while two people talk

Each change builds the tenant anew and swaps it. From the request at the API to its answer, commit
and swap included; what came of a running call's packets meanwhile, and the longest gap in them.
"""
import sys
import time
from whole import DOMAIN, Daemon, Phones, Portal, Sound, line, number

EXTENSIONS, CHANGES = 10000, 40


class Heard(Sound):
    """Also the longest time without a packet, of either end"""

    def __init__(self):
        super().__init__()
        self.last, self.gap = [0, 0], 0

    def hear(self, wait):
        before = list(self.heard)
        super().hear(wait)
        now = time.monotonic()
        for end in range(2):
            if self.heard[end] != before[end]:
                if self.last[end]:
                    self.gap = max(self.gap, now - self.last[end])
                self.last[end] = now


def main(build):
    with Daemon(build, EXTENSIONS) as d:
        sound = Heard()
        phones = Phones(d, sound.port)
        phones.register([number(1)])
        if phones.establish(1) != 1:
            raise SystemExit(f'there is no call: {phones.failures}')
        c = next(iter(phones.calls.values()))
        sound.peers = {0: ('127.0.0.1', c.port), 1: ('127.0.0.1', phones.called[0][1])}
        sound.start()
        sound.share(1)
        admin = Portal(d.http, 'admin@' + DOMAIN)
        who = admin.ask('GET', '/extensions?q=' + number(5000))['rows'][0]['id']
        sound.gap, before, sent, took = 0, list(sound.heard), sound.sent, []
        for i in range(CHANGES):
            begun = time.monotonic()
            admin.ask('PATCH', '/extensions/' + who, {'ringMs': 20000 + 1000 * (i % 2)})
            took.append(time.monotonic() - begun)
        time.sleep(0.3)
        came = sound.came(before, sent)
        line('whole.publish.change', 1000 * sorted(took)[CHANGES // 2], 'ms', 50)
        line('whole.publish.longest', 1000 * max(took), 'ms')
        line('whole.publish.lost', max(0, 100 - came), '% of a running call\'s packets', 0)
        line('whole.publish.gap', 1000 * sound.gap, 'ms between two of them', 60)
        sound.on = False
        phones.hang_up()


if __name__ == '__main__':
    main(*sys.argv[1:])
