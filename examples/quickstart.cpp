// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>
#include <iostream>

int main() {
  const Eigen::Vector2d mean(1, -2);
  const Eigen::Matrix2d sigma{{4, 1.5}, {1.5, 1}};
  const alphabar::ForwardDiffusion process(alphabar::Gaussian(mean, sigma),
                                           alphabar::linear_schedule());
  std::cout.precision(4);
  for (const int t : {0, 100, 500, 1000}) {
    std::cout << "t = " << t << ": alpha_bar = " << process.schedule().alpha_bar(t)
              << ", KL to N(0, I) = " << kl_divergence(process.marginal(t)) << " nats\n"
              << process.covariance(t) << '\n';
  }
  alphabar::Moments<double> measured;
  measured.add(process.sample(500, alphabar::NoiseStream(42), 100000));
  std::cout << "measured at t = 500:\n" << measured.covariance() << '\n';
}
