// SPDX-License-Identifier: MIT
#include "alphabar/grid/timesteps.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/complaint.hpp"

namespace timesteps_test {

using namespace alphabar;
using test::complaint;

/// What Python prints: t − 1.
std::vector<Index> in_python(std::vector<Index> times) {
  for (Index& t : times) --t;
  return times;
}

bool strictly_decreasing_within(const std::vector<Index>& times, Index steps, Index n) {
  return std::ssize(times) == n && times.front() <= steps && times.back() >= 1 &&
         std::ranges::adjacent_find(times, std::less_equal<>()) == times.end();
}

// Would catch a floating-point stride: an extra time for 461 of these n (openvino.genai), for 62 of
// them (numpy's arange), a time of 0 or T + 1.
TEST_CASE("timesteps: n strictly decreasing times in 1..T, for every n") {
  for (const Index steps : {1, 2, 7, 1000}) {
    for (Index n = 1; n <= steps; ++n) {
      CAPTURE(steps, n);
      REQUIRE(strictly_decreasing_within(linspace_timesteps(steps, n), steps, n));
      REQUIRE(strictly_decreasing_within(leading_timesteps(steps, n), steps, n));
      REQUIRE(strictly_decreasing_within(trailing_timesteps(steps, n), steps, n));
      REQUIRE(trailing_timesteps(steps, n).front() == steps);
      REQUIRE(linspace_timesteps(steps, n).back() == 1);
      REQUIRE(leading_timesteps(steps, n).back() == 1);
    }
  }
}

// Would catch a time that is off by one, and rounding of halves away from zero.
TEST_CASE("timesteps: what Python users get") {
  CHECK(in_python(linspace_timesteps(1000, 10)) ==
        std::vector<Index>{999, 888, 777, 666, 555, 444, 333, 222, 111, 0});
  CHECK(in_python(leading_timesteps(1000, 5, 1)) == std::vector<Index>{801, 601, 401, 201, 1});
  CHECK(in_python(trailing_timesteps(1000, 13)) ==
        std::vector<Index>{999, 922, 845, 768, 691, 614, 537, 461, 384, 307, 230, 153, 76});
  // numpy.round(62.5) is 62, numpy.round(187.5) is 188.
  const std::vector<Index> sixteen = trailing_timesteps(1000, 16);
  CHECK(sixteen[15] == 62);
  CHECK(sixteen[13] == 188);
  // numpy.linspace(0, 4, 9) passes 0.5, 1.5, 2.5, 3.5; here at half the spacing: 0, 1.5, 3.
  CHECK(in_python(linspace_timesteps(4, 3)) == std::vector<Index>{3, 2, 0});
}

// Would catch i (T − 1) beyond the largest Index.
TEST_CASE("timesteps: as many steps as an Index can count") {
  constexpr Index steps = std::numeric_limits<Index>::max() / 4 + 1;  // a power of 2
  CHECK(linspace_timesteps(steps, 3) == std::vector<Index>{steps, steps / 2 + 1, 1});
  CHECK(trailing_timesteps(steps, 4).back() == steps / 4);
}

// Would catch an index of T (diffusers #10003: 1000 steps with offset 1), and no times at all.
TEST_CASE("timesteps: say what is wrong") {
  CHECK(complaint([] { (void)leading_timesteps(1000, 1000, 1); }) ==
        "out_of_range: alphabar::leading_timesteps: offset must be in 0..0, got 1");
  CHECK(complaint([] { (void)leading_timesteps(1000, 5, -1); }) ==
        "out_of_range: alphabar::leading_timesteps: offset must be in 0..199, got -1");
  CHECK(complaint([] { (void)trailing_timesteps(1000, 0); }) ==
        "invalid_argument: alphabar::trailing_timesteps: n must be in 1..1000, got 0");
  CHECK(complaint([] { (void)linspace_timesteps(10, 11); }) ==
        "invalid_argument: alphabar::linspace_timesteps: n must be in 1..10, got 11");
  CHECK(complaint([] { (void)linspace_timesteps(0, 1); }) ==
        "invalid_argument: alphabar::linspace_timesteps: steps must be >= 1, got 0");
}

}  // namespace timesteps_test
