// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "alphabar/kernel/detail/floating_point.hpp"

/// Sums and products with their rounding errors, and a b + c rounded once.
///
/// Knuth, TAOCP 2, 4.2.2 (two_sum); Ogita, Rump, Oishi, SIAM J. Sci. Comput. 26 (2005) (two_product
/// by fma); Dekker, Numer. Math. 18 (1971) (by splitting).
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

/// Whether std::fma is an instruction of the processor. That of a library may round twice, as
/// MinGW's does.
#if defined(FP_FAST_FMA) || defined(__FMA__) || defined(__aarch64__)
inline constexpr bool processor_has_fma = true;
#else
inline constexpr bool processor_has_fma = false;
#endif

/// a b exactly.
inline DoubleWord two_product(double a, double b) {
  if constexpr (processor_has_fma) {
    const double product = a * b;
    return {product, std::fma(a, b, -product)};
  } else {
    return two_product_by_parts(a, b);
  }
}

/// a + b rounded to odd: exact, or that one of its two neighbors whose last bit is 1.
inline double sum_rounded_to_odd(double a, double b) {
  const DoubleWord sum = two_sum(a, b);
  const bool even = std::bit_cast<std::uint64_t>(sum.hi) % 2 == 0;
  if (sum.lo == 0 || !even) return sum.hi;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return std::nextafter(sum.hi, sum.lo > 0 ? infinity : -infinity);
}

/// a b + c rounded once, by Boldo and Melquiond, IEEE Trans. Comput. 57 (2008), 462-471, figure 5;
/// within an ulp where a b is below 2⁻⁹⁶⁸.
inline double fma_by_parts(double a, double b, double c) {
  const DoubleWord product = two_product_by_parts(a, b);
  const DoubleWord low = two_sum(c, product.lo);
  if (!std::isfinite(product.hi) || !std::isfinite(low.hi)) return product.hi + c;
  const DoubleWord high = two_sum(product.hi, low.hi);
  return high.hi + sum_rounded_to_odd(low.lo, high.lo);
}
inline float fma_by_parts(float a, float b, float c) {
  return static_cast<float>(sum_rounded_to_odd(double{a} * double{b}, double{c}));
}

/// a b + c rounded once.
template <class Scalar>
Scalar fma(Scalar a, Scalar b, Scalar c) {
  if constexpr (processor_has_fma) {
    return std::fma(a, b, c);
  } else {
    return fma_by_parts(a, b, c);
  }
}

ALPHABAR_AS_WRITTEN_END

}  // namespace alphabar::detail
