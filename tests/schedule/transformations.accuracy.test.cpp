// SPDX-License-Identifier: MIT
#include "alphabar/schedule/transformations.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/exact_schedule.hpp"
#include "support/ulp.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace {

using namespace alphabar;
using test::Quad;

std::vector<std::pair<std::string, NoiseSchedule<>>> schedules() {
  return {{"linear", linear_schedule()},
          {"scaled linear", scaled_linear_schedule()},
          {"cosine", cosine_schedule()},
          {"sigmoid", sigmoid_schedule()},
          {"ten steps", linear_schedule(10, 0.1, 0.5)},
          {"T = 20000, underflowing", linear_schedule(20'000, 1e-4, 0.2)}};
}

/// Holds every column and some kernels of a schedule against exact ᾱ and 1 − ᾱ.
template <class AlphaBar, class Noise>
void check(const NoiseSchedule<>& schedule, AlphaBar alpha_bar, Noise noise) {
  test::Worst worst;
  test::Worst worst_log;
  const Index steps = schedule.steps();
  for (Index t = 1; t <= steps; ++t) {
    const Quad a = alpha_bar(t);
    const Quad v = noise(t);
    worst.see(test::ulps(schedule.alpha_bar(t), a), t);
    worst.see(test::ulps(schedule.one_minus_alpha_bar(t), v), t);
    worst.see(test::ulps(schedule.sqrt_alpha_bar(t), test::sqrt(a)), t);
    worst.see(test::ulps(schedule.sqrt_one_minus_alpha_bar(t), test::sqrt(v)), t);
    worst.see(test::ulps(schedule.snr(t), a / v), t);
    if (a > 0) worst_log.see(test::ulps(schedule.log_snr(t), test::log(a / v)), t);
    for (const Index s : {Index{1}, t / 2, t - 1}) {
      if (s == 0 || s >= t) continue;
      const auto kernel = schedule.transition(s, t);
      worst.see(test::ulps(kernel.signal_power(), a / alpha_bar(s)), t, s);
      const Quad gap = v < 0.5 ? v - noise(s) : alpha_bar(s) - a;
      worst.see(test::ulps(kernel.noise_variance(), gap / alpha_bar(s)), t, s);
    }
  }
  INFO("worst at s = " << worst.s << ", t = " << worst.t);
  CHECK(worst.ulps <= 0.51);
  CHECK(worst_log.ulps <= 1.2);
}

// Would catch 1 − ᾱ' by subtraction, and a last value of 2⁻²⁴ in place of 0.
TEST_CASE("zero_terminal_snr: its formula, rounded once") {
  for (const auto& [name, schedule] : schedules()) {
    DYNAMIC_SECTION(name) {
      const test::ExactSchedule exact(schedule.betas());
      const auto root = [&](Index t) {
        return test::sqrt(exact.alpha_bar(static_cast<std::size_t>(t)));
      };
      const auto missing = [&](Index t) {  // 1 − √ᾱ
        return exact.one_minus_alpha_bar(static_cast<std::size_t>(t)) / (1 + root(t));
      };
      const Index last = schedule.steps();
      const Quad first_root = root(1);
      const Quad last_root = root(last);
      const auto scaled = [&](Index t) {
        return (root(t) - last_root) * first_root / (first_root - last_root);
      };
      const auto noise = [&](Index t) {
        return (first_root * missing(t) - last_root * missing(1)) / (first_root - last_root) *
               (1 + scaled(t));
      };
      check(
          zero_terminal_snr(schedule), [&](Index t) { return scaled(t) * scaled(t); }, noise);
    }
  }
}

// Would catch a shift of log SNR that goes through rounded numbers.
TEST_CASE("shift_snr: its formula, rounded once") {
  for (const auto& [name, schedule] : schedules()) {
    for (const double factor : {1.0, 1.0 / 3, 0.25, 16.0, 1e-6, 1e6}) {
      DYNAMIC_SECTION(name << ", factor " << factor) {
        const test::ExactSchedule exact(schedule.betas());
        const auto signal = [&](Index t) {
          return Quad{factor} * exact.alpha_bar(static_cast<std::size_t>(t));
        };
        const auto noise = [&](Index t) {
          return exact.one_minus_alpha_bar(static_cast<std::size_t>(t));
        };
        check(
            shift_snr(schedule, factor),
            [&](Index t) { return signal(t) / (signal(t) + noise(t)); },
            [&](Index t) { return noise(t) / (signal(t) + noise(t)); });
      }
    }
  }
}

// Would catch a respaced β from rounded ᾱ's, and times that are off by one.
TEST_CASE("respace: the steps are the transitions, rounded once") {
  for (const auto& [name, schedule] : schedules()) {
    DYNAMIC_SECTION(name) {
      const test::ExactSchedule exact(schedule.betas());
      std::vector<Index> times{1, 2, 3, 5};
      for (Index t = 7; t <= schedule.steps(); t += 1 + schedule.steps() / 50) times.push_back(t);
      const auto at = [&](Index k) {
        return static_cast<std::size_t>(times[static_cast<std::size_t>(k - 1)]);
      };
      check(
          respace(schedule, times), [&](Index k) { return exact.alpha_bar(at(k)); },
          [&](Index k) { return exact.one_minus_alpha_bar(at(k)); });
    }
  }
}

}  // namespace
#endif
