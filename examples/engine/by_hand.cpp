// SPDX-License-Identifier: MIT
//
// Before: tables and loop by hand, as they stand in many engines.
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/generate.hpp"
#include "engine/network.hpp"

namespace by_hand {
namespace {

constexpr int table_size = 1000;

/// σ_t = √((1 − ᾱ_t)/ᾱ_t) of the scaled linear schedule.
std::vector<float> make_sigmas() {
  std::vector<float> sigmas;
  const double first = std::sqrt(0.00085);
  const double last = std::sqrt(0.012);
  double alpha_bar = 1;
  for (int t = 0; t < table_size; ++t) {
    const double root = first + (last - first) * t / (table_size - 1);
    alpha_bar *= 1 - root * root;
    sigmas.push_back(static_cast<float>(std::sqrt((1 - alpha_bar) / alpha_bar)));
  }
  return sigmas;
}

/// The time at which the table has this σ, by interpolation of log σ.
float time_of_sigma(const std::vector<float>& sigmas, float sigma) {
  const auto above = std::upper_bound(sigmas.begin(), sigmas.end(), sigma);
  if (above == sigmas.begin()) return 0;
  if (above == sigmas.end()) return table_size - 1;
  const float low = std::log(above[-1]);
  const float high = std::log(above[0]);
  const float share = (std::log(sigma) - low) / (high - low);
  return static_cast<float>(above - sigmas.begin() - 1) + share;
}

std::vector<float> karras_levels(float lowest, float highest, int n) {
  constexpr float rho = 7;
  const float a = std::pow(highest, 1 / rho);
  const float b = std::pow(lowest, 1 / rho);
  std::vector<float> levels;
  for (int k = 0; k < n; ++k) {
    const float share = n > 1 ? static_cast<float>(k) / static_cast<float>(n - 1) : 0;
    levels.push_back(std::pow(a + share * (b - a), rho));
  }
  levels.push_back(0);
  return levels;
}

}  // namespace

engine::Tensor generate(engine::Tensor x, int steps) {
  const std::vector<float> table = make_sigmas();
  const std::vector<float> sigmas = karras_levels(table.front(), table.back(), steps);
  engine::scale(x, sigmas[0]);
  engine::Tensor denoised = x;
  engine::Tensor old_denoised = x;
  for (std::size_t k = 0; k + 1 < sigmas.size(); ++k) {
    const float sigma = sigmas[k];
    const float next = sigmas[k + 1];
    engine::Tensor input = x;
    engine::scale(input, 1 / std::sqrt(sigma * sigma + 1));
    const engine::Tensor noise = engine::predict_noise(input, time_of_sigma(table, sigma));
    denoised = x;
    engine::add_scaled(denoised, -sigma, noise);
    engine::Tensor extrapolated = denoised;
    if (k > 0 && next > 0) {
      const float h = std::log(sigma / next);
      const float h_last = std::log(sigmas[k - 1] / sigma);
      const float c = h / (2 * h_last);
      engine::scale(extrapolated, 1 + c);
      engine::add_scaled(extrapolated, -c, old_denoised);
    }
    engine::scale(x, next / sigma);
    engine::add_scaled(x, 1 - next / sigma, extrapolated);
    old_denoised = denoised;
  }
  return x;
}

}  // namespace by_hand
