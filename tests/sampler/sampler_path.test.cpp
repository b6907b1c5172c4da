// SPDX-License-Identifier: MIT
#include "alphabar/sampler/sampler_path.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/grid/noise_levels.hpp"
#include "alphabar/grid/to_data.hpp"
#include "alphabar/schedule/rectified_flow.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "alphabar/schedule/ve_process.hpp"
#include "alphabar/schedule/vp_process.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace sampler_path_test {

using namespace alphabar;
using test::complaint;

bool same(const SamplerPath& a, const SamplerPath& b) {
  if (a.steps() != b.steps()) return false;
  for (std::size_t k = 0; k <= a.steps(); ++k) {
    if (a.time(k) != b.time(k) || a.level(k) != b.level(k)) return false;
    if (k < a.steps() && a.gap(k) != b.gap(k)) return false;
  }
  return true;
}

/// The path along a process, with the kernels between these times in their places.
template <class Process>
void check_kernels(const SamplerPath& path, const Process& process,
                   const std::vector<double>& times) {
  REQUIRE(path.steps() + 1 == times.size());
  for (std::size_t k = 0; k < times.size(); ++k) {
    CAPTURE(k);
    CHECK(path.time(k) == times[k]);
    CHECK(path.level(k) == process.transition(0, times[k]));
    if (k > 0) CHECK(path.gap(k - 1) == process.transition(times[k], times[k - 1]));
  }
}

/// Brownian motion in a time of a user's own, known by its transitions alone.
struct BrownianMotion {
  static TransitionKernel<double> transition(double s, double t) { return {1, t - s}; }
};

// Would catch gaps from the wrong time, levels of the time before, a last time that is dropped, and
// a member that is asked for but not in the concept. A table is no process: its times would lose
// their fractions.
TEST_CASE("SamplerPath: the kernels between the times") {
  const std::vector<double> times{1, 0.75, 0.5, 0.125, 0};
  check_kernels(SamplerPath(VpCosine(), times), VpCosine(), times);
  check_kernels(SamplerPath(RectifiedFlow(3), times), RectifiedFlow(3), times);
  STATIC_REQUIRE(MarkovProcess<BrownianMotion>);
  STATIC_REQUIRE(!ContinuousProcess<BrownianMotion>);
  STATIC_REQUIRE(!MarkovProcess<NoiseSchedule<double>>);
  check_kernels(SamplerPath(BrownianMotion(), times), BrownianMotion(), times);
  check_kernels(SamplerPath(BrownianMotion(), {7, 3.5}), BrownianMotion(), {7, 3.5});
}

// Would catch a list in braces that fits another overload, or none.
TEST_CASE("SamplerPath: times in braces") {
  const auto schedule = cosine_schedule(50);
  const SamplerPath along_table(schedule, {50, 20, 0});
  CHECK(along_table.steps() == 2);
  CHECK(along_table.time(1) == 20);
  CHECK(along_table.level(1) == schedule.transition(0, 20));
  CHECK(along_table.gap(0) == schedule.transition(20, 50));
  check_kernels(SamplerPath(VpLinear(), {1.0, 0.25}), VpLinear(), {1, 0.25});
  check_kernels(SamplerPath(VpLinear(), {1, 0.25, 0}), VpLinear(), {1, 0.25, 0});
  check_kernels(SamplerPath::of_sigmas({80, 3.5, 0}), Edm(), {80, 3.5, 0});
  check_kernels(SamplerPath::of_sigmas({80, 3}), Edm(), {80, 3});
}

// Would catch whole times that are taken for fractions of a process, and a float table whose
// kernels are the rounded ones.
TEST_CASE("SamplerPath: the same path from every list of times") {
  const auto schedule = linear_schedule(30, 0.01, 0.5);
  const SamplerPath path(schedule, {30, 13, 2, 0});
  CHECK(same(path, SamplerPath(schedule, std::vector<int>{30, 13, 2, 0})));
  CHECK(same(path, SamplerPath(schedule, std::vector<Index>{30, 13, 2, 0})));
  CHECK(same(path, SamplerPath(schedule, std::vector<double>{30, 13, 2, 0})));
  CHECK(same(path, SamplerPath(schedule, {30.0, 13.0, 2.0, 0.0})));
  CHECK(same(path, SamplerPath(schedule, to_data({30, 13, 2}))));
  CHECK(same(path, SamplerPath(linear_schedule<float>(30, 0.01, 0.5), {30, 13, 2, 0})));
  CHECK_FALSE(same(path, SamplerPath(schedule, {30, 13, 1, 0})));

  const SamplerPath sigmas = SamplerPath::of_sigmas({10, 4, 1});
  CHECK(same(sigmas, SamplerPath::of_sigmas(std::vector<int>{10, 4, 1})));
  CHECK(same(sigmas, SamplerPath::of_sigmas(std::vector<double>{10, 4, 1})));
  CHECK(same(sigmas, SamplerPath(Edm(), std::vector<float>{10, 4, 1})));
}

// Would catch a time that is not compared with its neighbour, a message about another place in the
// list, and noise that is asked for at the last time, too.
TEST_CASE("SamplerPath: says which time is wrong") {
  const auto said = [](const auto& process, const std::vector<double>& times) {
    return complaint([&] { (void)SamplerPath(process, times); });
  };
  const std::string invalid = "invalid_argument: alphabar::SamplerPath: ";
  const auto table = linear_schedule(10);
  CHECK(said(table, {10, 5, 5, 0}) == "nothing");  // a step that stays on its level
  CHECK(said(table, {5, 10}) == invalid + "times[1] must be at most the time before, 5, got 10");
  CHECK(said(VpLinear(), {1, 0.5, 0.75}) ==
        invalid + "times[2] must be at most the time before, 0.5, got 0.75");
  CHECK(said(VpLinear(), {1, test::nan}) ==
        invalid + "times[1] must be at most the time before, 1, got nan");
  CHECK(said(BrownianMotion(), {0, -1}) == invalid + "the noise at times[0] must be > 0, got 0");
  const auto silent = NoiseSchedule<>::from_betas({0, 0, 0.1});
  CHECK(said(silent, {3, 2, 1}) == invalid + "the noise at times[1] must be > 0, got 0");
  CHECK(said(silent, {3, 2}) == "nothing");  // the last time may be without noise
  CHECK(said(table, {}) == invalid + "the number of times must be >= 2, got 0");
  CHECK(said(table, {10}) == invalid + "the number of times must be >= 2, got 1");
  CHECK(complaint([] {
          (void)SamplerPath::of_sigmas({3, 4});
        }) == invalid + "times[1] must be at most the time before, 3, got 4");
}

// Would catch a fraction that is cut to a whole time of the table, and the end of the table passed.
TEST_CASE("SamplerPath: times that a table does not have") {
  const auto table = linear_schedule(10);
  const auto exception = [&](const std::vector<double>& times) {
    const std::string text = complaint([&] { (void)SamplerPath(table, times); });
    return text.substr(0, text.find(": "));
  };
  CHECK(exception({10, 2.5, 0}) == "invalid_argument");
  CHECK(exception({9.5, 2, 0}) == "invalid_argument");
  CHECK(exception({11, 2, 0}) == "out_of_range");
  CHECK(exception({10, 2, -1}) == "out_of_range");
  CHECK(exception({test::infinity, 2, 0}) == "out_of_range");
  CHECK(exception({10, 2, 0}) == "nothing");

  const SamplerPath path(table, {10, 2, 0});
  CHECK(path.at_time(5).time == 5);
  CHECK(path.at_time(5).level == table.transition(0, 5));
  CHECK(complaint([&] { (void)path.at_time(4.5); }) ==
        "invalid_argument: alphabar::SamplerPath: time must be a whole number, got 4.5");
  CHECK(complaint([&] { (void)path.at_time(11); }) ==
        "out_of_range: alphabar::SamplerPath: time must be in [0, 10], got 11");
}

// Would catch a model time between the times of a path that follows another rule than at them.
TEST_CASE("SamplerPath: the call at a point of the path, and between two") {
  const SamplerPath path(linear_schedule(10), {10, 2, 0});
  const SamplerCall between = path.call(path.at_time(5));
  CHECK(between.time == 5);
  CHECK(between.model_time == 4);
  CHECK(between.level == linear_schedule(10).transition(0, 5));
  CHECK(path.call(1).model_time == 1);
  CHECK(path.call(1).level == path.level(1));
  const SamplerPath continuous(VpLinear(), {1, 0.5});
  CHECK(continuous.call(continuous.at_time(0.75)).model_time == 0.75);
  CHECK(continuous.call(0).model_time == 1);
}

// Would catch the log SNR of a process with noise at time 0 taken for that of the levels of a path,
// which count from time 0: methods with stages and churn then converge to a wrong limit.
TEST_CASE("SamplerPath: the point at a log SNR has that level") {
  const SamplerPath path(VeGeometric(), {0.9, 0.5, 0.1, 0.02, 0.001});
  for (std::size_t k = 0; k <= path.steps(); ++k) {
    const auto& level = path.level(k);
    const PathPoint point = path.at_log_snr(-std::log(level.noise_variance()));
    CHECK_THAT(point.time, WithinAbs(path.time(k), 1e-13));
    CHECK_THAT(point.level.noise_variance(), WithinRel(level.noise_variance(), 1e-9));
  }
  CHECK(path.at_log_snr(test::infinity).time <= 1e-15);
}

// Would catch inputs and times of a network that a sampler cannot see while it plans.
TEST_CASE("SamplerPath: along sigma, for the network of a table") {
  const auto table = linear_schedule();
  const SamplerPath path = SamplerPath::of_sigmas(table, {14, 0.3, 0});
  CHECK(path.call(1).time == 0.3);
  CHECK(path.call(1).input_scale == 1 / std::hypot(1.0, 0.3));
  CHECK(path.call(1).model_time == table.time_of_log_snr(log_snr_of_sigma(0.3)) - 1);
}

// Would catch an index that reads behind the end: there is a level more than there are gaps.
TEST_CASE("SamplerPath: the indices of times, levels and gaps") {
  const SamplerPath path(VpLinear(), {1, 0.5, 0.25});
  CHECK(path.steps() == 2);
  CHECK(path.time(2) == 0.25);
  CHECK(path.level(2) == VpLinear().transition(0, 0.25));
  CHECK(path.gap(1) == VpLinear().transition(0.25, 0.5));
  const std::string begin = "out_of_range: alphabar::SamplerPath::";
  CHECK(complaint([&] { (void)path.time(3); }) == begin + "time: k must be in 0..2, got 3");
  CHECK(complaint([&] { (void)path.level(3); }) == begin + "level: k must be in 0..2, got 3");
  CHECK(complaint([&] { (void)path.gap(2); }) == begin + "gap: k must be in 0..1, got 2");
}

}  // namespace sampler_path_test
