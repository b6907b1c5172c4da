// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/oracle/sampler_response.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

namespace detail {

/// Checks that an ideal network has a prediction at every call.
inline void require_predictions(std::string_view function, const SamplerPlan& plan, bool singular) {
  require_plan(function, plan);
  if (!singular || plan.prediction != Prediction::score) return;
  for (const SamplerCall& call : plan.calls) {
    require(call.level.noise_variance() > 0, function,
            "the noise at each call for the score of a singular covariance", "be > 0",
            call.level.noise_variance());
  }
}

/// Calls f(first, count, part) for the eigenvalues first..first + count − 1. They are the first
/// elements of `part`, whose fixed size fits the L1 cache and is vectorized; the other elements are
/// 1.
template <class Vector, class F>
void for_each_part(const Vector& eigenvalues, F f) {
  constexpr Index width = 32;
  using Part = Eigen::Array<typename Vector::Scalar, width, 1>;
  for (Index first = 0; first < eigenvalues.rows(); first += width) {
    const Index count = (std::min)(width, eigenvalues.rows() - first);
    Part part = Part::Ones();
    part.head(count) = eigenvalues.segment(first, count).array();
    f(first, count, part);
  }
}

}  // namespace detail

/// The exact law of the result of a sampler with an ideal network on N(μ, Σ): a Gaussian in the
/// basis and structure of Σ. In each eigendirection the response of that direction is applied to
/// the start. No sample is drawn. The start is q(x_start | x_0) of the data. With
/// `plan.calls[0].level` it is the marginal of the forward process, and the error of the law is
/// that of the sampler alone.
///
/// Accuracy: mean and standard deviation within 1e-12 of the largest of those of `run_sampler`,
/// whose linear map tests/oracle/sampler_law.test.cpp computes.
/// Cost: O(d · calls), and one `apply` and one `mapped` of the covariance.
/// @throws std::invalid_argument for a plan without calls, or with a score at a call where there is
///     none, or when a variance is not finite
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Gaussian<Scalar, Dim, Covariance> sampler_law(
    const SamplerPlan& plan, const Gaussian<Scalar, Dim, Covariance>& prior,
    const TransitionKernel<double>& start) {
  detail::require_predictions("sampler_law", plan, prior.covariance().rank() < prior.dimension());
  const auto share_of_mean = [&](Scalar lambda) {
    const auto response = sampler_response(plan, static_cast<double>(lambda));
    return static_cast<Scalar>(response.mean + response.start * start.signal_scale());
  };
  const auto variance = [&](Scalar lambda) {
    const auto exact = static_cast<double>(lambda);
    const auto response = sampler_response(plan, exact);
    return static_cast<Scalar>(response.start * response.start * start.variance(exact) +
                               response.variance);
  };
  return {prior.covariance().apply(share_of_mean, prior.mean()),
          prior.covariance().mapped(variance)};
}

/// The same with the start of the plan, N(0, start_scale² I).
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Gaussian<Scalar, Dim, Covariance> sampler_law(
    const SamplerPlan& plan, const Gaussian<Scalar, Dim, Covariance>& prior) {
  return sampler_law(plan, prior, TransitionKernel<double>::from_scales(0, plan.start_scale));
}

/// The responses of many eigendirections at once. They give the law for any start. Cost:
/// O(d · calls).
/// @throws std::invalid_argument for an eigenvalue that is not finite and >= 0, or as `sampler_law`
template <VectorOf<double, Eigen::Dynamic> Vector,
          class Array = Eigen::ArrayX<typename Vector::Scalar>>
[[nodiscard]] SamplerResponse<Array> sampler_responses(const SamplerPlan& plan,
                                                       const Vector& eigenvalues) {
  detail::require_spectrum("sampler_responses", "eigenvalues", eigenvalues);
  detail::require_predictions("sampler_responses", plan, (eigenvalues.array() == 0).any());
  const Index size = eigenvalues.rows();
  SamplerResponse<Array> responses{Array(size), Array(size), Array(size)};
  detail::for_each_part(eigenvalues, [&](Index first, Index count, const auto& part) {
    const auto response = sampler_response(plan, part);
    responses.start.segment(first, count) = response.start.head(count);
    responses.mean.segment(first, count) = response.mean.head(count);
    responses.variance.segment(first, count) = response.variance.head(count);
  });
  return responses;
}

}  // namespace alphabar
