"""full_disk.py BUILD: the disk fills up; what phones were told stays true, also after a kill

Runs in a mount namespace of its own (`unshare -Urm`), in which the folder of temporary files is a
small disk. While it is nearly full no file is taken. A phone that registers while it is full is told 503, not 200; once there is room
all are written, who went is deleted, and who was told 200 is there after SIGKILL. A call that is recorded goes on without its recording, and who leaves a message is not told that it is kept;
both stories say why. A call for help goes out, and is mailed of once there is room. Ends with 77 where namespaces are not to be had.
"""
import glob
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../bench'))
from portal import Person, sound  # noqa: E402
from whole import Daemon, Phones, Sound, number  # noqa: E402

DISK = '24m'
DESK = 'desk@northwind.localhost'
BEAT = 31  # seconds until what could not be written is tried again


def expect(what, got, wanted):
    if got != wanted:
        raise SystemExit(f'{what}: {got}, not {wanted}')
    print(f'ok {what}')


def nearly_full(path, left=700 << 10):
    """Leaves so much"""
    with open(path, 'wb') as file:
        room = os.statvfs(os.path.dirname(path))
        file.write(bytes(room.f_bavail * room.f_frsize - left))


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


def until(what, phones, patience=20):
    """Phones answer meanwhile"""
    end = time.monotonic() + patience
    while not what():
        if time.monotonic() > end:
            raise SystemExit('it did not come about')
        phones.turn(0.1)


class Talk:
    """Two phones talk and are recorded; others leave messages for Maya"""

    def __init__(self, d):
        self.d = d
        self.admin = Person(d.http, 'admin@northwind.localhost')
        self.maya = Person(d.http, 'maya@northwind.localhost')
        self.sound = Sound()
        self.phones = Phones(d, lambda i, called: 9 if i else self.sound.port(i, called))
        self.kept = len(self.maya.get('/voicemail')['rows'])
        greeting = self.maya.make('/mailboxes/mine/greetings?name=Short', sound())['id']
        self.maya.get('/mailboxes/mine', 'PATCH', {'greetingId': greeting})
        one = self.admin.get('/extensions?q=' + number(0))['rows'][0]
        self.admin.get('/extensions/' + one['id'], 'PATCH', {'recording': 'all'})

        self.admin.get('/emergency-numbers', 'PATCH', {'address': '12 High Street', 'notify': DESK})

    def nearly(self):
        """The last of the disk is not for what people send"""
        answer = self.maya.ask('POST', '/mailboxes/mine/greetings?name=Long', sound())
        expect('a disk that is nearly full takes no file', answer[0], 503)
        self.maya.get('/me', 'PATCH', {'theme': 'dark'})
        expect('but a phone', self.phones.register([number(0)]), 1)

    def live(self, callee):
        return [one for one in self.admin.get('/live-calls')['rows']
                if one['to']['number'] == callee]

    def begin(self):
        self.phones.failures.clear()
        self.phones.establish(1)
        call, = self.phones.calls.values()
        self.sound.peers = {0: ('127.0.0.1', call.port),
                            1: ('127.0.0.1', self.phones.called[0][1])}
        self.sound.start()
        self.recorded('on')

    def recorded(self, state):
        until(lambda: self.live(number(1))[0]['recording'] == state, self.phones)

    def message(self):
        """Somebody begins to leave one"""
        self.phones.call(2, number(2), '*991001')
        call = list(self.phones.calls.values())[-1]
        until(lambda: call.state == 'up', self.phones)
        return call

    def messages(self):
        return len(self.maya.get('/voicemail')['rows']) - self.kept

    def end(self):
        self.phones.hang_up()
        until(lambda: not self.admin.get('/live-calls')['rows'], self.phones)

    def story(self, callee):
        """Of the last call to somebody that is written"""
        row = next((one for one in self.admin.get('/calls?scope=tenant&limit=10')['rows']
                    if one['to']['number'] == callee and one['endedAt']), None)
        return [one['text'] for one in self.admin.get('/calls/' + row['id'])['story']] if row else []

    def tells(self, callee, text):
        return any(text in one for one in self.story(callee))

    def full(self):
        """What is said no more is not shown as recorded, and what is not kept is not called so"""
        self.recorded('off')
        self.message()
        expect('a call goes on without its recording', self.sound.share(1) > 95, True)
        until(lambda: not self.live('*991001'), self.phones)
        expect('who leaves a message is let go of', len(self.live(number(1))), 1)
        self.end()
        self.phones.failures.clear()
        self.phones.call(3, number(4), '911')
        until(lambda: self.phones.failures, self.phones)
        expect('a call for help goes out to the trunk, which knows no such number',
               dict(self.phones.failures), {'SIP/2.0 404 No such number': 1})
        self.phones.failures.clear()

    def told(self):
        until(lambda: self.story('*991001') and self.story(number(1)), self.phones)
        expect('the story of the call says why', self.tells(
            number(1), 'The recording could not be written: the disk is full.'), True)
        expect('that of the message does', self.tells(
            '*991001', 'The message could not be recorded: the disk is full. Nothing of it is kept'), True)
        expect('and not that it was left', self.tells('*991001', 'left a message'), False)
        expect('it is not there', self.messages(), 0)
        until(lambda: self.story('911'), self.phones)
        expect('that of the call for help has the address', self.tells(
            '911', 'Emergency call. Address on file: 12 High Street'), True)
        expect('and it is mailed of, once', [one['subject'] for one in
                                             self.admin.get('/mail?q=' + DESK)['rows']],
               ['Emergency call to 911 by ' + self.admin.get(
                   '/extensions?q=' + number(4))['rows'][0]['name']])

    def again(self):
        """With room all is as before"""
        self.phones.failures.clear()
        self.phones.establish(1)
        self.recorded('on')
        self.message()
        until(lambda: len(self.growing()) == 2, self.phones)
        self.end()
        until(lambda: self.messages() == 1 and not self.growing(0), self.phones)
        expect('with room a message is kept, and told of',
               self.tells('*991001', 'left a message'), True)
        kept = self.admin.get('/recordings')['rows']
        expect('and a recording', len(kept) > 0, True)
        expect('that can be heard', {self.admin.ask('GET', f'/recordings/{one["id"]}/audio')[0]
                                     for one in kept}, {200})

    def growing(self, size=24000):
        """Files that are written to, a second and a half at least"""
        return [one for one in glob.glob(self.d.folder + '/**/*.part', recursive=True)
                if os.path.getsize(one) >= size]


def scene(build):
    disk = tempfile.mkdtemp(prefix='carillon-disk-')
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=' + DISK, 'none', disk], check=True)
    tempfile.tempdir = disk
    clock = os.path.join(disk, 'clock')
    full = os.path.join(disk, 'full')
    with open(clock, 'wb') as file:
        file.write(bytes(8))
    with Daemon(build, 40, CARILLON_CLOCK_FILE=clock) as d:
        talk = Talk(d)
        phones = talk.phones
        nearly_full(full)
        talk.nearly()
        os.unlink(full)
        expect('with room all are registered', phones.register([number(i) for i in range(5)]), 5)
        talk.begin()
        fill(full)
        talk.full()
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
        talk.told()
        talk.again()
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
