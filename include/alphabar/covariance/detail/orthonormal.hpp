// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/concepts.hpp"
#include "alphabar/error.hpp"

namespace alphabar::detail {

/// Columns that can be eigenvectors: no entry of UᵀU − I exceeds c √d u, with the c and u of
/// `spectral_tolerance`. Cost: d r² flops for d × r.
template <class Basis>
void require_orthonormal(std::string_view function, const Basis& basis) {
  using Scalar = typename Basis::Scalar;
  const Scalar tolerance =
      spectral_tolerance<Scalar>(basis.rows()) / std::sqrt(static_cast<Scalar>(basis.rows()));
  const auto gram = (basis.transpose() * basis).eval();
  for (Index j = 0; j < gram.cols(); ++j) {
    for (Index i = 0; i <= j; ++i) {
      if (!(std::abs(gram(i, j) - Scalar(i == j)) <= tolerance)) {
        refuse(function, "U",
               i == j ? "have columns of length 1, squared" : "have orthogonal columns, product 0",
               gram(i, j));
      }
    }
  }
}

}  // namespace alphabar::detail
