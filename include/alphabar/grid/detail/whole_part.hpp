// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

namespace alphabar::detail {

/// ⌊x⌋ for x >= 0, where a product that is a whole number up to rounding is that number: (1 − 0.8)
/// · 250 is 50.
inline double whole_part(double x) {
  const double nearest = std::nearbyint(x);
  return std::abs(x - nearest) <= 1e-12 * x ? nearest : std::floor(x);
}

}  // namespace alphabar::detail
