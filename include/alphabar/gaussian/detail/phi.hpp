// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>
#include <numbers>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"

/// φ(z) = z − log(1 + z) >= 0 for z >= −1, +∞ at −1: twice the divergence of a variance that is off
/// by the factor 1 + z. In double for any Scalar; relative error at most 6 · 2⁻⁵², for any z.
namespace alphabar::detail {

/// φ for √½ − 1 <= z <= √2 − 1, without the cancellation of z and log(1 + z) near 0.
///
/// With s = z/(2 + z): log(1+z) = 2 artanh s and z − 2s = zs, so that
/// φ(z) = z s − 2 s³ (1/3 + s²/5 + s⁴/7 + ···), where the second term is at most a
/// fourteenth of the first; |s| <= 0.172 needs 10 terms.
inline double phi_near_zero(double z) {
  const double s = z / (2 + z);
  const double square = s * s;
  double series = 0;
  for (int odd = 21; odd >= 3; odd -= 2) series = series * square + 1 / static_cast<double>(odd);
  return s * (z - 2 * square * series);
}

/// φ(r − 1) for r >= 0, without a branch, so that loops are vectorized.
///
/// r = 2ᵏm gives φ(r − 1) = (r − m) − k log 2 + φ(m − 1). There is little cancellation, and for r
/// near 1 only the last term is not 0.
inline double phi_from_one(double r) {
  constexpr double normal = 0x1p52;  // makes every r > 0 normal; on overflow φ(r − 1) is r
  const auto [exponent, fraction] = binary_split(normal * r + 0.0);  // + 0.0 for r = −0
  return (r - fraction) - (exponent - 52) * std::numbers::ln2 + phi_near_zero(fraction - 1);
}

/// Whether z is in the range of phi_near_zero.
inline bool is_near_zero(double z) {
  return z >= std::numbers::sqrt2 / 2 - 1 && z <= std::numbers::sqrt2 - 1;
}

/// φ(z), given z >= −1 and r = 1 + z, computed from z near 0 and from r elsewhere.
inline double phi_of_both(double z, double r) {
  return is_near_zero(z) ? phi_near_zero(z) : phi_from_one(r);
}

/// φ(z) for z >= −1.
template <Real Scalar>
Scalar phi(Scalar z) {
  return static_cast<Scalar>(phi_of_both(double{z}, 1 + double{z}));
}

/// φ(p/q − 1) for p >= 0, q > 0. For p near q the difference p − q is exact, and where the ratio
/// underflows its logarithm does not.
template <Real Scalar>
Scalar phi_of_ratio(Scalar p, Scalar q) {
  const double a{p};
  const double b{q};
  if (a > 0 && a / b < (std::numeric_limits<double>::min)()) {
    return static_cast<Scalar>(std::log(b) - std::log(a) - 1);
  }
  return static_cast<Scalar>(phi_of_both((a - b) / b, a / b));
}

}  // namespace alphabar::detail
