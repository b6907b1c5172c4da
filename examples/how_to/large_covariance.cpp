// SPDX-License-Identifier: MIT
#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <cmath>
#include <cstdio>

namespace {

/// Images of 48 × 48 on a torus with a correlation that decreases with the distance.
auto law_of_images() {
  constexpr alphabar::ImageShape shape{.height = 48, .width = 48};
  Eigen::MatrixXd covariance_with_first(shape.size(), 1);
  const auto around = [](alphabar::Index x) { return static_cast<double>(std::min(x, 48 - x)); };
  for (alphabar::Index k = 0; k < shape.size(); ++k) {
    covariance_with_first(k) = std::exp(-std::hypot(around(k / 48), around(k % 48)) / 6);
  }
  return alphabar::Gaussian(
      Eigen::VectorXd::Constant(shape.size(), 0.5),
      alphabar::StationaryCovariance<>::from_first_columns(shape, covariance_with_first));
}

// [judge]
/// Prints the mean log density of held-out samples, in nats per sample.
template <class Fit>
void judge(const char* name, const Fit& fit, const Eigen::MatrixXd& held_out) {
  double sum = 0;
  for (const auto& sample : held_out.colwise()) sum += fit.log_density(sample);
  std::printf("%-32s %6.0f\n", name, sum / static_cast<double>(held_out.cols()));
}
// [judge]

}  // namespace

int main() {
  const auto law = law_of_images();
  // [fit]
  const Eigen::MatrixXd samples = law.sample(alphabar::NoiseStream(1), 200);  // 2304 × 200
  const Eigen::MatrixXd held_out = law.sample(alphabar::NoiseStream(2), 50);
  judge("diagonal", alphabar::fit_diagonal(samples), held_out);
  judge("low rank, 16 directions", alphabar::fit_low_rank(samples, 16), held_out);
  judge("Kronecker product", alphabar::fit_kronecker(samples, 48, 48), held_out);
  judge("stationary", alphabar::fit_stationary(samples, {48, 48}), held_out);
  judge("exact law", law, held_out);
  // [fit]
}
