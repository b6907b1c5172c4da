// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/QR>
#include <algorithm>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/eigensystem.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/detail/unit.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/low_rank.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/centring.hpp"
#include "alphabar/gaussian/detail/scatter.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/noise/noise_stream.hpp"

namespace alphabar {
namespace detail {

/// An orthonormal basis of the column space of a matrix of full column rank.
template <class Matrix>
Matrix orthonormal(const Matrix& columns) {
  const Eigen::HouseholderQR<Matrix> qr(columns / unit_of(columns));
  return qr.householderQ() * Matrix::Identity(columns.rows(), columns.cols());
}

}  // namespace detail

/// Probabilistic PCA of rank r: the r directions of largest variance with their variances, and one
/// variance ψ for all other directions, the mean of the remaining variances. This is the maximum of
/// the likelihood (Tipping, Bishop, "Probabilistic principal component analysis", J. Royal
/// Statistical Society B 61, 1999). n samples vary in n − 1 directions: r >= n − 1 gives ψ = 0, and
/// for d >= n a singular Σ, which has no density.
///
/// For d > 1024 no d × d matrix is formed. The subspace is found by subspace iteration (Halko,
/// Martinsson, Tropp, SIAM Review 53, 2011) from a random one of r + 8 dimensions, one pass over
/// the data per iteration, until the variance within it grows by less than 1e-12 of itself, or for
/// 200 passes. The random start is fixed: the same data give the same fit. A variance within
/// rounding of 0 (c d u λ_max, as in DenseCovariance) is set to 0. Memory: 2 d (r + 8) doubles, and
/// the values of a batch that is an expression. Cost per pass: 4 d n (r + 8) flops. The iteration
/// is fast where the spectrum decreases between r and r + 8, and slow where it is flat.
///
/// Batches are Dim × n, one sample per column; variances with the divisor n − 1, in double.
/// @throws std::invalid_argument for fewer than two samples, non-finite numbers, and r outside 1..d
template <EigenMatrix Batch, Real Scalar = typename Batch::Scalar,
          int Dim = Batch::RowsAtCompileTime>
[[nodiscard]] Gaussian<Scalar, Dim, LowRankCovariance<Scalar, Dim>> fit_low_rank(const Batch& batch,
                                                                                 Index r) {
  const auto& samples = detail::checked_samples("fit_low_rank", batch);
  const Index d = samples.rows();
  detail::require(r >= 1 && r <= d, "fit_low_rank", "r", "be in 1.." + detail::to_text(d), r);
  const detail::ScatterMap scatter(samples);
  using Matrix = typename detail::Centring<Dim>::Matrix;
  using Vector = typename detail::Centring<Dim>::Column;
  const auto divisor = static_cast<double>(samples.cols() - 1);

  Matrix q(d, (std::min)(d, r + 8));
  NoiseStream<double>(0).fill(q);
  q = detail::orthonormal(q);
  Matrix directions;
  Vector variances;  // of the directions, ascending
  for (int pass = 0; pass < 200; ++pass) {
    const Matrix image = scatter(q);
    const Matrix compressed = q.transpose() * image / divisor;
    const auto within = detail::eigensystem("fit_low_rank", compressed);
    const double before = variances.sum();  // 0 of none
    variances = within.eigenvalues.tail(r).cwiseMax(0);
    directions = q * within.eigenvectors.rightCols(r);
    if (variances.sum() <= before * (1 + 1e-12)) break;
    q = detail::orthonormal(image);
  }

  const double rounding = detail::spectral_tolerance<double>(d) * variances(r - 1);
  variances = (variances.array() > rounding).select(variances, 0);
  const double rest =
      r == d ? 0 : (scatter.trace() / divisor - variances.sum()) / static_cast<double>(d - r);
  const double psi = rest > rounding ? (std::min)(rest, variances(0)) : 0;
  const Eigen::Matrix<Scalar, Dim, Eigen::Dynamic> basis =
      directions.rowwise().reverse().template cast<Scalar>();
  const Eigen::Matrix<Scalar, Eigen::Dynamic, 1> above =
      (variances.reverse().array() - psi).template cast<Scalar>();
  return {scatter.centring().mean().template cast<Scalar>().eval(),
          LowRankCovariance<Scalar, Dim>(basis, above, static_cast<Scalar>(psi))};
}

}  // namespace alphabar
