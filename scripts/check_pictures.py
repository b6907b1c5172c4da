#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that the pictures of the documentation can be read.

Every chart names its axes. A picture is at most 640 pixels wide with text of 16, so that the text can
be read on a screen of 390. Text keeps inside the picture, has a contrast of 4.5 to white, and writes
powers of ten as such. Filled rectangles have sharp edges: others show lines between neighbors.

    scripts/check_pictures.py .
"""
import pathlib
import re
import sys
import unicodedata
import xml.etree.ElementTree as xml

without_axes = {"dissolve.svg"}  # samples only
letter = 0.53  # the mean width of a letter, of the size of the font


def tags(picture, name):
    return [element for element in picture.iter() if element.tag.split("}")[1] == name]


def contrast_to_white(color):
    channels = [int(color[k:k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 1.05 / (0.05 + sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear)))


def check(path):
    picture = xml.parse(path).getroot()
    width, height, size = (float(picture.get(name)) for name in ("width", "height", "font-size"))
    if width > 640 or size < 16:
        yield f"{width:g} wide with text of {size:g}"
    axes = {axis: [t for t in tags(picture, "text") if t.get("class") == f"{axis}-axis"] for axis in "xy"}
    if path.name not in without_axes and (not axes["x"] or len(axes["x"]) != len(axes["y"])):
        yield f"{len(axes['x'])} names of x axes and {len(axes['y'])} of y axes"
    for text in tags(picture, "text"):
        words = text.text or ""
        letters = sum(not unicodedata.combining(c) for c in words)
        at = float(text.get("x"))
        wide = letter * size * letters
        left = at - wide * {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor")]
        if left < -4 or left + wide > width + 4 or not 0 < float(text.get("y")) < height:
            yield f"'{words}' reaches over the edge"
        if contrast_to_white(text.get("fill")) < 4.5:
            yield f"'{words}' is pale: {text.get('fill')}"
        if re.search(r"\d[eE][-+]?\d", words):
            yield f"'{words}' has an exponent of a programming language"
    for shape in tags(picture, "rect"):
        if shape.get("fill") != "none" and shape.get("shape-rendering") != "crispEdges":
            yield "a rectangle with smoothed edges"


faults = []
pictures = sorted((pathlib.Path(sys.argv[1]) / "docs" / "images").glob("*.svg"))
for path in pictures:
    faults += [f"{path.name}: {fault}" for fault in check(path)]
if not pictures:
    faults.append("no pictures")
print("\n".join(faults) or f"{len(pictures)} pictures can be read")
sys.exit(bool(faults))
