#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks that every relative link leads somewhere, headings and anchors included; asks no network.

    check_links.py ROOT          the Markdown pages of the checkout
    check_links.py --site DIR    the pages of the built site, which must also load nothing from
                                 elsewhere
"""
import html.parser
import pathlib
import re
import sys
import urllib.parse

CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.S | re.M)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.M)
LOADED = {("script", "src"), ("img", "src"), ("iframe", "src"), ("object", "data")}


class Markdown:
    """A page as GitHub shows it: links, and the anchors of its headings."""

    def __init__(self, path):
        text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.S | re.M)
        self.anchors = {self.slug(heading) for heading in HEADING.findall(text)}
        self.links = LINK.findall(CODE.sub("", re.sub(r"\[`[^`]*`\]", "[]", text)))
        self.foreign = []

    @staticmethod
    def slug(heading):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        return re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")


class Html(html.parser.HTMLParser):
    """A page of the site."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.foreign = set(), [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            if name in ("href", "src") or (tag, name) in LOADED:
                self.links.append(value)
                if "://" in value and ((tag, name) in LOADED or tag == "link"):
                    self.foreign.append(value)


def check(root, files, read):
    pages = {path.resolve(): read(path) for path in files}
    faults, checked = [], 0
    for path, page in pages.items():
        where = path.relative_to(root)
        faults += [f"{where}: loads {link}, which needs a network" for link in page.foreign]
        for link in page.links:
            if re.match(r"[a-z]+:", link):
                continue
            checked += 1
            name, _, anchor = urllib.parse.unquote(link).partition("#")
            target = (path.parent / name).resolve() if name else path
            if not target.exists():
                faults.append(f"{where}: {link} leads nowhere")
            elif anchor and target in pages and anchor not in pages[target].anchors:
                faults.append(f"{where}: {link} names no heading of {target.relative_to(root)}")
    return faults, checked


def pages_in(root, folder):
    return (root / folder).rglob("*.md") if folder else root.glob("*.md")


def main():
    root = pathlib.Path(sys.argv[-1]).resolve()
    if "--site" in sys.argv:
        files, read = [*root.glob("*.html")], Html
    else:
        folders = ("", "bench", "cmake", "docs", "examples", "tests")
        files, read = [page for folder in folders for page in pages_in(root, folder)], Markdown
    faults, checked = check(root, files, read)
    if not files:
        faults.append(f"no pages in {root}")
    print(*faults, f"{checked} links checked on {len(files)} pages", sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
