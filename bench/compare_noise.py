#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints what noise costs in alphabar, torch, numpy, the standard library and EigenRand.

    compare_noise.py LIBRARY [--rounds N] [--size N] [--dimension D] [--count N] [--page-faults]

All run in this process, in turn, on the same memory; a row has the fastest and the median of the
rounds. There is a table for each instruction set of the machine. EigenRand is in them where its
header was found; its vectors are those that LIBRARY was compiled for (-mavx2 -mfma, ...). Freed
memory is kept, for all of them, so that page faults are not timed; with --page-faults they are, as
in a program that uses torch or numpy as they are installed. LIBRARY is bench/compare_noise.cpp
built as one: libalphabar_compare_noise.so where bench/ was built. On a busy machine, many rounds of
a smaller size find moments without disturbance.
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
parser.add_argument("--size", type=int, default=1 << 20, help="numbers, in chunks of 1024")
parser.add_argument("--dimension", type=int, default=512)
parser.add_argument("--count", type=int, default=10000)
parser.add_argument("--page-faults", action="store_true", help="return freed memory to the system")
arguments = parser.parse_args()
lib = ctypes.CDLL(os.path.abspath(arguments.library))
lib.compiler.restype = lib.vectors_of_eigen.restype = ctypes.c_char_p
if not arguments.page_faults:
    lib.keep_freed_memory()
torch.set_num_threads(1)
size, dimension, count = arguments.size, arguments.dimension, arguments.count
a, b = 0.5, 0.75**0.5
calls = 0


def our(name, array, *sizes):
    function, address = getattr(lib, name), ctypes.c_void_p(array.ctypes.data)
    numbers = [ctypes.c_ssize_t(n) for n in sizes]

    def call():
        global calls
        calls += 1
        function(address, *numbers, ctypes.c_ssize_t(calls))

    return call


def eigenrand(name, array):
    if not hasattr(lib, "eigenrand_add_noise"):
        return []
    return [(f"EigenRand, compiled for {lib.vectors_of_eigen().decode()}",
             our(f"eigenrand_{name}", array, size))]


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
      f"{lib.compiler().decode()}; torch {torch.__version__}; numpy {numpy.__version__}; one thread")

x = torch.ones(size)
y = torch.empty(size)
data = numpy.ones(size, dtype=numpy.float32)
doubles = numpy.ones(size)
tensor = torch.empty(size, dtype=torch.float64)
generator = numpy.random.default_rng(1)
nanoseconds = 1e-9 * size
sets = [(title, f"_by_{name}")
        for title, name in (("SSE2", "sse2"), ("AVX2", "avx2"), ("AVX-512", "avx512"))
        if hasattr(lib, f"has_{name}") and getattr(lib, f"has_{name}")()]
for title, suffix in sets or [("the vectors it was compiled for", "")]:
    table(f"`add_noise` with {title}, float, {size} numbers, ns per number", nanoseconds, [
        ("alphabar, in place", our(f"add_noise{suffix}", data, size)),
        ("plain scaling `x[k] *= a`, the limit", our("scale", data, size)),
        ("torch, no temporaries: `y.normal_(0, b).add_(x, alpha=a)`",
         lambda: y.normal_(0, b).add_(x, alpha=a)),
        ("torch: `a * x + b * torch.randn_like(x)`", lambda: a * x + b * torch.randn_like(x)),
        ("numpy: `a * x + b * generator.standard_normal(n, float32)`",
         lambda: a * data + b * generator.standard_normal(size, dtype=numpy.float32)),
        *eigenrand("add_noise", data),
        ("`std::normal_distribution` in a loop", our("standard_library_add_noise", data, size)),
    ])
    table(f"Normals with {title}, float, {size} numbers, ns per number", nanoseconds, [
        ("alphabar", our(f"fill_float{suffix}", data, size)),
        ("torch `normal_`", lambda: y.normal_()),
        ("numpy", lambda: generator.standard_normal(out=data, dtype=numpy.float32)),
        *eigenrand("fill_float", data),
    ])
    table(f"Normals with {title}, double, {size} numbers, ns per number", nanoseconds, [
        ("alphabar", our(f"fill_double{suffix}", doubles, size)),
        ("torch `normal_`", lambda: tensor.normal_()),
        ("numpy `standard_normal`", lambda: generator.standard_normal(out=doubles)),
        *eigenrand("fill_double", doubles),
    ])

lags = numpy.abs(numpy.subtract.outer(numpy.arange(dimension), numpy.arange(dimension)))
sigma, mean = 0.95**lags, numpy.ones(dimension)
samples = numpy.empty((count, dimension))
arguments.rounds = max(3, arguments.rounds // 4)
table(f"Samples of N(μ, Σ), double, {dimension} × {count}, ms; Eigen compiled for "
      f"{lib.vectors_of_eigen().decode()}", 1e-3, [
    ("alphabar `Gaussian::sample`, factored before", our("sample", samples, dimension, count)),
    ("numpy `multivariate_normal(method='cholesky')`, factors each time",
     lambda: generator.multivariate_normal(mean, sigma, count, method="cholesky")),
    ("Eigen's triangular product, `std::normal_distribution`, factored before",
     our("eigen_sample", samples, dimension, count)),
])
table(f"Mean and covariance of {count} samples, double, dimension {dimension}, ms", 1e-3, [
    ("alphabar `Moments`", our("moments", samples, dimension, count)),
    ("numpy `cov`", lambda: numpy.cov(samples, rowvar=False)),
])
