// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "alphabar/kernel/detail/error_free.hpp"
#include "alphabar/kernel/detail/floating_point.hpp"

/// Double-word arithmetic: an unevaluated sum hi + lo of two doubles carries 106 bits.
///
/// A running product of a million factors keeps a relative error below 2^-84 in it, so that a
/// table entry is rounded once, at the end, as if it had been computed exactly.
///
/// Error-free transformations are in kernel/detail/error_free.hpp. Double-word operations: Joldes,
/// Muller, Popescu, ACM TOMS 44 (2017), with relative errors of a few 2^-104 when no underflow
/// occurs.
namespace alphabar::detail {

ALPHABAR_AS_WRITTEN_BEGIN

inline DoubleWord operator-(DoubleWord x) { return {-x.hi, -x.lo}; }

inline DoubleWord operator+(DoubleWord x, DoubleWord y) {
  const DoubleWord high = two_sum(x.hi, y.hi);
  const DoubleWord low = two_sum(x.lo, y.lo);
  const DoubleWord sum = fast_two_sum(high.hi, high.lo + low.hi);
  return fast_two_sum(sum.hi, sum.lo + low.lo);
}

inline DoubleWord operator-(DoubleWord x, DoubleWord y) { return x + -y; }

inline DoubleWord operator*(DoubleWord x, DoubleWord y) {
  const DoubleWord high = two_product(x.hi, y.hi);
  return fast_two_sum(high.hi, high.lo + (x.hi * y.lo + x.lo * y.hi));
}

inline DoubleWord operator*(DoubleWord x, double y) {
  const DoubleWord high = two_product(x.hi, y);
  return fast_two_sum(high.hi, high.lo + x.lo * y);
}

inline DoubleWord ldexp(DoubleWord x, int exponent) {
  return {std::ldexp(x.hi, exponent), std::ldexp(x.lo, exponent)};
}

/// Long division: three partial quotients.
inline DoubleWord operator/(DoubleWord x, DoubleWord y) {
  const double first = x.hi / y.hi;
  const DoubleWord remainder = x - y * first;
  const double second = remainder.hi / y.hi;
  const double third = (remainder - y * second).hi / y.hi;
  return fast_two_sum(first, second) + DoubleWord{third};
}

/// One Newton step from the square root of the high word. @pre x >= 0
inline DoubleWord sqrt(DoubleWord x) {
  if (x.hi == 0) return {};
  if (x.hi > 0 && x.hi < 0x1p-900) {  // where the remainder would underflow
    return ldexp(sqrt(ldexp(x, 400)), -200);
  }
  const double root = std::sqrt(x.hi);
  const DoubleWord remainder = x - two_product(root, root);
  return fast_two_sum(root, remainder.hi / (2 * root));
}

/// x 2^exponent rounded once, also where the result is subnormal. There ldexp rounds the high word
/// a second time, and the sum of both rounding errors decides whether the neighbouring double is
/// nearer.
inline double round_scaled(DoubleWord x, int exponent) {
  const double rounded = std::ldexp(x.hi, exponent);
  if (std::abs(rounded) >= 0x1p-1021 || exponent >= 0) return rounded;
  const double left = (x.hi - std::ldexp(rounded, -exponent)) + x.lo;
  const double half_spacing = std::ldexp(1.0, -1075 - exponent);
  if (left > half_spacing) return std::nextafter(rounded, 1.0);
  if (left < -half_spacing) return std::nextafter(rounded, -1.0);
  return rounded;
}

ALPHABAR_AS_WRITTEN_END

}  // namespace alphabar::detail
