// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/ideal_prediction.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"

/// The prediction of an ideal network for x_t = √A x_0 + √B ε when x_0 ~ N(μ, Σ).
///
/// Each function takes a point or a batch, one per column, and any kernel. In each eigendirection
/// it is a scalar function of λ, with λ_t = Aλ + B. The only differences are those of the formulas:
/// x_t − √A μ, 1 − λ and √B − √A λ.
/// Accuracy: that of `apply`; for a diagonal covariance 8 ulp of the terms that are added.
/// Cost: that of `apply`, and one more for the mean.
/// @throws std::invalid_argument when x has another dimension
namespace alphabar {
namespace detail {

/// x − √A μ, column by column.
template <Real Scalar, int Dim, class Covariance, class X>
typename X::PlainObject centred(std::string_view function,
                                const Gaussian<Scalar, Dim, Covariance>& prior,
                                const TransitionKernel<Scalar>& kernel, const X& x) {
  require_size(function, "x.rows()", prior.dimension(), x.rows());
  const auto& plain = x.eval();
  const Scalar signal = kernel.signal_scale();
  typename X::PlainObject deviations(x.rows(), x.cols());
  for (Index j = 0; j < x.cols(); ++j) {
    for (Index i = 0; i < x.rows(); ++i) {
      deviations.coeffRef(i, j) = plain.coeff(i, j) - signal * prior.mean().coeff(i);
    }
  }
  return deviations;
}

/// The rank of AΣ + BI.
template <Real Scalar, class Covariance>
Index propagated_rank(const TransitionKernel<Scalar>& kernel, const Covariance& covariance) {
  if (kernel.noise_variance() > 0) return covariance.dimension();
  return kernel.signal_power() > 0 ? covariance.rank() : 0;
}

}  // namespace detail

/// E[ε | x_t], E[x_0 | x_t], E[v | x_t], E[u | x_t] or ∇ log q(x_t), depending on `kind`:
///
///     noise           √B (x_t − √A μ)/λ_t          0 at B = 0, where x_t does not depend on ε
///     x0              (√A λ x_t + B μ)/λ_t         the prior mean where λ_t = 0
///     velocity        √B (√A (1 − λ) x_t − (A + B) μ)/λ_t
///     score           −(x_t − √A μ)/λ_t
///     flow_velocity   ((√B − √A λ) x_t − √B (√A + √B) μ)/λ_t
///
/// @throws std::invalid_argument for the score when the covariance at t is singular: there is no
///         density
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X>
[[nodiscard]] typename X::PlainObject predict(const Gaussian<Scalar, Dim, Covariance>& prior,
                                              const TransitionKernel<Scalar>& kernel,
                                              Prediction kind, const X& x) {
  const detail::IdealPrediction<Scalar> ideal(kind, kernel);
  const auto gain = [&](Scalar lambda) { return ideal.gain(lambda); };
  if (kind == Prediction::score) {
    const Index rank = detail::propagated_rank(kernel, prior.covariance());
    detail::require_size("score", "the rank of the covariance at t", prior.dimension(), rank);
  }
  if (kind == Prediction::score || kind == Prediction::noise) {
    return prior.covariance().apply(gain, detail::centred("predict", prior, kernel, x));
  }
  detail::require_size("predict", "x.rows()", prior.dimension(), x.rows());
  typename X::PlainObject prediction = prior.covariance().apply(gain, x);
  const auto of_mean =
      prior.covariance().apply([&](Scalar lambda) { return ideal.of_mean(lambda); }, prior.mean());
  detail::add_to_columns(prediction, Scalar(1), of_mean);
  return prediction;
}

/// ∇ log q(x_t) = −(x_t − √A μ)/λ_t, in each eigendirection.
/// @throws std::invalid_argument when the covariance at t is singular: there is no density
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X>
[[nodiscard]] typename X::PlainObject score(const Gaussian<Scalar, Dim, Covariance>& prior,
                                            const TransitionKernel<Scalar>& kernel, const X& x) {
  return predict(prior, kernel, Prediction::score, x);
}

/// E[x_0 | x_t] for a point or a batch, one per column: the ideal denoiser. It has the least mean
/// squared error of all denoisers on data from this prior.
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X>
[[nodiscard]] typename X::PlainObject denoise(const Gaussian<Scalar, Dim, Covariance>& prior,
                                              const TransitionKernel<Scalar>& kernel, const X& x) {
  return predict(prior, kernel, Prediction::x0, x);
}

}  // namespace alphabar
