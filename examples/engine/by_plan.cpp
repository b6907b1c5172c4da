// SPDX-License-Identifier: MIT
//
// After: a plan from alphabar, carried out by the engine's own operations, wherever tensors are.
#include <alphabar/grid/sigma_grids.hpp>
#include <alphabar/sampler/dpm_solver_multistep.hpp>
#include <alphabar/sampler/plan.hpp>
#include <alphabar/schedule/schedules.hpp>
#include <deque>
#include <utility>

#include "engine/generate.hpp"
#include "engine/network.hpp"

// [plan]
namespace by_plan {

engine::Tensor generate(engine::Tensor x, int steps) {
  using namespace alphabar;
  const auto schedule = scaled_linear_schedule();
  const auto sigmas = karras_sigmas(steps, schedule.sigma(1), schedule.sigma(1000));
  const SamplerPlan plan = plan_of_sigmas(DpmSolverPp2M{}, schedule, sigmas);
  engine::scale(x, static_cast<float>(plan.start_scale));
  std::deque<engine::Tensor> predictions;  // the latest first
  for (std::size_t k = 0; k < plan.calls.size(); ++k) {
    const SamplerCall& call = plan.calls[k];
    engine::Tensor input = x;
    engine::scale(input, static_cast<float>(call.input_scale));
    const auto noise = engine::predict_noise(input, static_cast<float>(call.model_time));
    const auto conversion = plan.conversion(k);  // the sampler works with x_0
    engine::Tensor data = x;
    engine::scale(data, static_cast<float>(conversion.xt_scale()));
    engine::add_scaled(data, static_cast<float>(conversion.prediction_scale()), noise);
    predictions.push_front(std::move(data));
    if (predictions.size() > plan.kept_predictions()) predictions.pop_back();
    engine::scale(x, static_cast<float>(call.step.x));
    for (std::size_t j = 0; j < call.step.predictions.size(); ++j) {
      engine::add_scaled(x, static_cast<float>(call.step.predictions[j]), predictions[j]);
    }
  }
  return x;
}

}  // namespace by_plan
// [plan]
