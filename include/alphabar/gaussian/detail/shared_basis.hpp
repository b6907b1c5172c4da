// SPDX-License-Identifier: MIT
#pragma once

#include "alphabar/covariance/covariance_structure.hpp"

/// Two covariances with one eigenbasis: what lies between them is a sum over pairs of eigenvalues.
namespace alphabar::detail {

/// Two structures that have one eigenbasis whatever their numbers.
template <class P, class Q>
concept AlwaysShareBasis = Isotropic<P> || Isotropic<Q> ||(Uncorrelated<P>&& Uncorrelated<Q>);

/// Whether the eigenvalues of p and q belong to the same eigenvectors, one by one.
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

/// Σ_i g(λ_i, λ'_i) over the eigenvalues of two covariances that share a basis; g takes them as two
/// arrays, and gives an array.
template <class P, class Q, class G>
auto sum_over_pairs(const P& p, const Q& q, const G& g) {
  const auto& of_p = p.eigenvalues();
  const auto& of_q = q.eigenvalues();
  return g(of_p.array(), of_q.array()).sum();
}

}  // namespace alphabar::detail
