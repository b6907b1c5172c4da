// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>

#include "alphabar/schedule/detail/double_word.hpp"

/// Exponential, logarithm and the unit circle in double words, for tables that are geometric or
/// trigonometric in t: one Taylor series, then one multiplication per step.
/// Relative error below 2^-90 for |x| <= 700 (exp, expm1), for normal x < 2^990 away from 1 (log)
/// and for angles in [0, π/2] (unit_circle).
namespace alphabar::detail {

ALPHABAR_AS_WRITTEN_BEGIN

inline constexpr DoubleWord half_pi{0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

/// log 2 to 106 bits.
inline constexpr DoubleWord log_2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

/// e^x = 2^k e^r with |r| <= log(2)/2.
inline DoubleWord exp(DoubleWord x);

/// e^x − 1. For |x| <= ½ by its Taylor series at x/256, then e^2y − 1 = y' (2 + y') eight times,
/// without a difference.
inline DoubleWord expm1(DoubleWord x) {
  if (std::abs(x.hi) > 0.5) return exp(x) - DoubleWord{1};
  if (std::abs(x.hi) < 0x1p-120) return x;  // x/256 may be subnormal
  const DoubleWord reduced = ldexp(x, -8);
  DoubleWord sum = reduced;
  DoubleWord term = reduced;
  for (int k = 2; k <= 12; ++k) {
    term = term * reduced / DoubleWord{static_cast<double>(k)};
    sum = sum + term;
  }
  for (int k = 0; k < 8; ++k) sum = ldexp(sum, 1) + sum * sum;
  return sum;
}

inline DoubleWord exp(DoubleWord x) {
  const double k = std::nearbyint(x.hi / log_2.hi);
  return ldexp(DoubleWord{1} + expm1(x - log_2 * k), static_cast<int>(k));
}

/// One Newton step from the logarithm of the high word.
inline DoubleWord log(DoubleWord x) {
  const DoubleWord guess{std::log(x.hi)};
  const DoubleWord left = x * exp(-guess) - DoubleWord{1};
  return guess + (left - left * left * 0.5);
}

/// log(1 + x) for |x| < 2⁻²⁰, by three terms of its series.
inline double log_one_plus(DoubleWord x) { return x.hi + (x.lo - x.hi * x.hi * (0.5 - x.hi / 3)); }

/// log(x 2^exponent), within 1.1 ulp: the standard logarithm of the high word (0.52 ulp in glibc)
/// and one more rounding. Near 1, where the low word has a large relative effect, by the series.
inline double log_scaled(DoubleWord x, int exponent) {
  const DoubleWord above_one = x - DoubleWord{1};
  if (exponent == 0 && std::abs(above_one.hi) < 0x1p-20) return log_one_plus(above_one);
  const DoubleWord logarithm = fast_two_sum(std::log(x.hi), x.lo / x.hi);
  return exponent == 0 ? logarithm.hi : (logarithm + log_2 * exponent).hi;
}

/// 1 − e^(−x).
inline DoubleWord one_minus_exp(DoubleWord x) { return DoubleWord{} - expm1(-x); }

/// log(a/b), ±∞ where one of them is 0.
inline double log_of_ratio(DoubleWord a, DoubleWord b) {
  if (b.hi == 0) return std::numeric_limits<double>::infinity();
  if (a.hi == 0) return -std::numeric_limits<double>::infinity();
  if (b.hi < 0x1p-900) return (log(a / ldexp(b, 400)) + log_2 * 400).hi;  // no overflow
  return log(a / b).hi;
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

ALPHABAR_AS_WRITTEN_END

}  // namespace alphabar::detail
