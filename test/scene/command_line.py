"""command_line.py BUILD: from nothing to a sign-in by commands alone, and what stops the start

On an empty folder an operator makes a tenant and its people, signs in as them, locks and unlocks
one, gives another password. Wrong words store nothing. Then whatever stops the program: each time
one sentence that says what is wrong, and an exit code that is not 0.
"""
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../bench'))
from whole import free_ports  # noqa: E402

ANN, ROOT = 'ann@acme.example.com', 'root@example.com'


class Trial:
    """A folder of data and its ports"""

    def __init__(self, build):
        self.program, self.folder = os.path.join(build, 'carillon'), tempfile.mkdtemp()
        self.http, https, sip, sips = free_ports(4)
        self.env = dict(os.environ, CARILLON_DATA=self.folder + '/data', CARILLON_BIND='127.0.0.1',
                        CARILLON_HTTP_PORT=str(self.http), CARILLON_HTTPS_PORT=str(https),
                        CARILLON_SIP_PORT=str(sip), CARILLON_SIPS_PORT=str(sips),
                        CARILLON_RTP_PORTS='19000-19099')

    def run(self, *words, **settings):
        """Exit code, output, errors"""
        got = subprocess.run([self.program, *words], env=dict(self.env, **settings), text=True,
                             capture_output=True, timeout=20)
        return got.returncode, got.stdout, got.stderr

    def good(self, *words):
        code, out, err = self.run(*words)
        assert code == 0 and not re.search('error|failed', err), (words, code, out, err)
        return out

    def bad(self, says, *words, code=1, **settings):
        """Refused, in a sentence that says so"""
        got, out, err = self.run(*words, **settings)
        assert got == code and not out, (words, got, out, err)
        assert says in err, (words, says, err)
        assert len(err.strip().splitlines()) == 1 or code == 2, (words, err)
        print('refused:', ' '.join(words), '-', err.strip().splitlines()[0])

    def serve(self):
        process = subprocess.Popen([self.program, 'serve'], env=self.env, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        assert 'Portal:' in process.stdout.readline()
        return process

    def signs_in(self, email, password):
        """The status of a sign-in"""
        rq = urllib.request.Request(
            f'http://127.0.0.1:{self.http}/api/v1/login', headers={'Content-Type': 'application/json'},
            data=json.dumps({'email': email, 'password': password}).encode(), method='POST')
        try:
            with urllib.request.urlopen(rq, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code


def password_in(text):
    return text.rpartition(': ')[2].strip()


def people(t):
    """Returns the passwords of the platform's administrator and of the tenant's"""
    t.bad('CARILLON_DATA', 'tenant', 'list')
    t.good('migrate')
    t.good('tenant', 'add', 'Acme', 'acme.example.com', 'DE', 'EUR', 'Europe/Berlin')
    t.bad('domain is already used', 'tenant', 'add', 'Acme', 'acme.example.com')
    t.bad('domain must be', 'tenant', 'add', 'Acme', 'not a domain!!')
    t.bad('timezone must be', 'tenant', 'add', 'Mars', 'mars.example.com', 'DE', 'EUR', 'Mars/City')
    assert 'Mars' not in t.good('tenant', 'list') and t.good('tenant', 'list').count('\n') == 1
    root = password_in(t.good('user', 'add', ROOT, 'Root', 'platform'))
    ann = password_in(t.good('user', 'add', ANN, 'Ann', 'admin', 'acme.example.com'))
    t.bad('email is already used', 'user', 'add', ANN, 'Ann', 'admin', 'acme.example.com')
    t.bad('email must be', 'user', 'add', 'nobody', 'Ann', 'admin', 'acme.example.com')
    t.bad('role must be', 'user', 'add', 'bob@example.com', 'Bob', 'king')
    t.bad('domain is needed', 'user', 'add', 'bob@example.com', 'Bob', 'admin')
    t.bad("domain is no tenant's", 'user', 'add', 'bob@example.com', 'Bob', 'user', 'x.example.com')
    t.bad('carillon user add', 'user', 'frob', code=2)
    for command in ('unlock', 'password', 'second-step'):
        t.bad('There is no user', 'user', command, 'bob@example.com')
    return root, ann


def sign_ins(t, root, ann):
    process = t.serve()
    try:
        assert t.signs_in(ROOT, root) == t.signs_in(ANN, ann) == 200
        for _ in range(5):
            assert t.signs_in(ANN, 'wrong ' + ann) in (401, 423, 429)
        assert t.signs_in(ANN, ann) != 200
        t.good('user', 'unlock', ANN)
        assert t.signs_in(ANN, ann) == 200
        again = password_in(t.good('user', 'password', ANN))
        assert t.signs_in(ANN, ann) == 401 and t.signs_in(ANN, again) == 200
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def stops(t):
    """What stops the start"""
    with socket.create_server(('127.0.0.1', t.http)):
        t.bad(str(t.http), 'serve')
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(('127.0.0.1', int(t.env['CARILLON_SIP_PORT'])))
        t.bad(t.env['CARILLON_SIP_PORT'], 'serve')
    t.bad('certificate cannot be read', 'serve', CARILLON_CERT='/nowhere/cert.pem',
          CARILLON_KEY='/nowhere/key.pem')
    t.bad('CARILLON_TLS_CERT', 'serve', CARILLON_TLS_CERT='/nowhere/cert.pem')
    with open(t.folder + '/file', 'w', encoding='ascii'):
        t.bad(t.folder + '/file', 'serve', CARILLON_DATA=t.folder + '/file/data')
    t.bad('http_port', 'check', CARILLON_HTTP_PORT='many')
    t.bad('http_port', 'serve', CARILLON_HTTP_PORT='65536')
    for settings in ({}, {'CARILLON_CLOCK_FILE': t.folder + '/clock'}):
        t.bad('loopback', 'serve' if settings else 'demo', CARILLON_BIND='0.0.0.0', CARILLON_ADVERTISE='192.0.2.1',
              **settings)
    t.bad('serve', 'frobnicate', code=2)
    with sqlite3.connect(t.env['CARILLON_DATA'] + '/carillon.db') as db:
        db.execute("INSERT INTO schema_version (number, name, applied_at) VALUES (9999, 'later', 0)")
    t.bad('newer', 'serve')
    t.bad('newer', 'migrate')


def main(build):
    t = Trial(build)
    try:
        sign_ins(t, *people(t))
        assert re.fullmatch(r'carillon \d\S*\n', t.good('version'))
        t.good('check')
        assert t.good('export', 'acme.example.com').count('\n') > 1
        stops(t)
    finally:
        shutil.rmtree(t.folder)


if __name__ == '__main__':
    main(*sys.argv[1:])
