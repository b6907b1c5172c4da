// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/gaussian/detail/centring.hpp"
#include "alphabar/gaussian/detail/scatter.hpp"
#include "alphabar/gaussian/gaussian.hpp"

namespace alphabar {

/// The mean and variance of each coordinate. The cheapest fit: one pass over the data, and 2d
/// numbers. Of all diagonal Gaussians it is the closest in KL(data ‖ fit); the remaining divergence
/// is the `total_correlation` of the data.
///
/// Batches are Dim × n, one sample per column; variances with the divisor n − 1, in double. For
/// data that do not fit into memory see `DiagonalMoments`.
/// @throws std::invalid_argument for fewer than two samples and for non-finite numbers
template <EigenMatrix Batch, Real Scalar = typename Batch::Scalar,
          int Dim = Batch::RowsAtCompileTime>
[[nodiscard]] Gaussian<Scalar, Dim, DiagonalCovariance<Scalar, Dim>> fit_diagonal(
    const Batch& batch) {
  const auto& samples = detail::checked_samples("fit_diagonal", batch);
  const auto scatter = detail::Scatter<Dim, 1>::of(samples);
  const Eigen::Matrix<double, Dim, 1> variances =
      scatter.sums / static_cast<double>(scatter.count - 1);
  return {scatter.mean.template cast<Scalar>().eval(),
          DiagonalCovariance<Scalar, Dim>(variances.template cast<Scalar>().eval())};
}

}  // namespace alphabar
