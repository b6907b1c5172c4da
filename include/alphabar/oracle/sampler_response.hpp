// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>

#include "alphabar/gaussian/detail/ideal_prediction.hpp"
#include "alphabar/sampler/affine_step.hpp"

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
  Value variance;  ///< of all that is drawn on the way
};

namespace detail {

/// Adjoint sweep: ∂x_end/∂x_k from ∂x_end/∂x_{k+1}, from the last call to the first. Returns
/// ∂x_end/∂x_start, and at each call k
///
///     visit(k, ∂x_end/∂x of the point after it, ∂x_end/∂D of its answer, what D should be).
template <class Value, class Visit>
Value trace_back(const SamplerPlan& plan, const Value& lambda, Visit visit) {
  const Value zero = 0 * lambda;
  Value here = zero + 1;  // ∂x_end/∂x, x the point after a call, then the point before it
  std::array<Value, 3> looked_back{zero, zero, zero};  // by later calls at D, D', D''
  const bool looks_back = plan.looks_back();
  for (std::size_t k = plan.steps.size(); k-- > 0;) {
    const AffineStep& c = plan.steps[k].coefficients;
    Value answer = c.prediction * here;
    if (looks_back) {
      answer += looked_back[0];
      looked_back[0] = c.previous * here + looked_back[1];
      looked_back[1] = c.older[0] * here + looked_back[2];
      looked_back[2] = c.older[1] * here;
    }
    const auto ideal = IdealPrediction<double>(plan.prediction, plan.steps[k].zero_to_t)(lambda);
    visit(k, here, answer, ideal);
    here = c.x * here + ideal.gain * answer;
  }
  return here;
}

}  // namespace detail

/// The response of one eigendirection, from the last call to the first. So all draws are seen
/// separately, and their variances add up without any cancellation, however far a sampler looks
/// back.
/// Accuracy: every term of a DDPM or DDIM step is positive; then `start`, `mean` and `variance` are
/// within 8n u of the exact function of the plan's numbers after n calls (u = 2⁻⁵³).
/// Cost: O(calls), one division each. λ >= 0; where Aλ + B is 0 there is no score, and no number.
template <class Value>
[[nodiscard]] SamplerResponse<Value> sampler_response(const SamplerPlan& plan,
                                                      const Value& lambda) {
  const Value zero = 0 * lambda;
  Value mean = zero;
  Value variance = zero;
  const auto add = [&](std::size_t k, const Value& after, const Value& answer,
                       const detail::IdealPrediction<double>::Gains<Value>& ideal) {
    const double noise = plan.steps[k].coefficients.noise;
    if (noise != 0) variance += noise * after * noise * after;
    mean += ideal.of_mean * answer;
  };
  const Value start = detail::trace_back(plan, lambda, add);
  return {start, mean, variance};
}

}  // namespace alphabar
