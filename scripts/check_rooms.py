#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that rooms include only rooms below them in the list of docs/design.md, and themselves."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
design = (root / "docs/design.md").read_text(encoding="utf-8")
rooms = re.findall(r"^\| `(\w+)(?:/|\.hpp)`", design, re.M)
place = {room: k for k, room in enumerate(rooms)}
headers = root / "include" / "alphabar"
upward = []
for header in sorted(headers.rglob("*.hpp")):
    room = header.relative_to(headers).with_suffix("").parts[0]
    for path, name in re.findall(r'#include "alphabar/((\w+)[\w/]*)\.hpp"', header.read_text(encoding="utf-8")):
        if place.get(name, len(rooms)) < place.get(room, 0):
            upward.append(f"{header.relative_to(root)} includes {path}.hpp, which is above it")
if upward or len(rooms) < 10:
    sys.exit("\n".join(upward) or "docs/design.md has no list of rooms")
print(f"{len(rooms)} rooms, no arrow goes up")
