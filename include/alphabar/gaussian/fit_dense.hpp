// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/one_sided_svd.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/centring.hpp"
#include "alphabar/gaussian/gaussian.hpp"

namespace alphabar {
namespace detail {

/// Triangular R with RᵀR = MᵀM.
template <class Matrix>
Matrix triangular_factor(const Matrix& m) {
  const Eigen::HouseholderQR<Matrix> qr(m);
  return qr.matrixQR().topRows(m.cols()).template triangularView<Eigen::Upper>();
}

/// Triangular R with RᵀR = Σ (x − x̄)(x − x̄)ᵀ, d × d, without forming that product: by QR
/// factorisations of blocks of samples, each stacked below the R of the blocks before.
template <class Batch, class Centring>
typename Centring::Matrix triangular_factor(const Batch& batch, const Centring& centring) {
  using Matrix = typename Centring::Matrix;
  const Index d = batch.rows();
  const Index block_size = (std::max<Index>)(d, 256);
  Matrix factor = Matrix::Zero(d, d);
  for (Index first = 0; first < batch.cols(); first += block_size) {
    const Index size = (std::min)(block_size, batch.cols() - first);
    Matrix stacked(d + size, d);
    stacked.topRows(d) = factor;
    stacked.bottomRows(size) = centring(batch.middleCols(first, size)).transpose();
    factor = triangular_factor(stacked);
  }
  return factor;
}

/// Whether the lengths of the columns differ by a factor of more than 2⁶, and the columns scaled to
/// length 1 are linearly independent to rounding. Then also the shortest column is significant.
template <class Matrix>
bool is_graded(const Matrix& factor) {
  const auto lengths = factor.colwise().norm().eval();
  if (!(lengths.minCoeff() > 0) || lengths.maxCoeff() <= 0x1p6 * lengths.minCoeff()) return false;
  const Matrix directions = factor * lengths.cwiseInverse().asDiagonal();
  const OneSidedSvd<Matrix> svd(directions);
  return svd.values.minCoeff() > spectral_tolerance<double>(factor.cols()) * svd.values(0);
}

}  // namespace detail

/// The empirical Gaussian, computed from the samples and not from a covariance matrix: the
/// eigenvalues of the covariance are the squared singular values of the centred samples, divided by
/// n − 1. None is negative. The error of a standard deviation is √(1 + n/256) u times the largest
/// one; for a covariance matrix (`Moments`, which is faster) it is √u times the largest one. A
/// deviation within c d u of 0 counts as 0 (c and u of double, as in DenseCovariance). n may be
/// smaller than d; the rank is at most n − 1. Where the units of the coordinates differ widely and
/// the correlation matrix has full rank, each deviation has a relative error of u.
///
/// Batches are Dim × n, one sample per column. In double, in blocks of max(d, 256) samples. Cost:
/// up to 4 n d² flops, and an SVD of a d × d matrix.
/// @throws std::invalid_argument for fewer than two samples, non-finite numbers, and numbers whose
///     sum of squares exceeds the range of Scalar
template <EigenMatrix Batch, Real Scalar = typename Batch::Scalar,
          int Dim = Batch::RowsAtCompileTime>
[[nodiscard]] Gaussian<Scalar, Dim> fit_dense(const Batch& batch) {
  using Covariance = DenseCovariance<Scalar, Dim>;
  const auto& samples = detail::checked_samples("fit_dense", batch);
  const auto numbers = static_cast<double>(samples.size());
  const double largest = samples.cwiseAbs().maxCoeff();
  const double bound = std::sqrt(double{(std::numeric_limits<Scalar>::max)()} / (4 * numbers));
  detail::require(largest <= bound, "fit_dense", "the largest number",
                  "have a square that can be summed: at most " + detail::to_text(bound), largest);
  const detail::Centring<Dim> centring(samples);
  using Matrix = typename detail::Centring<Dim>::Matrix;
  using Vector = typename detail::Centring<Dim>::Column;
  const Matrix factor = detail::triangular_factor(samples, centring);
  const bool graded = detail::is_graded(factor);
  const detail::OneSidedSvd<Matrix> svd =
      graded ? detail::OneSidedSvd<Matrix>(factor, 0) : detail::OneSidedSvd<Matrix>(factor);
  Vector deviations = svd.values.reverse() / std::sqrt(static_cast<double>(samples.cols() - 1));
  const double share = graded ? 0 : detail::spectral_tolerance<double>(samples.rows());
  const double rounding = share * deviations(samples.rows() - 1);
  deviations = (deviations.array() > rounding).select(deviations, 0);
  const typename Covariance::Matrix basis = svd.right.rowwise().reverse().template cast<Scalar>();
  return {centring.mean().template cast<Scalar>().eval(),
          Covariance::from_spectrum(basis, deviations.cwiseAbs2().template cast<Scalar>().eval())};
}

}  // namespace alphabar
