#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that docs/bibliography.md has every arXiv paper that the headers cite, and no other."""
import pathlib
import re
import sys

NUMBER = re.compile(r"arXiv:((?:cs/)?[\d.]*\d)")


def main():
    root = pathlib.Path(sys.argv[1])
    cited = {}
    for header in sorted(root.glob("include/**/*.hpp")):
        for number in NUMBER.findall(header.read_text(encoding="utf-8")):
            cited.setdefault(number, header.relative_to(root))
    listed = set(NUMBER.findall((root / "docs/bibliography.md").read_text(encoding="utf-8")))
    faults = [f"arXiv:{n}, cited by {cited[n]}, is missing" for n in sorted(cited.keys() - listed)]
    faults += [f"arXiv:{n} is cited by no header" for n in sorted(listed - cited.keys())]
    print(*faults, f"{len(cited)} papers", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
