// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "alphabar/diffusers/scheduler_config.hpp"
#include "support/catch.hpp"
#include "support/golden_diffusers.hpp"
#include "support/golden_run.hpp"

/// From a file to the weights of the run that diffusers makes of it.
namespace diffusers_golden_test {

using namespace alphabar;
using nlohmann::json;

std::string config_of(const json& variant) {
  json config = variant.at("config");
  config["_class_name"] = variant.at("class");
  if (variant.at("class") == "ScoreSdeVeScheduler") config["correct_steps"] = 0;
  return config.dump();
}

diffusers::Run run_of(const json& variant, Index n) {
  diffusers::Run run{.steps = n, .reproduce_defects = true};
  if (variant.at("class") == "LTXEulerAncestralRFScheduler") {  // its levels are the caller's
    run.sigmas = test::grid_of(variant, n).at("sigmas").get<std::vector<double>>();
    run.sigmas.pop_back();
  }
  if (variant.contains("set_timesteps") && !variant.at("set_timesteps").is_null()) {
    const json& arguments = variant.at("set_timesteps");
    if (arguments.contains("mu")) run.mu = arguments.at("mu").get<double>();
  }
  if (variant.contains("step") && !variant.at("step").is_null()) {
    const json& arguments = variant.at("step");
    if (arguments.contains("eta")) run.eta = arguments.at("eta").get<double>();
    run.churn.s_churn = arguments.value("s_churn", 0.0);
    run.churn.s_tmin = arguments.value("s_tmin", 0.0);
    run.churn.s_tmax = arguments.value("s_tmax", 1e300);
    run.churn.s_noise = arguments.value("s_noise", 1.0);
    run.order = arguments.value("order", Index{4});
  }
  return run;
}

struct Comparison {
  std::string refusal;  ///< empty where there is a plan
  double weights = 0;   ///< the largest deviation
  double times = 0;     ///< of the network's time argument
};

Comparison compare(const json& variant) {
  const json& linear = variant.at("linear");
  Comparison comparison;
  SamplerPlan plan;
  try {
    plan =
        diffusers::parse_scheduler_config(config_of(variant)).plan(run_of(variant, linear.at("n")));
  } catch (const std::exception& error) {
    comparison.refusal = error.what();
    return comparison;
  }
  comparison.weights = test::deviation(test::linear_run(plan), test::golden_run(linear));
  const std::vector<double> times = linear.at("times");
  if (times.size() != plan.calls.size()) {
    comparison.times = std::numeric_limits<double>::infinity();
    return comparison;
  }
  for (std::size_t k = 0; k < times.size(); ++k) {
    const double off = std::abs(plan.calls[k].model_time - times[k]);
    comparison.times = std::max(comparison.times, off / std::max(1.0, std::abs(times[k])));
  }
  return comparison;
}

/// The differences of other programs from the publication or from this library, and their reasons.
const std::map<std::string, std::string> deviations = {
    {"ddpm_fixed_small_trailing",
     "the variance of the step onto clean data is clamped to 1e-20 and drawn"},
    {"dpm_sde_karras",
     "both normals of a step are drawn independently in the file; they are increments "
     "of one Brownian motion in diffusers and here"},
    {"dpm_multi_sdepp_3_heun_sigma_min",
     "another constant in the quadratic term, which is of order 1"},
    {"dpm_multi_sdepp_3_midpoint_sigma_min", "as heun"},
    {"ltx_euler_a_rf_eta1.0", "1e-12 is added to two denominators"},
    {"sa_data_p3_c3_tau0", "its tau is a function of the program's, which is no key of a file"},
    {"sa_data_p3_c4_tau1", "as tau0"},
    {"euler_churn", "the noise is added after the call, which sees the state and level before it"},
    {"flow_heun_shift3_churn", "as euler_churn; and the data are not scaled when noise is added"}};

/// Classes without a plan.
const std::set<std::string> unknown_classes = {"RePaintScheduler"};

// Would catch any weight, level, time or scale that is not that of the class, for every option that
// its file has.
TEST_CASE("diffusers: the weights of every class") {
  for (const auto& [name, variant] : test::diffusers_loops().at("variants").items()) {
    if (!variant.contains("linear")) continue;
    if (unknown_classes.contains(variant.at("class"))) continue;
    INFO(name);
    const Comparison comparison = compare(variant);
    CHECK(comparison.refusal.empty());
    if (deviations.contains(name)) {
      CHECK(comparison.weights > 1e-12);
    } else {
      CHECK(comparison.times <= 1e-12);
      CHECK(comparison.weights <= 1e-12);
    }
  }
}

// Would catch the wrong weights of other programs where they are not requested: the published ones
// differ by half a percent or more.
TEST_CASE("diffusers: published weights where those of the class are wrong") {
  for (const std::string name :
       {"dpm_multi_pp_3_midpoint_zero", "dpm_multi_pp_3_heun_sigma_min",
        "dpm_multi_eps_3_midpoint_sigma_min", "edm_dpm_pp_3_heun", "pndm_plms_v"}) {
    INFO(name);
    const json& variant = test::diffusers_loops().at("variants").at(name);
    const SamplerPlan plan = diffusers::parse_scheduler_config(config_of(variant)).plan(5);
    const auto golden = test::golden_run(variant.at("linear"));
    CHECK(test::deviation(test::linear_run(plan), golden) > 0.005);
  }
}

/// The normals of a file, in their order.
class TableNoise {
 public:
  explicit TableNoise(const json& draws) : draws_(&draws) {}
  [[nodiscard]] TableNoise substream(std::uint64_t k) const {
    TableNoise noise(*draws_);
    noise.k_ = k;
    return noise;
  }
  double operator()(std::uint64_t i) const { return draws_->at(k_ - 1).at(i); }
  void fill(std::span<double> buffer, std::uint64_t) const {
    for (std::size_t i = 0; i < buffer.size(); ++i) buffer[i] = (*this)(i);
  }

 private:
  const json* draws_;
  std::uint64_t k_ = 0;
};

double network(double x, std::size_t i, double t) {
  return std::sin(1.3 * x + 0.4 * static_cast<double>(i)) * (t + 10) / (std::abs(t) + 11) +
         0.3 * x / (1 + x * x);
}

// Would catch what weights for one number of steps do not show: another number, and a network that
// is not linear; and normals that are not numbered as the class takes them.
TEST_CASE("diffusers: the ends of runs with a network that is not linear") {
  const std::vector<double> unit = test::diffusers_loops().at("x_init_unit");
  for (const auto& [name, variant] : test::diffusers_loops().at("variants").items()) {
    const std::string class_name = variant.at("class");
    if (unknown_classes.contains(class_name) || deviations.contains(name)) continue;
    const bool trailing = variant.at("config").value("timestep_spacing", "") == "trailing";
    for (const auto& [n, run] : variant.at("runs").items()) {
      // DDIM and CogVideoX step to the time t − T//n, which is not the next of the list where n
      // does not divide T. The only level of an exponential grid is its end, although x starts as
      // at its beginning.
      if (n == "1" && (class_name.starts_with("Cosine") ||
                       variant.at("config").value("sigma_schedule", "") == "exponential")) {
        continue;
      }
      if (trailing && n == "3" && class_name.find("CogVideoX") != std::string::npos) continue;
      if (trailing && n == "3" && class_name == "DDIMScheduler") continue;
      if (!run.contains("x64") || run.contains("not_finite")) continue;
      INFO(name << ", n = " << n);
      const SamplerPlan plan =
          diffusers::parse_scheduler_config(config_of(variant)).plan(run_of(variant, std::stol(n)));
      std::vector<double> x = unit;
      for (double& value : x) value *= plan.start_scale;
      run_sampler(
          plan,
          [](std::span<const double> input, const SamplerCall& call, std::span<double> prediction) {
            for (std::size_t i = 0; i < input.size(); ++i) {
              prediction[i] = network(input[i], i, call.model_time);
            }
          },
          x, TableNoise(test::diffusers_loops().at("draws")));
      const std::vector<double> expected = run.at("x64");
      double largest = 0;
      double off = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        largest = std::max(largest, std::abs(expected[i]));
        off = std::max(off, std::abs(x[i] - expected[i]));
      }
      CHECK(off <= 1e-9 * largest);
    }
  }
}

}  // namespace diffusers_golden_test
