// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/exact_schedule.hpp"
#include "support/ulp.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace {

using alphabar::Index;
using alphabar::NoiseSchedule;
using test::Quad;
using test::ulps;
using test::Worst;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The bounds that the comment on `NoiseSchedule` states.
double bound(std::string_view what) { return what.starts_with("log") ? 1.2 : 0.51; }

/// The worst error of each accessor.
class Ledger {
 public:
  void see(std::string_view what, double value, Quad exact, std::size_t t, std::size_t s = 0) {
    const double error = ulps(value, exact);
    worst_[what].see(error, static_cast<Index>(t), static_cast<Index>(s));
  }

  void check() const {
    for (const auto& [what, worst] : worst_) {
      INFO(what << ", worst at s = " << worst.s << ", t = " << worst.t);
      CHECK(worst.ulps <= bound(what));
    }
  }

 private:
  std::map<std::string_view, Worst> worst_;
};

/// Every t of a short table; of a long one both ends and some 2000 between.
std::vector<std::size_t> times_to_check(std::size_t steps) {
  std::vector<std::size_t> times;
  const std::size_t stride = steps <= 3000 ? 1 : steps / 2000;
  for (std::size_t t = 0; t <= steps; t += t < 500 || t + 500 > steps ? 1 : stride) {
    times.push_back(t);
  }
  return times;
}

template <class Exact>
void check_times(const NoiseSchedule<>& schedule, const Exact& exact, Ledger& ledger) {
  for (const std::size_t t : times_to_check(static_cast<std::size_t>(schedule.steps()))) {
    const auto time = static_cast<Index>(t);
    const Quad kept = exact.alpha_bar(t);
    const Quad noise = exact.one_minus_alpha_bar(t);
    ledger.see("alpha_bar", schedule.alpha_bar(time), kept, t);
    ledger.see("one_minus_alpha_bar", schedule.one_minus_alpha_bar(time), noise, t);
    ledger.see("sqrt_alpha_bar", schedule.sqrt_alpha_bar(time), test::sqrt(kept), t);
    ledger.see("sqrt_one_minus_alpha_bar", schedule.sqrt_one_minus_alpha_bar(time),
               test::sqrt(noise), t);
    if (kept == 0) {
      CHECK(schedule.log_alpha_bar(time) == -infinity);
      CHECK(schedule.snr(time) == 0);
      CHECK(schedule.log_snr(time) == -infinity);
      CHECK(schedule.sigma(time) == infinity);
    } else if (noise == 0) {
      CHECK(schedule.log_alpha_bar(time) == 0);
      CHECK(schedule.snr(time) == infinity);
      CHECK(schedule.log_snr(time) == infinity);
      CHECK(schedule.sigma(time) == 0);
    } else {
      ledger.see("snr", schedule.snr(time), kept / noise, t);
      ledger.see("sigma", schedule.sigma(time), test::sqrt(noise / kept), t);
      ledger.see("log_alpha_bar", schedule.log_alpha_bar(time), exact.log_alpha_bar(t), t);
      ledger.see("log_snr", schedule.log_snr(time), exact.log_snr(t), t);
    }
  }
}

template <class Exact>
void check_transition(const NoiseSchedule<>& schedule, const Exact& exact, std::size_t s,
                      std::size_t t, Ledger& ledger) {
  const auto kernel = schedule.transition(static_cast<Index>(s), static_cast<Index>(t));
  const auto [kept, added] = exact.transition(s, t);
  ledger.see("signal_power", kernel.signal_power(), kept, t, s);
  ledger.see("noise_variance", kernel.noise_variance(), added, t, s);
  ledger.see("signal_scale", kernel.signal_scale(), test::sqrt(kept), t, s);
  ledger.see("noise_scale", kernel.noise_scale(), test::sqrt(added), t, s);
  if (t == s + 1) {
    ledger.see("beta", schedule.beta(static_cast<Index>(t)), added, t);
    ledger.see("alpha", schedule.alpha(static_cast<Index>(t)), kept, t);
  }
}

/// From random times s to the end, to a random t, and a few steps on; and from 0 to s.
template <class Exact>
void check_transitions(const NoiseSchedule<>& schedule, const Exact& exact, Ledger& ledger) {
  const auto steps = static_cast<std::size_t>(schedule.steps());
  std::mt19937_64 random(steps);
  for (int k = 0; k < 1000; ++k) {
    const auto s = static_cast<std::size_t>(random() % (steps + 1));
    const auto later = static_cast<std::size_t>(random() % (steps + 1 - s));
    for (const std::size_t t : {s, s + 1, s + 2, s + 17, s + later, steps}) {
      if (t <= steps) check_transition(schedule, exact, s, t, ledger);
    }
    check_transition(schedule, exact, 0, s, ledger);
  }
}

template <class Exact>
void check(const NoiseSchedule<>& schedule, const Exact& exact) {
  Ledger ledger;
  check_times(schedule, exact, ledger);
  check_transitions(schedule, exact, ledger);
  ledger.check();
}

std::vector<double> betas_of(const NoiseSchedule<>& schedule) {
  return {schedule.betas().begin(), schedule.betas().end()};
}

std::vector<double> with_beta_one(std::vector<double> betas, std::size_t t) {
  betas[t - 1] = 1;
  return betas;
}

/// Uniform in [0, 1).
double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

/// β = 2^x with x uniform between two exponents.
std::vector<double> log_uniform(std::size_t steps, double first_exponent, double last_exponent) {
  std::mt19937_64 random(1);
  std::vector<double> betas(steps);
  for (double& beta : betas) {
    beta = std::exp2(first_exponent + (last_exponent - first_exponent) * uniform(random));
  }
  return betas;
}

std::vector<double> uniform_betas(std::size_t steps) {
  std::mt19937_64 random(2);
  std::vector<double> betas(steps);
  for (double& beta : betas) beta = uniform(random);
  return betas;
}

/// Zeros, ones, the values next to them, and the smallest numbers there are.
std::vector<double> extreme_betas(std::size_t steps, double largest) {
  std::vector<double> values{0,       0x1p-1074, 1e-310,  0x1p-1022, 1e-305,      1e-160,
                             0x1p-53, 0x1p-21,   0x1p-20, 0.5,       1 - 0x1p-53, 1};
  std::erase_if(values, [=](double value) { return value > largest; });
  std::mt19937_64 random(3);
  std::vector<double> betas(steps);
  for (double& beta : betas) beta = values[random() % values.size()];
  return betas;
}

/// ᾱ sinks fast to the smallest normal double, where a second rounding shows most, and slowly
/// through the range below it; then √ᾱ does the same.
std::vector<double> sinking_betas() {
  std::mt19937_64 random(5);
  std::vector<double> betas;
  const auto append = [&](std::size_t count, double first, double last) {
    for (std::size_t k = 0; k < count; ++k) {
      betas.push_back(first + (last - first) * uniform(random));
    }
  };
  for (int k = 0; k < 2; ++k) {
    append(1060, 0.45, 0.50);
    append(1500, 0.01, 0.05);
  }
  return betas;
}

struct Case {
  std::string name;
  std::function<NoiseSchedule<>()> make;
};

NoiseSchedule<> from(const std::vector<double>& betas) {
  return NoiseSchedule<>::from_betas(betas);
}

// Each covers a branch or a range of its own; the long ones gather the rounding of a million steps.
std::vector<Case> cases() {
  using namespace alphabar;
  return {
      {"linear", [] { return linear_schedule(); }},
      {"scaled linear", [] { return scaled_linear_schedule(); }},
      {"cosine", [] { return cosine_schedule(); }},
      {"sigmoid", [] { return sigmoid_schedule(); }},
      {"cosine, zero terminal SNR", [] { return cosine_schedule(1000, 0.008, 1); }},
      {"linear, beta_T = 1", [] { return from(with_beta_one(betas_of(linear_schedule()), 1000)); }},
      {"linear, beta_500 = 1",
       [] { return from(with_beta_one(betas_of(linear_schedule()), 500)); }},
      {"uniform betas", [] { return from(uniform_betas(1000)); }},
      {"betas from 1e-30 to 1", [] { return from(log_uniform(3000, -100, 0)); }},
      {"betas from 1e-40 to 1e-20", [] { return from(log_uniform(3000, -133, -66)); }},
      {"betas around the smallest normal double",
       [] { return from(log_uniform(3000, -1074, -990)); }},
      {"sinking through the subnormals", [] { return from(sinking_betas()); }},
      {"extreme betas", [] { return from(extreme_betas(3000, 1)); }},
      {"extreme betas below 1", [] { return from(extreme_betas(3000, 0.5)); }},
      {"tiny extreme betas", [] { return from(extreme_betas(3000, 1e-160)); }},
      {"underflow at T = 1e5", [] { return linear_schedule(100'000); }},
      {"underflow at T = 1e6", [] { return linear_schedule(1'000'000); }},
      {"linear, T = 1e6", [] { return linear_schedule(1'000'000, 1e-7, 2e-5); }},
      {"scaled linear, T = 1e6", [] { return scaled_linear_schedule(1'000'000, 1e-12, 1e-5); }},
      {"cosine, T = 1e6", [] { return cosine_schedule(1'000'000); }},
      {"sigmoid, T = 1e6", [] { return sigmoid_schedule(1'000'000, 1e-7, 2e-5); }},
  };
}

// Would catch any loss of digits: 1 - ᾱ by subtraction, a naive product, a ratio after β = 1 or
// after ᾱ has underflowed, two roundings where the result is subnormal.
TEST_CASE("NoiseSchedule: every number is the exact function of the betas, rounded once") {
  for (const auto& [name, make] : cases()) {
    DYNAMIC_SECTION(name) {
      const NoiseSchedule<> schedule = make();
      check(schedule, test::ExactSchedule(schedule.betas()));
    }
  }
}

// Would catch a state derived from rounded betas: then 1 - ᾱ is no longer the exact difference.
TEST_CASE("NoiseSchedule: every number is the exact function of the alpha_bars, rounded once") {
  const std::vector<std::vector<double>> given{
      {1, 1, 0x1.fffffffffffffp-1, 0x1.ffffffffffffep-1, 0.75, 0.75, 0.3, 0x1p-24, 0},
      {0.9, 0.5, 1e-150, 1e-155, 1e-200, 3e-300, 1e-306, 3e-308, 1e-310, 7e-311, 5e-324, 5e-324},
      {0x1p-1021, 0x1.8p-1022, 0x1p-1022, 0x0.fffffffffffffp-1022, 0x0.8p-1022, 0x0.4p-1022},
  };
  for (const std::vector<double>& alpha_bars : given) {
    const auto schedule = NoiseSchedule<>::from_alpha_bars(alpha_bars);
    check(schedule, test::ExactAlphaBars(alpha_bars));
  }

  std::mt19937_64 random(4);
  std::vector<double> alpha_bars(3000);
  for (double& alpha_bar : alpha_bars) alpha_bar = std::exp2(-1070 * uniform(random));
  for (std::size_t k = 0; k < 1000; ++k) alpha_bars[k] = uniform(random);
  std::ranges::sort(alpha_bars, std::greater<>());
  check(NoiseSchedule<>::from_alpha_bars(alpha_bars), test::ExactAlphaBars(alpha_bars));

  double last = 0.5;  // so close together that 1 - A cancels
  for (double& alpha_bar : alpha_bars) alpha_bar = last *= 1 - 1e-9 * uniform(random);
  check(NoiseSchedule<>::from_alpha_bars(alpha_bars), test::ExactAlphaBars(alpha_bars));
}

// Would catch a float table that is computed in float, or rounded from rounded numbers.
TEST_CASE("NoiseSchedule: a float schedule is the double schedule rounded") {
  std::vector<double> betas = log_uniform(1000, -60, -3);
  SECTION("as it is") {}
  SECTION("erased in the middle") { betas[500] = 1; }
  SECTION("underflowing") { betas.insert(betas.end(), 300, 0.5); }
  const auto exact = NoiseSchedule<double>::from_betas(betas);
  const auto rounded = NoiseSchedule<float>::from_betas(betas);
  const auto differ = [](double in_double, float in_float) {
    return static_cast<float>(in_double) != in_float;
  };
  int differences = 0;
  for (Index t = 0; t <= exact.steps(); ++t) {
    differences += differ(exact.alpha_bar(t), rounded.alpha_bar(t));
    differences += differ(exact.one_minus_alpha_bar(t), rounded.one_minus_alpha_bar(t));
    differences += differ(exact.sqrt_alpha_bar(t), rounded.sqrt_alpha_bar(t));
    differences += differ(exact.sqrt_one_minus_alpha_bar(t), rounded.sqrt_one_minus_alpha_bar(t));
    differences += differ(exact.log_alpha_bar(t), rounded.log_alpha_bar(t));
    differences += differ(exact.snr(t), rounded.snr(t));
    differences += differ(exact.log_snr(t), rounded.log_snr(t));
    differences += differ(exact.sigma(t), rounded.sigma(t));
    const auto kernel = exact.transition(t / 2, t);
    const auto rounded_kernel = rounded.transition(t / 2, t);
    differences += differ(kernel.signal_power(), rounded_kernel.signal_power());
    differences += differ(kernel.noise_variance(), rounded_kernel.noise_variance());
    differences += differ(kernel.signal_scale(), rounded_kernel.signal_scale());
    differences += differ(kernel.noise_scale(), rounded_kernel.noise_scale());
    const auto posterior = exact.posterior(t / 2, t);
    const auto rounded_posterior = rounded.posterior(t / 2, t);
    differences += differ(posterior.x0_scale(), rounded_posterior.x0_scale());
    differences += differ(posterior.xt_scale(), rounded_posterior.xt_scale());
    differences += differ(posterior.variance(), rounded_posterior.variance());
    if (t == 0) continue;
    const auto k = static_cast<std::size_t>(t - 1);
    differences += differ(exact.beta(t), rounded.beta(t));
    differences += differ(exact.alpha(t), rounded.alpha(t));
    differences += differ(exact.betas()[k], rounded.betas()[k]);
    differences += differ(exact.alpha_bars()[k], rounded.alpha_bars()[k]);
  }
  CHECK(differences == 0);
}

}  // namespace
#endif
