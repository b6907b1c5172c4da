// SPDX-License-Identifier: MIT
//
// Known problems of other libraries, each as a test that this library does not have it. Indices in
// Python are k = t − 1.
#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace known_pains_test {

using namespace alphabar;
using test::complaint;

std::vector<NoiseSchedule<>> all_schedules(Index steps = 1000) {
  return {linear_schedule(steps),
          scaled_linear_schedule(steps),
          cosine_schedule(steps),
          sigmoid_schedule(steps),
          exponential_schedule(steps),
          sigmoid_alpha_bar_schedule(steps),
          laplace_schedule(steps),
          constant_schedule(steps, 0.01),
          zero_terminal_snr(linear_schedule(steps))};
}

TEST_CASE("pain: candle, diffusers-rs: integer division leaves one step of the cosine") {
  const auto schedule = cosine_schedule();
  for (Index t = 1; t <= 1000; ++t) REQUIRE(schedule.beta(t) > 0);
  CHECK_THAT(schedule.alpha_bar(100), WithinRel(0.97209273711396917433, 1e-15));
}

TEST_CASE("pain: openvino.genai: the betas stop one short of the end") {
  CHECK(linear_schedule().beta(1000) == 0.02);
  CHECK_THAT(linear_schedule().alpha_bar(1000), WithinRel(0.000040358297653756833148, 1e-15));
  CHECK_THAT(scaled_linear_schedule().sigma(1000), WithinRel(14.614641229333635971, 1e-15));
}

TEST_CASE("pain: openvino.genai, diffusers: trailing spacing has a time too many") {
  for (const Index n : {9, 11, 12, 18, 21, 22, 30, 31, 61, 103, 121, 122, 201, 206}) {
    CHECK(std::ssize(trailing_timesteps(1000, n)) == n);
    CHECK(trailing_timesteps(1000, n).back() >= 1);
  }
}

TEST_CASE("pain: openvino.genai: halves are rounded away from zero") {
  CHECK(trailing_timesteps(1000, 16).back() == 62);  // 62.5
}

TEST_CASE("pain: diffusers #14569: the logarithm of a variance is NaN") {
  for (const auto& schedule : all_schedules()) {
    for (Index t = 1; t <= schedule.steps(); ++t) {
      REQUIRE_FALSE(std::isnan(std::log(schedule.beta(t))));
      REQUIRE_FALSE(std::isnan(schedule.posterior(t - 1, t).log_variance()));
    }
  }
}

TEST_CASE("pain: diffusers' laplace: the SNR of the middle is not 1") {
  CHECK(laplace_schedule().snr(500) == 1);
}

TEST_CASE("pain: diffusers: a time is not what its sigma leads back to") {
  const auto schedule = scaled_linear_schedule();
  for (const double t : {1.5, 17.25, 500.1, 999.9}) {
    CHECK_THAT(schedule.time_of_log_snr(-2 * std::log(schedule.sigma_at(t))), WithinRel(t, 1e-12));
  }
}

TEST_CASE("pain: stable-diffusion.cpp: a grid of one level is NaN") {
  CHECK(karras_sigmas(1, 0.03, 14.6) == std::vector<double>{14.6});
  CHECK(exponential_sigmas(1, 0.03, 14.6) == std::vector<double>{14.6});
}

TEST_CASE("pain: axodox, diffusers PR #635: user-supplied betas are refused or ignored") {
  const auto schedule = NoiseSchedule<>::from_betas({0.1, 0.3});
  CHECK_THAT(schedule.alpha_bar(1), WithinRel(0.9, 1e-15));
  CHECK_THAT(schedule.alpha_bar(2), WithinRel(0.63, 1e-15));
}

TEST_CASE("pain: ddim_scheduler_cpp: a deviation where a variance belongs") {
  const auto schedule = linear_schedule();
  for (const Index s : {1, 100, 400, 980}) {
    const auto back = schedule.posterior(s, s + 20);  // keeps q(x_s | x_0)
    const double variance =
        back.xt_scale() * back.xt_scale() * schedule.one_minus_alpha_bar(s + 20) + back.variance();
    CHECK_THAT(variance, WithinRel(schedule.one_minus_alpha_bar(s), 1e-14));
  }
}

TEST_CASE("pain: Stable-Diffusion-NCNN: only a thousand different noises") {
  CHECK(NoiseStream<>(0)(0) != NoiseStream<>(1000)(0));
  CHECK(NoiseStream<>(7)(0) != NoiseStream<>(7 + (std::uint64_t{1} << 40))(0));
}

TEST_CASE("pain: diffusers: a schedule here, its rescaling there, never both") {
  for (const auto& schedule : all_schedules()) {
    CHECK(zero_terminal_snr(schedule).alpha_bar(1000) == 0);
    CHECK(respace(shift_snr(schedule, 0.5), std::array{1, 500, 1000}).steps() == 3);
  }
}

TEST_CASE("pain 2.1: diffusers #3056, PR #3005: alpha_bar of float or half is 1 for small t") {
  CHECK(linear_schedule<float>().one_minus_alpha_bar(1) == 1e-4F);
  CHECK(cosine_schedule<float>().one_minus_alpha_bar(1) == 4.1284224821777802e-5F);
  CHECK(std::isfinite(linear_schedule<float>().snr(1)));
}

TEST_CASE("pain 2.1: diffusers PR #9004: bfloat16 data get no noise") {
  std::vector<Eigen::bfloat16> x(4096, Eigen::bfloat16(0));
  for (Index t = 1; t <= 10; ++t) {
    add_noise(linear_schedule().transition(0, t), x, NoiseStream(1), x);
    Index changed = 0;
    for (const Eigen::bfloat16 value : x) changed += value != Eigen::bfloat16(0);
    CHECK(changed == std::ssize(x));
  }
}

TEST_CASE("pain 2.2: diffusers #3851, #5103: epsilon at zero terminal SNR is a silent infinity") {
  const auto last = zero_terminal_snr(linear_schedule()).transition(0, 1000);
  CHECK_THROWS_AS(PredictionConversion(last, Prediction::noise, Prediction::x0),
                  std::invalid_argument);
  const PredictionConversion from_velocity(last, Prediction::velocity, Prediction::x0);
  CHECK(from_velocity(5.0, 0.25) == -0.25);  // v = −x_0 there
}

TEST_CASE("pain 2.2: Min-SNR #2, SimpleTuner #187: a weight divides by an SNR of 0") {
  for (const auto target : {Prediction::noise, Prediction::x0, Prediction::velocity}) {
    CHECK(std::isfinite(min_snr_weight(0.0, target)));
    CHECK(std::isfinite(min_snr_weight(test::infinity, target)));
  }
}

TEST_CASE("pain 2.3: MONAI #489: the cosine starts at alpha_bar = 1 and divides by 0") {
  for (const Index steps : {1, 2, 10, 1000}) {
    const auto schedule = cosine_schedule(steps);
    CHECK(schedule.one_minus_alpha_bar(1) > 0);
    CHECK(std::isfinite(schedule.posterior(0, 1).x0_scale()));
    CHECK(std::isfinite(schedule.snr(steps)));
  }
}

TEST_CASE("pain 2.4: guided-diffusion #137, imagen-pytorch #161: few steps, betas above 1") {
  CHECK(complaint([] { (void)rescaled_linear_schedule(10); }) ==
        "invalid_argument: alphabar::rescaled_linear_schedule: beta_last * 1000 / steps must be in "
        "[0, 1], got 2");
  for (const auto& schedule : all_schedules(10)) {
    CHECK(schedule.alpha_bar(10) >= 0);
    CHECK(schedule.alpha_bar(10) < 1);
  }
}

TEST_CASE("pain 2.4: DiffRec #2, diffusers: invalid betas are accepted") {
  CHECK_THROWS_AS(NoiseSchedule<>::from_betas({0.1, -0.1}), std::invalid_argument);
  CHECK_THROWS_AS(linear_schedule(1000, 1e-4, 2), std::invalid_argument);
}

TEST_CASE("pain 2.5: diffusers #444, #465, #10003: a time beyond the table") {
  for (const Index n : {3, 9, 27}) CHECK(leading_timesteps(1000, n, 1).front() <= 1000);
  CHECK_THROWS_AS(leading_timesteps(1000, 1000, 1), std::out_of_range);
}

TEST_CASE("pain 2.5: diffusers #9261, #11347: the previous time is not the one before") {
  const auto schedule = linear_schedule();
  const std::vector<Index> decreasing = linspace_timesteps(1000, 10);
  const auto ten = respace(schedule, std::vector<Index>(decreasing.rbegin(), decreasing.rend()));
  for (Index k = 1; k <= 10; ++k) {
    const Index t = decreasing[static_cast<std::size_t>(10 - k)];
    const Index before = k == 1 ? 0 : decreasing[static_cast<std::size_t>(11 - k)];
    CHECK(ten.step(k) == schedule.transition(before, t));
  }
}

TEST_CASE("pain 2.6: diffusers #6117, #1064, #7406: a time that is no member of a list") {
  const auto schedule = linear_schedule();
  CHECK(schedule.alpha_bar_at(749.2) < schedule.alpha_bar(749));
  CHECK(schedule.alpha_bar_at(749.2) > schedule.alpha_bar(750));
}

TEST_CASE("pain 2.6: diffusers PR #6155, #9519: noise depends on what was called before") {
  const auto kernel = linear_schedule().transition(0, 500);
  std::array<double, 2> once{};
  std::array<double, 2> again{};
  add_noise(kernel, std::array{1.0, 2.0}, NoiseStream(3), once);
  (void)leading_timesteps(1000, 50);
  add_noise(kernel, std::array{1.0, 2.0}, NoiseStream(3), again);
  CHECK(once == again);
  CHECK(once[0] != kernel.signal_scale());
}

TEST_CASE("pain 2.7: diffusers #5654, recurrent-interface-network #11: min-SNR of a velocity") {
  CHECK(min_snr_weight(24.0, Prediction::velocity, 5) == 5.0 / 25);
  CHECK(min_snr_weight(24, Prediction::velocity, 5) == 5.0 / 25);
  CHECK(min_snr_weight(24.0, Prediction::noise, 5) == 5.0 / 24);
  CHECK(min_snr_weight(0.25, Prediction::x0, 5) == 0.25);
}

TEST_CASE("pain 2.8: diffusers PR #13141, k-diffusion-inverse-problems #1: bad variances") {
  for (const auto& schedule : all_schedules()) {
    CHECK(schedule.posterior(0, 1).variance() == 0);
    for (Index t = 1; t <= schedule.steps(); ++t) {
      const double variance = schedule.posterior(t - 1, t).variance();
      REQUIRE(variance >= 0);
      REQUIRE(variance <= schedule.beta(t));
    }
  }
}

TEST_CASE("pain 2.9: diffusers #1784, #25: one time for a whole batch") {
  const auto schedule = linear_schedule();
  const Eigen::MatrixXd x0{{1.0, -2.0, 3.0}, {0.5, 0.25, -0.125}};
  const std::array<Index, 3> times{0, 500, 1000};
  Eigen::MatrixXd batch(2, 3);
  add_noise(schedule, x0, times, NoiseStream(5), batch);
  for (Index j = 0; j < 3; ++j) {
    Eigen::VectorXd one(2);
    add_noise(schedule.transition(0, times[static_cast<std::size_t>(j)]), x0.col(j), NoiseStream(5),
              one, static_cast<std::uint64_t>(2 * j));
    CHECK(batch.col(j) == one);
  }
}

}  // namespace known_pains_test
