// SPDX-License-Identifier: MIT
#include "alphabar/noise/draw_start.hpp"

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace draw_start_test {

using namespace alphabar;
using test::complaint;

const std::string invalid = "invalid_argument: alphabar::draw_start: ";

SamplerPlan along_sigma() {
  return plan_of_sigmas(Euler{}, scaled_linear_schedule(), {14.6, 3.7, 0.5}, Prediction::noise);
}

// Would catch another substream, another scale, a start that reads the buffer, and bits that differ
// from those of a loop by hand.
TEMPLATE_TEST_CASE("draw_start: the bits of a loop by hand", "", float, double) {
  const NoiseStream<TestType> noise(7);
  for (const SamplerPlan& plan :
       {along_sigma(), alphabar::plan(Ddim{}, linear_schedule(), trailing_timesteps(1000, 4))}) {
    for (const std::uint64_t first : {0U, 1000U}) {
      std::vector<TestType> expected(3000);
      noise.substream(0).fill(expected, first);
      for (TestType& value : expected) value *= static_cast<TestType>(plan.start_scale);
      std::vector<TestType> x(3000, std::numeric_limits<TestType>::quiet_NaN());
      draw_start(plan, noise, x, first);
      CHECK(x == expected);
    }
  }
}

// Would catch σ whose square is no float, and half precision that is rounded twice.
TEST_CASE("draw_start: large levels and short types") {
  const NoiseStream<float> noise(7);
  const SamplerPlan plan = plan_of_sigmas(Euler{}, {1e25, 1.0}, Prediction::x0);
  std::vector<float> x(5);
  draw_start(plan, noise, x);
  for (std::size_t k = 0; k < x.size(); ++k) CHECK(x[k] == 1e25F * noise.substream(0)(k));

  Eigen::Array<Eigen::half, Eigen::Dynamic, 1> halves(200);
  const NoiseStream<double> exact(7);
  draw_start(along_sigma(), exact, halves);
  for (Index k = 0; k < halves.size(); ++k) {
    const double value =
        along_sigma().start_scale * exact.substream(0)(static_cast<std::uint64_t>(k));
    CHECK(halves[k] == detail::round_once<Eigen::half>(value));
  }
}

// Would catch the level of another call, a start that is scaled as pure noise, and a signal that is
// not scaled on a path where it is.
TEMPLATE_TEST_CASE("draw_start: from data, the bits of add_noise", "", float, double) {
  const NoiseStream<TestType> noise(7);
  const std::vector<TestType> data{1, -2, 0.25, 100, 3};
  for (const SamplerPlan& plan :
       {along_sigma(), alphabar::plan(Ddim{}, linear_schedule(), trailing_timesteps(1000, 4)),
        alphabar::plan(Euler{}, RectifiedFlow(), {0.75, 0.5, 0.25}, Prediction::flow_velocity)}) {
    for (const std::size_t call : {0U, 2U}) {
      const TransitionKernel<TestType> level(plan.calls[call].level);
      std::vector<TestType> expected(5);
      add_noise(level, data, noise.substream(0), expected, 10);
      std::vector<TestType> x(5);
      draw_start(plan, data, noise, x, 10, call);
      CHECK(x == expected);
      std::vector<TestType> in_place = data;
      draw_start(plan, in_place, noise, in_place, 10, call);
      CHECK(in_place == expected);
    }
  }
  std::vector<TestType> x(5);
  draw_start(along_sigma(), data, noise, x, 0, 1);
  for (std::size_t k = 0; k < x.size(); ++k) {
    CHECK(x[k] == data[k] + static_cast<TestType>(3.7) * noise.substream(0)(k));
  }
}

// Would catch a start whose scale the run changes again before its first call.
TEST_CASE("draw_start: a plan that scales x before its first call") {
  SamplerPlan plan = along_sigma();
  plan.start.x = 0.25;
  const NoiseStream noise(3);
  std::vector<double> x{1, 2, 3};
  const std::vector<double> data = x;
  draw_start(plan, data, noise, x);
  std::vector<double> input;
  run_sampler(
      plan,
      [&](auto at, const SamplerCall&, auto) {
        input.assign(at.begin(), at.end());
        return false;
      },
      x, noise);
  const double scale = plan.calls[0].input_scale;
  for (std::size_t k = 0; k < x.size(); ++k) {
    CHECK_THAT(input[k], WithinRel(scale * (data[k] + 14.6 * noise.substream(0)(k)), 1e-14));
  }
}

// Would catch a run that does not begin at the level of its start: with the exact prediction of x_0
// both runs end on it.
TEST_CASE("draw_start: a run from there ends on the data of its network") {
  const NoiseStream noise(5);
  const std::vector<double> data(4, 0.9);
  const auto network = [](auto, const SamplerCall&, auto prediction) {
    for (double& value : prediction) value = 0.9;
  };
  const SamplerPlan plan =
      alphabar::plan(Ddim{1}, linear_schedule(), trailing_timesteps(1000, 8), Prediction::x0);
  std::vector<double> x(4);
  draw_start(plan, noise, x);
  CHECK(run_sampler(plan, network, x, noise) == 8);
  CHECK(x == data);
  draw_start(plan, data, noise, x, 0, 5);
  CHECK(run_sampler(plan, network, x, noise, 0, 5) == 8);
  CHECK(x == data);
}

// Would catch a plan that is not checked, and a start that lies at another level than it says.
TEST_CASE("draw_start: what is refused") {
  const NoiseStream noise(1);
  const std::vector<double> data(3);
  std::vector<double> x(3, 7);
  const auto said = [&](const SamplerPlan& plan, std::size_t call = 0) {
    return complaint([&] { draw_start(plan, data, noise, x, 0, call); });
  };
  CHECK(said({}) == invalid + "plan.calls.size() must be >= 1, got 0");
  CHECK(complaint([&] { draw_start({}, noise, x); }) ==
        invalid + "plan.calls.size() must be >= 1, got 0");
  SamplerPlan plan = along_sigma();
  CHECK(said(plan, 3) == "out_of_range: alphabar::draw_start: first_call must be in 0..2, got 3");
  std::vector<double> longer(4);
  CHECK(complaint([&] { draw_start(plan, data, noise, longer); }) ==
        invalid + "the size of x must be 3, got 4");
  plan.start_scale = test::infinity;
  CHECK(complaint([&] { draw_start(plan, noise, x); }) ==
        invalid + "plan.start_scale must be finite and >= 0, got inf");

  const SamplerPlan churned =
      plan_of_sigmas(Heun{{.s_churn = 4}}, {10.0, 3.0, 1.0}, Prediction::x0);
  CHECK(said(churned) ==
        invalid + "first_call must be >= 1 for a plan that adds noise before call 0, got 0");
  CHECK(x == std::vector<double>(3, 7));
  CHECK(said(churned, 2) == "nothing");
  CHECK(complaint([&] { draw_start(churned, noise, x); }) == "nothing");
  SamplerPlan unused = along_sigma();
  unused.start.new_draws = 1;  // a normal that is drawn and not used
  CHECK(said(unused) == "nothing");
}

}  // namespace draw_start_test
