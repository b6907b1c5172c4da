// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <cmath>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "alphabar/oracle/audit.hpp"
#include "alphabar/oracle/examine.hpp"
#include "support/catch.hpp"
#include "support/probed_plan.hpp"

/// Every sampler of the library, read from its run, along every path it is defined for.
namespace examine_samplers_test {

using namespace alphabar;
using Eigen::VectorXd;

const Gaussian data(VectorXd{{1, -2, 3}}, DiagonalCovariance(VectorXd{{0.05, 1, 4}}));

/// f(name, sampler, order of convergence): the published one, of the law where noise is drawn. An
/// ancestral step is one of the deterministic method and exact noise, so that the law of data that
/// start at their own level has the order of that method.
template <class F>
void for_each_sampler(F f) {
  using Dpm = DpmSolverMultistep;
  f("DDIM", Ddim{}, 1);
  f("DDIM, eta 0.5", Ddim{0.5}, 1);
  f("DDPM", Ddpm{}, 1);
  f("Euler", Euler{}, 1);
  f("Euler ancestral", EulerAncestral{}, 1);
  f("Heun", Heun{}, 2);
  f("DPM2", Dpm2{}, 2);
  f("DPM2 ancestral", Dpm2Ancestral{}, 2);
  f("DPM-Solver++ 2S", DpmSolverPp2SAncestral{0}, 2);
  f("DPM-Solver++ 2S ancestral", DpmSolverPp2SAncestral{}, 2);
  f("DPM-Solver++ SDE", DpmSolverPpSde{}, 2);
  f("DPM-Solver++(2M)", DpmSolverPp2M{}, 2);
  f("DPM-Solver++(3M)", Dpm{.order = 3}, 3);
  f("DPM-Solver(3M), noise", Dpm{.prediction = Prediction::noise, .order = 3}, 3);
  f("SDE-DPM-Solver++(2M)", Dpm{.eta = 1}, 2);
  f("DPM-Solver singlestep 2", DpmSolverSinglestep{.lower_order_final = false}, 2);
  f("RES multistep", ResMultistep{}, 2);
  f("RES multistep ancestral", ResMultistepAncestral{}, 2);
  f("DEIS", Deis{3}, 3);
  f("tAB-DEIS", DeisTab{3}, 3);
  f("LMS", Lms{4}, 4);
  f("iPNDM", Ipndm{2}, 2);
  f("gradient estimation", GradientEstimation{}, 1);
  f("SEEDS-2", Seeds2{}, 2);
  f("SEEDS-3", Seeds3{}, 2);
  f("SEEDS-2, eta 0", Seeds2{0}, 2);
  f("SA-Solver", SaSolver{}, 2);
  f("ER-SDE", ErSde{}, 1);
  f("UniPC", UniPc{}, 3);
}

/// Along σ, from 4 to 0.1, steps of the logarithm; the first two as short as a lower order needs.
std::vector<double> levels(Index n) {
  const double h = 1 / static_cast<double>(n);
  std::vector<double> positions{0, h * h};
  const double start = h * h + h * std::sqrt(h);
  for (Index k = 0; k <= n; ++k) {
    const double even = start + (1 - start) * static_cast<double>(k) / static_cast<double>(n);
    positions.push_back(even + 0.3 * even * (1 - even));
  }
  positions.back() = 1;
  std::vector<double> sigmas;
  for (const double position : positions) sigmas.push_back(4 * std::pow(0.025, position));
  return sigmas;
}

// Would catch a right sampler with a finding, and an order that is not its own.
TEST_CASE("examine: every sampler passes along sigma, with its published order") {
  const auto network = ExaminedNetwork::of_sigmas(Prediction::x0);
  for_each_sampler([&](const std::string& name, const auto& sampler, double order) {
    const auto sampler_of_n = [&](Index n) {
      SamplerPlan plan = sampler.plan(SamplerPath::of_sigmas(levels(n)));
      plan.network = Prediction::x0;
      return test::probed(plan);
    };
    const Examination found = examine(sampler_of_n, data, network, {.few_steps = {5}});
    INFO(name << "\n" << found.text());
    CHECK(found.passed());
    REQUIRE(found.order);
    if (order > 1) {
      CHECK(*found.order > order - 0.35);
    } else {
      CHECK_THAT(*found.order, WithinAbs(1, 0.35));
    }
  });
}

/// A plan, run and held against itself, passes, and is read as what it is.
void check_audit(const std::string& name, const SamplerPlan& plan) {
  const AuditReport report = audit(test::probed(plan), data, plan);
  INFO(name << "\n" << report.text());
  CHECK(report.passed());
  CHECK(report.same_law);
  CHECK(report.distance < 1e-9);
}

TEST_CASE("audit: every sampler is what it is, along tables, sigma and straight paths") {
  const auto schedule = scaled_linear_schedule();
  for_each_sampler([&](const std::string& name, const auto& sampler, double) {
    for (const Prediction kind : {Prediction::noise, Prediction::x0, Prediction::velocity}) {
      check_audit(name, plan(sampler, schedule, trailing_timesteps(1000, 9), kind));
      check_audit(name, plan_of_sigmas(sampler, karras_sigmas(9, 0.05, 30), kind));
      check_audit(name, plan_of_sigmas(sampler, schedule, karras_sigmas(9, 0.05, 14), kind));
    }
    const std::vector<double> straight{0.98, 0.9, 0.8, 0.65, 0.5, 0.33, 0.2, 0.07};
    check_audit(name, plan(sampler, RectifiedFlow(), straight, Prediction::flow_velocity));
  });
  const std::vector<double> even{0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1};
  check_audit("PNDM", plan(Pndm{}, RectifiedFlow(), even, Prediction::flow_velocity));
  check_audit("PLMS", plan(Plms{}, schedule, leading_timesteps(1000, 10), Prediction::noise));
  check_audit("LCM", plan(Lcm{}, schedule, trailing_timesteps(1000, 4), Prediction::noise));
  check_audit("TCD", plan(Tcd{}, schedule, trailing_timesteps(1000, 4), Prediction::noise));
  check_audit("churn",
              plan_of_sigmas(Heun{{.s_churn = 10}}, karras_sigmas(9, 0.05, 30), Prediction::x0));
}

}  // namespace examine_samplers_test
