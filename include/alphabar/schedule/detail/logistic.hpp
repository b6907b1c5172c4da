// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

namespace alphabar::detail {

/// 1/(1 + e^(−x)), without overflow: ᾱ from log SNR, and 1 − ᾱ from its negative.
inline double logistic(double x) {
  const double odds = std::exp(-std::abs(x));
  return x > 0 ? 1 / (1 + odds) : odds / (1 + odds);
}

}  // namespace alphabar::detail
