// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <string>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/error.hpp"

namespace alphabar::detail {

/// Subtracts the mean of the columns of a batch in two steps, in double: first the first column,
/// then the mean of the differences. Both differences are small, and a constant coordinate becomes
/// exactly 0.
template <int Dim>
class Centring {
 public:
  using Vector = Eigen::Matrix<double, Dim, 1>;
  /// Types of results computed from samples of any type.
  using Matrix = Eigen::MatrixXd;
  using Column = Eigen::VectorXd;
  using ComplexMatrix = Eigen::MatrixXcd;
  /// Dynamic for Dim = 1: Eigen's rankUpdate would take a fixed row for a vector.
  using Columns = Eigen::Matrix<double, Dim == 1 ? Eigen::Dynamic : Dim, Eigen::Dynamic>;

  template <class Batch>
  explicit Centring(const Batch& batch)
      : pivot_(batch.col(0).template cast<double>()), shift_(Vector::Zero(batch.rows())) {
    constexpr Index block = 1024;  // a single running sum would lose digits
    for (Index first = 0; first < batch.cols(); first += block) {
      Vector sum = Vector::Zero(batch.rows());
      for (Index j = first; j < (std::min)(first + block, Index{batch.cols()}); ++j) {
        for (Index i = 0; i < batch.rows(); ++i) sum(i) += from_pivot(batch, i, j);
      }
      shift_ += sum;
    }
    shift_ /= static_cast<double>(batch.cols());
  }

  [[nodiscard]] Vector mean() const { return pivot_ + shift_; }

  /// x − mean for every column of a batch; the mean is that of the batch given at construction.
  template <class Batch>
  [[nodiscard]] Columns operator()(const Batch& batch) const {
    Columns centred(batch.rows(), batch.cols());
    for (Index j = 0; j < batch.cols(); ++j) {
      for (Index i = 0; i < batch.rows(); ++i) centred(i, j) = from_pivot(batch, i, j) - shift_(i);
    }
    return centred;
  }

 private:
  template <class Batch>
  [[nodiscard]] double from_pivot(const Batch& batch, Index i, Index j) const {
    return static_cast<double>(batch.coeff(i, j)) - pivot_(i);
  }

  Vector pivot_;
  Vector shift_;
};

template <class Batch>
Centring(const Batch&) -> Centring<Batch::RowsAtCompileTime>;

/// A batch in memory. An expression is evaluated first, so that repeated reads give the same values
/// even if it is random.
template <class Batch>
decltype(auto) worked_out(const Batch& batch) {
  if constexpr ((Batch::Flags & Eigen::DirectAccessBit) != 0) {
    return (batch);
  } else {
    return typename Batch::PlainObject(batch);
  }
}

/// The same, checked: at least two samples, all finite.
template <class Batch>
decltype(auto) checked_samples(std::string_view function, const Batch& batch,
                               const std::string& argument = "batch") {
  require(batch.rows() >= 1, function, argument + ".rows()", "be >= 1", batch.rows());
  require(batch.cols() >= 2, function, argument + ".cols()", "be >= 2", batch.cols());
  decltype(auto) samples = worked_out(batch);
  require_finite(function, argument, samples);
  return samples;
}

}  // namespace alphabar::detail
