// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace diffuse_dataset {

/// Both tails of a distribution at a point. The smaller one is accurate as a relative number.
struct Tails {
  double lower = 0;
  double upper = 0;

  /// Probability of a value at least as extreme, on either side.
  double two_sided() const { return std::min(1.0, 2 * std::min(lower, upper)); }
};

inline Tails normal_tails(double z) {
  return {std::erfc(-z / std::numbers::sqrt2) / 2, std::erfc(z / std::numbers::sqrt2) / 2};
}

namespace detail {

/// log Γ(a + 1) minus Stirling's log √(2πa) + a log a - a.
inline double stirling_remainder(double a) {
  double remainder = 0;
  for (; a < 10; ++a) remainder += (a + 0.5) * std::log1p(1 / a) - 1;
  const double r = 1 / (a * a);
  return remainder + (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680)))) / a;
}

/// x^a e^-x / Γ(a + 1), without cancellation also for a ~ x ~ 10⁷.
inline double gamma_prefactor(double a, double x) {
  const double excess = (x - a) / a;
  if (!std::isfinite(excess)) return 0;
  const double log_ratio = x > 0.1 * a ? std::log1p(excess) : std::log(x / a);
  return std::exp(a * (log_ratio - excess) - stirling_remainder(a)) /
         std::sqrt(2 * std::numbers::pi * a);
}

/// Both expansions below need about 10 √a terms.
inline constexpr int most_terms = 10'000'000;
inline constexpr double most_degrees_of_freedom = 1e12;

[[noreturn]] inline void refuse_chi_square(double x, double dof) {
  char text[128];
  std::snprintf(text, sizeof text,
                "chi_square_tails: dof must be in (0, 1e12], got %g (and x = %g)", dof, x);
  throw std::invalid_argument(text);
}

/// Σ_k x^k / ((a+1)···(a+k)): the regularized lower incomplete gamma function over the prefactor.
inline double lower_gamma_series(double a, double x) {
  double sum = 1;
  double term = 1;
  for (int k = 1; k <= most_terms; ++k) {
    term *= x / (a + k);
    sum += term;
    if (term <= sum * 1e-17) return sum;
  }
  refuse_chi_square(2 * x, 2 * a);
}

/// Legendre's continued fraction by the method of Lentz: the upper one over a times the prefactor.
/// The iteration ends where a factor is 1 up to the rounding of its parts.
inline double upper_gamma_fraction(double a, double x) {
  double b = x + 1 - a;
  double c = 1 / std::numeric_limits<double>::min();
  double d = 1 / b;
  double fraction = d;
  for (int k = 1; k <= most_terms; ++k) {
    const double numerator = static_cast<double>(k) * (a - k);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const double factor = c * d;
    fraction *= factor;
    if (std::abs(factor - 1) <= 1e-15) return fraction;
  }
  refuse_chi_square(2 * x, 2 * a);
}

}  // namespace detail

/// Chi-square distribution with `dof` > 0 degrees of freedom.
/// Accuracy: 1e-10 relative in the smaller tail for dof up to 10⁸
/// (tests/examples/statistics.test.cpp). Cost: about 10 √dof terms where x is near dof, at most
/// 10⁷.
/// @throws std::invalid_argument for dof outside (0, 10¹²]
inline Tails chi_square_tails(double x, double dof) {
  if (!(dof > 0 && dof <= detail::most_degrees_of_freedom)) detail::refuse_chi_square(x, dof);
  if (!(x > 0)) return {0, 1};
  if (!std::isfinite(x)) return {1, 0};
  const double a = dof / 2;
  const double y = x / 2;
  const double prefactor = detail::gamma_prefactor(a, y);
  if (y < a + 1) {
    const double lower = prefactor * detail::lower_gamma_series(a, y);
    return {lower, 1 - lower};
  }
  const double upper = prefactor * a * detail::upper_gamma_fraction(a, y);
  return {1 - upper, upper};
}

/// Noncentral chi-square: the law of |z + m|² for z ~ N(0, I) in `dof` dimensions, |m|² = `shift`.
/// By Sankaran's normal approximation (Biometrika 50, 1963).
inline Tails noncentral_chi_square_tails(double x, double dof, double shift) {
  const double mean = dof + shift;
  const double h = 1 - 2.0 / 3 * mean / (dof + 2 * shift) * ((dof + 3 * shift) / (dof + 2 * shift));
  const double p = (dof + 2 * shift) / mean / mean;
  const double m = (h - 1) * (1 - 3 * h);
  const double center = 1 + h * p * (h - 1 - (2 - h) * m * p / 2);
  const double width = h * std::sqrt(2 * p) * (1 + m * p / 2);
  return normal_tails((std::pow(x / mean, h) - center) / width);
}

/// The probability that the smallest of `count` independent p-values is at most p (Šidák).
inline double smallest_of(double count, double p) { return -std::expm1(count * std::log1p(-p)); }

}  // namespace diffuse_dataset
