// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>
#include <iostream>

int main() {
  const Eigen::Vector2d mean(1, -2);
  const Eigen::Matrix2d covariance{{4, 1.5}, {1.5, 1}};
  const alphabar::ForwardDiffusion process(alphabar::Gaussian(mean, covariance),
                                           alphabar::linear_schedule());

  std::cout.precision(4);
  for (const int t : {0, 100, 500, 1000}) {
    const auto marginal = process.marginal(t);  // q(x_t)
    std::cout << "t = " << t << ", alpha_bar = " << process.schedule().alpha_bar(t) << ", KL to N(0, I) = "
              << kl_divergence(marginal) << " nats, covariance\n" << process.covariance(t) << '\n';
  }
  const Eigen::MatrixXd x = process.sample(500, alphabar::NoiseStream(42), 100000);
  alphabar::Moments<double> moments;
  moments.add(x);
  std::cout << "measured on 100000 samples of x_500\n" << moments.covariance() << '\n';
}
