"""Rules a compiler does not know: floors, sizes, words. Prints file:line: message; exit 1 if any."""
import re
import subprocess
import sys

FLOORS = {'base': 0, 'sip': 1, 'media': 1, 'store': 1, 'web': 1, 'mail': 1, 'push': 1, 'model': 2,
          'call': 3, 'job': 3, 'dest': 4, 'work': 4, 'api': 5}
FILE_LINES, FUNCTION_LINES = 800, 60
WORDS = re.compile(r'\b(' + '|'.join(a + b for a, b in (('TO', 'DO'), ('FIX', 'ME'), ('XX', 'X'))) + r')\b')
CODE = ('.c', '.h', '.ts', '.svelte', '.mjs', '.js', '.css', '.sql', '.py', '.sh', '.scene')


def tracked():
    names = subprocess.run(['git', 'ls-files', '-z'], capture_output=True, check=True).stdout
    for name in names.decode().split('\0'):
        if name and not name.endswith('package-lock.json') and not name.startswith('test/data/'):
            if name.endswith(CODE) or name.startswith(('script/', '.ci/')):
                try:
                    with open(name, encoding='utf-8', errors='replace') as file:
                        yield name, file.read().splitlines()
                except FileNotFoundError:
                    continue


def folder_of(name):
    parts = name.split('/')
    return parts[1] if len(parts) > 2 and parts[0] == 'src' else None


def check_floors(files):
    owners = {}
    for name, _ in files:
        folder = folder_of(name)
        if folder and name.endswith('.h'):
            owners.setdefault(name.split('/', 2)[2], set()).add(folder)
    for name, lines in files:
        folder = folder_of(name)
        if folder is None or not name.endswith(('.c', '.h')):
            continue
        if folder not in FLOORS:
            yield name, 1, f'src/{folder} has no floor; add it to script/lib/rules.py'
            continue
        for number, line in enumerate(lines, 1):
            found = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            own = owners.get(found.group(1)) if found else None
            if own and folder not in own and all(FLOORS[one] >= FLOORS[folder] for one in own):
                yield name, number, f'includes {found.group(1)} of {"/".join(sorted(own))}, which is not a lower floor'


def check_sizes(files):
    for name, lines in files:
        if len(lines) > FILE_LINES:
            yield name, FILE_LINES + 1, f'{len(lines)} lines; a file has at most {FILE_LINES}'
        start = 0
        for number, line in enumerate(lines, 1):
            if not name.endswith(('.c', '.h')):
                break
            if line.startswith('{'):
                start = number
            elif line.startswith('}') and start:
                if number - start - 1 > FUNCTION_LINES:
                    yield name, start, f'function of {number - start - 1} lines; at most {FUNCTION_LINES}'
                start = 0


def check_words(files):
    for name, lines in files:
        for number, line in enumerate(lines, 1):
            found = WORDS.search(line)
            if found:
                yield name, number, f'"{found.group(1)}": finish it'


def main():
    files = list(tracked())
    bad = [one for check in (check_floors, check_sizes, check_words) for one in check(files)]
    for name, number, text in bad:
        print(f'{name}:{number}: {text}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
