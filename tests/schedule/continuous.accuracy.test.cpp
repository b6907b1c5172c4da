// SPDX-License-Identifier: MIT
#include "alphabar/schedule/continuous.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/ulp.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace {

using namespace alphabar;
using test::Quad;

/// The bounds that continuous.hpp states.
constexpr double bound = 0.51;
constexpr double root_bound = 0.86;  // of the scales of a transition, which are roots of A and B
constexpr double time_bound = 4;

constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// A process as its paper writes it, in 113 bits.
struct Formulas {
  std::function<Quad(Quad)> signal;
  std::function<Quad(Quad)> noise;
  std::function<Quad(Quad)> log_snr_slope;  // |dl/dt|
};

Quad squared(Quad x) { return x * x; }

/// 1 - e^(-x).
Quad one_minus_exp(Quad x) {
  if (x > 0x1p-10) return 1 - test::exp(-x);
  Quad sum = 1;
  for (int k = 12; k > 1; --k) sum = 1 - x / k * sum;
  return x * sum;
}

/// ∫ β from 0 to t.
Quad rate_integral(Quad beta_min, Quad beta_max, Quad t) {
  return beta_min * t + (beta_max - beta_min) * t * t / 2;
}

Quad rate(Quad beta_min, Quad beta_max, Quad t) { return beta_min + (beta_max - beta_min) * t; }

Formulas vp_linear(double beta_min, double beta_max) {
  const auto d = [=](Quad t) { return rate_integral(beta_min, beta_max, t); };
  return {[=](Quad t) { return test::exp(-d(t) / 2); },
          [=](Quad t) { return test::sqrt(one_minus_exp(d(t))); },
          [=](Quad t) { return rate(beta_min, beta_max, t) / one_minus_exp(d(t)); }};
}

Formulas sub_vp_linear(double beta_min, double beta_max) {
  const auto d = [=](Quad t) { return rate_integral(beta_min, beta_max, t); };
  return {[=](Quad t) { return test::exp(-d(t) / 2); }, [=](Quad t) { return one_minus_exp(d(t)); },
          [=](Quad t) {
            const Quad noise = one_minus_exp(d(t));
            return rate(beta_min, beta_max, t) * (2 - noise) / noise;
          }};
}

Formulas vp_cosine(double offset) {
  const Quad stride = test::pi() / 2 / (1 + Quad{offset});
  const auto angle = [=](Quad t) { return stride * (t + offset); };
  const auto signal = [=](Quad t) { return test::cos(angle(t)) / test::cos(angle(0)); };
  const auto variance = [=](Quad t) {
    const Quad here = test::sin(angle(t));
    const Quad start = test::sin(angle(0));
    return (here - start) * (here + start) / squared(test::cos(angle(0)));
  };
  return {signal, [=](Quad t) { return test::sqrt(variance(t)); },
          [=](Quad t) {
            return 2 * stride * test::sin(angle(t)) / (test::cos(angle(t)) * variance(t));
          }};
}

Formulas ve_geometric(double sigma_min, double sigma_max) {
  const Quad growth = test::log(Quad{sigma_max} / sigma_min);
  return {[](Quad) { return Quad{1}; }, [=](Quad t) { return sigma_min * test::exp(growth * t); },
          [=](Quad) { return 2 * growth; }};
}

Formulas edm() {
  return {[](Quad) { return Quad{1}; }, [](Quad t) { return t; }, [](Quad t) { return 2 / t; }};
}

Formulas vp_of_sigma() {
  return {[](Quad t) { return 1 / test::sqrt(1 + t * t); },
          [](Quad t) { return t / test::sqrt(1 + t * t); }, [](Quad t) { return 2 / t; }};
}

Formulas rectified_flow(double shift) {
  const auto u = [=](Quad t) { return shift * t / (1 + (Quad{shift} - 1) * t); };
  return {[=](Quad t) { return (1 - t) / (1 + (Quad{shift} - 1) * t); }, u,
          [](Quad t) { return 2 / (t * (1 - t)); }};
}

/// The worst of many errors, and where it was made.
struct Worst {
  std::string what;
  double error = 0;
  double s = 0;
  double t = 0;

  void see(double seen, double at_t, double at_s = 0) {
    if (std::isnan(seen)) seen = std::numeric_limits<double>::infinity();
    if (seen > error) {
      error = seen;
      t = at_t;
      s = at_s;
    }
  }

  void check(double limit) const {
    INFO(what << ": worst at s = " << s << ", t = " << t);
    CHECK(error <= limit);
  }
};

/// Both ends, down to 1e-12 away from them, and what is between.
std::vector<double> times_to_check(double last) {
  std::vector<double> times{0, last};
  for (const double distance : {1e-12, 1e-9, 1e-7, 1e-5, 1e-4, 1e-3, 1e-2, 0.05, 0.1}) {
    times.push_back(distance * last);
    times.push_back((1 - distance) * last);
  }
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(0, last);
  for (int k = 0; k < 300; ++k) times.push_back(uniform(random));
  for (int k = 0; k < 40; ++k) {  // close pairs
    const double t = uniform(random);
    times.push_back(t);
    times.push_back(t * (1 - std::exp(-25 * uniform(random) / last)));
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

template <ContinuousProcess P>
void check_scales(const P& process, const Formulas& exact, const std::vector<double>& times) {
  Worst signal{"signal_scale"};
  Worst noise{"noise_scale"};
  for (const double t : times) {
    signal.see(test::ulps(process.signal_scale(t), exact.signal(t)), t);
    noise.see(test::ulps(process.noise_scale(t), exact.noise(t)), t);
  }
  signal.check(bound);
  noise.check(bound);
}

template <VariancePreserving P>
void check_alpha_bar(const P& process, const Formulas& exact, const std::vector<double>& times) {
  Worst signal{"alpha_bar"};
  Worst noise{"one_minus_alpha_bar"};
  for (const double t : times) {
    signal.see(test::ulps(process.alpha_bar(t), squared(exact.signal(t))), t);
    noise.see(test::ulps(process.one_minus_alpha_bar(t), squared(exact.noise(t))), t);
  }
  signal.check(bound);
  noise.check(bound);
}

template <ContinuousProcess P>
void check_transitions(const P& process, const Formulas& exact, const std::vector<double>& times) {
  Worst power{"signal_power"};
  Worst variance{"noise_variance"};
  Worst signal{"transition's signal_scale"};
  Worst noise{"transition's noise_scale"};
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double s = times[i];
    const Quad signal_s = exact.signal(s);
    const Quad noise_s = exact.noise(s);
    const std::size_t stride = i % 8 == 0 ? 1 : 37;
    for (std::size_t k = i + 1; k < times.size(); k += k < i + 4 ? 1 : stride) {
      const double t = times[k];
      const Quad ratio = exact.signal(t) / signal_s;
      const Quad exact_variance = squared(exact.noise(t)) - squared(ratio * noise_s);
      const auto kernel = process.transition(s, t);
      signal.see(test::ulps(kernel.signal_scale(), ratio), t, s);
      power.see(test::ulps(kernel.signal_power(), squared(ratio)), t, s);
      variance.see(test::ulps(kernel.noise_variance(), exact_variance), t, s);
      noise.see(test::ulps(kernel.noise_scale(), test::sqrt(exact_variance)), t, s);
    }
  }
  power.check(bound);
  variance.check(bound);
  signal.check(root_bound);
  noise.check(root_bound);
}

/// log SNR, its inverse, and their composition.
template <ContinuousProcess P>
void check_log_snr(const P& process, const Formulas& exact, const std::vector<double>& times,
                   double end) {
  Worst there{"log_snr"};
  Worst back{"time_of_log_snr"};
  Worst round_trip{"there and back"};
  for (const double t : times) {
    const Quad signal = exact.signal(t);
    const Quad noise = exact.noise(t);
    const double l = process.log_snr(t);
    if (signal == 0 || noise == 0) {
      CHECK(l == (noise == 0 ? 1 : -1) * std::numeric_limits<double>::infinity());
      CHECK(process.time_of_log_snr(l) == t);
      continue;
    }
    const Quad exact_l = 2 * test::log(signal / noise);
    const double size = std::max(1.0, std::abs(l));
    there.see(test::ulps(l, exact_l), t);
    // The exact time of the double l: one Newton step from t, which is near.
    const auto slope = static_cast<double>(exact.log_snr_slope(t));
    const Quad newton = t - (l - exact_l) / exact.log_snr_slope(t);
    const Quad exact_t = std::clamp<Quad>(newton, 0, end);
    const double found = process.time_of_log_snr(l);
    back.see(static_cast<double>(test::absolute(found - exact_t)) / (epsilon * (t + 1 / slope)), t);
    round_trip.see(std::abs(found - t) / (epsilon * (t + size / slope)), t);
  }
  there.check(bound);
  back.check(time_bound);
  round_trip.check(time_bound);
}

template <ContinuousProcess P>
void check(const P& process, const Formulas& exact, double last = 1, double end = 1) {
  const auto times = times_to_check(last);
  check_scales(process, exact, times);
  check_transitions(process, exact, times);
  check_log_snr(process, exact, times, end);
  if constexpr (VariancePreserving<P>) check_alpha_bar(process, exact, times);
}

struct Ends {
  double first;
  double last;
};

// The last three reach ᾱ = 1e-44 and 1e-152, where it is the absolute error of the exponent that
// counts.
constexpr Ends rates[] = {{0.1, 20}, {0, 20}, {1, 1}, {1e-9, 1e-3}, {0.1, 200}, {3, 700}, {0, 700}};

// Would catch 1 - ᾱ by subtraction (10^12 ulp at t = 1e-12), an exponent that is rounded before
// exp (50 ulp at ᾱ = 1e-44) and the D of the wrong interval.
TEST_CASE("VpLinear: every number within its bound") {
  for (const auto& [first, last] : rates) {
    INFO("beta from " << first << " to " << last);
    const VpLinear process(first, last);
    check(process, vp_linear(first, last));
    CHECK(process.beta(0) == first);
    CHECK(process.beta(1) == last);
    for (const double t : times_to_check(1)) {
      const Quad rate = Quad{first} + (Quad{last} - first) * t;
      CHECK(test::ulps(process.beta(t), rate) <= 2);
    }
  }
}

// Would catch the same, and σ_t² - r²σ_s² computed as a difference.
TEST_CASE("SubVpLinear: every number within its bound") {
  for (const auto& [first, last] : rates) {
    INFO("beta from " << first << " to " << last);
    check(SubVpLinear(first, last), sub_vp_linear(first, last));
  }
}

// Would catch cosines near π/2 and differences of squared cosines (10^12 ulp), an arc cosine near
// t = 0, and an angle that is rounded before its sine.
TEST_CASE("VpCosine: every number within its bound") {
  for (const double offset : {0.008, 0.0, 1e-9, 0.3, 1.0, 20.0}) {
    INFO("offset " << offset);
    check(VpCosine(offset), vp_cosine(offset));
  }
}

/// The same from formulas in which nothing cancels next to t = 0.
struct NextToData {
  std::function<Quad(Quad, Quad)> variance;  // B of (s, t)
  std::function<Quad(Quad)> noise_variance;  // σ²
  std::function<Quad(Quad)> log_signal;      // log α²
};

NextToData vp_linear_next_to_data(double beta_min, double beta_max) {
  const auto variance = [=](Quad s, Quad t) {
    return one_minus_exp((t - s) * (beta_min + (beta_max - beta_min) * (s + t) / 2));
  };
  return {variance, [=](Quad t) { return variance(0, t); },
          [=](Quad t) { return -rate_integral(beta_min, beta_max, t); }};
}

NextToData sub_vp_linear_next_to_data(double beta_min, double beta_max) {
  const auto d = [=](Quad t) { return rate_integral(beta_min, beta_max, t); };
  const auto between = vp_linear_next_to_data(beta_min, beta_max).variance;
  return {[=](Quad s, Quad t) { return between(s, t) * one_minus_exp(d(s) + d(t)); },
          [=](Quad t) { return squared(one_minus_exp(d(t))); }, [=](Quad t) { return -d(t); }};
}

NextToData vp_cosine_next_to_data(double offset) {
  const Quad stride = test::pi() / 2 / (1 + Quad{offset});
  const auto variance = [=](Quad s, Quad t) {
    return test::sin(stride * (t - s)) * test::sin(stride * (s + t + 2 * Quad{offset})) /
           squared(test::sin(stride * (1 - s)));
  };
  const auto noise = [=](Quad t) { return variance(0, t); };
  return {variance, noise, [=](Quad t) { return test::log(1 - noise(t)); }};
}

/// The domain of the bounds: 1 - ᾱ, or σ, and B of at least 2^-1000.
template <ContinuousProcess P>
void check_next_to_data(const P& process, const NextToData& exact) {
  constexpr double least = 0x1p-1000;
  Worst noise{"noise_scale"};
  Worst log_snr{"log_snr"};
  Worst one_minus{"one_minus_alpha_bar"};
  Worst variance{"noise_variance"};
  Worst root{"transition's noise_scale"};
  int reached = 0;
  for (int k = 40; k < 1010; k += k < 980 ? 7 : 1) {
    const double t = std::ldexp(1.37, -k);
    const Quad square = exact.noise_variance(t);
    const bool in_domain = VariancePreserving<P> ? square >= least : square >= Quad{least} * least;
    if (in_domain) {
      ++reached;
      noise.see(test::ulps(process.noise_scale(t), test::sqrt(square)), t);
      log_snr.see(test::ulps(process.log_snr(t), exact.log_signal(t) - test::log(square)), t);
      if constexpr (VariancePreserving<P>) {
        one_minus.see(test::ulps(process.one_minus_alpha_bar(t), square), t);
      }
    }
    for (const double part : {0.0, 0x1p-30, 0.3, 0.9999}) {
      const double s = part * t;
      const Quad between = exact.variance(s, t);
      if (between < least) continue;
      const auto kernel = process.transition(s, t);
      variance.see(test::ulps(kernel.noise_variance(), between), t, s);
      root.see(test::ulps(kernel.noise_scale(), test::sqrt(between)), t, s);
    }
  }
  CHECK(reached > 60);
  noise.check(bound);
  log_snr.check(bound);
  one_minus.check(bound);
  variance.check(bound);
  root.check(root_bound);
}

// Would catch error terms that underflow inside of the domain that continuous_process.hpp states,
// as at t = 1e-270, and an angle or an exponent of which only the first word is kept.
TEST_CASE("Processes that preserve or lose variance: next to t = 0, down to 2^-1000") {
  for (const auto& [first, last] : rates) {
    INFO("beta from " << first << " to " << last);
    check_next_to_data(VpLinear(first, last), vp_linear_next_to_data(first, last));
    check_next_to_data(SubVpLinear(first, last), sub_vp_linear_next_to_data(first, last));
  }
  for (const double offset : {0.008, 0.0, 1e-9, 0.3, 1.0, 20.0}) {
    INFO("offset " << offset);
    check_next_to_data(VpCosine(offset), vp_cosine_next_to_data(offset));
  }
}

// Would catch σ_t² - σ_s² computed as a difference, and log(σ_max/σ_min) of a quotient next to 1.
TEST_CASE("VeGeometric: every number within its bound") {
  constexpr Ends sigmas[] = {{0.01, 50}, {0.01, 1348}, {0.002, 80}, {1, 1 + 1e-6}, {1e-140, 1e140}};
  for (const auto& [first, last] : sigmas) {
    INFO("sigma from " << first << " to " << last);
    check(VeGeometric(first, last), ve_geometric(first, last));
  }
}

// Would catch logarithms to 53 bits where they cancel.
TEST_CASE("VeGeometric: log SNR where it passes 0") {
  const VeGeometric process;
  for (double t = 0.5406910566064481 - 64 * 0x1p-53; t < 0.540691056606450; t += 0x1p-53) {
    const Quad exact = -2 * test::log(ve_geometric(0.01, 50).noise(t));
    const auto off = static_cast<double>(process.log_snr(t) - exact);
    CHECK(std::abs(off) <= 0x1p-84 + std::abs(process.log_snr(t)) * 0x1p-53);
  }
}

// Would catch t² - s² computed as a difference of squares.
TEST_CASE("Edm: every number within its bound") {
  for (const double last : {1.0, 80.0, 1e150}) check(Edm(), edm(), last, 1e150);
}

// Would catch the same, and 1 - 1/(1 + t²).
TEST_CASE("VpOfSigma: every number within its bound") {
  for (const double last : {1.0, 80.0, 1e120}) check(VpOfSigma(), vp_of_sigma(), last, 1e150);
}

// Would catch 1 - u (10^12 ulp at t = 1 - 1e-12), 1 + (shift - 1) t where shift is small, and
// u_t - u_s computed as a difference.
TEST_CASE("RectifiedFlow: every number within its bound") {
  for (const double shift : {1.0, 3.0, 0.1, 1.15, 1e-8, 1e8}) {
    INFO("shift " << shift);
    check(RectifiedFlow(shift), rectified_flow(shift));
  }
}

}  // namespace
#endif
