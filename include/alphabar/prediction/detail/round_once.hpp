// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "alphabar/concepts.hpp"
#include "alphabar/kernel/detail/instruction_set.hpp"

/// Conversion of a result from the Scalar of the coefficients to the type of the buffer, with one
/// rounding.
namespace alphabar::detail {

/// A floating type that converts from float and has at least two bits less: half, bfloat16, ...
template <class T>
concept ShorterThanFloat =
    std::numeric_limits<T>::is_specialized && !std::numeric_limits<T>::is_integer &&
    std::numeric_limits<T>::digits + 2 <= std::numeric_limits<float>::digits;

/// Rounds to odd: returns x if it is a float, otherwise the one of the two floats next to x whose
/// last bit is 1. A float whose last bit is 1 lies on no rounding boundary of a shorter type, so it
/// rounds to that type as x does (Boldo, Melquiond, IEEE Trans. Comput. 57 (2008), 462-471). Keeps
/// NaN and ±∞. A finite x beyond the range of float becomes the largest float.
ALPHABAR_PER_INSTRUCTION_SET inline float rounded_to_odd(double x) {
  const auto nearest = static_cast<float>(x);
  const double magnitude = std::abs(static_cast<double>(nearest));
  auto bits = std::bit_cast<std::uint32_t>(nearest);
  if (bits % 2 == 0 && magnitude < std::abs(x)) ++bits;
  if (bits % 2 == 0 && magnitude > std::abs(x)) --bits;
  return std::bit_cast<float>(bits);
}

/// Returns x rounded once to the type Out. Half precision types convert from float, and
/// double -> float -> half would round twice: 1 + 2⁻¹¹ + 2⁻⁴⁰ would become 1, not 1 + 2⁻¹⁰.
template <class Out, Real Scalar>
ALPHABAR_PER_INSTRUCTION_SET Out round_once(Scalar x) {
  if constexpr (ShorterThanFloat<Out> && SameScalar<Scalar, double>) {
    return static_cast<Out>(rounded_to_odd(x));
  } else {
    return static_cast<Out>(x);
  }
}

}  // namespace alphabar::detail
