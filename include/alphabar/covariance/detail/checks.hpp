// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <concepts>
#include <limits>
#include <string_view>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/error.hpp"

/// Checks of dimensions, means, batches, spectra and bases.
namespace alphabar::detail {

/// Whether all values are finite: 0 · x is 0 for a finite x and NaN otherwise, so a sum suffices,
/// without a branch for each value.
template <class Values>
bool all_finite(const Values& values) {
  if constexpr (std::derived_from<Values, Eigen::PlainObjectBase<Values>>) {
    return (0 * flat(values)).sum() == 0;
  } else {
    return (0 * values).sum() == 0;
  }
}

/// Refuses the first value, column by column, that is not `good`, and names it: `mean[3]` in a
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

/// Requires a dimension >= 1, and that of the type where it has one.
template <int Dim>
void require_dimension(std::string_view function, std::string_view argument, Index dimension) {
  if (Dim != Eigen::Dynamic) require_size(function, argument, Dim, dimension);
  require(dimension >= 1, function, argument, "be >= 1", dimension);
}

template <class Values>
void require_finite(std::string_view function, std::string_view name, const Values& values) {
  if (all_finite(values)) return;
  refuse_first(function, name, "be finite", values,
               [](auto value) { return std::isfinite(value); });
}

/// c d u: an eigenvalue of a d × d matrix of rounded entries that is below this multiple of the
/// largest one may be 0 (u = 2⁻⁵³ and c = 64 for double, 2⁻²⁴ and 4 for float).
template <Real Scalar>
constexpr Scalar spectral_tolerance(Index dimension) {
  constexpr Scalar factor = SameScalar<Scalar, double> ? 64 : 4;
  return factor * static_cast<Scalar>(dimension) * std::numeric_limits<Scalar>::epsilon() / 2;
}

/// Whether these can be the eigenvalues of a covariance: finite and >= 0.
template <class Values>
bool is_spectrum(const Values& values) {
  return all_finite(values) && !(values.size() > 0 && values.minCoeff() < 0);
}

template <class Values>
void require_spectrum(std::string_view function, std::string_view name, const Values& values) {
  if (is_spectrum(values)) return;
  refuse_first(function, name, "be finite and >= 0", values,
               [](auto value) { return std::isfinite(value) && value >= 0; });
}

/// Whether Aλ + B is finite and >= 0 for every finite λ >= 0: for A <= 1 and a B below the rounding
/// of the largest number. Then no eigenvalue needs a check.
template <Real Scalar>
bool keeps_spectra(Scalar a, Scalar b) {
  using Limits = std::numeric_limits<Scalar>;
  return a >= 0 && a <= 1 && b >= 0 && b <= (Limits::max)() * (Limits::epsilon() / 8);
}

/// Requires orthonormal columns: no entry of UᵀU − I exceeds 16 (d + 4) u (u = 2⁻⁵³ for double,
/// 2⁻²⁴ for float). It is at most 7 d u for the eigenvectors and singular vectors of Eigen, whose
/// rotations accumulate. Cost: d r² flops for d × r.
template <class Basis>
void require_orthonormal(std::string_view function, const Basis& basis) {
  using Scalar = typename Basis::Scalar;
  const Scalar tolerance =
      8 * static_cast<Scalar>(basis.rows() + 4) * std::numeric_limits<Scalar>::epsilon();
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
