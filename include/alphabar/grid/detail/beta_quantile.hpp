// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <string_view>

#include "alphabar/error.hpp"

namespace alphabar::detail {

/// The beta distribution on [0, 1] with density x^(a−1) (1−x)^(b−1)/B(a, b), for 0.1 <= a, b <= 20.
struct BetaLaw {
  double a;
  double b;

  [[nodiscard]] double mean() const { return a / (a + b); }
  [[nodiscard]] BetaLaw mirrored() const { return {b, a}; }

  /// x times the density: the density of log x.
  [[nodiscard]] double density_of_log(double x) const {
    const double inverse = std::tgamma(a + b) / (std::tgamma(a) * std::tgamma(b));
    return inverse * std::pow(x, a) * std::pow(1 - x, b - 1);
  }

  /// P(X <= x)/(x · density), for 0 < x <= mean: (1 − x)/a divided by the continued fraction
  /// 1 + d_1/(1 + d_2/(1 + ···)) of NIST DLMF 8.17.22, by the method of Lentz as modified by
  /// Thompson and Barnett 1986. It needs O(√max(a, b)) terms; 500 are the bound.
  [[nodiscard]] double probability_ratio(double x) const {
    constexpr double tiny = 1e-300;
    const auto nonzero = [](double value) { return value == 0 ? tiny : value; };
    double fraction = 1;
    double c = 1;
    double d = 0;
    for (int k = 1; k <= 500; ++k) {
      const int half = k / 2;
      const double m = half;
      const double term = k % 2 == 0 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                                     : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / nonzero(1 + term * d);
      c = nonzero(1 + term / c);
      fraction *= c * d;
      if (std::abs(c * d - 1) < 1e-16) break;
    }
    return (1 - x) / (a * fraction);
  }
};

/// x <= mean with P(X <= x) = p, where p <= P(X <= mean): Newton's method for log P as a function
/// of log x, which is nearly linear, between two bounds.
inline double lower_beta_quantile(const BetaLaw& law, double p) {
  double low = -746;  // e^low is 0
  double high = std::log(law.mean());
  double y = high;
  for (int k = 0; k < 100; ++k) {
    const double x = std::exp(y);
    const double slope = 1 / law.probability_ratio(x);  // of log P
    const double excess = std::log(law.density_of_log(x) / slope / p);
    (excess > 0 ? high : low) = y;
    double next = y - excess / slope;
    if (!(next > low && next < high)) next = (low + high) / 2;
    const double moved = std::abs(next - y);
    y = next;
    if (moved <= 1e-16 * (1 + std::abs(y))) break;
  }
  return std::exp(y);
}

/// x with P(X <= x) = u, 0 <= u <= 1: the inverse of the regularized incomplete beta function.
/// Below the mean x is computed, above it 1 − x, so small values have full relative accuracy.
/// Accuracy for u >= 1e-20: absolute error at most 1e-15, and below the mean a relative error of at
/// most 1e-13; for a = b = 0.6 and for a = 0.5, b = 0.7 at most 2e-14
/// (tests/grid/quantiles.accuracy.test.cpp). The effect of a relative error of 2⁻⁵³ in u or 1 − u
/// is not included.
/// Cost: up to 100 steps of Newton's method, each with one continued fraction.
inline double beta_quantile(double u, double a, double b) {
  if (u <= 0) return 0;
  if (u >= 1) return 1;
  const BetaLaw law{a, b};
  const double mean = law.mean();
  const double below = law.density_of_log(mean) * law.probability_ratio(mean);
  return u <= below ? lower_beta_quantile(law, u) : 1 - lower_beta_quantile(law.mirrored(), 1 - u);
}

inline void require_beta_law(std::string_view function, double alpha, double beta) {
  require(alpha >= 0.1 && alpha <= 20, function, "alpha", "be in [0.1, 20]", alpha);
  require(beta >= 0.1 && beta <= 20, function, "beta", "be in [0.1, 20]", beta);
}

}  // namespace alphabar::detail
