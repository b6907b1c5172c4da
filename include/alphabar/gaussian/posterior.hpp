// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <limits>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/predict.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

/// The law of x_0 given x_t = √A x_0 + √B ε for x_0 ~ N(μ, Σ): the exact reverse process.
///
/// In each eigendirection of Σ, with λ_t = Aλ + B,
///
///     E[x_0 | x_t] = (√A λ x_t + B μ)/λ_t        Cov[x_0 | x_t] = λ B/λ_t
///
/// Every term is positive, so nothing cancels. A → 0 gives the prior, B → 0 gives x_t/√A and 0. The
/// prior may be singular; where λ_t = 0, x_t carries no information and the posterior is the prior.
/// Any kernel may be used: variance preserving, variance exploding, flow matching.
namespace alphabar {
namespace detail {

/// λB/λ_t. Where B/λ_t is below the normal range and A is not, it is B(λ/λ_t), at most B/A.
template <Real Scalar>
Scalar posterior_variance(const TransitionKernel<Scalar>& kernel, Scalar lambda) {
  constexpr Scalar normal = (std::numeric_limits<Scalar>::min)();
  const Scalar variance = kernel.variance(lambda);
  if (!(variance > 0)) return lambda;
  const Scalar share = kernel.noise_variance() / variance;
  if (share >= normal || kernel.signal_power() < normal) return lambda * share;
  return kernel.noise_variance() * (lambda / variance);
}

}  // namespace detail

/// Cov[x_0 | x_t], which does not depend on x_t, in the structure of the prior and in its basis.
/// Its trace is the mean squared error of `denoise`. Cost: that of `mapped`.
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Covariance posterior_covariance(const Gaussian<Scalar, Dim, Covariance>& prior,
                                              const TransitionKernel<Scalar>& kernel) {
  return prior.covariance().mapped(
      [&](Scalar lambda) { return detail::posterior_variance(kernel, lambda); });
}

/// p(x_0 | x_t) = N(E[x_0 | x_t], Cov[x_0 | x_t]).
template <Real Scalar, int Dim, class Covariance, VectorOf<Scalar, Dim> X>
[[nodiscard]] Gaussian<Scalar, Dim, Covariance> posterior(
    const Gaussian<Scalar, Dim, Covariance>& prior, const TransitionKernel<Scalar>& kernel,
    const X& x) {
  return {denoise(prior, kernel, x), posterior_covariance(prior, kernel)};
}

/// Draws from p(x_0 | x_t) for each column x_t of x, with the standard normals in the same column
/// of z: E[x_0 | x_t] + Cov[x_0 | x_t]^½ z. No matrix is formed. Cost: that of `apply`.
/// @throws std::invalid_argument when the shapes disagree
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X, BatchOf<Scalar, Dim> Z>
[[nodiscard]] typename X::PlainObject draw_posterior(const Gaussian<Scalar, Dim, Covariance>& prior,
                                                     const TransitionKernel<Scalar>& kernel,
                                                     const X& x, const Z& z) {
  detail::require_size("draw_posterior", "z.rows()", x.rows(), z.rows());
  detail::require_size("draw_posterior", "z.cols()", x.cols(), z.cols());
  const auto deviation = [&](Scalar lambda) {
    return std::sqrt(detail::posterior_variance(kernel, lambda));
  };
  return denoise(prior, kernel, x) + prior.covariance().apply(deviation, z);
}

/// p(x_s | x_t) with x_0 integrated out, for 0 <= s <= t: a step of the ideal ancestral sampler. It
/// is the posterior of x_s ~ q(x_s) under the kernel from s to t,
///
///     mean (√A λ_s x_t + B √a_s μ)/λ_t,    covariance B λ_s/λ_t,    λ_t = Aλ_s + B,
///
/// with (a_s, v_s) the kernel from 0 to s, (A, B) that from s to t and λ_s = a_s λ + v_s. Per
/// direction the variance lies between the β̃ of a point mass (λ = 0) and B/A (λ → ∞). β̃ and B, its
/// value at λ = 1, are the two choices of Ho et al. 2020 (arXiv:2006.11239v2, section 3.2).
template <Real Scalar, int Dim, class Covariance, VectorOf<Scalar, Dim> X>
[[nodiscard]] Gaussian<Scalar, Dim, Covariance> reverse_transition(
    const Gaussian<Scalar, Dim, Covariance>& prior, const TransitionKernel<Scalar>& zero_to_s,
    const TransitionKernel<Scalar>& s_to_t, const X& x_t) {
  return posterior(propagate(zero_to_s, prior), s_to_t, x_t);
}

}  // namespace alphabar
