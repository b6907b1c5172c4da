// SPDX-License-Identifier: MIT
//
// Monte Carlo: would catch what the linear map of a sampler cannot show, noise that is used twice:
// for two steps, two samples, two coordinates. Also caught: √β replaced by β, a mean left out.
//
// Each set of samples is whitened by the law it is claimed to have, in the eigenbasis. Then for N
// samples the sum of squares of a mode is χ²_N, and the scaled mean of a mode and the scaled
// product of two modes are N(0, 1). All are turned into z-scores with |z| <= 7: 20 numbers in each
// of 16 sets give a false alarm with probability 320 · 2.6e-12 = 8e-10. Seeds are fixed.
// Power: with N = 40000 a mode whose variance is off by 7 % is seen with probability 0.999.

#include <alphabar/alphabar.hpp>
#include <cmath>

#include "support/catch.hpp"

namespace {

using Samples = Eigen::Matrix<double, 5, Eigen::Dynamic>;
using Process = alphabar::ForwardDiffusion<double, 5>;

/// Eigenvalues far from 1, one of them 0; a basis that mixes all coordinates; a mean that is not 0.
Process make_process() {
  const Eigen::Vector<double, 5> lambda(0, 0.01, 0.25, 4, 100);
  const Eigen::Vector<double, 5> normal = Eigen::Vector<double, 5>(1, -2, 3, 4, -5).normalized();
  const Eigen::Matrix<double, 5, 5> reflection =
      Eigen::Matrix<double, 5, 5>::Identity() - 2 * normal * normal.transpose();
  Eigen::Matrix<double, 5, 5> sigma = reflection * lambda.asDiagonal() * reflection;
  sigma = (sigma + sigma.transpose().eval()) / 2;
  return {alphabar::Gaussian(Eigen::Vector<double, 5>(3, -1, 0.5, 20, -7), sigma),
          alphabar::linear_schedule()};
}

/// Wilson and Hilferty's cube root: a χ² variable with n >> 1 degrees of freedom as a z-score.
double z_score_of_chi_square(double chi_square, double n) {
  return (std::cbrt(chi_square / n) - (1 - 2 / (9 * n))) / std::sqrt(2 / (9 * n));
}

/// `z` is claimed to be white: the largest |z-score| of its means, variances and correlations.
double worst_z_score(const Samples& z) {
  const auto n = static_cast<double>(z.cols());
  double worst = 0;
  for (int i = 0; i < 5; ++i) {
    worst = std::max(worst, std::abs(z.row(i).sum()) / std::sqrt(n));
    worst = std::max(worst, std::abs(z_score_of_chi_square(z.row(i).squaredNorm(), n)));
    for (int j = 0; j < i; ++j) {
      worst = std::max(worst, std::abs(z.row(i).dot(z.row(j))) / std::sqrt(n));
    }
  }
  return worst;
}

Samples whitened(const Process& process, alphabar::Index t, const Samples& x) {
  const auto law = process.marginal(t);
  const auto scales = law.covariance().eigenvalues().cwiseSqrt().cwiseInverse();
  return scales.asDiagonal() *
         (law.covariance().eigenvectors().transpose() * (x.colwise() - law.mean()));
}

constexpr double limit = 7;

}  // namespace

TEST_CASE("sample: draws from the closed form follow their law") {
  const Process process = make_process();
  for (const int t : {1, 2, 10, 333, 500, 700, 999, 1000}) {
    CAPTURE(t);
    const Samples x = process.sample(t, alphabar::NoiseStream(11).substream(t), 40000);
    CHECK(worst_z_score(whitened(process, t, x)) < limit);
  }
}

TEST_CASE("sample_by_steps: the recursion itself leads to the closed form") {
  const Process process = make_process();
  for (const int t : {1, 2, 10, 100}) {
    CAPTURE(t);
    const Samples x = process.sample_by_steps(t, alphabar::NoiseStream(12).substream(t), 40000);
    CHECK(worst_z_score(whitened(process, t, x)) < limit);
  }
  const Samples x = process.sample_by_steps(1000, alphabar::NoiseStream(12), 4000);
  CHECK(worst_z_score(whitened(process, 1000, x)) < limit);
}

TEST_CASE("sample_by_steps: each step brings noise of its own") {
  const Process process = make_process();
  const alphabar::NoiseStream noise(13);
  const auto step = process.schedule().step(8);
  const Samples before = process.sample_by_steps(7, noise, 40000);
  const Samples after = process.sample_by_steps(8, noise, 40000);
  const Samples brought = (after - step.signal_scale() * before) / step.noise_scale();
  CHECK(worst_z_score(brought) < limit);
  // Independent of where the samples were: its product with the whitened x_7 is white noise, too.
  const Samples product = brought.cwiseProduct(whitened(process, 7, before));
  const double scaled = std::abs(product.sum()) / std::sqrt(static_cast<double>(product.size()));
  CHECK(scaled < limit);
}

TEST_CASE("add_noise: a fixed point becomes N(√ᾱ x_0, (1 − ᾱ) I)") {
  const Process process = make_process();
  const auto kernel = process.schedule().transition(0, 300);
  const Samples x0 = Eigen::Vector<double, 5>(3, -1, 0.5, 20, -7).replicate(1, 40000);
  Samples x(5, x0.cols());
  alphabar::add_noise(kernel, x0, alphabar::NoiseStream(14), 0, x);
  CHECK(worst_z_score((x - kernel.signal_scale() * x0) / kernel.noise_scale()) < limit);
}
