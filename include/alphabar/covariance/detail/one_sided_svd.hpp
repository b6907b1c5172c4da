// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/Jacobi>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/eigensystem.hpp"
#include "alphabar/covariance/detail/unit.hpp"

namespace alphabar::detail {

/// The singular values of a matrix A, and its right singular vectors: A V = U diag(σ), where the
/// columns of U diag(σ) are orthogonal and ordered by their length σ, the longest first.
///
/// First, columns of similar length are multiplied by the eigenvectors of their Gram matrix, which
/// makes them nearly orthogonal. Then plane rotations of pairs of columns make all orthogonal
/// (one-sided Jacobi: Hestenes 1958; Demmel, Veselić, SIAM J. Matrix Anal. Appl. 13, 1992). Only
/// such a rotation mixes a long column with a much shorter one; its rounding error is relative to
/// the shorter. Eigen's JacobiSVD has no such relative accuracy, and its BDCSVD takes four times as
/// long to compile.
///
/// Accuracy: each σ within 4 d u of the largest one (u = 2⁻⁵³). With `negligible` = 0 and
/// A = B diag(c), B well conditioned, each σ has a relative error of about 2¹⁰ d u for any scales
/// c. If the rows of A have such scales, too, each entry of U and V is accurate on its own scale.
/// Cost: an eigendecomposition, and some products of d × d matrices. At most 30 sweeps, of which
/// two or three are needed.
template <class Matrix>
struct OneSidedSvd {
  using Scalar = typename Matrix::Scalar;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  Matrix left;   ///< U diag(σ)
  Matrix right;  ///< V
  Vector values;

  /// Columns shorter than `negligible` times the longest one count as rounding errors, and are not
  /// rotated.
  OneSidedSvd(const Matrix& a, Scalar negligible)
      : OneSidedSvd(a, Matrix::Identity(a.cols(), a.cols()), negligible) {}
  explicit OneSidedSvd(const Matrix& a) : OneSidedSvd(a, rounding(a.cols())) {}

  /// The same, with `right` = `turned` · V. A matrix without rows makes `right` cost nothing.
  OneSidedSvd(const Matrix& a, Matrix turned, Scalar negligible);

 private:
  [[nodiscard]] static Scalar rounding(Index columns) {
    return static_cast<Scalar>(columns) * std::numeric_limits<Scalar>::epsilon();
  }

  /// AᵀA, as a product of two plain matrices: each further kind of product costs a second to
  /// compile.
  [[nodiscard]] static Matrix gram(const Matrix& a) {
    const Matrix rows = a.transpose();
    return rows * a;
  }

  void sort_columns(Index first);
  void resolve_by_scale(Scalar negligible);
  bool orthogonalize(Scalar negligible);
  void rotate(Matrix& scaled, const Vector& units, Index i, Index j);
};

template <class Matrix>
OneSidedSvd<Matrix>::OneSidedSvd(const Matrix& a, Matrix turned, Scalar negligible)
    : left(a), right(std::move(turned)) {
  resolve_by_scale(negligible);
  for (int sweep = 0; sweep < 30 && orthogonalize(negligible); ++sweep) continue;
  if (negligible == 0) orthogonalize(negligible);
  sort_columns(0);
}

/// Sets the values to the lengths of the columns, and sorts those from `first` on, the longest
/// first.
template <class Matrix>
void OneSidedSvd<Matrix>::sort_columns(Index first) {
  values = left.colwise().norm();
  for (Index k = 0; k < values.size(); ++k) {
    const bool squares_in_range = values(k) > 1e-140 && values(k) < 1e140;
    if (!squares_in_range) values(k) = left.col(k).hypotNorm();
  }
  for (Index k = first; k < values.size(); ++k) {
    const auto longest = std::max_element(values.data() + k, values.data() + values.size());
    const Index at = longest - values.data();
    if (at == k) continue;
    std::swap(values(k), values(at));
    left.col(k).swap(left.col(at));
    right.col(k).swap(right.col(at));
  }
}

/// Multiplies columns of similar length by the eigenvectors of their Gram matrix, the longest
/// first, and continues with those shorter than 10⁻⁶ times the longest.
template <class Matrix>
void OneSidedSvd<Matrix>::resolve_by_scale(Scalar negligible) {
  constexpr Scalar one_scale = Scalar(1) / 1024;
  constexpr Scalar resolved = 1e-6;
  Scalar least = 0;
  for (Index first = 0; first < left.cols();) {
    sort_columns(first);
    const Scalar longest = values(first);
    if (first == 0) least = negligible * longest;
    if (longest <= least) return;
    Index end = first + 1;
    while (end < left.cols() && values(end) > one_scale * longest) ++end;
    const Matrix columns = left.middleCols(first, end - first);
    const Matrix turned = right.middleCols(first, end - first);
    const auto solver = eigensystem("OneSidedSvd", gram(columns / longest));
    const Matrix turn = solver.eigenvectors.rowwise().reverse();
    left.middleCols(first, end - first) = columns * turn;
    right.middleCols(first, end - first) = turned * turn;
    ++first;
    while (first < end && left.col(first).hypotNorm() > resolved * longest) ++first;
  }
}

/// Rotates the pairs of columns of `left` that are not orthogonal, and returns whether there were
/// any. With `negligible` = 0 it also rotates pairs whose product exceeds the rounding of its
/// terms, which the entries of a short column beside a long one need. Columns are multiplied in
/// units of their own: beside a long one, the squares of a short one may underflow.
template <class Matrix>
bool OneSidedSvd<Matrix>::orthogonalize(Scalar negligible) {
  Matrix scaled = left;
  Vector units(left.cols());
  for (Index k = 0; k < left.cols(); ++k) scaled.col(k) /= units(k) = unit_of(left.col(k));
  const Matrix products = gram(scaled);
  const Vector lengths = products.diagonal().cwiseSqrt();
  const Scalar least =
      negligible * (lengths.size() > 0 ? lengths.cwiseProduct(units).maxCoeff() : 0);
  const Scalar alike = rounding((std::max)(left.rows(), left.cols()));
  const bool entrywise = negligible == 0;
  const Matrix sizes = entrywise ? gram(scaled.cwiseAbs()) : Matrix();
  bool left_over = false;
  for (Index j = 1; j < products.cols(); ++j) {
    for (Index i = 0; i < j; ++i) {
      const Scalar product = std::abs(products(i, j));
      const bool oblique = product > alike * lengths(i) * lengths(j);
      if (!oblique && !(entrywise && product > alike * sizes(i, j))) continue;
      if (lengths(i) * units(i) <= least || lengths(j) * units(j) <= least) continue;
      rotate(scaled, units, i, j);
      left_over = left_over || oblique;
    }
  }
  left = scaled * units.asDiagonal();
  return left_over;
}

/// Rotates columns x and y to x − τy and y + τx, over √(1 + τ²). `scaled` has each in units of its
/// own. With r = unit of y/unit of x <= 1, τ/r is in range where τ is not.
template <class Matrix>
void OneSidedSvd<Matrix>::rotate(Matrix& scaled, const Vector& units, Index i, Index j) {
  if (units(i) < units(j)) std::swap(i, j);
  auto x = scaled.col(i);
  auto y = scaled.col(j);
  const Scalar product = x.dot(y);
  if (product == 0) return;
  const Scalar r = units(j) / units(i);
  const Scalar ratio = (r * r * y.squaredNorm() - x.squaredNorm()) / (2 * product);
  const Scalar slope = std::copysign(1 / (std::abs(ratio) + std::hypot(r, ratio)), ratio);
  const Scalar tangent = slope * r;
  const Scalar cosine = 1 / std::hypot(Scalar(1), tangent);
  const Vector turned = cosine * y + (cosine * slope) * x;
  x = cosine * x - (cosine * tangent * r) * y;
  y = turned;
  if (right.rows() == 0) return;
  right.applyOnTheRight(i, j, Eigen::JacobiRotation<Scalar>(cosine, cosine * tangent));
}

}  // namespace alphabar::detail
