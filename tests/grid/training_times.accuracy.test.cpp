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
      worst = std::max(worst, error / (8 + 2 * std::abs(std::log(exact))));
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
