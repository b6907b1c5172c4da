// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/SVD>
#include <cmath>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/concepts.hpp"
#include "alphabar/covariance/shared_basis.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/gaussian.hpp"

namespace alphabar {
namespace detail {

/// (√a − √b)² without the cancellation of the roots.
template <Real Scalar>
Scalar squared_difference_of_roots(Scalar a, Scalar b) {
  const Scalar sum = std::sqrt(a) + std::sqrt(b);
  const Scalar difference = sum > 0 ? (a - b) / sum : Scalar(0);
  return difference * difference;
}

/// min |R_p − R_q Q|² over the orthogonal Q, R the roots of the covariances.
template <int Dim, class P, class Q>
auto procrustes_distance(const P& p, const Q& q) {
  using Scalar = typename P::Vector::Scalar;
  using Matrix = Eigen::MatrixXd;
  const auto root = [](const auto& covariance) -> Matrix {
    const auto identity =
        Eigen::Matrix<Scalar, Dim, Dim>::Identity(covariance.dimension(), covariance.dimension());
    return covariance.apply([](Scalar lambda) { return std::sqrt(lambda); }, identity)
        .template cast<double>();
  };
  const Matrix root_p = root(p);
  const Matrix root_q = root(q);
  const Eigen::BDCSVD<Matrix> svd(root_q.transpose() * root_p,
                                  Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Matrix turn = svd.matrixU() * svd.matrixV().transpose();
  return static_cast<Scalar>((root_p - root_q * turn).squaredNorm());
}

}  // namespace detail

/// The 2-Wasserstein distance, in the units of the data; its square is the Fréchet distance,
///
///     W2² = |μ_p − μ_q|² + min |Σ_p^½ − Σ_q^½ Q|²  over the orthogonal Q,
///
/// which for covariances with one basis is |μ_p − μ_q|² + Σ (√λ_p − √λ_q)². The usual form, with
/// the trace of (Σ_p^½ Σ_q Σ_p^½)^½, keeps no digit where the two are close; this one, of which
/// nothing is subtracted but the roots, keeps those of Σ. Either may be singular.
/// Cost: O(d³); O(d) when the two share a basis, as all marginals of one process do.
/// @throws std::invalid_argument when the dimensions differ
template <Real Scalar, int Dim, class P, class Q>
[[nodiscard]] Scalar wasserstein_distance(const Gaussian<Scalar, Dim, P>& p,
                                          const Gaussian<Scalar, Dim, Q>& q) {
  detail::require_size("wasserstein_distance", "the dimension of q", p.dimension(), q.dimension());
  const Scalar of_means = (p.mean() - q.mean()).squaredNorm();
  const auto& sigma_p = p.covariance();
  const auto& sigma_q = q.covariance();
  return std::sqrt(
      of_means +
      (detail::share_basis(sigma_p, sigma_q)
           ? detail::sum_over_pairs(sigma_p, sigma_q, detail::squared_difference_of_roots<Scalar>)
           : detail::procrustes_distance<Dim>(sigma_p, sigma_q)));
}

}  // namespace alphabar
