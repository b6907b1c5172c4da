// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/ideal_prediction.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/oracle/sampler_response.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// The difference of one call between two plans.
struct CallMotion {
  std::size_t call = 0;               ///< counted from 0
  LinearStep change{.x = 0};          ///< of the weights
  TransitionKernel<double> before{};  ///< the level of the call in one plan
  TransitionKernel<double> after{};   ///< and in the other
};

namespace detail {

/// a − b, with missing elements 0.
inline std::vector<double> difference(std::vector<double> a, const std::vector<double>& b) {
  if (a.size() < b.size()) a.resize(b.size());
  for (std::size_t j = 0; j < b.size(); ++j) a[j] -= b[j];
  return a;
}

}  // namespace detail

/// The calls that differ between two plans, those of the same sampler on neighbouring grids on
/// either side of the grid of `plan`.
/// @throws std::invalid_argument unless all three have the same number of calls
[[nodiscard]] inline std::vector<CallMotion> plan_motion(const SamplerPlan& plan,
                                                         const SamplerPlan& before,
                                                         const SamplerPlan& after) {
  for (const std::size_t calls : {before.calls.size(), after.calls.size()}) {
    if (calls == plan.calls.size()) continue;
    detail::refuse("plan_motion", "the sampler's number of calls on a neighbouring grid",
                   "be that on the grid, " + detail::to_text(plan.calls.size()), calls);
  }
  std::vector<CallMotion> motion;
  for (std::size_t k = 0; k < plan.calls.size(); ++k) {
    const SamplerCall& from = before.calls[k];
    const SamplerCall& to = after.calls[k];
    if (from.step == to.step && from.level == to.level) continue;
    LinearStep change{.x = to.step.x - from.step.x};
    change.predictions = detail::difference(to.step.predictions, from.step.predictions);
    change.draws = detail::difference(to.step.draws, from.step.draws);
    motion.push_back({k, std::move(change), from.level, to.level});
  }
  return motion;
}

/// The derivative of the variance V of x_end, for a sampler with an ideal network and one
/// eigendirection, with respect to all numbers of its plan. Let g_k be the gain of the prediction,
/// D_k = g_k x_k, C_k = Cov(x_end, x_k), and h_k and a_k the derivatives of x_end with respect to
/// x_{k+1} and D_k. Then
///
///     dV/2 = Σ_k h_k (C_k dx + Σ_j g_{k−j} C_{k−j} dpredictions[j]
///                     + Σ_j Cov(x_end, z_{m−j}) ddraws[j]) + a_k C_k dg_k.
///
/// h, a and Cov(x_end, z_m) = ∂x_end/∂z_m are computed from the last call to the first, C from the
/// first to the last: the bracket, with weights in place of their changes, is the forward update of
/// C. One backward and one forward pass are enough for every sampler.
///
/// `Value` is a number, or an array of numbers, one per eigendirection.
/// Cost: O(calls) in time and memory; then, for each change of the plan, O(calls that differ).
template <class Value>
class VarianceSlope {
 public:
  /// For data of variance λ >= 0 in this direction, and a start of variance `start_variance`.
  VarianceSlope(const SamplerPlan& plan, const Value& lambda, double start_variance)
      : prediction_(plan.prediction), lambda_(lambda), variance_(0 * lambda) {
    calls_.resize(plan.calls.size());
    const auto keep = [&](std::size_t k, const Value& after, const Value& prediction,
                          const detail::IdealPrediction<double>::Gains<Value>& ideal) {
      calls_[k].by_next = after;
      calls_[k].by_prediction = prediction;
      calls_[k].prediction = ideal.gain;
    };
    auto adjoint = detail::trace_back(plan, lambda, keep);
    draws_ = std::move(adjoint.draws);
    for (const Value& draw : draws_) variance_ += draw * draw;
    variance_ += start_variance * adjoint.start * adjoint.start;
    Value point = start_variance * adjoint.start;
    std::size_t drawn = 0;
    const auto advance = [&](const LinearStep& step, std::size_t asked) {
      drawn += static_cast<std::size_t>(step.new_draws);
      point = after_step(point, step, asked, drawn);
    };
    advance(plan.start, 0);
    for (std::size_t k = 0; k < calls_.size(); ++k) {
      calls_[k].point = point;
      calls_[k].prediction *= point;
      advance(plan.calls[k].step, k + 1);
      calls_[k].drawn = drawn;
    }
  }

  /// V.
  [[nodiscard]] const Value& variance() const noexcept { return variance_; }

  /// The first-order change of V for a change of the plan.
  [[nodiscard]] Value operator()(const std::vector<CallMotion>& motion) const {
    Value half = 0 * lambda_;
    for (const CallMotion& moved : motion) {
      const Call& call = calls_[moved.call];
      half += call.by_next * after_step(call.point, moved.change, moved.call + 1, call.drawn);
      if (moved.before == moved.after) continue;
      half += call.by_prediction * call.point * (gain(moved.after) - gain(moved.before));
    }
    return 2 * half;
  }

 private:
  struct Call {
    Value by_next;        ///< ∂x_end/∂x_{k+1}
    Value by_prediction;  ///< ∂x_end/∂D_k
    Value point;          ///< Cov(x_end, x_k)
    Value prediction;     ///< Cov(x_end, D_k)
    std::size_t drawn{};  ///< normals so far, those of the step after the call included
  };

  /// Cov(x_end, ·) of the result of a step from this point, the predictions and the draws so far.
  [[nodiscard]] Value after_step(const Value& point, const LinearStep& step, std::size_t asked,
                                 std::size_t drawn) const {
    Value next = step.x * point;
    for (std::size_t j = 0; j < step.predictions.size(); ++j) {
      next += step.predictions[j] * calls_[asked - 1 - j].prediction;
    }
    for (std::size_t j = 0; j < step.draws.size(); ++j) {
      next += step.draws[j] * draws_[drawn - 1 - j];
    }
    return next;
  }

  [[nodiscard]] Value gain(const TransitionKernel<double>& level) const {
    return detail::IdealPrediction<double>(prediction_, level)(lambda_).gain;
  }

  Prediction prediction_;
  Value lambda_;
  Value variance_;
  std::vector<Call> calls_;
  std::vector<Value> draws_;  ///< Cov(x_end, z_m)
};

}  // namespace alphabar
