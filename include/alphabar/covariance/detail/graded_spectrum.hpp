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
struct PivotedCholesky {
  Matrix factor;
  VectorOfReals<Matrix> chosen;  ///< 1 for each chosen coordinate, 0 for the others

  /// Chooses the coordinate whose remaining variance times its weight is largest, until that is at
  /// most `negligible`. A coordinate of weight 0 is never chosen. Cost: d rank² flops.
  PivotedCholesky(const Matrix& sigma, VectorOfReals<Matrix> weights, double negligible)
      : factor(sigma.rows(), sigma.rows()), chosen(VectorOfReals<Matrix>::Zero(sigma.rows())) {
    VectorOfReals<Matrix> remaining = sigma.diagonal();
    Index rank = 0;
    for (Index tries = 0; tries < sigma.rows(); ++tries) {
      Index pivot = 0;
      const double largest = remaining.cwiseProduct(weights).maxCoeff(&pivot);
      if (!(largest > negligible)) break;
      weights(pivot) = 0;
      auto column = factor.col(rank);
      column = sigma.col(pivot);
      for (Index k = 0; k < rank; ++k) column -= factor(pivot, k) * factor.col(k);
      const double variance = column(pivot);
      if (!(variance > 0)) continue;
      column = (chosen.array() > 0).select(0, column / std::sqrt(variance));
      remaining -= column.cwiseAbs2();
      remaining(pivot) = 0;
      chosen(pivot) = 1;
      ++rank;
    }
    factor.conservativeResize(Eigen::NoChange, rank);
  }
};

/// Σ = U diag(λ) Uᵀ, λ ascending.
template <class Matrix>
struct GradedSpectrum {
  using Vector = VectorOfReals<Matrix>;

  Vector eigenvalues;
  Matrix eigenvectors;
  double least = 0;  ///< the smallest eigenvalue of the correlation matrix, if it is indefinite

  /// By Eigen's solver. The error of each eigenvalue is about u times the largest one.
  explicit GradedSpectrum(const Matrix& matrix) {
    const auto solver = eigensystem("DenseCovariance", matrix);
    eigenvalues = solver.eigenvalues;
    eigenvectors = solver.eigenvectors;
  }

  /// Gives each nonzero eigenvalue the relative accuracy that the entries allow. It keeps what is
  /// accurate enough, as where the variances of the coordinates are within 2¹³ of each other.
  /// Otherwise λ are the squared singular values of the Cholesky factor, by one-sided Jacobi.
  void refine(const Matrix& matrix, double tolerance) {
    constexpr double least_variance = (std::numeric_limits<double>::min)();
    const Index d = matrix.rows();
    const double largest = eigenvalues(d - 1);
    const double resolved = (std::max)(tolerance, 0x1p-13) * largest;
    if (eigenvalues(0) > resolved) return;
    // Their roots scale Σ to the correlation matrix. A coordinate without variance counts as 0.
    const Vector weights = matrix.diagonal().unaryExpr(
        [](double variance) { return variance >= least_variance ? 1 / variance : 0.0; });
    const Vector varies = (weights.array() > 0).template cast<double>();
    const Matrix sigma = scaled(matrix, varies);
    const PivotedCholesky<Matrix> of_correlations(sigma, weights, tolerance);
    const Index rank = of_correlations.factor.cols();
    if (rank < varies.count()) check(sigma, of_correlations.factor, weights, tolerance);
    eigenvalues.head(d - rank).setZero();
    if (rank == 0) return;
    const double grading = sigma.diagonal().maxCoeff() * weights.maxCoeff();
    if (eigenvalues(d - rank) > (grading > 0x1p13 ? resolved : tolerance * largest)) return;
    // The same coordinates, those with the largest variance first: this orders columns by scale.
    from_factor(PivotedCholesky<Matrix>(sigma, of_correlations.chosen, 0).factor);
  }

 private:
  /// AAᵀ.
  [[nodiscard]] static Matrix outer(const Matrix& a) {
    const Matrix rows = a.transpose();
    return a * rows;
  }

  /// diag(s) A diag(s).
  [[nodiscard]] static Matrix scaled(const Matrix& a, const Vector& s) {
    return s.asDiagonal() * a * s.asDiagonal();
  }

  /// Sets `least` if Σ − G Gᵀ is more than rounding and Σ is indefinite.
  void check(const Matrix& sigma, const Matrix& factor, const Vector& weights, double tolerance) {
    const Vector scales = weights.cwiseSqrt();
    const Matrix rest = scaled(sigma - outer(factor), scales);
    if (rest.allFinite() && rest.cwiseAbs().maxCoeff() <= tolerance) return;
    const Matrix correlation = scaled(sigma, scales);
    if (!correlation.allFinite()) {
      least = -std::numeric_limits<double>::infinity();
      return;
    }
    const auto solver = eigensystem("DenseCovariance", correlation, Eigen::EigenvaluesOnly);
    const double smallest = solver.eigenvalues(0);
    if (smallest < -tolerance * solver.eigenvalues(sigma.rows() - 1)) least = smallest;
  }

  /// Sets the spectrum to that of G Gᵀ; directions orthogonal to the columns of G have λ = 0.
  void from_factor(const Matrix& factor) {
    const Index rank = factor.cols();
    const OneSidedSvd<Matrix> svd(factor, Matrix(0, rank), 0);
    Matrix range(factor.rows(), rank);
    for (Index k = 0; k < rank; ++k) {
      range.col(rank - 1 - k) = svd.left.col(k) / svd.values(k);
      eigenvalues(factor.rows() - 1 - k) = svd.values(k) * svd.values(k);
    }
    if (rank < factor.rows()) {
      eigenvectors = eigensystem("DenseCovariance", outer(range)).eigenvectors;
    }
    eigenvectors.rightCols(rank) = range;
  }
};

}  // namespace alphabar::detail
