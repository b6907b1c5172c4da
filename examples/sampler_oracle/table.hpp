// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <alphabar/core.hpp>
#include <alphabar/covariance/diagonal.hpp>
#include <alphabar/gaussian/flow.hpp>
#include <alphabar/gaussian/posterior.hpp>
#include <alphabar/gaussian/wasserstein.hpp>
#include <alphabar/oracle/sampler_law.hpp>
#include <array>
#include <functional>
#include <limits>
#include <string>
#include <vector>

/// The W2 errors of samplers on Gaussian data in continuous VP time: the comparison of Pierret,
/// Galerne 2025, arXiv:2405.14250, with β(t) from 0.1 to 20.
namespace sampler_oracle {

struct Scheme {
  std::string name;
  alphabar::Index calls_per_step;
  std::function<alphabar::SamplerPlan(const alphabar::SamplerPath&)> plan;
};

inline std::vector<Scheme> all_schemes() {
  using namespace alphabar;
  const auto scheme = [](const char* name, Index calls_per_step, auto sampler) {
    return Scheme{name, calls_per_step,
                  [=](const SamplerPath& path) { return sampler.plan(path); }};
  };
  return {scheme("EM", 1, EulerMaruyama{}), scheme("EI", 1, ExponentialIntegrator{}),
          scheme("DDPM", 1, Ancestral{}),   scheme("Euler", 1, FlowEuler{}),
          scheme("Heun", 2, FlowHeun{}),    scheme("RK4", 4, FlowRungeKutta4{})};
}

/// A time at which samplers stop short of clean data, as it is written.
struct Truncation {
  const char* text;
  double time;
};

inline constexpr std::array<Truncation, 4> truncations{
    {{"0", 0}, {"1e-5", 1e-5}, {"1e-4", 1e-4}, {"1e-3", 1e-3}}};
inline constexpr std::array<alphabar::Index, 4> budgets{50, 250, 500, 1000};

/// W2 to the data when started from the marginal at T and from N(0, I); ∞ where the scheme needs a
/// score that does not exist.
struct Row {
  std::string scheme;
  alphabar::Index calls = 0;  ///< NFE, 0 for the equation itself
  const char* truncation = "";
  double from_marginal = std::numeric_limits<double>::infinity();
  double from_noise = std::numeric_limits<double>::infinity();
};

/// N points from 1 to eps, evenly.
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
  explicit Table(const Eigen::VectorXd& eigenvalues)
      : data_(Eigen::VectorXd::Zero(eigenvalues.size()),
              alphabar::DiagonalCovariance(eigenvalues)) {
    for (const Truncation& end : truncations) {
      add_equations(end);
      for (const alphabar::Index calls : budgets) {
        for (const alphabar::Index calls_per_step : {1, 2, 4}) {
          const auto path = path_to(end.time, calls / calls_per_step);
          for (const Scheme& scheme : all_schemes()) {
            if (scheme.calls_per_step == calls_per_step) add(scheme, path, calls, end);
          }
        }
      }
    }
  }

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

 private:
  using Array = Eigen::ArrayXd;

  [[nodiscard]] const Eigen::VectorXd& eigenvalues() const {
    return data_.covariance().eigenvalues();
  }

  [[nodiscard]] double distance(const Eigen::VectorXd& variances) const {
    const alphabar::Gaussian law(data_.mean(), alphabar::DiagonalCovariance(variances));
    return wasserstein_distance(law, data_);
  }

  void add(const Scheme& scheme, const alphabar::SamplerPath& path, alphabar::Index calls,
           const Truncation& end) {
    const auto plan = scheme.plan(path);
    Row row{scheme.name, calls, end.text};
    const bool asks_at_data = plan.calls.back().level.noise_variance() == 0;
    if (!asks_at_data || data_.covariance().rank() == data_.dimension()) {
      const auto response = alphabar::sampler_responses(plan, eigenvalues());
      const Array lambda = eigenvalues();
      const Array marginal = path.level(0).variance(lambda);
      row.from_marginal = distance(response.start.square() * marginal + response.variance);
      row.from_noise = distance(response.start.square() + response.variance);
    }
    rows_.push_back(row);
  }

  /// The reverse SDE and the probability flow, solved exactly: from the marginal, both end in the
  /// marginal.
  void add_equations(const Truncation& end) {
    const alphabar::VpLinear process;
    const auto from_data = process.transition(0, end.time);
    const double marginal = wasserstein_distance(propagate(from_data, data_), data_);
    const Eigen::VectorXd ones = Eigen::VectorXd::Ones(data_.dimension());
    const auto back = reverse_transition(data_, from_data, process.transition(end.time, 1), ones);
    const Array reversed = back.mean().array().square() + back.covariance().eigenvalues().array();
    const Array flowed = flow(data_, process.transition(0, 1), from_data, ones).array().square();
    rows_.push_back({"SDE", 0, end.text, marginal, distance(reversed)});
    rows_.push_back({"ODE", 0, end.text, marginal, distance(flowed)});
  }

  alphabar::Gaussian<double, Eigen::Dynamic, alphabar::DiagonalCovariance<double>> data_;
  std::vector<Row> rows_;
};

}  // namespace sampler_oracle
