// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/predict.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

namespace alphabar::detail {

/// (x − √A μ)ᵀ (AΣ + BI)⁻¹ (x − √A μ) for each column of x, in double whatever the Scalar: in a
/// mixture it is the difference of two of them that counts. @pre AΣ + BI is regular
///
/// In float, for Σ without correlations, with the accuracy of double. A dense matrix is known
/// better than its eigenvectors, which are rounded to float: with M = AΣ + BI, y ≈ M⁻¹d by the
/// eigenvectors and r = d − My, one step of iterative refinement gives dᵀM⁻¹d = (d + r)ᵀy + rᵀM⁻¹r.
/// Of other structures the basis is rounded to float, and the distance known within 2⁻²² of itself.
template <Real Scalar, int Dim, class Covariance, class X>
Eigen::Matrix<double, 1, X::ColsAtCompileTime> squared_distances(
    const Gaussian<Scalar, Dim, Covariance>& prior, const TransitionKernel<Scalar>& kernel,
    const X& x) {
  const auto& covariance = prior.covariance();
  const auto whiten = [&](Scalar lambda) { return 1 / std::sqrt(kernel.variance(lambda)); };
  if constexpr (SameScalar<Scalar, double>) {
    const auto deviation = centred("GaussianMixture", prior, kernel, x);
    return covariance.apply(whiten, deviation).colwise().squaredNorm();
  } else {
    using Deviation = Eigen::Matrix<double, Dim, X::ColsAtCompileTime>;
    const auto in_double = [&](const auto& values) { return values.template cast<double>(); };
    const TransitionKernel<double> exact(kernel);
    const auto mean = (exact.signal_scale() * in_double(prior.mean())).eval();
    const Deviation deviation = in_double(x).colwise() - mean;
    if constexpr (Uncorrelated<Covariance>) {
      const auto variances = exact.variance(in_double(covariance.eigenvalues()).array()).eval();
      return (deviation.array().square().colwise() / variances).colwise().sum();
    } else {
      using Rounded = Eigen::Matrix<Scalar, Dim, X::ColsAtCompileTime>;
      const Rounded rounded = deviation.template cast<Scalar>();
      Eigen::Matrix<double, 1, X::ColsAtCompileTime> distances =
          in_double(covariance.apply(whiten, rounded)).colwise().squaredNorm();
      if constexpr (DenseMatrix<Covariance>) {
        const Scalar largest = kernel.variance(covariance.eigenvalues().maxCoeff());
        const auto inverse = [&](Scalar lambda) { return largest / kernel.variance(lambda); };
        const auto solve = [&](const Deviation& d) -> Deviation {
          return in_double(covariance.apply(inverse, Rounded(d.template cast<Scalar>())));
        };
        const double scale{largest};  // keeps the solutions within the range of float
        const Deviation y = solve(deviation);
        const Deviation r =
            deviation - (exact.signal_power() / scale * (in_double(covariance.matrix()) * y) +
                         exact.noise_variance() / scale * y);
        const Deviation correction = solve(r);
        for (Index j = 0; j < distances.cols(); ++j) {
          // No less where the matrix is singular but for the rounding of its entries.
          if (!(r.col(j).norm() <= 0.5 * deviation.col(j).norm())) continue;
          distances(j) =
              ((deviation.col(j) + r.col(j)).dot(y.col(j)) + r.col(j).dot(correction.col(j))) /
              scale;
        }
      }
      return distances;
    }
  }
}

}  // namespace alphabar::detail
