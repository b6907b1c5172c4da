// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "alphabar/concepts.hpp"

namespace alphabar::detail {

/// Draws an index with a probability proportional to its weight, from one standard normal number.
/// Cost: O(n) once for n weights, O(log n) per draw.
class Categorical {
 public:
  /// @pre the weights are >= 0, and there is at least one
  template <class Weights>
  explicit Categorical(const Weights& weights) {
    cumulated_.reserve(static_cast<std::size_t>(weights.size()));
    double sum = 0;
    for (const auto weight : weights) cumulated_.push_back(sum += static_cast<double>(weight));
  }

  /// The index whose interval of the cumulative weights contains Φ(z) times their sum. Never an
  /// index of weight 0, unless all weights are 0; then it is 0.
  [[nodiscard]] Index operator()(double z) const {
    const double uniform = std::erfc(-z / std::numbers::sqrt2) / 2;
    const auto begin = cumulated_.begin();
    const auto end = cumulated_.end();
    auto found = std::upper_bound(begin, end, uniform * cumulated_.back());
    if (found == end) found = std::lower_bound(begin, end, cumulated_.back());
    return found - begin;
  }

 private:
  std::vector<double> cumulated_;
};

}  // namespace alphabar::detail
