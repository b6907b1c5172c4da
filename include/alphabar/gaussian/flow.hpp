// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/predict.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

namespace alphabar {

/// The exact probability flow of a point x from one time to another, in either direction: the limit
/// of the deterministic sampler for infinitely many steps,
///
///     √a_to μ + √(λ_to/λ_from) (x − √a_from μ),    λ_t = a_t λ + v_t in each eigendirection,
///
/// with (a_t, v_t) the kernels `from` and `to`, both from time 0. It does not depend on the
/// schedule between the two times. It is the W2-optimal map from one marginal to the other, and its
/// log |det| is half the difference of their log-determinants (Song et al. 2021, arXiv:2011.13456,
/// section 4.3, gives the equation; Wang, Vastola 2024, arXiv:2412.09726, the solution).
///
/// A direction without variance at `to` is mapped to the mean. x may be a point or a batch.
/// Accuracy: that of `apply`; for a diagonal covariance 8 ulp of the terms that are added. Cost:
/// that of `apply`.
/// @throws std::invalid_argument when x has another dimension, or when a direction has variance at
///     `to` but none at `from`: there is no such map
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X>
[[nodiscard]] typename X::PlainObject flow(const Gaussian<Scalar, Dim, Covariance>& prior,
                                           const TransitionKernel<Scalar>& from,
                                           const TransitionKernel<Scalar>& to, const X& x) {
  const auto deviation = detail::centred("flow", prior, from, x);
  const Index needed = detail::propagated_rank(to, prior.covariance());
  const Index rank = detail::propagated_rank(from, prior.covariance());
  if (rank < needed) {
    detail::refuse("flow", "the rank of the covariance at `from`",
                   "be >= " + detail::to_text(needed) + ", that at `to`", rank);
  }
  const auto stretch = [&](Scalar lambda) {
    const Scalar wanted = to.variance(lambda);
    return wanted > 0 ? std::sqrt(wanted / from.variance(lambda)) : Scalar(0);
  };
  typename X::PlainObject moved = prior.covariance().apply(stretch, deviation);
  detail::add_to_columns(moved, to.signal_scale(), prior.mean());
  return moved;
}

}  // namespace alphabar
