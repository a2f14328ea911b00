"""performance.py PAGE FIGURES: prints the JSON lines of the benches as a table, and writes it into the page"""
import datetime
import json
import os
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


def table(figures):
    lines = ['| figure | value | unit | limit |', '|---|--:|---|--:|']
    for one in figures:
        limit = f"{one['limit']:,g}" if 'limit' in one else ''
        lines.append(f"| `{one['bench']}` | {one['value']:,.2f} | {one['unit']} | {limit} |")
    return '\n'.join(lines)


def main(page, path):
    figures = list(rows(path))
    if not figures:
        sys.exit('no figures')
    text = table(figures)
    print(text)
    block = (f'{BEGIN}\nMachine: {machine()}. Date: {datetime.date.today()}. '
             f'Command: `script/bench` (gcc -O2, RelWithDebInfo).\n\n{text}\n{END}')
    old = open(page, encoding='utf-8').read() if os.path.exists(page) else HEAD + BEGIN + END + '\n'
    before, _, rest = old.partition(BEGIN)
    _, _, after = rest.partition(END)
    with open(page, 'w', encoding='utf-8') as file:
        file.write(before + block + after)


if __name__ == '__main__':
    main(*sys.argv[1:])
