#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints a page or a header as Doxygen wants to read it.

Pages (*.md) are written for GitHub. Formulas change their marks, headings get the anchors that
GitHub gives them, and a link to a file becomes one to its page in the site; where the site has none,
its text is left. Headers (*.hpp) join the group of their module, which is the folder they are in.
"""
import html
import pathlib
import re
import sys

from common_names import add_common_words

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.S | re.M)
PROMISE = re.compile(r"^( *)/// ((?:Accuracy|Cost|Invariant|Limits|Memory|Edges)[^.:\n]{0,20}): ", re.M)
PROGRAM = re.compile(r"^\| \[`([\w/]+\.cpp)`\].*?\| (.*) \|$", re.M)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
NAMESPACE = r"namespace alphabar(?:::(?:mpi|diffusers|io))?"


def label(page):
    """The name of a page, and of its file: docs/how-to/cmake.md is how-to-cmake."""
    path = page.relative_to(ROOT).with_suffix("")
    names = [name for name in path.parts if name not in ("docs", "README")]
    return "-".join(names).lower().replace("examples", "programs") or "index"


def header_group(path):
    name = path.relative_to(ROOT / "include" / "alphabar").with_suffix("")
    return "header-" + "-".join(name.parts)


def slug(heading):
    kept = re.sub(r"[^\w\- ]", "", heading.lower(), flags=re.A)
    # A heading in another script is told from others by its code points.
    return kept.strip().replace(" ", "-") or "-".join(f"{ord(letter):x}" for letter in heading)


def in_site(link, page):
    """The target of a link in the site, or None."""
    name, _, anchor = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    path = target.relative_to(ROOT)
    if target.suffix == ".md":
        return f"@ref {label(target)}" + (f"-{anchor}" if anchor else "")
    if path == pathlib.Path("include/alphabar"):
        return "modules.html"
    if path.parts[0] == "include":
        return f"@ref {header_group(target)}"
    if path.parts[0] == "examples" and path.suffix == ".cpp":
        name = str(path.relative_to("examples"))
        return name.replace("/", "_2").replace(".", "_8") + "-example.html"
    return None


def outside_code(text, change):
    """Changes the text between blocks and spans of code."""
    parts, end = [], 0
    for code in CODE.finditer(text):
        parts += [change(text[end : code.start()]), code.group()]
        end = code.end()
    return "".join([*parts, change(text[end:])])


def formulas(text):
    text = re.sub(r"\$\$(.+?)\$\$", r"\\f[\1\\f]", text, flags=re.S)
    return re.sub(r"\$([^$]+)\$", r"\\f$\1\\f$", text)


def bar_in_table(code):
    return "<code>" + html.escape(code.group(1), quote=False).replace("\\|", "&#124;") + "</code>"


def page(path):
    text = path.read_text(encoding="utf-8")

    def link(match):
        image, words, target = match.groups()
        if "://" in target:
            return match.group()
        if image:
            return f"![{words}]({pathlib.PurePath(target).name})"
        found = in_site(target, path)
        words = re.sub(r"\s*\n\s*", " ", words)  # Doxygen reads a link on one line only
        return f"[{words}]({found})" if found else words

    def heading(match):
        marks, words = match.groups()
        name = label(path)
        if name == "index":  # whose headings would crowd the tree of pages
            return f"{marks} {words}" + ("" if marks == "#" else f"\n@anchor {name}-{slug(words)}\n")
        return f"{marks} {words} {{#{name}" + ("" if marks == "#" else f"-{slug(words)}") + "}"

    text = outside_code(text, formulas)
    text = re.sub(r"`([^`\n]*\\\|[^`\n]*)`", bar_in_table, text)
    blocks = re.split(r"(^```.*?^```)", text, flags=re.S | re.M)
    for k in range(0, len(blocks), 2):
        blocks[k] = LINK.sub(link, blocks[k])
        blocks[k] = re.sub(r"^(#+) (.+)$", heading, blocks[k], flags=re.M)
    text = re.sub(r"^(!\[.*\))$", r"\1\n", "".join(blocks), flags=re.M)  # each by itself
    if path.parent.name == "examples":
        text += "".join(f"\n@example {name}\n{words}\n" for name, words in PROGRAM.findall(text))
    return text


def first_sentence(path, text):
    """Of the comment of the name that the header is called by, or else of its first comment: for a
    header that has none of its own."""
    text = re.sub(r"^namespace detail \{.*?^\}  // namespace detail", "", text, flags=re.S | re.M)
    camel = path.stem.title().replace("_", "")
    comments = re.findall(r"((?:^ *///.*\n)+)((?:^(?! *///).*\n){1,5})", text, re.M)
    named = [c for c, code in comments if re.search(rf"\b({path.stem}|{camel})\b", code)]
    words = re.split(r"^ *///$", (named or [comments[0][0]])[0], flags=re.M)[0]
    words = " ".join(words.replace("///", "").split())
    words = re.sub(r" \([A-Z][^()]*\d{4}[^()]*\)", "", words)  # a citation
    return re.split(r"(?<=[.:]) (?=[A-Z])", words)[0].rstrip(":,")


def header(path):
    """One group per header. The comment before its namespace is that of the header; declarations of
    friends are left out."""
    text = add_common_words(path.read_text(encoding="utf-8"))
    name = path.relative_to(ROOT / "include" / "alphabar")
    group, module = header_group(path), name.parts[0] if len(name.parts) > 1 else "top"
    own = re.search(rf"((?:^///.*\n)+)(?={NAMESPACE} \{{|#include \"alphabar/)", text, re.M)
    comment = own.group(1) if own else f"/// @brief {first_sentence(path, text)}\n"
    if own:
        text = text[: own.start(1)] + text[own.end(1) :]
    text = PROMISE.sub(r"\1///\n\1/// **\2:** ", text)
    text = re.sub(
        r"^ *(template <[^>]*>\s*)?friend ((class|struct) |[^;{]*\bdetail::)[^;{]*;", "", text, flags=re.M
    )
    title = f"/// @defgroup {group} {name}\n/// @ingroup module-{module}\n"
    enter, leave = f"/// @addtogroup {group}\n/// @{{\n", "/// @}\n"
    text = text.replace("// SPDX-License-Identifier: MIT\n", title + comment + "\n" + enter, 1)
    text, opened = re.subn(
        rf"^{NAMESPACE} \{{\n", lambda m: leave + m.group() + enter, text, flags=re.M
    )
    if not opened:
        return text + leave
    return re.sub(rf"^\}}  // {NAMESPACE}\n", lambda m: leave + m.group(), text, flags=re.M)


def main():
    path = pathlib.Path(sys.argv[1]).resolve()
    sys.stdout.reconfigure(encoding="utf-8")
    if path.suffix == ".md":
        print(page(path), end="")
    else:
        print(header(path), end="")


if __name__ == "__main__":
    main()
