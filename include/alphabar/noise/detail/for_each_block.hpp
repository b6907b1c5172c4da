// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#ifdef _OPENMP
#include <exception>
#endif

/// Work that falls into independent blocks.
namespace alphabar::detail {

/// f(0), ..., f(blocks − 1), one after the other.
template <class F>
void for_each_block_in_turn(std::size_t blocks, F f) {
  for (std::size_t k = 0; k < blocks; ++k) f(k);
}

#ifdef _OPENMP
inline namespace with_openmp {

/// The same by the threads of OpenMP where there is enough for all of them, counted in numbers.
/// Less does not even ask for a team of one: that would cost more than a block. No exception may
/// leave a parallel region, so the first is kept and thrown behind it; blocks that have not begun
/// by then are left out.
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
/// The same. With OpenMP switched on in the user's build, its threads share them.
template <class F>
void for_each_block(std::size_t blocks, std::size_t /*numbers*/, F f) {
  for_each_block_in_turn(blocks, f);
}
#endif

}  // namespace alphabar::detail
