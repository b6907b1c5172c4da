// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <limits>

#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/detail/unit.hpp"

namespace alphabar::detail {

/// |Σ^{−½}x|², the squared Mahalanobis distance of a point from the mean; +∞ where it exceeds the
/// range of Scalar. x and Σ^{−½}x are divided by their units, so that no intermediate result does.
template <class Covariance>
auto squared_deviation(const Covariance& covariance, typename Covariance::Vector x) {
  using Scalar = typename Covariance::Vector::Scalar;
  const auto unit = static_cast<Scalar>(unit_of(x));
  if (!std::isfinite(unit)) return std::numeric_limits<Scalar>::infinity();
  x /= unit;
  x = covariance.apply(InverseRoot(), x);
  const auto unit_of_deviations = static_cast<Scalar>(unit_of(x));
  x /= unit_of_deviations;
  const Scalar scale = unit * unit_of_deviations;
  return scale * scale * x.squaredNorm();
}

}  // namespace alphabar::detail
