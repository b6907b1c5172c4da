// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <limits>

#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "alphabar/schedule/transformations.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace fractional_time_test {

using namespace alphabar;
using test::complaint;
using test::infinity;

constexpr double unit = std::numeric_limits<double>::epsilon() / 2;

// Would catch an interpolation in another scale: in σ or ᾱ the value half way is another one.
TEST_CASE("fractional time: log SNR is linear between whole times") {
  const auto schedule = linear_schedule();
  CHECK(schedule.log_snr_at(500) == schedule.log_snr(500));
  CHECK_THAT(schedule.log_snr_at(500.25),
             WithinRel(0.75 * schedule.log_snr(500) + 0.25 * schedule.log_snr(501), 1e-15));
  CHECK_THAT(schedule.sigma_at(500.5),
             WithinRel(std::sqrt(schedule.sigma(500) * schedule.sigma(501)), 1e-15));
  for (const double t : {1.0, 1.5, 250.3, 999.999, 1000.0}) {
    const double snr = std::exp(schedule.log_snr_at(t));
    CHECK_THAT(schedule.alpha_bar_at(t), WithinRel(snr / (1 + snr), 1e-15));
    CHECK_THAT(schedule.one_minus_alpha_bar_at(t), WithinRel(1 / (1 + snr), 1e-15));
    CHECK_THAT(schedule.alpha_bar_at(t) + schedule.one_minus_alpha_bar_at(t),
               WithinRel(1.0, 1e-15));
  }
  for (Index t = 1; t <= 1000; ++t) {
    const double tolerance = (4 + std::abs(schedule.log_snr(t))) * 2 * unit;
    const auto at = static_cast<double>(t);
    REQUIRE_THAT(schedule.alpha_bar_at(at), WithinRel(schedule.alpha_bar(t), tolerance));
    REQUIRE_THAT(schedule.one_minus_alpha_bar_at(at),
                 WithinRel(schedule.one_minus_alpha_bar(t), tolerance));
  }
}

// Would catch a way back in another scale than the way there (diffusers: linear in σ there, in
// log σ back), and a search that is off by one.
TEST_CASE("fractional time: time_of_log_snr inverts log_snr_at") {
  for (const auto& schedule : {linear_schedule(), cosine_schedule(), linear_schedule(2)}) {
    const NoiseStream<double> noise(11);
    const auto last = static_cast<double>(schedule.steps());
    for (std::uint64_t k = 0; k < 2000; ++k) {
      const double t = 1 + (last - 1) * 0.5 * std::erfc(noise(k) / std::sqrt(2.0));
      const double log_snr = schedule.log_snr_at(t);
      const double back = schedule.time_of_log_snr(log_snr);
      const auto s = static_cast<Index>(std::fmin(t, last - 1));
      const double left = schedule.log_snr(s);
      const double right = schedule.log_snr(s + 1);
      const double largest = std::fmax(std::abs(left), std::abs(right));
      REQUIRE(std::abs(schedule.log_snr_at(back) - log_snr) <=
              unit * (8 * largest + 2 * t * (left - right)));
      REQUIRE(std::abs(back - t) <= 8 * unit * (t + largest / (left - right)));
    }
    for (Index t = 1; t <= schedule.steps(); ++t) {
      REQUIRE(schedule.time_of_log_snr(schedule.log_snr(t)) == static_cast<double>(t));
    }
  }
}

// Would catch a bound without the rounding of t, which dominates where log SNR crosses
// 0, and a bound far above the error.
TEST_CASE("fractional time: the inverse where log SNR crosses 0") {
  double worst = 0;
  for (const auto& schedule : {linear_schedule(), cosine_schedule(), linear_schedule(2000)}) {
    const auto s = static_cast<Index>(schedule.time_of_log_snr(0));
    const double left = schedule.log_snr(s);
    const double right = schedule.log_snr(s + 1);
    const double largest = std::fmax(std::abs(left), std::abs(right));
    for (int k = 1; k < 1000; ++k) {
      const double log_snr = left + (right - left) * k / 1000;
      const double back = schedule.time_of_log_snr(log_snr);
      const double off = std::abs(schedule.log_snr_at(back) - log_snr) / unit;
      REQUIRE(off <= 8 * largest + 2 * back * (left - right));
      worst = std::fmax(worst, off / largest);
    }
  }
  CHECK(worst > 8);
}

// Would catch ends of a table that it does not take back itself: 132 of these T by σ.
TEST_CASE("fractional time: the ends of a table as its own accessors give them") {
  for (Index steps = 10; steps < 2000; ++steps) {
    const auto schedule = linear_schedule(steps);
    const auto last = static_cast<double>(steps);
    REQUIRE(std::abs(schedule.time_of_log_snr(-2 * std::log(schedule.sigma(steps))) - last) <=
            1e-12 * last);
    REQUIRE(std::abs(schedule.time_of_log_snr(-2 * std::log(schedule.sigma(1))) - 1) <= 1e-12);
    const auto in_floats = [&](Index t) {
      const double log_snr = schedule.log_snr(t);
      const auto sigma = static_cast<float>(schedule.sigma(t));
      for (const float end : {static_cast<float>(log_snr), -2 * std::log(sigma)}) {
        REQUIRE(std::abs(schedule.time_of_log_snr(double{end}) - static_cast<double>(t)) <=
                (2 + std::abs(log_snr)) * 0x1p-22 * 1e3);
      }
    };
    in_floats(steps);
    in_floats(1);
  }
  const auto erased = zero_terminal_snr(linear_schedule(10));
  CHECK(erased.time_of_log_snr(erased.log_snr(9) - 1e-7) == 9);
  CHECK(erased.time_of_log_snr(erased.log_snr(1) + 1e-7) == 1);
  CHECK_THROWS_AS(erased.time_of_log_snr(erased.log_snr(9) - 1e-5), std::out_of_range);
  CHECK_THROWS_AS(erased.time_of_log_snr(erased.log_snr(1) + 1e-5), std::out_of_range);
  const double rounding = (2 + std::abs(erased.log_snr(9))) * 0x1p-23;
  CHECK(erased.time_of_log_snr(erased.log_snr(9) - 0.9 * rounding) == 9);
  CHECK_THROWS_AS(erased.time_of_log_snr(erased.log_snr(9) - 1.1 * rounding), std::out_of_range);
}

// Would catch NaN from ∞ − ∞, and a number where none is defined.
TEST_CASE("fractional time: infinite ends") {
  const auto schedule = zero_terminal_snr(linear_schedule(10));
  CHECK(schedule.log_snr_at(0) == infinity);
  CHECK(schedule.alpha_bar_at(0) == 1);
  CHECK(schedule.log_snr_at(10) == -infinity);
  CHECK(schedule.alpha_bar_at(10) == 0);
  CHECK(schedule.sigma_at(10) == infinity);
  CHECK(schedule.time_of_log_snr(schedule.log_snr(9)) == 9);
  CHECK(complaint([&] { (void)schedule.log_snr_at(9.5); }) ==
        "invalid_argument: alphabar::NoiseSchedule::log_snr_at: t must be whole, or between two "
        "times of finite log SNR, got 9.5");
  CHECK(complaint([&] { (void)schedule.log_snr_at(0.5); }) ==
        "invalid_argument: alphabar::NoiseSchedule::log_snr_at: t must be whole, or between two "
        "times of finite log SNR, got 0.5");
  CHECK(complaint([&] { (void)schedule.log_snr_at(test::nan); }) ==
        "out_of_range: alphabar::NoiseSchedule::log_snr_at: t must be in [0, 10], got nan");
  CHECK_THROWS_AS(schedule.log_snr_at(-0.5), std::out_of_range);
  CHECK_THROWS_AS(schedule.log_snr_at(10.5), std::out_of_range);
  CHECK(schedule.time_of_log_snr(infinity) == 0);
  CHECK(schedule.time_of_log_snr(-infinity) == 10);
  CHECK(constant_schedule(5, 1.0).time_of_log_snr(-infinity) == 1);
  CHECK(NoiseSchedule<>::from_alpha_bars({0.5, 1e-310}).alpha_bar_at(2) > 0);
  CHECK_THROWS_AS(schedule.time_of_log_snr(1e3), std::out_of_range);
  CHECK_THROWS_AS(schedule.time_of_log_snr(-1e3), std::out_of_range);
  CHECK_THROWS_AS(schedule.time_of_log_snr(test::nan), std::out_of_range);

  const auto flat = NoiseSchedule<>::from_betas({0.5, 0.0, 0.0, 0.5});
  CHECK(flat.time_of_log_snr(flat.log_snr(3)) == 1);
}

// Would catch a table from rounded ᾱ's: log SNR would not come back.
TEST_CASE("NoiseSchedule::from_log_snrs: returns what was given") {
  const auto schedule = NoiseSchedule<>::from_log_snrs({700.0, 20.0, 1e-10, 0.0, -3.0, -600.0});
  for (const auto& [t, given] :
       {std::pair{1, 700.0}, {2, 20.0}, {3, 1e-10}, {5, -3.0}, {6, -600.0}}) {
    CHECK_THAT(schedule.log_snr(t), WithinRel(given, 1.2 * 2 * unit));
  }
  CHECK(schedule.log_snr(4) == 0);
  CHECK(schedule.alpha_bar(4) == 0.5);
  CHECK_THAT(schedule.one_minus_alpha_bar(1), WithinRel(std::exp(-700.0), 1e-13));
  const auto ends = NoiseSchedule<>::from_log_snrs({infinity, 0.0, -infinity});
  CHECK(ends.beta(1) == 0);
  CHECK(ends.beta(2) == 0.5);
  CHECK(ends.beta(3) == 1);
  CHECK(complaint([] {
          (void)NoiseSchedule<>::from_log_snrs({0.0, 1.0});
        }) ==
        "invalid_argument: alphabar::NoiseSchedule::from_log_snrs: log_snrs[1] must not be greater "
        "than the value before it, got 1");
  CHECK(complaint([] {
          (void)NoiseSchedule<>::from_log_snrs({-infinity, -infinity});
        }) ==
        "invalid_argument: alphabar::NoiseSchedule::from_log_snrs: log_snrs[0] must be > -inf "
        "before the last step, got -inf");
  CHECK(complaint([] { (void)NoiseSchedule<>::from_log_snrs({800.0}); }) ==
        "invalid_argument: alphabar::NoiseSchedule::from_log_snrs: log_snrs[0] must be in "
        "[-700, 700] or infinite, got 800");
}

}  // namespace fractional_time_test
