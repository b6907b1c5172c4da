#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints what noise costs in alphabar, torch, numpy and the standard library.

    compare_noise.py LIBRARY [--rounds N]

All run in this process, in turn, on the same memory; a row has the fastest and the median of the
rounds. Freed memory is kept, for all of them, so that page faults are not timed. LIBRARY is
bench/compare_noise.cpp built as one: libalphabar_compare_noise.so where bench/ was built.
"""
import argparse
import ctypes
import os
import platform
import statistics
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
import numpy
import torch

parser = argparse.ArgumentParser()
parser.add_argument("library")
parser.add_argument("--rounds", type=int, default=20)
arguments = parser.parse_args()
lib = ctypes.CDLL(os.path.abspath(arguments.library))
lib.compiler.restype = ctypes.c_char_p
lib.keep_freed_memory()
torch.set_num_threads(1)
size, dimension, count = 1 << 20, 512, 10000
a, b = 0.5, 0.75**0.5
calls = 0


def our(name, array, *sizes):
    def call():
        global calls
        calls += 1
        numbers = [ctypes.c_ssize_t(n) for n in (*sizes, calls)]
        getattr(lib, name)(ctypes.c_void_p(array.ctypes.data), *numbers)

    return call


def narrower(scalar, array):
    """What alphabar is on processors with less than this one."""
    if not hasattr(lib, "has_avx2"):
        return []
    sets = ["sse2"] + ["avx2"] * bool(lib.has_avx2())
    return [(f"alphabar by {name.upper()}", our(f"fill_{scalar}_by_{name}", array, size))
            for name in sets]


def vectors():
    if not hasattr(lib, "has_avx2"):
        return "the vectors it was compiled for"
    return "AVX-512" if lib.has_avx512() else "AVX2" if lib.has_avx2() else "SSE2"


def table(title, unit, peers):
    """One line per peer: (name, what to run). Ratios are to the first one, fastest to fastest."""
    times = {name: [] for name, _ in peers}
    for run in (run for _, run in peers):
        run()
    for _ in range(arguments.rounds):
        for name, run in peers:
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) / unit)
    ours = min(times[peers[0][0]])
    print(f"\n{title}\n\n| | fastest | median | alphabar / this |\n|---|---:|---:|---:|")
    for name, seconds in times.items():
        fastest = min(seconds)
        ratio = "" if name == peers[0][0] else f"{ours / fastest:.2f}"
        print(f"| {name} | {fastest:.3g} | {statistics.median(seconds):.3g} | {ratio} |")


with open("/proc/cpuinfo") as info:
    model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "")
print(f"{model or platform.processor()}, {platform.system()}; alphabar by g++ or clang++ "
      f"{lib.compiler().decode()}, {vectors()}; torch {torch.__version__}; numpy {numpy.__version__}; one thread")

x = torch.ones(size)
y = torch.empty(size)
data = numpy.ones(size, dtype=numpy.float32)
generator = numpy.random.default_rng(1)
nanoseconds = 1e-9 * size
table(f"`add_noise`, float, {size} numbers, ns per number", nanoseconds, [
    ("alphabar, in place", our("add_noise", data, size)),
    ("plain scaling `x[k] *= a`, the limit", our("scale", data, size)),
    ("torch, no temporaries: `y.normal_(0, b).add_(x, alpha=a)`",
     lambda: y.normal_(0, b).add_(x, alpha=a)),
    ("torch: `a * x + b * torch.randn_like(x)`", lambda: a * x + b * torch.randn_like(x)),
    ("numpy: `a * x + b * generator.standard_normal(n, float32)`",
     lambda: a * data + b * generator.standard_normal(size, dtype=numpy.float32)),
    ("`std::normal_distribution` in a loop", our("standard_library_add_noise", data, size)),
])
table(f"Normals, float, {size} numbers, ns per number", nanoseconds, [
    ("alphabar", our("fill_float", data, size)),
    *narrower("float", data),
    ("torch `normal_`", lambda: y.normal_()),
    ("numpy", lambda: generator.standard_normal(out=data, dtype=numpy.float32)),
])

doubles = numpy.ones(size)
tensor = torch.empty(size, dtype=torch.float64)
table(f"Normals, double, {size} numbers, ns per number", nanoseconds, [
    ("alphabar", our("fill_double", doubles, size)),
    *narrower("double", doubles),
    ("torch `normal_`", lambda: tensor.normal_()),
    ("numpy `standard_normal`", lambda: generator.standard_normal(out=doubles)),
])

lags = numpy.abs(numpy.subtract.outer(numpy.arange(dimension), numpy.arange(dimension)))
sigma, mean = 0.95**lags, numpy.ones(dimension)
samples = numpy.empty((count, dimension))
arguments.rounds = max(3, arguments.rounds // 4)
table(f"Samples of N(μ, Σ), double, {dimension} × {count}, ms", 1e-3, [
    ("alphabar `Gaussian::sample`, factored before", our("sample", samples, dimension, count)),
    ("numpy `multivariate_normal(method='cholesky')`, factors each time",
     lambda: generator.multivariate_normal(mean, sigma, count, method="cholesky")),
    ("Eigen's triangular product, `std::normal_distribution`, factored before",
     our("eigen_sample", samples, dimension, count)),
])
