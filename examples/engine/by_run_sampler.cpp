// SPDX-License-Identifier: MIT
//
// After: by alphabar's own loop, on the processor.
#include <algorithm>
#include <alphabar/grid/sigma_grids.hpp>
#include <alphabar/sampler/dpm_solver_multistep.hpp>
#include <alphabar/sampler/plan.hpp>
#include <alphabar/sampler/run_sampler.hpp>
#include <alphabar/schedule/schedules.hpp>

#include "engine/generate.hpp"
#include "engine/network.hpp"

// [run_sampler]
namespace by_run_sampler {

engine::Tensor generate(engine::Tensor x, int steps) {
  using namespace alphabar;
  const auto schedule = scaled_linear_schedule();
  const auto sigmas = karras_sigmas(steps, schedule.sigma(1), schedule.sigma(1000));
  const SamplerPlan plan = plan_of_sigmas(DpmSolverPp2M{}, schedule, sigmas);
  engine::scale(x, static_cast<float>(plan.start_scale));
  engine::Tensor input = x;
  const auto network = [&](auto scaled, const SamplerCall& call, auto prediction) {
    std::ranges::copy(scaled, input.values.begin());
    const auto noise = engine::predict_noise(input, static_cast<float>(call.model_time));
    std::ranges::copy(noise.values, prediction.begin());
  };
  run_sampler(plan, network, x.values);
  return x;
}

}  // namespace by_run_sampler
// [run_sampler]
