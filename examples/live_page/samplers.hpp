// SPDX-License-Identifier: MIT
#pragma once

#include <alphabar/gaussian/wasserstein.hpp>
#include <alphabar/grid/timesteps.hpp>
#include <alphabar/oracle/sampler_law.hpp>
#include <alphabar/sampler/ddim.hpp>
#include <alphabar/sampler/ddpm.hpp>
#include <alphabar/sampler/dpm_solver_multistep.hpp>
#include <alphabar/sampler/heun.hpp>
#include <alphabar/sampler/sampler_path.hpp>
#include <alphabar/schedule/noise_schedule.hpp>
#include <array>
#include <vector>

namespace live_page {

inline constexpr std::array<alphabar::Index, 5> budgets{5, 10, 20, 50, 100};
inline constexpr alphabar::Index sampler_count = 4;

/// The W2 distance to the data of what DDPM, DDIM, Heun and DPM-Solver++ make of N(0, I) with an
/// ideal network and a budget of calls: a row for each sampler, from exact laws.
template <class Prior>
std::vector<double> sampler_errors(const Prior& prior,
                                   const alphabar::NoiseSchedule<double>& schedule) {
  std::vector<double> errors;
  const auto add = [&](const auto& sampler, alphabar::Index times_visited) {
    auto times = alphabar::trailing_timesteps(schedule.steps(), times_visited);
    times.push_back(0);
    const auto plan = sampler.plan(alphabar::SamplerPath(schedule, times));
    errors.push_back(wasserstein_distance(sampler_law(plan, prior), prior));
  };
  for (const auto calls : budgets) add(alphabar::Ddpm{}, calls);
  for (const auto calls : budgets) add(alphabar::Ddim{}, calls);
  for (const auto calls : budgets) add(alphabar::Heun{}, (calls + 1) / 2);  // 2n − 1 calls
  for (const auto calls : budgets) add(alphabar::DpmSolverPp2M{}, calls);
  return errors;
}

}  // namespace live_page
