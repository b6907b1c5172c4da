// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/sampler/sampler_path.hpp"

namespace alphabar::detail {

/// The calls whose predictions a multistep step uses.
struct PastCalls {
  std::vector<std::size_t> ages{0};  ///< the number of calls back to each, the current one first
  std::vector<double> gaps{};        ///< from each to the one before it, for multistep_weights

  /// Converts weights in this order to weights of all calls, the latest first.
  [[nodiscard]] std::vector<double> by_age(std::span<const double> weights) const {
    std::vector<double> list(ages.back() + 1);
    for (std::size_t i = 0; i < ages.size(); ++i) list[ages[i]] = weights[i];
    return list;
  }
};

/// The last `count` calls that step k may use, given the lengths of all steps; fewer at the start.
///
/// Of several calls at one level only the last is used. Calls at a distance of 1e30 times the step
/// or more are left out, because they change the polynomial by less than rounding. A step of length
/// 0 or ∞ uses only the current call.
inline PastCalls past_calls(std::span<const double> lengths, std::size_t k, std::size_t count) {
  PastCalls calls;
  for (std::size_t j = k; j-- > 0 && calls.ages.size() < count;) {
    if (lengths[j] == 0) continue;
    if (!std::isfinite(lengths[k]) || !(lengths[j] < 1e30 * lengths[k])) break;
    calls.gaps.push_back(lengths[j]);
    calls.ages.push_back(k - j);
  }
  return calls;
}

/// The order of step k of `steps`, if the last is of order 1 and the one before of order 2 at most.
inline std::size_t order_of_step(int order, bool lower_at_the_end, std::size_t k,
                                 std::size_t steps) {
  const auto wanted = static_cast<std::size_t>(order);
  return lower_at_the_end ? (std::min)(wanted, steps - k) : wanted;
}

/// The order of step k, if a step onto clean data is of order 1 on request.
inline std::size_t order_towards_data(int order, bool euler_onto_data, const SamplerPath& path,
                                      std::size_t k) {
  const bool euler = euler_onto_data && path.level(k + 1).noise_variance() == 0;
  return euler ? 1 : static_cast<std::size_t>(order);
}

inline void require_order(std::string_view sampler, int order, int highest) {
  if (order >= 1 && order <= highest) return;
  refuse(sampler, "order", "be in 1.." + to_text(highest), order);
}

}  // namespace alphabar::detail
