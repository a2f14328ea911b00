"""Counts tests: count.py STAGE junit|lines|vitest FILE [EXIT CODE] prints "STAGE passed failed".

A stage that ran nothing, or ended badly though no test of it failed, counts as one failure."""
import json
import re
import sys
import xml.etree.ElementTree as xml


def junit(path):
    """ctest's report; a cmocka program counts by its test functions, any other program as one"""
    passed = failed = 0
    for case in xml.parse(path).getroot().iter('testcase'):
        text = case.findtext('system-out') or ''
        good = len(re.findall(r'^\[       OK \] ', text, re.M))
        bad = len(set(re.findall(r'^\[  FAILED  \] ([A-Za-z_]\w*)$', text, re.M)))
        if case.get('status') == 'run':
            passed += good or 1
        else:
            passed += good
            failed += bad or 1
    return passed, failed


def lines(path):
    with open(path, encoding='utf-8', errors='replace') as file:
        text = file.read()
    passed = len(re.findall(r'^ok ', text, re.M))
    failed = len(re.findall(r'^(?:not ok|complaint:) ', text, re.M))
    for good, bad in re.findall(r'^(\d+) screens, (\d+) with problems$', text, re.M):
        passed += int(good) - int(bad)
    return passed, failed


def vitest(path):
    with open(path, encoding='utf-8') as file:
        report = json.load(file)
    return report['numPassedTests'], report['numFailedTests'] + report.get('numFailedTestSuites', 0)


def main(stage, kind, path, code='0'):
    try:
        passed, failed = {'junit': junit, 'lines': lines, 'vitest': vitest}[kind](path)
    except (OSError, ValueError, KeyError, xml.ParseError):
        passed, failed = 0, 1
    if failed == 0 and (passed == 0 or code != '0'):
        failed = 1
    print(stage, passed, failed)


if __name__ == '__main__':
    main(*sys.argv[1:])
