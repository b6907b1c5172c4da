// SPDX-License-Identifier: MIT
#include "alphabar/schedule/noise_schedule.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <list>
#include <span>
#include <utility>
#include <vector>

#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/special_values.hpp"

namespace noise_schedule_test {

using namespace alphabar;
using test::infinity;

// Would catch a shift by one, α for ᾱ, and a root too many or too few: known numbers, by hand.
TEST_CASE("NoiseSchedule: two steps by hand") {
  const auto schedule = NoiseSchedule<>::from_betas({0.75, 0.5});
  CHECK(schedule.steps() == 2);
  CHECK(schedule.beta(1) == 0.75);
  CHECK(schedule.beta(2) == 0.5);
  CHECK(schedule.alpha(1) == 0.25);
  CHECK(schedule.alpha(2) == 0.5);
  CHECK(schedule.alpha_bar(1) == 0.25);
  CHECK(schedule.alpha_bar(2) == 0.125);
  CHECK(schedule.one_minus_alpha_bar(2) == 0.875);
  CHECK(schedule.sqrt_alpha_bar(1) == 0.5);
  CHECK(schedule.sqrt_one_minus_alpha_bar(2) == std::sqrt(0.875));
  CHECK_THAT(schedule.log_alpha_bar(2), WithinRel(std::log(0.125), 1e-15));
  CHECK(schedule.snr(2) == 0.125 / 0.875);
  CHECK_THAT(schedule.log_snr(2), WithinRel(std::log(0.125 / 0.875), 1e-15));
  CHECK(schedule.sigma(2) == std::sqrt(7.0));
  CHECK(schedule.step(2) == TransitionKernel(0.5, 0.5));
  CHECK(schedule.transition(0, 2) == TransitionKernel(0.125, 0.875));
}

// Would catch a published table that is not ours: Ho et al., Rombach et al., Nichol and Dhariwal,
// recomputed with 40 digits from the decimal parameters, hence the tolerance.
TEST_CASE("NoiseSchedule: golden values") {
  const auto agree = [](double value, double golden) {
    CHECK_THAT(value, WithinRel(golden, 1e-13));
  };
  agree(linear_schedule().alpha_bar(1000), 0.000040358297653756833148);
  agree(linear_schedule().alpha_bar(500), 0.078587242881778237343);
  agree(linear_schedule().sigma(1000), 157.40728081040743305);
  agree(scaled_linear_schedule().alpha_bar(1000), 0.0046600985130772404039);
  agree(scaled_linear_schedule().sigma(1), 0.02916715815172006662);
  agree(scaled_linear_schedule().sigma(1000), 14.614641229333635971);
  agree(cosine_schedule().beta(1), 0.000041284224821777802353);
  agree(cosine_schedule().alpha_bar(1000), 2.428766907034468356e-9);
  agree(sigmoid_schedule().beta(1), 1.4920520081703202e-4);
  agree(sigmoid_schedule().alpha_bar(1000), 3.968181990533e-5);
}

// Would catch a logarithm of the high word alone where SNR is 1 but for its low word. The value is
// that of 300 bits.
TEST_CASE("NoiseSchedule: log SNR next to 0") {
  const auto schedule = NoiseSchedule<>::from_betas({0.2, 0.37500000000000006});
  CHECK(schedule.log_snr(2) == -2.0539125955565397e-16);
}

// Would catch -0, and the 0/0 of a schedule that divides by what it does not have yet.
TEST_CASE("NoiseSchedule: t = 0 is clean data") {
  const auto schedule = linear_schedule();
  CHECK(schedule.alpha_bar(0) == 1);
  CHECK(schedule.one_minus_alpha_bar(0) == 0);
  CHECK(schedule.sqrt_alpha_bar(0) == 1);
  CHECK(schedule.sqrt_one_minus_alpha_bar(0) == 0);
  CHECK(schedule.log_alpha_bar(0) == 0);
  CHECK_FALSE(std::signbit(schedule.log_alpha_bar(0)));
  CHECK(schedule.snr(0) == infinity);
  CHECK(schedule.log_snr(0) == infinity);
  CHECK(schedule.sigma(0) == 0);
  CHECK(schedule.transition(0, 0) == TransitionKernel());
}

// Would catch a kernel whose A is not the exact 1 - β_t, or whose B is anything but β_t itself.
TEST_CASE("NoiseSchedule: a step has exactly its beta") {
  for (const auto& schedule : {linear_schedule(), cosine_schedule()}) {
    for (Index t = 1; t <= schedule.steps(); ++t) {
      REQUIRE(schedule.step(t).noise_variance() == schedule.beta(t));
      REQUIRE(schedule.step(t).signal_power() == 1 - schedule.beta(t));
      REQUIRE(schedule.alpha(t) == 1 - schedule.beta(t));
      REQUIRE(schedule.step(t) == schedule.transition(t - 1, t));
    }
  }
}

// s -> u -> t must be s -> t: would catch a transition that takes its β's from beside the interval.
TEST_CASE("NoiseSchedule: transitions form a semigroup") {
  const auto betas = std::vector{0.1, 1e-9, 0.0, 0.5, 1.0, 1e-12, 1e-30, 0.25, 1e-3, 0.0, 0.9};
  const auto schedule = NoiseSchedule<>::from_betas(betas);
  for (Index s = 0; s <= schedule.steps(); ++s) {
    for (Index u = s; u <= schedule.steps(); ++u) {
      for (Index t = u; t <= schedule.steps(); ++t) {
        const auto whole = schedule.transition(s, t);
        const auto parts = schedule.transition(u, t) * schedule.transition(s, u);
        INFO("s = " << s << ", u = " << u << ", t = " << t);
        CHECK_THAT(parts.signal_power(), WithinRel(whole.signal_power(), 1e-15));
        CHECK_THAT(parts.noise_variance(), WithinRel(whole.noise_variance(), 1e-15));
        CHECK_THAT(parts.signal_scale(), WithinRel(whole.signal_scale(), 1e-15));
        CHECK_THAT(parts.noise_scale(), WithinRel(whole.noise_scale(), 1e-15));
      }
    }
  }
}

// Would catch noise at beta = 0, and 0/0 in SNR and σ where there is no noise.
TEST_CASE("NoiseSchedule: beta = 0 does nothing") {
  const auto schedule = NoiseSchedule<>::from_betas({0.0, 0.5, 0.0});
  CHECK(schedule.step(1) == TransitionKernel());
  CHECK(schedule.snr(1) == infinity);
  CHECK(schedule.sigma(1) == 0);
  CHECK(schedule.alpha_bar(3) == 0.5);
  CHECK(schedule.transition(1, 3) == TransitionKernel(0.5, 0.5));
}

// Would catch 0/0 in the kernels that start where ᾱ = 0.
TEST_CASE("NoiseSchedule: beta = 1 erases the data") {
  const auto schedule = NoiseSchedule<>::from_betas({0.25, 1.0, 0.5, 0.75, 1.0});
  for (const Index t : {2, 3, 4, 5}) {
    CHECK(schedule.alpha_bar(t) == 0);
    CHECK(schedule.sqrt_alpha_bar(t) == 0);
    CHECK(schedule.one_minus_alpha_bar(t) == 1);
    CHECK(schedule.log_alpha_bar(t) == -infinity);
    CHECK(schedule.snr(t) == 0);
    CHECK(schedule.log_snr(t) == -infinity);
    CHECK(schedule.sigma(t) == infinity);
  }
  const TransitionKernel<double> erased(0, 1);
  CHECK(schedule.transition(0, 2) == erased);
  CHECK(schedule.transition(1, 4) == erased);
  CHECK(schedule.transition(4, 5) == erased);
  CHECK(schedule.transition(2, 2) == TransitionKernel());
  CHECK(schedule.transition(2, 3) == TransitionKernel(0.5, 0.5));
  CHECK(schedule.transition(2, 4) == TransitionKernel(0.125, 0.875));
  CHECK(schedule.transition(3, 4) == TransitionKernel(0.25, 0.75));
}

// Would catch √ᾱ = √(ᾱ rounded) and log ᾱ = log(ᾱ rounded): 0 and -inf here.
TEST_CASE("NoiseSchedule: roots and logarithms where alpha_bar underflows") {
  const auto schedule = NoiseSchedule<>::from_betas(std::vector(1500, 0.5));
  CHECK(schedule.alpha_bar(1074) == 0x1p-1074);
  CHECK(schedule.alpha_bar(1500) == 0);
  CHECK(schedule.sqrt_alpha_bar(1500) == 0x1p-750);
  CHECK_THAT(schedule.log_alpha_bar(1500), WithinRel(1500 * std::log(0.5), 1e-15));
  CHECK_THAT(schedule.log_snr(1500), WithinRel(1500 * std::log(0.5), 1e-15));
  CHECK(schedule.sigma(1500) == 0x1p750);
  CHECK(schedule.transition(1490, 1500) == TransitionKernel(0x1p-10, 1 - 0x1p-10));
  CHECK(schedule.transition(0, 1500).signal_scale() == 0x1p-750);
  CHECK(NoiseSchedule<float>::from_betas(std::vector(200, 0.5)).sqrt_alpha_bar(200) == 0x1p-100f);
}

// Would catch ᾱ's that are recomputed from rounded β's.
TEST_CASE("NoiseSchedule: alpha_bars are returned bit for bit") {
  const std::vector given{1.0, 0.9, 0.9, 0.3, 2.4e-3, 0x1p-24, 1e-310, 5e-324, 0.0};
  const auto schedule = NoiseSchedule<>::from_alpha_bars(given);
  CHECK(std::ranges::equal(schedule.alpha_bars(), given));
  CHECK(schedule.beta(1) == 0);
  CHECK(schedule.beta(3) == 0);
  CHECK(schedule.beta(9) == 1);
  CHECK(schedule.step(3) == TransitionKernel());
  CHECK(schedule.one_minus_alpha_bar(6) == 1 - 0x1p-24);
  CHECK(schedule.transition(8, 9) == TransitionKernel(0, 1));
  CHECK(schedule.transition(9, 9) == TransitionKernel());
  CHECK(schedule.sigma(9) == infinity);
  CHECK_THAT(schedule.transition(4, 6).signal_power(), WithinRel(0x1p-24 / 0.3, 1e-15));

  const std::vector given_in_float{0.9f, 0.1f};
  const auto in_float = NoiseSchedule<float>::from_alpha_bars(given_in_float);
  CHECK(std::ranges::equal(in_float.alpha_bars(), given_in_float));
}

// What reads naturally must compile, and give the same table.
TEST_CASE("NoiseSchedule: made from any range of numbers") {
  const auto is_half = [](const NoiseSchedule<>& schedule) {
    return schedule.steps() == 2 && schedule.beta(1) == 0.5 && schedule.beta(2) == 0.5;
  };
  const std::vector vector{0.5, 0.5};
  CHECK(is_half(NoiseSchedule<>::from_betas(vector)));
  CHECK(is_half(NoiseSchedule<>::from_betas(std::vector{0.5, 0.5})));
  CHECK(is_half(NoiseSchedule<>::from_betas({0.5, 0.5})));
  CHECK(is_half(NoiseSchedule<>::from_betas({0.5f, 0.5f})));
  CHECK(is_half(NoiseSchedule<>::from_betas(std::vector{0.5f, 0.5f})));
  CHECK(is_half(NoiseSchedule<>::from_betas(std::span(vector))));
  CHECK(is_half(NoiseSchedule<>::from_betas(std::array{0.5, 0.5})));
  CHECK(is_half(NoiseSchedule<>::from_betas(std::list{0.5, 0.5})));
  CHECK(is_half(NoiseSchedule<>::from_betas(Eigen::ArrayXd::Constant(2, 0.5).eval())));
  CHECK(is_half(NoiseSchedule<>::from_betas(Eigen::ArrayXd::Constant(2, 0.25) * 2)));
  CHECK(is_half(NoiseSchedule<>::from_betas(Eigen::Vector2f(0.5f, 0.5f))));
  CHECK(is_half(NoiseSchedule<>::from_alpha_bars({0.5, 0.25})));
  CHECK(is_half(NoiseSchedule<>::from_alpha_bars(std::vector{0.5f, 0.25f})));
  CHECK(is_half(NoiseSchedule<>::from_alpha_bars(Eigen::Array2d(0.5, 0.25))));
  CHECK(NoiseSchedule<>::from_betas(std::list<int>{0, 1}).alpha_bar(2) == 0);
  CHECK(NoiseSchedule<float>::from_betas({0.1}).beta(1) == 0.1f);
}

template <class Schedule>
concept LendsBetas = requires(Schedule&& schedule) {
  std::forward<Schedule>(schedule).betas();
};
template <class Schedule>
concept LendsAlphaBars = requires(Schedule&& schedule) {
  std::forward<Schedule>(schedule).alpha_bars();
};

// Would catch spans into a destroyed table.
TEMPLATE_TEST_CASE("NoiseSchedule: a temporary returns no spans", "", float, double) {
  STATIC_REQUIRE(LendsBetas<NoiseSchedule<TestType>&>);
  STATIC_REQUIRE(LendsBetas<const NoiseSchedule<TestType>&>);
  STATIC_REQUIRE(!LendsBetas<NoiseSchedule<TestType>>);
  STATIC_REQUIRE(!LendsBetas<const NoiseSchedule<TestType>>);
  STATIC_REQUIRE(LendsAlphaBars<const NoiseSchedule<TestType>&>);
  STATIC_REQUIRE(!LendsAlphaBars<NoiseSchedule<TestType>>);
}

// Would catch copies of the table: T = 10^6 has some 60 MB.
TEST_CASE("NoiseSchedule: copies share one table") {
  const auto schedule = linear_schedule();
  const auto copy = schedule;
  CHECK(copy.betas().data() == schedule.betas().data());
  CHECK(copy.alpha_bars().data() == schedule.alpha_bars().data());
}

// Would catch spans that start at t = 0 or end before T.
TEMPLATE_TEST_CASE("NoiseSchedule: spans hold t = 1..T", "", float, double) {
  const auto schedule = cosine_schedule<TestType>(7);
  REQUIRE(schedule.betas().size() == 7);
  REQUIRE(schedule.alpha_bars().size() == 7);
  for (Index t = 1; t <= 7; ++t) {
    CHECK(schedule.betas()[static_cast<std::size_t>(t - 1)] == schedule.beta(t));
    CHECK(schedule.alpha_bars()[static_cast<std::size_t>(t - 1)] == schedule.alpha_bar(t));
  }
}

// Would catch a rule that needs a second step.
TEST_CASE("NoiseSchedule: T = 1") {
  CHECK(linear_schedule(1).beta(1) == 1e-4);
  CHECK(scaled_linear_schedule(1).beta(1) == 0.00085);
  CHECK(cosine_schedule(1).beta(1) == 0.999);
  CHECK(cosine_schedule(1, 0, 1).beta(1) == 1);
  CHECK_THAT(sigmoid_schedule(1, 0, 1).beta(1), WithinRel(1 / (1 + std::exp(6.0)), 1e-15));
  CHECK(linear_schedule(1).transition(0, 1) == TransitionKernel(1 - 1e-4, 1e-4));
}

// Would catch a cosine whose ᾱ_T comes from the formula (0) and not from the clipped β's.
TEST_CASE("NoiseSchedule: the cosine's terminal SNR") {
  CHECK(cosine_schedule().snr(1000) > 0);
  CHECK(cosine_schedule().beta(1000) == 0.999);
  CHECK(cosine_schedule().beta(999) < 0.999);
  CHECK(cosine_schedule(1000, 0.008, 1).snr(1000) == 0);
  CHECK(cosine_schedule(1000, 0.008, 1).beta(1000) == 1);
}

// β need not increase: 1/(t + 1) reaches N(0, I), 1/(t + 1)² stops half way. Would catch a check
// that requires more than β in [0, 1].
TEST_CASE("NoiseSchedule: the limit depends on the product alone") {
  std::vector<double> slow;
  std::vector<double> fast;
  for (int t = 1; t <= 1000; ++t) {
    slow.push_back(1.0 / (t + 1));
    fast.push_back(1.0 / (t + 1) / (t + 1));
  }
  CHECK_THAT(NoiseSchedule<>::from_betas(slow).alpha_bar(1000), WithinRel(1.0 / 1001, 1e-13));
  CHECK_THAT(NoiseSchedule<>::from_betas(fast).alpha_bar(1000),
             WithinRel(0.5 * 1002 / 1001, 1e-13));
}

// Would catch a step that is left out of the noise of many small ones, whose sum is not the
// difference of two numbers near 1.
TEST_CASE("NoiseSchedule: the noise of small steps after a large one") {
  const std::vector<double> betas{0.5, 1e-9, 3e-9, 2e-9, 0.25, 4e-9, 1e-9, 3e-25, 1e-25, 7e-25};
  const auto schedule = NoiseSchedule<>::from_betas(betas);
  for (const auto& [s, t] : {std::pair<Index, Index>{1, 3},
                             {1, 4},
                             {2, 4},
                             {1, 2},
                             {3, 4},
                             {5, 7},
                             {5, 6},
                             {6, 7},
                             {7, 9},
                             {7, 10},
                             {8, 10}}) {
    INFO(s << " to " << t);
    double noise = 0;  // exact to the rounding: of the later steps first
    for (Index k = s + 1; k <= t; ++k) {
      const double beta = betas[static_cast<std::size_t>(k - 1)];
      noise = beta + (1 - beta) * noise;
    }
    CHECK_THAT(schedule.transition(s, t).noise_variance(), WithinRel(noise, 1e-15));
    CHECK_THAT(schedule.transition(s, t).noise_scale(), WithinRel(std::sqrt(noise), 1e-15));
  }
}

}  // namespace noise_schedule_test
