// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/gaussian/detail/centring.hpp"
#include "alphabar/gaussian/gaussian.hpp"

namespace alphabar {

/// The mean and variance of each coordinate. The cheapest fit: one pass over the data, and 2d
/// numbers. Of all diagonal Gaussians it is the closest in KL(data ‖ fit); the remaining divergence
/// is the `total_correlation` of the data.
///
/// Batches are Dim × n, one sample per column; variances with the divisor n − 1, in double.
/// @throws std::invalid_argument for fewer than two samples and for non-finite numbers
template <EigenMatrix Batch, Real Scalar = typename Batch::Scalar,
          int Dim = Batch::RowsAtCompileTime>
[[nodiscard]] Gaussian<Scalar, Dim, DiagonalCovariance<Scalar, Dim>> fit_diagonal(
    const Batch& batch) {
  const auto& samples = detail::checked_samples("fit_diagonal", batch);
  constexpr Index block_size = 256;
  const detail::Centring<Dim> centring(samples);
  Eigen::Matrix<double, Dim, 1> squares = Eigen::Matrix<double, Dim, 1>::Zero(samples.rows());
  for (Index first = 0; first < samples.cols(); first += block_size) {
    const Index size = (std::min)(block_size, samples.cols() - first);
    squares += centring(samples.middleCols(first, size)).array().square().rowwise().sum().matrix();
  }
  squares /= static_cast<double>(samples.cols() - 1);
  return {centring.mean().template cast<Scalar>().eval(),
          DiagonalCovariance<Scalar, Dim>(squares.template cast<Scalar>().eval())};
}

}  // namespace alphabar
