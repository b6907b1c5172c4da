// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/phi.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

/// The expected KL(truth ‖ fit), in nats, of a Gaussian fitted to n samples of the truth: the
/// expectation is over the samples. It is the error made by estimating Σ.
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

/// E ½ (φ(s/v − 1) + c/n s/v), the expected divergence of a coordinate of variance s, of which v is
/// the estimate: v/s = 1 − c + c χ²_ν/ν, ν = n − 1, where c is the fraction of the signal in s and
/// 1 − c that of the noise. The estimated mean has the variance c/n in units of s.
///
/// It integrates over u = log(χ²_ν/ν), whose density is proportional to exp(−½ν φ(eᵘ − 1)), by the
/// trapezoidal rule. The integrand is analytic and decays exponentially, so a sum over steps of
/// half a standard deviation is exact to rounding. It has about 400 terms for ν = 3, 80 for large
/// ν.
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
      if (exponent + (std::max)(0.0, -u) < -45) break;  // the integrand grows at most as e⁻ᵘ
      const double ratio = noise_share + signal_share * std::exp(u);
      const double weight = std::exp(exponent);
      weights += weight;
      sum += weight * (phi(-signal_share * z / ratio) + signal_share / (n * ratio));
    }
  }
  return sum / weights / 2;
}

/// The r in (0, 1] with r = 1 − δ(r), δ(r) = Σ r s/(r s + z) / ν, by which random matrix theory
/// replaces the noise z beside a sample covariance of spectrum s: Newton's method from a lower
/// bound, from which r rises to the root, because the residual is convex and falls. At most 100
/// steps, about 10 of which are needed.
template <class Array>
double ratio_of_noise(const Array& s, double z, double nu) {
  double r = (std::max)(0.0, 1 - static_cast<double>((s > 0).count()) / nu);
  for (int step = 0; step < 100; ++step) {
    const Array resolved = r * s / (r * s + z);
    const double residual = 1 - r - resolved.sum() / nu;
    const double slope = 1 + (s / (r * s + z) * (1 - resolved)).sum() / nu;
    const double next = (std::min)(1.0, r + residual / slope);
    if (!(next > r)) break;
    r = next;
  }
  return r;
}

}  // namespace detail

/// E KL(N(μ, Σ) ‖ fit_dense(n samples)), which depends on d and n only. With ν = n − 1 it is
///
///     ½ (dν/(ν − d − 1) (1 + 1/n) − d + Σ_j (ψ((ν − j + 1)/2) − log(ν/2))),    j = 1..d,
///
/// from the expectations of the inverse and of the log-determinant of a Wishart matrix (Muirhead,
/// "Aspects of Multivariate Statistical Theory", Wiley 1982, chapter 3). The term in 1/n is that of
/// the estimated mean. The value is +∞ for n <= d + 2, and about d(d + 3)/(4n) for large n.
/// Accuracy: a relative error of 1e-13. Cost: O(d).
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

/// E KL(p ‖ q) for p the marginal N(√A μ, AΣ + BI) of a prior after a kernel, and q that of
/// `fit_dense` of n samples of the prior. Without noise, B = 0, it is the exact value above for the
/// rank of Σ in place of d. With noise it is finite for all n >= 2 (unless Aλ/B is out of range),
/// and an approximation for large d and n, the deterministic equivalent (Bai, Silverstein,
/// "Spectral Analysis of Large Dimensional Random Matrices", Springer 2010, chapters 4 and 9). With
/// s = Aλ, z = B, ν = n − 1, r = 1 − δ = 1 − Σ r s/(r s + z)/ν, h = s/(s + z) and
/// φ(x) = x − log(1 + x), it is
///
///     ½ (ν δ²/r + ν φ(−δ) − Σ (δh + φ(−δh)) + Σ s/(r s + z)/n)
///
/// plus half of the next order, with u = r s/(r s + z): ½ log(1 − Σu²/ν) from the log-determinant,
/// and from the trace the derivative of this by ε at 0, when z becomes z + ε(s + z). The next order
/// counts at most as much as the first.
///
/// Accuracy: a relative error of 6 % for d = 8 and 0.1 % for d = 64, for n >= 2d and little noise;
/// 1 % for d = 8 and any n where B is no smaller than A times the variances. It is larger where
/// n − 1 is near the number m of eigenvalues far above the noise: up to a factor of 2 for
/// n − 1 = m. For n − 1 = m + 1 or m + 2 the expectation without noise is infinite, or nearly: the
/// approximation is then up to 5 times too small for λ/B = 10⁶, and more for less noise.
/// Cost: that of the eigenvalues, and O(d).
/// @throws std::invalid_argument for n < 2
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Scalar expected_divergence_of_dense_fit(
    const Gaussian<Scalar, Dim, Covariance>& prior, const TransitionKernel<Scalar>& kernel,
    Index n) {
  detail::require(n >= 2, "expected_divergence_of_dense_fit", "n", "be >= 2", n);
  using Array = Eigen::ArrayX<std::common_type_t<double, Scalar>>;
  const double z{kernel.noise_variance()};
  const Array s =
      double{kernel.signal_power()} * prior.covariance().eigenvalues().template cast<double>();
  const Index rank = (s > 0).count();
  if (rank == 0) return 0;
  if (!(z > 0)) return static_cast<Scalar>(expected_divergence_of_dense_fit(rank, n));
  const auto nu = static_cast<double>(n - 1);
  const double r = detail::ratio_of_noise(s, z, nu);
  const Array beside = r * s + z;
  const Array u = r * s / beside;
  const double delta = u.sum() / nu;
  // φ(−δh), from δh or from 1 − δh = (r s + z)/(s + z), whichever is small.
  const auto phi = [delta](double h, double rest) {
    return delta < 0.5 ? detail::phi(-delta * h) : detail::phi_of_ratio(rest, 1.0);
  };
  const Array h = s / (s + z);
  const double leading = nu * delta * delta / r + nu * phi(1, r) -
                         (delta * h + h.binaryExpr(beside / (s + z), phi)).sum() +
                         (s / beside).sum() / static_cast<double>(n);
  if (!std::isfinite(leading)) return std::numeric_limits<Scalar>::infinity();
  const Array scale = (s + z) / beside;
  const Array w = z / beside;                  // 1 − u
  const double left = nu * r + (u * w).sum();  // ν − Σu²
  const double of_r = (u * scale).sum() / left;
  const double next = std::log(left / nu) / 2 + (u.square() * (scale - w * of_r)).sum() / left;
  return static_cast<Scalar>((leading + (std::min)(next, leading)) / 2);
}

/// E KL(p ‖ q) for p the marginal of a prior N(μ, Σ) after a kernel, and q that of `fit_diagonal`
/// of n samples of the prior: the bias of the structure, and the variance of the estimate,
///
///     KL(p ‖ N(mean of p, diag of p)) + Σ_i E KL(p_i ‖ q_i).
///
/// The first term is `total_correlation`, which does not depend on n. A term of the sum is an
/// integral over a χ² variable of n − 1 degrees of freedom, about 1/n without noise. The formula is
/// exact for correlated coordinates, too, because the expectation of a sum needs no independence.
/// Coordinates of variance 0 contribute 0.
/// Accuracy: a relative error of 1e-12 in the sum, and that of `total_correlation`. Cost: that of
/// `total_correlation`, and about 100 exponentials per coordinate.
/// @throws std::invalid_argument for n < 4: for fewer samples it is infinite without noise
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
