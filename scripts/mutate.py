#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts single faults into copies of the headers and asks whether the tests see them.

A fault is another operator, another constant, a dropped term or sign, or a negated comparison. The
places are drawn with a fixed seed and tried one by one: the copy of the header gets the fault, and
the test files that can see that header are compiled and run, the nearest first, until one fails
(killed) or the limit is reached (survived). Faults that do not compile, or leave the object code of
all these tests as it was, do not count. Needs clang++, Catch2 2.13, zlib, Eigen (where EIGEN says).

    scripts/mutate.py            200 faults; build/mutants/results-*.tsv grows, a run can be resumed
    scripts/mutate.py --again    the survivors once more, against all tests that can see them
    scripts/mutate.py --seed 7   another sample; each has its own results
"""
import argparse
import os
import pathlib
import random
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "mutants"
COMPILER = ["clang++", "-std=c++20", "-w", "-D_GLIBCXX_ASSERTIONS", "-Iinclude", "-Itests",
            "-Iexamples", "-isystem", os.environ.get("EIGEN", "/usr/include/eigen3"),
            f'-DTEST_DATA_DIR="{ROOT}/tests/data"']
FOLDERS = ("include", "tests", "examples")
QUICK, FAST = ["-O0", "-include-pch", "shared.pch"], ["-O1"]  # to compile; to run
SHARED = ["Eigen/Dense", "unsupported/Eigen/FFT", "algorithm", "charconv", "filesystem", "fstream",
          "functional", "map", "numbers", "random", "ranges", "span", "catch2/catch.hpp"]
# They only include others, only name a number, or need MPI, which the example's test runs.
OUTSIDE = {"alphabar.hpp", "core.hpp", "version.hpp", "mpi.hpp"}

TOKEN = re.compile(r"""
    (?P<blank>\s+|//[^\n]*|/\*.*?\*/|\#(?:\\\n|[^\n])*)
  | (?P<text>R"\(.*?\)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+') | (?P<word>[A-Za-z_]\w*)
  | (?P<number>\.?\d(?:[eEpP][+-]|[\w.'])*)
  | (?P<operator><=>|<<=|>>=|<<|>>|[-+*/%&|^=!<>]=|&&|\|\||\+\+|--|->|::|.)""", re.S | re.X)
# What only decides whether a program compiles.
SILENT = re.compile(r"\bstatic_assert\(.*?\);|\bconcept\b.*?;\n|\btemplate <[^\n]*|\[\[.*?\]\]|"
                    r"\brequires\b(?:[^\n]*(?:&&|\|\|)\n)*[^\n]*", re.S)
SWAPS = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "&": "|", "|": "&", "^": "|", "<<": ">>",
         ">>": "<<", "&&": "||", "||": "&&", "==": "!=", "!=": "==", "+=": "-=", "-=": "+=",
         "*=": "/=", "/=": "*=", "<": "<= >=", "<=": "< >", ">": ">= <=", ">=": "> <",
         "true": "false", "false": "true", "min": "max", "max": "min", "floor": "ceil"}
LOGIC = ["&&", "||"]
SUMS = LOGIC + ["<", ">", "<=", ">=", "==", "!=", "=", "+=", "-=", "*=", "/=", "<<", ">>", "+", "-"]
PRODUCTS = SUMS + ["*", "/"]
STOPS = {"&&": LOGIC, "||": LOGIC, "+": SUMS, "-": SUMS, "*": PRODUCTS, "/": PRODUCTS}


def end_of_term(tokens, i, stops):
    """Where the operand that begins at token i ends: before an operator that binds no tighter."""
    depth = 0
    for _, token, at, binary in tokens[i:]:
        depth += (token in "([{") - (token in ")]}")
        depth += (not binary and token == "<") - (not binary and token == ">")
        if depth < 0 or depth == 0 and (token in ";,?:" or binary and token in stops):
            return at
    return None


def other_numbers(number):
    if re.fullmatch(r"0|[1-9]\d*", number):
        return [str(int(number) + step) for step in (1, -1) if int(number) + step >= 0]
    other = re.sub("[1-9]", lambda digit: str((int(digit.group()) + 1) % 10), number, count=1)
    return [other] if other != number else []


def places(header):
    """A list of [(offset, before, after), ...] for each token that can be faulty."""
    text = header.read_text(encoding="utf-8")
    silent = [match.span() for match in SILENT.finditer(text)]
    # clang-format sets blanks around binary operators, and around no bracket or reference.
    tokens = [(m.lastgroup, m.group(), m.start(), (text[m.start() - 1] + text[m.end()]).isspace())
              for m in TOKEN.finditer(text[:-1]) if m.lastgroup != "blank"]
    for i, (kind, token, at, binary) in enumerate(tokens):
        others = other_numbers(token) if kind == "number" else SWAPS.get(token, "").split()
        found = [(token, other) for other in others if binary or kind != "operator"]
        if binary and token in STOPS:
            end = end_of_term(tokens, i + 1, STOPS[token])
            found += [(text[at:end].rstrip(), "")] if end else []
        elif token == "!" or token == "-" and tokens[i - 1][1] in {*"(,=?:", "return"}:
            found.append((token, ""))
        if found and not any(begin <= at < end for begin, end in silent):
            yield [(at, before, after) for before, after in found]


def distances(test):
    """How many includes lie between a test and each file it sees."""
    far, ring = {test: 0}, [test]
    for path in ring:
        for name in re.findall(r'^#include [<"](\w[\w/.]*\.hpp)[>"]', path.read_text(), re.M):
            seen = [WORK / folder / name for folder in FOLDERS if (WORK / folder / name).exists()]
            ring += [p for p in seen if p not in far]
            far.update((p, far[path] + 1) for p in seen if p not in far)
    return far


class Bench:
    """Compiles and runs test files, and remembers what they compile to without a fault."""
    def __init__(self):
        self.sound, self.flags = {}, {}
        (WORK / "shared.hpp").write_text("".join(f"#include <{name}>\n" for name in SHARED))
        (WORK / "main.cpp").write_text("#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
        embed = ["cmake", "-D", "INPUT=examples/data/digits.csv.gz", "-D", "NAME=embedded_digits",
                 "-D", "OUTPUT=digits.cpp", "-P", "examples/data/embed.cmake"]
        if not (self.run(*COMPILER, "-O0", "-fpch-instantiate-templates", "-x", "c++-header",
                         "shared.hpp", "-o", "shared.pch") and
                self.run(*embed) and
                self.run(*COMPILER, "-O1", "-c", "main.cpp", "digits.cpp",
                         "tests/support/matrices.cpp", "tests/support/law_battery.cpp",
                         "examples/sampler_list/samplers.cpp")):
            raise SystemExit("clang++ cannot compile Eigen and Catch2")

    def run(self, *command, seconds=500):
        try:
            return subprocess.run(command, cwd=WORK, timeout=seconds, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, check=False).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def compiled(self, test):
        source = str(test.relative_to(WORK))
        done = self.run(*COMPILER, *self.flags[test], "-c", source, "-o", "test.o")
        return (WORK / "test.o").read_bytes() if done else None

    def passes(self):
        return (self.run("clang++", "-fuse-ld=lld", "test.o", "main.o", "digits.o",
                         "matrices.o", "law_battery.o", "samplers.o", "-lz", "-o", "test") and
                self.run("./test", "--abort", seconds=60))

    def learn(self, test):
        """The object code without a fault; None when the test fails already."""
        for self.flags[test] in () if test in self.sound else (QUICK, FAST):
            code = self.compiled(test)
            self.sound[test] = code if code and self.passes() else None
            if self.sound[test]:
                break
            print(f"without a fault {test.name} fails or is too slow", *self.flags[test])

    def judge(self, header, fault, tests, limit):
        (at, before, after), tried, whole = fault, 0, header.read_text(encoding="utf-8")
        for test in tests:
            self.learn(test)
            header.write_text(whole[:at] + after + whole[at + len(before):], encoding="utf-8")
            code = self.compiled(test)
            header.write_text(whole, encoding="utf-8")
            if not code:
                return "does not compile"
            if self.sound[test] and code != self.sound[test]:
                if not self.passes():
                    return f"killed by {test.name}"
                tried += 1
                if tried == limit:
                    break
        return f"survived {tried} test files" if tried else "no change of object code"


def count(outcomes, *kinds):
    return sum(outcome.startswith(kinds) for outcome in outcomes.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200, help="faults that change code")
    parser.add_argument("--limit", type=int, default=6, help="test files for each")
    parser.add_argument("--seed", type=int, default=20261128, help="which sample")
    parser.add_argument("--again", action="store_true")
    options = parser.parse_args()
    results = WORK / f"results-{options.seed}.tsv"
    lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
    outcomes = {tuple(line.split("\t")[:3]): line.split("\t")[3] for line in lines}
    if options.again:
        options.count, options.limit = count(outcomes, "killed", "survived"), 1000
        outcomes = {k: o for k, o in outcomes.items() if not o.startswith("survived")}
    for folder in FOLDERS:
        shutil.rmtree(WORK / folder, ignore_errors=True)
        shutil.copytree(ROOT / folder, WORK / folder)
    bench, draw = Bench(), random.Random(options.seed)
    far = {test: distances(test) for test in sorted((WORK / "tests").rglob("*.test.cpp"))
           if "statistics" not in test.name.split(".")}
    headers = sorted(WORK.glob("include/alphabar/**/*.hpp"))
    named = {header.stem: header for header in headers}  # a test is as near as the header it is of
    near = {test: distances(named.get(test.name.split(".")[0], test)) for test in far}
    sample = [(header, place) for header in headers if header.name not in OUTSIDE
              for place in places(header)]
    draw.shuffle(sample)
    for header, place in sample:
        at, before, after = fault = draw.choice(place)
        line = header.read_text(encoding="utf-8").count("\n", 0, at) + 1
        key = (f"{header.relative_to(WORK / 'include' / 'alphabar')}:{line}",
               " ".join(before.split()) + f" @{at}", after)
        if key not in outcomes and count(outcomes, "killed", "survived") < options.count:
            tests = sorted((t for t in far if header in far[t]),
                           key=lambda t: (near[t].get(header, 99), t.stat().st_size))
            outcomes[key] = bench.judge(header, fault, tests, options.limit)
            results.write_text("".join("\t".join((*k, o)) + "\n" for k, o in outcomes.items()),
                               encoding="utf-8")
    for (place, before, after), outcome in sorted(outcomes.items(), key=lambda o: (o[1], o[0])):
        print(f"{place}: {before} -> {after or 'nothing'}: {outcome}")
    for kind in ("killed", "survived", "no change of object code", "does not compile"):
        print(f"{kind}: {count(outcomes, kind)}")


if __name__ == "__main__":
    main()
