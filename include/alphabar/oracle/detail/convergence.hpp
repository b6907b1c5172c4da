// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <optional>

/// Convergence of a sequence of which each value belongs to twice as many steps as the one before.
namespace alphabar::detail {

/// The order by which three changes in a row fall; none where it is not the same for both pairs.
inline std::optional<double> constant_order(double first, double second, double third) {
  const double early = std::log2(first / second);
  const double late = std::log2(second / third);
  if (late > 0.3 && std::abs(late - early) < 0.35) return late;
  return std::nullopt;
}

/// The limit of a sequence of which each value belongs to twice as many steps, and how far it is
/// known: the mean and half the difference of the limits by order 1 and by the order that the
/// last three values show.
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
