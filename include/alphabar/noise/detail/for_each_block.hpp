// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#ifdef _OPENMP
#include <exception>
#endif

/// Loops over independent blocks of work.
namespace alphabar::detail {

/// Calls f(0), ..., f(blocks − 1) in order.
template <class F>
void for_each_block_in_turn(std::size_t blocks, F f) {
  for (std::size_t k = 0; k < blocks; ++k) f(k);
}

#ifdef _OPENMP
inline namespace with_openmp {

/// The same by the threads of OpenMP, if there are enough numbers for all threads. With fewer it
/// starts no parallel region, which would take longer than a block. An exception must not leave a
/// parallel region, so the first is kept and thrown after it; blocks that have not begun by then
/// are not called.
template <class F>
void for_each_block(std::size_t blocks, std::size_t numbers, F f) {
  if (blocks < 2 || numbers < 32768) return for_each_block_in_turn(blocks, f);
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
  std::exception_ptr thrown;
  bool failed = false;
#pragma omp parallel for schedule(static)
  for (std::ptrdiff_t k = 0; k < static_cast<std::ptrdiff_t>(blocks); ++k) {
    bool stop = false;
#pragma omp atomic read
    stop = failed;
    if (stop) continue;
    try {
      f(static_cast<std::size_t>(k));
    } catch (...) {
#pragma omp critical(alphabar_exception)
      if (!thrown) thrown = std::current_exception();
#pragma omp atomic write
      failed = true;
    }
  }
  if (thrown) std::rethrow_exception(thrown);
#else
#pragma omp parallel for schedule(static)
  for (std::ptrdiff_t k = 0; k < static_cast<std::ptrdiff_t>(blocks); ++k) {
    f(static_cast<std::size_t>(k));
  }
#endif
}

}  // namespace with_openmp
#else
/// The same, by the threads of OpenMP if it is on in the user's build.
template <class F>
void for_each_block(std::size_t blocks, std::size_t /*numbers*/, F f) {
  for_each_block_in_turn(blocks, f);
}
#endif

}  // namespace alphabar::detail
