// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "alphabar/concepts.hpp"
#include "alphabar/kernel/detail/instruction_set.hpp"

/// The last step of arithmetic on data: from the Scalar of the coefficients to the type of the
/// buffer, with one rounding.
namespace alphabar::detail {

/// A floating type that is made from float and at least two bits shorter: half, bfloat16, ...
template <class T>
concept ShorterThanFloat =
    std::numeric_limits<T>::is_specialized && !std::numeric_limits<T>::is_integer &&
    std::numeric_limits<T>::digits + 2 <= std::numeric_limits<float>::digits;

/// Rounding to odd: x when it is a float, otherwise that one of its two neighbours whose last bit
/// is 1. A float whose last bit is 1 lies on no rounding boundary of a shorter type, so it rounds
/// there as x does (Boldo, Melquiond, IEEE Trans. Comput. 57 (2008), 462-471). Keeps NaN and ±∞;
/// what overflows becomes the largest float.
ALPHABAR_PER_INSTRUCTION_SET inline float rounded_to_odd(double x) {
  const auto nearest = static_cast<float>(x);
  const double magnitude = std::abs(static_cast<double>(nearest));
  auto bits = std::bit_cast<std::uint32_t>(nearest);
  if (bits % 2 == 0 && magnitude < std::abs(x)) ++bits;
  if (bits % 2 == 0 && magnitude > std::abs(x)) --bits;
  return std::bit_cast<float>(bits);
}

/// x in the type Out, rounded as Out rounds, once. Half precision types are made from float, and
/// double -> float -> half would round twice: 1 + 2⁻¹¹ + 2⁻⁴⁰ becomes 1 instead of 1 + 2⁻¹⁰.
template <class Out, Real Scalar>
ALPHABAR_PER_INSTRUCTION_SET Out round_once(Scalar x) {
  if constexpr (ShorterThanFloat<Out> && SameScalar<Scalar, double>) {
    return static_cast<Out>(rounded_to_odd(x));
  } else {
    return static_cast<Out>(x);
  }
}

}  // namespace alphabar::detail
