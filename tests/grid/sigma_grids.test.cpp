// SPDX-License-Identifier: MIT
#include "alphabar/grid/sigma_grids.hpp"

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "alphabar/grid/noise_levels.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

namespace sigma_grids_test {

using namespace alphabar;
using test::complaint;
using test::infinity;
using test::nan;
using Sigmas = std::vector<double>;

void agree(const Sigmas& values, const Sigmas& golden, double tolerance) {
  REQUIRE(values.size() == golden.size());
  for (std::size_t k = 0; k < golden.size(); ++k) {
    INFO("k = " << k);
    CHECK_THAT(values[k], WithinRel(golden[k], tolerance));
  }
}

// Would catch ρ in place of 1/ρ, k/n in place of k/(n - 1), and a grid that runs upwards: the
// published grids of EDM, Stable Diffusion and UniPC, with the digits they are published with.
TEST_CASE("karras_sigmas: golden values") {
  agree(karras_sigmas(5, 0.002, 80), {80, 17.5278319646, 2.51521897615, 0.169752756269, 0.002},
        1e-11);
  agree(karras_sigmas(18, 0.002, 80),
        {80, 57.585985, 40.785574, 28.374585, 19.352453, 12.910082, 8.400935, 5.315195, 3.256822,
         1.92334, 1.088171, .585348, .296442, .139516, .059947, .022935, .007528, .002},
        1e-4);
  agree(karras_sigmas(10, 0.0291671582, 14.6146412),
        {14.6146412, 9.10292813, 5.47839199, 3.16860307, 1.74941705, .914072265, .446918209,
         .2013983, .0819102383, .0291671582},
        1e-7);
  Sigmas times;
  for (const double sigma : karras_sigmas(5, 0.01, 200)) times.push_back(flow_time_of_sigma(sigma));
  agree(times, {0.995024875622, 0.978745465905, 0.87748845151, 0.360497241109, 0.00990099009901},
        2e-12);
}

// Would catch a power of the wrong end: grids in powers of two.
TEST_CASE("exponential_sigmas, polyexponential_sigmas: values by hand") {
  agree(exponential_sigmas(5, 0.25, 64), {64, 16, 4, 1, 0.25}, 1e-15);
  agree(polyexponential_sigmas(5, 0.25, 64), {64, 16, 4, 1, 0.25}, 1e-15);
  agree(polyexponential_sigmas(3, 0.25, 64, 2), {64, 1, 0.25}, 1e-15);  // 64^(1/4) (1/4)^(3/4)
  agree(karras_sigmas(3, 1, 9, 2), {9, 4, 1}, 1e-15);
}

// Would catch angles that are not equal, and a data scale that is not one: Euler's law on N(0, c²).
TEST_CASE("tangent_sigmas: equal angles") {
  agree(tangent_sigmas(3, 1 / std::sqrt(3), std::sqrt(3)), {std::sqrt(3), 1, 1 / std::sqrt(3)},
        1e-15);
  agree(tangent_sigmas(4, 2e-3, 80, 2), {80, 3.33704510647992, 1.13435037928414, 0.002}, 1e-13);
  agree(tangent_sigmas(5, 1, 9, 1e200), {9, 7, 5, 3, 1}, 1e-15);  // where the tangent is its angle
  agree(tangent_sigmas(3, 1, 9, 1e-200), {9, 1.8, 1}, 1e-15);     // and where it is its inverse
}

// Would catch a ratio of two levels that is 0 or infinite: NaN, and repeated levels.
TEST_CASE("sigma grids: ends at the limits of double") {
  agree(tangent_sigmas(7, 1e-3, 1e160, 1e-150), {1e160, 0.006, 0.003, 0.002, 0.0015, 0.0012, 0.001},
        1e-15);
  agree(tangent_sigmas(5, 1, 2e5, 1e-320), {2e5, 3.99994, 1.99999, 1.333331, 1}, 1e-5);
  agree(tangent_sigmas(5, 1e-200, 1e-150, 1e200), {1e-150, 7.5e-151, 5e-151, 2.5e-151, 1e-200},
        1e-15);
  agree(tangent_sigmas(3, 1e-300, 1e300), {1e300, 1, 1e-300}, 1e-15);
  agree(karras_sigmas(5, 1e-200, 1e200, 1000),
        {1e200, 1.50342003876032233e129, 3.23942138841997713e44, 1.73887889173937361e-61, 1e-200},
        1e-11);
  const auto falls = [](const Sigmas& sigmas) {
    for (std::size_t k = 1; k < sigmas.size(); ++k) CHECK(sigmas[k] < sigmas[k - 1]);
  };
  falls(karras_sigmas(5, 1e-200, 1e200, 1000));
  falls(karras_sigmas(5, 1e-300, 1e300, 1e6));
  falls(karras_sigmas(50, 1e-307, 1e307));
  falls(tangent_sigmas(50, 1e-307, 1e307, 1e-305));
}

// Would catch quantiles of σ counted upwards, and the two halves of the Laplace law exchanged.
TEST_CASE("beta_sigmas, laplace_sigmas: values by hand") {
  agree(beta_sigmas(4, 1, 5, 0.5, 0.5), {5, 4, 2, 1}, 1e-14);  // sin²(π/3), sin²(π/6)
  agree(beta_sigmas(5, 1, 5, 1, 1), {5, 4, 3, 2, 1}, 1e-14);
  agree(laplace_sigmas(5, 0.01, 100, 0, 1), {100, 2, 1, 0.5, 0.01}, 1e-15);
  agree(laplace_sigmas(5, 0.01, 100, std::log(3), 2), {100, 12, 3, 0.75, 0.01}, 1e-14);
  const Sigmas many = laplace_sigmas(1000, 0.5, 2, 0, 1);
  CHECK(many[200] == 2);  // beyond the end
  CHECK(many[800] == 0.5);
}

// Would catch an end that is missed by rounding, 0/0 for one value, and values that rise.
TEST_CASE("sigma grids: both ends exactly, downwards between") {
  const std::vector<std::function<Sigmas(Index)>> grids{
      [](Index n) { return karras_sigmas(n, 0.0291671582, 14.6146412); },
      [](Index n) { return karras_sigmas(n, 0.0291671582, 14.6146412, 0.5); },
      [](Index n) { return exponential_sigmas(n, 0.0291671582, 14.6146412); },
      [](Index n) { return polyexponential_sigmas(n, 0.0291671582, 14.6146412, 1.7); },
      [](Index n) { return tangent_sigmas(n, 0.0291671582, 14.6146412); },
      [](Index n) { return beta_sigmas(n, 0.0291671582, 14.6146412); },
      [](Index n) { return beta_sigmas(n, 0.0291671582, 14.6146412, 0.5, 0.7); }};
  for (const auto& grid : grids) {
    CHECK(grid(1) == Sigmas{14.6146412});
    CHECK(grid(2) == Sigmas{14.6146412, 0.0291671582});
    for (const Index n : {3, 10, 1000}) {
      const Sigmas sigmas = grid(n);
      REQUIRE(sigmas.size() == static_cast<std::size_t>(n));
      CHECK(sigmas.front() == 14.6146412);
      CHECK(sigmas.back() == 0.0291671582);
      for (std::size_t k = 1; k < sigmas.size(); ++k) REQUIRE(sigmas[k] < sigmas[k - 1]);
    }
  }
}

// Would catch σ² for σ, and one scale taken for another: σ = 3/4 is 0.64, 0.36 and 3/7.
TEST_CASE("noise levels: one level by all its names") {
  CHECK_THAT(alpha_bar_of_sigma(0.75), WithinRel(0.64, 1e-15));
  CHECK_THAT(one_minus_alpha_bar_of_sigma(0.75), WithinRel(0.36, 1e-15));
  CHECK_THAT(one_minus_alpha_bar_of_sigma(4.0 / 3), WithinRel(0.64, 1e-15));
  CHECK_THAT(flow_time_of_sigma(0.75), WithinRel(3.0 / 7, 1e-15));
  CHECK_THAT(flow_time_of_sigma(3), WithinRel(0.75, 1e-15));
  CHECK_THAT(log_snr_of_sigma(0.75), WithinRel(std::log(0.64 / 0.36), 1e-15));
  CHECK_THAT(sigma_of_alpha_bar(0.64), WithinRel(0.75, 1e-15));
  CHECK_THAT(sigma_of_one_minus_alpha_bar(0.36), WithinRel(0.75, 1e-15));
  CHECK_THAT(sigma_of_flow_time(3.0 / 7), WithinRel(0.75, 1e-15));
  CHECK_THAT(sigma_of_log_snr(std::log(0.64 / 0.36)), WithinRel(0.75, 1e-15));
}

// Would catch 1 - ᾱ as a difference, which is 0 from σ = 1e-8 on, and the ∞/∞ of σ²/(1 + σ²).
TEST_CASE("noise levels: far out on both sides") {
  CHECK_THAT(one_minus_alpha_bar_of_sigma(1e-12), WithinRel(1e-24, 1e-15));
  CHECK_THAT(sigma_of_one_minus_alpha_bar(1e-24), WithinRel(1e-12, 1e-15));
  CHECK_THAT(flow_time_of_sigma(1e-300), WithinRel(1e-300, 1e-15));
  CHECK(flow_time_of_sigma(0x1p-1074) == 0x1p-1074);
  CHECK_THAT(alpha_bar_of_sigma(1e12), WithinRel(1e-24, 1e-15));
  CHECK_THAT(sigma_of_alpha_bar(1e-24), WithinRel(1e12, 1e-15));
  CHECK(alpha_bar_of_sigma(0) == 1);
  CHECK(one_minus_alpha_bar_of_sigma(0) == 0);
  CHECK(flow_time_of_sigma(0) == 0);
  CHECK(log_snr_of_sigma(0) == infinity);
  CHECK_FALSE(std::signbit(log_snr_of_sigma(1)));
  CHECK(alpha_bar_of_sigma(infinity) == 0);
  CHECK(one_minus_alpha_bar_of_sigma(infinity) == 1);
  CHECK(one_minus_alpha_bar_of_sigma(1e200) == 1);
  CHECK(flow_time_of_sigma(infinity) == 1);
  CHECK(log_snr_of_sigma(infinity) == -infinity);
  CHECK(sigma_of_alpha_bar(1) == 0);
  CHECK(sigma_of_alpha_bar(0) == infinity);
  CHECK(sigma_of_one_minus_alpha_bar(0) == 0);
  CHECK(sigma_of_one_minus_alpha_bar(1) == infinity);
  CHECK(sigma_of_flow_time(1) == infinity);
  CHECK(sigma_of_log_snr(infinity) == 0);
  CHECK(sigma_of_log_snr(-infinity) == infinity);
}

// Would catch a check that NaN passes, and a message with the name of another function.
TEST_CASE("sigma grids and noise levels: bad values") {
  const auto refused = [](const std::string& message, const std::function<void()>& make) {
    CHECK(complaint(make) == "invalid_argument: alphabar::" + message);
  };
  refused("karras_sigmas: n must be >= 1, got 0", [] { (void)karras_sigmas(0, 1, 2); });
  refused("karras_sigmas: rho must be in [0.001, 1e6], got 0",
          [] { (void)karras_sigmas(5, 1, 2, 0); });
  refused("karras_sigmas: sigma_min must be finite and > 0, got 0",
          [] { (void)karras_sigmas(5, 0, 2); });
  refused("exponential_sigmas: sigma_max must be finite and > sigma_min = 2, got 1",
          [] { (void)exponential_sigmas(5, 2, 1); });
  refused("exponential_sigmas: sigma_min must be finite and > 0, got nan",
          [] { (void)exponential_sigmas(5, nan, 1); });
  refused("polyexponential_sigmas: sigma_max must be finite and > sigma_min = 1, got inf",
          [] { (void)polyexponential_sigmas(5, 1, infinity); });
  refused("polyexponential_sigmas: rho must be in [0.001, 1e6], got nan",
          [] { (void)polyexponential_sigmas(5, 1, 2, nan); });
  refused("tangent_sigmas: data_deviation must be finite and > 0, got 0",
          [] { (void)tangent_sigmas(5, 1, 2, 0); });
  refused("beta_sigmas: alpha must be in [0.1, 20], got nan",
          [] { (void)beta_sigmas(5, 1, 2, nan); });
  refused("beta_sigmas: beta must be in [0.1, 20], got 21",
          [] { (void)beta_sigmas(5, 1, 2, 0.6, 21); });
  refused("beta_sigmas: sigma_min must be finite and > 0, got 0",
          [] { (void)beta_sigmas(5, 0, 2); });
  refused("laplace_sigmas: mu must be finite, got inf",
          [] { (void)laplace_sigmas(5, 1, 2, infinity); });
  refused("laplace_sigmas: b must be finite and > 0, got 0",
          [] { (void)laplace_sigmas(5, 1, 2, 0, 0); });
  refused("alpha_bar_of_sigma: sigma must be >= 0, got -1", [] { (void)alpha_bar_of_sigma(-1); });
  refused("one_minus_alpha_bar_of_sigma: sigma must be >= 0, got nan",
          [] { (void)one_minus_alpha_bar_of_sigma(nan); });
  refused("flow_time_of_sigma: sigma must be >= 0, got -1", [] { (void)flow_time_of_sigma(-1); });
  refused("log_snr_of_sigma: sigma must be >= 0, got nan", [] { (void)log_snr_of_sigma(nan); });
  refused("sigma_of_alpha_bar: alpha_bar must be in [0, 1], got 1.5",
          [] { (void)sigma_of_alpha_bar(1.5); });
  refused("sigma_of_one_minus_alpha_bar: one_minus_alpha_bar must be in [0, 1], got nan",
          [] { (void)sigma_of_one_minus_alpha_bar(nan); });
  refused("sigma_of_flow_time: flow_time must be in [0, 1], got -0.5",
          [] { (void)sigma_of_flow_time(-0.5); });
  refused("sigma_of_log_snr: log_snr must be a number, got nan",
          [] { (void)sigma_of_log_snr(nan); });
}

}  // namespace sigma_grids_test
