// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

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
/// Less does not even ask for a team of one: that would cost more than a block.
template <class F>
void for_each_block(std::size_t blocks, std::size_t numbers, F f) {
  if (numbers < 32768) return for_each_block_in_turn(blocks, f);
#pragma omp parallel for schedule(static)
  for (std::ptrdiff_t k = 0; k < static_cast<std::ptrdiff_t>(blocks); ++k) {
    f(static_cast<std::size_t>(k));
  }
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
