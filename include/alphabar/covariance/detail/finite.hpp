// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"

/// Whether all numbers of an Eigen vector or matrix are finite, and which is not.
namespace alphabar::detail {

/// 0 · x is 0 for all that is finite, and NaN for all else: a sum, where a search would be a branch
/// for each.
template <class Values>
bool all_finite(const Values& values) {
  return (0 * values).sum() == 0;
}

/// Refuses the first number, column by column, that is not `good`, by its name: `mean[3]` in a
/// vector, `batch(2, 3)` in a matrix.
template <class Values, class Good>
void refuse_first(std::string_view function, std::string_view name, std::string_view requirement,
                  const Values& values, Good good) {
  for (Index j = 0; j < values.cols(); ++j) {
    for (Index i = 0; i < values.rows(); ++i) {
      const auto value = values.coeff(i, j);
      if (good(value)) continue;
      const bool vector = Values::ColsAtCompileTime == 1;
      refuse(function, vector ? element(name, i) : entry(name, i, j), requirement, value);
    }
  }
}

template <class Values>
void require_finite(std::string_view function, std::string_view name, const Values& values) {
  if (all_finite(values)) return;
  refuse_first(function, name, "be finite", values,
               [](auto value) { return std::isfinite(value); });
}

}  // namespace alphabar::detail
