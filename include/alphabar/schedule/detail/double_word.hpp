// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "alphabar/kernel/detail/floating_point.hpp"

/// Double-word arithmetic: an unevaluated sum hi + lo of two doubles carries 106 bits.
///
/// A running product of a million factors keeps a relative error below 2^-84 in it, so that a
/// table entry is rounded once, at the end, as if it had been computed exactly.
///
/// Error-free transformations: Knuth, TAOCP 2, 4.2.2 (two_sum); Ogita, Rump, Oishi, SIAM J. Sci.
/// Comput. 26 (2005) (two_product by fma); Dekker, Numer. Math. 18 (1971) (by
/// splitting). Double-word operations: Joldes, Muller, Popescu, ACM
/// TOMS 44 (2017), with relative errors of a few 2^-104 when no underflow occurs.
namespace alphabar::detail {

ALPHABAR_AS_WRITTEN_BEGIN

/// hi + lo with |lo| <= ulp(hi) / 2.
struct DoubleWord {
  double hi = 0;
  double lo = 0;
};

/// a + b exactly.
inline DoubleWord two_sum(double a, double b) {
  const double sum = a + b;
  const double b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}

/// a + b exactly, when |a| >= |b| or a = 0.
inline DoubleWord fast_two_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}

/// x in two parts of 26 bits, x = hi + lo: the upper ones rounded, the rest with its sign.
inline DoubleWord split(double x) {
  constexpr std::uint64_t half = std::uint64_t{1} << 26;
  const auto high =
      std::bit_cast<double>((std::bit_cast<std::uint64_t>(x) + half) & ~(2 * half - 1));
  return {high, x - high};
}

/// a b exactly, from products of parts that are exact.
inline DoubleWord two_product_by_parts(double a, double b) {
  const double product = a * b;
  const auto [a_high, a_low] = split(a);
  const auto [b_high, b_low] = split(b);
  const double left = ((a_high * b_high - product) + a_high * b_low) + a_low * b_high;
  return {product, left + a_low * b_low};
}

/// a b exactly. A library's fma may round twice (MinGW's does), so fma is used only where the
/// processor has it.
inline DoubleWord two_product(double a, double b) {
#if defined(FP_FAST_FMA) || defined(__FMA__) || defined(__aarch64__)
  const double product = a * b;
  return {product, std::fma(a, b, -product)};
#else
  return two_product_by_parts(a, b);
#endif
}

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
