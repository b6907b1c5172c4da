// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "support/quad.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace test {

/// The error of `value` in units in the last place: in multiples of the spacing that its type has
/// at the exact number, subnormal numbers included. A correctly rounded value has at most 0.5.
template <class Scalar>
double ulps(Scalar value, Quad exact) {
  using Limits = std::numeric_limits<Scalar>;
  const Quad magnitude = absolute(exact);
  if (std::isinf(value)) {
    const bool overflows = magnitude >= Quad{Limits::max()} * (1 + Quad{Limits::epsilon()} / 4);
    return overflows && (value > 0) == (exact > 0) ? 0 : Limits::infinity();
  }
  const auto nearest = static_cast<double>(std::min(magnitude, Quad{Limits::max()}));
  int exponent = nearest > 0 ? std::ilogb(nearest) : Limits::min_exponent;
  if (magnitude < Quad{std::ldexp(1.0, exponent)}) --exponent;
  exponent = std::max(exponent, Limits::min_exponent - 1) - (Limits::digits - 1);
  return static_cast<double>(absolute(Quad{value} - exact) / Quad{std::ldexp(1.0, exponent)});
}

/// The worst of many errors, and the times at which it was made. NaN counts as infinite.
struct Worst {
  double ulps = 0;
  std::ptrdiff_t s = 0;
  std::ptrdiff_t t = 0;

  void see(double error, std::ptrdiff_t at_t, std::ptrdiff_t at_s = 0) {
    if (std::isnan(error)) error = std::numeric_limits<double>::infinity();
    if (error > ulps) *this = {error, at_s, at_t};
  }
};

}  // namespace test
#endif
