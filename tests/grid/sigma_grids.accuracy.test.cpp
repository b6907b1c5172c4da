// SPDX-License-Identifier: MIT
#include "alphabar/grid/sigma_grids.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "alphabar/grid/noise_levels.hpp"
#include "support/catch.hpp"
#include "support/ulp.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace {

using namespace alphabar;
using test::Quad;

/// Holds a grid against its formula, a function of the weight of sigma_max.
template <class Formula>
void check(const std::vector<double>& sigmas, double rho, Formula exact) {
  const auto n = static_cast<Index>(sigmas.size());
  test::Worst worst;
  for (Index k = 0; k < n; ++k) {
    const Quad weight = Quad(n - 1 - k) / Quad(n - 1);
    worst.see(test::ulps(sigmas[static_cast<std::size_t>(k)], exact(weight)), k);
  }
  const double logs = std::abs(std::log(sigmas.front())) + std::abs(std::log(sigmas.back()));
  INFO("n = " << n << ", worst at k = " << worst.t);
  CHECK(worst.ulps <= 4 + std::max(1.0, rho) * (2 + logs));
}

struct Ends {
  double min;
  double max;
};

constexpr Ends all_ends[] = {
    {0.002, 80}, {0.03, 14.6}, {1, 1.001}, {1e-100, 1e100}, {1e-300, 1e300}};

// Would catch a mean of the wrong powers, and one by a difference.
TEST_CASE("sigma grids: within their bound") {
  for (const auto& [min, max] : all_ends) {
    for (const Index n : {2, 18, 1000}) {
      INFO("from " << max << " to " << min);
      check(exponential_sigmas(n, min, max), 1,
            [=, a = min, b = max](Quad w) { return test::pow(b, w) * test::pow(a, 1 - w); });
      for (const double rho : {0.3, 1.0, 7.0, 50.0, 1000.0}) {
        INFO("rho " << rho);
        check(karras_sigmas(n, min, max, rho), rho, [=, a = min, b = max](Quad w) {
          const Quad inverse = 1 / Quad{rho};
          return test::pow(w * test::pow(b, inverse) + (1 - w) * test::pow(a, inverse), rho);
        });
        check(polyexponential_sigmas(n, min, max, rho), rho, [=, a = min, b = max](Quad w) {
          const Quad p = w == 0 ? Quad{0} : test::pow(w, rho);
          return test::pow(b, p) * test::pow(a, 1 - p);
        });
      }
    }
  }
}

// Would catch tan(arctan σ_max − δ), which loses all digits at the last ends. Expected: the middle
// between two levels by the tangent of half an angle, again and again.
TEST_CASE("tangent_sigmas: within 16 ulp") {
  for (const auto& [min, max] : all_ends) {
    for (const double deviation : {1e-3, 1.0, 5.5, 1e3}) {
      const Quad c = deviation;
      std::vector<Quad> exact{max, min};
      while (exact.size() < 65) {
        std::vector<Quad> finer{exact.front()};
        for (std::size_t k = 0; k + 1 < exact.size(); ++k) {
          const Quad above = exact[k];
          const Quad below = exact[k + 1];
          const Quad whole = c * (above - below) / (c * c + above * below);
          const Quad half = whole / (1 + test::sqrt(1 + whole * whole));
          finer.push_back(c * (above - c * half) / (c + above * half));
          finer.push_back(below);
        }
        exact = finer;
      }
      const std::vector<double> sigmas = tangent_sigmas(65, min, max, deviation);
      INFO("from " << max << " to " << min << ", deviation " << deviation);
      test::Worst worst;
      for (std::size_t k = 0; k < 65; ++k) {
        worst.see(test::ulps(sigmas[k], exact[k]), static_cast<Index>(k));
      }
      CHECK(worst.ulps <= 16);
    }
  }
}

// Would catch 1 - ᾱ as a difference (10^8 ulp at σ = 1e-12), and ᾱ as one.
TEST_CASE("noise levels: within 3 ulp on 200 decades") {
  const auto check = [](double value, Quad exact) { CHECK(test::ulps(value, exact) <= 3); };
  for (int k = -1000; k <= 1000; ++k) {
    const double sigma = std::pow(10, k * 0.1);
    const Quad square = Quad{sigma} * sigma;
    INFO("sigma = " << sigma);
    check(alpha_bar_of_sigma(sigma), 1 / (1 + square));
    check(one_minus_alpha_bar_of_sigma(sigma), square / (1 + square));
    check(flow_time_of_sigma(sigma), sigma / (1 + Quad{sigma}));
    CHECK(test::ulps(log_snr_of_sigma(sigma), -2 * test::log(sigma)) <= 1);
    check(sigma_of_log_snr(k * 0.2), test::exp(-Quad{k * 0.2} / 2));
    const double share = std::pow(10, -std::abs(k) * 0.1) * 0.999;
    for (const double x : {share, 1 - share}) {
      check(sigma_of_alpha_bar(x), test::sqrt((1 - Quad{x}) / x));
      if (x < 1) {
        check(sigma_of_one_minus_alpha_bar(x), test::sqrt(x / (1 - Quad{x})));
        check(sigma_of_flow_time(x), x / (1 - Quad{x}));
      }
    }
  }
}

}  // namespace
#endif
