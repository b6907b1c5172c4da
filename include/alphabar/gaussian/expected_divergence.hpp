// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/phi.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

/// The expected KL(truth ‖ fit) of a Gaussian that is fitted to n samples of the truth, in nats:
/// the mean over all such samples.
namespace alphabar {
namespace detail {

/// ψ(x) − log x for x > 0, ψ the digamma function: by its asymptotic series at x + m >= 10, and
/// from there by the recurrence ψ(x) = ψ(x + 1) − 1/x.
inline double digamma_minus_log(double x) {
  double shifted = x;
  double sum = 0;
  for (; shifted < 10; ++shifted) sum -= 1 / shifted;
  if (shifted > x) sum += std::log(shifted / x);
  const double r = 1 / (shifted * shifted);
  const double series =
      r * (1.0 / 12 - r * (1.0 / 120 -
                           r * (1.0 / 252 -
                                r * (1.0 / 240 - r * (1.0 / 132 - r * (691.0 / 32760 - r / 12))))));
  return sum - 1 / (2 * shifted) - series;
}

/// E ½ (φ(s/v − 1) + c/n s/v), the expected divergence of a coordinate of variance s, where v is
/// the estimate of s: v/s = 1 − c + c χ²_ν/ν, ν = n − 1, for the fractions c of the signal and
/// 1 − c of the noise in s. The estimated mean has the variance c/n in units of s.
///
/// By the trapezoidal rule in u = log(χ²_ν/ν), whose density is proportional to exp(−½ν φ(eᵘ − 1)).
/// The integrand is analytic and decays exponentially, so the sum with steps of half a deviation is
/// exact to rounding. It has some 400 terms for ν = 3 and 80 for large ν.
inline double expected_divergence_of_coordinate(double signal_share, double noise_share, double n) {
  const double nu = n - 1;
  const double step = (std::min)(0.25, std::sqrt(0.5 / nu));
  double weights = 0;
  double sum = 0;
  for (const int side : {-1, 1}) {
    for (double k = side < 0 ? 1 : 0;; ++k) {
      const double u = side * k * step;
      const double z = std::expm1(u);
      const double exponent = -nu / 2 * (is_near_zero(z) ? phi_near_zero(z) : z - u);
      if (exponent + (std::max)(0.0, -u) < -45) break;  // the factor grows no faster than e⁻ᵘ
      const double ratio = noise_share + signal_share * std::exp(u);
      const double weight = std::exp(exponent);
      weights += weight;
      sum += weight * (phi(-signal_share * z / ratio) + signal_share / (n * ratio));
    }
  }
  return sum / weights / 2;
}

}  // namespace detail

/// E KL(N(μ, Σ) ‖ fit_dense(n samples)), which depends on d and n only. With ν = n − 1 it is
///
///     ½ (dν/(ν − d − 1) (1 + 1/n) − d + Σ_j (ψ((ν − j + 1)/2) − log(ν/2))),    j = 1..d,
///
/// from the expectations of the inverse and of the log-determinant of a Wishart matrix (Muirhead,
/// "Aspects of Multivariate Statistical Theory", Wiley 1982, chapter 3); the term with 1/n is that
/// of the estimated mean. +∞ for n <= d + 2; about d(d + 3)/(4n) for large n.
/// Accuracy: relative error below 1e-13. Cost: O(d).
/// @throws std::invalid_argument for d < 1 and for n < 2
[[nodiscard]] inline double expected_divergence_of_dense_fit(Index d, Index n) {
  constexpr auto name = "expected_divergence_of_dense_fit";
  detail::require(d >= 1, name, "d", "be >= 1", d);
  detail::require(n >= 2, name, "n", "be >= 2", n);
  if (n - 2 <= d) return std::numeric_limits<double>::infinity();
  const auto nu = static_cast<double>(n - 1);
  const auto size = static_cast<double>(d);
  double sum = size * (size + 1 + nu / static_cast<double>(n)) / (nu - size - 1);
  for (Index j = 0; j < d; ++j) {
    const auto lost = static_cast<double>(j);
    sum += std::log1p(-lost / nu) + detail::digamma_minus_log((nu - lost) / 2);
  }
  return sum / 2;
}

/// E KL(p ‖ q) of the diagonal fit, where p is the marginal of a prior N(μ, Σ) after a kernel, and
/// q is the marginal of `fit_diagonal` of n samples of the prior. It is the bias of the structure
/// plus the variance of the estimate:
///
///     KL(p ‖ N(mean of p, diag of p)) + Σ_i E KL(p_i ‖ q_i).
///
/// The first term is `total_correlation`, which does not depend on n. A term of the sum is an
/// integral over a χ² variable of n − 1 degrees of freedom, about 1/n without noise. The formula is
/// exact also for correlated coordinates, because KL depends on their estimates only through a sum.
/// Coordinates of variance 0 count as 0.
/// Accuracy: relative error below 1e-12, apart from that of `total_correlation`. Cost: that of
/// `total_correlation`, and some 100 exponentials per coordinate.
/// @throws std::invalid_argument for n < 4, where it is infinite without noise
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Scalar expected_divergence_of_diagonal_fit(
    const Gaussian<Scalar, Dim, Covariance>& prior, const TransitionKernel<Scalar>& kernel,
    Index n) {
  detail::require(n >= 4, "expected_divergence_of_diagonal_fit", "n", "be >= 4", n);
  const auto marginal = propagate(kernel, prior);
  const Eigen::Matrix<Scalar, Dim, 1> variances = prior.covariance().matrix().diagonal();
  double sum = 0;
  for (const Scalar variance : variances) {
    const double signal = double{kernel.signal_power()} * double{variance};
    if (!(signal > 0)) continue;
    const double noise{kernel.noise_variance()};
    sum += detail::expected_divergence_of_coordinate(
        signal / (signal + noise), noise / (signal + noise), static_cast<double>(n));
  }
  return total_correlation(marginal) + static_cast<Scalar>(sum);
}

}  // namespace alphabar
