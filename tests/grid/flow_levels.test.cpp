// SPDX-License-Identifier: MIT
#include "alphabar/grid/flow_levels.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace flow_levels_test {

using namespace alphabar;
using test::complaint;
using test::nan;
using Levels = std::vector<double>;

void agree(const Levels& values, const Levels& golden, double tolerance = 1e-14) {
  REQUIRE(values.size() == golden.size());
  for (std::size_t k = 0; k < golden.size(); ++k) {
    INFO("k = " << k);
    CHECK_THAT(values[k], WithinRel(golden[k], tolerance));
  }
}

// Would catch a shift towards the data, a power of the wrong quantity, and 1/u at u = 0.
TEST_CASE("shift_levels: values by hand") {
  CHECK(linear_levels(5, 0) == Levels{1, 0.75, 0.5, 0.25, 0});
  CHECK(linear_levels(1, 0.25) == Levels{1});
  CHECK(linear_levels(1, 1) == Levels{1});
  agree(linear_levels(3, 0.2, 0.8), {0.8, 0.5, 0.2});
  agree(shift_levels({1, 0.75, 0.5, 0.25, 0}, 3), {1, 0.9, 0.75, 0.5, 0});
  agree(shift_levels({1, 0.5, 0.25, 0}, 3, 2), {1, 0.75, 0.25, 0});
  agree(shift_levels({0.9}, 2, 0.5), {6.0 / 7});  // (1/9)^½ = 1/3
  CHECK(shift_levels({0.3, 0.1}, 1) == Levels{0.3, 0.1});
  CHECK(shift_levels(Levels{}, 3).empty());
  // 1/u - 1 is exact where u is small.
  agree(shift_levels({1e-20}, 3), {3e-20});
  agree(shift_levels({1e-20}, 3, 2), {3e-40});
}

// Would catch the two lengths exchanged.
TEST_CASE("dynamic_shift_mu: a line through two points") {
  CHECK(dynamic_shift_mu(256) == 0.5);
  CHECK_THAT(dynamic_shift_mu(4096), WithinRel(1.15, 1e-15));
  CHECK_THAT(dynamic_shift_mu(2176), WithinRel(0.825, 1e-15));
  CHECK_THAT(dynamic_shift_mu(8, 2, 4, -1, 1), WithinRel(5.0, 1e-15));
}

// Would catch a last level that is missed by rounding, and 0/0 for a list of one level.
TEST_CASE("stretch_levels, invert_levels: values by hand") {
  agree(stretch_levels({1, 0.8, 0.6}, 0.1), {1, 0.55, 0.1});
  CHECK(stretch_levels(linear_levels(10, 0.1), 0.3).back() == 0.3);
  CHECK(stretch_levels(linear_levels(10, 0.1), 0.3).front() == 1);
  CHECK(stretch_levels({0.5}, 0.1) == Levels{0.1});
  CHECK(stretch_levels({1, 0}, 0.1) == Levels{1, 0.1});
  CHECK(invert_levels({1, 0.75, 0}) == Levels{0, 0.25, 1});
}

// Would catch a polynomial with a wrong coefficient, and one that goes on beyond the edge.
TEST_CASE("smoothstep_levels, smootherstep_levels: values by hand") {
  agree(smoothstep_levels({1, 0.5, 0.25, 0}), {1, 0.5, 0.15625, 0});
  agree(smootherstep_levels({1, 0.5, 0.25, 0}), {1, 0.5, 0.103515625, 0});
  agree(smoothstep_levels({1, 0.8, 0.4, 0.2}, 0.8), {1, 1, 0.5, 0.15625});
  agree(smootherstep_levels({1, 0.8, 0.4, 0.2}, 0.8), {1, 1, 0.5, 0.103515625});
}

// Would catch a jump of the slope where the two parts meet, and a quadratic part that misses 0.
TEST_CASE("linear_quadratic_levels: the two parts by hand") {
  agree(linear_quadratic_levels(4), {1, 0.9875, 0.975, 0.725});
  agree(linear_quadratic_levels(4, 0.1, 1), {1, 0.9, 0.8 - 0.6 / 9, 0.7 - 2.4 / 9});
  agree(linear_quadratic_levels(4, 0.75, 3), {1, 0.75, 0.5, 0.25});
  CHECK(linear_quadratic_levels(1) == Levels{1});
  CHECK(linear_quadratic_levels(2) == Levels{1, 0.975});
  agree(linear_quadratic_levels(3), {1, 0.975, 0.95 - 0.925 / 4});
}

// Would catch a pivot that is off by one: the published program, run for these n.
TEST_CASE("bong_tangent_levels: golden values") {
  CHECK(bong_tangent_levels(1) == Levels{1});
  CHECK(bong_tangent_levels(2) == Levels{1, 0.5});
  agree(bong_tangent_levels(4), {1, 0.8572326246851394, 0.5, 0.11746056570255359});
  agree(bong_tangent_levels(10),
        {1.0, 0.9780450221730236, 0.9479309183369983, 0.9043169221133079, 0.836365071831819,
         0.7198344194456325, 0.5, 0.25742980341119254, 0.11746056570255359, 0.04326514796352791},
        1e-13);
}

// Would catch an end that is missed, and levels that rise or repeat.
TEST_CASE("levels of straight paths: n of them, from 1 downwards, above 0") {
  const std::vector<std::function<Levels(Index)>> grids{
      [](Index n) { return linear_levels(n, 1e-3); },
      [](Index n) { return shift_levels(linear_levels(n, 1e-3), 3); },
      [](Index n) { return shift_levels(linear_levels(n, 1e-3), 0.2, 1.5); },
      [](Index n) { return linear_quadratic_levels(n); },
      [](Index n) { return bong_tangent_levels(n); },
      [](Index n) { return smoothstep_levels(linear_levels(n, 1e-3)); },
      [](Index n) { return smootherstep_levels(linear_levels(n, 1e-3)); }};
  for (std::size_t grid = 0; grid < grids.size(); ++grid) {
    for (const Index n : {1, 2, 3, 4, 5, 6, 7, 10, 57, 1000}) {
      CAPTURE(grid, n);
      const Levels levels = grids[grid](n);
      REQUIRE(levels.size() == static_cast<std::size_t>(n));
      CHECK(levels.front() == 1);
      CHECK(levels.back() > 0);
      CHECK(std::ranges::adjacent_find(levels, std::less_equal<>()) == levels.end());
    }
  }
}

// Would catch a check that NaN passes, and a message with the name of another function.
TEST_CASE("levels of straight paths: say what is wrong") {
  const auto refused = [](const std::string& message, const std::function<void()>& make) {
    CHECK(complaint(make) == "invalid_argument: alphabar::" + message);
  };
  refused("linear_levels: n must be >= 1, got 0", [] { (void)linear_levels(0, 0.1); });
  refused("linear_levels: level_min must be < level_max = 1, got 1",
          [] { (void)linear_levels(2, 1); });
  refused("linear_levels: level_max must be in [0, 1], got nan",
          [] { (void)linear_levels(2, 0, nan); });
  refused("shift_levels: levels[1] must be in [0, 1], got 1.5", [] {
    (void)shift_levels({1, 1.5}, 3);
  });
  refused("shift_levels: levels[0] must be in [0, 1], got nan",
          [] { (void)shift_levels({nan}, 3, 2); });
  refused("shift_levels: shift must be in [1e-100, 1e+100], got 0",
          [] { (void)shift_levels({1}, 0); });
  refused("shift_levels: power must be in [0.01, 100], got nan",
          [] { (void)shift_levels({1}, 3, nan); });
  refused("dynamic_shift_mu: sequence_length must be >= 1, got 0",
          [] { (void)dynamic_shift_mu(0); });
  refused("dynamic_shift_mu: max_shift must be in [-1e+100, 1e+100], got 1e+308",
          [] { (void)dynamic_shift_mu(256, 256, 4096, -1e100, 1e308); });
  refused("dynamic_shift_mu: max_length must differ from base_length, got 256",
          [] { (void)dynamic_shift_mu(4096, 256, 256); });
  refused("stretch_levels: the last of levels must be < 1, got 1",
          [] { (void)stretch_levels({1}, 0.1); });
  refused("stretch_levels: the last of levels must be the least, got 0.9", [] {
    (void)stretch_levels({0.5, 0.9}, 0.1);
  });
  refused("stretch_levels: the number of levels must be >= 1, got 0",
          [] { (void)stretch_levels(Levels{}, 0.1); });
  refused("stretch_levels: levels[1] must be in [0, 1], got nan", [] {
    (void)stretch_levels({1, nan, 0.5}, 0.1);
  });
  refused("stretch_levels: terminal must be in [0, 1), got 1", [] {
    (void)stretch_levels({1, 0.5}, 1);
  });
  refused("invert_levels: levels[0] must be in [0, 1], got -1",
          [] { (void)invert_levels({-1.0}); });
  refused("smoothstep_levels: edge must be in (0, 1], got 0",
          [] { (void)smoothstep_levels({1}, 0); });
  refused("smootherstep_levels: edge must be in (0, 1], got nan",
          [] { (void)smootherstep_levels({1}, nan); });
  refused("linear_quadratic_levels: linear_steps must be in 1..3, got 4",
          [] { (void)linear_quadratic_levels(4, 0.1, 4); });
  refused("linear_quadratic_levels: threshold must be in (0, linear_steps/n = 0.25], got 0.5",
          [] { (void)linear_quadratic_levels(4, 0.5, 1); });
  refused("bong_tangent_levels: n must be >= 1, got 0", [] { (void)bong_tangent_levels(0); });
  refused("shift_levels: shift must be in [1e-100, 1e+100], got 1.5e+100",
          [] { (void)shift_levels({0.5}, 1.5e100); });
  refused("linear_levels: level_min must be < level_max = 0.25, got 0.5",
          [] { (void)linear_levels(2, 0.5, 0.25); });
}

// Would catch a level that rounding takes above 1.
TEST_CASE("stretch_levels: levels next to 1 remain levels") {
  for (int k = 1; k < 2000; ++k) {
    const double last = k / 2000.0;
    for (const double terminal : {0.0, 0.1, 0.7}) {
      CHECK(stretch_levels({1 - 0x1p-53, last}, terminal).front() <= 1);
    }
  }
}

// Would catch a turn at another level for one remainder of n by 5.
TEST_CASE("bong_tangent_levels: the formula for every length") {
  for (Index n = 2; n <= 40; ++n) {
    INFO("n = " << n);
    const Index all = n + 2;
    const Index turn = 3 * all / 5;
    const auto f = [&](Index x) {
      return std::atan(8 * static_cast<double>(x) / static_cast<double>(all));
    };
    const std::vector<double> levels = bong_tangent_levels(n);
    REQUIRE(std::ssize(levels) == n);
    for (Index k = 0; k <= turn - 2; ++k) {
      CHECK_THAT(levels[static_cast<std::size_t>(k)],
                 WithinRel(0.5 + (f(turn - k) - f(1)) / (f(turn) - f(1)) / 2, 1e-13));
    }
    for (Index j = 0; j <= all - turn - 2; ++j) {
      CHECK_THAT(levels[static_cast<std::size_t>(turn - 1 + j)],
                 WithinRel(0.5 - f(j) / f(all - turn - 1) / 2, 1e-13));
    }
  }
}

}  // namespace flow_levels_test
