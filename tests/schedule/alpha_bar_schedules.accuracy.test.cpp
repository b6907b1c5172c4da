// SPDX-License-Identifier: MIT
#include "alphabar/schedule/alpha_bar_schedules.hpp"

#include <cmath>
#include <cstddef>

#include "support/catch.hpp"
#include "support/exact_formulas.hpp"
#include "support/ulp.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace {

using namespace alphabar;
using test::Quad;

/// Compares ᾱ, 1 − ᾱ, β and their roots with the formula for ᾱ in the paper, with β at most
/// max_beta.
template <class AlphaBar>
void check(const NoiseSchedule<>& schedule, double max_beta, AlphaBar alpha_bar) {
  const test::ExactTable exact = test::tabulate_exactly(schedule.steps(), max_beta, alpha_bar);
  test::Worst worst;
  for (Index t = 1; t <= schedule.steps(); ++t) {
    const auto k = static_cast<std::size_t>(t);
    worst.see(test::ulps(schedule.beta(t), exact.beta[k]), t);
    worst.see(test::ulps(schedule.alpha_bar(t), exact.alpha_bar[k]), t);
    worst.see(test::ulps(schedule.one_minus_alpha_bar(t), exact.noise[k]), t);
    worst.see(test::ulps(schedule.sqrt_alpha_bar(t), test::sqrt(exact.alpha_bar[k])), t);
    worst.see(test::ulps(schedule.sqrt_one_minus_alpha_bar(t), test::sqrt(exact.noise[k])), t);
  }
  INFO("T = " << schedule.steps() << ", worst at t = " << worst.t);
  CHECK(worst.ulps <= 0.51);
}

constexpr Index all_steps[] = {1, 2, 3, 10, 97, 1000, 20'000};
constexpr double max_betas[] = {1.0, 0.999, 0.01};

// Would catch a β that is rounded first: then ᾱ_T is off by rate · T roundings that are all alike.
TEST_CASE("exponential_schedule: alpha_bar is its formula, rounded once") {
  for (const Index steps : all_steps) {
    for (const double rate : {12.0, 1.0, 1e-9, 100.0, 700.0}) {
      INFO("rate " << rate);
      check(exponential_schedule(steps, rate), 1,
            [=](Quad x) { return test::exponential_alpha_bar(x, rate); });
    }
  }
}

// Would catch differences of logistic functions: 1 − ᾱ_1 and ᾱ_{T−1} lose 10^3 to 10^6 ulp.
TEST_CASE("sigmoid_alpha_bar_schedule: alpha_bar is its formula, rounded once") {
  struct Shape {
    double start, end, tau;
  };
  for (const Index steps : all_steps) {
    for (const auto& [start, end, tau] :
         {Shape{-3, 3, 1}, Shape{0, 3, 0.3}, Shape{-3, 3, 0.1}, Shape{-1, 7, 1.5}}) {
      for (const double max_beta : max_betas) {
        INFO("from " << start << " to " << end << ", tau " << tau << ", max_beta " << max_beta);
        check(sigmoid_alpha_bar_schedule(steps, start, end, tau, max_beta), max_beta,
              [=, from = start, to = end, by = tau](Quad x) {
                return test::sigmoid_alpha_bar(x, from, to, by);
              });
      }
    }
  }
}

// Would catch the root of ᾱ in place of ᾱ (diffusers' "laplace": SNR 2.4 where it should be 1).
TEST_CASE("laplace_schedule: alpha_bar is its formula, rounded once") {
  for (const Index steps : all_steps) {
    for (const double b : {0.5, 0.75, 3.0}) {
      for (const double max_beta : max_betas) {
        INFO("b " << b << ", max_beta " << max_beta);
        const double mu = b - 1;
        check(laplace_schedule(steps, mu, b, max_beta), max_beta,
              [=](Quad x) { return test::laplace_alpha_bar(x, mu, b); });
      }
    }
  }
}

// Would catch a value of f that is not returned as it was given, and 1 − f by way of β.
TEST_CASE("schedule_from_alpha_bar: any function, rounded once") {
  for (const Index steps : all_steps) {
    for (const double start : {1.0, 0.9}) {
      const auto f = [=](double x) { return start * std::pow(1 - x, 3); };
      check(schedule_from_alpha_bar(steps, f, 0.999), 0.999,
            [=](Quad x) { return Quad{f(static_cast<double>(x))} / Quad{start}; });
    }
  }
}

}  // namespace
#endif
