// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <alphabar/gaussian/fit_dense.hpp>
#include <alphabar/gaussian/wasserstein.hpp>
#include <alphabar/oracle/sampler_law.hpp>
#include <array>
#include <string>
#include <vector>

#include "diffuse_dataset/parallel.hpp"
#include "diffuse_dataset/progress_bar.hpp"
#include "torch_digits/energy_distance.hpp"
#include "torch_digits/plans.hpp"
#include "torch_digits/sampling.hpp"
#include "torch_digits/split.hpp"

namespace torch_digits {

/// One sampler with one grid: what the Gaussian fit says of it, and what the network makes.
struct Row {
  std::string sampler, grid;
  Index budget = 0;       ///< the most calls
  Index calls = 0;        ///< those that it makes
  double predicted = 0;   ///< Fréchet distance to the held-out samples, from the spectrum alone
  double measured = 0;    ///< the same of the samples of the network
  double energy = 0;      ///< their energy distance to the held-out samples
  Eigen::MatrixXf first;  ///< the first of them
};

/// All samplers with all grids and budgets.
inline std::vector<Row> compare(const Training& network, const Schedule& schedule,
                                const Split& split, Index samples,
                                const alphabar::NoiseStream<float>& noise) {
  const alphabar::Gaussian<double> fit = alphabar::fit_dense(split.training);
  const alphabar::Gaussian<double> truth = alphabar::fit_dense(split.held_out);
  const Plans plans(schedule, fit.covariance().eigenvalues());
  std::vector<Row> rows;
  for (const Index budget : compared_budgets) {
    for (const char* sampler : compared_samplers) {
      for (const char* grid : compared_grids) rows.push_back({sampler, grid, budget});
    }
  }
  diffuse_dataset::ProgressBar bar("samplers", static_cast<double>(rows.size()));
  diffuse_dataset::parallel_for(rows.size(), [&](std::size_t k) {
    Row& row = rows[k];
    const alphabar::SamplerPlan plan = plans.within(row.budget, row.sampler, row.grid);
    row.calls = std::ssize(plan.calls);
    const double distance = wasserstein_distance(sampler_law(plan, fit), truth);
    row.predicted = distance * distance;
    const Eigen::MatrixXf made = sample(network, plan, fit.dimension(), samples, noise);
    row.first = made.leftCols(std::min<Index>(samples, 16));
    row.measured = alphabar::frechet_distance(made.cast<double>().eval(), split.held_out);
    row.energy = energy_distance(made.cast<double>(), split.held_out);
    bar.advance(1);
  });
  return rows;
}

}  // namespace torch_digits
