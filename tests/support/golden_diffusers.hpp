// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "support/golden_run.hpp"

namespace test {

/// The file of runs of the schedulers of diffusers. tests/data/README.md describes it.
inline const nlohmann::json& diffusers_loops() {
  static const nlohmann::json loops = golden_file("diffusers_loops.json");
  return loops;
}

/// The grid of the run of n steps of a variant.
inline const nlohmann::json& grid_of(const nlohmann::json& variant, alphabar::Index n) {
  const nlohmann::json& run = variant.at("runs").at(std::to_string(n));
  return diffusers_loops().at("grids").at(run.at("grid").get<std::string>());
}

/// Runs of the schedulers of diffusers with n = 5 calls or steps, to compare plans with that were
/// made by hand of their levels.
class GoldenDiffusers {
 public:
  explicit GoldenDiffusers(const std::string& variant)
      : variant_(diffusers_loops().at("variants").at(variant)), grid_(grid_of(variant_, 5)) {}

  [[nodiscard]] alphabar::Prediction network() const {
    using alphabar::Prediction;
    const std::string kind = variant_.at("config").value("prediction_type", "epsilon");
    if (kind == "sample") return Prediction::x0;
    if (kind == "v_prediction") return Prediction::velocity;
    return kind == "flow_prediction" ? Prediction::flow_velocity : Prediction::noise;
  }

  /// The file lists those of classes with two calls per step twice; here each is listed once.
  [[nodiscard]] std::vector<double> sigmas() const {
    std::vector<double> list = grid_.at("sigmas");
    if (variant_.at("runs").at("5").at("calls") != 5) {
      list.erase(std::unique(list.begin(), list.end()), list.end());
    }
    return list;
  }
  [[nodiscard]] const nlohmann::json& grid() const { return grid_; }
  [[nodiscard]] std::vector<double> timesteps() const { return grid_.at("timesteps"); }

  /// Of a sampler along σ whose network gets x/√(1 + σ²).
  template <class S>
  [[nodiscard]] double along_sigma(const S& sampler) const {
    alphabar::SamplerPlan plan = of_sigmas(sampler);
    plan.start_scale = grid_.at("init_noise_sigma").at(0);
    return of(plan);
  }

  /// Of a class that keeps x/√(1 + σ²) itself.
  template <class S>
  [[nodiscard]] double preserving_variance(const S& sampler) const {
    alphabar::SamplerPlan plan = of_sigmas(sampler);
    plan.start_scale = std::hypot(1.0, sigmas().front());
    scale(plan.calls.back().step, 1 / std::hypot(1.0, sigmas().back()));
    return of(plan);
  }

  /// Of a class with the scalings of EDM, for data of standard deviation d: x/d is a run for data
  /// of deviation 1 at the levels σ/d, whose network predicts v. The class's F is v, or −v where it
  /// is configured for noise.
  template <class S>
  [[nodiscard]] double edm(const S& sampler, double d, bool minus) const {
    std::vector<double> levels = sigmas();
    for (double& level : levels) level /= d;
    alphabar::SamplerPlan plan = sampler.plan(alphabar::SamplerPath::of_sigmas(levels));
    plan.network = alphabar::Prediction::velocity;
    for (alphabar::SamplerCall& call : plan.calls) {
      call.input_scale = 1 / std::hypot(1.0, call.level.noise_scale());
    }
    plan.start_scale = grid_.at("init_noise_sigma").at(0).get<double>() / d;
    scale(plan.calls.back().step, d);
    return of(plan, minus);
  }

  /// Of a class that takes straight paths.
  template <class S>
  [[nodiscard]] double along_straight_path(const S& sampler) const {
    alphabar::SamplerPlan plan =
        sampler.plan(alphabar::SamplerPath(alphabar::RectifiedFlow(), sigmas()));
    plan.network = alphabar::Prediction::flow_velocity;
    return of(plan);
  }

  /// Of any plan; with `minus` the class's network predicts the negative.
  [[nodiscard]] double of(const alphabar::SamplerPlan& plan, bool minus = false) const {
    LinearRun golden = golden_run(variant_.at("linear"));
    for (LinearRow& row : golden.rows) {
      for (double& answer : row.answers) answer *= minus ? -1 : 1;
    }
    return deviation(linear_run(plan), golden);
  }

 private:
  static void scale(alphabar::LinearStep& step, double factor) {
    step.x *= factor;
    for (double& weight : step.predictions) weight *= factor;
    for (double& weight : step.draws) weight *= factor;
  }

  template <class S>
  [[nodiscard]] alphabar::SamplerPlan of_sigmas(const S& sampler) const {
    alphabar::SamplerPlan plan = sampler.plan(alphabar::SamplerPath::of_sigmas(sigmas()));
    plan.network = network();
    for (alphabar::SamplerCall& call : plan.calls) {
      call.input_scale = 1 / std::hypot(1.0, call.level.noise_scale());
    }
    return plan;
  }

  nlohmann::json variant_;
  nlohmann::json grid_;
};

}  // namespace test
