#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that docs/bibliography.md has every arXiv paper that the headers cite, and no other, and
that headers and pages cite each with its year there."""
import pathlib
import re
import sys

NUMBER = re.compile(r"arXiv:((?:cs/)?[\d.]*\d)")
LISTED = re.compile(r"^\|[^|]*?\b(\d{4}), [^|]*arXiv:((?:cs/)?[\d.]*\d)", re.M)
CITED = re.compile(r"\b((?:19|20)\d\d),? \(?arXiv:((?:cs/)?[\d.]*\d)")
END_OF_LINE = re.compile(r"\s*\n\s*(?:///?)?\s*")


def main():
    root = pathlib.Path(sys.argv[1])
    cited = {}
    headers = sorted(root.glob("include/**/*.hpp"))
    for header in headers:
        for number in NUMBER.findall(header.read_text(encoding="utf-8")):
            cited.setdefault(number, header.relative_to(root))
    bibliography = (root / "docs/bibliography.md").read_text(encoding="utf-8")
    listed = set(NUMBER.findall(bibliography))
    faults = [f"arXiv:{n}, cited by {cited[n]}, is missing" for n in sorted(cited.keys() - listed)]
    faults += [f"arXiv:{n} is cited by no header" for n in sorted(listed - cited.keys())]
    years = {number: year for year, number in LISTED.findall(bibliography)}
    faults += [f"arXiv:{n} has no year" for n in sorted(listed - years.keys())]
    for path in headers + sorted(root.glob("docs/**/*.md")):
        text = END_OF_LINE.sub(" ", path.read_text(encoding="utf-8"))
        faults += [f"{path.relative_to(root)} cites arXiv:{number} as of {year}, not {years[number]}"
                   for year, number in CITED.findall(text) if years.get(number, year) != year]
    print(*faults, f"{len(cited)} papers", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
