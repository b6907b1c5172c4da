// SPDX-License-Identifier: MIT
//
// Would catch a law that loses digits at an end or around the middle: numbers by mpmath with 60
// digits (data/README.md).
#include "alphabar/grid/training_times.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <string>

#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/ulp.hpp"

namespace training_times_accuracy_test {

using namespace alphabar;
#ifdef ALPHABAR_TEST_QUAD
using test::Quad;
#endif

TEST_CASE("training times: within their bound") {
  const std::map<std::string, std::function<double(double)>> laws{
      {"logit_normal/0/1", [](double u) { return logit_normal_time(u); }},
      {"logit_normal/1/2", [](double u) { return logit_normal_time(u, 1, 2); }},
      {"mode/1.29", [](double u) { return mode_time(u); }},
      {"mode/-1", [](double u) { return mode_time(u, -1); }},
      {"cosmap", [](double u) { return cosmap_time(u); }},
      {"log_normal/-1.2/1.2", [](double u) { return log_normal_sigma(u); }},
      {"split_log_normal/-1/0.7/1.4",
       [](double u) { return split_log_normal_sigma(u, -1, 0.7, 1.4); }},
      {"log_uniform/0.002/80", [](double u) { return log_uniform_sigma(u, 0.002, 80); }},
      {"log_logistic/0.3/0.7/0.01/80",
       [](double u) { return log_logistic_sigma(u, 0.3, 0.7, 0.01, 80); }},
      {"v_diffusion/0.5/0.002/80", [](double u) { return v_diffusion_sigma(u, 0.5, 0.002, 80); }},
      {"v_diffusion/1", [](double u) { return v_diffusion_sigma(u); }},
      {"cosine_interpolated/256/32/256/0.5",
       [](double u) { return cosine_interpolated_sigma(u, 256, 32, 256, 0.5); }}};
  const auto lines = test::golden_lines("quantiles.csv");
  for (const auto& [name, law] : laws) {
    const auto& golden = lines.at(name);
    double worst = 0;
    for (std::size_t k = 0; k < golden.size(); k += 2) {
      const double exact = golden[k + 1];
      const double error = std::abs(law(golden[k]) - exact) / (exact * 0x1p-52);
      const double sharper_than_stated = 8 + 2 * std::abs(std::log(exact));
      worst = std::max(worst, error / sharper_than_stated);
    }
    INFO(name);
    CHECK(worst <= 1);
  }
}

#ifdef ALPHABAR_TEST_QUAD
/// For x >= 0: the series of erf near 0, otherwise the continued fraction of NIST DLMF 7.9.1.
Quad erfc(Quad x) {
  const Quad root_of_pi = test::sqrt(test::pi());
  const Quad gaussian = test::exp(-x * x);
  if (x < 2) {
    Quad sum = 0;
    Quad term = x;
    for (int n = 0; n < 100; ++n) {
      sum += term;
      term *= 2 * x * x / (2 * n + 3);
    }
    return 1 - 2 / root_of_pi * gaussian * sum;
  }
  Quad fraction = 1;
  for (int k = 400; k >= 1; --k) fraction = 1 + Quad(k) / (2 * x * x) / fraction;
  return gaussian / (x * root_of_pi * fraction);
}

/// Φ⁻¹(p) for p <= 1/2, by Newton's method from the double.
Quad quantile(Quad p) {
  Quad z = detail::normal_quantile(static_cast<double>(p));
  for (int k = 0; k < 3; ++k) {
    const Quad density = test::exp(-z * z / 2) / test::sqrt(2 * test::pi());
    z -= (erfc(-z / test::sqrt(2)) / 2 - p) / density;
  }
  return z;
}
Quad quantile_of(Quad u) { return u <= Quad(0.5) ? quantile(u) : -quantile(1 - u); }

// Would catch a bound that holds for usual parameters only: an exponent of 0 between a large mean
// and a large deviation, a logit near 0 times a large scale, a power near 1 of far ends.
TEST_CASE("training times: within their bound for large parameters") {
  std::mt19937_64 random(1);
  const auto uniform = [&](double from, double to) {
    return from + (to - from) * (static_cast<double>(random() >> 11) * 0x1p-53);
  };
  std::map<std::string, double> worst;
  const auto see = [&](const std::string& name, double x, Quad log_exact, double m, double s) {
    const double size = std::abs(static_cast<double>(log_exact));
    if (size > 650) return;
    const double error =
        static_cast<double>(test::absolute(x / test::exp(log_exact) - 1)) / 0x1p-52;
    worst[name] = std::max(worst[name], error / (16 + 5 * (m + size) + 2 * s));
  };
  const auto log_of_odds_between = [](double u, Quad from, Quad to) {
    const Quad below = (1 - Quad(u)) * from / (1 + from) + u * to / (1 + to);
    const Quad above = (1 - Quad(u)) / (1 + from) + u / (1 + to);
    return test::log(below / above);
  };
  for (int k = 0; k < 4000; ++k) {
    const double u =
        k % 2 == 0 ? uniform(0, 1) : 0.5 + uniform(-1, 1) * std::exp(uniform(-20, 0)) / 2;
    const double scale = std::exp(uniform(-5, 12));
    const double mean = uniform(-600, 600);
    const double aimed = -mean / static_cast<double>(quantile_of(u));  // the exponent is near 0
    for (const double std : {scale, std::abs(aimed)}) {
      const Quad log_x = mean + std * quantile_of(u);
      if (test::absolute(log_x) > 650) continue;
      see("log_normal", log_normal_sigma(u, mean, std), log_x, std::abs(mean), 0);
      const Quad odds = test::exp(-log_x);
      see("logit_normal", logit_normal_time(u, mean, std), -test::log(1 + odds), std::abs(mean), 0);
    }
    const double other = scale * uniform(0.1, 10);
    const Quad below = Quad(scale) / (Quad(scale) + other);
    const Quad deviation = u <= below ? scale * quantile(u / below / 2)
                                      : -other * quantile((1 - Quad(u)) / (1 - below) / 2);
    see("split_log_normal", split_log_normal_sigma(u, mean, scale, other), mean + deviation,
        std::abs(mean), scale + other);
    const double low = std::exp(uniform(-600, 590));
    const double high = low * std::exp(uniform(0.1, std::min(600.0, 600 - std::log(low))));
    see("log_uniform", log_uniform_sigma(u, low, high),
        (1 - Quad(u)) * test::log(Quad(low)) + u * test::log(Quad(high)),
        std::max(std::abs(std::log(low)), std::abs(std::log(high))), 0);
    const double loc = uniform(-50, 50);
    see("log_logistic", log_logistic_sigma(u, loc, scale),
        loc + scale * test::log(u / (1 - Quad(u))), std::abs(loc), scale);
    const double sigma_min = std::exp(loc - scale * std::min(uniform(0, 5), 300 / scale));
    const double sigma_max = std::exp(loc + scale * std::min(uniform(0.1, 5), 300 / scale));
    const auto odds = [&](double sigma) {
      return test::exp((test::log(Quad(sigma)) - loc) / scale);
    };
    see("log_logistic between", log_logistic_sigma(u, loc, scale, sigma_min, sigma_max),
        loc + scale * log_of_odds_between(u, odds(sigma_min), odds(sigma_max)), std::abs(loc),
        scale);
  }
  CHECK(worst.size() == 6);
  for (const auto& [name, share] : worst) {
    INFO(name);
    CHECK(share <= 1);
  }
  CHECK_THAT(log_logistic_sigma(0.500000001, 0, 1e6), WithinRel(1.0040080105637607, 1e-15));
}

// Would catch 1 - Φ(-z) in the lower tail, and a root of 2 in single precision. The bound is the
// effect of rounding z/√2, so it grows with z².
TEST_CASE("uniform_of_normal: within 2 + 2z² ulp") {
  std::mt19937_64 random(1);
  double worst = 0;
  double at = 0;
  for (int k = 0; k < 20000; ++k) {
    const double share = static_cast<double>(random() >> 11) * 0x1p-53;
    const double z = k % 3 == 0 ? 9 * share : k % 3 == 1 ? -4 * share : -38.4 * share;
    const Quad tail = erfc(test::absolute(z) / test::sqrt(2)) / 2;
    const double error =
        test::ulps(uniform_of_normal(z), z > 0 ? 1 - tail : tail) / (2 + 2 * z * z);
    if (error > worst) {
      worst = error;
      at = z;
    }
  }
  INFO("z = " << at);
  CHECK(worst <= 1);
}
#endif

}  // namespace training_times_accuracy_test
