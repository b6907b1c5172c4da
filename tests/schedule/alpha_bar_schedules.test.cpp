// SPDX-License-Identifier: MIT
#include "alphabar/schedule/alpha_bar_schedules.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace alpha_bar_schedules_test {

using namespace alphabar;
using test::complaint;
using test::infinity;

// Would catch a time that is off by one, and the wrong end of the sigmoid.
TEST_CASE("alpha_bar schedules: known numbers") {
  const auto exponential = exponential_schedule();
  CHECK_THAT(exponential.beta(1), WithinRel(0.01192828713806947, 1e-15));
  CHECK_THAT(exponential.beta(1000), WithinRel(0.01192828713806947, 1e-15));
  CHECK_THAT(exponential.alpha_bar(1000), WithinRel(6.14421235332821e-6, 1e-14));

  const auto sigmoid = sigmoid_alpha_bar_schedule();
  CHECK_THAT(sigmoid.beta(1), WithinRel(3.0027919975e-4, 1e-10));
  CHECK_THAT(sigmoid.alpha_bar(500), WithinRel(0.5, 1e-15));
  CHECK(sigmoid.beta(1000) == 0.999);
  CHECK_THAT(sigmoid.alpha_bar(1000), WithinRel(3.0027919975e-7, 1e-10));

  CHECK(laplace_schedule().snr(500) == 1);
  CHECK_THAT(laplace_schedule().log_snr(250), WithinRel(0.5 * std::numbers::ln2, 1e-15));
  CHECK_THAT(laplace_schedule().log_snr(750), WithinRel(-0.5 * std::numbers::ln2, 1e-15));
}

// Would catch a formula that starts below 1 (cos² is 0.99984 at 0) and is not divided by its start.
TEST_CASE("schedule_from_alpha_bar: the cosine of guided-diffusion, from its function") {
  const auto squared_cosine = [](double x) {
    const double root = std::cos((x + 0.008) / 1.008 * std::numbers::pi / 2);
    return root * root;
  };
  const auto schedule = schedule_from_alpha_bar(1000, squared_cosine, 0.999);
  const auto exact = cosine_schedule();
  for (const Index t : {1, 100, 500, 999, 1000}) {
    CHECK_THAT(schedule.alpha_bar(t), WithinRel(exact.alpha_bar(t), 1e-11));
  }
  CHECK_THAT(exact.beta(1), WithinRel(0.000041284224821777802353, 1e-15));
}

// Would catch values that went through β on the way.
TEST_CASE("schedule_from_alpha_bar: returns the values of f bit for bit") {
  const auto f = [](double x) { return (1 - x) * (1 - x); };
  const auto schedule = schedule_from_alpha_bar(97, f);
  for (Index t = 0; t <= 97; ++t) CHECK(schedule.alpha_bar(t) == f(double(t) / 97.0));
  CHECK(schedule.beta(97) == 1);
}

// Would catch a bound of alpha_bar that is refused itself.
TEST_CASE("schedule_from_alpha_bar: a function may stay at 1 for a while") {
  const auto schedule = schedule_from_alpha_bar(4, [](double x) { return std::min(1.5 - x, 1.0); });
  CHECK(schedule.beta(2) == 0);
  CHECK(schedule.alpha_bar(2) == 1);
  CHECK(schedule.alpha_bar(3) == 0.75);
}

TEST_CASE("alpha_bar schedules: say what is wrong") {
  CHECK(complaint([] { (void)schedule_from_alpha_bar(4, [](double x) { return 1 - 2 * x; }); }) ==
        "invalid_argument: alphabar::schedule_from_alpha_bar: alpha_bar(2/4) must be > 0 before "
        "the last step, got 0");
  CHECK(complaint([] { (void)schedule_from_alpha_bar(2, [](double x) { return 0.5 + x / 4; }); }) ==
        "invalid_argument: alphabar::schedule_from_alpha_bar: alpha_bar(1/2) must not be greater "
        "than the value before it, got 0.625");
  CHECK(complaint([] { (void)schedule_from_alpha_bar(2, [](double x) { return 1 + x / 2; }); }) ==
        "invalid_argument: alphabar::schedule_from_alpha_bar: alpha_bar(1/2) must be in [0, 1], "
        "got 1.25");
  CHECK(complaint([] { (void)schedule_from_alpha_bar(2, [](double) { return test::nan; }); }) ==
        "invalid_argument: alphabar::schedule_from_alpha_bar: alpha_bar(0) must be in (0, 1], "
        "got nan");
  CHECK(complaint([] { (void)exponential_schedule(10, -1); }) ==
        "invalid_argument: alphabar::exponential_schedule: rate must be in [0, 700], got -1");
  CHECK(complaint([] { (void)sigmoid_alpha_bar_schedule(10, 3, -3); }) ==
        "invalid_argument: alphabar::sigmoid_alpha_bar_schedule: start must be less than end = -3, "
        "got 3");
  CHECK(complaint([] { (void)sigmoid_alpha_bar_schedule(10, 3, 3); }) ==
        "invalid_argument: alphabar::sigmoid_alpha_bar_schedule: start must be less than end = 3, "
        "got 3");
  const auto of_sigmoid = [](double start, double end, double tau) {
    return complaint([=] { (void)sigmoid_alpha_bar_schedule(10, start, end, tau); });
  };
  const std::string sigmoid = "invalid_argument: alphabar::sigmoid_alpha_bar_schedule: ";
  CHECK(of_sigmoid(-200, 3, 0.5) == sigmoid + "start / tau must be in [-300, 300], got -400");
  CHECK(of_sigmoid(-3, 200, 0.5) == sigmoid + "end / tau must be in [-300, 300], got 400");
  CHECK(of_sigmoid(0, 1e-150, 2) == sigmoid + "(end - start) / tau must be >= 1e-150, got 5e-151");
  CHECK(of_sigmoid(-3, 3, 0) == sigmoid + "tau must be in [1e-150, 1e150], got 0");
  CHECK(complaint([] { (void)laplace_schedule(10, 301); }) ==
        "invalid_argument: alphabar::laplace_schedule: mu must be in [-300, 300], got 301");
  CHECK(complaint([] { (void)laplace_schedule(10, 0, 21); }) ==
        "invalid_argument: alphabar::laplace_schedule: b must be in (0, 20], got 21");
  CHECK_THROWS_AS(sigmoid_alpha_bar_schedule(10, -3, 3, 0), std::invalid_argument);
  CHECK_THROWS_AS(sigmoid_alpha_bar_schedule(10, -infinity, 3), std::invalid_argument);
  CHECK_NOTHROW(sigmoid_alpha_bar_schedule(10, -300, 300));
  CHECK_NOTHROW(sigmoid_alpha_bar_schedule(10, 0, 1e-150));
  CHECK_THROWS_AS(laplace_schedule(10, test::nan), std::invalid_argument);
  CHECK_THROWS_AS(laplace_schedule(10, 0, 0), std::invalid_argument);
  CHECK_THROWS_AS(laplace_schedule(0), std::invalid_argument);
  CHECK(complaint([] { (void)rescaled_linear_schedule(10); }) ==
        "invalid_argument: alphabar::rescaled_linear_schedule: beta_last * 1000 / steps must be in "
        "[0, 1], got 2");
  CHECK(complaint([] { (void)constant_schedule(10, -0.5); }) ==
        "invalid_argument: alphabar::constant_schedule: beta must be in [0, 1], got -0.5");
}

TEST_CASE("rescaled_linear_schedule, constant_schedule: the formula") {
  CHECK(rescaled_linear_schedule(250).beta(1) == 4e-4);
  CHECK(rescaled_linear_schedule(250).beta(250) == 0.08);
  CHECK(rescaled_linear_schedule().beta(10) == linear_schedule().beta(10));
  CHECK(constant_schedule(3, 0.5).alpha_bar(3) == 0.125);
}

}  // namespace alpha_bar_schedules_test
