"""bench_whole_phones.py BUILD: 10,000 extensions at the start, 5,000 phones that register

A registration is a REGISTER that is challenged and the one with the answer (SHA-256), over UDP,
and its row in the database. Memory includes the transactions, which stand for 32 s (RFC 3261).
"""
import sys
import time
from whole import Cost, Daemon, Phones, line, number

EXTENSIONS, WARM, PHONES, STARTS = 10000, 100, 5000, 3


def main(build):
    with Daemon(build, EXTENSIONS) as d:
        times = []
        for _ in range(STARTS):
            d.stop()
            times.append(d.start())
        line('whole.start', max(times), 's', 1)
        phones = Phones(d)
        phones.register(number(i) for i in range(WARM))
        time.sleep(1)
        before, cost = d.memory(), Cost(d)
        done = phones.register(number(i) for i in range(WARM, WARM + PHONES))
        time.sleep(1)
        seconds = cost.seconds()
        if done != PHONES:
            raise SystemExit(f'{done} of {PHONES} registered; {phones.failures}')
        print('per registration:', cost.per(done))
        line('whole.register.cpu', 1e6 * seconds / done, 'us', 200)
        line('whole.register.memory', (d.memory() - before) / done, 'KiB', 16)
        d.stop()
        line('whole.start.registered', d.start(), 's', 1)


if __name__ == '__main__':
    main(*sys.argv[1:])
