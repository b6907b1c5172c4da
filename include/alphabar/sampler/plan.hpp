// SPDX-License-Identifier: MIT
#pragma once

#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/grid/to_data.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/schedule/continuous_process.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

/// Makes the plan of a sampler on a grid. A plan ends on clean data: a 0 is appended to times and
/// levels that do not end with it. For another end, call `sampler.plan` with a path.
///
///     plan(DpmSolverPp2M{}, schedule, trailing_timesteps(1000, 20), Prediction::velocity)
///     plan_of_sigmas(Heun{}, karras_sigmas(18, 0.002, 80), Prediction::x0)
namespace alphabar {
namespace detail {

inline RealList ending_at_zero(RealList grid) {
  std::vector<double> values = std::move(grid).values();
  if (values.empty() || values.back() != 0) values.push_back(0);
  return values;
}

template <Sampler S>
SamplerPlan plan_for_network(const S& sampler, const SamplerPath& path, Prediction network) {
  SamplerPlan plan = sampler.plan(path);
  plan.network = network;
  return plan;
}

}  // namespace detail

/// Along a table, at whole times t = 1..T. The model time is t − 1, as in Python programs.
/// @throws what `SamplerPath` and the sampler throw
template <Sampler S, Real Scalar>
[[nodiscard]] SamplerPlan plan(const S& sampler, const NoiseSchedule<Scalar>& schedule,
                               RealList times, Prediction network = Prediction::noise) {
  return detail::plan_for_network(
      sampler, SamplerPath(schedule, detail::ending_at_zero(std::move(times))), network);
}

/// Along a process in continuous time, such as `RectifiedFlow`. The model time is the time.
template <Sampler S, MarkovProcess Process>
[[nodiscard]] SamplerPlan plan(const S& sampler, const Process& process, RealList times,
                               Prediction network) {
  return detail::plan_for_network(
      sampler, SamplerPath(process, detail::ending_at_zero(std::move(times))), network);
}

/// Along σ, x = x_0 + σ ε. The network's input is x, and its time argument is σ.
template <Sampler S>
[[nodiscard]] SamplerPlan plan_of_sigmas(const S& sampler, RealList sigmas, Prediction network) {
  return detail::plan_for_network(
      sampler, SamplerPath::of_sigmas(detail::ending_at_zero(std::move(sigmas))), network);
}

/// Along σ for a network that was trained with a table: inputs and time arguments are those of
/// `SamplerPath::of_sigmas(schedule, sigmas)`.
template <Sampler S, Real Scalar>
[[nodiscard]] SamplerPlan plan_of_sigmas(const S& sampler, const NoiseSchedule<Scalar>& schedule,
                                         RealList sigmas, Prediction network = Prediction::noise) {
  return detail::plan_for_network(
      sampler, SamplerPath::of_sigmas(schedule, detail::ending_at_zero(std::move(sigmas))),
      network);
}

}  // namespace alphabar
