// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

/// What an ideal network predicts of x_t = √A x_0 + √B ε when x_0 ~ N(μ, Σ). `denoise`, which
/// predicts x_0, is in gaussian/posterior.hpp; the kinds are those of prediction/prediction.hpp.
///
/// Each takes a point or a batch, one per column, and is a scalar function of λ, with λ_t = Aλ + B,
/// for any kernel. Nothing cancels but what the question itself subtracts: x_t − √A μ and 1 − λ.
/// Accuracy: that of `apply`; for a diagonal covariance 8 ulp of the terms that are added.
/// Cost: that of `apply`. @throws std::invalid_argument when x has another dimension
namespace alphabar {
namespace detail {

/// x − √A μ, column by column. For a point it is an expression of x and μ, so that what follows
/// needs no pass of its own.
template <Real Scalar, int Dim, class Covariance, class X>
auto centred(std::string_view function, const Gaussian<Scalar, Dim, Covariance>& prior,
             const TransitionKernel<Scalar>& kernel, const X& x) {
  require_size(function, "x.rows()", prior.dimension(), x.rows());
  if constexpr (SingleColumn<X>) {
    return x - kernel.signal_scale() * prior.mean();
  } else {
    return (x.colwise() - kernel.signal_scale() * prior.mean()).eval();
  }
}

/// The rank of AΣ + BI.
template <Real Scalar, class Covariance>
Index propagated_rank(const TransitionKernel<Scalar>& kernel, const Covariance& covariance) {
  if (kernel.noise_variance() > 0) return covariance.dimension();
  return kernel.signal_power() > 0 ? covariance.rank() : 0;
}

/// √B/λ_t as a function of λ: what x_t − √A μ says of ε. Nothing at B = 0.
template <Real Scalar>
auto noise_gain(const TransitionKernel<Scalar>& kernel) {
  return [a = kernel.signal_power(), b = kernel.noise_variance(), scale = kernel.noise_scale()](
             Scalar lambda) { return b > 0 ? scale / (a * lambda + b) : Scalar(0); };
}

}  // namespace detail

/// ∇ log q(x_t) = −(x_t − √A μ)/λ_t, in each eigendirection.
/// @throws std::invalid_argument when the covariance at t is singular: there is no density
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X>
[[nodiscard]] typename X::PlainObject score(const Gaussian<Scalar, Dim, Covariance>& prior,
                                            const TransitionKernel<Scalar>& kernel, const X& x) {
  const auto deviation = detail::centred("score", prior, kernel, x);
  const Index rank = detail::propagated_rank(kernel, prior.covariance());
  detail::require(rank == prior.dimension(), "score", "the rank of the covariance at t",
                  "be " + detail::to_text(prior.dimension()), rank);
  return prior.covariance().apply([a = kernel.signal_power(), b = kernel.noise_variance()](
                                      Scalar lambda) { return -1 / (a * lambda + b); },
                                  deviation);
}

/// E[ε | x_t] = √B (x_t − √A μ)/λ_t = −√B ∇ log q(x_t); 0 at B = 0, where x_t says nothing of ε.
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X>
[[nodiscard]] typename X::PlainObject predict_noise(const Gaussian<Scalar, Dim, Covariance>& prior,
                                                    const TransitionKernel<Scalar>& kernel,
                                                    const X& x) {
  return prior.covariance().apply(detail::noise_gain(kernel),
                                  detail::centred("predict_noise", prior, kernel, x));
}

/// E[v | x_t] of v = √A ε − √B x_0: √B (√A (1 − λ) x_t − (A + B) μ)/λ_t.
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X>
[[nodiscard]] typename X::PlainObject predict_velocity(
    const Gaussian<Scalar, Dim, Covariance>& prior, const TransitionKernel<Scalar>& kernel,
    const X& x) {
  detail::require_size("predict_velocity", "x.rows()", prior.dimension(), x.rows());
  const auto gain = detail::noise_gain(kernel);
  typename X::PlainObject velocity = prior.covariance().apply(
      [&](Scalar lambda) { return kernel.signal_scale() * (1 - lambda) * gain(lambda); }, x);
  const Scalar power = kernel.signal_power() + kernel.noise_variance();
  velocity.colwise() -=
      prior.covariance().apply([&](Scalar lambda) { return power * gain(lambda); }, prior.mean());
  return velocity;
}

}  // namespace alphabar
