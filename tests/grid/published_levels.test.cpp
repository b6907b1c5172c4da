// SPDX-License-Identifier: MIT
#include "alphabar/grid/published_levels.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace published_levels_test {

using namespace alphabar;
using test::complaint;
using test::infinity;
using test::nan;
using Levels = std::vector<double>;

// Would catch places counted over n - 1, and interpolation that is not in the logarithm.
TEST_CASE("interpolate_levels: values by hand") {
  CHECK(interpolate_levels({64, 16, 1}, 2) == Levels{64, 16});
  CHECK(interpolate_levels({64, 16, 1}, 1) == Levels{64});
  const Levels four = interpolate_levels({64, 16, 1}, 4);
  REQUIRE(four.size() == 4);
  CHECK(four[2] == 16);
  CHECK_THAT(four[1], WithinRel(32.0, 1e-15));
  CHECK_THAT(four[3], WithinRel(4.0, 1e-15));
}

// Would catch a published number that interpolation has changed, and levels that do not fall.
TEST_CASE("published levels: the numbers themselves, and n decreasing levels for every n") {
  const std::vector<std::function<Levels(Index)>> grids{
      [](Index n) { return align_your_steps_sigmas(n, AlignYourSteps::stable_diffusion_1); },
      [](Index n) { return align_your_steps_sigmas(n, AlignYourSteps::stable_diffusion_xl); },
      [](Index n) { return align_your_steps_sigmas(n, AlignYourSteps::stable_video_diffusion); },
      [](Index n) { return optimal_steps_levels(n, OptimalSteps::flux); },
      [](Index n) { return optimal_steps_levels(n, OptimalSteps::wan); },
      [](Index n) { return optimal_steps_levels(n, OptimalSteps::chroma); }};
  const Index published[] = {10, 10, 10, 10, 20, 40};
  const double sums[] = {33.0919755877, 30.3645921058, 785.991,
                         8.4319,        17.955,        24.333};  // without the last
  const double ends[] = {0.0291671582, 0.0291671582, 0.002, 0.001, 0.001, 0.001};
  for (std::size_t grid = 0; grid < grids.size(); ++grid) {
    const Levels own = grids[grid](published[grid]);
    const Levels doubled = grids[grid](2 * published[grid]);
    for (std::size_t k = 0; k < own.size(); ++k) CHECK(doubled[2 * k] == own[k]);
    CHECK_THAT(std::accumulate(own.begin(), own.end(), 0.0), WithinRel(sums[grid], 1e-12));
    const double last = doubled.back() * doubled.back() / own.back();  // the end of the interval
    CHECK_THAT(last, WithinRel(ends[grid], 1e-12));
    for (Index n = 1; n <= 1000; n += n < 50 ? 1 : 95) {
      CAPTURE(grid, n);
      const Levels levels = grids[grid](n);
      REQUIRE(levels.size() == static_cast<std::size_t>(n));
      CHECK(levels.front() == own.front());
      CHECK(levels.back() > 0);
      CHECK(std::ranges::adjacent_find(levels, std::less_equal<>()) == levels.end());
    }
  }
  CHECK(grids[0](10).back() == 0.1515232662);
  CHECK(grids[2](10).front() == 700);
  CHECK(grids[4](20).back() == 0.208);
}

// Would catch a check that NaN passes, and a message with the name of another function.
TEST_CASE("published levels: say what is wrong") {
  const auto refused = [](const std::string& message, const std::function<void()>& make) {
    CHECK(complaint(make) == "invalid_argument: alphabar::" + message);
  };
  refused("align_your_steps_sigmas: n must be >= 1, got 0",
          [] { (void)align_your_steps_sigmas(0, AlignYourSteps::stable_diffusion_1); });
  refused("optimal_steps_levels: n must be >= 1, got -3",
          [] { (void)optimal_steps_levels(-3, OptimalSteps::flux); });
  refused("interpolate_levels: n must be >= 1, got 0", [] { (void)interpolate_levels({2, 1}, 0); });
  refused(
      "interpolate_levels: n times the number of intervals must be at most 9223372036854775807, "
      "got "
      "10376293541461622784",
      [] {
        (void)interpolate_levels({8, 4, 2, 1, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.01},
                                 Index{1} << 60);
      });
  refused("interpolate_levels: the number of levels must be >= 2, got 1",
          [] { (void)interpolate_levels({2}, 3); });
  const std::string rule = " must be finite, > 0 and less than the one before, got ";
  refused("interpolate_levels: levels[1]" + rule + "2", [] {
    (void)interpolate_levels({2, 2}, 3);
  });
  refused("interpolate_levels: levels[1]" + rule + "0", [] {
    (void)interpolate_levels({2, 0}, 3);
  });
  refused("interpolate_levels: levels[0]" + rule + "inf", [] {
    (void)interpolate_levels({infinity, 1}, 3);
  });
  refused("interpolate_levels: levels[1]" + rule + "nan", [] {
    (void)interpolate_levels({2, nan}, 3);
  });
}

}  // namespace published_levels_test
