"""Prints "test<TAB>outcome" for each test case of a JUnit XML report."""

import sys
import xml.etree.ElementTree as tree


def outcome(case):
    for kind in ("error", "failure", "skipped"):
        if case.find(kind) is not None:
            return kind
    return case.get("result", "passed")


try:
    cases = tree.parse(sys.argv[1]).iter("testcase")
except (OSError, tree.ParseError) as error:
    sys.exit(f"{sys.argv[1]}: {error}")
for case in cases:
    print(case.get("name"), outcome(case), sep="\t")
