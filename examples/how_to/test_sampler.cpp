// SPDX-License-Identifier: MIT
#include <alphabar/core.hpp>
#include <alphabar/oracle/audit.hpp>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

// [my sampler]
using Image = std::vector<float>;

/// DDPM in 20 steps, written without this library: its own table, indexed by k = t - 1, a network
/// that predicts the noise, and all arithmetic in float.
Image my_sampler(const std::function<Image(const Image&, int)>& network,
                 const std::function<Image()>& noise) {
  std::vector<float> alpha_bar(1000);
  float product = 1;
  for (std::size_t k = 0; k < 1000; ++k) {
    product *= 1 - (1e-4F + static_cast<float>(k) / 999 * (0.02F - 1e-4F));
    alpha_bar[k] = product;
  }
  Image x = noise();
  for (int k = 999; k >= 0; k -= 50) {
    const Image epsilon = network(x, k);
    const float a_t = alpha_bar[static_cast<std::size_t>(k)];
    const float a_s = k >= 50 ? alpha_bar[static_cast<std::size_t>(k - 50)] : 1;
    const float beta = 1 - a_t / a_s;
    const Image z = k >= 50 ? noise() : Image(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float x0 = (x[i] - std::sqrt(1 - a_t) * epsilon[i]) / std::sqrt(a_t);
      const float mean =
          (std::sqrt(a_s) * beta * x0 + std::sqrt(1 - beta) * (1 - a_s) * x[i]) / (1 - a_t);
      x[i] = mean + std::sqrt((1 - a_s) / (1 - a_t) * beta) * z[i];
    }
  }
  return x;
}
// [my sampler]

// [the test]
int main() {
  using namespace alphabar;
  const auto to_image = [](const Eigen::VectorXd& v) { return Image(v.begin(), v.end()); };
  const auto to_vector = [](const Image& image) -> Eigen::VectorXd {
    return Eigen::VectorXf::Map(image.data(), std::ssize(image)).cast<double>();
  };
  const ProbedSampler mine = [&](const ProbedNetwork& network, const ProbedNoise& noise) {
    return to_vector(
        my_sampler([&](const Image& x, int k) { return to_image(network(to_vector(x), k)); },
                   [&] { return to_image(noise()); }));
  };

  // The claimed plan, and data whose variances are far from 1 and whose mean is not 0.
  const SamplerPlan claim =
      plan(Ddpm{}, linear_schedule(), trailing_timesteps(1000, 20), Prediction::noise);
  const Gaussian data(Eigen::VectorXd{{1, -2, 3}},
                      DiagonalCovariance(Eigen::VectorXd{{0.05, 1, 20}}));

  const AuditReport report = audit(mine, data, claim, {.tolerance = 1e-5});  // float
  std::printf("W2 to the claimed law is below 1e-3: %s\n", report.distance < 1e-3 ? "yes" : "no");
  std::fputs(report.text().c_str(), stdout);
  return report.passed() ? 0 : 1;
}
// [the test]
