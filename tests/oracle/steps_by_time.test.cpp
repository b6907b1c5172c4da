// SPDX-License-Identifier: MIT
#include "alphabar/oracle/detail/steps_by_time.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sigma_solvers.hpp"
#include "support/catch.hpp"

namespace steps_by_time_test {

using namespace alphabar;
using detail::StepsByTime;

SamplerPlan plan_of(const std::vector<double>& times) {
  SamplerPlan plan;
  for (const double time : times) plan.steps.push_back({.time = time});
  return plan;
}

/// The first step of the plan whose time is nearest.
std::size_t by_search(const SamplerPlan& plan, double time) {
  const auto nearer = [=](const SamplerStep& a, const SamplerStep& b) {
    return std::abs(a.time - time) < std::abs(b.time - time);
  };
  const auto found = std::min_element(plan.steps.begin(), plan.steps.end(), nearer);
  return static_cast<std::size_t>(found - plan.steps.begin());
}

/// How many of the times lead to another step than a search of the whole plan.
int differences(const SamplerPlan& plan, const std::vector<double>& times) {
  const StepsByTime steps(plan);
  return static_cast<int>(std::count_if(times.begin(), times.end(), [&](double time) {
    return steps.nearest(time) != by_search(plan, time);
  }));
}

/// Each time of the plan and its neighbours, the middle of each two, and times beyond both ends.
std::vector<double> places_in(const SamplerPlan& plan) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> places{-1e6, 1e6};
  for (const SamplerStep& a : plan.steps) {
    for (const double end : {-infinity, infinity}) places.push_back(std::nextafter(a.time, end));
    for (const SamplerStep& b : plan.steps) places.push_back((a.time + b.time) / 2);
  }
  return places;
}

// Would catch a list that is not ordered, a neighbour on the wrong side, and a step by its place in
// the order in place of the plan.
TEST_CASE("StepsByTime: as a search of the whole plan") {
  const NoiseStream noise(5);
  for (const std::size_t count : {1U, 2U, 3U, 10U, 100U}) {
    std::vector<double> times(count);
    noise.substream(count).fill(times);
    std::vector<double> asked(500);
    noise.fill(asked);
    for (double& time : asked) time *= 2;  // beyond both ends, too
    CAPTURE(count);
    CHECK(differences(plan_of(times), asked) == 0);
    CHECK(differences(plan_of(times), places_in(plan_of(times))) == 0);
    std::sort(times.begin(), times.end());
    CHECK(differences(plan_of(times), asked) == 0);
    std::reverse(times.begin(), times.end());
    CHECK(differences(plan_of(times), asked) == 0);
    CHECK(differences(plan_of(times), places_in(plan_of(times))) == 0);
  }
}

// Would catch the second of two steps at one time, and of two steps as near as each other the one
// that is later in the plan.
TEST_CASE("StepsByTime: the first in the plan of equals") {
  for (const std::vector<double>& times :
       {std::vector<double>{8, 4, 4, 2, 2, 2, 0}, std::vector<double>{0, 2, 2, 4, 8, 8},
        std::vector<double>{4, 0, 8, 4, 0, 8, 2}, std::vector<double>(5, 3)}) {
    CAPTURE(times);
    CHECK(differences(plan_of(times), places_in(plan_of(times))) == 0);
  }
  const StepsByTime down(plan_of({8, 4, 4, 2, 2}));
  CHECK(down.nearest(4) == 1);
  CHECK(down.nearest(3) == 1);
  CHECK(down.nearest(6) == 0);
  CHECK(down.nearest(2) == 3);
  const StepsByTime up(plan_of({2, 2, 4, 4, 8}));
  CHECK(up.nearest(4) == 2);
  CHECK(up.nearest(3) == 0);
  CHECK(up.nearest(6) == 2);
}

// Would catch the corrector of a step of Heun's method, which is called at the time of the next
// predictor, in the place of that predictor.
TEST_CASE("StepsByTime: the steps of Heun's method") {
  const SamplerPlan plan = Heun{}.plan(SamplerPath::of_sigmas({80, 10, 3, 1, 0.1, 0}));
  REQUIRE(plan.calls() == 9);
  const StepsByTime steps(plan);
  CHECK(steps.nearest(80) == 0);
  CHECK(plan.steps[1].time == plan.steps[2].time);
  CHECK(steps.nearest(10) == 1);
  CHECK(steps.nearest(0.1) == 7);
  CHECK(steps.nearest(0) == 7);
  CHECK(differences(plan, places_in(plan)) == 0);
}

// Would catch a read before the first time or behind the last.
TEST_CASE("StepsByTime: beyond both ends") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const StepsByTime steps(plan_of({5, 9, 9, 2, 2}));
  for (const double late : {9.5, 1e300, infinity}) CHECK(steps.nearest(late) == 1);
  for (const double early : {1.5, -1e300, -infinity}) CHECK(steps.nearest(early) == 3);
  CHECK(StepsByTime(plan_of({5})).nearest(-7) == 0);
  CHECK(StepsByTime(plan_of({5})).nearest(7) == 0);
}

}  // namespace steps_by_time_test
