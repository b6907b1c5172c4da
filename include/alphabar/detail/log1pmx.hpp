// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "alphabar/concepts.hpp"

namespace alphabar::detail {

/// log(1 + z) − z for z >= −1, without the cancellation of the naive form near z = 0.
///
/// For |z| < 1/2, with s = z/(2 + z): log(1+z) = 2 artanh s and z − 2s = zs, so that
/// log(1 + z) − z = 2 s³ (1/3 + s²/5 + s⁴/7 + ···) − z s, where the first term is at most a fifth
/// of the second; |s| <= 1/3 needs 16 terms. −∞ at z = −1. Within 6 ulp, both Scalars.
template <Real Scalar>
Scalar log1pmx(Scalar z) {
  if (std::abs(z) >= Scalar(0.5)) return std::log1p(z) - z;
  const Scalar s = z / (2 + z);
  const Scalar square = s * s;
  Scalar series = 0;
  for (int odd = 35; odd >= 3; odd -= 2) series = series * square + 1 / static_cast<Scalar>(odd);
  return s * (2 * square * series - z);
}

}  // namespace alphabar::detail
