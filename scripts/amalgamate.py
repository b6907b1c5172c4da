#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the library as one header, for programs that want to copy a single file.

    scripts/amalgamate.py include alphabar/alphabar.hpp one/alphabar/alphabar.hpp

Each header of ours stands where it is first included. Headers without `#pragma once` are meant to be
included several times, and are. Eigen and the standard library stay includes.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'#include "(alphabar/[^"]+)"\n')
LICENCE = "// SPDX-License-Identifier: MIT\n"
ONCE = "#pragma once\n"


def inlined(root, name, seen):
    text = (root / name).read_text(encoding="utf-8")
    if ONCE in text:
        if name in seen:
            return ""
        seen.add(name)
    text = text.replace(LICENCE, "", 1).replace(ONCE, "", 1).lstrip("\n")
    return INCLUDE.sub(lambda match: inlined(root, match.group(1), seen), text)


def main():
    root, name, output = map(pathlib.Path, sys.argv[1:])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(LICENCE + ONCE + "\n" + inlined(root, str(name), set()), encoding="utf-8")


if __name__ == "__main__":
    main()
