// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "alphabar/concepts.hpp"

namespace alphabar::detail {

/// The singular values of a square matrix A and its right singular vectors: A V = U diag(σ), where
/// the columns of U diag(σ) are orthogonal and ordered by their length σ, the longest first.
///
/// The eigenvectors of AᵀA, scale by scale, are nearly V; plane rotations of pairs of columns of AV
/// make them orthogonal (one-sided Jacobi: Hestenes 1958; Demmel, Veselić, SIAM J. Matrix Anal.
/// Appl. 13, 1992). Of Eigen's own, BDCSVD takes 20 s to compile, four times as long as all of
/// this, and JacobiSVD is slow beyond d = 100. Accuracy: each σ within 4 d u of the largest one (u
/// = 2⁻⁵³). Cost: an eigendecomposition, and some products of d × d. At most 30 sweeps, of which
/// two or three are needed.
template <class Matrix>
struct OneSidedSvd {
  using Scalar = typename Matrix::Scalar;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  Matrix left;   ///< U diag(σ)
  Matrix right;  ///< V
  Vector values;

  explicit OneSidedSvd(const Matrix& a);

 private:
  /// The eigenvectors of AᵀA, whose columns are orthogonal as far as they are longer than 10⁻⁶ of
  /// the longest; then the same for the shorter ones, on their own scale.
  void resolve_by_scale();

  /// The share of the longest column below which nothing can be told from 0.
  [[nodiscard]] Scalar rounding() const {
    return static_cast<Scalar>(left.cols()) * std::numeric_limits<Scalar>::epsilon();
  }

  /// Rotates the pairs of columns of `left` that are not orthogonal; whether there were any. What
  /// is within rounding of 0 is left as it is.
  bool orthogonalize();

  void rotate(Index i, Index j);

  void sort_columns();
};

template <class Matrix>
OneSidedSvd<Matrix>::OneSidedSvd(const Matrix& a) {
  const Scalar largest = a.cwiseAbs().maxCoeff();
  const Scalar unit = largest > 0 ? std::exp2(std::ilogb(largest)) : 1;
  left = a / unit;
  right = Matrix::Identity(a.cols(), a.cols());
  resolve_by_scale();
  for (int sweep = 0; sweep < 30 && orthogonalize(); ++sweep) continue;
  sort_columns();
  left *= unit;
  values *= unit;
}

template <class Matrix>
void OneSidedSvd<Matrix>::resolve_by_scale() {
  const Scalar least = rounding() * left.colwise().norm().maxCoeff();
  for (Index first = 0; first < left.cols();) {
    const Index size = left.cols() - first;
    const Matrix columns = left.rightCols(size);
    const Scalar longest = columns.colwise().norm().maxCoeff();
    if (longest <= least) return;
    const Matrix scaled = columns / longest;
    const Matrix gram = scaled.transpose() * scaled;
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(gram);
    const Matrix turn = solver.eigenvectors().rowwise().reverse();
    left.rightCols(size) = columns * turn;
    right.rightCols(size) = right.rightCols(size).eval() * turn;
    const Index before = first;
    while (first < left.cols() && left.col(first).norm() > 1e-6 * longest) ++first;
    first = std::max(first, before + 1);
  }
}

template <class Matrix>
bool OneSidedSvd<Matrix>::orthogonalize() {
  const Matrix gram = left.transpose() * left;
  const Scalar least = rounding() * std::sqrt(gram.diagonal().maxCoeff());
  bool rotated = false;
  for (Index j = 1; j < gram.cols(); ++j) {
    for (Index i = 0; i < j; ++i) {
      const Scalar scale = std::sqrt(gram(i, i)) * std::sqrt(gram(j, j));
      if (!(std::abs(gram(i, j)) > rounding() * scale)) continue;
      if (gram(i, i) <= least * least || gram(j, j) <= least * least) continue;
      rotate(i, j);
      rotated = true;
    }
  }
  return rotated;
}

template <class Matrix>
void OneSidedSvd<Matrix>::rotate(Index i, Index j) {
  const Scalar product = left.col(i).dot(left.col(j));
  if (product == 0) return;
  const Scalar difference = left.col(j).squaredNorm() - left.col(i).squaredNorm();
  const Scalar ratio = difference / (2 * product);
  const Scalar tangent = std::copysign(1 / (std::abs(ratio) + std::hypot(Scalar(1), ratio)), ratio);
  const Scalar cosine = 1 / std::hypot(Scalar(1), tangent);
  const Scalar sine = cosine * tangent;
  for (Matrix* columns : {&left, &right}) {
    for (Index k = 0; k < columns->rows(); ++k) {
      const Scalar a = (*columns)(k, i);
      const Scalar b = (*columns)(k, j);
      (*columns)(k, i) = cosine * a - sine * b;
      (*columns)(k, j) = sine * a + cosine * b;
    }
  }
}

template <class Matrix>
void OneSidedSvd<Matrix>::sort_columns() {
  const Vector lengths = left.colwise().norm().transpose();
  std::vector<Index> order(static_cast<std::size_t>(lengths.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Index i, Index j) { return lengths(i) > lengths(j); });
  const Matrix unsorted_left = left;
  const Matrix unsorted_right = right;
  values.resize(lengths.size());
  for (Index k = 0; k < lengths.size(); ++k) {
    const Index from = order[static_cast<std::size_t>(k)];
    left.col(k) = unsorted_left.col(from);
    right.col(k) = unsorted_right.col(from);
    values(k) = lengths(from);
  }
}

}  // namespace alphabar::detail
