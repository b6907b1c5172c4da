// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/gaussian_mixture.hpp"
#include "alphabar/gaussian/posterior.hpp"
#include "alphabar/gaussian/predict.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"

/// The exact laws when the prior is a mixture: at x_t, component k has the weight
/// r_k(x_t) = P(component k | x_t), its responsibility.
///
///     q(x_t)       = Σ w_k q_k(x_t)                   ∇ log q(x_t)  = Σ r_k ∇ log q_k(x_t)
///     p(x_0 | x_t) = Σ r_k p_k(x_0 | x_t)             E[x_0 | x_t]  = Σ r_k E_k[x_0 | x_t]
///
/// Accuracy, compared with 50 digits: 1e-12 of the largest entry, also 50 standard deviations out
/// and between clusters; in a million dimensions 1e-9 (1e-3 in float)
/// (tests/gaussian/mixture_laws.test.cpp). In float it is 1e-6 for dense, diagonal and isotropic
/// components, and for all components where one has all of the responsibility. Otherwise the basis
/// of a component is rounded to float, so a squared distance of r² standard deviations, and with it
/// the responsibilities, have an error of 2⁻²² r²: 6e-4 at r = 50. Takes points and batches, one
/// per column. Cost: two or three `apply` per component and column, five in float with dense
/// components.
/// @throws std::invalid_argument for another dimension, and for a singular component at B = 0
namespace alphabar {
namespace detail {

/// Σ_k r_k(x) law(component k).
template <class Mixture, Real Scalar, class X, class Law>
typename X::PlainObject mixed(const Mixture& prior, const TransitionKernel<Scalar>& kernel,
                              const X& x, const Law& law) {
  const auto shares = prior.responsibilities(kernel, x);
  typename X::PlainObject sum = X::PlainObject::Zero(x.rows(), x.cols());
  for (Index k = 0; k < shares.rows(); ++k) {
    if ((shares.row(k).array() == 0).all()) continue;
    sum += law(prior.components()[static_cast<std::size_t>(k)]) * shares.row(k).asDiagonal();
  }
  return sum;
}

}  // namespace detail

/// q(x_t), a mixture with the same weights.
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] GaussianMixture<Scalar, Dim, Covariance> propagate(
    const TransitionKernel<Scalar>& kernel, const GaussianMixture<Scalar, Dim, Covariance>& prior) {
  std::vector<Gaussian<Scalar, Dim, Covariance>> components;
  components.reserve(prior.components().size());
  for (const auto& component : prior.components()) {
    components.push_back(propagate(kernel, component));
  }
  return {prior.weights(), std::move(components)};
}

/// The conditional mean of any kind of prediction; for the score, ∇ log q(x_t).
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X>
[[nodiscard]] typename X::PlainObject predict(const GaussianMixture<Scalar, Dim, Covariance>& prior,
                                              const TransitionKernel<Scalar>& kernel,
                                              Prediction kind, const X& x) {
  return detail::mixed(prior, kernel, x,
                       [&](const auto& part) { return predict(part, kernel, kind, x); });
}

/// ∇ log q(x_t).
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X>
[[nodiscard]] typename X::PlainObject score(const GaussianMixture<Scalar, Dim, Covariance>& prior,
                                            const TransitionKernel<Scalar>& kernel, const X& x) {
  return predict(prior, kernel, Prediction::score, x);
}

/// E[x_0 | x_t]. With one point per sample of a data set as the prior this is the denoiser that
/// memorises the data set: the optimum of the training loss, which does not generalise.
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X>
[[nodiscard]] typename X::PlainObject denoise(const GaussianMixture<Scalar, Dim, Covariance>& prior,
                                              const TransitionKernel<Scalar>& kernel, const X& x) {
  return predict(prior, kernel, Prediction::x0, x);
}

/// p(x_0 | x_t), a mixture whose weights are the responsibilities. Its `covariance()` is Σ r_k
/// (C_k + (D_k − D)(D_k − D)ᵀ), which depends on x_t.
template <Real Scalar, int Dim, class Covariance, VectorOf<Scalar, Dim> X>
[[nodiscard]] GaussianMixture<Scalar, Dim, Covariance> posterior(
    const GaussianMixture<Scalar, Dim, Covariance>& prior, const TransitionKernel<Scalar>& kernel,
    const X& x) {
  const typename GaussianMixture<Scalar, Dim, Covariance>::Weights shares =
      prior.responsibilities(kernel, x);
  std::vector<Gaussian<Scalar, Dim, Covariance>> components;
  components.reserve(prior.components().size());
  for (const auto& component : prior.components()) {
    components.push_back(posterior(component, kernel, x));
  }
  return {shares, std::move(components)};
}

/// p(x_s | x_t) with x_0 integrated out, for 0 <= s <= t.
template <Real Scalar, int Dim, class Covariance, VectorOf<Scalar, Dim> X>
[[nodiscard]] GaussianMixture<Scalar, Dim, Covariance> reverse_transition(
    const GaussianMixture<Scalar, Dim, Covariance>& prior,
    const TransitionKernel<Scalar>& zero_to_s, const TransitionKernel<Scalar>& s_to_t,
    const X& x_t) {
  return posterior(propagate(zero_to_s, prior), s_to_t, x_t);
}

}  // namespace alphabar
