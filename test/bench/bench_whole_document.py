"""bench_whole_document.py BUILD: a PDF of three pages from its upload to the first page's picture

Wall time, as a user sees it, is the middle one of several uploads. Processor time is the program's
threads and all children that it waited for: the job's doc-convert, the sandbox, poppler. `bare` is
poppler alone on the same file, in the same run.
"""
import os
import statistics
import subprocess
import sys
import time
from whole import Cost, Daemon, Portal, line

TIMES, PDF, LOOK = 7, 'test/scene/fax3.pdf', 0.01
TICK = os.sysconf('SC_CLK_TCK')


def children(d):
    """Seconds of processor time of those that ended and were waited for"""
    fields = open(f'/proc/{d.process.pid}/stat', encoding='ascii').read().rpartition(')')[2].split()
    return (int(fields[13]) + int(fields[14])) / TICK


def upload(maya):
    """Seconds until the picture of the first page is there"""
    begun = time.monotonic()
    which = maya.ask('POST', '/fax-documents?name=bench.pdf&quality=fine', open(PDF, 'rb').read())
    page = f'/fax-documents/{which["id"]}/pages/1'
    while maya.ask('GET', '/fax-documents/' + which['id'])['state'] != 'ready':
        if time.monotonic() - begun > 60:
            raise SystemExit('the document was not converted')
        time.sleep(LOOK)
    if maya.fetch(page)[1:4] != b'PNG':
        raise SystemExit('the page is no picture')
    return time.monotonic() - begun


def bare():
    """Seconds of poppler's pdftoppm on the same three pages"""
    before = os.times()
    for _ in range(TIMES):
        subprocess.run(['pdftoppm', '-gray', '-rx', '204', '-ry', '196', PDF], check=True,
                       stdout=subprocess.DEVNULL)
    after = os.times()
    return (after.children_user + after.children_system - before.children_user -
            before.children_system) / TIMES


def main(build):
    line('whole.document.bare', 1e3 * bare(), 'ms of poppler')
    with Daemon(build, 0) as d:
        maya = Portal(d.http)
        upload(maya)
        cost, before = Cost(d), children(d)
        walls = [upload(maya) for _ in range(TIMES)]
        used, others = cost.seconds(), children(d) - before
        print('uploads:', ', '.join(f'{w:.2f} s' for w in walls), cost.per(TIMES), 'each')
        line('whole.document.preview', statistics.median(walls), 's', 1.5)
        line('whole.document.cpu', 1e3 * (used + others) / TIMES, 'ms')


if __name__ == '__main__':
    main(*sys.argv[1:])
