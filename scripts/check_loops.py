#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that docs/trust.md lists the loops of include/ and examples/ that no counter bounds.

Such a loop is a `while`, a `do`, or a `for` without a condition or without a step. Its file must
stand in the table of loops that wait for convergence, or below, with the number of its loops that
go through something of known length: a text, a container, a range of numbers. A new loop changes
the number, and somebody decides which it is.

    scripts/check_loops.py .
"""
import pathlib
import re
import sys

WALKS = {
    "examples/diffuse_dataset/fitted_prior.hpp": 1,
    "examples/diffuse_dataset/read_csv.hpp": 2,
    "examples/sampler_gallery/picture.hpp": 1,
    "examples/svg/svg.hpp": 2,
    "examples/torch_digits/plans.hpp": 1,
    "examples/torch_digits/torch_digits.cpp": 2,
    "include/alphabar/covariance/colored_noise.hpp": 1,
    "include/alphabar/gaussian/detail/block_sums.hpp": 1,
    "include/alphabar/io/csv.hpp": 3,
    "include/alphabar/io/detail/literal_cursor.hpp": 1,
    "include/alphabar/io/npy.hpp": 2,
    "include/alphabar/io/npy_header.hpp": 2,
    "include/alphabar/noise/detail/philox_lanes.hpp": 2,
    "include/alphabar/noise/noise_stream.hpp": 1,
    "include/alphabar/oracle/read_sampler.hpp": 1,
    "include/alphabar/sampler/detail/weights_by_age.hpp": 1,
    "include/alphabar/sampler/run_sampler.hpp": 1,
}
COMMENT = re.compile(r"//[^\n]*")


def heads(text, word):
    """What stands in the brackets behind `word`."""
    for match in re.finditer(rf"\b{word} \(", text):
        end, depth = match.end(), 1
        while depth:
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
        yield text[match.end():end - 1]


def unbounded_loops(text):
    text = COMMENT.sub("", text)
    parts = [[part.strip() for part in head.split(";")] for head in heads(text, "for")]
    without_counter = sum(len(p) == 3 and not p[1] or
                          len(p) == 3 and not p[2] and "--" not in p[1] for p in parts)
    return len(list(heads(text, "while"))) + without_counter


root = pathlib.Path(sys.argv[1])
table = (root / "docs/trust.md").read_text(encoding="utf-8")
table = table[table.index("## Bounds of iterations"):]
table = table[:table.index("\n## ")]
cells = "".join(re.findall(r"^\|([^|]*)\|", table, re.M))
faults, found, listed = [], 0, set()
for name in re.findall(r"`([\w/.]+\.[ch]pp)`", cells):
    places = [root / folder / name for folder in ("include/alphabar", ".")]
    if not any(place.exists() for place in places):
        faults.append(f"docs/trust.md: there is no {name}")
    listed.update(place.resolve() for place in places)
for folder in ("include", "examples"):
    for source in sorted((root / folder).rglob("*.[ch]pp")):
        loops, path = unbounded_loops(source.read_text(encoding="utf-8")), source.relative_to(root)
        found += loops
        if loops != WALKS.get(str(path), 0) and source.resolve() not in listed:
            faults.append(f"{path}: {loops} loops without a counter; {WALKS.get(str(path), 0)} go "
                          "through something, and docs/trust.md names no bound for others")
if faults:
    sys.exit("\n".join(faults))
print(f"{found} loops without a counter: they wait with a bound, or go through something")
