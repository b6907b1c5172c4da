// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <alphabar/alphabar.hpp>
#include <cmath>

#include "diffuse_dataset/chi_square.hpp"
#include "diffuse_dataset/wishart_test.hpp"

namespace diffuse_dataset {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;
using Moments = alphabar::Moments<double>;

/// What is measured on real samples noised up to a time t.
struct Measurement {
  Moments noised;     ///< of x_t
  Moments residuals;  ///< of (x_t - √ᾱ_t x_0) / √(1-ᾱ_t)
};

/// The comparison of a measurement with theory.
struct Comparison {
  double error = 0;           ///< ‖S - Σ_t‖_F / ‖Σ_t‖_F
  double expected_error = 0;  ///< root mean square of the error according to theory
  double p_value = 0;
  bool limited = false;  ///< rounding errors are not small compared with the noise
};

/// p-value of the measured variances along orthonormal directions, given those of theory. For fixed
/// x_0, (n-1) s/B is noncentral chi-square with n-1 degrees of freedom, shifted by (n-1)(λ_t -
/// B)/B, and independent between directions. S is a sum of large and small numbers, so variances
/// below 1e-10 of the largest are below its rounding and are left out.
inline double variances_p_value(const Vector& measured, const Vector& claimed,
                                double noise_variance, double degrees_of_freedom) {
  double smallest = 1;
  for (Eigen::Index i = 0; i < measured.size(); ++i) {
    if (claimed[i] < 1e-10 * claimed.maxCoeff()) continue;
    const double scale = degrees_of_freedom / noise_variance;
    const double shift = std::max(0.0, scale * (claimed[i] - noise_variance));
    const Tails tails = noncentral_chi_square_tails(scale * measured[i], degrees_of_freedom, shift);
    smallest = std::min(smallest, tails.two_sided());
  }
  return smallest_of(static_cast<double>(measured.size()), smallest);
}

/// uᵀΣu for every column u of the basis.
inline Vector variances_along(const Matrix& basis, const Matrix& covariance) {
  return basis.cwiseProduct(covariance * basis).colwise().sum();
}

/// The law of samples at a time t according to theory.
struct Claim {
  double roundings = 1;   ///< the number of roundings of x_t
  Matrix sigma;           ///< Σ_t
  Vector variances;       ///< of Σ_t along the eigenvectors of the data
  double noise_variance;  ///< B = 1-ᾱ_t
};

/// Whether a test may detect the rounding of x_t or of S. The residuals are those of numbers
/// rounded to u = 2⁻⁵³ of themselves, divided by √B; their variance is known to √(2/n). S is
/// rounded to some u of itself, and varies by 2 √(λ_t B/n) along a direction.
inline bool limited_by_rounding(const Measurement& measurement, const Claim& claim) {
  constexpr double u = 0x1p-53;
  const auto n = static_cast<double>(measurement.noised.count());
  const double B = claim.noise_variance;
  const Vector squares = claim.sigma.diagonal() + measurement.noised.mean().cwiseAbs2();
  const double of_residuals = claim.roundings * u * u * squares.maxCoeff() / B;
  const double of_variances = 4 * u * std::sqrt(claim.variances.maxCoeff() / B);
  return of_residuals > 0.1 / std::sqrt(n) || of_variances > 0.1 / std::sqrt(n);
}

/// Real samples are fixed and not Gaussian; only the noise is random. With the divisor n - 1 in S
/// and in Σ_0 alike, the mean of S over the noise is Σ_t exactly, and the mean of ‖S - Σ_t‖² is B
/// (2 tr Σ_t - B d)(d + 1)/(n - 1). Two things are tested: the residuals are N(0, I), and S has the
/// variances of Σ_t along the eigenvectors of the data.
inline Comparison compare(const Measurement& measurement, const Claim& claim,
                          const Matrix& eigenvectors) {
  const Matrix measured = measurement.noised.covariance();
  const auto m = static_cast<double>(measurement.noised.count() - 1);
  const auto d = static_cast<double>(measured.rows());
  const double B = claim.noise_variance;
  const double size = claim.sigma.norm();

  Comparison result;
  result.error = (measured - claim.sigma).norm() / size;
  result.expected_error = std::sqrt(B * (2 * claim.sigma.trace() - B * d) * (d + 1) / m) / size;

  const double of_variances =
      variances_p_value(variances_along(eigenvectors, measured), claim.variances, B, m);
  const double of_residuals = standard_normal_p_value(
      measurement.residuals.count(), eigenvectors.transpose() * measurement.residuals.mean(),
      eigenvectors.transpose() * measurement.residuals.covariance() * eigenvectors);
  result.limited = limited_by_rounding(measurement, claim);
  result.p_value = smallest_of(2, std::min(of_variances, of_residuals));
  return result;
}

}  // namespace diffuse_dataset
