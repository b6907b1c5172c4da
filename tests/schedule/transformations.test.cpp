// SPDX-License-Identifier: MIT
#include "alphabar/schedule/transformations.hpp"

#include <cmath>
#include <vector>

#include "alphabar/schedule/alpha_bar_schedules.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace transformations_test {

using namespace alphabar;
using test::complaint;
using test::infinity;

// Would catch the patch ᾱ_T = 2⁻²⁴, and an infinity or NaN anywhere but in the logarithms.
TEST_CASE("zero_terminal_snr: known numbers, and everything finite or a defined limit") {
  const auto scaled = zero_terminal_snr(scaled_linear_schedule());
  CHECK_THAT(scaled.alpha_bar(1), WithinRel(0.99915, 1e-15));
  CHECK_THAT(scaled.alpha_bar(501), WithinRel(0.241018782757316, 1e-14));
  CHECK_THAT(scaled.alpha_bar(999), WithinRel(1.96788805662e-7, 1e-11));
  const auto linear = zero_terminal_snr(linear_schedule());
  CHECK_THAT(linear.alpha_bar(501), WithinRel(0.0752462157043267, 1e-14));
  CHECK_THAT(linear.alpha_bar(999), WithinRel(4.213262465e-9, 1e-9));

  CHECK(linear.alpha_bar(1000) == 0);
  CHECK(linear.one_minus_alpha_bar(1000) == 1);
  CHECK(linear.beta(1000) == 1);
  CHECK(linear.snr(1000) == 0);
  CHECK(linear.log_snr(1000) == -infinity);
  CHECK(linear.sigma(1000) == infinity);
  CHECK(linear.transition(400, 1000) == TransitionKernel(0, 1));
  const auto posterior = linear.posterior(999, 1000);  // x_T does not depend on x_0
  CHECK(posterior.xt_scale() == 0);
  CHECK(posterior.x0_scale() == linear.sqrt_alpha_bar(999));
  CHECK(posterior.variance() == linear.one_minus_alpha_bar(999));
  for (Index t = 1; t < 1000; ++t) {
    REQUIRE(std::isfinite(linear.log_snr(t)));
    REQUIRE(linear.beta(t) < 1);
  }
}

// Would catch a square root of what two roundings leave of a step, less than nothing.
TEST_CASE("transformations: a step that is lost beside the noise before it") {
  const auto with_step = [](double beta) { return NoiseSchedule<>::from_betas({0.15, beta, 0.1}); };
  for (int k = 0; k < 40; ++k) {
    const double beta = std::ldexp(1.0 + k / 64.0, -110);
    for (const auto& schedule :
         {zero_terminal_snr(with_step(beta)), shift_snr(with_step(beta), 0.7)}) {
      CAPTURE(beta);
      CHECK(schedule.beta(2) >= 0);
      CHECK(schedule.beta(2) < 1e-31);
      CHECK(schedule.step(2).noise_scale() >= 0);
    }
  }
  CHECK(laplace_schedule(1000, 1, 1e-30).beta(500) < 1e-29);
}

TEST_CASE(
    "zero_terminal_snr: a schedule that ends at 0 is unchanged, an impossible one is refused") {
  const auto once = zero_terminal_snr(linear_schedule(10));
  const auto twice = zero_terminal_snr(once);
  for (Index t = 0; t <= 10; ++t) CHECK(twice.alpha_bar(t) == once.alpha_bar(t));
  CHECK(complaint([] { (void)zero_terminal_snr(constant_schedule(1, 0.5)); }) ==
        "invalid_argument: alphabar::zero_terminal_snr: alpha_bar(steps) must be less than "
        "alpha_bar(1), got 0.5");
}

// Would catch √ᾱ_t − √ᾱ_T where all ᾱ are next to 1, and 0/0 where the last steps add nothing.
TEST_CASE("zero_terminal_snr: a schedule that hardly moves, and one that stops") {
  const auto slow = zero_terminal_snr(constant_schedule(1000, 1e-18));
  CHECK_THAT(slow.sqrt_alpha_bar(500), WithinRel(500.0 / 999, 1e-14));
  const auto stopping = zero_terminal_snr(NoiseSchedule<>::from_betas({0.1, 0.5, 0.0, 0.0}));
  CHECK(stopping.alpha_bar(1) == 0.9);
  for (const Index t : {2, 3, 4}) CHECK(stopping.alpha_bar(t) == 0);
}

// Would catch a wrong power of 2 of those that keep ᾱ within the range of double: the second table
// has one at its last time alone, the third at all times.
TEST_CASE("zero_terminal_snr: a table of small alpha_bar") {
  for (const double scale : {1e-100, 1e-154, 1e-200}) {
    CAPTURE(scale);
    const auto schedule =
        zero_terminal_snr(NoiseSchedule<>::from_alpha_bars({2 * scale, scale, scale / 2}));
    const double middle = std::sqrt(2) * (1 - std::sqrt(0.5)) / (std::sqrt(2) - std::sqrt(0.5));
    CHECK_THAT(schedule.alpha_bar(1), WithinRel(2 * scale, 1e-14));
    CHECK_THAT(schedule.alpha_bar(2), WithinRel(middle * middle * scale, 1e-14));
    CHECK(schedule.alpha_bar(3) == 0);
  }
}

// Would catch a shift of the amplitude instead of the power, and one that moves infinite ends.
TEST_CASE("shift_snr: SNR times the factor, ends included") {
  const auto schedule = NoiseSchedule<>::from_betas({0.0, 0.25, 0.5, 1.0, 0.5});
  const auto shifted = shift_snr(schedule, 4);
  CHECK(shifted.log_snr(1) == infinity);
  CHECK(shifted.snr(2) == 12);
  CHECK(shifted.alpha_bar(2) == 12.0 / 13);
  CHECK_THAT(shifted.snr(3), WithinRel(4 * schedule.snr(3), 1e-15));
  CHECK(shifted.alpha_bar(4) == 0);
  CHECK(shifted.transition(4, 5) == schedule.transition(4, 5));
  // CogVideoX: ᾱ / (3 + (1 − 3) ᾱ)
  CHECK_THAT(shift_snr(linear_schedule(), 1.0 / 3).alpha_bar(100),
             WithinRel(0.89701814567496036372 / (3 - 2 * 0.89701814567496036372), 1e-15));
  for (const double factor : {0.0, -1.0, infinity, test::nan}) {
    CHECK_THROWS_AS(shift_snr(schedule, factor), std::invalid_argument);
  }
}

// Would catch a ᾱ that is multiplied up again from respaced β's, and lost β = 1.
TEST_CASE("respace: exactly the numbers of the schedule") {
  const auto schedule = linear_schedule();
  const std::vector<Index> times{1, 101, 201, 202, 1000};
  const auto respaced = respace(schedule, times);
  REQUIRE(respaced.steps() == 5);
  for (std::size_t k = 0; k < times.size(); ++k) {
    const auto here = static_cast<Index>(k) + 1;
    CHECK(respaced.alpha_bar(here) == schedule.alpha_bar(times[k]));
    CHECK(respaced.one_minus_alpha_bar(here) == schedule.one_minus_alpha_bar(times[k]));
    CHECK(respaced.log_snr(here) == schedule.log_snr(times[k]));
    CHECK(respaced.step(here) == schedule.transition(k == 0 ? 0 : times[k - 1], times[k]));
  }

  CHECK(respace(schedule, {1, 10, 100}).alpha_bar(3) == schedule.alpha_bar(100));

  const auto erasing = NoiseSchedule<>::from_betas({0.5, 1.0, 0.25, 0.5, 0.75});
  const auto shorter = respace(erasing, std::vector<Index>{1, 3, 5});
  CHECK(shorter.step(2) == TransitionKernel(0, 1));
  CHECK(shorter.step(3) == erasing.transition(3, 5));
  CHECK(respace(erasing, std::vector<Index>{3, 5}).step(2) == erasing.transition(3, 5));
}

TEST_CASE("respace: says what is wrong with the times") {
  const auto schedule = linear_schedule(10);
  const auto said = [&](std::vector<Index> times) {
    return complaint([&] { (void)respace(schedule, times); });
  };
  CHECK(said({}) ==
        "invalid_argument: alphabar::respace: increasing_times must hold at least one value, "
        "got 0");
  CHECK(said({2, 2}) ==
        "invalid_argument: alphabar::respace: increasing_times[1] must be later than the time "
        "before it, got 2");
  CHECK(said({0, 2}) ==
        "out_of_range: alphabar::respace: increasing_times[0] must be in 1..10, got 0");
  CHECK(said({9, 11}) ==
        "out_of_range: alphabar::respace: increasing_times[1] must be in 1..10, got 11");
}

// Would catch differences of roots that are rounded to the same: ᾱ'_1 > 1, and 0 for what is left.
TEST_CASE("zero_terminal_snr: where the roots of the first and the last time hardly differ") {
  const auto tiny = zero_terminal_snr(NoiseSchedule<>::from_betas({1e-20, 1e-20, 1e-20}));
  CHECK(tiny.alpha_bar(1) == 1);
  CHECK(tiny.one_minus_alpha_bar(1) == 1e-20);
  CHECK(tiny.alpha_bar(2) == 0.25);
  CHECK(tiny.one_minus_alpha_bar(2) == 0.75);
  CHECK(tiny.alpha_bar(3) == 0);
  const auto last = zero_terminal_snr(NoiseSchedule<>::from_betas({0.1, 0.1, 1e-40}));
  CHECK_THAT(last.alpha_bar(2), WithinRel(7.6896673571045787e-79, 4e-16));
  CHECK(last.one_minus_alpha_bar(2) == 1);
}

// Would catch a logarithm taken as the difference of those of two powers: 12 ulp. The reference has
// 50 digits.
TEST_CASE("shift_snr: log SNR next to 0 after a shift by 150 orders") {
  const auto shifted = shift_snr(exponential_schedule(97, 700), 1e150);
  CHECK_THAT(shifted.log_snr(50), WithinRel(-15.43697831893438453, 3e-16));
  CHECK_THAT(shifted.log_snr(51), WithinRel(-22.653473164295209272, 3e-16));
  const auto subnormal = shift_snr(NoiseSchedule<>::from_betas({1e-160, 0.5}), 1e150);
  CHECK(subnormal.one_minus_alpha_bar(1) == 1e-310);
  CHECK_THAT(subnormal.log_snr(1), WithinRel(713.80137882815416204, 1e-14));
}

}  // namespace transformations_test
