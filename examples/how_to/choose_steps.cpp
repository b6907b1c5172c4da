// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>
#include <alphabar/oracle/optimal_grid.hpp>
#include <cmath>
#include <cstdio>
#include <vector>

int main() {
  using namespace alphabar;

  // Your data, one sample per column: here 1000 samples with variances 30/k².
  const Eigen::VectorXd variances = 30 / Eigen::ArrayXd::LinSpaced(64, 1, 64).square();
  const Gaussian truth(Eigen::VectorXd::Zero(64), DiagonalCovariance(variances));
  const Eigen::MatrixXd samples = truth.sample(NoiseStream(7), 1000);

  // [choose]
  Moments moments;
  moments.add(samples);
  const Gaussian data = moments.gaussian();
  const std::vector<double> best = optimal_sigmas(data.covariance().eigenvalues(), 8, 80);

  const auto error = [&](const std::vector<double>& sigmas) {
    const auto plan = Euler{}.plan(SamplerPath::of_sigmas(to_data(sigmas)));
    return wasserstein_distance(sampler_law(plan, data), data);
  };
  std::printf("sigmas:");
  for (const double sigma : best) std::printf(" %.3g", sigma);
  std::printf("\nW2 to the data %.2f; by the grid of Karras et al. %.2f\n", error(best),
              error(karras_sigmas(8, 0.002, 80)));
  // [choose]
}
