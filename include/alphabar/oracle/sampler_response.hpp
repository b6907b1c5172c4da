// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/gaussian/detail/ideal_prediction.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// A sampler with an ideal network for Gaussian data is affine. In an eigendirection of the data's
/// covariance, with λ its eigenvalue and μ the data's mean in it,
///
///     x_end = start · x_start + mean · μ + √variance z,    z ~ N(0, 1).
///
/// `Value` is a number, or an array of numbers, one per eigendirection.
template <class Value>
struct SamplerResponse {
  Value start;     ///< the factor of x_start
  Value mean;      ///< the factor of μ
  Value variance;  ///< of all noise that is drawn
};

namespace detail {

/// The adjoint of a plan with an ideal network: the derivatives of x_end, from the last call to the
/// first.
template <class Value>
struct SamplerAdjoint {
  Value start;                     ///< ∂x_end/∂x_start
  std::vector<Value> predictions;  ///< ∂x_end/∂D_k, through all later steps
  std::vector<Value> draws;        ///< ∂x_end/∂z_m
};

/// Calls visit(k, ∂x_end/∂x of the point after the call, ∂x_end/∂D_k, the coefficients of the ideal
/// D_k) for each call from the last to the first.
template <class Value, class Visit>
SamplerAdjoint<Value> trace_back(const SamplerPlan& plan, const Value& lambda, Visit visit) {
  const Value zero = 0 * lambda;
  SamplerAdjoint<Value> adjoint{zero + 1, std::vector<Value>(plan.calls.size(), zero),
                                std::vector<Value>(static_cast<std::size_t>(plan.draws()), zero)};
  Value& here = adjoint.start;  // ∂x_end/∂x, x the point after a call, then the point before it
  std::size_t drawn = adjoint.draws.size();
  const auto collect = [&](const LinearStep& step, std::size_t asked) {
    for (std::size_t j = 0; j < step.predictions.size(); ++j) {
      adjoint.predictions[asked - 1 - j] += step.predictions[j] * here;
    }
    for (std::size_t j = 0; j < step.draws.size(); ++j) {
      adjoint.draws[drawn - 1 - j] += step.draws[j] * here;
    }
    drawn -= static_cast<std::size_t>(step.new_draws);
  };
  for (std::size_t k = plan.calls.size(); k-- > 0;) {
    const SamplerCall& call = plan.calls[k];
    collect(call.step, k + 1);
    const auto ideal = IdealPrediction<double>(plan.prediction, call.level)(lambda);
    visit(k, here, adjoint.predictions[k], ideal);
    here = call.step.x * here + ideal.gain * adjoint.predictions[k];
  }
  collect(plan.start, 0);
  here *= plan.start.x;
  return adjoint;
}

}  // namespace detail

/// The response of one eigendirection, computed from the last call to the first. So the weight of a
/// draw is complete before it is squared, for any number of steps that use it, and the variances
/// add up without cancellation.
/// Accuracy: every term of a DDPM or DDIM step is positive; then `start`, `mean` and `variance` are
/// within 8n u of the exact function of the plan's numbers after n calls (u = 2⁻⁵³).
/// Cost: O(calls), one division each. λ >= 0. Where Aλ + B is 0 the prediction is that of the mean;
/// a score does not exist there, and the result is infinite or NaN.
template <class Value>
[[nodiscard]] SamplerResponse<Value> sampler_response(const SamplerPlan& plan,
                                                      const Value& lambda) {
  Value mean = 0 * lambda;
  const auto add_mean = [&](std::size_t, const Value&, const Value& prediction,
                            const detail::IdealPrediction<double>::Gains<Value>& ideal) {
    mean += ideal.of_mean * prediction;
  };
  const auto adjoint = detail::trace_back(plan, lambda, add_mean);
  Value variance = 0 * lambda;
  for (const Value& draw : adjoint.draws) variance += draw * draw;
  return {adjoint.start, mean, variance};
}

}  // namespace alphabar
