// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace alphabar::detail {

/// z < 0 with Φ(z) = p, for 0 < p < ½: the rational approximation of Abramowitz and Stegun 1964,
/// 26.2.23, which is off by at most 4.5e-4.
inline double rough_normal_quantile(double p) {
  const double t = std::sqrt(-2 * std::log(p));
  const double numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  const double denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return numerator / denominator - t;
}

/// One step of Halley's method for Φ(z) = p, where `excess` is Φ(z) − p. It reduces an error of
/// 4.5e-4 to one below 1e-10.
inline double nearer_normal_quantile(double z, double excess) {
  const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
  const double newton = excess / density;
  return z - newton / (1 + z * newton / 2);
}

/// Φ⁻¹(u), the quantile function of N(0, 1), 0 <= u <= 1; −∞ and ∞ at the ends.
///
/// Two steps of Halley's method, on erfc in the tails and on erf around ½, so that nothing cancels.
/// Accuracy: within 4 ulp for every normal number u; relative error 2e-5 for subnormal u.
inline double normal_quantile(double u) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (u > 0.5) return -normal_quantile(1 - u);
  if (u == 0.5) return 0;
  if (u <= 0) return -infinity;
  double z = (std::min)(rough_normal_quantile(u), 0.0);
  if (u < (std::numeric_limits<double>::min)()) return z;
  for (int k = 0; k < 2; ++k) {
    const double scaled = z / std::numbers::sqrt2;
    z = nearer_normal_quantile(
        z, u < 0.25 ? std::erfc(-scaled) / 2 - u : std::erf(scaled) / 2 + (0.5 - u));
  }
  return z;
}

}  // namespace alphabar::detail
