// SPDX-License-Identifier: MIT
#include "alphabar/sampler/run_sampler.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace run_sampler_test {

using namespace alphabar;
using test::complaint;

constexpr auto tanh_network = [](std::span<const double> x, const SamplerCall& call,
                                 std::span<double> prediction) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    prediction[i] = std::tanh(x[i]) + 1e-3 * call.model_time;
  }
};

SamplerPlan ddpm_plan() {
  return plan(Ddpm{}, linear_schedule(), trailing_timesteps(1000, 8), Prediction::noise);
}

// Would catch draws numbered from the call at which a run begins, as numbers of one's own per run
// would be: two halves that repeat their noise end with a variance of 5.74 instead of 3.28.
TEST_CASE("run_sampler: two halves of a run are the whole run, bit by bit") {
  const SamplerPlan plan = ddpm_plan();
  const NoiseStream<double> noise(5);
  std::vector<double> whole(7, 0.5);
  CHECK(run_sampler(plan, tanh_network, whole, noise) == 8);
  for (std::size_t first = 0; first <= 8; ++first) {
    std::vector<double> x(7, 0.5);
    std::size_t calls = 0;
    const auto stopping = [&](auto input, const SamplerCall& call, auto prediction) {
      if (calls++ == first) return false;
      tanh_network(input, call, prediction);
      return true;
    };
    CHECK(run_sampler(plan, stopping, x, noise) == first);
    CHECK(run_sampler(plan, tanh_network, x, noise, 0, first) == 8);
    CHECK(x == whole);
  }
  // Elements are addressed: the last three of seven alone.
  std::vector<double> part(3, 0.5);
  run_sampler(plan, tanh_network, part, noise, 4);
  CHECK(part == std::vector<double>(whole.begin() + 4, whole.end()));
}

// Would catch the noise before the first call added twice: by the run that stops there, and again.
TEST_CASE("run_sampler: a run that stops at its first call has not begun") {
  const SamplerPlan plan = plan_of_sigmas(Euler{{.s_churn = 40}}, {10, 5, 2, 1}, Prediction::x0);
  const NoiseStream<double> noise(5);
  std::vector<double> whole{10, -3};
  run_sampler(plan, tanh_network, whole, noise);
  std::vector<double> x{10, -3};
  CHECK(run_sampler(
            plan, [](auto, const SamplerCall&, auto) { return false; }, x, noise) == 0);
  CHECK(x == std::vector<double>{10, -3});
  run_sampler(plan, tanh_network, x, noise);
  CHECK(x == whole);
}

// Would catch a first call refused for predictions that no step uses: onto clean data UniPC does
// not use the corrected point.
TEST_CASE("run_sampler: the last step of UniPC alone") {
  const SamplerPlan plan = alphabar::plan(UniPc{}, linear_schedule(), {999, 700, 400, 100});
  CHECK(plan.calls.back().step.predictions.size() == 1);
  std::vector<double> x{1};
  CHECK(run_sampler(plan, tanh_network, x, 3) == 4);
}

// Would catch a run without noise that cannot be continued.
TEST_CASE("run_sampler: a run that draws nothing is continued without noise") {
  const SamplerPlan plan =
      alphabar::plan(Ddim{}, linear_schedule(), trailing_timesteps(1000, 8), Prediction::noise);
  std::vector<double> whole{0.5, -2};
  CHECK(run_sampler(plan, tanh_network, whole) == 8);
  for (std::size_t first = 0; first <= 8; ++first) {
    std::vector<double> x{0.5, -2};
    std::size_t calls = 0;
    const auto stopping = [&](auto input, const SamplerCall& call, auto prediction) {
      tanh_network(input, call, prediction);
      return calls++ < first;
    };
    CHECK(run_sampler(plan, stopping, x) == first);
    CHECK(run_sampler(plan, tanh_network, x, first) == 8);
    CHECK(x == whole);
  }
  CHECK(complaint([&] { run_sampler(plan, tanh_network, whole, 9); }) ==
        "out_of_range: alphabar::run_sampler: first_call must be in 0..8, got 9");
}

// Would catch a number that is taken for a source of noise.
TEST_CASE("run_sampler: the fourth argument is a source of noise, or a call") {
  using Network = decltype(tanh_network);
  using X = std::vector<double>;
  constexpr auto accepts = []<class... Rest>(Rest...) {
    return requires(X & x, Rest... rest) {
      run_sampler(SamplerPlan{}, std::declval<const Network&>(), x, rest...);
    };
  };
  CHECK(accepts());
  CHECK(accepts(std::size_t{3}));
  CHECK(accepts(NoiseStream<double>(1)));
  CHECK(accepts(NoiseStream<float>(1), std::uint64_t{4}, std::size_t{3}));
  CHECK_FALSE(accepts(std::size_t{0}, std::size_t{3}));
  CHECK_FALSE(accepts(std::vector<double>{1}));
}

// Would catch a normal that an earlier step drew and a later one uses, but that a run from a later
// call does not have.
TEST_CASE("run_sampler: a draw that is used again after a restart") {
  SamplerPlan plan{.prediction = Prediction::x0};
  for (int k = 0; k < 4; ++k) {
    LinearStep step{.x = 0.5, .predictions = {0.1}, .draws = {1, 0.25}, .new_draws = 1};
    if (k == 0) step.draws = {1};
    plan.calls.push_back({.time = 4.0 - k, .level = {0.5, 0.5}, .step = step});
  }
  const NoiseStream<double> noise(5);
  std::vector<double> whole{1, 2};
  run_sampler(plan, tanh_network, whole, noise);
  std::vector<double> x{1, 2};
  const auto until_call_2 = [&](auto input, const SamplerCall& call, auto prediction) {
    tanh_network(input, call, prediction);
    return call.time != 2;
  };
  CHECK(run_sampler(plan, until_call_2, x, noise) == 2);
  run_sampler(plan, tanh_network, x, noise, 0, 2);
  CHECK(x == whole);
}

// Would catch a buffer that is written before the run is over.
TEST_CASE("run_sampler: x is unchanged when the network throws") {
  const SamplerPlan plan = ddpm_plan();
  std::vector<double> x{1, 2, 3};
  const auto throwing = [&](auto input, const SamplerCall& call, auto prediction) {
    if (call.time < 500) throw std::runtime_error("cancelled");
    tanh_network(input, call, prediction);
  };
  CHECK_THROWS_AS(run_sampler(plan, throwing, x, NoiseStream<double>(1)), std::runtime_error);
  CHECK(x == std::vector<double>{1, 2, 3});
}

// Would catch a velocity that is converted at the level of x although its input is x/√(1+σ²): at
// σ = 1 it is 28 % wrong. Both runs are the same sampler on the same network.
TEST_CASE("run_sampler: predictions are converted at the level of the network's input") {
  const auto schedule = scaled_linear_schedule();
  const std::vector<Index> times = trailing_timesteps(1000, 10);
  const auto vp_network = [](std::span<const double> x, const SamplerCall& call,
                             std::span<double> v) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      v[i] = std::sin(x[i]) * (1 + 1e-3 * call.model_time);
    }
  };
  std::vector<double> along_table{0.3, -0.7};
  run_sampler(plan(Ddim{}, schedule, times, Prediction::velocity), vp_network, along_table);

  std::vector<double> sigmas;
  for (const Index t : times) sigmas.push_back(schedule.sigma(t));
  const SamplerPlan by_sigma = plan_of_sigmas(Euler{}, schedule, sigmas, Prediction::velocity);
  CHECK(by_sigma.start_scale == sigmas[0]);
  std::vector<double> x{0.3 * std::hypot(1.0, sigmas[0]), -0.7 * std::hypot(1.0, sigmas[0])};
  run_sampler(by_sigma, vp_network, x);
  for (std::size_t i = 0; i < x.size(); ++i) CHECK_THAT(x[i], WithinRel(along_table[i], 1e-11));
  for (std::size_t k = 0; k < times.size(); ++k) {
    CHECK_THAT(by_sigma.calls[k].model_time, WithinAbs(static_cast<double>(times[k] - 1), 1e-9));
  }
}

// Would catch float latents that are carried in double between calls, or noise of another type.
TEST_CASE("run_sampler: floats are rounded once per call") {
  const SamplerPlan plan = ddpm_plan();
  std::vector<float> x(5, 0.25F);
  std::vector<float> seen;
  const auto network = [&](std::span<const float> input, const SamplerCall&,
                           std::span<float> prediction) {
    seen.assign(input.begin(), input.end());
    for (std::size_t i = 0; i < input.size(); ++i) prediction[i] = 0.5F * input[i];
  };
  run_sampler(plan, network, x, NoiseStream<float>(3));
  const LinearStep& last = plan.calls.back().step;
  CHECK(last.predictions == std::vector<double>{1});
  const auto conversion = plan.conversion(7);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double at = seen[i];
    const double expected = last.x * at + conversion(at, double{0.5F * seen[i]});
    CHECK(x[i] == static_cast<float>(expected));
  }
}

// Would catch a plan that reads a prediction or a draw that there is not, or one that draws and is
// given no noise.
// Would catch a call whose time is not 0 if none is given.
TEST_CASE("SamplerCall: its time, and by default the one that the network is told") {
  CHECK(SamplerCall{}.time == 0);
  CHECK(SamplerCall{}.model_time == 0);
  CHECK(SamplerCall{.time = 3}.model_time == 3);
}

TEST_CASE("run_sampler: what is refused") {
  std::vector<double> x{1};
  const auto said = [&](const SamplerPlan& plan, std::size_t first_call = 0) {
    return complaint(
        [&] { run_sampler(plan, tanh_network, x, NoiseStream<double>(1), 0, first_call); });
  };
  const std::string invalid = "invalid_argument: alphabar::run_sampler: ";
  CHECK(said({}) == invalid + "plan.calls.size() must be >= 1, got 0");
  SamplerPlan plan{.calls = {{.level = {0.5, 0.5}, .step = {.predictions = {1, 2}}}}};
  CHECK(said(plan) == invalid + "plan.calls[0].step.predictions.size() must be at most 1, got 2");
  plan.calls[0].step = {.predictions = {1}, .draws = {1}};
  CHECK(said(plan) ==
        invalid + "plan.calls[0].step.draws.size() must be at most 0, the draws so far, got 1");
  plan.calls[0].step = {.predictions = {1}, .new_draws = -1};
  CHECK(said(plan) == invalid + "plan.calls[0].step.new_draws must be >= 0, got -1");
  plan.calls[0].step = {.predictions = {1}};
  plan.start.predictions = {1};
  CHECK(said(plan) == invalid + "plan.start.predictions.size() must be at most 0, got 1");
  plan.start = {};
  for (const auto& [scale, got] : {std::pair{-1.0, "-1"}, {test::infinity, "inf"}}) {
    plan.start_scale = scale;
    CHECK(said(plan) == invalid + "plan.start_scale must be finite and >= 0, got " + got);
  }
  plan.start_scale = 1;
  for (const auto& [number, got] : {std::pair{std::nan(""), "nan"}, {test::infinity, "inf"}}) {
    const auto with = [&, number = number](auto change) {
      SamplerPlan other = plan;
      other.calls[0].step = {.predictions = {1}, .draws = {1}, .new_draws = 1};
      change(other, number);
      return said(other);
    };
    const std::string refused = std::string(" must be finite, got ") + got;
    CHECK(with([](SamplerPlan& p, double z) { p.start.x = z; }) ==
          invalid + "plan.start.x" + refused);
    CHECK(with([](SamplerPlan& p, double z) { p.calls[0].step.x = z; }) ==
          invalid + "plan.calls[0].step.x" + refused);
    CHECK(with([](SamplerPlan& p, double z) { p.calls[0].step.predictions[0] = z; }) ==
          invalid + "plan.calls[0].step.predictions[0]" + refused);
    CHECK(with([](SamplerPlan& p, double z) { p.calls[0].step.draws[0] = z; }) ==
          invalid + "plan.calls[0].step.draws[0]" + refused);
    CHECK(with([](SamplerPlan& p, double z) { p.calls[0].input_scale = z; }) ==
          invalid + "plan.calls[0].input_scale must be finite and > 0, got " + got);
    CHECK(with([](SamplerPlan& p, double z) { p.data_scale = z; }) ==
          invalid + "plan.data_scale must be finite and > 0, got " + got);
    CHECK(with([](SamplerPlan& p, double z) { p.prediction_scale = z; }) ==
          invalid + "plan.prediction_scale must be finite and not 0, got " + got);
  }
  for (const double scale : {0.5, 1.0, 2.0}) {
    plan.start_scale = 1;
    plan.calls[0].input_scale = scale;
    double input = 0;
    std::vector<double> y{3};
    run_sampler(
        plan,
        [&](std::span<const double> at, const SamplerCall&, std::span<double> prediction) {
          input = prediction[0] = at[0];
        },
        y);
    CHECK(input == 3 * scale);
  }
  plan.start_scale = 0;
  CHECK(complaint([&] {
          std::vector<double> y{1};
          run_sampler(plan, tanh_network, y, NoiseStream<double>(1));
        }) == "nothing");
  const SamplerPlan multistep =
      alphabar::plan(DpmSolverPp2M{}, linear_schedule(), trailing_timesteps(1000, 4));
  CHECK(said(multistep, 2) ==
        invalid +
            "first_call must be at most 1, because the step of call 2 needs the predictions from "
            "there on, got 2");
  CHECK(said(multistep, 5) ==
        "out_of_range: alphabar::run_sampler: first_call must be in 0..4, got 5");
  CHECK(complaint([&] { run_sampler(ddpm_plan(), tanh_network, x); }) ==
        invalid + "plan.draws() must be 0 in a run without the argument noise, got 7");
  CHECK(x == std::vector<double>{1});
}

}  // namespace run_sampler_test
