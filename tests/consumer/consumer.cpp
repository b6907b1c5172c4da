// SPDX-License-Identifier: MIT
#include <alphabar/alphabar.hpp>

int main() {
  const Eigen::Matrix2d sigma{{4, 1.5}, {1.5, 1}};
  const auto schedule = alphabar::linear_schedule();
  const auto covariance = alphabar::propagate(schedule.transition(0, 1000), sigma);
  return covariance.isIdentity(1e-3) ? 0 : 1;
}
