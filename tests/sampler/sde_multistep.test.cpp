// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/golden_diffusers.hpp"
#include "support/golden_run.hpp"
#include "support/quad_program.hpp"

/// Samplers of the reverse SDE that use earlier predictions. Golden runs would catch any weight,
/// any order at the start or the end, and any normal too many.
namespace sde_multistep_test {

using namespace alphabar;
using test::GoldenDiffusers;
using test::GoldenLoops;
using Dpm = DpmSolverMultistep;

constexpr auto heun = SolverType::heun;

/// Where other programs deviate from the published algorithm, by this much at least.
constexpr double visible = 0.005;

TEST_CASE("SDE-DPM-Solver++: the weights of k-diffusion and ComfyUI") {
  const auto deviation = [](const std::string& variant, const Dpm& sampler) {
    INFO(variant);
    return variant.find("/eps") != std::string::npos
               ? GoldenLoops::along_sigma(variant.substr(0, variant.find('/')), sampler)
               : GoldenLoops::along_straight_path(variant.substr(0, variant.find('/')), sampler);
  };
  CHECK(deviation("dpmpp_2m_sde_midpoint_eta0.0/eps", {}) < 1e-12);
  CHECK(deviation("dpmpp_2m_sde_midpoint_eta0.0/flow", {}) < 1e-12);
  CHECK(deviation("dpmpp_2m_sde_midpoint_eta0.5/eps", {.eta = 0.5}) < 1e-12);
  CHECK(deviation("dpmpp_2m_sde_midpoint_eta0.5/flow", {.eta = 0.5}) < 1e-12);
  CHECK(deviation("dpmpp_2m_sde_midpoint_eta1.0/eps", {.eta = 1}) < 1e-12);
  CHECK(deviation("dpmpp_2m_sde_midpoint_eta1.0/flow", {.eta = 1}) < 1e-12);
  CHECK(deviation("dpmpp_2m_sde_heun_eta0.0/flow", {.type = heun}) < 1e-12);
  CHECK(deviation("dpmpp_2m_sde_heun_eta0.5/eps", {.type = heun, .eta = 0.5}) < 1e-12);
  CHECK(deviation("dpmpp_2m_sde_heun_eta1.0/eps", {.type = heun, .eta = 1}) < 1e-12);
  CHECK(deviation("dpmpp_2m_sde_heun_eta1.0/flow", {.type = heun, .eta = 1}) < 1e-12);
  // Order 3: those programs give the quadratic term half of its weight.
  for (const double eta : {0.0, 0.5, 1.0}) {
    for (const std::string network : {"eps", "flow"}) {
      if (network == (eta == 0 ? "eps" : "none") || (eta == 0.5 && network == "flow")) continue;
      const std::string share = eta == 0 ? "0.0" : eta == 1 ? "1.0" : "0.5";
      const std::string variant = "dpmpp_3m_sde_eta" + share + "/" + network;
      Dpm sampler{.order = 3, .type = heun, .eta = eta};
      CHECK(deviation(variant, sampler) > visible);
      sampler.halved_quadratic_term = true;
      CHECK(deviation(variant, sampler) < 1e-12);
    }
  }
}

TEST_CASE("SDE-DPM-Solver: the weights of diffusers") {
  const auto deviation = [](const std::string& variant, Dpm sampler) {
    INFO(variant);
    sampler.eta = 1;
    sampler.lower_order_final = true;
    return GoldenDiffusers("dpm_multi_" + variant).preserving_variance(sampler);
  };
  CHECK(deviation("sdepp_1_midpoint_zero", {.order = 1}) < 1e-12);
  CHECK(deviation("sdepp_1_midpoint_sigma_min", {.order = 1}) < 1e-12);
  CHECK(deviation("sdepp_2_midpoint_zero", {}) < 1e-12);
  CHECK(deviation("sdepp_2_heun_zero", {.type = heun}) < 1e-12);
  CHECK(deviation("sdeeps_2_midpoint_sigma_min", {.prediction = Prediction::noise}) < 1e-12);
  // Half of the quadratic term, and a wrong sign in it.
  CHECK(deviation("sdepp_3_heun_sigma_min", {.order = 3}) > visible);
  const Dpm flow{.lower_order_final = true, .eta = 1};
  CHECK(GoldenDiffusers("dpm_multi_sdepp_2_flow3").along_straight_path(flow) < 1e-12);

  const auto edm = [](const std::string& variant, Dpm sampler) {
    sampler.eta = 1;
    sampler.lower_order_final = true;
    return GoldenDiffusers("edm_dpm_sdepp_" + variant).edm(sampler, 0.5, true);
  };
  CHECK(edm("1_midpoint", {.order = 1}) < 1e-12);
  CHECK(edm("2_midpoint", {}) < 1e-12);
  CHECK(edm("2_heun", {.type = heun}) < 1e-12);
  const auto cosine = [](const std::string& variant, Dpm sampler) {
    sampler.eta = 1;
    sampler.lower_order_final = true;
    return GoldenDiffusers("cosine_dpm_" + variant).edm(sampler, 1, false);
  };
  CHECK(cosine("1_midpoint", {.order = 1}) < 1e-12);
  CHECK(cosine("2_midpoint", {}) < 1e-12);
}

/// A path by its ᾱ at times 0, 1, ...
struct ByAlphaBar {
  std::vector<double> alpha_bar;
  [[nodiscard]] TransitionKernel<double> transition(double s, double t) const {
    if (s == t) return {};
    const double kept =
        alpha_bar[static_cast<std::size_t>(t)] / alpha_bar[static_cast<std::size_t>(s)];
    return {kept, 1 - kept};
  }
};

// From zero terminal SNR.
TEST_CASE("SDE-DPM-Solver++ 2M: the weights of diffusers' CogVideoXDPM") {
  const GoldenDiffusers golden("cogvideox_dpm_v");
  std::vector<double> alpha_bar = golden.grid().at("alphas_cumprod");
  std::reverse(alpha_bar.begin(), alpha_bar.end());
  alpha_bar.insert(alpha_bar.begin(), 1);
  SamplerPlan plan = Dpm{.eta = 1}.plan(SamplerPath(ByAlphaBar{alpha_bar}, {5, 4, 3, 2, 1, 0}));
  plan.network = Prediction::velocity;
  CHECK(golden.of(plan) < 1e-12);
}

TEST_CASE("RES multistep ancestral: the weights of ComfyUI") {
  using Res = ResMultistepAncestral;
  CHECK(GoldenLoops::along_sigma("res_multistep_ancestral_eta0.5", Res{0.5}) < 1e-12);
  CHECK(GoldenLoops::along_sigma("res_multistep_ancestral_eta1.0", Res{}) < 1e-12);
  // After a step that stays on its level there is no slope.
  const SamplerPath path = SamplerPath::of_sigmas({9, 4, 4, 1});
  CHECK(Res{}.plan(path).calls[2].step == EulerAncestral{}.plan(path).calls[2].step);
  // On straight paths that program has the formulas of σ.
  CHECK(GoldenLoops::along_straight_path("res_multistep_ancestral_eta0.5", Res{0.5}) > visible);
}

TEST_CASE("ER-SDE: the weights of ComfyUI") {
  CHECK(GoldenLoops::along_sigma("er_sde_stage1", ErSde{1}) < 1e-12);
  CHECK(GoldenLoops::along_straight_path("er_sde_stage1", ErSde{1}) < 1e-12);
  // Order 2: that program sums 200 points for an integral.
  CHECK(GoldenLoops::along_sigma("er_sde_stage2", ErSde{2}) < 2e-3);
  CHECK(GoldenLoops::along_sigma("er_sde_stage2", ErSde{2}) > 1e-5);
  CHECK(GoldenLoops::along_straight_path("er_sde_stage2", ErSde{2}) < 2e-3);
  // Order 3: the slope there is that of half a step behind.
  CHECK(GoldenLoops::along_sigma("er_sde_stage3", ErSde{}) > visible);
  CHECK(GoldenLoops::along_sigma("er_sde_stage3_no_noise", ErSde{3, 0}) > visible);
  CHECK(GoldenLoops::along_straight_path("er_sde_stage3_no_noise", ErSde{3, 0}) > visible);
  CHECK(ErSde{3, 0}.plan(SamplerPath::of_sigmas({3, 2, 1, 0})).draws() == 0);
}

/// In ComfyUI τ is 1 where the step ends between two levels.
SaSolver comfy(int predictor, int corrector, std::vector<double> tau) {
  return {.predictor_order = predictor,
          .corrector_order = corrector,
          .tau = std::move(tau),
          .simple_order_2 = false,
          .corrector_falls_early = true};
}

TEST_CASE("SA-Solver: the weights of ComfyUI") {
  const std::vector<double> some{1, 1, 0};
  const auto sigma = [](const std::string& variant, const SaSolver& sampler) {
    INFO(variant);
    return GoldenLoops::along_sigma("sa_solver_" + variant, sampler);
  };
  SaSolver simple = comfy(2, 2, some);
  simple.simple_order_2 = true;
  SaSolver twice = comfy(3, 4, some);
  twice.repeat_call = true;
  CHECK(sigma("p2_c2_simple", simple) < 1e-12);
  CHECK(sigma("p2_c0", comfy(2, 0, some)) < 1e-12);
  CHECK(sigma("p3_c3", comfy(3, 3, some)) < 1e-12);
  CHECK(sigma("tau1", comfy(3, 4, {1})) < 1e-12);
  CHECK(sigma("pece", twice) < 1e-12);
  twice.tau = {1};
  CHECK(sigma("pece_tau1", twice) < 1e-12);

  const auto straight = [](const std::string& variant, SaSolver sampler) {
    INFO(variant);
    if (variant != "sa_solver_tau0") sampler.tau = {1, 1, 1, 1, 0};
    return GoldenLoops::along_straight_path(variant, sampler);
  };
  CHECK(straight("sa_solver", comfy(3, 4, {1})) < 1e-12);
  CHECK(straight("sa_solver_pece", twice) < 1e-12);
  CHECK(straight("sa_solver_p1_c1", comfy(1, 1, {1})) < 1e-12);
  CHECK(straight("sa_solver_p2_c2", comfy(2, 2, {1})) < 1e-12);
  CHECK(straight("sa_solver_p2_c0", comfy(2, 0, {1})) < 1e-12);
  CHECK(straight("sa_solver_p2_c2_simple", simple) < 1e-12);
  CHECK(straight("sa_solver_tau0", comfy(3, 4, {0})) < 1e-12);
}

// ComfyUI lowers the orders at the end only where the levels end in 0.
TEST_CASE("SDE multistep samplers: the weights of ComfyUI where levels do not end in 0") {
  const auto sa = [](int predictor, int corrector, std::vector<double> tau, bool repeat_call) {
    SaSolver sampler = comfy(predictor, corrector, std::move(tau));
    sampler.lower_order_final = false;
    sampler.repeat_call = repeat_call;
    return sampler;
  };
  const auto deviation = [](const std::string& variant, const auto& sampler) {
    return GoldenLoops::not_to_zero(variant, sampler);
  };
  CHECK(deviation("sa_solver_p3_c3/eps", sa(3, 3, {1, 1, 0}, false)) < 1e-12);
  CHECK(deviation("sa_solver_tau1/eps", sa(3, 4, {1}, false)) < 1e-12);
  CHECK(deviation("sa_solver_pece_tau1/eps", sa(3, 4, {1}, true)) < 1e-12);
  CHECK(deviation("dpmpp_2m_sde_heun_eta0.5/eps", Dpm{.type = heun, .eta = 0.5}) < 1e-12);
  CHECK(deviation("res_multistep_ancestral_eta0.5/eps", ResMultistepAncestral{0.5}) < 1e-12);
  CHECK(deviation("er_sde_stage1/eps", ErSde{1}) < 1e-12);
}

TEST_CASE("SA-Solver: the weights of diffusers") {
  const auto run = [](const std::string& variant, SaSolver sampler) {
    const GoldenDiffusers golden("sa_" + variant);
    INFO(variant);
    if (sampler.tau.empty()) {  // the class's default
      for (const double t : golden.timesteps()) sampler.tau.push_back(t >= 200 && t <= 800 ? 1 : 0);
    }
    return variant == "data_flow3" ? golden.along_straight_path(sampler)
                                   : golden.preserving_variance(sampler);
  };
  const auto data = [](int predictor, int corrector, std::vector<double> tau = {}) {
    return SaSolver{.predictor_order = predictor, .corrector_order = corrector, .tau = tau};
  };
  const auto noise = [&](int predictor, int corrector) {
    SaSolver sampler = data(predictor, corrector);
    sampler.prediction = Prediction::noise;
    return sampler;
  };
  CHECK(run("data_p1_c2", data(1, 2)) < 1e-12);
  CHECK(run("data_p1_c3", data(1, 3)) < 1e-12);
  CHECK(run("data_p2_c2", data(2, 2)) < 1e-12);
  CHECK(run("data_p3_c1", data(3, 1)) < 1e-12);
  CHECK(run("data_p3_c3", data(3, 3)) < 1e-12);
  CHECK(run("data_p3_c3_tau0", data(3, 3, {0})) < 1e-12);
  CHECK(run("data_p3_c4_tau1", data(3, 4, {1})) < 1e-12);
  CHECK(run("data_flow3", data(2, 2)) < 1e-12);
  CHECK(run("noise_p1_c1", noise(1, 1)) < 1e-12);
  CHECK(run("noise_p1_c3", noise(1, 3)) < 1e-12);
  CHECK(run("noise_p2_c1", noise(2, 1)) < 1e-12);
  CHECK(run("noise_p2_c2", noise(2, 2)) < 1e-12);
  CHECK(run("noise_p2_c3", noise(2, 3)) < 1e-12);
}

#ifdef ALPHABAR_TEST_QUAD
using test::Quad;
using test::QuadProgram;
using test::QuadValue;

constexpr double bound = 1e-13;

/// Levels whose neighbours are in the given ratios.
std::vector<std::vector<double>> grids() {
  std::vector<std::vector<double>> list;
  for (const auto& ratios : std::vector<std::vector<double>>{{1.0001, 1.0001, 1.0001},
                                                             {1.0001, 1000, 1.0001},
                                                             {2, 1.0001, 2},
                                                             {1000, 1000, 1000},
                                                             {3, 2, 1.5},
                                                             {1.5, 30, 1.1}}) {
    for (const double first : {80.0, 0.9}) {
      std::vector<double> levels{first};
      for (const double ratio : ratios) levels.push_back(levels.back() / ratio);
      list.push_back(levels);
    }
  }
  return list;
}

/// ∫ rate e^(−rate (h − τ)) τ^j dτ from 0 to h, as it is printed: by parts; or with e^(−τ) for a
/// negative rate.
Quad moment(Quad h, Quad rate, int j) {
  if (rate < 0) {
    if (j == 0) return 1 - test::exp(-h);
    Quad power = 1;
    for (int i = 0; i < j; ++i) power *= h;
    return j * moment(h, rate, j - 1) - power * test::exp(-h);
  }
  if (j == 0) return 1 - test::exp(-rate * h);
  Quad power = 1;
  for (int i = 0; i < j; ++i) power *= h;
  return power - j / rate * moment(h, rate, j - 1);
}

/// The weights of values at these τ in the integral of the polynomial through them.
std::vector<Quad> lagrange(const std::vector<Quad>& at, const std::vector<Quad>& moments) {
  std::vector<Quad> weights;
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::vector<Quad> polynomial{1};
    for (std::size_t j = 0; j < at.size(); ++j) {
      if (j == i) continue;
      std::vector<Quad> next(polynomial.size() + 1);
      for (std::size_t k = 0; k < polynomial.size(); ++k) {
        next[k + 1] += polynomial[k] / (at[i] - at[j]);
        next[k] -= polynomial[k] * at[j] / (at[i] - at[j]);
      }
      polynomial = next;
    }
    Quad weight = 0;
    for (std::size_t k = 0; k < polynomial.size(); ++k) weight += polynomial[k] * moments[k];
    weights.push_back(weight);
  }
  return weights;
}

/// The weights for predictions at the levels, the step being from `from` to `to`.
std::vector<Quad> weights_at(const std::vector<Quad>& sigmas, Quad from, Quad to, Quad rate) {
  std::vector<Quad> at;
  std::vector<Quad> moments;
  for (std::size_t j = 0; j < sigmas.size(); ++j) {
    at.push_back(test::log(from / sigmas[j]));
    moments.push_back(moment(test::log(from / to), rate, static_cast<int>(j)));
  }
  return lagrange(at, moments);
}

// Would catch weights that lose digits where steps are very uneven. The rows of whole runs are
// compared: what a short step makes of long extrapolations is large, and relative to that.
TEST_CASE("SDE-DPM-Solver and SA-Solver: coefficients to 1e-13 of the largest") {
  for (const auto& levels : grids()) {
    for (const double eta : {0.0, 0.3, 1.0}) {
      for (const Prediction kind : {Prediction::x0, Prediction::noise}) {
        for (const bool corrected : {false, true}) {
          INFO("ratio " << levels[0] / levels[1] << ", " << levels[1] / levels[2]
                        << ", eta = " << eta << ", corrected " << corrected);
          QuadProgram quad(false);
          const bool data = kind == Prediction::x0;
          const Quad rate = data ? 1 + Quad{eta} : Quad{-1};
          QuadValue x = quad.start(levels[0]);
          QuadValue begin;
          QuadValue noise;
          std::vector<QuadValue> predictions;  // the latest first
          std::vector<Quad> at;
          const auto advance = [&](const QuadValue& from, Quad t, Quad s) {
            const auto weights = weights_at(at, t, s, rate);
            QuadValue sum;
            for (std::size_t j = 0; j < at.size(); ++j) sum = sum + weights[j] * predictions[j];
            const Quad h = test::log(t / s);
            if (data) return test::exp(-(1 + Quad{eta}) * h) * from + sum;
            return from - (1 + Quad{eta}) * t * sum;
          };
          for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
            const Quad t = levels[k];
            const Quad s = levels[k + 1];
            predictions.insert(predictions.begin(), quad.ask(x, t));
            at.insert(at.begin(), t);
            if (corrected && k > 0) x = advance(begin, Quad{levels[k - 1]}, t) + noise;
            if (at.size() > 3) {
              at.pop_back();
              predictions.pop_back();
            }
            noise = QuadValue();
            if (eta > 0) {
              const Quad variance =
                  data ? 1 - test::exp(-2 * eta * test::log(t / s)) : eta * (t * t / (s * s) - 1);
              noise = s * test::sqrt(variance) * quad.draw();
            }
            begin = x;
            x = advance(begin, t, s) + noise;
          }
          const SamplerPath path = SamplerPath::of_sigmas(levels);
          const SaSolver sa{.prediction = kind,
                            .predictor_order = 3,
                            .corrector_order = corrected ? 4 : 0,
                            .tau = {std::sqrt(eta)},
                            .simple_order_2 = false,
                            .lower_order_final = false};
          CHECK(quad.deviation(sa.plan(path), x, levels[3]) < bound);
          if (!corrected) {
            const Dpm dpm{.prediction = kind, .order = 3, .type = heun, .eta = eta};
            CHECK(quad.deviation(dpm.plan(path), x, levels[3]) < bound);
          }
        }
      }
    }
  }
}

Quad power(Quad sigma) { return sigma > 0 ? test::exp(Quad{0.3} * test::log(sigma)) : Quad{0}; }
Quad phi(Quad sigma) { return sigma * (test::exp(power(sigma)) + 10); }

/// ∫ f from 0 to h by Romberg's rule with 512 parts.
template <class F>
Quad romberg(Quad h, const F& f) {
  std::vector<Quad> row{h * (f(0) + f(h)) / 2};
  for (int parts = 2; parts <= 512; parts *= 2) {
    Quad sum = 0;
    for (int i = 1; i < parts; i += 2) sum += f(h * i / parts);
    std::vector<Quad> next{row[0] / 2 + h / parts * sum};
    Quad four = 4;
    for (const Quad before : row) {
      next.push_back(next.back() + (next.back() - before) / (four - 1));
      four *= 4;
    }
    row = next;
  }
  return row.back();
}

// Would catch an integral that is summed too coarsely, and a polynomial through other points.
TEST_CASE("ER-SDE: coefficients to 1e-13 of the largest") {
  auto list = grids();
  list.push_back({1e5, 2e3, 2, 1});
  for (const auto& levels : list) {
    for (const int order : {1, 2, 3}) {
      INFO("ratio " << levels[0] / levels[1] << ", " << levels[1] / levels[2] << ", order "
                    << order);
      QuadProgram quad(false);
      QuadValue x = quad.start(levels[0]);
      std::vector<QuadValue> predictions;
      std::vector<Quad> at;
      for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
        const Quad t = levels[k];
        const Quad s = levels[k + 1];
        predictions.insert(predictions.begin(), quad.ask(x, t));
        at.insert(at.begin(), t);
        if (at.size() > static_cast<std::size_t>(order)) {
          at.pop_back();
          predictions.pop_back();
        }
        // ∫ φ_s φ'/φ² (t − σ)^j dσ by parts; ∫ (t − σ)^(j−1)/φ dσ in log σ.
        std::vector<Quad> moments{1 - phi(s) / phi(t)};
        std::vector<Quad> points{0};
        for (std::size_t j = 1; j < at.size(); ++j) {
          const Quad integral = romberg(test::log(t / s), [&](Quad z) {
            const Quad sigma = s * test::exp(z);
            return (j == 1 ? Quad{1} : t - sigma) * sigma / phi(sigma);
          });
          const Quad length = j == 1 ? t - s : (t - s) * (t - s);
          moments.push_back(length - static_cast<int>(j) * phi(s) * integral);
          points.push_back(t - at[j]);
        }
        const auto weights = lagrange(points, moments);
        QuadValue next = phi(s) / phi(t) * x;
        for (std::size_t j = 0; j < at.size(); ++j) next = next + weights[j] * predictions[j];
        const Quad kept = phi(s) / phi(t) * t;
        x = next + test::sqrt(s * s - kept * kept) * quad.draw();
      }
      CHECK(quad.deviation(ErSde{order}.plan(SamplerPath::of_sigmas(levels)), x, levels[3]) <
            bound);
    }
  }
}
#endif

// Would catch a NaN or an infinite weight, a division by the length of a step that has none, and an
// end that is not the last prediction of x_0.
TEST_CASE("SDE multistep samplers: the edges of the process") {
  const auto check = [](const auto& sampler, const SamplerPath& path) {
    const SamplerPlan plan = sampler.plan(path);
    for (const test::LinearRow& row : test::linear_run(plan).rows) {
      CHECK(std::isfinite(row.x));
      for (const double weight : row.answers) CHECK(std::isfinite(weight));
      for (const double weight : row.draws) CHECK(std::isfinite(weight));
    }
    if (path.level(path.steps()).noise_variance() == 0) {
      const LinearStep& last = plan.calls.back().step;
      CHECK(std::abs(last.x) < 1e-15);
      CHECK_THAT(last.predictions[0], WithinAbs(1, 1e-14));
      CHECK(last.new_draws == 0);
    }
  };
  const auto everywhere = [&](const auto& sampler) {
    const auto table = linear_schedule(100, 0.001, 0.1);
    const auto terminal = zero_terminal_snr(linear_schedule(20, 0.01, 0.5));
    check(sampler, SamplerPath(table, {100, 60, 60, 60, 20, 1, 0}));
    check(sampler, SamplerPath(table, {80, 60, 20}));
    check(sampler, SamplerPath(terminal, {20, 20, 12, 12, 3, 2, 1, 0}));
    check(sampler, SamplerPath(VpCosine(), {1, 0.5, 0.5, 0.1}));
    check(sampler, SamplerPath(RectifiedFlow(3), {1, 1, 0.9, 0.5, 0.5, 0.1, 0}));
    check(sampler, SamplerPath::of_sigmas({1e5, 40, 40, 1, 1e-5, 1e-5}));
    check(sampler, SamplerPath::of_sigmas({2, 0}));
    check(sampler, SamplerPath::of_sigmas({2, 2}));
    check(sampler, SamplerPath(RectifiedFlow(), {1, 0}));
  };
  everywhere(Dpm{.order = 3, .eta = 1});
  everywhere(Dpm{.eta = 0.3});
  everywhere(ErSde{});
  everywhere(SaSolver{});
  everywhere(SaSolver{.predictor_order = 3, .corrector_order = 4, .repeat_call = true});
  everywhere(ResMultistepAncestral{});
}

// Would catch an eta or a tau that does not vanish.
TEST_CASE("SDE multistep samplers: without noise, the method that it is") {
  const auto same = [](const auto& a, const auto& b) {
    double largest = 0;
    for (const SamplerPath& path :
         {SamplerPath::of_sigmas({9, 2, 1.9, 0.01, 0}), SamplerPath(VpCosine(), {0.9, 0.5, 0.2}),
          SamplerPath(RectifiedFlow(), {1, 0.5, 0.1, 0})}) {
      const SamplerPlan of_a = a.plan(path);
      CHECK(of_a.draws() == 0);
      largest = std::max(largest,
                         test::deviation(test::linear_run(of_a), test::linear_run(b.plan(path))));
    }
    return largest < 1e-14;
  };
  CHECK(same(ResMultistepAncestral{0}, ResMultistep{}));
  const SaSolver predictor{.predictor_order = 3,
                           .corrector_order = 0,
                           .tau = {0},
                           .simple_order_2 = false,
                           .lower_order_final = false};
  CHECK(same(predictor, ResMultistep{3}));
}

// Would catch one of three ways to the same step that goes another way.
TEST_CASE("SDE-DPM-Solver++ 1: DDIM for eta = 0, DDPM for eta = 1") {
  const SamplerPath path(linear_schedule(), {1000, 999, 500, 20, 0});
  const auto equal = [&](double eta) {
    return test::deviation(test::linear_run(Dpm{.order = 1, .eta = eta}.plan(path)),
                           test::linear_run(Ddim{eta}.plan(path)));
  };
  CHECK(equal(0) < 1e-14);
  CHECK(equal(1) < 1e-14);
  CHECK(equal(0.5) > visible);
}

TEST_CASE("SDE multistep samplers: what is wrong") {
  const SamplerPath path = SamplerPath::of_sigmas({10, 1, 0});
  const std::string invalid = "invalid_argument: alphabar::";
  const auto said = [&](const auto& sampler) {
    return test::complaint([&] { (void)sampler.plan(path); });
  };
  CHECK(said(Dpm{.eta = -1}) == invalid + "DpmSolverMultistep: eta must be in [0, 1e6], got -1");
  CHECK(said(Dpm{.eta = 2e6}) ==
        invalid + "DpmSolverMultistep: eta must be in [0, 1e6], got 2e+06");
  CHECK(said(Dpm{.prediction = Prediction::noise, .eta = 1}) ==
        invalid +
            "DpmSolverMultistep: eta of a step onto clean data that integrates the noise "
            "must be 0, got 1");
  CHECK(said(ResMultistepAncestral{2}) ==
        invalid + "ResMultistepAncestral: eta must be in [0, 1], got 2");
  CHECK(said(ErSde{4}) == invalid + "ErSde: order must be in 1..3, got 4");
  CHECK(said(ErSde{1, -1}) == invalid + "ErSde: s_noise must be finite and >= 0, got -1");
  CHECK(said(SaSolver{.predictor_order = 0}) ==
        invalid + "SaSolver: predictor_order must be in 1..4, got 0");
  CHECK(said(SaSolver{.corrector_order = 5}) ==
        invalid + "SaSolver: corrector_order must be in 0..4, got 5");
  CHECK(said(SaSolver{.tau = {}}) == invalid + "SaSolver: the number of tau must be >= 1, got 0");
  CHECK(said(SaSolver{.tau = {1, -1}}) == invalid + "SaSolver: tau must be in [0, 1000], got -1");
  // There are two steps; the third tau is not used.
  CHECK(said(SaSolver{.prediction = Prediction::noise, .tau = {1, 0, 1}}) == "nothing");
  CHECK(said(SaSolver{.prediction = Prediction::noise, .tau = {0, 2, 3}}) ==
        invalid +
            "SaSolver: eta of a step onto clean data that integrates the noise must be 0, got 4");
}

}  // namespace sde_multistep_test
