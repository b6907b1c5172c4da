// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/golden_diffusers.hpp"
#include "support/golden_run.hpp"
#include "support/quad.hpp"

/// Samplers with one call per step that look at no earlier call.
namespace one_step_test {

using namespace alphabar;
using test::GoldenDiffusers;
using test::GoldenLoops;

/// Along the table of Stable Diffusion, at the times of a class of diffusers and then to `end`.
template <class S>
double along_table(const std::string& variant, const S& sampler, double end) {
  const GoldenDiffusers golden(variant);
  std::vector<double> times;
  for (const double t : golden.timesteps()) times.push_back(t + 1);
  times.push_back(end);
  const auto schedule = scaled_linear_schedule(1000, 0.00085, 0.012);
  SamplerPlan plan = sampler.plan(SamplerPath(schedule, times));
  plan.network = golden.network();
  return golden.of(plan);
}

// Would catch a lower level or a noise that belongs to another path: the formulas of σ on straight
// paths are the most common fault of ancestral steps.
TEST_CASE("EulerAncestral: the weights of other programs") {
  CHECK(GoldenLoops::along_sigma("euler_ancestral_eta0", EulerAncestral{0}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("euler_ancestral_eta0.5", EulerAncestral{0.5}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("euler_ancestral_eta1.0", EulerAncestral{}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("euler_ancestral_eta1.0", EulerAncestral{}) < 1e-12);
  CHECK(GoldenDiffusers("euler_a_epsilon").along_sigma(EulerAncestral{}) < 1e-12);
  CHECK(GoldenDiffusers("ltx_euler_a_rf_eta0.0").along_straight_path(EulerAncestral{0}) < 1e-12);
  // That class adds 1e-12 to two denominators.
  const double with_guard =
      GoldenDiffusers("ltx_euler_a_rf_eta1.0").along_straight_path(EulerAncestral{1});
  CHECK(with_guard < 2e-11);
  CHECK(with_guard > 1e-12);
}

// Would catch boundary scalings of another time, and noise that is not that of the path.
TEST_CASE("LCM: the weights of other programs") {
  CHECK(GoldenLoops::along_sigma("lcm", Lcm{}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("lcm", Lcm{}) < 1e-12);
  CHECK(GoldenDiffusers("flow_lcm_shift3").along_straight_path(Lcm{}) < 1e-12);
  CHECK(along_table("lcm_epsilon", Lcm{LcmBoundary{}}, 0) < 1e-12);
  CHECK(along_table("lcm_v", Lcm{LcmBoundary{}}, 0) < 1e-12);
}

// Would catch a lower time that is rounded another way. That class ends at t = 1.
TEST_CASE("TCD: the weights of diffusers") {
  CHECK(along_table("tcd_eta0.0", Tcd{0}, 1) < 1e-12);
  CHECK(along_table("tcd_v_eta0.3", Tcd{0.3}, 1) < 1e-12);
}

TEST_CASE("TCD: DDIM for gamma = 0, new noise alone for gamma = 1") {
  const SamplerPath path(VpCosine(), {1, 0.7, 0.7, 0.4, 0.1, 0});
  const SamplerPlan ddim = Ddim{}.plan(path);
  const SamplerPlan none = Tcd{0}.plan(path);
  const SamplerPlan all = Tcd{1}.plan(path);
  const SamplerPlan lcm = Lcm{}.plan(path);
  for (std::size_t k = 0; k < path.steps(); ++k) {
    INFO("step " << k);
    CHECK_THAT(none.calls[k].step.x, WithinAbs(ddim.calls[k].step.x, 1e-15));
    CHECK_THAT(none.calls[k].step.predictions[0],
               WithinAbs(ddim.calls[k].step.predictions[0], 1e-15));
    CHECK(none.calls[k].step.draws.empty());
    CHECK(all.calls[k].step == lcm.calls[k].step);
  }
}

// Would catch a product that rounding takes below a whole number: (1 − 0.8) · 250 is 50, so the
// lower time is 51.
TEST_CASE("TCD: a lower time that is whole") {
  const auto table = linear_schedule();
  const SamplerPlan plan = Tcd{0.8}.plan(SamplerPath(table, {1000, 251, 0}));
  const auto sigma = [&](Index t) {
    return std::sqrt(table.one_minus_alpha_bar(t) / table.alpha_bar(t));
  };
  const double kept = sigma(51) / sigma(251);
  CHECK_THAT(plan.calls[0].step.draws.at(0),
             WithinRel(table.sqrt_one_minus_alpha_bar(251) * std::sqrt(1 - kept * kept), 1e-14));
}

// Would catch a lower time that is not a part of the time of the step. On this path σ = u/(1 − u).
TEST_CASE("TCD: the lower time of a process in continuous time") {
  const SamplerPlan plan = Tcd{0.25}.plan(SamplerPath(RectifiedFlow(), {1, 0.8, 0.4, 0}));
  const double first = 0.6 / 0.4 / (0.8 / 0.2);
  const double second = 0.3 / 0.7 / (0.4 / 0.6);
  REQUIRE(plan.calls.size() == 3);
  CHECK_THAT(plan.calls[0].step.draws.at(0), WithinRel(0.8 * std::sqrt(1 - first * first), 1e-14));
  CHECK_THAT(plan.calls[1].step.draws.at(0),
             WithinRel(0.4 * std::sqrt(1 - second * second), 1e-14));
  CHECK(plan.calls[2].step.draws.empty());
}

// Would catch σ_min left out of one of three places. The network of that class is F, its input
// x/√(σ² + d²).
TEST_CASE("ConsistencyModel: the weights of diffusers") {
  const GoldenDiffusers golden("consistency_model");
  SamplerPlan plan = ConsistencyModel{}.plan(SamplerPath::of_sigmas(golden.sigmas()));
  plan.start_scale = 80;
  for (SamplerCall& call : plan.calls) {
    const double root = std::hypot(call.time, 0.5);
    call.input_scale = 1 / root;
    call.step.x += 0.25 / (root * root) * call.step.predictions[0];
    call.step.predictions[0] *= 0.5 * call.time / root;
  }
  // From F to F nothing is converted, but for score and velocity by the scale of the input.
  CHECK(golden.of(plan) < 1e-12);
}

// Would catch a path that is followed in the other direction, and a level that depends on the model
// time.
TEST_CASE("DdimInversion: the weights of diffusers") {
  const GoldenDiffusers golden("ddim_inverse_v_prediction");
  std::vector<double> times{1};
  for (const double t : golden.timesteps()) times.insert(times.begin(), t + 1);
  const SamplerPath path(scaled_linear_schedule(1000, 0.00085, 0.012), times);
  SamplerPlan plan = DdimInversion{true}.plan(path);
  plan.network = Prediction::velocity;
  CHECK(golden.of(plan) < 1e-12);
  for (std::size_t k = 0; k < 5; ++k) {
    CHECK(plan.calls[k].model_time == golden.timesteps()[k]);
    CHECK(plan.calls[k].level == path.level(5 - k));
  }
  const SamplerPlan told = DdimInversion{}.plan(path);
  CHECK(told.calls[0].model_time == 0);
  CHECK(told.calls[4].model_time == 601);
}

// Would catch an inverse that is none: with an ε that is the same everywhere it is exact.
TEST_CASE("DdimInversion: the inverse of Ddim") {
  for (const SamplerPath& path :
       {SamplerPath(RectifiedFlow(), {1, 0.6, 0.2, 0}), SamplerPath(VpCosine(), {1, 0.5, 0.5, 0}),
        SamplerPath::of_sigmas({9, 2, 0.1})}) {
    SamplerPlan plan = DdimInversion{}.plan(path);
    std::vector<double> x{0.7};
    const auto epsilon = [](std::span<const double>, const SamplerCall&, std::span<double> out) {
      out[0] = -1.3;
    };
    const auto& end = path.level(path.steps());
    x[0] = end.signal_scale() * 0.7 + end.noise_scale() * -1.3;
    run_sampler(plan, epsilon, x, NoiseStream(1));
    const auto& first = path.level(0);
    CHECK_THAT(x[0], WithinRel(first.signal_scale() * 0.7 + first.noise_scale() * -1.3, 1e-14));
  }
}

#ifdef ALPHABAR_TEST_QUAD
// Would catch a difference of two numbers that are nearly equal.
TEST_CASE("EulerAncestral: the formulas of straight paths to 8 ulp") {
  using test::Quad;
  for (const auto& [t, s] : {std::pair{1.0, 0.9}, std::pair{0.7, 0.6999}, std::pair{0.9, 0.001},
                             std::pair{0.999, 0.998}, std::pair{0.002, 0.001}}) {
    for (const double eta : {0.0, 0.3, 1.0}) {
      INFO("from " << t << " to " << s << ", eta = " << eta);
      const Quad u_s = s;
      const Quad down = u_s * (1 + (u_s / t - 1) * eta);
      const Quad factor = (1 - u_s) / (1 - down);
      const Quad noise = test::sqrt(u_s * u_s - down * down * factor * factor);
      const SamplerPath path(RectifiedFlow(), {t, s});
      const LinearStep step = EulerAncestral{eta}.plan(path).calls[0].step;
      CHECK(std::abs(step.x / static_cast<double>(factor * down / t) - 1) < 2e-15);
      CHECK(std::abs(step.predictions[0] / static_cast<double>(factor * (1 - down / t)) - 1) <
            2e-15);
      if (eta == 0) {
        CHECK(step.draws.empty());
      } else {
        CHECK(std::abs(step.draws[0] / static_cast<double>(noise) - 1) < 2e-15);
      }
    }
  }
}
#endif

// Would catch noise that is not scaled, and a factor that makes noise where there is none.
TEST_CASE("EulerAncestral: the factor of the noise") {
  const SamplerPath path(RectifiedFlow(), {1, 0.5, 0});
  const SamplerPlan plan = EulerAncestral{1, 2}.plan(path);
  CHECK(plan.calls[0].step.draws[0] == 2 * EulerAncestral{}.plan(path).calls[0].step.draws[0]);
  CHECK(plan.calls[1].step.draws.empty());
}

// Would catch d² that overflows, and weights that are NaN then.
TEST_CASE("ConsistencyModel: data of any scale") {
  for (const double scale : {1e-150, 1e-20, 1e20, 1e150}) {
    const SamplerPlan plan =
        ConsistencyModel{0.002, scale}.plan(SamplerPath::of_sigmas({80, 1, 0}));
    for (const SamplerCall& call : plan.calls) {
      CHECK(call.step.x >= 0);
      CHECK(call.step.x <= 1);
    }
  }
}

TEST_CASE("one-step samplers: what is wrong") {
  const SamplerPath path = SamplerPath::of_sigmas({10, 1, 0});
  const std::string invalid = "invalid_argument: alphabar::";
  const auto said = [&](const auto& sampler, const SamplerPath& along) {
    return test::complaint([&] { (void)sampler.plan(along); });
  };
  CHECK(said(EulerAncestral{2}, path) == invalid + "EulerAncestral: eta must be in [0, 1], got 2");
  CHECK(said(EulerAncestral{2}, SamplerPath(RectifiedFlow(), {1, 0})) ==
        invalid + "EulerAncestral: eta must be in [0, 1], got 2");
  for (const double none : {-1.0, std::nan(""), HUGE_VAL}) {
    const std::string got = alphabar::detail::to_text(none);
    for (const SamplerPath& any : {path, SamplerPath(RectifiedFlow(), {1, 0.5, 0})}) {
      CHECK(said(EulerAncestral{1, none}, any) ==
            invalid + "EulerAncestral: s_noise must be finite and >= 0, got " + got);
    }
  }
  CHECK(said(Tcd{-1}, path) == invalid + "Tcd: gamma must be in [0, 1], got -1");
  CHECK(said(Lcm{LcmBoundary{0}}, path) ==
        invalid + "Lcm: boundary.data_std must be finite and > 0, got 0");
  CHECK(said(Lcm{LcmBoundary{0.5, -1}}, path) ==
        invalid + "Lcm: boundary.timestep_scaling must be finite and >= 0, got -1");
  CHECK(said(ConsistencyModel{0}, path) ==
        invalid + "ConsistencyModel: sigma_min must be finite and > 0, got 0");
  CHECK(said(ConsistencyModel{0.002, 0}, path) ==
        invalid + "ConsistencyModel: data_std must be in [1e-150, 1e150], got 0");
  CHECK(said(ConsistencyModel{0.002, 1e160}, path) ==
        invalid + "ConsistencyModel: data_std must be in [1e-150, 1e150], got 1e+160");
  CHECK(said(ConsistencyModel{2}, path) ==
        invalid + "ConsistencyModel: sigma of a call must be finite and >= sigma_min = 2, got 1");
  CHECK(said(ConsistencyModel{}, SamplerPath(VpCosine(), {1, 0.5, 0})) ==
        invalid +
            "ConsistencyModel: sigma of a call must be finite and >= sigma_min = 0.002, got inf");
}

}  // namespace one_step_test
