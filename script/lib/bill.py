"""bill.py BUILD PORTAL: the bill of materials of what was built, CycloneDX 1.5 in JSON

Of the three programs: the Debian packages of the libraries that the loader maps, of those that are
linked statically, and of what is executed or read at run time if it is installed. Of the portal: the
packages whose files Vite put into it (packages.txt, by web/vite.config.ts), with what
web/package-lock.json knows of them. The same build gives the same bill.
"""
import base64
import json
import os
import re
import subprocess
import sys
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAMS = ('carillon', 'fax-worker', 'doc-convert')
STATIC = ('LIBRE', 'LIBREM', 'SPANDSP_A', 'TIFF_A', 'SECCOMP_A', 'JANSSON_A')  # as CMakeCache.txt names them
RUN = ('poppler-utils', 'bubblewrap', 'asterisk-core-sounds-en-wav', 'asterisk-moh-opsound-wav',
       'fonts-dejavu-core', 'fonts-wqy-microhei')


def say(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ''


def owners(paths):
    """The Debian packages that files came with; /lib and /usr/lib are the same folder"""
    names = {}
    for path in paths:
        for one in (path, os.path.realpath(path)):
            plain = one.removeprefix('/usr')
            names[plain] = names['/usr' + plain] = path
    told = subprocess.run(['dpkg-query', '-S', *names], capture_output=True, text=True, check=False)
    found = {names[file]: package.split(':')[0].split(',')[0] for package, _, file in
             (one.rpartition(': ') for one in told.stdout.splitlines()) if file in names}
    if set(paths) - set(found):
        raise SystemExit(f'bill: no package has brought {sorted(set(paths) - set(found))}')
    return found


def licence(package):
    """Of all its files but those that are listed apart, if the copyright file is machine-readable"""
    try:
        with open(f'/usr/share/doc/{package}/copyright', encoding='utf-8', errors='replace') as file:
            text = file.read()
    except FileNotFoundError:
        return []
    found = re.search(r'^Files: *\*\s*?\n(?:.+\n)*?License: *(\S.*\S)', text, re.M)
    return [{'license': {'name': found.group(1)}}] if found else []


def debian(package, system):
    told = say('dpkg-query', '-W', '-f', '${Version} ${Architecture} ${db:Status-Status}\n', package)
    if ' installed' not in told:
        return None
    version, arch = told.split()[:2]
    purl = f'pkg:deb/{system["ID"]}/{package}@{version}?arch={arch}'
    part = {'type': 'library', 'bom-ref': purl, 'name': package, 'version': version, 'purl': purl}
    licences = licence(package)
    return dict(part, licenses=licences) if licences else part


def mapped(program):
    """Files that the loader maps for it"""
    return re.findall(r'(/\S+\.so\S*) \(0x', say('ldd', program))


def linked(build):
    """Debian packages by how they are part of the program"""
    shared = {path for name in PROGRAMS for path in mapped(os.path.join(build, name))}
    if not shared:
        raise SystemExit(f'bill: there is no program in {build}')
    with open(os.path.join(build, 'CMakeCache.txt'), encoding='utf-8') as file:
        cache = dict(re.findall(r'^(\w+):\w+=(.*)$', file.read(), re.M))
    static = {cache[name] for name in STATIC}
    found = owners(shared | static)
    return {found[path]: 'static' if path in static else 'shared' for path in sorted(found)}


def npm(name, version, locked):
    purl = f'pkg:npm/{name.replace("@", "%40", 1)}@{version}'
    kind, _, digest = locked['integrity'].partition('-')
    return {'type': 'library', 'bom-ref': purl, 'name': name, 'version': version, 'purl': purl,
            'licenses': [{'license': {'id': locked['license']}}],
            'hashes': [{'alg': kind.upper().replace('SHA', 'SHA-'),
                        'content': base64.b64decode(digest).hex()}],
            'properties': [{'name': 'carillon:part', 'value': 'portal'}]}


def portal(folder):
    try:
        with open(os.path.join(folder, 'packages.txt'), encoding='utf-8') as file:
            names = file.read().split()
    except FileNotFoundError:
        print('bill: the portal is not built, so it is left out', file=sys.stderr)
        return []
    with open(os.path.join(ROOT, 'web/package-lock.json'), encoding='utf-8') as file:
        lock = json.load(file)['packages']
    return [npm(name, lock['node_modules/' + name]['version'], lock['node_modules/' + name])
            for name in names]


def bill(build, folder):
    with open('/etc/os-release', encoding='utf-8') as file:
        system = {k: v.strip('"') for k, v in re.findall(r'^(\w+)=(.*)$', file.read(), re.M)}
    packages = dict.fromkeys(RUN, 'run time')
    packages.update(linked(build))
    parts = []
    for package, how in sorted(packages.items()):
        part = debian(package, system)
        if part:
            parts.append(dict(part, properties=[{'name': 'carillon:part', 'value': how}]))
    parts += portal(folder)
    version = say(os.path.join(build, 'carillon'), 'version').split()[-1]
    own = {'type': 'application', 'bom-ref': 'carillon', 'name': 'carillon', 'version': version,
           'licenses': [{'license': {'id': 'Apache-2.0'}}]}
    depends = [{'ref': 'carillon', 'dependsOn': [one['bom-ref'] for one in parts]}]
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([own, parts]))
    return {'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'serialNumber': f'urn:uuid:{serial}',
            'version': 1, 'metadata': {'component': own}, 'components': parts,
            'dependencies': depends}


if __name__ == '__main__':
    print(json.dumps(bill(*sys.argv[1:]), indent=1))
