// SPDX-License-Identifier: MIT
//
// Shrinkage of a covariance estimated from few samples is a diffusion step, so it corresponds to a
// time.

#include <Eigen/Core>
#include <alphabar/alphabar.hpp>
#include <cmath>
#include <cstdio>

int main() {
  // Standardised data with correlations 0.9^|i-j| in 64 dimensions, estimated from few samples.
  const Eigen::Index d = 64;
  const Eigen::MatrixXd truth = Eigen::MatrixXd::NullaryExpr(
      d, d, [](auto i, auto j) { return std::pow(0.9, static_cast<double>(std::abs(i - j))); });
  const alphabar::Gaussian data(Eigen::VectorXd::Zero(d), truth);
  const auto schedule = alphabar::linear_schedule();

  constexpr int repetitions = 50;
  std::printf("   n   rank    rho    t    error of S   of the shrunk S    (means of %d)\n",
              repetitions);
  for (const Eigen::Index n : {16, 32, 64, 256, 4096}) {
    Eigen::Index rank = 0;
    Eigen::Array4d sum = Eigen::Array4d::Zero();
    for (int seed = 1; seed <= repetitions; ++seed) {
      // [shrinkage]
      const Eigen::MatrixXd samples = data.sample(alphabar::NoiseStream(seed), n);
      alphabar::Moments<double> moments;
      moments.add(samples);
      const auto kernel = alphabar::ledoit_wolf(samples);
      const auto shrunk = alphabar::propagate(kernel, moments.gaussian().covariance());
      const double rho = 1 - kernel.signal_power();
      const double t = schedule.time_of_log_snr(std::log((1 - rho) / rho));
      // [shrinkage]
      rank = moments.gaussian().covariance().rank();
      sum += Eigen::Array4d(rho, t, (moments.covariance() - truth).norm() / truth.norm(),
                            (shrunk.matrix() - truth).norm() / truth.norm());
    }
    const Eigen::Array4d mean = sum / repetitions;
    std::printf("%4td   %4td   %.3f   %3.0f   %10.3f   %10.3f\n", n, rank, mean(0), mean(1),
                mean(2), mean(3));
  }
}
