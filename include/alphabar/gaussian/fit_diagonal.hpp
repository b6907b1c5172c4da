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

/// Mean and variance of each coordinate: the fit that costs a pass over the data and 2d numbers,
/// for what often is the only covariance one can afford. Of all diagonal Gaussians it is the
/// closest in KL(data ‖ fit); what it misses is the data's `total_correlation`.
///
/// Batches are Dim × n, one sample per column; variances with the divisor n − 1, in double.
/// @throws std::invalid_argument for fewer than two samples, and what is not finite
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
