// SPDX-License-Identifier: MIT
#include "alphabar/oracle/detail/step_comparison.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "support/catch.hpp"

namespace step_comparison_test {

using namespace alphabar;

// Would catch the name of another weight where two differ by as much, names that count calls
// wrongly, and weights in terms of the prediction of the plan where the network has another.
TEST_CASE("StepComparison: the weight that is named is the one that is furthest off") {
  SamplerPlan plan{.prediction = Prediction::x0, .network = Prediction::x0};
  const auto level = TransitionKernel<double>::from_scales(0.8, 0.6);
  for (int k = 0; k < 3; ++k) plan.calls.push_back({.time = 1, .level = level});
  using Numbers = detail::StepNumbers;
  const auto worst = [&](const Numbers& claimed, const Numbers& found, bool of_prediction = false) {
    const auto finding =
        detail::StepComparison{plan, 2, claimed, found, 1e-9, detail::LevelScale::preserving}.worst(
            of_prediction);
    CHECK(finding.call == 2);
    return finding.coefficient + " " + detail::six_digits(finding.claimed) + " " +
           detail::six_digits(finding.found);
  };
  const Numbers claimed{0.5, {0.25, 1, 2}, 0.75};
  CHECK(worst(claimed, {0.5, {0.5, 1, 2}, 0.75}) == "the weight of the predicted x0 0.25 0.5");
  CHECK(worst(claimed, {0.5, {0.25, 1.5, 2}, 0.75}) ==
        "the weight of the predicted x0 of 1 call before 1 1.5");
  CHECK(worst(claimed, {0.5, {0.25, 1, 2.5, 0.25}, 0.75}) ==
        "the weight of the predicted x0 of 2 calls before 2 2.5");
  CHECK(worst(claimed, {0.5, {0.25, 1}, 0.75}) ==
        "the weight of the predicted x0 of 2 calls before 2 0");
  CHECK(worst(claimed, {0.75, {0.25, 1, 2}, 0.75}) == "the weight of x 0.5 0.75");
  CHECK(worst(claimed, {0.5, {0.25, 1, 2}, 1e-10}) == "the weight of the draws 0.75 0");
  CHECK(worst(claimed, {1, {0.5, 1, 2}, 0.25}) == "the weight of x 0.5 1");  // the first of two
  CHECK(worst(claimed, {1, {0.5, 1.25, 2}, 0.25}, true) ==
        "the weight of the predicted x0 0.25 0.5");
  // x = 0.8 x_0 + 0.6 noise: 0.25 x_0 is 0.3125 x and -0.1875 noise
  plan.network = Prediction::noise;
  CHECK(worst({0.5, {0.25}, 0}, {0.5, {0.5}, 0}) == "the weight of x 0.8125 1.125");
  CHECK(worst({0.5, {0.25}, 0}, {0.5, {0.5}, 0}, true) ==
        "the weight of the predicted noise -0.1875 -0.375");
  CHECK(worst({0.5, {0.25}, 0}, {0.5, {0.25, 1}, 0}) ==
        "the weight of the predicted x0 of 1 call before 0 1");
}

// Would catch a difference of large weights that is not relative to them, or that of small ones
// that is.
TEST_CASE("StepComparison: weights fit to the tolerance, relative to them above 1") {
  const SamplerPlan plan{.calls = {{.level = TransitionKernel<double>::from_scales(0.8, 0.6)}}};
  const auto fits = [&](const detail::StepNumbers& found, const detail::StepNumbers& wanted) {
    return detail::StepComparison{plan, 0, {}, found, 1e-9}.fits(wanted);
  };
  CHECK(fits({1e6, {1}, 0}, {1e6 + 0.9e-3, {1}, 0}));
  CHECK_FALSE(fits({1e6, {1}, 0}, {1e6 + 1.1e-3, {1}, 0}));
  CHECK(fits({1, {-1e6}, 0}, {1, {-1e6 + 0.9e-3}, 0}));
  CHECK(fits({1, {1}, 0.5}, {1, {1}, 0.5 + 0.9e-9}));
  CHECK_FALSE(fits({1, {1}, 0.5}, {1, {1}, 0.5 + 1.1e-9}));
}

// Would catch a level that is read at another call, a factor that divides, and a bound of another
// size on either side.
TEST_CASE("StepComparison: the end of a step, and the scale of its level") {
  SamplerPlan plan{.prediction = Prediction::score};
  using Level = TransitionKernel<double>;
  plan.calls = {{.level = Level::from_scales(1, 0)},
                {.level = Level::from_scales(0.75, 0.5)},
                {.level = Level::from_scales(0.5, 0.25)}};
  const auto end_of = [&](std::size_t call, const detail::StepNumbers& step) {
    const detail::StepComparison comparison{plan, call, {}, {}, 1e-9};
    const auto end = comparison.end_of(step);
    return end ? std::vector{end->signal, end->noise, end->drawn} : std::vector<double>{};
  };
  using List = std::vector<double>;
  // the score is minus the noise, divided by its scale
  CHECK(end_of(2, {2, {1, 0.5}, 0.125}) == List{1, 0.5 - 4 - 1, 0.125});
  CHECK(end_of(2, {2, {}, 1e-10}) == List{1, 0.5, 0});
  CHECK(end_of(2, {1e-10, {}, 3}) == List{0.5e-10, 0, 3});
  CHECK(end_of(1, {2, {1}, 0}) == List{1.5, 1 - 2, 0});
  CHECK(end_of(1, {2, {1, 1}, 0}).empty());  // a score of clean data
  CHECK(end_of(0, {2, {1}, 0}).empty());
  CHECK(end_of(0, {2, {}, 0}) == List{2, 0, 0});
  plan.prediction = Prediction::velocity;  // noise − x_0, in terms of both scales
  CHECK(end_of(0, {2, {1}, 0}) == List{2, 1, 0});
  CHECK(end_of(2, {2, {4}, 0}) == List{1 - 4 * 0.25, 0.5 + 4 * 0.5, 0});
  plan.prediction = Prediction::x0;
  CHECK(end_of(2, {0.5, {2, 4}, 0}) == List{6.25, 0.125, 0});

  const auto scale_of = [](double signal, double noise) {
    SamplerPlan of{.calls = {{.level = Level::from_scales(0.6, 0.8)},
                             {.level = Level::from_scales(signal, noise)}}};
    const auto scale = detail::scale_of(of);
    of.calls.erase(of.calls.begin());
    return std::pair(scale, detail::scale_of(of));
  };
  using Scale = detail::LevelScale;
  using Scales = std::pair<Scale, Scale>;
  CHECK(scale_of(0.8, 0.6) == Scales{Scale::preserving, Scale::preserving});
  CHECK(scale_of(0.8, 0.6 + 0.7e-9) == Scales{Scale::preserving, Scale::preserving});
  CHECK(scale_of(0.8, 0.6 + 1e-9) == Scales{Scale::other, Scale::other});
  CHECK(scale_of(1, 4) == Scales{Scale::other, Scale::exploding});
  CHECK(scale_of(1 + 0.4e-9, 4) == Scales{Scale::other, Scale::exploding});
  CHECK(scale_of(1 + 0.6e-9, 4) == Scales{Scale::other, Scale::other});
  CHECK(scale_of(0.75, 0.25) == Scales{Scale::other, Scale::straight});
  CHECK(scale_of(0.75, 0.25 + 0.9e-9) == Scales{Scale::other, Scale::straight});
  CHECK(scale_of(0.75, 0.25 - 1.1e-9) == Scales{Scale::other, Scale::other});

  const auto on_a_level = [&](Scale scale, double signal, double noise, double drawn) {
    return detail::StepComparison{plan, 0, {}, {}, 1e-9, scale}.on_a_level({signal, noise, drawn});
  };
  CHECK(on_a_level(Scale::preserving, 0.8, 0.36, 0.48));
  CHECK_FALSE(on_a_level(Scale::preserving, 0.8, 0.36, 0.49));
  CHECK_FALSE(on_a_level(Scale::preserving, 0.8, -0.36, 0.48));
  CHECK_FALSE(on_a_level(Scale::preserving, 0, 0.6, 0.8));
  CHECK(on_a_level(Scale::exploding, 1, 3, 4));
  CHECK_FALSE(on_a_level(Scale::exploding, 1.01, 3, 4));
  CHECK(on_a_level(Scale::straight, 0.5, 0.3, 0.4));
  CHECK_FALSE(on_a_level(Scale::straight, 0.5, 0.1, 0.4));
  CHECK_FALSE(on_a_level(Scale::other, 1, 0, 0));
}

}  // namespace step_comparison_test
