// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <alphabar/core.hpp>
#include <alphabar/covariance/diagonal.hpp>
#include <alphabar/gaussian/divergence.hpp>
#include <alphabar/gaussian/wasserstein.hpp>
#include <alphabar/oracle/optimal_grid.hpp>
#include <alphabar/oracle/sampler_law.hpp>
#include <array>
#include <map>
#include <string>
#include <vector>

namespace optimal_steps {

using alphabar::Index;

struct Request {
  std::string sampler = "euler";
  Index steps = 10;
  double sigma_max = 80;
};

/// The names of samplers, and their spellings in other programs. DDIM with eta = 0 is Euler.
inline const std::map<std::string, std::string> sampler_names{
    {"euler", "euler"},
    {"k_euler", "euler"},
    {"ddim", "euler"},
    {"heun", "heun"},
    {"k_heun", "heun"},
    {"dpm++2m", "dpm++2m"},
    {"dpm++_2m", "dpm++2m"},
    {"dpm++ 2m", "dpm++2m"},
    {"dpmpp2m", "dpm++2m"},
    {"dpmpp_2m", "dpm++2m"},
    {"dpmsolver++", "dpm++2m"},
    {"ancestral", "ancestral"},
    {"euler_a", "ancestral"},
    {"euler_ancestral", "ancestral"},
    {"k_euler_ancestral", "ancestral"},
    {"ddpm", "ddpm"},
};

/// Puts the name that is used here in place of another spelling; returns what is wrong with it.
inline std::string resolve_sampler(std::string& name) {
  const auto found = sampler_names.find(name);
  if (found == sampler_names.end()) {
    return "must be one of euler, heun, dpm++2m, ancestral, ddpm, got \"" + name + '"';
  }
  name = found->second;
  return "";
}

/// f(sampler) for the sampler of that name.
template <class F>
auto with_sampler(const std::string& name, F f) {
  if (name == "heun") return f(alphabar::Heun{});
  if (name == "dpm++2m") return f(alphabar::DpmSolverPp2M{});
  if (name == "ancestral") return f(alphabar::Ddim{1});
  if (name == "ddpm") return f(alphabar::Ddpm{alphabar::Ddpm::Variance::step});
  return f(alphabar::Euler{});
}

/// A grid of noise levels and what the sampler makes of it.
struct Grid {
  std::string name;
  bool optimal = false;
  std::vector<double> sigmas;  ///< without the 0 at the end
  double wasserstein = 0;
  double kl = 0;              ///< KL(data ‖ sampled)
  Eigen::VectorXd deviation;  ///< sampled/data, for each eigenvalue
};

/// Directions without variance end on the mean whatever the grid, and have no KL.
inline Eigen::VectorXd without_zeros(const Eigen::VectorXd& eigenvalues) {
  Eigen::VectorXd positive(eigenvalues.size());
  const auto end = std::copy_if(eigenvalues.begin(), eigenvalues.end(), positive.begin(),
                                [](double lambda) { return lambda > 0; });
  return positive.head(end - positive.begin());
}

/// The optimal grids and the usual ones, by their exact laws.
inline std::vector<Grid> compare(const Eigen::VectorXd& eigenvalues, const Request& request) {
  using namespace alphabar;
  const Index n = request.steps;
  const double start = request.sigma_max;
  const double usual_end = std::min(0.002, start / 1000);
  return with_sampler(request.sampler, [&](const auto& sampler) {
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
  });
}

}  // namespace optimal_steps
