// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>
#include <numbers>

namespace alphabar::detail {

/// x = 2^exponent · fraction.
struct BinarySplit {
  double exponent;  ///< an integer; −∞ for x = 0
  double fraction;  ///< in [√½, √2)
};

/// By integer arithmetic alone, without a branch or a call: in a loop it becomes vector
/// instructions, from SSE2 on. For x = 0 and what is normal and positive.
inline BinarySplit binary_split(double x) {
  using Bits = std::uint64_t;
  constexpr int mantissa_bits = 52;
  constexpr Bits mantissa = (Bits{1} << mantissa_bits) - 1;
  constexpr Bits root_of_half = std::bit_cast<Bits>(std::numbers::sqrt2 / 2);
  // x · √2, up to the mantissa's shape: its exponent field is that of x's nearest power of 2.
  const Bits raised = std::bit_cast<Bits>(x) + (std::bit_cast<Bits>(1.0) - root_of_half);
  const Bits field = raised >> mantissa_bits;
  // A small integer becomes a double as the mantissa of 2⁵².
  const double biased = std::bit_cast<double>(field | std::bit_cast<Bits>(0x1p52)) - 0x1p52;
  // The field is 0 for x = 0 only: its bits make +∞ there, and 0 elsewhere.
  const Bits is_zero = (field - 1) >> 63;
  const auto infinite_at_zero = std::bit_cast<double>((is_zero << 63) - (is_zero << mantissa_bits));
  return {biased - 1023 - infinite_at_zero,
          std::bit_cast<double>((raised & mantissa) + root_of_half)};
}

}  // namespace alphabar::detail
