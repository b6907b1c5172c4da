// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "alphabar/oracle/audit.hpp"
#include "alphabar/oracle/examine.hpp"
#include "sampler_list/samplers.hpp"
#include "support/catch.hpp"
#include "support/probed_plan.hpp"

/// Every sampler of the library, read from its run, along every process that it is defined for.
namespace examine_samplers_test {

using namespace alphabar;
using Eigen::VectorXd;
using sampler_list::NamedSampler;

/// Many dimensions, because the number of runs of an examination falls with them.
const VectorXd spectrum = VectorXd::LinSpaced(24, std::log(0.05), std::log(4)).array().exp();
const Gaussian data(VectorXd::LinSpaced(24, -2, 3).eval(), DiagonalCovariance(spectrum));

/// A process, with a network of a kind that is usual there.
struct Process {
  ExaminedNetwork network;
  std::function<SamplerPath(const std::vector<double>& positions)> path;
};

std::array<Process, 4> processes() {
  constexpr int steps = 100000;
  std::vector<double> times;
  for (int t = 1; t <= steps; ++t) times.push_back(static_cast<double>(t) / steps);
  const NoiseSchedule<double> table = discretize(VpLinear(), times);
  const auto list = [](const std::vector<double>& positions, const auto& time_at) {
    std::vector<double> along;
    for (const double p : positions) along.push_back(time_at(p));
    return along;
  };
  return {
      Process{ExaminedNetwork::of_table(table, Prediction::noise),
              [=](const std::vector<double>& p) {
                return SamplerPath(
                    table, list(p, [](double at) { return std::round(steps * (0.9 - 0.8 * at)); }));
              }},
      Process{ExaminedNetwork::of_sigmas(Prediction::x0),
              [=](const std::vector<double>& p) {
                return SamplerPath::of_sigmas(
                    list(p, [](double at) { return 4 * std::pow(0.025, at); }));
              }},
      Process{ExaminedNetwork::of_process(RectifiedFlow(), Prediction::flow_velocity),
              [=](const std::vector<double>& p) {
                return SamplerPath(RectifiedFlow(),
                                   list(p, [](double at) { return 0.8 - 0.7 * at; }));
              }},
      Process{ExaminedNetwork::of_process(VpLinear(), Prediction::velocity),
              [=](const std::vector<double>& p) {
                return SamplerPath(VpLinear(), list(p, [](double at) { return 0.9 - 0.8 * at; }));
              }}};
}

/// What is expected of a sampler along a table, σ, a straight path, and VpLinear in continuous
/// time: a number is the order of convergence of the law, to the limit that is the data's; other
/// text is a part of why there is no plan, or of what is found. Where the text is empty, nothing is
/// checked.
struct Expected {
  const char* table;
  const char* sigma;
  const char* straight;
  const char* time = "";
};

/// Published orders. In general the error of the noise is of order 1. Along the table it is so
/// small that the law has the order of the mean.
const std::map<std::string, Expected> expected{
    {"euler", {"1", "1", "1"}},
    {"ancestral", {"1", "1", "1"}},
    {"ddim, eta 0.5", {"1", "1", "1"}},
    {"ddpm", {"1", "1", "1"}},
    {"ddpm_large", {"1", "1", "1"}},
    {"ddpm_optimal", {"1", "1", "1"}},
    // an ideal network gives the mean of the data, not a point of them as a consistency model does
    {"lcm", {"tends to another", "tends to another", "tends to another"}},
    {"tcd", {"tends to another", "tends to another", "tends to another"}},
    {"consistency", {"tends to another", "tends to another", "tends to another"}},
    {"ddim_inversion", {"1", "1", "1"}},  // from the last level to the first
    {"dpm++2m", {"2", "2", "2"}},
    {"dpm++3m", {"3", "3", "3"}},
    {"dpm_2m", {"2", "2", "2"}},
    {"dpm_3m", {"3", "3", "3"}},
    {"dpm++2m_sde", {"2", "2", "2"}},
    {"dpm++2m_sde_heun", {"2", "2", "2"}},
    {"dpm++3m_sde", {"3", "1", "1"}},
    {"deis", {"3", "3", "3"}},
    {"deis_tab", {"3", "3", "3"}},
    {"unipc", {"3", "3", "3"}},
    {"unipc_bh1", {"3", "3", "3"}},
    {"res_multistep", {"2", "2", "2"}},
    {"res_multistep_ancestral", {"2", "2", "2"}},
    {"lms", {"4", "4", "4"}},
    // weights for even steps: in u they are even, elsewhere their lengths change smoothly
    {"ipndm", {"2", "2", "2"}},  // after a start of order 1
    {"plms", {"2", "2", "3"}},
    {"pndm", {"2", "2", "4"}},
    {"gradient_estimation", {"1", "1", "1"}},
    {"sa_solver", {"2", "2", "2"}},
    {"sa_solver_pece", {"2", "2", "2"}},
    {"er_sde", {"3", "1", "1"}},
    {"heun", {"2", "2", "2"}},
    {"heun++2", {"1", "1", "1"}},
    {"dpm2", {"2", "2", "2"}},
    {"dpm2_ancestral", {"2", "2", "2"}},
    {"dpm_solver_2", {"2", "2", "2"}},
    {"dpm_solver_3", {"3", "3", "3"}},
    {"dpm_singlestep_2", {"2", "2", "2"}},
    {"dpm_singlestep_3", {"3", "3", "3"}},
    {"dpm++2s", {"2", "2", "2"}},
    {"dpm++2s_ancestral", {"2", "2", "2"}},
    {"dpm++sde", {"2", "2", "2"}},
    {"seeds_2", {"2", "2", "2"}},
    {"seeds_3", {"2", "2", "2"}},  // 3 without noise
    {"seeds_3, eta 0", {"3", "3", "3"}},
    {"exp_heun_2_x0", {"2", "2", "2"}},
    {"exp_heun_2_x0_sde", {"2", "2", "2"}},
    {"res_2s", {"2", "2", "2"}},
    {"em", {"must have beta(t)", "must have beta(t)", "must have beta(t)", "1"}},
    {"ancestral_sde", {"must have beta(t)", "must have beta(t)", "must have beta(t)", "1"}},
    {"ei", {"1", "A + B", "A + B", "1"}},
    {"flow_euler", {"must have beta(t)", "must have beta(t)", "must have beta(t)", "1"}},
    {"flow_heun", {"must have beta(t)", "must have beta(t)", "must have beta(t)", "2"}},
    {"flow_rk4", {"must have beta(t)", "must have beta(t)", "must have beta(t)", "4"}},
};

/// The samplers of the programs, and variants that have another order or direction.
std::vector<NamedSampler> samplers() {
  const std::vector<double> eigenvalues(spectrum.begin(), spectrum.end());
  std::vector<NamedSampler> list = sampler_list::all_samplers(eigenvalues);
  const auto add = [&](const char* name, const auto& sampler) {
    list.push_back(
        {name, {}, [=](const SamplerPath& path) -> SamplerPlan { return sampler.plan(path); }});
  };
  add("ddim, eta 0.5", Ddim{0.5});
  add("ddim_inversion", DdimInversion{});
  add("seeds_3, eta 0", Seeds3{0});
  return list;
}

/// Positions in [0, 1] of n steps. Those of multistep methods come after two steps that are as
/// short as the lower order of a start needs.
std::vector<double> positions(const std::string& sampler, Index n) {
  const bool even = sampler == "ipndm" || sampler == "plms" || sampler == "pndm";
  const double h = 1 / static_cast<double>(n);
  std::vector<double> list;
  if (!even) list = {0, h * h};
  const double start = even ? 0 : h * h + h * std::sqrt(h);
  for (Index k = 0; k <= n; ++k) {
    list.push_back(start + (1 - start) * static_cast<double>(k) / static_cast<double>(n));
  }
  list.back() = 1;
  return list;
}

void check(const NamedSampler& sampler, const Process& process, const std::string& wanted) {
  const auto sampler_of_n = [&](Index n) {
    const SamplerPath path = process.path(positions(sampler.name, n));
    SamplerPlan plan = sampler.plan(path);
    plan.start_scale = plan.calls.front().level.noise_scale();
    plan.network = process.network.prediction;
    return test::probed(plan);
  };
  const bool has_order = std::isdigit(static_cast<unsigned char>(wanted[0])) != 0;
  try {
    const Examination found = examine(sampler_of_n, data, process.network,
                                      {.steps = {24, 48, 96}, .most_steps = 192, .few_steps = {}});
    INFO(sampler.name << ", expected " << wanted << "\n" << found.text());
    CHECK(found.passed() == has_order);
    if (!has_order) {
      CHECK(found.text().find(wanted) != std::string::npos);
    } else {
      CHECK_THAT(found.order.value_or(0), WithinAbs(std::stod(wanted), 0.5));
    }
  } catch (const std::invalid_argument& refusal) {
    INFO(sampler.name << ", expected " << wanted << ": " << refusal.what());
    CHECK_FALSE(has_order);
    CHECK(std::string(refusal.what()).find(wanted) != std::string::npos);
  }
}

void check_all(std::size_t process, const char* const Expected::*text) {
  const Process along = processes()[process];
  std::size_t count = 0;
  for (const NamedSampler& sampler : samplers()) {
    INFO(sampler.name);
    const auto wanted = expected.find(sampler.name);
    REQUIRE(wanted != expected.end());
    ++count;
    const char* const of_process = wanted->second.*text;
    if (*of_process != '\0') check(sampler, along, of_process);
  }
  CHECK(count == expected.size());
}

// Would catch a right sampler with a finding, an order that is not its own, a limit that is not the
// data's, and a sampler of the list of which nothing is expected.
TEST_CASE("examine: every sampler has its order, limit or refusal along a table") {
  check_all(0, &Expected::table);
}
TEST_CASE("examine: every sampler has its order, limit or refusal along sigma") {
  check_all(1, &Expected::sigma);
}
TEST_CASE("examine: every sampler has its order, limit or refusal along a straight path") {
  check_all(2, &Expected::straight);
}
TEST_CASE("examine: every sampler has its order, limit or refusal in continuous time") {
  check_all(3, &Expected::time);
}

}  // namespace examine_samplers_test
