// SPDX-License-Identifier: MIT
#include "alphabar/schedule/schedules.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/catch.hpp"
#include "support/ulp.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace {

using namespace alphabar;
using test::Quad;

/// The bound that schedules.hpp states.
constexpr double bound = 0.51;

/// Both ends and some hundred times between.
std::vector<Index> times_to_check(Index steps) {
  std::vector<Index> times;
  const Index stride = std::max<Index>(1, steps / 100);
  for (Index t = 1; t <= steps; t += t < 20 || t + 20 > steps ? 1 : stride) times.push_back(t);
  return times;
}

/// Holds a schedule against its formula, written down as in the paper.
template <class Formula>
void check(const NoiseSchedule<>& schedule, Formula exact_beta) {
  test::Worst worst;
  for (const Index t : times_to_check(schedule.steps())) {
    worst.see(test::ulps(schedule.beta(t), exact_beta(t)), t);
  }
  INFO("T = " << schedule.steps() << ", worst at t = " << worst.t);
  CHECK(worst.ulps <= bound);
}

/// The value at t = 1..T of what is linear from `first` to `last`; `first` where T = 1.
Quad between(Quad first, Quad last, Index t, Index steps) {
  if (steps == 1) return first;
  return (first * static_cast<Quad>(steps - t) + last * static_cast<Quad>(t - 1)) /
         static_cast<Quad>(steps - 1);
}

struct Ends {
  double first;
  double last;
};

// Rising, falling, constant; to and from 0 and 1, where first + (last - first) x would cancel.
constexpr Ends ends[] = {{1e-4, 0.02}, {0.02, 1e-4}, {0.01, 0.01}, {0, 1},      {1, 0},
                         {0.02, 0},    {0, 0.02},    {0.3, 1},     {0.7, 1e-9}, {0.02, 1e-30},
                         {1e-40, 1},   {1e-300, 0},  {1e-310, 1},  {0, 0},      {1, 1}};

constexpr Index all_steps[] = {1, 2, 3, 10, 97, 1000, 100'000};

// Would catch cancellation on a falling schedule, and an end that is missed by rounding.
TEST_CASE("linear_schedule: beta is its formula, rounded once") {
  for (const Index steps : all_steps) {
    for (const auto& [first, last] : ends) {
      INFO("from " << first << " to " << last << ", T = " << steps);
      NoiseSchedule<> schedule = NoiseSchedule<>::from_betas({0});
      REQUIRE_NOTHROW(schedule = linear_schedule(steps, first, last));
      check(schedule, [=, a = first, b = last](Index t) { return between(a, b, t, steps); });
      CHECK(schedule.beta(1) == first);
      if (steps > 1) CHECK(schedule.beta(steps) == last);
    }
  }
}

// Would catch the same in the roots, and a root or a square that is rounded before the end.
TEST_CASE("scaled_linear_schedule: beta is its formula, rounded once") {
  for (const Index steps : all_steps) {
    for (const auto& [first, last] : ends) {
      INFO("from " << first << " to " << last << ", T = " << steps);
      NoiseSchedule<> schedule = NoiseSchedule<>::from_betas({0});
      REQUIRE_NOTHROW(schedule = scaled_linear_schedule(steps, first, last));
      check(schedule, [=, a = test::sqrt(first), b = test::sqrt(last)](Index t) {
        const Quad root = between(a, b, t, steps);
        return root * root;
      });
      CHECK(schedule.beta(1) == first);
      if (steps > 1) CHECK(schedule.beta(steps) == last);
    }
  }
}

// Would catch first + (last - first) σ(x), which loses 140 ulp on a falling schedule.
TEST_CASE("sigmoid_schedule: beta is its formula, rounded once") {
  for (const Index steps : all_steps) {
    for (const auto& [first, last] : ends) {
      INFO("from " << first << " to " << last << ", T = " << steps);
      NoiseSchedule<> schedule = NoiseSchedule<>::from_betas({0});
      REQUIRE_NOTHROW(schedule = sigmoid_schedule(steps, first, last));
      check(schedule, [=, a = Quad{first}, b = Quad{last}](Index t) {
        const Quad share = 1 / (1 + test::exp(-between(-6, 6, t, steps)));
        return a * (1 - share) + b * share;
      });
    }
  }
}

// Would catch 1 - f(t)/f(t-1) in double (10^4 to 10^7 ulp), an angle that is rounded, and a β next
// to max_beta on the wrong side of it.
TEST_CASE("cosine_schedule: beta is its formula, rounded once") {
  for (const Index steps : all_steps) {
    for (const double offset : {0.0, 0x1p-1074, 0.008, 0.5, 1.0, 1e10, 1e200}) {
      for (const double max_beta : {1.0, 0.999, 0.5, 0.0}) {
        INFO("offset " << offset << ", max_beta " << max_beta << ", T = " << steps);
        const auto root_of_f = [=](Index t) {
          // cos((t/T + s)/(1 + s) π/2) by the angle that is missing to π/2, which stays exact at T
          const Quad missing = static_cast<Quad>(steps - t) / static_cast<Quad>(steps);
          return test::sin(missing / (1 + Quad{offset}) * test::pi() / 2);
        };
        check(cosine_schedule(steps, offset, max_beta), [=](Index t) {
          const Quad here = root_of_f(t);
          const Quad before = root_of_f(t - 1);
          return std::min((before - here) * (before + here) / (before * before), Quad{max_beta});
        });
      }
    }
  }
}

}  // namespace
#endif
