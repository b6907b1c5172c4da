// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/SVD>

namespace alphabar::detail {

/// A matrix's singular values, and the singular vectors that the options name. The only place that
/// knows Eigen 3.4, where options are an argument, from Eigen 5, where they belong to the type.
template <int Options, class Matrix>
auto bdc_svd(const Matrix& matrix) {
#if EIGEN_VERSION_AT_LEAST(5, 0, 0)
  return Eigen::BDCSVD<Matrix, Options>(matrix);
#else
  return Eigen::BDCSVD<Matrix>(matrix, Options);
#endif
}

}  // namespace alphabar::detail
