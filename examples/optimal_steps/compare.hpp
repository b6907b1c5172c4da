// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <alphabar/covariance/diagonal.hpp>
#include <alphabar/gaussian/divergence.hpp>
#include <alphabar/gaussian/wasserstein.hpp>
#include <alphabar/grid/sigma_grids.hpp>
#include <alphabar/grid/to_data.hpp>
#include <alphabar/oracle/optimal_grid.hpp>
#include <alphabar/oracle/sampler_law.hpp>
#include <alphabar/sampler/sampler_path.hpp>
#include <string>
#include <vector>

#include "sampler_list/samplers.hpp"

namespace optimal_steps {

using alphabar::Index;

struct Request {
  sampler_list::NamedSampler sampler;
  Index steps = 10;
  double sigma_max = 80;
};

/// A grid of noise levels and the result of the sampler on it.
struct Grid {
  std::string name;
  bool optimal = false;
  std::vector<double> sigmas;  ///< without the 0 at the end
  double wasserstein = 0;
  double kl = 0;              ///< KL(data ‖ sampled)
  Eigen::VectorXd deviation;  ///< sampled/data, for each eigenvalue
};

/// Removes directions without variance: they end at the mean on every grid, and have no KL.
inline Eigen::VectorXd without_zeros(const Eigen::VectorXd& eigenvalues) {
  Eigen::VectorXd positive(eigenvalues.size());
  const auto end = std::copy_if(eigenvalues.begin(), eigenvalues.end(), positive.begin(),
                                [](double lambda) { return lambda > 0; });
  return positive.head(end - positive.begin());
}

/// Compares the optimal grids with the usual ones by their exact laws on N(0, Σ). The optimal
/// levels do not depend on the mean.
inline std::vector<Grid> compare(const Eigen::VectorXd& eigenvalues, const Request& request) {
  using namespace alphabar;
  const Index n = request.steps;
  const double start = request.sigma_max;
  const double usual_end = std::min(0.002, start / 1000);
  const auto& sampler = request.sampler;
  const Gaussian data(Eigen::VectorXd::Zero(eigenvalues.size()), DiagonalCovariance(eigenvalues));
  std::vector<Grid> grids;
  const auto add = [&](const char* name, bool optimal, const std::vector<double>& sigmas) {
    const auto plan = sampler.plan(SamplerPath::of_sigmas(to_data(sigmas)));
    const auto sampled = sampler_law(plan, data);
    const Eigen::VectorXd ratio =
        (sampled.covariance().eigenvalues().array() / eigenvalues.array()).sqrt();
    grids.push_back({name, optimal, sigmas, wasserstein_distance(data, sampled),
                     kl_divergence(data, sampled), ratio});
  };
  add("optimal for W2", true,
      optimal_sigmas(eigenvalues, n, start, GridGoal::wasserstein, sampler));
  add("optimal for KL", true, optimal_sigmas(eigenvalues, n, start, GridGoal::kl, sampler));
  add("Karras, rho = 7", false, karras_sigmas(n, usual_end, start));
  add("exponential", false, exponential_sigmas(n, usual_end, start));
  add("tangent (\"KL optimal\")", false, tangent_sigmas(n, usual_end, start));
  return grids;
}

}  // namespace optimal_steps
