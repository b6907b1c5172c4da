#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts the engine, the digits, style and scripts into one page that works from disk:
build_page.py EXAMPLES WASM VERSION OUTPUT"""
import base64
import pathlib
import sys

examples, wasm, version, output = sys.argv[1:]
examples = pathlib.Path(examples)
page = examples / "live_page" / "page"
report = examples / "diffuse_dataset" / "page"  # whose style and first script are ours, too


def text(*files):
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def base64_of(file):
    return base64.b64encode(pathlib.Path(file).read_bytes()).decode("ascii")


parts = {
    "@STYLE@": text(report / "report.css", page / "live.css"),
    "@SCRIPT@": text(report / "page.js", *(page / f"{part}.js" for part in ("engine", "pictures", "live"))),
    "@VERSION@": version,
    "@WASM@": base64_of(wasm),
    "@DIGITS@": base64_of(examples / "data" / "digits.csv.gz"),
}
html = text(page / "live.html")
for name, content in parts.items():
    html = html.replace(name, content)
pathlib.Path(output).write_text(html, encoding="utf-8")
