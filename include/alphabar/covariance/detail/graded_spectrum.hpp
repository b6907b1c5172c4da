// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/eigensystem.hpp"
#include "alphabar/covariance/detail/one_sided_svd.hpp"

/// The rank of a covariance, and its nonzero eigenvalues to high relative accuracy.
///
/// The entries of a covariance determine its small eigenvalues as accurately as those of the
/// correlation matrix, for any units of the coordinates (Demmel, Veselić, SIAM J. Matrix Anal.
/// Appl. 13, 1992). So the rank is decided on the correlation matrix.
namespace alphabar::detail {

/// A vector for a matrix of doubles of dynamic size. What follows are templates on the matrix, so
/// that including this header instantiates nothing.
template <class Matrix>
using VectorOfReals = Eigen::Matrix<typename Matrix::Scalar, Eigen::Dynamic, 1>;

/// The Cholesky factor G with pivoting, d × rank, G Gᵀ = Σ. A pivot is the variance of a coordinate
/// given those chosen before it.
template <class Matrix>
class PivotedCholesky {
 public:
  using Vector = VectorOfReals<Matrix>;

  /// Chooses the coordinate whose remaining variance times its weight is largest, until that is at
  /// most `negligible`. A coordinate of weight 0 is never chosen. Cost: d rank² flops.
  PivotedCholesky(const Matrix& sigma, Vector weights, double negligible)
      : factor_(sigma.rows(), sigma.rows()), remaining_(sigma.diagonal()), pivots_(weights) {
    while (rank_ < sigma.rows()) {
      Index pivot = 0;
      const double largest = remaining_.cwiseProduct(weights).maxCoeff(&pivot);
      if (!(largest > negligible)) break;
      auto column = factor_.col(rank_);
      column = sigma.col(pivot);
      for (Index k = 0; k < rank_; ++k) column -= factor_(pivot, k) * factor_.col(k);
      const double variance = column(pivot);
      weights(pivot) = 0;
      if (!(variance > 0)) continue;
      column /= std::sqrt(variance);
      for (Index i = 0; i < sigma.rows(); ++i) {
        if (pivots_(i) < 0) column(i) = 0;
      }
      remaining_ -= column.cwiseAbs2();
      remaining_(pivot) = 0;
      pivots_(pivot) = -1;
      ++rank_;
    }
    factor_.conservativeResize(Eigen::NoChange, rank_);
  }

  [[nodiscard]] const Matrix& factor() const noexcept { return factor_; }
  [[nodiscard]] Index rank() const noexcept { return rank_; }
  /// 1 for each chosen coordinate, 0 for the others.
  [[nodiscard]] Vector chosen() const {
    return (pivots_.array() < 0).select(Vector::Ones(pivots_.size()), 0);
  }

 private:
  Matrix factor_;
  Vector remaining_;
  Index rank_ = 0;
  Vector pivots_;  // −1 for each chosen coordinate
};

/// 1/σ_i² for each coordinate, 0 for one without variance. Their roots scale a covariance to the
/// correlation matrix.
template <class Matrix>
VectorOfReals<Matrix> inverse_variances(const Matrix& sigma) {
  constexpr double least = (std::numeric_limits<double>::min)();
  return sigma.diagonal().unaryExpr(
      [](double variance) { return variance >= least ? 1 / variance : 0.0; });
}

/// Whether eigenvalues from Eigen's solver, whose error is about u times the largest one, are
/// accurate enough.
inline bool is_resolved(double smallest, double largest, double tolerance) {
  return smallest > (std::max)(tolerance, 0x1p-13) * largest;
}

/// Σ = U diag(λ) Uᵀ, λ ascending, each nonzero eigenvalue with the relative accuracy that the
/// entries allow.
template <class Matrix>
struct GradedSpectrum {
  using Vector = VectorOfReals<Matrix>;

  Vector eigenvalues;
  Matrix eigenvectors;
  double least = 0;  ///< the smallest eigenvalue of the correlation matrix, if it is indefinite

  /// Starts from the spectrum by Eigen's solver, and keeps it where it is accurate enough, as it is
  /// where the variances of the coordinates are within 2¹³ of each other. Otherwise λ are the
  /// squared singular values of the Cholesky factor, by one-sided Jacobi.
  GradedSpectrum(const Matrix& matrix, Vector plain_eigenvalues, Matrix plain_eigenvectors,
                 double tolerance)
      : eigenvalues(std::move(plain_eigenvalues)), eigenvectors(std::move(plain_eigenvectors)) {
    const Index d = matrix.rows();
    const Vector weights = inverse_variances(matrix);
    const Vector varies = (weights.array() > 0).template cast<double>();
    const Matrix sigma = varies.asDiagonal() * matrix * varies.asDiagonal();
    const PivotedCholesky<Matrix> of_correlations(sigma, weights, tolerance);
    const Index rank = of_correlations.rank();
    if (rank < varies.count()) check(sigma, of_correlations, weights, tolerance);
    if (rank == 0) {
      eigenvalues.setZero();
      return;
    }
    eigenvalues.head(d - rank).setZero();
    const double grading = sigma.diagonal().maxCoeff() * weights.maxCoeff();
    const double smallest = eigenvalues(d - rank);
    const double largest = eigenvalues(d - 1);
    if (grading > 0x1p13 ? is_resolved(smallest, largest, tolerance)
                         : smallest > tolerance * largest) {
      return;
    }
    // The same coordinates, those with the largest variance first: this orders columns by scale.
    from_factor(PivotedCholesky<Matrix>(sigma, of_correlations.chosen(), 0).factor());
  }

 private:
  /// AAᵀ.
  [[nodiscard]] static Matrix outer(const Matrix& a) {
    const Matrix rows = a.transpose();
    return a * rows;
  }

  /// Sets `least` if Σ − G Gᵀ is more than rounding and Σ is indefinite.
  void check(const Matrix& sigma, const PivotedCholesky<Matrix>& cholesky, const Vector& weights,
             double tolerance) {
    const Vector scales = weights.cwiseSqrt();
    Matrix scaled = sigma - outer(cholesky.factor());
    scaled = scales.asDiagonal() * scaled * scales.asDiagonal();
    if (scaled.allFinite() && scaled.cwiseAbs().maxCoeff() <= tolerance) return;
    const Matrix correlation = scales.asDiagonal() * sigma * scales.asDiagonal();
    if (!correlation.allFinite()) {
      least = -std::numeric_limits<double>::infinity();
      return;
    }
    const auto solver = eigensystem("DenseCovariance", correlation, Eigen::EigenvaluesOnly);
    const double smallest = solver.eigenvalues()(0);
    if (smallest < -tolerance * solver.eigenvalues()(sigma.rows() - 1)) least = smallest;
  }

  /// Sets the spectrum to that of G Gᵀ; directions orthogonal to the columns of G have λ = 0.
  void from_factor(const Matrix& factor) {
    const Index rank = factor.cols();
    const OneSidedSvd<Matrix> svd(factor, Matrix(0, rank), 0);
    const Matrix columns = svd.left * svd.values.cwiseInverse().asDiagonal();
    const Matrix range = columns.rowwise().reverse();
    if (rank < factor.rows()) {
      eigenvectors = eigensystem("DenseCovariance", outer(range)).eigenvectors();
    }
    eigenvectors.rightCols(rank) = range;
    eigenvalues.head(factor.rows() - rank).setZero();
    eigenvalues.tail(rank) = svd.values.reverse().cwiseAbs2();
  }
};

}  // namespace alphabar::detail
