// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>

#include "alphabar/concepts.hpp"

namespace alphabar::detail {

/// y += U w for a tall U, at the speed of reading U once. Four columns at a time, so that y is
/// touched a quarter as often; in panels, so that it stays in the cache. Eigen's own kernel goes
/// across all columns of a row, which is three times slower when they lie far apart.
template <class U, class W, class Y>
void add_product(const U& u, const W& w, Y&& y) {
  constexpr Index panel = 8192;
  for (Index first = 0; first < u.rows(); first += panel) {
    const Index rows = std::min(panel, u.rows() - first);
    const auto column = [&](Index j) { return u.col(j).segment(first, rows) * w(j); };
    auto part = y.segment(first, rows);
    Index j = 0;
    for (; j + 4 <= u.cols(); j += 4) {
      part += column(j) + column(j + 1) + column(j + 2) + column(j + 3);
    }
    for (; j < u.cols(); ++j) part += column(j);
  }
}

}  // namespace alphabar::detail
