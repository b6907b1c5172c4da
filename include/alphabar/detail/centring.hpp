// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"

namespace alphabar::detail {

/// The mean of the columns of a batch, taken off in two steps, in double: first the first column,
/// then the mean of what is left. Both differences are small, and what is constant becomes exactly
/// 0.
template <int Dim>
class Centring {
 public:
  using Vector = Eigen::Matrix<double, Dim, 1>;
  using Columns = Eigen::Matrix<double, Dim, Eigen::Dynamic>;

  template <class Batch>
  explicit Centring(const Batch& batch) : pivot_(batch.col(0).template cast<double>()) {
    shift_ = (batch.template cast<double>().colwise() - pivot_).rowwise().mean();
  }

  [[nodiscard]] Vector mean() const { return pivot_ + shift_; }

  /// x − mean for every column of a batch with the same mean.
  template <class Batch>
  [[nodiscard]] Columns operator()(const Batch& batch) const {
    return (batch.template cast<double>().colwise() - pivot_).colwise() - shift_;
  }

 private:
  Vector pivot_;
  Vector shift_;
};

template <class Batch>
Centring(const Batch&) -> Centring<Batch::RowsAtCompileTime>;

/// Data that have a covariance.
template <class Batch>
void require_samples(std::string_view function, const Batch& batch) {
  require(batch.rows() >= 1, function, "batch.rows()", "be >= 1", batch.rows());
  require(batch.cols() >= 2, function, "batch.cols()", "be >= 2", batch.cols());
  for (Index j = 0; j < batch.cols(); ++j) {
    if (!batch.col(j).allFinite()) refuse(function, element("column", j), "be finite", j);
  }
}

}  // namespace alphabar::detail
