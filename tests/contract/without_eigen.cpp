// SPDX-License-Identifier: MIT
//
// Would catch a header of a module without Eigen that includes Eigen.
#include <alphabar/core.hpp>
#include <vector>

#ifdef EIGEN_WORLD_VERSION
#error "core.hpp includes Eigen"
#endif

int main() {
  std::vector<float> x(8, 1.0F);
  const auto schedule = alphabar::linear_schedule<float>();
  alphabar::add_noise(schedule.transition(0, 500), x, alphabar::NoiseStream<float>(1), x);
  return x[0] != 1.0F ? 0 : 1;
}
