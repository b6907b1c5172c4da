// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <type_traits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"

namespace alphabar {

/// A symmetric positive semidefinite matrix Σ, as a spectrum in a fixed orthonormal basis.
///
/// Every closed form of a process is a scalar function f of the eigenvalues. So a covariance has
/// f(Σ)x and tr f(Σ), and `mapped(f)`: f(Σ) as a covariance of the same structure in the same
/// basis. Each formula is written once, as a lambda on λ.
template <class C, class Scalar>
concept CovarianceStructure = requires(const C& c, typename C::Vector x, Scalar a) {
  { c.dimension() } -> std::same_as<Index>;
  { c.rank() } -> std::same_as<Index>;
  { c.log_determinant() } -> std::same_as<Scalar>;
  { c.matrix() } -> std::convertible_to<typename C::Matrix>;
  { c.eigenvalues() } -> std::convertible_to<typename C::Vector>;
  { c.apply(detail::Identity{}, x) } -> std::same_as<typename C::Vector>;
  { c.trace(detail::Identity{}) } -> std::same_as<Scalar>;  // has the type that f returns
  { c.shares_basis(c) } -> std::same_as<bool>;              // the same eigenvectors, in order
  { c.mapped(detail::Identity{}) } -> std::same_as<C>;      // f(Σ) for finite f(λ) >= 0
  { c.transformed(a, a) } -> std::same_as<C>;               // AΣ + BI for A, B >= 0
};

/// A structure that stores its d × d matrix, so that returning it allocates nothing more.
template <class C>
concept DenseMatrix = std::is_reference_v<decltype(std::declval<const C&>().matrix())>;

/// A structure whose eigenvectors are the coordinate axes.
template <class C>
concept Uncorrelated = C::uncorrelated;

/// A structure with one eigenvalue, `variance()`, of which any orthonormal basis is an eigenbasis.
template <class C>
concept Isotropic = C::isotropic;

}  // namespace alphabar
