#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the module structure of include/alphabar against the list in docs/design.md.

A header may include its own module and the modules below it in the list. That holds for private
headers (MODULE/detail/) as well. Every module is in the list, and a module that does not need Eigen
there does not include it.

    scripts/check_rooms.py .
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
design = (root / "docs/design.md").read_text(encoding="utf-8")
rows = re.findall(r"^\| ((?:`[\w/.]+`,? ?)+) \|.*\| ([^|]*) \|$", design, re.M)
place, with_eigen = {}, set()
for k, (names, needs) in enumerate(rows):
    for name in re.findall(r"`([\w/.]+)`", names):
        module = name.removesuffix("/").removesuffix(".hpp")
        place[module] = k
        if "Eigen" in needs or "MPI" in needs or module == "alphabar":
            with_eigen.add(module)

headers = root / "include" / "alphabar"
faults = []
for header in sorted(headers.rglob("*.hpp")):
    path = header.relative_to(root)
    module = header.relative_to(headers).with_suffix("").parts[0]
    text = header.read_text(encoding="utf-8")
    if module not in place:
        faults.append(f"{path}: docs/design.md does not list the module {module}")
        continue
    for included, other in re.findall(r'#include [<"]alphabar/((\w+)[\w/]*)\.hpp[">]', text):
        if place.get(other, -1) < place[module]:
            faults.append(f"{path} includes {included}.hpp, which is not below {module}")
    if module not in with_eigen and re.search(r"#include <(unsupported/)?Eigen/", text):
        faults.append(f"{path} includes Eigen, which {module} must not need")
if faults or len(place) < 16:
    sys.exit("\n".join(faults) or "docs/design.md has no list of modules")
print(f"{len(place)} modules, private headers included: every include leads down")
