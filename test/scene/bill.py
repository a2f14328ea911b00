"""bill.py BUILD: the bill of materials names what the program is made of, and is the same again"""
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# What THIRD-PARTY.md lists as linked, by the beginning of Debian's names
LINKED = ('libre-dev', 'librem-dev', 'libssl', 'libopus', 'libspandsp', 'libmicrohttpd', 'libgnutls',
          'libjansson', 'libsqlite3', 'libsodium', 'libcurl', 'zlib1g', 'libtiff', 'libpng',
          'libjpeg', 'libpango', 'libcairo', 'libseccomp', 'libgmime')
PORTAL = ('svelte', '@tanstack/svelte-query')


def bill(build, portal):
    return subprocess.run([sys.executable, os.path.join(ROOT, 'script/lib/bill.py'), build, portal],
                          capture_output=True, text=True, check=False)


def expect(what, right):
    if not right:
        raise SystemExit('not ' + what)
    print('ok', what)


def main(build):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'packages.txt'), 'w', encoding='utf-8') as file:
            file.write('\n'.join(PORTAL) + '\n')
        first, again = bill(build, folder), bill(build, folder)
        nothing = bill(folder, folder)
    expect('a bill is made', first.returncode == 0 or print(first.stderr))
    expect('the same build has the same bill', first.stdout == again.stdout)
    expect('no bill without a program', nothing.returncode and 'no program' in nothing.stderr)
    got = json.loads(first.stdout)
    parts = {one['name']: one for one in got['components']}
    for name in LINKED:
        expect(f'{name} is named', any(one.startswith(name) for one in parts))
    expect('libre is static', parts['libre-dev']['properties'][0]['value'] == 'static')
    for name in PORTAL:
        expect(f'{name} has a hash of 512 bits', len(parts[name]['hashes'][0]['content']) == 128)
    expect('each has an address and a version of its own', all(
        re.fullmatch(r'pkg:(deb/\w+|npm)/\S+@\S+', one['purl']) and one['version'] in one['purl']
        for one in got['components']))
    refs = [one['bom-ref'] for one in got['components']]
    expect('each is named once', len(refs) == len(set(refs)))
    expect('the program depends on all', got['dependencies'][0]['dependsOn'] == refs)
    expect('it is CycloneDX', got['bomFormat'] == 'CycloneDX' and got['specVersion'] == '1.5')


if __name__ == '__main__':
    main(*sys.argv[1:])
