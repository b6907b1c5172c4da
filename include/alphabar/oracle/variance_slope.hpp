// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/ideal_prediction.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/oracle/sampler_response.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/affine_step.hpp"

namespace alphabar {

/// The change of one call between two plans.
struct CallMotion {
  std::size_t call = 0;               ///< counted from 0
  AffineStep change{.x = 0};          ///< of the coefficients
  TransitionKernel<double> before{};  ///< where the network is asked in the one plan
  TransitionKernel<double> after{};   ///< and in the other
};

/// The calls of a plan that change between two neighbours, those of the same sampler on grids on
/// either side.
/// @throws std::invalid_argument unless all three have the same number of calls
[[nodiscard]] inline std::vector<CallMotion> plan_motion(const SamplerPlan& plan,
                                                         const SamplerPlan& before,
                                                         const SamplerPlan& after) {
  for (const Index calls : {before.calls(), after.calls()}) {
    if (calls == plan.calls()) continue;
    detail::refuse("plan_motion", "the sampler's number of calls on a neighbouring grid",
                   "be that on the grid, " + detail::to_text(plan.calls()), calls);
  }
  std::vector<CallMotion> motion;
  for (std::size_t k = 0; k < plan.steps.size(); ++k) {
    const SamplerStep& from = before.steps[k];
    const SamplerStep& to = after.steps[k];
    const AffineStep& a = from.coefficients;
    const AffineStep& b = to.coefficients;
    if (a == b && from.zero_to_t == to.zero_to_t) continue;
    const AffineStep change{.x = b.x - a.x,
                            .prediction = b.prediction - a.prediction,
                            .previous = b.previous - a.previous,
                            .noise = b.noise - a.noise,
                            .older = {b.older[0] - a.older[0], b.older[1] - a.older[1]}};
    motion.push_back({k, change, from.zero_to_t, to.zero_to_t});
  }
  return motion;
}

/// How the variance V of x_end, which a sampler with an ideal network makes of one eigendirection,
/// depends on all numbers of its plan at once. Let g_k be the gain of the answer, D_k = g_k x_k,
/// C_k = Cov(x_end, x_k), and h_k and a_k the derivatives of x_end by x_{k+1} and by D_k. Then
///
///     dV/2 = Σ_k h_k (C_k dc_x + g_k C_k dc_pred + g_{k−1} C_{k−1} dc_prev + ... + h_k c_noise
///            dc_noise) + a_k C_k dg_k.
///
/// h and a are computed from the last call to the first, C from the first to the last: the bracket,
/// with c for dc, is the forward update of C, and Cov(x_end, z_k) = h_k c_noise. One backward and
/// one forward pass serve all samplers.
///
/// `Value` is a number, or an array of numbers, one per eigendirection.
/// Cost: O(calls) in time and memory; then O(calls that moved) for every motion.
template <class Value>
class VarianceSlope {
 public:
  /// For data of variance λ >= 0 in this direction, and a start of variance `start_variance`.
  VarianceSlope(const SamplerPlan& plan, const Value& lambda, double start_variance)
      : prediction_(plan.prediction), lambda_(lambda), variance_(0 * lambda) {
    calls_.resize(plan.steps.size());
    const auto keep = [&](std::size_t k, const Value& after, const Value& answer,
                          const detail::IdealPrediction<double>::Gains<Value>& ideal) {
      calls_[k].by_next = after;
      calls_[k].by_answer = answer;
      calls_[k].answer = ideal.gain;
      calls_[k].draw = plan.steps[k].coefficients.noise * after;
      variance_ += calls_[k].draw * calls_[k].draw;
    };
    const Value start = detail::trace_back(plan, lambda, keep);
    variance_ += start_variance * start * start;
    Value point = start_variance * start;
    for (std::size_t k = 0; k < calls_.size(); ++k) {
      calls_[k].point = point;
      calls_[k].answer *= point;
      point = next_point(k, plan.steps[k].coefficients);
    }
  }

  /// V.
  [[nodiscard]] const Value& variance() const noexcept { return variance_; }

  /// The change of V with that of the plan, to first order.
  [[nodiscard]] Value operator()(const std::vector<CallMotion>& motion) const {
    Value half = 0 * lambda_;
    for (const CallMotion& moved : motion) {
      const Call& call = calls_[moved.call];
      half += call.by_next * next_point(moved.call, moved.change);
      if (moved.before == moved.after) continue;
      half += call.by_answer * call.point * (gain(moved.after) - gain(moved.before));
    }
    return 2 * half;
  }

 private:
  struct Call {
    Value by_next;    ///< ∂x_end/∂x_{k+1}
    Value by_answer;  ///< ∂x_end/∂D_k
    Value point;      ///< Cov(x_end, x_k)
    Value answer;     ///< Cov(x_end, D_k)
    Value draw;       ///< Cov(x_end, z_k)
  };

  /// Cov(x_end, ·) of what a step with these coefficients would make of the points, answers and
  /// the draw that there are at call k.
  [[nodiscard]] Value next_point(std::size_t k, const AffineStep& c) const {
    Value next = c.x * calls_[k].point + c.prediction * calls_[k].answer;
    if (c.noise != 0) next += c.noise * calls_[k].draw;
    if (c.previous != 0 && k >= 1) next += c.previous * calls_[k - 1].answer;
    if (c.older[0] != 0 && k >= 2) next += c.older[0] * calls_[k - 2].answer;
    if (c.older[1] != 0 && k >= 3) next += c.older[1] * calls_[k - 3].answer;
    return next;
  }

  [[nodiscard]] Value gain(const TransitionKernel<double>& zero_to_t) const {
    return detail::IdealPrediction<double>(prediction_, zero_to_t)(lambda_).gain;
  }

  Prediction prediction_;
  Value lambda_;
  Value variance_;
  std::vector<Call> calls_;
};

}  // namespace alphabar
