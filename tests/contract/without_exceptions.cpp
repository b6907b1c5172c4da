// SPDX-License-Identifier: MIT
//
// Would catch a header that throws by itself or uses the type of an object at run time, and an
// error that is lost where nothing can be thrown: compiled without both.
#include <Eigen/Core>
#include <alphabar/alphabar.hpp>
#include <cstdlib>
#include <exception>
#include <vector>

int main() {
  using namespace alphabar;
  const Eigen::Matrix2d sigma = Eigen::Vector2d(4, 0.25).asDiagonal();
  const Gaussian prior(Eigen::Vector2d(1, -2), sigma);
  const ForwardDiffusion forward(prior, linear_schedule(1000));
  if (!(kl_divergence(forward.marginal(1000)) < 1e-3)) return 1;

  std::set_terminate([] { std::_Exit(0); });
  (void)NoiseSchedule<>::from_betas(std::vector{0.1, 0.2, 1.5});
  return 2;
}
