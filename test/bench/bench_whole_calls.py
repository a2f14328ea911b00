"""bench_whole_calls.py BUILD: a bridged call between two registered phones, without media

Both over UDP; the caller's INVITE is challenged every time and answered with SHA-256. Memory is
what standing calls hold, with both their media streams and ports.
"""
import sys
import time
from whole import Cost, Daemon, Phones, line, number

PAIRS, WARM, CALLS, HELD = 400, 20, 3000, 400
SETTLE = 35  # seconds; transactions are gone after 32 (RFC 3261)


def main(build):
    with Daemon(build, 2 * PAIRS) as d:
        phones = Phones(d)
        phones.register(number(2 * i + 1) for i in range(PAIRS))
        phones.churn(WARM, PAIRS, window=2)
        time.sleep(SETTLE)
        before = d.memory()  # before many calls: what they leave to the heap would count for none
        if phones.establish(HELD) != HELD:
            raise SystemExit(f'{phones.standing()} of {HELD} calls stand; {phones.failures}')
        time.sleep(SETTLE)
        line('whole.call.memory', (d.memory() - before) / HELD, 'KiB', 64)
        phones.hang_up()
        cost = Cost(d)
        ended = phones.churn(CALLS, PAIRS)
        seconds = cost.seconds()
        if ended != CALLS:
            raise SystemExit(f'{ended} of {CALLS} calls; {phones.failures}')
        print('per call:', cost.per(ended))
        line('whole.call.cpu', 1e6 * seconds / ended, 'us', 700)


if __name__ == '__main__':
    main(*sys.argv[1:])
