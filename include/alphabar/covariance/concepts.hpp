// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <concepts>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/finite.hpp"
#include "alphabar/error.hpp"

namespace alphabar {
namespace detail {

template <class Derived>
std::true_type derives_from_matrix_base(const Eigen::MatrixBase<Derived>*);

/// c d u: below this share of the largest one, an eigenvalue of a d × d matrix of rounded entries
/// cannot be told from 0 (u = 2⁻⁵³ and c = 64 for double, 2⁻²⁴ and 4 for float).
template <Real Scalar>
constexpr Scalar spectral_tolerance(Index dimension) {
  constexpr Scalar factor = SameScalar<Scalar, double> ? 64 : 4;
  return factor * static_cast<Scalar>(dimension) * std::numeric_limits<Scalar>::epsilon() / 2;
}

/// Numbers that a covariance may have for eigenvalues.
template <class Values>
void require_spectrum(std::string_view function, std::string_view name, const Values& values) {
  if (all_finite(values) && !(values.size() > 0 && values.minCoeff() < 0)) return;
  refuse_first(function, name, "be finite and >= 0", values,
               [](auto value) { return std::isfinite(value) && value >= 0; });
}

/// The same for the spectrum of AΣ + BI, without a look where it cannot fail: for A <= 1 and a B
/// that is lost beside the largest number there is.
template <Real Scalar, class Values>
void require_transformed(std::string_view function, std::string_view name, Scalar a, Scalar b,
                         const Values& values) {
  using Limits = std::numeric_limits<Scalar>;
  const bool safe = a >= 0 && a <= 1 && b >= 0 && b <= Limits::max() * (Limits::epsilon() / 8);
  if (!safe) require_spectrum(function, name, values);
}

struct Identity {
  template <class T>
  T operator()(T x) const {
    return x;
  }
};

}  // namespace detail

/// Any Eigen matrix expression: `a + b`, `m.col(0)`, `x.head<3>()`, `Map`, `Ref`, plain objects.
/// Asked through a conversion, because the base of `VectorBlock` is not the `MatrixBase` of itself.
template <class E>
concept EigenMatrix = requires(const E* e) {
  detail::derives_from_matrix_base(e);
};

/// The extent is Dim, or known at run time only.
template <int Extent, int Dim>
concept SameExtent = Extent == Dim || Extent == Eigen::Dynamic || Dim == Eigen::Dynamic;

/// Columns of dimension Dim: a point is one column, a batch is Dim × N, one sample per column.
template <class E, class Scalar, int Dim>
concept BatchOf = EigenMatrix<E> && SameScalar<typename E::Scalar, Scalar> &&
    SameExtent<E::RowsAtCompileTime, Dim>;

template <class E>
concept SingleColumn = E::ColsAtCompileTime == 1;

/// A point of dimension Dim.
template <class E, class Scalar, int Dim>
concept VectorOf = BatchOf<E, Scalar, Dim> && SingleColumn<E>;

/// A symmetric positive semidefinite matrix Σ seen as a spectrum in a fixed orthonormal basis.
///
/// Within one process every closed form is a scalar function of the eigenvalues, so a covariance
/// offers f(Σ)x, tr f(Σ) and, where f(Σ) is a covariance again, f(Σ) itself: `mapped(f)`, of the
/// same structure and in the same basis. Each formula is written once, as a lambda on λ.
template <class C, class Scalar>
concept CovarianceStructure = requires(const C& c, typename C::Vector x, Scalar a) {
  { c.dimension() } -> std::same_as<Index>;
  { c.rank() } -> std::same_as<Index>;
  { c.log_determinant() } -> std::same_as<Scalar>;
  { c.matrix() } -> std::convertible_to<typename C::Matrix>;
  { c.eigenvalues() } -> std::convertible_to<typename C::Vector>;
  { c.apply(detail::Identity{}, x) } -> std::same_as<typename C::Vector>;
  { c.trace(detail::Identity{}) } -> std::same_as<Scalar>;  // of the type that f returns
  { c.shares_basis(c) } -> std::same_as<bool>;              // eigenvalue by eigenvalue
  { c.mapped(detail::Identity{}) } -> std::same_as<C>;      // f(Σ) for finite f(λ) >= 0
  { c.transformed(a, a) } -> std::same_as<C>;               // AΣ + BI for A, B >= 0
};

/// A structure that holds its matrix entry by entry, so that returning one is no d² surprise.
template <class C>
concept DenseMatrix = std::is_reference_v<decltype(std::declval<const C&>().matrix())>;

/// A structure whose eigenvectors are the coordinate axes.
template <class C>
concept Uncorrelated = C::uncorrelated;

/// A structure with one eigenvalue, of which any orthonormal basis is an eigenbasis.
template <class C>
concept Isotropic = C::isotropic;

}  // namespace alphabar
