// SPDX-License-Identifier: MIT
#include "torch_digits/comparison.hpp"

#include <algorithm>
#include <alphabar/gaussian/fit_dense.hpp>
#include <alphabar/gaussian/wasserstein.hpp>
#include <alphabar/oracle/sampler_law.hpp>
#include <iterator>
#include <tuple>

#include "diffuse_dataset/parallel.hpp"
#include "diffuse_dataset/progress_bar.hpp"
#include "torch_digits/energy_distance.hpp"
#include "torch_digits/plans.hpp"
#include "torch_digits/sampling.hpp"

namespace torch_digits {

std::pair<double, double> distances(const Eigen::MatrixXd& samples, const Split& split) {
  return {alphabar::frechet_distance(samples, split.held_out),
          energy_distance(samples, split.held_out)};
}

std::vector<Row> compare(const Training& network, const Schedule& schedule, const Split& split,
                         const Compared& compared, const alphabar::NoiseStream<float>& noise) {
  const alphabar::Gaussian<double> fit = alphabar::fit_dense(split.training);
  const alphabar::Gaussian<double> truth = alphabar::fit_dense(split.held_out);
  const Plans plans(schedule, fit.covariance().eigenvalues());
  std::vector<Row> rows;
  for (const Index budget : compared.budgets) {
    for (const std::string& sampler : compared.samplers) {
      for (const char* grid : grids) rows.push_back({sampler, grid, budget});
    }
  }
  diffuse_dataset::ProgressBar bar("samplers", static_cast<double>(rows.size()));
  diffuse_dataset::parallel_for(rows.size(), [&](std::size_t k) {
    Row& row = rows[k];
    const alphabar::SamplerPlan plan = plans.within(row.budget, row.sampler, row.grid);
    row.calls = std::ssize(plan.calls);
    const double distance = wasserstein_distance(sampler_law(plan, fit), truth);
    row.predicted = distance * distance;
    const Eigen::MatrixXf made = sample(network, plan, fit.dimension(), compared.samples, noise);
    row.first = made.leftCols(std::min<Index>(compared.samples, 64));
    std::tie(row.measured, row.energy) = distances(made.cast<double>(), split);
    bar.advance(1);
  });
  return rows;
}

}  // namespace torch_digits
