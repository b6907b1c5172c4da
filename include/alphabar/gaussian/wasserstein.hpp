// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/one_sided_svd.hpp"
#include "alphabar/covariance/detail/shared_basis.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/detail/unit.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/block_sums.hpp"
#include "alphabar/gaussian/detail/centring.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/moments.hpp"

namespace alphabar {
namespace detail {

/// √a − √b without the cancellation of the roots, for two numbers or two arrays of them.
template <Real Scalar, class A, class B>
auto difference_of_roots(const A& a, const B& b) {
  using std::sqrt;
  constexpr Scalar not_zero = (std::numeric_limits<Scalar>::min)();  // negligible unless both are 0
  return (a - b) / (sqrt(a) + sqrt(b) + not_zero);
}

/// Orthonormal columns in the directions of the given orthogonal ones. Columns that are 0 are
/// replaced by an orthonormal complement.
template <class Matrix>
Matrix orthonormal_columns(const Matrix& orthogonal) {
  const Eigen::HouseholderQR<Matrix> qr(orthogonal);
  Matrix columns = qr.householderQ() * Matrix::Identity(orthogonal.rows(), orthogonal.cols());
  for (Index j = 0; j < columns.cols(); ++j) {
    if (qr.matrixQR()(j, j) < 0) columns.col(j) *= -1;
  }
  return columns;
}

/// min |R_p − R_q Q|² over the orthogonal Q, R symmetric roots with R_p² − R_q² = difference.
///
/// At the minimum (the orthogonal Procrustes problem, solved by an SVD) D = R_p − R_q Q and
/// S = R_p + R_q Q satisfy DSᵀ + SDᵀ = 2(Σ_p − Σ_q) and DᵀS = SᵀD. With S = U diag(s) Vᵀ and
/// Δ = Uᵀ(Σ_p − Σ_q)U they give (UᵀDV)_ij = 2 Δ_ij s_j/(s_i² + s_j²), where only Σ_p − Σ_q is a
/// difference. This is more accurate where Σ_p and Σ_q are close on the scale of s_i and s_j;
/// elsewhere D itself is used. Values within the tolerance of 0 count as 0; with the tolerance 0,
/// neither covariance may be singular.
template <class Matrix>
double procrustes_distance(const Matrix& root_p, const Matrix& root_q, const Matrix& difference,
                           double tolerance) {
  const double negligible = (std::min)(tolerance, 0x1p-52 * static_cast<double>(root_p.rows()));
  const Matrix product = root_q * root_p;
  const OneSidedSvd<Matrix> turn(product, negligible);
  const Matrix turned = root_q * orthonormal_columns(turn.left) * turn.right.transpose();
  const Matrix sum = root_p + turned;
  const OneSidedSvd<Matrix> svd(Matrix(sum.transpose()), negligible);
  const Matrix delta = svd.right.transpose() * difference * svd.right;
  const Matrix direct = svd.right.transpose() * (root_p - turned) * orthonormal_columns(svd.left);
  const auto squares = svd.values.cwiseAbs2().eval();
  const double nothing = tolerance * squares(0) / 4;
  const double gap = difference.cwiseAbs().maxCoeff();
  double total = 0;
  for (Index j = 0; j < delta.cols(); ++j) {
    for (Index i = 0; i < delta.rows(); ++i) {
      const double both = squares(i) + squares(j);
      if (!(both > nothing)) continue;
      const bool close = gap * svd.values((std::min)(i, j)) <= svd.values(0) * both;
      total += close ? 2 * delta(i, j) * (delta(i, j) / both) : std::pow(direct(i, j), 2);
    }
  }
  return total;
}

/// The distance √(min |R_p − R_q Q|²) for any two covariances. Its square may be out of range.
template <class P, class Q>
auto procrustes_distance(const P& p, const Q& q) {
  using Scalar = typename P::Vector::Scalar;
  const auto root = [](const auto& covariance) {
    const typename P::Matrix identity =
        P::Matrix::Identity(covariance.dimension(), covariance.dimension());
    return covariance.apply(Root(), identity).template cast<double>().eval();
  };
  const bool singular = (std::min)(p.rank(), q.rank()) < p.dimension();
  const typename P::Matrix difference = p.matrix() - q.matrix();
  const auto root_p = root(p);
  const auto root_q = root(q);
  const double unit = (std::max)(unit_of(root_p), unit_of(root_q));
  const double squared = procrustes_distance<Eigen::MatrixXd>(
      root_p / unit, root_q / unit, difference.template cast<double>() / unit / unit,
      singular ? static_cast<double>(spectral_tolerance<Scalar>(p.dimension())) : 0);
  return static_cast<Scalar>(unit * std::sqrt(squared));
}

}  // namespace detail

/// The 2-Wasserstein distance, in the units of the data. Its square is the Fréchet distance,
///
///     W2² = |μ_p − μ_q|² + min |Σ_p^½ − Σ_q^½ Q|²  over the orthogonal Q,
///
/// which for covariances with one basis is |μ_p − μ_q|² + Σ (√λ_p − √λ_q)². The usual form, with
/// the trace of (Σ_p^½ Σ_q Σ_p^½)^½, loses all digits where the two are close. This one keeps the
/// accuracy of Σ_p − Σ_q: for Σ_q = (1 + δ) Σ_p of condition number 10⁶, 8 digits at δ = 10⁻⁷. Both
/// may be singular.
/// Cost: O(d³); O(d) when the two share a basis, as all marginals of one process do, and as every
/// covariance does with an isotropic one.
/// @throws std::invalid_argument when the dimensions differ
template <Real Scalar, int Dim, class P, class Q>
[[nodiscard]] Scalar wasserstein_distance(const Gaussian<Scalar, Dim, P>& p,
                                          const Gaussian<Scalar, Dim, Q>& q) {
  detail::require_size("wasserstein_distance", "the dimension of q", p.dimension(), q.dimension());
  const Scalar of_means = (p.mean() - q.mean()).stableNorm();
  const auto& sigma_p = p.covariance();
  const auto& sigma_q = q.covariance();
  if constexpr (!detail::AlwaysShareBasis<P, Q>) {
    if (!detail::share_basis(sigma_p, sigma_q)) {
      return std::hypot(of_means, detail::procrustes_distance(sigma_p, sigma_q));
    }
  }
  const auto& of_p = sigma_p.eigenvalues();
  const auto& of_q = sigma_q.eigenvalues();
  Eigen::Matrix<Scalar, Dim, 1> roots =
      detail::difference_of_roots<Scalar>(of_p.array(), of_q.array());
  const auto unit = static_cast<Scalar>(detail::unit_of(roots));
  roots /= unit;
  return std::hypot(of_means, unit * roots.norm());
}

/// The Fréchet distance of two sets of samples, one per column: W2² of the Gaussians with their
/// means and covariances, "FID" when the samples are features of images (Heusel et al. 2017,
/// arXiv:1706.08500, eq. 6). Always real and >= 0; there may be fewer samples than d.
/// @throws std::invalid_argument for fewer than two samples or another dimension, and unless all
///     numbers are in [-1e144, 1e144]
template <EigenMatrix A, BatchOf<typename A::Scalar, A::RowsAtCompileTime> B>
[[nodiscard]] typename A::Scalar frechet_distance(const A& a, const B& b) {
  constexpr auto name = "frechet_distance";
  detail::require_size(name, "b.rows()", a.rows(), b.rows());
  const auto fitted = [=](const char* argument, const auto& batch) {
    const auto& samples = detail::checked_samples(name, batch, argument);
    detail::require_summable(name, argument, samples);
    Moments<typename A::Scalar, A::RowsAtCompileTime> moments;
    moments.add(samples);
    return moments.gaussian();
  };
  const auto of_a = fitted("a", a);
  const auto of_b = fitted("b", b);
  const auto distance = wasserstein_distance(of_a, of_b);
  return distance * distance;
}

}  // namespace alphabar
