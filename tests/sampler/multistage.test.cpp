// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/golden_diffusers.hpp"
#include "support/golden_run.hpp"
#include "support/quad_program.hpp"

/// Samplers with several calls per step, and with noise before a call. Golden runs would catch any
/// weight, any stage at another level, and any call or normal too many.
namespace multistage_test {

using namespace alphabar;
using test::GoldenDiffusers;
using test::GoldenLoops;

constexpr Churn churn{4, 0.05, 10, 1.003};
constexpr double infinity = std::numeric_limits<double>::infinity();

TEST_CASE("Euler, Heun, Heun++ and DPM2: the weights of other programs") {
  CHECK(GoldenLoops::along_sigma("euler", Euler{}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("euler", Euler{}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("heun", Heun{}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("heun", Heun{}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("heun_churn", Heun{churn}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("heunpp2", HeunPp2{}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("heunpp2", HeunPp2{}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("heunpp2_churn", HeunPp2{churn}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("dpm_2", Dpm2{}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("dpm_2_churn", Dpm2{churn}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("dpm_2_ancestral_eta0.5", Dpm2Ancestral{0.5}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("dpm_2_ancestral_eta1.0", Dpm2Ancestral{}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("dpm_2_ancestral_eta0.5", Dpm2Ancestral{0.5}) < 1e-12);
  for (const std::string kind : {"epsilon", "sample", "v_prediction"}) {
    CHECK(GoldenDiffusers("heun_" + kind).along_sigma(Heun{}) < 1e-12);
  }
  CHECK(GoldenDiffusers("kdpm2_epsilon").along_sigma(Dpm2{}) < 1e-12);
  CHECK(GoldenDiffusers("kdpm2_karras").along_sigma(Dpm2{}) < 1e-12);
  CHECK(GoldenDiffusers("kdpm2_a_epsilon").along_sigma(Dpm2Ancestral{}) < 1e-12);
  CHECK(GoldenDiffusers("flow_heun_shift3").along_straight_path(Heun{}) < 1e-12);
}

// On straight paths those programs add noise as if the signal kept its scale, already at u = 1, and
// call the network at u > 1. Ours does not: its calls and normals differ.
TEST_CASE("churn on straight paths: what other programs do is not repeated") {
  CHECK(GoldenLoops::along_straight_path("euler_churn", Euler{churn}) == infinity);
  CHECK(GoldenLoops::along_straight_path("heun_churn", Heun{churn}) == infinity);
  CHECK(GoldenLoops::along_straight_path("dpm_2_churn", Dpm2{churn}) == infinity);
  CHECK(GoldenDiffusers("flow_heun_shift3_churn").along_straight_path(Heun{{2, 0, 1e9, 1.003}}) >
        0.005);
}

// Its network predicts −ε. (Its levels are squares of those that it means, its start is not.)
TEST_CASE("Heun with churn: the weights of diffusers' KarrasVe") {
  const GoldenDiffusers golden("karras_ve");
  std::vector<double> levels = golden.grid().at("schedule");
  std::reverse(levels.begin(), levels.end());
  levels.push_back(0);
  SamplerPlan plan = Heun{{4, 0.5, 20, 1.007}}.plan(SamplerPath::of_sigmas(levels));
  plan.network = Prediction::noise;
  plan.start_scale = 5;
  CHECK(golden.of(plan, true) < 1e-12);
}

TEST_CASE("DPM-Solver++ 2S and SDE: the weights of other programs") {
  using Two = DpmSolverPp2SAncestral;
  CHECK(GoldenLoops::along_sigma("dpmpp_2s_ancestral_eta0.0", Two{0}) < 1e-12);
  // From u = 1, where ours has a step of one call, that program has its stage at u = 0.9999.
  CHECK(GoldenLoops::along_straight_path("dpmpp_2s_ancestral_eta0.0", Two{0}) == infinity);
  CHECK(GoldenLoops::rest("dpmpp_2s_ancestral_eta0.0/flow", 2, 1, Two{0}) < 1e-12);
  CHECK(GoldenLoops::rest("dpmpp_2s_ancestral_eta0.5/flow", 2, 1, Two{0.5}) < 1e-12);
  CHECK(GoldenLoops::rest("dpmpp_2s_ancestral_eta1.0/flow", 2, 1, Two{}) < 1e-12);
  using Sde = DpmSolverPpSde;
  constexpr auto independent = Sde::Normals::independent;
  CHECK(GoldenLoops::along_sigma("dpmpp_sde_eta0.0", Sde{0}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("dpmpp_sde_eta0.5", Sde{0.5, 0.5, independent}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("dpmpp_sde_r0.33", Sde{1, 1. / 3, independent}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("dpmpp_sde_eta1.0", Sde{1, 0.5, independent}) < 1e-12);
  CHECK(GoldenDiffusers("dpm_sde_karras").along_sigma(Sde{1, 0.5, independent}) < 1e-12);
}

TEST_CASE("SEEDS and RES 2S: the weights of ComfyUI") {
  constexpr auto heun = SolverType::heun;
  CHECK(GoldenLoops::along_sigma("seeds_2_eta0.5", Seeds2{0.5}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("seeds_2_r0.3", Seeds2{1, 0.3}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("seeds_2_eta0.0", Seeds2{0}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("seeds_2_eta1.0", Seeds2{}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("seeds_2_phi2_eta0.0", Res2S{}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("seeds_2_phi2_eta1.0", Seeds2{1, 0.5, heun}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("exp_heun_2_x0_eta0.0", Seeds2{0, 1, heun}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("exp_heun_2_x0_eta1.0", Seeds2{1, 1, heun}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("seeds_3_eta0.0", Seeds3{0}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("seeds_3_eta1.0", Seeds3{}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("seeds_3_eta0.5", Seeds3{0.5}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("seeds_3_eta1.0", Seeds3{1}) < 1e-12);
}

TEST_CASE("multistage samplers: the weights of other programs where levels do not end in 0") {
  CHECK(GoldenLoops::not_to_zero("heun/eps", Heun{}) < 1e-12);
  CHECK(GoldenLoops::not_to_zero("heun/flow", Heun{}) < 1e-12);
  CHECK(GoldenLoops::not_to_zero("heun_churn/eps", Heun{churn}) < 1e-12);
  CHECK(GoldenLoops::not_to_zero("heunpp2/eps", HeunPp2{}) < 1e-12);
  CHECK(GoldenLoops::not_to_zero("heunpp2/flow", HeunPp2{}) < 1e-12);
  CHECK(GoldenLoops::not_to_zero("dpm_2/eps", Dpm2{}) < 1e-12);
  CHECK(GoldenLoops::not_to_zero("dpm_2_ancestral_eta1.0/eps", Dpm2Ancestral{}) < 1e-12);
  CHECK(GoldenLoops::not_to_zero("seeds_2_eta0.5/eps", Seeds2{0.5}) < 1e-12);
  CHECK(GoldenLoops::not_to_zero("seeds_3_eta1.0/flow", Seeds3{}) < 1e-12);
}

// Its calls are at σ_0 and at fractions of a step of 1/3 and 2/3, for a network that predicts x_0.
TEST_CASE("DpmSolver: the weights of dpm_fast") {
  const auto levels = GoldenLoops::levels("dpm_fast/eps");
  const double last = 0.029167158151720367;
  const SamplerPath path = SamplerPath::of_sigmas({levels[0], std::sqrt(levels[0] * last), last});
  for (const double eta : {0.0, 1.0}) {
    SamplerPlan plan = DpmSolver{.orders = dpm_fast_orders(5), .eta = eta}.plan(path);
    plan.network = Prediction::x0;
    CHECK(GoldenLoops::of(eta == 0 ? "dpm_fast/eps" : "dpm_fast_eta1/eps", plan) < 1e-12);
  }
  CHECK(dpm_fast_orders(1) == std::vector{1});
  CHECK(dpm_fast_orders(2) == std::vector{2});
  CHECK(dpm_fast_orders(3) == std::vector{2, 1});
  CHECK(dpm_fast_orders(7) == std::vector{3, 3, 1});
  CHECK(dpm_fast_orders(9) == std::vector{3, 3, 2, 1});
}

TEST_CASE("DpmSolverSinglestep: the weights of diffusers") {
  const auto deviation = [](const std::string& variant, DpmSolverSinglestep sampler) {
    sampler.lower_order_final = false;
    INFO(variant);
    return GoldenDiffusers("dpm_single_" + variant).preserving_variance(sampler);
  };
  constexpr auto x0 = Prediction::x0;
  constexpr auto noise = Prediction::noise;
  constexpr auto midpoint = SolverType::midpoint;
  constexpr auto heun = SolverType::heun;
  CHECK(deviation("pp_1_midpoint", {1}) < 1e-12);
  CHECK(deviation("pp_2_midpoint", {}) < 1e-12);
  CHECK(deviation("pp_2_heun", {2, x0, heun}) < 1e-12);
  CHECK(deviation("pp_3_midpoint", {3}) < 1e-12);
  CHECK(deviation("pp_3_heun", {3, x0, heun}) < 1e-12);
  CHECK(deviation("pp_3_sigma_min", {3}) < 1e-12);
  CHECK(deviation("pp_2_karras", {}) < 1e-12);
  CHECK(deviation("pp_2_sigma_min_lower_order_final", {}) < 1e-12);
  CHECK(deviation("eps_1_midpoint", {1, noise}) < 1e-12);
  CHECK(deviation("eps_2_heun", {2, noise, heun}) < 1e-12);
  CHECK(deviation("eps_3_midpoint", {3, noise, midpoint}) < 1e-12);
  CHECK(deviation("eps_3_heun", {3, noise, heun}) < 1e-12);
  CHECK(deviation("sdepp_1_midpoint", {1, x0, midpoint, 1}) < 1e-12);
  CHECK(deviation("sdepp_2_midpoint", {2, x0, midpoint, 1}) < 1e-12);
  CHECK(deviation("sdepp_3_midpoint", {3, x0, midpoint, 1}) < 1e-12);
}

// Would catch a block that goes on where it must end.
TEST_CASE("DpmSolverSinglestep: which step is which stage") {
  const auto stages = [](int order, std::size_t n, bool clean, bool lower) {
    DpmSolverSinglestep sampler{order};
    sampler.lower_order_final = lower;
    return sampler.stages(n, clean);
  };
  CHECK(stages(3, 6, false, false) == std::vector{1, 2, 3, 1, 2, 3});
  CHECK(stages(3, 6, false, true) == std::vector{1, 2, 3, 1, 2, 1});
  CHECK(stages(3, 7, false, false) == std::vector{1, 2, 3, 1, 2, 3, 1});
  CHECK(stages(3, 5, false, true) == std::vector{1, 2, 3, 1, 2});
  CHECK(stages(3, 5, true, true) == std::vector{1, 2, 3, 1, 1});
  CHECK(stages(2, 4, false, true) == std::vector{1, 2, 1, 1});
  CHECK(stages(2, 4, false, false) == std::vector{1, 2, 1, 2});
  CHECK(stages(1, 3, true, true) == std::vector{1, 1, 1});
  CHECK(test::complaint([&] { (void)stages(2, 0, true, true); }) ==
        "invalid_argument: alphabar::DpmSolverSinglestep::stages: n must be >= 1, got 0");
}

// Would catch blocks of a partial run that begin with it, and a first stage without a start.
TEST_CASE("DpmSolverSinglestep: a partial run has the blocks of the whole run") {
  const std::vector<double> sigmas{80, 30, 12, 5, 2, 0.9, 0.4, 0.15, 0.05};
  const auto steps = [&](std::size_t first) {
    DpmSolverSinglestep sampler{3};
    sampler.steps_before = first;
    const std::vector<double> rest(sigmas.begin() + static_cast<std::ptrdiff_t>(first),
                                   sigmas.end());
    return sampler.plan(SamplerPath::of_sigmas(rest)).calls;
  };
  const auto whole = steps(0);  // the stages 1 2 3 1 2 3 1 2
  const auto same = [&](const auto& part, std::size_t k) {
    const LinearStep& step = part[k - (whole.size() - part.size())].step;
    CHECK_THAT(step.x, WithinRel(whole[k].step.x, 1e-14));
    REQUIRE(step.predictions.size() == whole[k].step.predictions.size());
    for (std::size_t j = 0; j < step.predictions.size(); ++j) {
      CHECK_THAT(step.predictions[j], WithinRel(whole[k].step.predictions[j], 1e-12));
    }
  };
  const auto part = steps(4);
  REQUIRE(part.size() == 4);
  CHECK(part[0].step.predictions.size() == 1);
  CHECK(part[1].step.predictions.size() == 2);
  for (std::size_t k = 6; k < 8; ++k) same(part, k);
  for (std::size_t k = 3; k < 8; ++k) same(steps(3), k);
  // Would catch a sum with the steps of the path that wraps around.
  CHECK(test::complaint([&] {
          DpmSolverSinglestep sampler{3};
          sampler.steps_before = static_cast<std::size_t>(-1);
          (void)sampler.plan(SamplerPath::of_sigmas(sigmas));
        }) ==
        "invalid_argument: alphabar::DpmSolverSinglestep: steps_before must be <= 1000000, got "
        "18446744073709551615");
}

// Would catch a method of order 2 whose stage is at another level: order 0 along this process.
TEST_CASE("DPM2: order 2 along a process with noise at time 0") {
  const auto error = [](std::size_t n) {
    std::vector<double> times;
    for (std::size_t k = 0; k <= n; ++k) {
      times.push_back(0.9 - 0.7 * static_cast<double>(k) / static_cast<double>(n));
    }
    const SamplerPath path(VeGeometric(), times);
    SamplerPlan plan = Dpm2{}.plan(path);
    plan.network = Prediction::x0;
    const auto variance = [&](std::size_t k) { return 1e-3 + path.level(k).noise_variance(); };
    std::vector<double> x{std::sqrt(variance(0))};
    run_sampler(
        plan,
        [](auto at, const SamplerCall& call, auto prediction) {
          prediction[0] = 1e-3 / (1e-3 + call.level.noise_variance()) * at[0];
        },
        x);
    return x[0] / std::sqrt(variance(n)) - 1;
  };
  CHECK_THAT(error(64) / error(128), WithinAbs(4, 0.3));
}

#ifdef ALPHABAR_TEST_QUAD
using test::Quad;
using test::QuadProgram;
using test::QuadValue;

/// From σ_t to σ_s; on straight paths in u.
struct Step {
  double t;
  double s;
  bool straight;

  [[nodiscard]] Quad sigma(double level) const {
    return straight ? Quad{level} / (1 - Quad{level}) : Quad{level};
  }
  [[nodiscard]] SamplerPath path() const {
    return straight ? SamplerPath(RectifiedFlow(), {t, s}) : SamplerPath::of_sigmas({t, s});
  }
};

std::vector<Step> steps() {
  std::vector<Step> list;
  for (const double ratio : {1.0001, 1.01, 1.5, 3.0, 30.0, 1000.0}) {
    for (const double t : {80.0, 1.0, 0.003}) list.push_back({t, t / ratio, false});
    for (const double t : {0.9, 0.4}) list.push_back({t, t / ratio, true});
  }
  return list;
}

/// The largest deviation of a sampler from program(program, σ_t, σ_s), which gives x/α at the end.
template <class S, class Program>
double deviation(const S& sampler, const Program& program) {
  double largest = 0;
  for (const Step& step : steps()) {
    QuadProgram quad(step.straight);
    const Quad t = step.sigma(step.t);
    const Quad s = step.sigma(step.s);
    const QuadValue end = program(quad, step, t, s);
    largest = std::max(largest, quad.deviation(sampler.plan(step.path()), end, s));
  }
  return largest;
}

/// Programs in ς: σ, or u on straight paths, where x itself is what moves.
template <class S, class Program>
double flow_deviation(const S& sampler, const Program& program) {
  return deviation(sampler, [&](QuadProgram& quad, const Step& step, Quad, Quad s) {
    const auto sigma = [&](Quad level) { return step.straight ? level / (1 - level) : level; };
    const auto scale = [&](Quad level) { return step.straight ? 1 - level : Quad{1}; };
    const auto ask = [&](const QuadValue& x, Quad level) {
      return quad.ask(x / scale(level), sigma(level));
    };
    const QuadValue end = program(quad, ask, step, QuadValue::unit(0), Quad{step.t}, Quad{step.s});
    return end / (step.straight ? 1 / (1 + s) : Quad{1});
  });
}

/// The lower level and the noise of an ancestral step.
std::pair<Quad, Quad> ancestral(Quad t, Quad s, Quad eta) {
  const Quad up = eta * test::sqrt(s * s * (t * t - s * s)) / t;
  return {test::sqrt(s * s - up * up), up};
}
std::pair<Quad, Quad> straight_ancestral(Quad t, Quad s, Quad eta) {
  const Quad down = s * (1 + (s / t - 1) * eta);
  const Quad factor = (1 - s) / (1 - down);
  return {down, test::sqrt(s * s - down * down * factor * factor)};
}

constexpr double bound = 1e-13;

// Would catch a difference of nearly equal numbers in a short step, and a stage that is rounded in
// a long one.
TEST_CASE("Heun, DPM2: coefficients to 1e-13 of the largest") {
  const auto heun = [](QuadProgram&, auto ask, const Step&, const QuadValue& x, Quad t, Quad s) {
    const QuadValue d = (x - ask(x, t)) / t;
    const QuadValue x_2 = x + (s - t) * d;
    const QuadValue d_2 = (x_2 - ask(x_2, s)) / s;
    return x + (s - t) / 2 * (d + d_2);
  };
  CHECK(flow_deviation(Heun{}, heun) < bound);
  for (const double eta : {0.0, 0.3, 1.0}) {
    const auto dpm2 = [&](QuadProgram& quad, auto ask, const Step& step, const QuadValue& x, Quad t,
                          Quad s) {
      const auto [down, up] = step.straight ? straight_ancestral(t, s, eta) : ancestral(t, s, eta);
      const QuadValue d = (x - ask(x, t)) / t;
      const Quad middle = test::sqrt(t * down);
      const QuadValue x_2 = x + (middle - t) * d;
      const QuadValue d_2 = (x_2 - ask(x_2, middle)) / middle;
      const QuadValue x_d = x + (down - t) * d_2;
      const Quad factor = step.straight ? (1 - s) / (1 - down) : Quad{1};
      return factor * x_d + (eta > 0 ? up * quad.draw() : QuadValue());
    };
    INFO("eta = " << eta);
    CHECK(flow_deviation(Dpm2Ancestral{eta}, dpm2) < bound);
    if (eta == 0) CHECK(flow_deviation(Dpm2{}, dpm2) < bound);
  }
}

TEST_CASE("churn: coefficients to 1e-13 of the largest") {
  // In σ, on straight paths as well: x/α moves by the noise of σ̂² − σ².
  const auto euler = [](QuadProgram& quad, const Step&, Quad t, Quad s) {
    const Quad hat = t * (1 + Quad{std::numbers::sqrt2 - 1});
    const QuadValue x = quad.start(t) + 1.5 * test::sqrt(hat * hat - t * t) * quad.draw();
    const QuadValue d = (x - quad.ask(x, hat)) / hat;
    return x + (s - hat) * d;
  };
  CHECK(deviation(Euler{{5, 0, infinity, 1.5}}, euler) < bound);
}

// Would catch a level that is left out at one end of the interval.
TEST_CASE("churn: the levels at which noise is added") {
  CHECK(test::complaint([] { (void)Churn{}.gamma(1, 0); }) ==
        "invalid_argument: alphabar::Churn::gamma: steps must be >= 1, got 0");
  const SamplerPlan plan = Euler{{5, 2, 7, 1}}.plan(SamplerPath::of_sigmas({8, 7, 5, 2, 1, 0}));
  CHECK(plan.start.new_draws == 0);
  std::vector<Index> draws;
  for (const SamplerCall& call : plan.calls) draws.push_back(call.step.new_draws);
  CHECK(draws == std::vector<Index>{1, 1, 1, 0, 0});
  CHECK(Churn{1}.gamma(3, 10) == 0.1);
  CHECK(Churn{100}.gamma(3, 10) == std::numbers::sqrt2 - 1);
  CHECK(Churn{1}.gamma(infinity, 10) == 0);
}

TEST_CASE("DPM-Solver++ 2S ancestral: coefficients to 1e-13 of the largest") {
  for (const double eta : {0.0, 0.3, 1.0}) {
    for (const double r : {0.5, 0.2}) {
      const auto two = [&](QuadProgram& quad, const Step& step, Quad t, Quad s) {
        auto [down, up] = ancestral(t, s, eta);
        if (step.straight) {
          const auto [u_down, u_up] = straight_ancestral(step.t, step.s, eta);
          down = u_down / (1 - u_down);
          up = u_up / (1 - Quad{step.s});
        }
        const Quad h = test::log(t / down);
        const QuadValue x = quad.start(t);
        const QuadValue d = quad.ask(x, t);
        const Quad stage = t * test::exp(-r * h);
        const QuadValue x_2 = stage / t * x + (1 - stage / t) * d;
        const QuadValue d_2 = quad.ask(x_2, stage);
        const Quad fac = 1 / (2 * Quad{r});
        const QuadValue mean = (1 - fac) * d + fac * d_2;
        const QuadValue end = down / t * x + (1 - down / t) * mean;
        return eta > 0 ? end + up * quad.draw() : end;
      };
      INFO("eta = " << eta << ", r = " << r);
      CHECK(deviation(DpmSolverPp2SAncestral{eta, r}, two) < bound);
    }
  }
}

// Would catch normals of a step that have another correlation than increments of one Brownian
// motion in σ, or in u on straight paths.
TEST_CASE("DPM-Solver++ SDE: coefficients to 1e-13 of the largest") {
  using Normals = DpmSolverPpSde::Normals;
  for (const double eta : {0.0, 0.3, 1.0}) {
    for (const Normals normals : {Normals::brownian, Normals::independent}) {
      const double r = 0.4;
      const auto sde = [&](QuadProgram& quad, const Step& step, Quad t, Quad s) {
        const Quad stage = t * test::exp(-r * test::log(t / s));
        const auto part = [&](const QuadValue& x, const QuadValue& d, Quad to) {
          const auto down = ancestral(t, to, eta).first;
          return down / t * x + (1 - down / t) * d;
        };
        const auto clock = [&](Quad sigma) { return step.straight ? sigma / (1 + sigma) : sigma; };
        const QuadValue x = quad.start(t);
        const QuadValue d = quad.ask(x, t);
        const QuadValue first = eta > 0 ? quad.draw() : QuadValue();
        const QuadValue x_2 = part(x, d, stage) + ancestral(t, stage, eta).second * first;
        const QuadValue d_2 = quad.ask(x_2, stage);
        const Quad fac = 1 / (2 * Quad{r});
        const QuadValue end = part(x, (1 - fac) * d + fac * d_2, s);
        if (eta == 0) return end;
        const Quad shared = normals == Normals::independent
                                ? Quad{0}
                                : (clock(t) - clock(stage)) / (clock(t) - clock(s));
        return end + ancestral(t, s, eta).second *
                         (test::sqrt(shared) * first + test::sqrt(1 - shared) * quad.draw());
      };
      INFO("eta = " << eta);
      CHECK(deviation(DpmSolverPpSde{eta, r, normals}, sde) < bound);
    }
  }
}

Quad phi_1(Quad y) { return 1 - test::exp(-y); }
Quad phi_2(Quad y) { return 1 - phi_1(y) / y; }

TEST_CASE("SEEDS: coefficients to 1e-13 of the largest") {
  for (const double eta : {0.0, 0.3, 1.0}) {
    INFO("eta = " << eta);
    const Quad rate = 1 + Quad{eta};
    const auto program = [&](const std::vector<double>& r, SolverType type) {
      return [=](QuadProgram& quad, const Step&, Quad t, Quad s) {
        const Quad h = test::log(t / s);
        const QuadValue x = quad.start(t);
        const QuadValue d = quad.ask(x, t);
        QuadValue noise;
        Quad behind = 0;
        const auto renew = [&](Quad distance) {
          if (eta == 0) return;
          const Quad length = distance - behind;
          noise = test::exp(-eta * length) * noise +
                  test::sqrt(1 - test::exp(-2 * eta * length)) * quad.draw();
          behind = distance;
        };
        const auto at = [&](Quad distance, const QuadValue& sum) {
          renew(distance);
          return test::exp(-rate * distance) * x + sum + t * test::exp(-distance) * noise;
        };
        const Quad h_1 = r[0] * h;
        const QuadValue d_1 = quad.ask(at(h_1, phi_1(rate * h_1) * d), t * test::exp(-h_1));
        if (r.size() == 1) {
          const Quad slope = type == SolverType::heun ? phi_2(rate * h) : phi_1(rate * h) / 2;
          return at(h, phi_1(rate * h) * d + slope / r[0] * (d_1 - d));
        }
        const Quad h_2 = r[1] * h;
        const QuadValue d_2 = quad.ask(
            at(h_2, phi_1(rate * h_2) * d + phi_2(rate * h_2) * Quad{r[1]} / r[0] * (d_1 - d)),
            t * test::exp(-h_2));
        return at(h, phi_1(rate * h) * d + phi_2(rate * h) / r[1] * (d_2 - d));
      };
    };
    CHECK(deviation(Seeds2{eta}, program({0.5}, SolverType::midpoint)) < bound);
    CHECK(deviation(Seeds2{eta, 0.3, SolverType::heun}, program({0.3}, SolverType::heun)) < bound);
    CHECK(deviation(Seeds3{eta, 0.3, 0.8}, program({0.3, 0.8}, SolverType::midpoint)) < bound);
    if (eta == 0) CHECK(deviation(Res2S{0.7}, program({0.7}, SolverType::heun)) < bound);
  }
}

// As printed in arXiv:2206.00927, algorithms 1 and 2, x/α for x.
TEST_CASE("DPM-Solver: coefficients to 1e-13 of the largest") {
  const auto second = [](QuadProgram& quad, const Step&, Quad t, Quad s) {
    const Quad h = test::log(t / s);
    const QuadValue x = quad.start(t);
    const QuadValue e = quad.ask(x, t);
    const Quad stage = t * test::exp(-h / 2);
    const QuadValue u = x - stage * (test::exp(h / 2) - 1) * e;
    return x - s * (test::exp(h) - 1) * quad.ask(u, stage);
  };
  CHECK(deviation(DpmSolver{{2}}, second) < bound);
  const auto third = [](QuadProgram& quad, const Step&, Quad t, Quad s) {
    const Quad r_1 = 1. / Quad{3};
    const Quad r_2 = 2. / Quad{3};
    const Quad h = test::log(t / s);
    const auto grown = [&](Quad y) { return test::exp(y) - 1; };
    const QuadValue x = quad.start(t);
    const QuadValue e = quad.ask(x, t);
    const Quad s_1 = t * test::exp(-r_1 * h);
    const QuadValue u_1 = x - s_1 * grown(r_1 * h) * e;
    const QuadValue d_1 = quad.ask(u_1, s_1) - e;
    const Quad s_2 = t * test::exp(-r_2 * h);
    const QuadValue u_2 =
        x - s_2 * grown(r_2 * h) * e - s_2 * r_2 / r_1 * (grown(r_2 * h) / (r_2 * h) - 1) * d_1;
    const QuadValue d_2 = quad.ask(u_2, s_2) - e;
    return x - s * grown(h) * e - s / r_2 * (grown(h) / h - 1) * d_2;
  };
  CHECK(deviation(DpmSolver{}, third) < bound);
}

// Would catch a lower level that is not that of the ancestral step, or is below the end, and noise
// that does not lead from there to the next level.
TEST_CASE("DPM-Solver with noise: coefficients to 1e-13 of the largest") {
  for (const double eta : {0.0, 0.3, 1.0}) {
    for (const Step& step : steps()) {
      for (const double last : {0.9999, 0.4, 0.001}) {
        INFO("eta = " << eta << ", " << step.t << " to " << step.s << " and " << last << " of it");
        const double end = last * step.s;
        const std::vector<double> levels{step.t, step.s, end};
        const SamplerPath path =
            step.straight ? SamplerPath(RectifiedFlow(), levels) : SamplerPath::of_sigmas(levels);
        QuadProgram quad(step.straight);
        const auto to = [&](const QuadValue& x, Quad t, Quad s) {
          const Quad half = test::log(t / s) / 2;
          const Quad stage = t * test::exp(-half);
          const QuadValue e = quad.ask(x, t);
          const QuadValue e_2 = quad.ask(x - stage * (test::exp(half) - 1) * e, stage);
          return x - s * (test::exp(2 * half) - 1) * e_2;
        };
        const Quad t = step.sigma(step.t);
        const Quad s = step.sigma(step.s);
        const Quad lowest = step.sigma(end);
        auto [down, up] = ancestral(t, s, eta);
        if (step.straight) {
          const auto [u_down, u_up] = straight_ancestral(step.t, step.s, eta);
          down = u_down / (1 - u_down);
          up = u_up / (1 - Quad{step.s});
        }
        if (down < lowest) {
          down = lowest;
          up = test::sqrt(s * s - lowest * lowest);
        }
        QuadValue x = to(quad.start(t), t, down);
        if (eta > 0) x = x + up * quad.draw();
        x = to(x, s, lowest);
        const DpmSolver sampler{.orders = {2}, .eta = eta};
        CHECK(quad.deviation(sampler.plan(path), x, lowest) < bound);
      }
    }
  }
}
// The polynomial through the stages, integrated exactly.
TEST_CASE("DPM-Solver singlestep of order 3: coefficients to 1e-13 of the largest") {
  for (const auto& ratios : std::vector<std::vector<double>>{
           {1.0001, 1.0001, 1.0001}, {1.0001, 1000, 1.01}, {1000, 1.0001, 1000}, {2, 3, 1.5}}) {
    for (const double eta : {0.0, 1.0}) {
      for (const Prediction kind : {Prediction::x0, Prediction::noise}) {
        INFO("ratio " << ratios[0] << ", eta = " << eta);
        std::vector<double> levels{20};
        for (const double ratio : ratios) levels.push_back(levels.back() / ratio);
        QuadProgram quad(false);
        const Quad t = levels[0];
        const QuadValue start = quad.start(t);
        QuadValue x = start;
        std::vector<QuadValue> p;
        for (std::size_t k = 0; k < 3; ++k) {
          p.push_back(quad.ask(x, levels[k]));
          const Quad h = test::log(t / levels[k + 1]);
          const bool data = kind == Prediction::x0;
          const Quad y = data ? (1 + Quad{eta}) * h : h;
          const auto inverse = [&](std::size_t j) { return h / test::log(t / levels[j]); };
          // ∫ w, ∫ w u, ∫ w u² for w = y e^(−y(1 − u)), or y e^(−yu).
          const Quad m_0 = 1 - test::exp(-y);
          const Quad m_1 = data ? 1 - m_0 / y : m_0 / y - test::exp(-y);
          const Quad m_2 = data ? 1 - 2 * m_1 / y : 2 * m_1 / y - test::exp(-y);
          QuadValue sum = m_0 * p[0];
          if (k == 1) sum = sum + m_1 * inverse(1) * (p[1] - p[0]);
          if (k == 2) {
            const Quad r_1 = 1 / inverse(1);
            const Quad r_2 = 1 / inverse(2);
            const QuadValue d_1 = inverse(1) * (p[1] - p[0]);
            const QuadValue d_2 = inverse(2) * (p[2] - p[0]);
            const QuadValue bend = (d_2 - d_1) / (r_2 - r_1);
            sum = sum + m_1 * (d_1 - r_1 * bend) + m_2 * bend;
          }
          const Quad s = levels[k + 1];
          x = data ? test::exp(-y) * start + sum : start - (1 + Quad{eta}) * t * sum;
          if (eta > 0) {
            const Quad variance = data ? 1 - test::exp(-2 * h) : test::exp(2 * h) - 1;
            x = x + s * test::sqrt(variance) * quad.draw();
          }
        }
        const DpmSolverSinglestep sampler{3, kind, SolverType::heun, eta, false};
        CHECK(quad.deviation(sampler.plan(SamplerPath::of_sigmas(levels)), x, levels[3]) < bound);
      }
    }
  }
}
#endif

// Would catch the t − 1 of a table where there is none: between the times of a path, other tests
// look at the levels alone.
TEST_CASE("multistage samplers: the time that the network is told between the times of a path") {
  const auto check = [](const SamplerPlan& plan, const char* name) {
    INFO(name);
    for (const SamplerCall& call : plan.calls) CHECK(call.model_time == call.time);
  };
  for (const SamplerPath& path : {SamplerPath::of_sigmas({10, 3, 1, 0.2}),
                                  SamplerPath(RectifiedFlow(), {0.9, 0.6, 0.3, 0.1})}) {
    check(Heun{{.s_churn = 2}}.plan(path), "Heun");
    check(Dpm2{}.plan(path), "Dpm2");
    check(DpmSolver{}.plan(path), "DpmSolver");
    check(DpmSolverPp2SAncestral{}.plan(path), "DpmSolverPp2SAncestral");
    check(DpmSolverPpSde{}.plan(path), "DpmSolverPpSde");
    check(Seeds3{}.plan(path), "Seeds3");
  }
}

// Would catch a NaN or an infinite weight, a division by the length of a step that has none, and an
// end that is not the last prediction of x_0.
TEST_CASE("multistage samplers: the edges of the process") {
  const auto check = [](const auto& sampler, const SamplerPath& path) {
    const SamplerPlan plan = sampler.plan(path);
    const test::LinearRun run = test::linear_run(plan);
    for (const test::LinearRow& row : run.rows) {
      CHECK(std::isfinite(row.x));
      for (const double weight : row.answers) CHECK(std::isfinite(weight));
      for (const double weight : row.draws) CHECK(std::isfinite(weight));
    }
    for (const SamplerCall& call : plan.calls) CHECK(std::isfinite(call.model_time));
    if (path.level(path.steps()).noise_variance() == 0 && plan.prediction == Prediction::x0) {
      CHECK(plan.calls.back().step.x == 0);
      CHECK(plan.calls.back().step.predictions == std::vector<double>{1});
      CHECK(plan.calls.back().step.new_draws == 0);
    }
  };
  const auto finite = [&](const auto& sampler) {
    const auto table = linear_schedule(100, 0.001, 0.1);
    check(sampler, SamplerPath(table, {100, 60, 60, 20, 1, 0}));
    check(sampler, SamplerPath(table, {80, 60, 20}));
    check(sampler, SamplerPath(VpLinear(), {1, 0.5, 0.5, 0.1, 0}));
    check(sampler, SamplerPath(VeGeometric(), {0.9, 0.5, 0.5, 0.1}));
    check(sampler, SamplerPath(RectifiedFlow(3), {0.9, 0.5, 0.5, 0.1, 0}));
    check(sampler, SamplerPath::of_sigmas({1e5, 40, 40, 1, 1e-5, 1e-5}));
    check(sampler, SamplerPath::of_sigmas({2, 0}));
    check(sampler, SamplerPath::of_sigmas({2, 2}));
  };
  const auto from_one = [&](const auto& sampler) {
    finite(sampler);
    check(sampler, SamplerPath(RectifiedFlow(), {1, 1, 0.5, 0.5, 0.1, 0.1}));
    check(sampler, SamplerPath(RectifiedFlow(), {1, 0}));
  };
  const auto from_infinity = [&](const auto& sampler) {
    from_one(sampler);
    const auto terminal = zero_terminal_snr(linear_schedule(20, 0.01, 0.5));
    check(sampler, SamplerPath(terminal, {20, 20, 12, 12, 3, 0}));
    check(sampler, SamplerPath(VpCosine(), {1, 0.4, 0.1}));
  };
  from_one(Heun{});
  from_one(HeunPp2{});
  from_one(Dpm2{});
  from_one(Heun{{4, 0.1, 5, 1}});
  finite(DpmSolver{});
  finite(DpmSolver{{1, 2}});
  finite(DpmSolverSinglestep{3, Prediction::noise});
  from_infinity(Euler{});
  from_infinity(EulerAncestral{});
  from_infinity(Lcm{});
  from_infinity(Tcd{});
  from_infinity(DpmSolver{{3}, Prediction::x0});
  from_infinity(DpmSolver{{3}, Prediction::x0, SolverType::midpoint, 0.5});
  from_infinity(DpmSolverSinglestep{3});
  from_infinity(DpmSolverSinglestep{2, Prediction::x0, SolverType::heun, 1});
  from_infinity(DpmSolverPpSde{});
  from_infinity(Seeds2{});
  from_infinity(Seeds3{});
  from_infinity(Res2S{});
}

// An ancestral step goes below its target, for a table perhaps below the first time.
TEST_CASE("ancestral multistage samplers: the edges of the process") {
  for (const double eta : {0.0, 0.5, 1.0}) {
    for (const SamplerPath& path :
         {SamplerPath(RectifiedFlow(), {1, 1, 0.5, 0.5, 0.1, 0}), SamplerPath::of_sigmas({9, 2, 0}),
          SamplerPath(VpCosine(), {0.9, 0.5, 0.5, 0.2})}) {
      for (const SamplerPlan& plan :
           {Dpm2Ancestral{eta}.plan(path), DpmSolverPp2SAncestral{eta}.plan(path)}) {
        for (const test::LinearRow& row : test::linear_run(plan).rows) {
          CHECK(std::isfinite(row.x));
          for (const double weight : row.answers) CHECK(std::isfinite(weight));
          for (const double weight : row.draws) CHECK(std::isfinite(weight));
        }
      }
    }
  }
}

// Would catch a draw of the other sign: the law is the same, but the run is another.
TEST_CASE("ancestral multistage samplers: the step from pure noise is that of Euler's method") {
  const auto check = [](const auto& sampler, double eta, const SamplerPath& path) {
    const LinearStep step = sampler.plan(path).calls[0].step;
    const LinearStep euler = EulerAncestral{eta}.plan(path).calls[0].step;
    CHECK_THAT(step.predictions.at(0), WithinRel(euler.predictions.at(0), 1e-14));
    CHECK_THAT(step.draws.at(0), WithinRel(euler.draws.at(0), 1e-14));
    CHECK(step.draws[0] > 0);
  };
  const SamplerPath curved(VpCosine(), {1, 0.4, 0.1});
  const SamplerPath straight(RectifiedFlow(), {1, 0.4, 0.1});
  for (const double eta : {0.5, 1.0}) {
    for (const SamplerPath* path : {&curved, &straight}) {
      check(DpmSolverPp2SAncestral{eta}, eta, *path);
      check(DpmSolver{{3}, Prediction::x0, SolverType::midpoint, eta}, eta, *path);
    }
  }
}

// Would catch an eta that does not vanish.
TEST_CASE("multistage samplers: without noise, the method that it is") {
  const auto same = [](const auto& a, const auto& b) {
    double largest = 0;
    for (const SamplerPath& path :
         {SamplerPath::of_sigmas({9, 2, 1.9, 0.01, 0}), SamplerPath(VpCosine(), {0.9, 0.5, 0.2}),
          SamplerPath(RectifiedFlow(), {0.9, 0.5, 0.1, 0})}) {
      const SamplerPlan of_a = a.plan(path);
      CHECK(of_a.draws() == 0);
      largest = std::max(largest,
                         test::deviation(test::linear_run(of_a), test::linear_run(b.plan(path))));
    }
    return largest < 1e-14;
  };
  CHECK(same(EulerAncestral{0}, Euler{}));
  CHECK(same(Dpm2Ancestral{0}, Dpm2{}));
  CHECK(same(DpmSolverPp2SAncestral{0}, Seeds2{0}));
  CHECK(same(DpmSolverPpSde{0}, Seeds2{0}));
  CHECK(same(DpmSolver{{2}, Prediction::x0}, Seeds2{0}));
  CHECK(same(DpmSolver{{3}, Prediction::x0}, Seeds3{0}));
  CHECK(same(DpmSolver{{2}, Prediction::x0, SolverType::heun}, Res2S{}));
  CHECK(same(DpmSolverSinglestep{1}, Euler{}));
  CHECK(same(Heun{{0, 1, 2, 3}}, Heun{}));
}

TEST_CASE("multistage samplers: what is wrong") {
  const SamplerPath path = SamplerPath::of_sigmas({10, 1, 0});
  const SamplerPath infinite(VpCosine(), {1, 0.5, 0});
  const std::string invalid = "invalid_argument: alphabar::";
  const auto said = [&](const auto& sampler, const SamplerPath& along) {
    return test::complaint([&] { (void)sampler.plan(along); });
  };
  const std::string finite = ": sigma at the first time must be finite, got inf";
  CHECK(said(Heun{}, infinite) == invalid + "Heun" + finite);
  CHECK(said(HeunPp2{}, infinite) == invalid + "HeunPp2" + finite);
  CHECK(said(Dpm2{}, infinite) == invalid + "Dpm2" + finite);
  CHECK(said(Dpm2Ancestral{}, infinite) == invalid + "Dpm2Ancestral" + finite);
  CHECK(said(Euler{churn}, infinite) == invalid + "Euler" + finite);
  CHECK(said(DpmSolver{}, infinite) ==
        invalid +
            "DpmSolver: sigma at the first time must be finite to integrate the noise, got inf");
  CHECK(said(Heun{{-1}}, path) == invalid + "Churn: s_churn must be >= 0, got -1");
  CHECK(said(Heun{{1, 0, 9, -1}}, path) ==
        invalid + "Churn: s_noise must be finite and >= 0, got -1");
  const double nan = std::nan("");
  CHECK(said(Heun{{1, nan}}, path) == invalid + "Churn: s_tmin must be a number, got nan");
  CHECK(said(Heun{{1, 0, nan}}, path) == invalid + "Churn: s_tmax must be a number, got nan");
  CHECK(said(Dpm2Ancestral{-0.5}, path) ==
        invalid + "Dpm2Ancestral: eta must be in [0, 1], got -0.5");
  CHECK(said(DpmSolverPp2SAncestral{2}, path) ==
        invalid + "DpmSolverPp2SAncestral: eta must be in [0, 1], got 2");
  CHECK(said(DpmSolverPp2SAncestral{1, 0}, path) ==
        invalid + "DpmSolverPp2SAncestral: r must be in (0, 1], got 0");
  CHECK(said(DpmSolverPpSde{1, 1}, path) == invalid + "DpmSolverPpSde: r must be in (0, 1), got 1");
  CHECK(said(DpmSolverPpSde{7}, path) == invalid + "DpmSolverPpSde: eta must be in [0, 1], got 7");
  CHECK(said(Seeds2{-1}, path) == invalid + "Seeds2: eta must be in [0, 1e6], got -1");
  CHECK(said(Seeds2{1, 2}, path) == invalid + "Seeds2: r must be in (0, 1], got 2");
  CHECK(said(Seeds3{1, 0.5, 0.5}, path) == invalid + "Seeds3: r_2 must be in (0.5, 1], got 0.5");
  CHECK(said(Res2S{0}, path) == invalid + "Res2S: c_2 must be in (0, 1], got 0");
  CHECK(said(DpmSolver{{}}, path) ==
        invalid + "DpmSolver: the number of orders must be >= 1, got 0");
  CHECK(said(DpmSolver{{2, 4}}, path) == invalid + "DpmSolver: orders[1] must be 1, 2 or 3, got 4");
  CHECK(said(DpmSolver{.eta = 2}, path) == invalid + "DpmSolver: eta must be in [0, 1], got 2");
  CHECK(said(DpmSolverSinglestep{0}, path) ==
        invalid + "DpmSolverSinglestep: order must be 1, 2 or 3, got 0");
  CHECK(test::complaint([] { (void)dpm_fast_orders(0); }) ==
        invalid + "dpm_fast_orders: calls must be >= 1, got 0");
  const std::string clean =
      said(DpmSolverSinglestep{1, Prediction::noise, SolverType::midpoint, 1}, path);
  CHECK(clean == invalid +
                     "DpmSolverSinglestep: eta of a step onto clean data that integrates the "
                     "noise must be 0, got 1");
  CHECK(said(DpmSolver{{1}, Prediction::velocity}, path) ==
        invalid + "DpmSolver: prediction must be x0 or noise, got velocity");
  // Churn beyond the end of a table.
  CHECK(said(Heun{{1}}, SamplerPath(linear_schedule(100), {100, 50, 0})).substr(0, 12) ==
        "out_of_range");
}

}  // namespace multistage_test
