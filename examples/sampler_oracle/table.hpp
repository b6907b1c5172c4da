// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <alphabar/covariance/diagonal.hpp>
#include <alphabar/gaussian/flow.hpp>
#include <alphabar/gaussian/posterior.hpp>
#include <alphabar/gaussian/wasserstein.hpp>
#include <alphabar/oracle/sampler_law.hpp>
#include <alphabar/sampler/sampler_path.hpp>
#include <alphabar/schedule/vp_process.hpp>
#include <array>
#include <cstddef>
#include <iterator>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sampler_list/samplers.hpp"

/// The W2 errors of samplers on Gaussian data in continuous VP time: the comparison of Pierret,
/// Galerne 2025, arXiv:2405.14250, with β(t) from 0.1 to 20.
namespace sampler_oracle {

using sampler_list::NamedSampler;

/// The six schemes of the paper, by its names.
inline std::vector<NamedSampler> paper_schemes() {
  std::vector<NamedSampler> schemes;
  const auto add = [&](const char* name, const char* sampler) {
    schemes.push_back(sampler_list::find_sampler(sampler, {1}));
    schemes.back().name = name;
  };
  add("EM", "em");
  add("EI", "ei");
  add("DDPM", "ancestral_sde");
  add("Euler", "flow_euler");
  add("Heun", "flow_heun");
  add("RK4", "flow_rk4");
  return schemes;
}

/// The unit of a budget: calls of the network, or points of the grid for any number of calls per
/// step.
enum class Budget { calls, points };

/// A time before clean data at which samplers stop, as text.
struct Truncation {
  const char* text;
  double time;
};

inline constexpr std::array<Truncation, 4> truncations{
    {{"0", 0}, {"1e-5", 1e-5}, {"1e-4", 1e-4}, {"1e-3", 1e-3}}};
inline constexpr std::array<alphabar::Index, 4> budgets{50, 250, 500, 1000};

/// W2 to the data when started from the marginal at T and from N(0, I); ∞ where the scheme needs a
/// score that does not exist, or refuses the path.
struct Row {
  std::string scheme;
  alphabar::Index calls = 0;  ///< NFE, 0 for the exact equation
  bool draws = false;         ///< whether it draws noise
  const char* truncation = "";
  double from_marginal = std::numeric_limits<double>::infinity();
  double from_noise = std::numeric_limits<double>::infinity();
};

/// N equally spaced points from 1 to eps.
inline alphabar::SamplerPath path_to(double eps, alphabar::Index points) {
  std::vector<double> times;
  for (alphabar::Index k = points - 1; k >= 0; --k) {
    const double share = static_cast<double>(k) / static_cast<double>(points - 1);
    times.push_back(eps + (1 - eps) * share);
  }
  return {alphabar::VpLinear(), times};
}

class Table {
 public:
  using Data = alphabar::Gaussian<double, Eigen::Dynamic, alphabar::DiagonalCovariance<double>>;

  explicit Table(Data data, const std::vector<NamedSampler>& schemes = paper_schemes(),
                 Budget budget = Budget::calls)
      : data_(std::move(data)) {
    std::vector<Calls> calls;
    for (const NamedSampler& scheme : schemes) calls.push_back(calls_of(scheme));
    for (const Truncation& end : truncations) {
      add_equations(end);
      for (const alphabar::Index size : budgets) {
        for (std::size_t i = 0; i < schemes.size(); ++i) {
          const bool points = budget == Budget::points;
          add(schemes[i], calls[i], points ? size * calls[i].per_step : size, end);
        }
      }
    }
  }

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  /// The error messages of samplers that refuse a path, one for each sampler.
  [[nodiscard]] const std::map<std::string, std::string>& refusals() const { return refusals_; }

 private:
  using Array = Eigen::ArrayXd;

  /// W2 of N(mean, variances) to the data.
  [[nodiscard]] double distance(const Array& mean, const Array& variances) const {
    return wasserstein_distance(
        Data(mean.matrix(), alphabar::DiagonalCovariance(variances.matrix())), data_);
  }

  /// The calls of each step, and the additional ones of the first steps.
  struct Calls {
    alphabar::Index per_step;
    alphabar::Index more;
  };
  static Calls calls_of(const NamedSampler& scheme) {
    const auto calls = [&](alphabar::Index steps) {
      return std::ssize(scheme.plan(path_to(0.5, steps + 1)).calls);
    };
    const alphabar::Index per_step = (calls(64) - calls(32)) / 32;
    return {per_step, calls(32) - 32 * per_step};
  }

  void add(const NamedSampler& scheme, Calls calls, alphabar::Index budget, const Truncation& end) {
    Row row{scheme.name, budget, false, end.text};
    try {
      const auto path = path_to(end.time, (budget - calls.more) / calls.per_step);
      const auto plan = scheme.plan(path);
      row.draws = plan.draws() > 0;
      const bool asks_at_data = plan.calls.back().level.noise_variance() == 0;
      if (!asks_at_data || data_.covariance().rank() == data_.dimension()) {
        const Array lambda = data_.covariance().eigenvalues();
        const Array mu = data_.mean();
        const auto response = alphabar::sampler_responses(plan, lambda.matrix());
        const auto& start = path.level(0);
        row.from_marginal =
            distance((response.mean + response.start * start.signal_scale()) * mu,
                     response.start.square() * start.variance(lambda) + response.variance);
        row.from_noise = distance(response.mean * mu, response.start.square() + response.variance);
      }
    } catch (const std::invalid_argument& refusal) {
      refusals_.try_emplace(scheme.name, refusal.what());
    }
    rows_.push_back(row);
  }

  /// The reverse SDE and the probability flow, solved exactly: from the marginal, both end in the
  /// marginal.
  void add_equations(const Truncation& end) {
    const alphabar::VpLinear process;
    const auto from_data = process.transition(0, end.time);
    const auto to_end = process.transition(end.time, 1);
    const double marginal = wasserstein_distance(propagate(from_data, data_), data_);
    const Eigen::VectorXd zeros = Eigen::VectorXd::Zero(data_.dimension());
    const Eigen::VectorXd ones = Eigen::VectorXd::Ones(data_.dimension());
    const auto solved = [&](const auto& mean_from, const auto& variance) {
      const Array mean = mean_from(zeros);
      const Array gain = Array(mean_from(ones)) - mean;
      return distance(mean, gain.square() + variance);
    };
    const auto back = [&](const Eigen::VectorXd& x) {
      return reverse_transition(data_, from_data, to_end, x);
    };
    const Array noise = back(ones).covariance().eigenvalues();
    rows_.push_back({"SDE", 0, true, end.text, marginal,
                     solved([&](const Eigen::VectorXd& x) { return back(x).mean(); }, noise)});
    const auto flowed = [&](const Eigen::VectorXd& x) {
      return flow(data_, process.transition(0, 1), from_data, x);
    };
    rows_.push_back({"ODE", 0, false, end.text, marginal, solved(flowed, 0)});
  }

  Data data_;
  std::vector<Row> rows_;
  std::map<std::string, std::string> refusals_;
};

}  // namespace sampler_oracle
