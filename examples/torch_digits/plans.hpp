// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <alphabar/grid/sigma_grids.hpp>
#include <alphabar/grid/table_levels.hpp>
#include <alphabar/grid/timesteps.hpp>
#include <alphabar/oracle/optimal_grid.hpp>
#include <alphabar/sampler/plan.hpp>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sampler_list/samplers.hpp"
#include "torch_digits/batch.hpp"

namespace torch_digits {

inline constexpr std::array grids{"table", "Karras", "optimal", "Euler's optimal"};

/// Samplers by name along grids by name, from the level of t = T to clean data, for a network that
/// predicts v.
class Plans {
 public:
  Plans(const Schedule& schedule, const Eigen::VectorXd& eigenvalues) : schedule_(schedule) {
    for (const double lambda : eigenvalues) {
      if (lambda > 0) eigenvalues_.push_back(lambda);
    }
  }

  /// As many steps as fit into the budget of calls.
  [[nodiscard]] alphabar::SamplerPlan within(Index budget, const std::string& sampler,
                                             const std::string& grid) const {
    const auto named = sampler_list::find_sampler(sampler, eigenvalues_);
    Index n = budget;
    while (calls(named, alphabar::karras_sigmas(n, 0.01, 1)) > budget) --n;
    return plan_of_sigmas(named, schedule_, levels(grid, named, n), Prediction::velocity);
  }

 private:
  using Levels = std::vector<double>;

  static Index calls(const sampler_list::NamedSampler& sampler, const Levels& sigmas) {
    return std::ssize(plan_of_sigmas(sampler, sigmas, Prediction::velocity).calls);
  }

  [[nodiscard]] Levels levels(const std::string& grid, const sampler_list::NamedSampler& sampler,
                              Index n) const {
    using namespace alphabar;
    const double highest = schedule_.sigma(schedule_.steps());
    if (grid == "table") return sigmas_at(schedule_, trailing_timesteps(schedule_.steps(), n));
    if (grid == "Karras") return karras_sigmas(n, schedule_.sigma(1), highest);
    if (grid == "Euler's optimal") return optimal_sigmas(eigenvalues_, n, highest);
    return optimal_sigmas(eigenvalues_, n, highest, GridGoal::wasserstein, sampler);
  }

  Schedule schedule_;
  Levels eigenvalues_;
};

}  // namespace torch_digits
