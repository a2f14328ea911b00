"""bench_portal.py BUILD: what a person waits for on a slow line, until the portal shows its page

The browser is Chromium, driven by web/test/bench.mjs; the program is the whole one, with the portal
as web/dist has it.
"""
import os
import subprocess
import sys


def main(build):
    subprocess.run(['node', 'web/test/bench.mjs'], check=True,
                   env=dict(os.environ, BUILD_FOLDER=os.path.abspath(build)))


if __name__ == '__main__':
    main(sys.argv[1])
