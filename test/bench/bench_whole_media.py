"""bench_whole_media.py BUILD: 5,000 phones, and 500 calls at once with G.711 both ways, on one core

Audio comes from load_media, a program of its own: 50 packets a second and leg. The program under
test has one processor and one thread for audio; its processor time and that of all its threads are per second. A
packet's way includes the 2 ms after which load_media looks at its sockets. Where others want the
processors too, packets are late or lost for want of one: `waited` tells how long audio had to wait for it.
"""
import json
import os
import subprocess
import sys
from whole import Cost, Daemon, Phones, beside, line, number

PHONES, CALLS, SECONDS = 5000, 500, 20


def measure(build):
    """What load_media counted, and the cost"""
    beside()
    load = subprocess.Popen([os.path.join(build, 'test/bench/load_media'), str(2 * CALLS),
                             str(SECONDS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    ports = [int(load.stdout.readline()) for _ in range(2 * CALLS)]
    with Daemon(build, PHONES + CALLS, CARILLON_MEDIA_THREADS='1') as d:
        d.pin()
        phones = Phones(d, lambda i, called: ports[2 * i + called])
        phones.register(number(i) for i in range(PHONES + CALLS) if i % 2 or i >= 2 * CALLS)
        if phones.establish(CALLS) != CALLS:
            raise SystemExit(f'{phones.standing()} of {CALLS} calls stand; {phones.failures}')
        theirs = {2 * c.i: c.port for c in phones.calls.values()}
        theirs.update((2 * i + 1, port) for i, port in phones.called)
        cost = Cost(d)
        load.stdin.write(''.join(f'{theirs[leg]}\n' for leg in range(2 * CALLS)).encode())
        load.stdin.close()
        got = json.loads(load.stdout.read())
        got.update(phones=phones.registered, all=100 * cost.seconds() / SECONDS,
                   waited=100 * cost.waited('media 0') / SECONDS,
                   thread=100 * cost.used['media 0'] / SECONDS)
        if load.wait() or got['sent'] < 2 * CALLS * 50 * SECONDS * 0.99:
            raise SystemExit(f'the load was not what it should be: {got}')
        print('media:', got, cost.per(got['sent']), 'per packet', flush=True)
        phones.hang_up()
    return got


def main(build):
    got = measure(build)
    line('whole.media.phones', got['phones'], 'registered')
    line('whole.media.waited', got['waited'], '% of the time')
    line('whole.media.lost', got['sent'] - got['got'], 'packets', 0)
    line('whole.media.way_p99', got['p99_ms'], 'ms', 20)
    line('whole.media.audio_thread', got['thread'], '% of a core', 60)
    line('whole.media.cpu', got['all'], '% of a core', 80)


if __name__ == '__main__':
    main(*sys.argv[1:])
