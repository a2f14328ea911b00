"""performance.py PAGE FIGURES [WORD...]: the JSON lines of the benches as a table, which is printed and written into the page

With words only some benches ran: their figures take the places of the old ones, and the page says which are newer.
"""
import datetime
import json
import os
import re
import sys

BEGIN, END = '<!-- figures: written by script/bench -->', '<!-- end of figures -->'
HEAD = """# Performance

Figures of the program's parts, and of the whole program as it runs (`whole.`), measured by `script/bench`. They say what
one operation costs on the named machine; they are no test, and nothing fails because of them. The limit is what the design
reckons with: a figure beyond it is worth a look before a release.

"""


def machine():
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        models = [line.split(':', 1)[1].strip() for line in file if line.startswith('model name')]
    return f'{os.cpu_count()} x {models[0] if models else os.uname().machine}'


def rows(path):
    with open(path, encoding='utf-8') as file:
        for line in file:
            if line.startswith('{"bench"'):
                yield json.loads(line)


def row(one):
    limit = f"{one['limit']:,g}" if 'limit' in one else ''
    return f"| `{one['bench']}` | {one['value']:,.2f} | {one['unit']} | {limit} |"


def table(lines):
    return '\n'.join(['| figure | value | unit | limit |', '|---|--:|---|--:|', *lines])


def when(command):
    return f'Machine: {machine()}. Date: {datetime.date.today()}. Command: `{command}` (gcc -O2, RelWithDebInfo).'


def merged(old, figures, command):
    """The block with some figures in the places of the old ones, or after them, and when they were measured"""
    lines = {re.match(r'[|] `([^`]+)`', text)[1]: text for text in old.splitlines() if text.startswith('| `')}
    lines.update({one['bench']: row(one) for one in figures})
    notes = [text for text in old.splitlines() if text.startswith('Machine: ') or text.startswith('Later: ')]
    later = f'Later: {when(command)[0].lower()}{when(command)[1:]}'
    notes = [text for text in notes if f'`{command}`' not in text] + [later]
    return '\n\n'.join([*notes, table(lines.values())])


def main(page, path, *words):
    figures = list(rows(path))
    if not figures:
        sys.exit('no figures')
    print(table(map(row, figures)))
    old = open(page, encoding='utf-8').read() if os.path.exists(page) else HEAD + BEGIN + END + '\n'
    before, _, rest = old.partition(BEGIN)
    inside, _, after = rest.partition(END)
    command = ' '.join(['script/bench', *words])
    text = merged(inside, figures, command) if words else f'{when(command)}\n\n{table(map(row, figures))}'
    with open(page, 'w', encoding='utf-8') as file:
        file.write(f'{before}{BEGIN}\n{text}\n{END}{after}')


if __name__ == '__main__':
    main(*sys.argv[1:])
