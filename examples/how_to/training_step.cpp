// SPDX-License-Identifier: MIT
#include <alphabar/core.hpp>
#include <alphabar/schedule/rectified_flow.hpp>
#include <alphabar/schedule/ve_process.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

using namespace alphabar;

// [random]
constexpr std::uint32_t key = 42;  // the seed of all numbers

/// 32 random bits for sample j of a step.
std::uint32_t bits(std::uint32_t step, std::size_t j) {
  return philox4x32({static_cast<std::uint32_t>(j), step, 0, 0}, {key, 1})[0];
}
/// A random number, uniform on (0, 1).
double uniform(std::uint32_t step, std::size_t j) { return (bits(step, j) + 0.5) * 0x1p-32; }
// [random]

void print(const char* name, double first, double second, double third) {
  std::printf("%-12s %8.4f %8.4f %8.4f\n", name, first, second, third);
}

int main() {
  // Three samples of four numbers, at step 1000 of the training.
  const std::uint32_t step = 1000;
  const std::size_t n = 3;
  const std::size_t dimension = 4;
  const std::vector<float> x0{1, -1, 0.5F, 0, 1, -1, 0.5F, 0, 1, -1, 0.5F, 0};
  std::vector<float> x_t(x0.size());
  std::vector<float> target(x0.size());

  // [table]
  const auto schedule = scaled_linear_schedule<float>();
  const auto noise = NoiseStream<float>(key).substream(step);
  std::vector<int> times(n);
  for (std::size_t j = 0; j < n; ++j) times[j] = 1 + static_cast<int>(bits(step, j) % 1000);
  add_noise(schedule, x0, times, noise, x_t);
  convert_predictions(schedule, Prediction::x0, Prediction::velocity, x_t, x0, times, target);
  std::vector<float> weight(n);
  for (std::size_t j = 0; j < n; ++j) {
    weight[j] = min_snr_weight(schedule.snr(times[j]), Prediction::velocity);
  }
  // [table]
  print("t", times[0], times[1], times[2]);
  print("min-SNR", double{weight[0]}, double{weight[1]}, double{weight[2]});
  print("v", double{target[0]}, double{target[dimension]}, double{target[2 * dimension]});

  // [flow]
  std::vector<double> u(n);
  for (std::size_t j = 0; j < n; ++j) u[j] = logit_normal_time(uniform(step, j));
  add_noise(RectifiedFlow(), x0, u, noise, x_t);
  noise.fill(target);
  for (std::size_t i = 0; i < x0.size(); ++i) target[i] -= x0[i];
  // [flow]
  print("u", u[0], u[1], u[2]);
  print("eps - x_0", double{target[0]}, double{target[dimension]}, double{target[2 * dimension]});

  // [edm]
  const double deviation = 0.5;  // of the data
  std::vector<double> sigma(n);
  std::vector<double> edm_weight(n);
  for (std::size_t j = 0; j < n; ++j) {
    sigma[j] = log_normal_sigma(uniform(step, j));
    const double product = sigma[j] * deviation;
    edm_weight[j] = (sigma[j] * sigma[j] + deviation * deviation) / (product * product);
  }
  add_noise(Edm(), x0, sigma, noise, x_t);
  // [edm]
  print("sigma", sigma[0], sigma[1], sigma[2]);
  print("weight", edm_weight[0], edm_weight[1], edm_weight[2]);
  print("x_0 + noise", double{x_t[0]}, double{x_t[dimension]}, double{x_t[2 * dimension]});
}
