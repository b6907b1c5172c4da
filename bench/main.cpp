// SPDX-License-Identifier: MIT
#include <benchmark/benchmark.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#ifdef _OPENMP
#include <omp.h>
#endif

int main(int argc, char** argv) {
#if defined(__GLIBC__)
  // Freed memory is kept, so that what is timed is the library and not the kernel's page faults.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
#ifdef _OPENMP
  omp_set_num_threads(1);  // but where a benchmark asks for more
#endif
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
