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

/// The probability flow from one time to another, exact and in either direction: where the
/// deterministic sampler of infinitely many steps takes a point x,
///
///     √a_to μ + √(λ_to/λ_from) (x − √a_from μ),    λ_t = a_t λ + v_t in each eigendirection,
///
/// with (a_t, v_t) the kernels `from` and `to`, both from time 0. The path between them does not
/// matter. It is the W2-optimal map between the two marginals, and carries one to the other; its
/// log |det| is half the difference of their log-determinants (Song et al. 2021, arXiv:2011.13456,
/// section 4.3, is the equation; Wang, Vastola 2024, arXiv:2412.09726, the solution).
///
/// A direction without variance at `to` collapses onto the mean. x may be a point or a batch.
/// Accuracy: that of `apply`, 8 ulp of the terms that are added for a diagonal covariance; the way
/// there and back returns x. Cost: that of `apply`.
/// @throws std::invalid_argument when x has another dimension, or a direction has variance at `to`
/// but none at `from`: no map makes noise out of a point
template <Real Scalar, int Dim, class Covariance, BatchOf<Scalar, Dim> X>
[[nodiscard]] typename X::PlainObject flow(const Gaussian<Scalar, Dim, Covariance>& prior,
                                           const TransitionKernel<Scalar>& from,
                                           const TransitionKernel<Scalar>& to, const X& x) {
  const auto deviation = detail::centred("flow", prior, from, x);
  const Index needed = detail::propagated_rank(to, prior.covariance());
  const Index rank = detail::propagated_rank(from, prior.covariance());
  detail::require(rank >= needed, "flow", "the rank of the covariance at `from`",
                  "be >= " + detail::to_text(needed) + ", that at `to`", rank);
  const auto stretch = [&](Scalar lambda) {
    const Scalar wanted = to.variance(lambda);
    return wanted > 0 ? std::sqrt(wanted / from.variance(lambda)) : Scalar(0);
  };
  typename X::PlainObject moved = prior.covariance().apply(stretch, deviation);
  moved.colwise() += to.signal_scale() * prior.mean();
  return moved;
}

}  // namespace alphabar
