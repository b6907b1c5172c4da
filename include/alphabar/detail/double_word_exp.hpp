// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "alphabar/detail/double_word.hpp"

/// The exponential and the unit circle in double words, for tables that are geometric or
/// trigonometric in t: one Taylor series, then one multiplication per step.
/// Relative error below 2^-95 for |x| <= 20 (exp) and for angles in [0, π/2] (unit_circle).
namespace alphabar::detail {

inline constexpr DoubleWord half_pi{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

/// e^x = (e^(x/256))^256.
inline DoubleWord exp(DoubleWord x) {
  const DoubleWord small = ldexp(x, -8);
  DoubleWord sum{1};
  DoubleWord term{1};
  for (int k = 1; k <= 17; ++k) {
    term = term * small / DoubleWord{static_cast<double>(k)};
    sum = sum + term;
  }
  for (int k = 0; k < 8; ++k) sum = sum * sum;
  return sum;
}

/// e^(iθ).
struct UnitComplex {
  DoubleWord cosine;
  DoubleWord sine;
};

inline UnitComplex operator*(UnitComplex a, UnitComplex b) {
  return {a.cosine * b.cosine - a.sine * b.sine, a.sine * b.cosine + a.cosine * b.sine};
}

/// Both Taylor series at once: the powers of iθ alternate between them.
inline UnitComplex unit_circle(DoubleWord angle) {
  UnitComplex sum{{1}, {0}};
  DoubleWord term{1};
  for (int k = 1; k <= 32; ++k) {
    term = term * angle / DoubleWord{static_cast<double>(k)};
    DoubleWord& part = k % 2 == 0 ? sum.cosine : sum.sine;
    part = part + (k % 4 < 2 ? term : -term);
  }
  return sum;
}

}  // namespace alphabar::detail
