// SPDX-License-Identifier: MIT
#include "alphabar/oracle/variance_slope.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"

/// Slopes by one pass through the plan, compared with differences of the law on neighbouring grids.
namespace variance_slope_test {

using namespace alphabar;
using Grid = std::vector<double>;

constexpr double lambdas[] = {0, 0.01, 0.5, 25};
constexpr double start_variance = 9;

/// An artificial sampler: draws that are used twice, three earlier predictions, a velocity.
struct Rambler {
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    SamplerPlan plan{.prediction = Prediction::velocity};
    for (std::size_t k = 0; k < path.steps(); ++k) {
      const auto number = [&](int i) {
        return std::sin(path.time(k) * path.time(k + 1) + static_cast<double>(k) + i);
      };
      LinearStep step{.x = number(0), .predictions = {number(1)}, .draws = {number(3)}};
      step.new_draws = 1;
      if (k > 0) step.predictions.push_back(number(2));
      if (k > 0) step.draws.push_back(number(6));
      if (k > 1) step.predictions.push_back(number(4));
      if (k > 2) step.predictions.push_back(number(5));
      plan.calls.push_back({.time = path.time(k), .level = path.level(k), .step = step});
    }
    return plan;
  }
};

template <class S, class PathOf>
void compare(const S& sampler, PathOf path_of, const Grid& grid) {
  const auto plan_of = [&](std::size_t k, double factor) {
    Grid moved = grid;
    moved[k] *= factor;
    return sampler.plan(path_of(moved));
  };
  const auto plan = plan_of(0, 1);
  for (const double lambda : lambdas) {
    const auto variance_of = [&](const SamplerPlan& of) {
      const auto response = sampler_response(of, lambda);
      return response.start * response.start * start_variance + response.variance;
    };
    const VarianceSlope slope(plan, lambda, start_variance);
    CHECK_THAT(slope.variance(), WithinRel(variance_of(plan), 1e-14));
    Grid slopes;
    Grid expected;
    for (std::size_t k = 0; k < grid.size(); ++k) {
      constexpr double h = 0x1p-17;
      const auto motion = plan_motion(plan, plan_of(k, 1 - h), plan_of(k, 1 + h));
      slopes.push_back(slope(motion) / (2 * h));
      const auto difference = [&](double step) {
        return (variance_of(plan_of(k, 1 + step)) - variance_of(plan_of(k, 1 - step))) / (2 * step);
      };
      expected.push_back((4 * difference(0x1p-11) - difference(0x1p-10)) / 3);
    }
    const auto [least, largest] = std::ranges::minmax(expected);
    const double scale = std::max(-least, largest);
    for (std::size_t k = 0; k < grid.size(); ++k) {
      CAPTURE(k, lambda);
      CHECK_THAT(slopes[k], WithinAbs(expected[k], 1e-7 * scale));
    }
  }
}

// Would catch a term of the slope that is left out or goes to the wrong call: a draw, a prediction
// of one, two or three calls ago, the level of a call.
TEST_CASE("VarianceSlope: differences of the law") {
  const auto in_sigma = [](const Grid& grid) { return SamplerPath::of_sigmas(to_data(grid)); };
  const Grid sigmas{20, 7, 3, 1, 0.4, 0.1, 0.03};
  compare(Euler{}, in_sigma, sigmas);
  compare(Heun{}, in_sigma, sigmas);
  compare(DpmSolverPp2M{}, in_sigma, sigmas);
  compare(Ddim{0.5}, in_sigma, sigmas);
  compare(Ddpm{}, in_sigma, sigmas);
  compare(Rambler{}, in_sigma, {3, 2.2, 1.7, 1, 0.6, 0.3});

  const auto in_time = [](const Grid& grid) { return SamplerPath(VpLinear(), grid); };
  const Grid times{0.95, 0.7, 0.5, 0.3, 0.25, 0.1};
  compare(EulerMaruyama{}, in_time, times);
  compare(FlowHeun{}, in_time, times);
  compare(FlowRungeKutta4{}, in_time, times);
  compare(Rambler{}, in_time, times);
}

// Would catch a motion that lists unchanged calls, or leaves out one with only another level.
TEST_CASE("plan_motion: the calls that differ") {
  const auto plan_of = [](const Grid& grid) {
    return DpmSolverPp2M{}.plan(SamplerPath::of_sigmas(grid));
  };
  const auto plan = plan_of({16, 8, 4, 2, 1, 0.5, 0});
  const auto moved = plan_of({16, 8, 3, 2, 1, 0.5, 0});
  std::vector<std::size_t> calls;
  for (const auto& motion : plan_motion(plan, plan, moved)) calls.push_back(motion.call);
  CHECK(calls == std::vector<std::size_t>{1, 2, 3});
  CHECK(plan_motion(plan, plan, plan).empty());

  auto elsewhere = plan;
  elsewhere.calls[4].level = moved.calls[2].level;
  const auto motion = plan_motion(plan, plan, elsewhere);
  REQUIRE(motion.size() == 1);
  CHECK(motion[0].change.x == 0);
  for (const double weight : motion[0].change.predictions) CHECK(weight == 0);
  CHECK(motion[0].before == plan.calls[4].level);
  CHECK(motion[0].after == elsewhere.calls[4].level);

  const auto other = plan_of({16, 8, 0});
  const std::string message =
      "invalid_argument: alphabar::plan_motion: the sampler's number of calls on a neighbouring "
      "grid must be that on the grid, 6, got 2";
  CHECK(test::complaint([&] { (void)plan_motion(plan, plan, other); }) == message);
  CHECK(test::complaint([&] { (void)plan_motion(plan, other, plan); }) == message);
}

}  // namespace variance_slope_test
