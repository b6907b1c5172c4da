// SPDX-License-Identifier: MIT
#include <alphabar/core.hpp>
#include <cstdio>
#include <span>
#include <vector>

int main() {
  const auto schedule = alphabar::cosine_schedule<float>();
  const alphabar::NoiseStream<float> noise(42);  // the seed

  // Three samples of four numbers, one after the other, each at its own time.
  const std::vector<float> x0{1, -1, 0.5F, 0, 1, -1, 0.5F, 0, 1, -1, 0.5F, 0};
  const std::vector<int> times{10, 500, 990};
  std::vector<float> x_t(x0.size());
  alphabar::add_noise(schedule, x0, times, noise, x_t);

  for (std::size_t j = 0; j < times.size(); ++j) {
    std::printf("t = %3d, alpha_bar = %.4f:", times[j], schedule.alpha_bar(times[j]));
    for (std::size_t i = 0; i < 4; ++i) std::printf(" %7.4f", x_t[4 * j + i]);
    std::puts("");
  }

  // In parts of two samples and one: the first number of the second part has the index 2 * 4.
  std::vector<float> parts(x0.size());
  const std::span out(parts);
  alphabar::add_noise(schedule, std::span(x0).first(8), std::span(times).first(2), noise,
                      out.first(8));
  alphabar::add_noise(schedule, std::span(x0).subspan(8), std::span(times).subspan(2), noise,
                      out.subspan(8), 2 * 4);
  std::printf("in parts, the same bits: %s\n", parts == x_t ? "yes" : "no");

  // The target of a network that predicts the noise: the same ε, and the weight of its loss.
  std::vector<float> epsilon(x0.size());
  noise.fill(epsilon, 0);
  std::printf("its first noise %.4f, min-SNR weights", double{epsilon[0]});
  for (const int t : times) {
    std::printf(" %.4f", alphabar::min_snr_weight(schedule.snr(t), alphabar::Prediction::noise));
  }

  // The target of a network that predicts v: from x_0, which determines v at all times.
  std::vector<float> v(x0.size());
  alphabar::convert_predictions(schedule, alphabar::Prediction::x0, alphabar::Prediction::velocity,
                                x_t, x0, times, v);
  std::printf("\nits first v %.4f\n", double{v[0]});
}
