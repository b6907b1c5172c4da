// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>
#include <cstdio>
#include <vector>

int main() {
  using namespace alphabar;
  // Two clusters in the plane: 30 % of the data around (-2, 0), 70 % around (2, 1).
  const Gaussian a(Eigen::Vector2d(-2, 0), Eigen::Matrix2d{{0.5, 0.2}, {0.2, 0.5}});
  const Gaussian b(Eigen::Vector2d(2, 1), Eigen::Matrix2d{{0.3, 0}, {0, 1}});
  const GaussianMixture data({0.3, 0.7}, std::vector{a, b});

  // A sample of the data, noised to t = 300.
  const TransitionKernel<double> kernel = linear_schedule().transition(0, 300);
  const Eigen::Matrix2Xd x_0 = data.sample(NoiseStream(7), 1);
  Eigen::Matrix2Xd x_t(2, 1);
  add_noise(kernel, x_0, NoiseStream(8), x_t);

  const auto print = [](const char* name, const auto& v) {
    std::printf("%-22s %7.4f %7.4f\n", name, v(0), v(1));
  };
  print("x_300", x_t);
  print("score", score(data, kernel, x_t));
  print("E[x_0 | x_300]", denoise(data, kernel, x_t));
  print("E[eps | x_300]", predict(data, kernel, Prediction::noise, x_t));
  print("P(cluster | x_300)", data.responsibilities(kernel, x_t));
  std::printf("log q(x_300)           %7.4f\n", propagate(kernel, data).log_density(x_t.col(0)));
  print("weights of 0.4, 0.7", GaussianMixture({0.4, 0.7}, std::vector{a, b}).weights());
}
