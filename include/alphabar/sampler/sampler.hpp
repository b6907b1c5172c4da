// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <utility>

#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// A sampler: a type that makes a plan for a path.
template <class S>
concept Sampler = requires(const S& sampler, const SamplerPath& path) {
  { sampler.plan(path) } -> std::same_as<SamplerPlan>;
};

namespace detail {

/// A plan without calls for a path.
inline SamplerPlan empty_plan(const SamplerPath& path, Prediction prediction) {
  return {.prediction = prediction, .start_scale = path.start_scale()};
}

/// The call at time k of a path, with its step.
inline SamplerCall call_at(const SamplerPath& path, std::size_t k, LinearStep step) {
  SamplerCall call = path.call(k);
  call.step = std::move(step);
  return call;
}

/// One call per step: step(k) follows the call at time k.
template <class Step>
SamplerPlan one_call_per_step(const SamplerPath& path, Prediction prediction, const Step& step) {
  SamplerPlan plan = empty_plan(path, prediction);
  for (std::size_t k = 0; k < path.steps(); ++k) plan.calls.push_back(call_at(path, k, step(k)));
  return plan;
}

/// x · x_t + prediction · D + draw · z. Nothing is drawn for draw = 0.
inline LinearStep one_call_step(double x, double prediction, double draw = 0) {
  LinearStep step{.x = x, .predictions = {prediction}};
  if (draw != 0) step.draws = {draw};
  step.new_draws = draw != 0 ? 1 : 0;
  return step;
}

}  // namespace detail
}  // namespace alphabar
