// SPDX-License-Identifier: MIT
#include "alphabar/grid/table_levels.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "alphabar/schedule/schedules.hpp"
#include "alphabar/schedule/transformations.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace table_levels_test {

using namespace alphabar;
using test::complaint;
using test::infinity;
using test::nan;
using Whole = std::vector<Index>;
using Times = std::vector<double>;

template <class T>
bool strictly_decreasing_within(const std::vector<T>& times, Index steps) {
  return !times.empty() && times.front() <= static_cast<T>(steps) && times.back() >= 1 &&
         std::ranges::adjacent_find(times, std::less_equal<>()) == times.end();
}

// Would catch a time that is off by one.
TEST_CASE("times along a table: values by hand") {
  CHECK(normal_times(1000, 4) == Times{1000, 667, 334, 1});
  CHECK(normal_times(10, 3) == Times{10, 5.5, 1});
  CHECK(sgm_uniform_times(1000, 2) == Times{1000, 500.5});
  CHECK(simple_timesteps(1000, 3) == Whole{1000, 667, 334});
  CHECK(ddim_uniform_timesteps(1000, 3) == Whole{668, 335, 2});
  CHECK(smoothstep_timesteps(1001, 4) == Whole{1001, 845, 501, 157});  // 0.84375 and 0.15625
  CHECK(beta_timesteps(1001, 4, 1, 1) == Whole{1001, 751, 501, 251});
  CHECK(beta_timesteps(1001, 3, 0.5, 0.5) == Whole{1001, 751, 251});  // sin²(π/3), sin²(π/6)
}

// Would catch a division by 0 for one time, a time of 0 or T + 1, and one that is listed twice.
TEST_CASE("times along a table: n of them, strictly decreasing, for every n") {
  for (const Index steps : {2, 7, 1000}) {
    for (Index n = 1; n <= steps; ++n) {
      CAPTURE(steps, n);
      const auto check = [&](const auto& times) {
        REQUIRE(std::ssize(times) == n);
        REQUIRE(strictly_decreasing_within(times, steps));
      };
      check(normal_times(steps, n));
      check(sgm_uniform_times(steps, n));
      check(simple_timesteps(steps, n));
      REQUIRE(simple_timesteps(steps, n).front() == steps);
      if (n < steps) check(ddim_uniform_timesteps(steps, n));
      if (n % 50 > 2) continue;
      for (const Whole& times :
           {beta_timesteps(steps, n), beta_timesteps(steps, n, 0.5, 0.7),
            beta_timesteps(steps, n, 20, 0.1), smoothstep_timesteps(steps, n)}) {
        REQUIRE(std::ssize(times) <= n);
        REQUIRE(times.front() == steps);
        REQUIRE(strictly_decreasing_within(times, steps));
      }
    }
  }
  CHECK(normal_times(1000, 1) == Times{1000});
  CHECK(sgm_uniform_times(1000, 1) == Times{1000});
  CHECK(simple_timesteps(1000, 1) == Whole{1000});
  CHECK(ddim_uniform_timesteps(1000, 1) == Whole{2});
  CHECK(normal_times(1, 1) == Times{1});
  CHECK(sgm_uniform_times(1, 1) == Times{1});
  CHECK(simple_timesteps(1, 1) == Whole{1});
  CHECK(beta_timesteps(1, 1) == Whole{1});
  CHECK(simple_timesteps(1000, 1000).back() == 1);
  CHECK(beta_timesteps(1000, 30).size() == 30);
  CHECK(smoothstep_timesteps(1000, 50).size() == 50);
}

// Would catch a claim on another program that is not so: its rules in double precision, here.
TEST_CASE("times along a table: where ComfyUI has others") {
  int off = 0;
  int other_count = 0;
  for (Index n = 1; n <= 1000; ++n) {
    const Whole times = simple_timesteps(1000, n);
    const double stride = 1000.0 / static_cast<double>(n);
    bool same = true;
    for (Index i = 0; i < n; ++i) {
      same = same && times[static_cast<std::size_t>(i)] ==
                         1000 - static_cast<Index>(static_cast<double>(i) * stride);
    }
    if (!same) ++off;
    const Index whole_stride = std::max<Index>(1000 / n, 1);
    if ((999 + whole_stride - 1) / whole_stride != n) ++other_count;
  }
  CHECK(off == 70);
  CHECK(other_count == 978);
}

// Would catch a rounded time, the level of another one, 0/0 at the two ends, and levels of a float
// table that are rounded to float at whole times only.
TEST_CASE("sigmas_at: the table at whole times, log SNR linear between them") {
  const auto schedule = scaled_linear_schedule();
  const Times sigmas = sigmas_at(schedule, {1000.0, 500.5, 1.0, 0.0});
  CHECK(sigmas[0] == schedule.sigma(1000));
  CHECK_THAT(sigmas[1], WithinRel(std::sqrt(schedule.sigma(500) * schedule.sigma(501)), 1e-14));
  CHECK(sigmas[2] == schedule.sigma(1));
  CHECK(sigmas[3] == 0);
  CHECK(sigmas_at(zero_terminal_snr(schedule), {1000})[0] == infinity);
  const Times of_floats = sigmas_at(scaled_linear_schedule<float>(), {1000.0, 500.5, 1.0, 0.0});
  CHECK(of_floats == sigmas);
}

// Would catch a check that NaN passes, and a message with the name of another function.
TEST_CASE("times along a table: say what is wrong") {
  const auto refused = [](const std::string& message, const std::function<void()>& make) {
    CHECK(complaint(make) == "invalid_argument: alphabar::" + message);
  };
  refused("normal_times: n must be in 1..1000, got 0", [] { (void)normal_times(1000, 0); });
  refused("sgm_uniform_times: n must be in 1..10, got 11", [] { (void)sgm_uniform_times(10, 11); });
  refused("simple_timesteps: steps must be >= 1, got 0", [] { (void)simple_timesteps(0, 1); });
  refused("ddim_uniform_timesteps: n must be < steps, got 1000",
          [] { (void)ddim_uniform_timesteps(1000, 1000); });
  refused("beta_timesteps: alpha must be in [0.1, 20], got 0",
          [] { (void)beta_timesteps(1000, 10, 0); });
  refused("beta_timesteps: beta must be in [0.1, 20], got nan",
          [] { (void)beta_timesteps(1000, 10, 1, nan); });
  refused("smoothstep_timesteps: n must be in 1..1000, got -1",
          [] { (void)smoothstep_timesteps(1000, -1); });
  CHECK(complaint([] { (void)sigmas_at(scaled_linear_schedule(), {1000.5}); }) ==
        "out_of_range: alphabar::sigmas_at: times must be in [0, 1000], got 1000.5");
  CHECK(complaint([] { (void)sigmas_at(scaled_linear_schedule(), {nan}); }) ==
        "out_of_range: alphabar::sigmas_at: times must be in [0, 1000], got nan");
}

}  // namespace table_levels_test
