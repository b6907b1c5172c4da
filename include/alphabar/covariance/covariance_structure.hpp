// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"

namespace alphabar {

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
