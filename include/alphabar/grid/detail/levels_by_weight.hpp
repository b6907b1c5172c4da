// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "alphabar/concepts.hpp"

namespace alphabar::detail {

/// level(w) for the weights w = (n − 1 − k)/(n − 1) of the first level, k = 0..n−1; {level(1)} for
/// n = 1.
template <class LevelOfWeight>
std::vector<double> levels_by_weight(Index n, LevelOfWeight level) {
  std::vector<double> levels{level(1.0)};
  for (Index k = 1; k < n; ++k) {
    levels.push_back(level(static_cast<double>(n - 1 - k) / static_cast<double>(n - 1)));
  }
  return levels;
}

}  // namespace alphabar::detail
