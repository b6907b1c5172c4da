// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/exact_multistep.hpp"
#include "support/quad.hpp"

namespace multistep_test {

using namespace alphabar;
using test::complaint;
using Dpm = DpmSolverMultistep;

static_assert(Sampler<Dpm> && Sampler<DpmSolverPp2M> && Sampler<ResMultistep> && Sampler<Deis>);
static_assert(Sampler<DpmSolverInversion>);
static_assert(Sampler<UniPc> && Sampler<Lms> && Sampler<Ipndm> && Sampler<GradientEstimation>);
static_assert(Sampler<Plms> && Sampler<Pndm> && Sampler<DeisTab>);

#ifdef ALPHABAR_TEST_QUAD
using detail::StepWeight;
using test::Quad;

/// A step in 113 bits.
struct ExactStep {
  Quad x;
  std::vector<Quad> predictions;
};

/// The largest error of a step in parts of its largest coefficient.
double error(const LinearStep& step, const ExactStep& exact) {
  Quad scale = test::absolute(exact.x);
  Quad largest = test::absolute(exact.x - step.x);
  for (std::size_t j = 0; j < std::max(step.predictions.size(), exact.predictions.size()); ++j) {
    const Quad wanted = j < exact.predictions.size() ? exact.predictions[j] : Quad{0};
    const Quad found = j < step.predictions.size() ? step.predictions[j] : 0;
    scale = std::max(scale, test::absolute(wanted));
    largest = std::max(largest, test::absolute(wanted - found));
  }
  return static_cast<double>(largest / scale);
}

/// Levels with close and far neighbours in any order.
std::vector<double> uneven_levels() {
  std::vector<double> levels{300};
  for (const double ratio : {1.0001, 1000.0, 1.0001, 1.0001, 1.0001, 3.0, 1.0001, 1000.0, 1000.0,
                             1.0001, 1.3, 1.02, 1.0001, 1.0001, 1000.0, 1.0001, 2.0}) {
    levels.push_back(levels.back() / ratio);
  }
  return levels;
}

/// The path x = (x_0 + σ ε)/√(1 + σ²), at the time σ.
struct VpSigma {
  [[nodiscard]] TransitionKernel<double> transition(double s, double t) const {
    return {(1 + s * s) / (1 + t * t), (t - s) * (t + s) / (1 + t * t)};
  }
};

/// α of both paths at the level σ, and the levels as nodes of step k, its start being 0.
struct Reference {
  bool preserving;
  std::vector<double> sigmas;

  [[nodiscard]] Quad alpha(std::size_t k) const {
    return preserving ? 1 / test::sqrt(1 + Quad{sigmas[k]} * sigmas[k]) : Quad{1};
  }
  [[nodiscard]] Quad length(std::size_t from, std::size_t to) const {
    return test::log(Quad{sigmas[from]} / sigmas[to]);
  }
  [[nodiscard]] std::vector<Quad> nodes(std::size_t k, std::size_t count) const {
    std::vector<Quad> list;
    for (std::size_t j = 0; j < count; ++j) list.push_back(-length(k - j, k));
    return list;
  }
  [[nodiscard]] ExactStep of(std::size_t k, Prediction prediction,
                             std::vector<Quad> weights) const {
    const bool data = prediction == Prediction::x0;
    const Quad ratio = alpha(k + 1) / alpha(k);
    const Quad factor = data ? alpha(k + 1) : -ratio * alpha(k) * sigmas[k];
    for (Quad& weight : weights) weight *= factor;
    return {data ? ratio * sigmas[k + 1] / sigmas[k] : ratio, weights};
  }
};

/// ∫ w u^k of a step in 113 bits, for a length in 113 bits.
std::vector<Quad> log_moments(Prediction prediction, Quad h, std::size_t count) {
  // The moments of test::moments are of a double h; the rest is a small change of the length.
  const auto rounded = static_cast<double>(h);
  const Quad rest = h - rounded;
  const auto weight = prediction == Prediction::x0 ? StepWeight::growing : StepWeight::decaying;
  std::vector<Quad> list = test::moments(weight, rounded, 1, count);
  for (std::size_t k = 0; k < count; ++k) {
    // d/dh ∫ e^(−τ) τ^k = e^(−h) h^k;  d/dh ∫ e^(τ − h) τ^k = h^k − ∫ e^(τ − h) τ^k.
    const Quad end = test::power(rounded, k);
    list[k] += rest * (prediction == Prediction::x0 ? end - list[k] : test::exp(-rounded) * end);
  }
  return list;
}

std::vector<Quad> by_moments(std::vector<Quad> nodes, const std::vector<Quad>& moments) {
  return test::exact_weights(nodes, moments);
}

// Would catch digits lost between neighbours that are close or far apart, in any method.
TEST_CASE("multistep samplers: coefficients within 1e-13 of the largest of the step") {
  const std::vector<double> sigmas = uneven_levels();
  for (const bool preserving : {false, true}) {
    const Reference exact{preserving, sigmas};
    const SamplerPath path =
        preserving ? SamplerPath(VpSigma(), sigmas) : SamplerPath::of_sigmas(sigmas);
    for (std::size_t k = 0; k < path.steps(); ++k) {
      INFO("preserving " << preserving << ", step " << k);
      for (const Prediction prediction : {Prediction::x0, Prediction::noise}) {
        const Quad h = exact.length(k, k + 1);
        for (const int order : {1, 2, 3}) {
          const std::size_t count = std::min<std::size_t>(k + 1, static_cast<std::size_t>(order));
          const auto weights = by_moments(exact.nodes(k, count), log_moments(prediction, h, count));
          const Dpm heun{.prediction = prediction, .order = order, .type = SolverType::heun};
          INFO("order " << order << ", prediction " << static_cast<int>(prediction));
          CHECK(error(heun.plan(path).calls[k].step, exact.of(k, prediction, weights)) < 1e-13);

          // Midpoint: D + ½ (h/h') (D − D').
          if (count == 2) {
            const Quad mass = log_moments(prediction, h, 1)[0];
            const Quad ahead = h / (2 * exact.length(k - 1, k));
            const Dpm midpoint{.prediction = prediction};
            CHECK(error(midpoint.plan(path).calls[k].step,
                        exact.of(k, prediction, {mass * (1 + ahead), -mass * ahead})) < 1e-13);
          }

          // The corrector of the step before: what it has more than the predictor.
          if (k == 0) continue;
          const Quad before = exact.length(k - 1, k);
          const auto moments_before = log_moments(prediction, before, 4);
          const auto step_of = [&](std::size_t at, Quad length) {
            const std::size_t used = std::min<std::size_t>(at + 1, static_cast<std::size_t>(order));
            auto moments = log_moments(prediction, length, used);
            if (used == 2) moments[1] = moments[0] * length / 2;
            return by_moments(exact.nodes(at, used), moments);
          };
          const std::vector<Quad> predictor = step_of(k - 1, before);
          std::vector<Quad> correction;
          if (predictor.size() == 1) {
            correction = {moments_before[0] / 2, moments_before[0] / 2};
          } else {
            std::vector<Quad> nodes = exact.nodes(k - 1, predictor.size());
            nodes.insert(nodes.begin(), before);
            correction = by_moments(nodes, log_moments(prediction, before, nodes.size()));
          }
          for (std::size_t j = 0; j < predictor.size(); ++j) correction[j + 1] -= predictor[j];
          correction = exact.of(k - 1, prediction, correction).predictions;
          ExactStep unipc = exact.of(k, prediction, step_of(k, h));
          unipc.predictions.resize(std::max(unipc.predictions.size(), correction.size()));
          for (std::size_t j = 0; j < correction.size(); ++j) {
            unipc.predictions[j] += unipc.x * correction[j];
          }
          const UniPc sampler{.prediction = prediction, .order = order};
          CHECK(error(sampler.plan(path).calls[k].step, unipc) < 1e-13);
        }
      }
      for (const int order : {1, 2, 3, 4}) {
        const std::size_t count = std::min<std::size_t>(k + 1, static_cast<std::size_t>(order));
        std::vector<Quad> nodes;
        for (std::size_t j = 0; j < count; ++j) nodes.push_back(Quad{sigmas[k]} - sigmas[k - j]);
        const Quad width = Quad{sigmas[k]} - sigmas[k + 1];
        std::vector<Quad> moments;
        for (std::size_t j = 0; j < count; ++j) {
          moments.push_back(test::power(width, j + 1) / Quad(j + 1));
        }
        ExactStep lms{exact.alpha(k + 1) / exact.alpha(k), by_moments(nodes, moments)};
        for (Quad& weight : lms.predictions) weight *= -exact.alpha(k + 1);
        INFO("LMS, order " << order);
        CHECK(error(Lms{order}.plan(path).calls[k].step, lms) < 1e-13);
      }
    }
  }
}

// Would catch a step up that is that of a step down, and digits lost between close or far levels.
TEST_CASE("DPM-Solver inversion: coefficients within 1e-13 of the largest of the step") {
  const std::vector<double> sigmas = uneven_levels();
  for (const bool preserving : {false, true}) {
    const Reference exact{preserving, sigmas};
    const SamplerPath path =
        preserving ? SamplerPath(VpSigma(), sigmas) : SamplerPath::of_sigmas(sigmas);
    for (std::size_t i = 0; i < path.steps(); ++i) {
      const std::size_t k = path.steps() - 1 - i;  // from level k + 1 up to level k
      for (const Prediction prediction : {Prediction::x0, Prediction::noise}) {
        const bool data = prediction == Prediction::x0;
        const Quad g = exact.length(k, k + 1);
        const auto weight = data ? Prediction::noise : Prediction::x0;  // e^(−τ), e^(τ − g)
        for (const int order : {1, 2, 3}) {
          const std::size_t count = std::min<std::size_t>(i + 1, static_cast<std::size_t>(order));
          std::vector<Quad> nodes;
          for (std::size_t j = 0; j < count; ++j) nodes.push_back(-exact.length(k + 1, k + 1 + j));
          ExactStep step{exact.alpha(k) / exact.alpha(k + 1),
                         by_moments(nodes, log_moments(weight, g, count))};
          const Quad ratio = Quad{sigmas[k]} / sigmas[k + 1];
          if (data) step.x *= ratio;
          for (Quad& each : step.predictions) {
            each *= exact.alpha(k) * (data ? -ratio : Quad{sigmas[k]});
          }
          INFO("preserving " << preserving << ", step " << i << ", order " << order << ", data "
                             << data);
          const DpmSolverInversion sampler{
              .prediction = prediction, .order = order, .type = SolverType::heun};
          CHECK(error(sampler.plan(path).calls[i].step, step) < 1e-13);
        }
      }
    }
  }
}

// Would catch a difference of two levels where the kernel has it exactly.
TEST_CASE("LMS along a straight path: coefficients within 1e-13, from u = 1") {
  std::vector<double> levels{1, 0.9999};
  for (const double u : uneven_levels()) levels.push_back(u / 400);
  const SamplerPath path(RectifiedFlow(), levels);
  for (std::size_t k = 0; k < path.steps(); ++k) {
    const std::size_t count = std::min<std::size_t>(k + 1, 4);
    std::vector<Quad> nodes;
    std::vector<Quad> moments;
    for (std::size_t j = 0; j < count; ++j) {
      nodes.push_back(Quad{levels[k]} - levels[k - j]);
      moments.push_back(test::power(Quad{levels[k]} - levels[k + 1], j + 1) / Quad(j + 1));
    }
    ExactStep exact{1, by_moments(nodes, moments)};
    for (Quad& weight : exact.predictions) weight *= -1;
    INFO("step " << k);
    CHECK(error(Lms{}.plan(path).calls[k].step, exact) < 1e-13);
  }
}
#endif

// Values of 40 digits, by another quadrature. Would catch a time of other constants, digits lost
// between close levels, and an interval on which the time is not smooth.
TEST_CASE("tAB-DEIS: coefficients within 1e-13 of the largest of the step") {
  const SamplerPath path = SamplerPath::of_sigmas({80, 5, 0.3, 0.2999, 0.01, 0.0008, 0});
  const std::vector<std::vector<double>> exact{
      {75.0},
      {6.6443581664124099707, -1.9443581664124099595},
      {0.00010000485939365995596, -7.1589404035622100967e-9, 2.2995467325928411008e-9},
      {522.68058996625894833, -522.39742978505771367, 0.0083445294021853343232,
       -0.0016047106034199878143},
      {0.0095225697200495896592, -0.54310254822995795046, 0.54278083355525162254,
       -8.5504534326157138973e-7},
      {0.00082027874547131045189, -0.000020335638618986432996, 0.000058573302013454228129,
       -0.00005851640886577820869}};
  const SamplerPlan plan = DeisTab{4}.plan(path);
  for (std::size_t k = 0; k < exact.size(); ++k) {
    const LinearStep& step = plan.calls[k].step;
    REQUIRE(step.predictions.size() == exact[k].size());
    CHECK(step.x == 1);
    const double largest =
        std::abs(*std::max_element(exact[k].begin(), exact[k].end(),
                                   [](double a, double b) { return std::abs(a) < std::abs(b); }));
    for (std::size_t j = 0; j < exact[k].size(); ++j) {
      INFO("step " << k << ", age " << j);
      CHECK_THAT(step.predictions[j], WithinAbs(-exact[k][j], 1e-13 * largest));
    }
  }
}

std::vector<SamplerPlan> all_plans(const SamplerPath& path, bool straight) {
  const bool starts_without_signal = path.level(0).signal_scale() == 0;
  std::vector<SamplerPlan> plans;
  for (const Prediction prediction : {Prediction::x0, Prediction::noise}) {
    if (prediction == Prediction::noise && starts_without_signal) continue;
    for (const int order : {1, 2, 3}) {
      plans.push_back(Dpm{.prediction = prediction, .order = order}.plan(path));
      for (const UniPc::B b : {UniPc::B::bh1, UniPc::B::bh2}) {
        plans.push_back(UniPc{.prediction = prediction, .order = order, .b = b}.plan(path));
      }
    }
  }
  plans.push_back(ResMultistep{3}.plan(path));
  if (straight || !starts_without_signal) {
    plans.push_back(Lms{}.plan(path));
    plans.push_back(Ipndm{}.plan(path));
    plans.push_back(DeisTab{4}.plan(path));
    plans.push_back(GradientEstimation{}.plan(path));
    plans.push_back(Plms{}.plan(path));
    plans.push_back(Pndm{}.plan(path));
  }
  if (!starts_without_signal) plans.push_back(Deis{3}.plan(path));
  return plans;
}

/// x at the end, where the network predicts constants: x_0 = 2 and ε = 0.5.
double end_of(SamplerPlan plan, const SamplerPath& path, double data = 2, double noise = 0.5) {
  const auto point = [&](const TransitionKernel<double>& level) {
    return level.signal_scale() * data + level.noise_scale() * noise;
  };
  std::vector<double> x{point(path.level(0))};
  const auto network = [&](std::span<const double> at, const SamplerCall& call,
                           std::span<double> prediction) {
    CHECK_THAT(at[0], WithinRel(point(call.level), 1e-9));
    const PredictionConversion<double> to(call.level, Prediction::x0, plan.prediction);
    prediction[0] = call.level.noise_variance() > 0 ? to(point(call.level), data) : noise;
  };
  plan.network = plan.prediction;
  run_sampler(plan, network, x);
  return x[0];
}

// Would catch weights that do not sum to what they must, at any order, along any path, onto clean
// data and before: where the network is right about x_0 and ε, every sampler is exact.
TEST_CASE("multistep samplers: exact for one data point, along every kind of path") {
  const auto check = [](const SamplerPath& path, bool straight = false) {
    const auto& end = path.level(path.steps());
    for (const SamplerPlan& plan : all_plans(path, straight)) {
      for (const SamplerCall& call : plan.calls) {
        CHECK(std::isfinite(call.step.x));
        for (const double weight : call.step.predictions) CHECK(std::isfinite(weight));
      }
      CHECK_THAT(end_of(plan, path),
                 WithinRel(end.signal_scale() * 2 + end.noise_scale() * 0.5, 1e-9));
    }
  };
  const auto schedule = linear_schedule(50, 0.001, 0.2);
  check(SamplerPath(schedule, {50, 40, 30, 20, 10, 4, 0}));
  check(SamplerPath(schedule, {50, 40, 31, 31, 20, 10, 10, 10, 4, 1, 1}));
  check(SamplerPath(schedule, {50, 0}));
  check(SamplerPath(schedule, {50, 20, 0}));
  check(SamplerPath(schedule, {50, 50, 50, 20, 0}));
  check(SamplerPath(zero_terminal_snr(schedule), {50, 40, 30, 20, 10, 4, 0}));
  check(SamplerPath(zero_terminal_snr(schedule), {50, 50, 30, 0}));
  check(SamplerPath::of_sigmas(to_data(karras_sigmas(7, 0.002, 80))));
  check(SamplerPath::of_sigmas({80.0, 80.0, 3.0, 1.0, 0.002, 0.002}));
  check(SamplerPath(RectifiedFlow(3), {1.0, 0.8, 0.6, 0.4, 0.2, 0.0}), true);
  check(SamplerPath(RectifiedFlow(), {1.0, 1.0, 0.6, 0.6, 0.4, 0.2, 0.1}), true);
  check(SamplerPath(RectifiedFlow(), {1.0, 0.0}), true);
  check(SamplerPath(VpCosine(), {0.99, 0.8, 0.6, 0.4, 0.2, 0.05}));
  check(SamplerPath(SubVpLinear(), {1.0, 0.8, 0.6, 0.4, 0.2, 0.05}));
}

// Would catch weights that do not sum to what they must, and a call at another level.
TEST_CASE("DPM-Solver inversion: exact for one data point") {
  const auto check = [](const SamplerPath& path, Prediction prediction) {
    const auto point = [](const TransitionKernel<double>& level) {
      return level.signal_scale() * 2 + level.noise_scale() * 0.5;
    };
    for (const int order : {1, 2, 3}) {
      const DpmSolverInversion sampler{.prediction = prediction, .order = order};
      std::vector<double> x{point(path.level(path.steps()))};
      run_sampler(
          sampler.plan(path),
          [&](std::span<const double> at, const SamplerCall& call, std::span<double> answer) {
            CHECK_THAT(at[0], WithinRel(point(call.level), 1e-12));
            answer[0] = prediction == Prediction::x0 ? 2 : 0.5;
          },
          x);
      CHECK_THAT(x[0], WithinRel(point(path.level(0)), 1e-12));
    }
  };
  for (const Prediction prediction : {Prediction::x0, Prediction::noise}) {
    check(SamplerPath::of_sigmas({80.0, 3.0, 3.0, 1.0, 0.02, 0.01}), prediction);
    check(SamplerPath(linear_schedule(50, 0.001, 0.2), {50, 40, 31, 31, 10, 1}), prediction);
    check(SamplerPath(RectifiedFlow(), {0.9, 0.6, 0.4, 0.2, 0.1}), prediction);
  }
  check(SamplerPath::of_sigmas({9.0, 2.0, 0.5, 0.0}), Prediction::noise);  // from clean data
}

// Would catch a step that stays on its level and still moves, or counts as a step of the history.
TEST_CASE("multistep samplers: a repeated level changes only the calls") {
  const auto same = [](const LinearStep& a, const LinearStep& b) {
    // In b, the call before the last one is repeated.
    REQUIRE(b.predictions.size() <= a.predictions.size() + 1);
    CHECK(a.x == b.x);
    CHECK(a.predictions[0] == b.predictions[0]);
    for (std::size_t j = 1; j < a.predictions.size(); ++j) {
      CHECK(a.predictions[j] == b.predictions[j + 1]);
    }
    if (b.predictions.size() > 1) CHECK(b.predictions[1] == 0);
  };
  const auto compare = [&](const auto& sampler) {
    const auto once = sampler.plan(SamplerPath::of_sigmas({9.0, 5.0, 2.0, 1.0}));
    const auto twice = sampler.plan(SamplerPath::of_sigmas({9.0, 5.0, 2.0, 2.0, 1.0}));
    REQUIRE(twice.calls.size() == 4);
    same(once.calls[2].step, twice.calls[3].step);
    CHECK(twice.calls[2].step.x == 1);
    for (const double weight : twice.calls[2].step.predictions) CHECK(weight == 0);
  };
  compare(Dpm{.order = 3});
  compare(Dpm{.prediction = Prediction::noise, .order = 3});
  compare(Deis{3});
  compare(ResMultistep{2});
  compare(Lms{3});
  compare(Ipndm{3});
  compare(DeisTab{3});
  compare(GradientEstimation{});

  const auto last = [](const std::vector<double>& levels) {
    return Plms{}.plan(SamplerPath::of_sigmas(levels)).calls.back().step;
  };
  const LinearStep once = last({9.0, 5.0, 3.0, 2.0, 1.0});
  const LinearStep twice = last({9.0, 5.0, 3.0, 3.0, 2.0, 1.0});
  CHECK(twice.predictions[2] == 0);
  for (const std::size_t j : {0U, 1U, 2U, 3U}) {
    CHECK(twice.predictions.at(j < 2 ? j : j + 1) == once.predictions.at(j));
  }
}

// Would catch a start that calls too often, and a history that is one call off.
TEST_CASE("PLMS and PNDM: their calls") {
  const SamplerPath path(linear_schedule(50, 0.001, 0.2), {50, 40, 30, 20, 11, 4, 0});
  const auto times = [](const SamplerPlan& plan) {
    std::vector<double> list;
    for (const SamplerCall& call : plan.calls) list.push_back(call.time);
    return list;
  };
  const SamplerPlan plms = Plms{}.plan(path);
  CHECK(times(plms) == std::vector<double>{50, 40, 40, 30, 20, 11, 4});
  CHECK(plms.calls[1].model_time == 39);
  CHECK(plms.kept_predictions() == 5);
  CHECK(plms.calls[4].step.predictions[3] == 0);
  CHECK(plms.calls[4].step.predictions[4] != 0);
  const SamplerPlan pndm = Pndm{}.plan(path);
  CHECK(times(pndm) ==
        std::vector<double>{50, 45, 45, 40, 40, 35, 35, 30, 30, 25, 25, 20, 20, 11, 4});
  CHECK(pndm.calls[1].model_time == 44);
  const SamplerPath uneven(linear_schedule(50, 0.001, 0.2), {50, 41, 30, 0});
  CHECK(times(Pndm{}.plan(uneven)) == std::vector<double>{50, 45, 45, 41, 41, 35, 35, 30, 30});
  CHECK(times(Pndm{}.plan(SamplerPath(RectifiedFlow(), {1.0, 0.5, 0.0}))) ==
        std::vector<double>{1, 0.75, 0.75, 0.5, 0.5});
  CHECK(Plms{}.plan(SamplerPath(RectifiedFlow(), {1.0, 0.0})).calls.size() == 1);
  CHECK(Lms{}.plan(path).kept_predictions() == 4);
}

// Would catch a NaN from a square that overflows, a length of 0 or one that is infinite.
TEST_CASE("multistep samplers: finite at the ends of double") {
  const auto check = [](const SamplerPath& path, bool straight = false) {
    for (const SamplerPlan& plan : all_plans(path, straight)) {
      for (const SamplerCall& call : plan.calls) {
        CHECK(std::isfinite(call.step.x));
        for (const double weight : call.step.predictions) CHECK(std::isfinite(weight));
      }
    }
  };
  check(SamplerPath::of_sigmas({1e150, 1e149, 1.0, 1e-10, 1e-150, 0.0}));
  check(SamplerPath::of_sigmas({1e150, 1e-150, 1e-151, 5e-152, 4e-152, 1e-153, 0.0}));
  check(SamplerPath::of_sigmas({10.0, 10 * (1 - 1e-16), 10 * (1 - 3e-16), 9.9999999999, 5.0}));
  check(SamplerPath(RectifiedFlow(), {1.0, 1 - 1e-16, 1 - 1e-15, 0.5, 1e-150, 0.0}), true);
  check(SamplerPath(RectifiedFlow(1e100), {1.0, 0.5, 1e-50, 1e-100, 1e-150, 0.0}), true);
  check(SamplerPath(constant_schedule(100000, 0.01), {100000, 60000, 20000, 500, 400, 3, 0}));
}

// Would catch an order at the end that is not lowered, or in another step.
TEST_CASE("multistep samplers: lower orders at the end") {
  const SamplerPath path = SamplerPath::of_sigmas({9.0, 5.0, 2.0, 1.0, 0.6, 0.5});
  const auto orders = [&](const auto& sampler) {
    std::vector<std::size_t> list;
    for (const SamplerCall& call : sampler.plan(path).calls) {
      list.push_back(call.step.predictions.size());
    }
    return list;
  };
  using List = std::vector<std::size_t>;
  CHECK(orders(Dpm{.order = 3}) == List{1, 2, 3, 3, 3});
  CHECK(orders(Dpm{.order = 3, .lower_order_final = true}) == List{1, 2, 3, 2, 1});
  CHECK(orders(Dpm{.order = 3, .euler_at_final = true}) == List{1, 2, 3, 3, 1});
  CHECK(orders(Deis{3, true}) == List{1, 2, 3, 2, 1});
  CHECK(orders(DpmSolverInversion{.order = 3}) == List{1, 2, 3, 3, 3});
  CHECK(orders(DpmSolverInversion{.order = 3, .euler_at_final = true}) == List{1, 2, 3, 3, 1});
  // The corrector of the step before looks back as far as it.
  CHECK(orders(UniPc{.order = 3, .lower_order_final = true}) == List{1, 2, 3, 4, 3});
  const SamplerPath to_data = SamplerPath::of_sigmas({9.0, 5.0, 2.0, 0.0});
  CHECK(Lms{4}.plan(to_data).calls[2].step.predictions.size() == 3);
  CHECK(Lms{4, true}.plan(to_data).calls[2].step.predictions.size() == 1);
}

// Would catch a NaN in the place of an error, and an error that does not say what is wrong.
// Would catch another B(h) of one kind of prediction: it is h for bh1, and e^h − 1 for ε or
// 1 − e^(−h) for x_0 for bh2.
TEST_CASE("UniPc: the two functions B") {
  const std::vector<double> levels{9.0, 5.0, 2.0, 1.0};
  const SamplerPath path = SamplerPath::of_sigmas(levels);
  for (const Prediction prediction : {Prediction::x0, Prediction::noise}) {
    const auto earlier = [&](UniPc::B b, std::size_t k) {
      return UniPc{.prediction = prediction, .order = 2, .b = b, .disable_corrector = {0, 1, 2}}
          .plan(path)
          .calls[k]
          .step.predictions.at(1);
    };
    for (const std::size_t k : {1U, 2U}) {
      const double h = std::log(levels[k] / levels[k + 1]);
      const double of_bh2 = prediction == Prediction::x0 ? -std::expm1(-h) : std::expm1(h);
      CHECK_THAT(earlier(UniPc::B::bh1, k) / earlier(UniPc::B::bh2, k),
                 WithinRel(h / of_bh2, 1e-13));
    }
  }
}

// Would catch a corrector in a step that is listed, or none in one that is not.
TEST_CASE("UniPc: steps without the corrector") {
  const SamplerPath path = SamplerPath::of_sigmas({9.0, 5.0, 3.0, 2.0, 1.0});
  const auto step = [&](std::vector<Index> listed, std::size_t k) {
    return UniPc{.order = 1, .disable_corrector = std::move(listed)}.plan(path).calls[k].step;
  };
  const SamplerPlan first_order = Dpm{.order = 1}.plan(path);
  const LinearStep corrected = step({}, 2);
  CHECK(corrected.predictions.size() == 2);
  for (const std::size_t k : {0U, 1U, 2U, 3U}) {
    const LinearStep bare = step({0, 1, 2}, k);
    CHECK_THAT(bare.x, WithinRel(first_order.calls[k].step.x, 1e-14));
    CHECK_THAT(bare.predictions[0], WithinRel(first_order.calls[k].step.predictions[0], 1e-14));
    for (std::size_t j = 1; j < bare.predictions.size(); ++j) CHECK(bare.predictions[j] == 0);
  }
  CHECK(step({0}, 2) == corrected);
  CHECK(step({2}, 2) == corrected);
  CHECK(step({1}, 2).predictions[0] != corrected.predictions[0]);
}

TEST_CASE("multistep samplers: what is refused") {
  const auto refused = [](const std::string& message, const std::function<void()>& make) {
    CHECK(complaint(make) == "invalid_argument: alphabar::" + message);
  };
  const SamplerPath path = SamplerPath::of_sigmas({9.0, 5.0, 0.0});
  const SamplerPath no_signal(zero_terminal_snr(linear_schedule(20, 0.01, 0.5)), {20, 5, 0});
  refused("DpmSolverMultistep: order must be in 1..3, got 4",
          [&] { (void)Dpm{.order = 4}.plan(path); });
  refused("DpmSolverMultistep: prediction must be x0 or noise, got velocity",
          [&] { (void)Dpm{.prediction = Prediction::velocity}.plan(path); });
  refused("UniPc: order must be in 1..3, got 0", [&] { (void)UniPc{.order = 0}.plan(path); });
  refused("Deis: order must be in 1..3, got 4", [&] { (void)Deis{4}.plan(path); });
  refused("ResMultistep: order must be in 1..3, got -1",
          [&] { (void)ResMultistep{-1}.plan(path); });
  refused("Lms: order must be in 1..4, got 5", [&] { (void)Lms{5}.plan(path); });
  refused("Ipndm: order must be in 1..4, got 0", [&] { (void)Ipndm{0}.plan(path); });
  refused("GradientEstimation: gamma must be finite, got inf",
          [&] { (void)GradientEstimation{std::numeric_limits<double>::infinity()}.plan(path); });
  const std::string infinite = ": sigma at the first time must be finite, got inf";
  refused("Lms" + infinite, [&] { (void)Lms{}.plan(no_signal); });
  refused("DeisTab: order must be in 1..4, got 0", [&] { (void)DeisTab{0}.plan(path); });
  refused("DeisTab" + infinite, [&] { (void)DeisTab{}.plan(no_signal); });
  refused("Ipndm" + infinite, [&] { (void)Ipndm{}.plan(no_signal); });
  refused("Ipndm: sigma at the second time must be finite, got inf", [&] {
    (void)Ipndm{.no_data_in_pure_noise = true}.plan(SamplerPath(VpCosine(0), {1.0, 1.0, 0.5}));
  });
  refused("GradientEstimation" + infinite, [&] { (void)GradientEstimation{}.plan(no_signal); });
  refused("Plms" + infinite, [&] { (void)Plms{}.plan(no_signal); });
  refused("Pndm" + infinite, [&] { (void)Pndm{}.plan(no_signal); });
  const std::string of_noise =
      ": sigma at the first time must be finite to integrate the noise, got inf";
  refused("Deis" + of_noise, [&] { (void)Deis{}.plan(no_signal); });
  refused("DpmSolverMultistep" + of_noise,
          [&] { (void)Dpm{.prediction = Prediction::noise}.plan(no_signal); });
  refused("UniPc" + of_noise,
          [&] { (void)UniPc{.prediction = Prediction::noise}.plan(no_signal); });
  CHECK(complaint([&] { (void)UniPc{}.plan(no_signal); }) == "nothing");
  using Inversion = DpmSolverInversion;
  refused("DpmSolverInversion: order must be in 1..3, got 4",
          [&] { (void)Inversion{.order = 4}.plan(path); });
  refused("DpmSolverInversion: prediction must be x0 or noise, got score",
          [&] { (void)Inversion{.prediction = Prediction::score}.plan(path); });
  refused("DpmSolverInversion" + infinite, [&] { (void)Inversion{}.plan(no_signal); });
  refused("DpmSolverInversion: the noise at the last time must be > 0 to integrate x_0, got 0",
          [&] { (void)Inversion{}.plan(path); });
}

}  // namespace multistep_test
