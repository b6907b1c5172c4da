// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

#include "alphabar/concepts.hpp"
#include "alphabar/gaussian/detail/centring.hpp"

namespace alphabar::detail {

/// Count, mean and scatter Σ (x − mean)(x − mean)ᵀ of some samples, in double.
///
/// A set of samples is centred on its own mean, and sets are joined by the update of Chan, Golub,
/// LeVeque ("Updating formulae and a pairwise algorithm for computing sample variances", COMPSTAT
/// 1982): no large mean is ever squared.
template <int Dim>
struct Scatter {
  using Vector = Eigen::Matrix<double, Dim, 1>;
  using Matrix = Eigen::Matrix<double, Dim, Dim>;
  static constexpr Index fixed_size = Dim == Eigen::Dynamic ? 0 : Dim;

  Index count = 0;
  Vector mean = Vector::Zero(fixed_size);
  Matrix matrix = Matrix::Zero(fixed_size, fixed_size);  ///< lower triangle

  /// Of the columns of a batch.
  template <class Batch>
  static Scatter of(const Batch& batch) {
    const Centring<Dim> centring(batch);
    Scatter scatter{Index{batch.cols()}, centring.mean(), Matrix()};
    scatter.matrix.setZero(batch.rows(), batch.rows());
    scatter.matrix.template selfadjointView<Eigen::Lower>().rankUpdate(centring(batch));
    return scatter;
  }

  /// Two sets of samples as one: the scatter between their means is added to the scatters within.
  void join(const Scatter& other) {
    if (other.count == 0) return;
    if (count == 0) {
      *this = other;
      return;
    }
    const Index total = count + other.count;
    const double share = static_cast<double>(other.count) / static_cast<double>(total);
    const Vector gap = other.mean - mean;
    const Vector between = static_cast<double>(count) * share * gap;
    for (Index j = 0; j < gap.size(); ++j) {
      const Index rows = gap.size() - j;
      matrix.col(j).tail(rows) += other.matrix.col(j).tail(rows) + between(j) * gap.tail(rows);
    }
    mean += share * gap;
    count = total;
  }
};

}  // namespace alphabar::detail
