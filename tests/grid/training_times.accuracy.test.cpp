// SPDX-License-Identifier: MIT
//
// Would catch a law that loses digits at an end or around the middle: numbers by mpmath with 60
// digits (data/README.md).
#include "alphabar/grid/training_times.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "support/catch.hpp"
#include "support/golden.hpp"

namespace training_times_accuracy_test {

using namespace alphabar;

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

}  // namespace training_times_accuracy_test
