// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "alphabar/sampler/affine_step.hpp"

namespace alphabar::detail {

/// Finds the step of a plan by the time that the network is told.
/// Cost: O(n log n) once for n steps, O(log n) per time.
class StepsByTime {
 public:
  /// @pre the plan has steps
  explicit StepsByTime(const SamplerPlan& plan) {
    for (const SamplerStep& step : plan.steps) times_.emplace_back(step.time, times_.size());
    std::sort(times_.begin(), times_.end());
  }

  /// The number of the step at this time, or at the nearest; of two, the first in the plan.
  [[nodiscard]] std::size_t nearest(double time) const {
    const auto after = first_at(time);
    if (after == times_.begin()) return after->second;
    const auto before = first_at(std::prev(after)->first);
    if (after == times_.end()) return before->second;
    const double to_before = std::abs(before->first - time);
    const double to_after = std::abs(after->first - time);
    if (to_before == to_after) return std::min(before->second, after->second);
    return (to_before < to_after ? before : after)->second;
  }

 private:
  using Times = std::vector<std::pair<double, std::size_t>>;

  /// The first of the steps at this time, or behind it.
  [[nodiscard]] Times::const_iterator first_at(double time) const {
    return std::lower_bound(times_.begin(), times_.end(), std::pair{time, std::size_t{0}});
  }

  Times times_;
};

}  // namespace alphabar::detail
