// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <optional>

/// Convergence of a sequence in which each value has twice as many steps as the previous one.
namespace alphabar::detail {

/// The order from three successive changes; none if the two pairs give different orders.
inline std::optional<double> constant_order(double first, double second, double third) {
  const double early = std::log2(first / second);
  const double late = std::log2(second / third);
  if (late > 0.3 && std::abs(late - early) < 0.35) return late;
  return std::nullopt;
}

/// The limit of such a sequence and its uncertainty: the mean and half the difference of two
/// extrapolations, by order 1 and by the order of the last three values.
struct Limit {
  double value = 0;
  double uncertainty = 0;
};

inline Limit limit_of(double first, double second, double third) {
  const double change = third - second;
  const double factor = change != 0 ? (second - first) / change : 0;  // 2 to the order
  const double by_order_1 = third + change;
  const double by_its_own = factor > 1.25 ? third + change / (factor - 1) : third;
  return {(by_its_own + by_order_1) / 2, std::abs(by_its_own - by_order_1) / 2};
}

}  // namespace alphabar::detail
