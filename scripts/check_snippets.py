#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that every block of C++ and CMake in the documentation is code that is compiled, and every
output one that is compared.

A block is preceded by a comment that says where it comes from:
    <!-- file: examples/quickstart.cpp -->           the whole file, without its licence line
    <!-- file: examples/story.cpp#two steps -->      the lines between two marks  // [two steps],
                                                     # [two steps] in CMake
    <!-- output: examples/quickstart.out -->         a stored output, which a test compares
    <!-- output: examples/story.out#two steps -->    what it printed after  [two steps]
A block of C++, CMake or text without one is an error. With --write, blocks are brought up to date
instead.
"""
import pathlib
import re
import sys
import textwrap

BLOCK = re.compile(r"(?:<!-- (file|output): (.+?) -->\n)?```(\w+)\n(.*?)```", re.S)


def source(root, reference):
    path, _, region = reference.partition("#")
    text = (root / path).read_text(encoding="utf-8")
    if not region:
        return re.sub(r"\A(//|#) SPDX.*\n", "", text)
    name = re.escape(region)
    if path.endswith(".out"):
        found = re.search(rf"^\[{name}\]\n(.*?)(?=^\[|\Z)", text, re.M | re.S)
    else:
        found = re.search(rf"^ *(?://|#) \[{name}\]\n(.*?)^ *(?://|#) \[{name}\]\n", text, re.M | re.S)
    if not found:
        raise ValueError(f"{path} has no region [{region}]")
    return textwrap.dedent(found.group(1))


def main():
    root = pathlib.Path(sys.argv[1])
    write = "--write" in sys.argv
    faults, checked = [], 0
    for page in [*root.glob("*.md"), *root.glob("*/*.md"), *root.glob("docs/*/*.md")]:
        text = page.read_text(encoding="utf-8")

        def replace(match):
            nonlocal checked
            kind, reference, language, body = match.groups()
            where = f"{page.relative_to(root)}:{text[:match.start()].count(chr(10)) + 1}"
            if kind is None:
                if language in ("cpp", "cmake", "text"):
                    faults.append(f"{where}: a block of {language} that names no file")
                return match.group(0)
            checked += 1
            expected = source(root, reference)
            if body != expected and not write:
                faults.append(f"{where}: differs from {reference}")
            return f"<!-- {kind}: {reference} -->\n```{language}\n{expected}```"

        updated = BLOCK.sub(replace, text)
        if write and updated != text:
            page.write_text(updated, encoding="utf-8")
    print(*faults, f"{checked} blocks checked", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
