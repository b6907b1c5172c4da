// SPDX-License-Identifier: MIT
#include "alphabar/oracle/detail/point_levels.hpp"

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "alphabar/sampler/sampler_plan.hpp"
#include "support/catch.hpp"

namespace point_levels_test {

using namespace alphabar;
using Level = TransitionKernel<double>;

// Would catch a bound of another size, and one of the two usual scales that is left out.
TEST_CASE("noise_of_start: that of the level, if the start is near one of two scales") {
  const auto noise = [](double start_scale) {
    return detail::noise_of_start(
        {.start_scale = start_scale, .calls = {{.level = Level::from_scales(0.75, 1)}}});
  };
  for (const double factor : {1.0, 1 + 0.9e-4, 1 - 0.9e-4}) {
    CHECK(noise(factor) == 1);
    CHECK(noise(1.25 * factor) == 1);
  }
  for (const double scale : {1 + 1.1e-4, 1 - 1.1e-4, 1.25 + 1.4e-4, 1.25 - 1.4e-4, 0.5, 80.0}) {
    CHECK(noise(scale) == scale);
  }
}

// Would catch a weight at another call, draws that are counted anew or not at all, and predictions
// that are not those of one point: 0.6 x_0 + 0.8 noise is the first level.
TEST_CASE("point_levels: signal and noise of each point, for a network that knows the data") {
  const auto check = [](const SamplerPlan& plan, std::vector<std::pair<double, double>> expected) {
    const auto levels = detail::point_levels(plan);
    REQUIRE(levels.size() == expected.size());
    for (std::size_t k = 0; k < levels.size(); ++k) {
      CAPTURE(k);
      CHECK_THAT(levels[k].signal, WithinAbs(expected[k].first, 1e-14));
      CHECK_THAT(levels[k].noise, WithinAbs(expected[k].second, 1e-14));
    }
  };
  SamplerPlan plan{.prediction = Prediction::x0, .start_scale = 2};
  plan.calls.resize(3);
  for (SamplerCall& call : plan.calls) call.level = Level::from_scales(0.6, 0.8);
  plan.start = {.x = -1, .draws = {1.5}, .new_draws = 1};
  plan.calls[0].step = {.x = 0.5, .predictions = {0.25}, .draws = {0, 0.5}, .new_draws = 1};
  plan.calls[1].step = {.x = 2, .predictions = {0.25, 0.5}, .draws = {3, 1}, .new_draws = 1};
  plan.calls[2].step = {.x = 1, .predictions = {0, 0, 1}};
  // start: 0.6 x_0, noise −2 and 1.5 z_0; then z_0 again with 0.5, z_1 with 0, ...
  const double noise_1 = std::hypot(1, 0.75 + 0.5);
  const double noise_2 = std::hypot(2, 2.5, std::hypot(3, 1));
  check(plan, {{-0.6, 2.5}, {-0.05, noise_1}, {0.65, noise_2}, {1.65, noise_2}});
  plan.prediction = Prediction::noise;
  plan.start_scale = 0.8;
  plan.start = {};
  plan.calls[0].step = {.x = 1, .predictions = {-0.5}};
  plan.calls[1].step = {.x = 2, .predictions = {1, -1}};
  plan.calls[2].step = {.x = 1};
  // the noise of 0.6 x_0 + 0.3 ε, given x_0, is 0.375
  check(plan, {{0.6, 0.8}, {0.6, 0.3}, {1.2, std::abs(0.6 + 0.375 - 1)}, {1.2, 0.025}});
}

}  // namespace point_levels_test
