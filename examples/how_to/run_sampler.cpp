// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>
#include <cstdio>
#include <span>

int main() {
  using namespace alphabar;
  const auto schedule = scaled_linear_schedule();
  const Gaussian data(Eigen::Vector2d(3, -1), Eigen::Matrix2d{{4, 1.5}, {1.5, 1}});

  // In place of your model: it predicts the noise in x, and counts times from 0.
  const ReverseDiffusion ideal(ForwardDiffusion(data, schedule));
  const auto model = [&](std::span<const double> x, Index k, std::span<double> epsilon) {
    const Eigen::Map<const Eigen::Matrix2Xd> x_t(x.data(), 2, std::ssize(x) / 2);
    Eigen::Map<Eigen::Matrix2Xd>(epsilon.data(), 2, x_t.cols()) =
        ideal.predict(Prediction::noise, x_t, k + 1);
  };

  // DPM-Solver++(2M) in 20 calls, from t = 1000 down to clean data.
  const SamplerPlan steps =
      plan(DpmSolverPp2M{}, schedule, trailing_timesteps(1000, 20), Prediction::noise);
  const NoiseStream noise(7);
  Eigen::Matrix2Xd x(2, 100000);
  draw_start(steps, noise, x);
  const auto network = [&](auto x_t, const SamplerCall& call, auto prediction) {
    model(x_t, static_cast<Index>(call.model_time), prediction);
  };
  run_sampler(steps, network, x, noise);

  Moments<double, 2> moments;
  moments.add(x);
  const Gaussian exact = sampler_law(steps, data);
  const auto print = [](const char* name, const auto& mean, const auto& sigma) {
    std::printf("%-18s mean %6.3f %6.3f, covariance %.3f %.3f %.3f\n", name, mean(0), mean(1),
                sigma(0, 0), sigma(0, 1), sigma(1, 1));
  };
  print("100000 samples", moments.mean(), moments.covariance());
  print("the sampler's law", exact.mean(), exact.covariance().matrix());
  print("the data", data.mean(), data.covariance().matrix());
}
