// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

/// Work that falls into independent blocks.
namespace alphabar::detail {
#ifdef _OPENMP
inline namespace with_openmp {

/// f(0), ..., f(blocks − 1) by the threads of OpenMP, when there is enough for all of them.
template <class F>
void for_each_block(std::size_t blocks, F f) {
#pragma omp parallel for schedule(static) if (blocks >= 32)
  for (std::ptrdiff_t k = 0; k < static_cast<std::ptrdiff_t>(blocks); ++k) {
    f(static_cast<std::size_t>(k));
  }
}

}  // namespace with_openmp
#else
/// f(0), ..., f(blocks − 1). With OpenMP switched on, its threads share them.
template <class F>
void for_each_block(std::size_t blocks, F f) {
  for (std::size_t k = 0; k < blocks; ++k) f(k);
}
#endif
}  // namespace alphabar::detail
