// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <type_traits>

#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/dense.hpp"

/// Functions of two covariances that may share an eigenbasis. If they do, these are functions of
/// pairs of eigenvalues.
namespace alphabar::detail {

/// Two structures that share an eigenbasis for all values of their parameters.
template <class P, class Q>
concept AlwaysShareBasis = Isotropic<P> || Isotropic<Q> ||(Uncorrelated<P>&& Uncorrelated<Q>);

/// Whether the eigenvalues of p and q belong to the same eigenvectors, in the same order.
template <class P, class Q>
bool share_basis(const P& p, const Q& q) {
  if constexpr (AlwaysShareBasis<P, Q>) {
    return p.dimension() == q.dimension();
  } else if constexpr (requires { p.shares_basis(q); }) {
    return p.shares_basis(q);
  } else {
    return false;
  }
}

/// Σ_i g(λ_i, λ'_i) over the eigenvalues of two covariances that share a basis. g takes two arrays
/// and returns an array.
template <class P, class Q, class G>
auto sum_over_pairs(const P& p, const Q& q, const G& g) {
  const auto& of_p = p.eigenvalues();
  const auto& of_q = q.eigenvalues();
  return g(of_p.array(), of_q.array()).sum();
}

/// The structure of a function of two covariances: that of one of them where they can share a
/// basis, dense otherwise.
template <class P, class Q>
using CommonStructure = std::conditional_t<
    Isotropic<Q> || std::same_as<P, Q>, P,
    std::conditional_t<Isotropic<P>, Q,
                       DenseCovariance<typename P::Vector::Scalar, P::Vector::RowsAtCompileTime>>>;

/// The covariance with the eigenvalues g(λ_i, λ'_i), of two that share a basis.
/// @throws std::invalid_argument when they do not, or a value of g is negative or not finite
template <class P, class Q, class G>
CommonStructure<P, Q> combined(const P& p, const Q& q, G g) {
  using Scalar = typename P::Vector::Scalar;
  if constexpr (Isotropic<P>) {
    return q.mapped([g, of_p = p.variance()](Scalar of_q) { return g(of_p, of_q); });
  } else {
    return p.combined(q, g);
  }
}

}  // namespace alphabar::detail
