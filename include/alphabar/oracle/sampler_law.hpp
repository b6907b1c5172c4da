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

/// An ideal network must have an answer at every call.
inline void require_answers(std::string_view function, const SamplerPlan& plan, bool singular) {
  require_plan(function, plan);
  if (!singular || plan.prediction != Prediction::score) return;
  for (const SamplerCall& call : plan.calls) {
    require(call.level.noise_variance() > 0, function,
            "the noise at each call for the score of a singular covariance", "be > 0",
            call.level.noise_variance());
  }
}

/// f(first, count, part) for the eigenvalues first..first + count − 1, at the head of an array of a
/// size that fits the first cache and that the compiler vectorizes; behind them it is 1.
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

/// The exact law of what a sampler with an ideal network makes of N(μ, Σ): a Gaussian in the basis
/// of Σ, of its structure. In each eigendirection it is the response of that direction, applied to
/// the start. No sample is drawn. The start is q(x_start | x_0) of the data: `plan.calls[0].level`
/// for the marginal of the forward process, so that only the sampler's own error is left.
///
/// Accuracy: mean and standard deviation within 1e-12 of the largest of what `run_sampler` does,
/// whose linear map is read off in tests/oracle/sampler_law.test.cpp.
/// Cost: O(d · calls), and one `apply` and one `mapped` of the covariance.
/// @throws std::invalid_argument for a plan without calls, or with a call for a score where there
///     is none, or when a variance is not finite
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Gaussian<Scalar, Dim, Covariance> sampler_law(
    const SamplerPlan& plan, const Gaussian<Scalar, Dim, Covariance>& prior,
    const TransitionKernel<double>& start) {
  detail::require_answers("sampler_law", plan, prior.covariance().rank() < prior.dimension());
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

/// The same from where the plan starts, N(0, start_scale² I).
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Gaussian<Scalar, Dim, Covariance> sampler_law(
    const SamplerPlan& plan, const Gaussian<Scalar, Dim, Covariance>& prior) {
  return sampler_law(plan, prior, TransitionKernel<double>::from_scales(0, plan.start_scale));
}

/// The responses of many eigendirections at once, for those who ask for many samplers: from them
/// follows the law of any start. Cost: 1 to 2 ns per direction and call.
/// @throws std::invalid_argument for an eigenvalue that is not finite and >= 0, or as `sampler_law`
template <VectorOf<double, Eigen::Dynamic> Vector,
          class Array = Eigen::ArrayX<typename Vector::Scalar>>
[[nodiscard]] SamplerResponse<Array> sampler_responses(const SamplerPlan& plan,
                                                       const Vector& eigenvalues) {
  detail::require_spectrum("sampler_responses", "eigenvalues", eigenvalues);
  detail::require_answers("sampler_responses", plan, (eigenvalues.array() == 0).any());
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
