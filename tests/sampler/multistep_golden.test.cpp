// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/golden_run.hpp"

/// Multistep samplers against the weights that other programs give to every point and prediction.
/// Each test would catch a weight, an order at the start or the end, and a call that is out of
/// place. Those of diffusers are held in tests/diffusers/golden.test.cpp.
namespace multistep_golden_test {

using namespace alphabar;
using test::GoldenLoops;

/// Where other programs deviate from the published algorithm, by this much at least.
constexpr double visible = 0.005;

/// The network of the recorded runs, at element i.
double network_value(double x, double t, std::size_t i) {
  return std::sin(1.3 * x + 0.4 * static_cast<double>(i)) * (t + 10) / (std::abs(t) + 11) +
         0.3 * x / (1 + x * x);
}

/// The largest difference of the end of a run, in parts of its largest element; call k
/// passes input_scale(k) times the input and the time told[k] to the network.
template <class InputScale>
double end_deviation(const SamplerPlan& plan, const nlohmann::json& start,
                     const std::vector<double>& told, const InputScale& input_scale,
                     const std::vector<double>& end) {
  std::vector<double> x = start;
  for (double& element : x) element *= plan.start_scale;
  std::size_t k = 0;
  const auto network = [&](std::span<const double> at, const SamplerCall&,
                           std::span<double> prediction) {
    for (std::size_t i = 0; i < at.size(); ++i) {
      prediction[i] = network_value(input_scale(k) * at[i], told.at(k), i);
    }
    ++k;
  };
  run_sampler(plan, network, x);
  double largest = 0;
  double difference = told.size() == k ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < x.size(); ++i) {
    largest = std::max(largest, std::abs(end.at(i)));
    difference = std::max(difference, std::abs(x[i] - end.at(i)));
  }
  return largest > 0 ? difference / largest : difference;
}

/// The runs of k-diffusion and ComfyUI for n = 1, 3, 5 and 10, and where they do not end in 0.
/// `program` is "kdiffusion" where that differs from ComfyUI.
template <class S>
double loops(const std::string& name, const S& sampler, const std::string& program = "") {
  static const nlohmann::json file = test::golden_file("kdiffusion_loops.json");
  const bool flow = name.find("/flow") != std::string::npos;
  const nlohmann::json& variant = file.at("variants").at(name);
  const auto levels_of = [&](const std::string& n) -> std::vector<double> {
    return file.at("grids").at(variant.at("runs").at(n).at("grid").get<std::string>()).at("sigmas");
  };
  const auto deviation = [&](const std::vector<double>& levels, const nlohmann::json& run,
                             const nlohmann::json& linear) {
    const SamplerPath path =
        flow ? SamplerPath(RectifiedFlow(), levels) : SamplerPath::of_sigmas(levels);
    SamplerPlan plan = sampler.plan(path);
    plan.network = Prediction::x0;
    const std::vector<double> told(levels.begin(), levels.end() - 1);
    const auto scale = [&](std::size_t k) { return flow ? 1 : 1 / std::hypot(1, told[k]); };
    const double end = end_deviation(plan, file.at("x_init_unit"), told, scale, run.at("x64"));
    if (linear.is_null()) return end;
    return std::max(end, test::deviation(test::linear_run(plan), test::golden_run(linear)));
  };
  double largest = 0;
  for (const std::string n : {"1", "3", "5", "10"}) {
    const nlohmann::json& run = variant.at("runs").at(n);
    if (program.empty()) {
      const bool has_weights = n == "5" && variant.contains("linear");
      const auto linear = has_weights ? variant.at("linear") : nlohmann::json();
      largest = std::max(largest, deviation(levels_of(n), run, linear));
    } else if (run.contains(program)) {
      largest = std::max(largest, deviation(levels_of(n), run.at(program), {}));
    }
  }
  if (!program.empty()) return largest;
  std::vector<double> levels = levels_of("5");
  levels.pop_back();
  const auto linear = variant.value("linear_not_to_zero", nlohmann::json());
  return std::max(largest, deviation(levels, variant.at("runs_not_to_zero").at("5"), linear));
}

TEST_CASE("DPM-Solver++ 2M: the weights of k-diffusion and ComfyUI") {
  CHECK(loops("dpmpp_2m/eps", DpmSolverPp2M{}) < 1e-12);
  CHECK(loops("dpmpp_2m_sde_midpoint_eta0.0/eps", DpmSolverPp2M{}) < 1e-12);
  // On straight paths that program starts just below u = 1 and takes the half log SNR, as here.
  const std::string flow = "dpmpp_2m_sde_midpoint_eta0.0/flow";
  std::vector<double> levels = GoldenLoops::levels(flow);
  levels[0] = 0.9999666644442963;
  SamplerPlan plan = DpmSolverPp2M{}.plan(SamplerPath(RectifiedFlow(), levels));
  plan.network = Prediction::x0;
  CHECK(GoldenLoops::of(flow, plan) < 1e-12);
}

TEST_CASE("tAB-DEIS: the weights of ComfyUI, which are sums of 10000 points") {
  for (const int order : {2, 3, 4}) {
    const std::string name = "deis_tab_order" + std::to_string(order) + "/eps";
    CHECK(loops(name, DeisTab{order, true}) < 1e-3);
  }
  CHECK(loops("deis_tab_order4/flow", DeisTab{4, true}) < 1e-3);
}

TEST_CASE("RES multistep: the weights of ComfyUI") {
  // On straight paths ComfyUI takes −log u for the half log SNR: this is the step along σ = u.
  const std::string name = "res_multistep/flow";
  CHECK(loops("res_multistep/flow", ResMultistep{}) > visible);
  SamplerPlan along_u = ResMultistep{}.plan(SamplerPath::of_sigmas(GoldenLoops::levels(name)));
  along_u.network = Prediction::x0;
  CHECK(GoldenLoops::of(name, along_u) < 1e-12);
}

TEST_CASE("LMS: the weights of k-diffusion and ComfyUI") {
  for (const int order : {1, 2, 3, 4}) {
    const Lms sampler{.order = order, .euler_onto_data = true};
    const std::string name = "lms_order" + std::to_string(order) + "/eps";
    CHECK(loops(name, sampler) < 1e-12);
    CHECK(loops(name, Lms{order}, "kdiffusion") < 1e-12);
  }
  CHECK(loops("lms_order1/flow", Lms{1}) < 1e-12);
}

TEST_CASE("iPNDM: the weights of ComfyUI") {
  CHECK(loops("ipndm_order3/eps", Ipndm{3, true}) < 1e-12);
  CHECK(loops("ipndm_order2/flow", Ipndm{2, true}) < 1e-12);
  CHECK(loops("ipndm_order3/flow", Ipndm{3, true}) < 1e-12);
  CHECK(loops("ipndm_order4/flow", Ipndm{4, true}) < 1e-12);
}

/// ComfyUI's ipndm_v of order 3, whose `temp` has a factor on the wrong side of a parenthesis.
SamplerPlan ipndm_v_with_slip(const SamplerPath& path) {
  SamplerPlan plan = Lms{3, true}.plan(path);
  const auto width = [&](std::size_t k) { return path.time(k) - path.time(k + 1); };
  for (std::size_t k = 2; k + 1 < path.steps(); ++k) {
    const double h = width(k);
    const double h1 = width(k - 1);
    const double h2 = width(k - 2);
    const double temp = (1 - h / (3 * (h + h1)) * (h * (h + h1)) / (h1 * (h1 + h2))) / 2;
    plan.calls[k].step.predictions = {-h * (1 + h / h1 / 2 + temp),
                                      h * (h / h1 / 2 + (1 + h1 / h2) * temp), -h * temp * h1 / h2};
  }
  plan.network = Prediction::x0;
  return plan;
}

TEST_CASE("iPNDM_v means LMS: the weights of ComfyUI") {
  CHECK(loops("ipndm_v_order2/eps", Lms{2, true}) < 1e-12);
  CHECK(loops("ipndm_v_order3/eps", Lms{3, true}) > visible);
  CHECK(loops("ipndm_v_order3/flow", Lms{3, true}) > visible);
  CHECK(loops("ipndm_v_order4/eps", Lms{4, true}) > visible);
  CHECK(loops("ipndm_v_order4/flow", Lms{4, true}) > visible);
  const auto eps = SamplerPath::of_sigmas(GoldenLoops::levels("ipndm_v_order3/eps"));
  CHECK(GoldenLoops::of("ipndm_v_order3/eps", ipndm_v_with_slip(eps)) < 1e-12);
  const SamplerPath flow(RectifiedFlow(), GoldenLoops::levels("ipndm_v_order3/flow"));
  CHECK(GoldenLoops::of("ipndm_v_order3/flow", ipndm_v_with_slip(flow)) < 1e-12);
}

TEST_CASE("gradient estimation: the weights of ComfyUI") {
  CHECK(loops("gradient_estimation/eps", GradientEstimation{2, true}) < 1e-12);
  CHECK(loops("gradient_estimation_gamma1.5/eps", GradientEstimation{1.5, true}) < 1e-12);
}

TEST_CASE("UniPC: the weights of ComfyUI") {
  for (const UniPc::B b : {UniPc::B::bh1, UniPc::B::bh2}) {
    const std::string name = b == UniPc::B::bh1 ? "uni_pc_bh1/eps" : "uni_pc_bh2/eps";
    std::vector<double> levels = GoldenLoops::levels(name);
    levels.back() = 0.001;  // where that program ends
    const UniPc sampler{.order = 3, .b = b, .lower_order_final = true};
    SamplerPlan plan = sampler.plan(SamplerPath::of_sigmas(levels));
    plan.network = Prediction::x0;
    CHECK(GoldenLoops::of(name, plan) < 1e-12);
  }
}

}  // namespace multistep_golden_test
