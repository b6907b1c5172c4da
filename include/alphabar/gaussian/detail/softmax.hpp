// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <limits>

#include "alphabar/concepts.hpp"

namespace alphabar::detail {

/// Replaces each column of a matrix of logarithms by its softmax, and returns log Σ_k e^(l_k) of
/// each column. The largest l is subtracted first, so that nothing overflows and the sum is at
/// least 1. A column of −∞ only becomes `otherwise`.
template <class Matrix, class Shares>
Eigen::Matrix<typename Matrix::Scalar, 1, Eigen::Dynamic> softmax(Matrix& logs,
                                                                  const Shares& otherwise) {
  using Scalar = typename Matrix::Scalar;
  Eigen::Matrix<Scalar, 1, Eigen::Dynamic> log_sums(logs.cols());
  for (Index j = 0; j < logs.cols(); ++j) {
    auto column = logs.col(j);
    const Scalar largest = column.maxCoeff();
    log_sums(j) = largest;
    if (largest == -std::numeric_limits<Scalar>::infinity()) {
      column = otherwise;
      continue;
    }
    column = (column.array() - largest).exp();
    const Scalar sum = column.sum();
    column /= sum;
    log_sums(j) += std::log(sum);
  }
  return log_sums;
}

}  // namespace alphabar::detail
