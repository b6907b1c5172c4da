// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace alphabar::detail {

/// The power of 2 next to the largest magnitude, but in the normal range; 1 if all are 0. Values
/// divided by it can be squared and multiplied without overflow, and scaling by it is exact.
template <class Values>
double unit_of(const Eigen::DenseBase<Values>& values) {
  const double largest = values.size() > 0 ? values.derived().cwiseAbs().maxCoeff() : 0;
  return largest > 0 ? std::exp2((std::max)(std::ilogb(largest), -1022)) : 1;
}

}  // namespace alphabar::detail
