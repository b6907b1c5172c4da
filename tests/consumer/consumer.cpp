// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>

int main() {
  const alphabar::ForwardDiffusion process(
      alphabar::Gaussian(Eigen::Vector2d(1, -2), Eigen::Matrix2d{{4, 1.5}, {1.5, 1}}),
      alphabar::linear_schedule());
  return process.covariance(1000).isIdentity(1e-3) ? 0 : 1;
}
