"""full_disk.py BUILD: the disk fills up; what phones were told stays true, also after a kill

Runs in a mount namespace of its own (`unshare -Urm`), in which the folder of temporary files is a
small disk. A phone that registers while the disk is full is told 503, not 200; once there is room
all are written, who went is deleted, and who was told 200 is there after SIGKILL. Ends with 77 where namespaces are not to be had.
"""
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../bench'))
from whole import Daemon, Phones, number  # noqa: E402

DISK = '24m'
BEAT = 31  # seconds until what could not be written is tried again


def expect(what, got, wanted):
    if got != wanted:
        raise SystemExit(f'{what}: {got}, not {wanted}')
    print(f'ok {what}')


def registrations(d):
    with urllib.request.urlopen(f'http://127.0.0.1:{d.http}/metrics', timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return int(next(one for one in lines if one.startswith('carillon_registrations ')).split()[1])


def fill(path):
    """Takes what is left, octet by octet at the end"""
    with open(path, 'wb', buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(b'x' * size):
                    pass
            except OSError:
                continue


def beat(d, clock):
    """The program's clock is moved until all are written"""
    with open(clock, 'r+b', buffering=0) as file:
        file.write(struct.pack('=Q', 1000 * BEAT))
    db = sqlite3.connect(f'file:{d.folder}/carillon.db?mode=ro', uri=True)
    for _ in range(100):
        if db.execute('SELECT count(*) FROM binding').fetchone()[0] == 30:
            break
        time.sleep(0.1)
    db.close()


def scene(build):
    disk = tempfile.mkdtemp(prefix='carillon-disk-')
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=' + DISK, 'none', disk], check=True)
    tempfile.tempdir = disk
    clock = os.path.join(disk, 'clock')
    full = os.path.join(disk, 'full')
    with open(clock, 'wb') as file:
        file.write(bytes(8))
    with Daemon(build, 40, CARILLON_CLOCK_FILE=clock) as d:
        phones = Phones(d)
        expect('with room all are registered', phones.register([number(i) for i in range(5)]), 5)
        fill(full)
        expect('on a full disk nobody is told so',
               phones.register([number(i) for i in range(5, 30)]), 0)
        expect('but to try again', dict(phones.failures),
               {'SIP/2.0 503 Service Unavailable': 25})
        expect('and they can be called', registrations(d), 30)
        expect('who goes is not told so either', phones.register([number(0)], expires=0), 0)
        expect('and is not called', registrations(d), 29)
        os.unlink(full)
        expect('with room one is told at once', phones.register([number(30)]), 1)
        beat(d, clock)
        d.process.kill()
        d.process.wait()
        d.start()
        expect('after a kill all are there but who went', registrations(d), 30)


def main(build):
    inside = ['unshare', '-Urm', sys.executable, os.path.abspath(__file__), build, 'inside']
    if subprocess.run(['unshare', '-Urm', 'mount', '-t', 'tmpfs', 'none', '/mnt'], check=False,
                      stderr=subprocess.DEVNULL).returncode:
        print('there are no namespaces here')
        raise SystemExit(77)
    raise SystemExit(subprocess.run(inside, check=False).returncode)


if __name__ == '__main__':
    (scene if len(sys.argv) > 2 else main)(sys.argv[1])
