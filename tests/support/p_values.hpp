// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>

/// How likely it is, when a claim is true, to see at least this much against it: on either side,
/// and good far out in the tails, where the tests have their threshold.
namespace test {

/// P(X <= x) and P(X > x) of a gamma variable of the given shape, the small one of them without
/// cancellation: the power series below the mean, the continued fraction (Lentz) above it.
struct Tails {
  double below;
  double above;
};

inline Tails gamma_tails(double shape, double x) {
  if (!(x > 0)) return {0, 1};
  const double front = std::exp(shape * std::log(x) - x - std::lgamma(shape));
  if (x < shape + 1) {
    double term = 1 / shape;
    double sum = term;
    for (double k = 1; term > sum * 1e-16; ++k) sum += term *= x / (shape + k);
    return {front * sum, 1 - front * sum};
  }
  double b = x + 1 - shape;
  double c = 1e300;
  double d = 1 / b;
  double fraction = d;
  double factor = 0;
  for (double k = 1; std::abs(factor - 1) > 1e-15; ++k) {
    const double a = -k * (k - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    fraction *= factor = c * d;
  }
  return {1 - front * fraction, front * fraction};
}

/// Of a chi-squared variable with `degrees` degrees of freedom. 0 for what is no number at all.
inline double chi_squared_p_value(double value, double degrees) {
  if (!std::isfinite(value)) return 0;
  const auto [below, above] = gamma_tails(degrees / 2, value / 2);
  return std::min(1.0, 2 * std::min(below, above));
}

/// Of a standard normal variable.
inline double normal_p_value(double value) {
  return std::isfinite(value) ? std::erfc(std::abs(value) / std::sqrt(2.0)) : 0;
}

}  // namespace test
