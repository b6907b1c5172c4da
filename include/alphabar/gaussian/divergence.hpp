// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <concepts>
#include <limits>
#include <numbers>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/eigensystem.hpp"
#include "alphabar/covariance/detail/shared_basis.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/phi.hpp"
#include "alphabar/gaussian/detail/squared_deviation.hpp"
#include "alphabar/gaussian/gaussian.hpp"

/// Entropy and divergences of Gaussians, in nats.
///
/// The divergences are sums of φ(z) = z − log(1 + z) >= 0, evaluated without cancellation: for
/// nearly equal Gaussians, whose eigenvalue ratios ρ are near 1, Σ log ρ and Σ (ρ − 1) are both
/// large compared with their difference.
namespace alphabar {
namespace detail {

/// ½ Σ_i φ(e_i) = ½ (Σ_i e_i − log det(I + D)) over the eigenvalues e_i >= −1 of D, given log
/// det(I + D). The log-determinant is used where an eigenvalue of D is so near −1 that rounding
/// hides the difference. Where the log-determinant is −∞, an eigenvalue within the tolerance of −1
/// counts as −1, and φ is +∞. In double, with the solver that every dense covariance uses.
template <class Matrix>
double half_sum_of_phi(const Matrix& deviation, double log_determinant, double tolerance) {
  const auto solver = eigensystem("kl_divergence", deviation, Eigen::EigenvaluesOnly);
  const auto& e = solver.eigenvalues;
  if (1 + e(0) < std::sqrt(tolerance) && std::isfinite(log_determinant)) {
    return (e.sum() - log_determinant) / 2;
  }
  double sum = 0;
  for (const double each : e) sum += phi(each <= tolerance - 1 ? -1.0 : each);
  return sum / 2;
}

/// The same for any matrix, with the tolerance of its Scalar.
template <class Matrix>
typename Matrix::Scalar half_sum_of_phi(const Matrix& deviation, double log_determinant) {
  using Scalar = typename Matrix::Scalar;
  return static_cast<Scalar>(half_sum_of_phi<Eigen::MatrixXd>(
      deviation.template cast<double>(), log_determinant,
      static_cast<double>(spectral_tolerance<Scalar>(deviation.rows()))));
}

/// Σ_q^{−½}(Σ_p − Σ_q)Σ_q^{−½}, from the matrices. If this differs by more than √ε (1 + max) from
/// WWᵀ − I, W = Σ_q^{−½}Σ_p^½, the matrices have lost small eigenvalues, and WWᵀ − I is returned.
template <class P, class Q>
typename P::Matrix whitened_difference(const P& p, const Q& q) {
  using Matrix = typename P::Matrix;
  using Scalar = typename Matrix::Scalar;
  const Matrix identity = Matrix::Identity(p.dimension(), p.dimension());
  const Matrix root = q.apply(InverseRoot(), p.apply(Root(), identity));
  Matrix columns = root;
  columns.transposeInPlace();
  const Matrix ratios = root * columns;
  Matrix whitened = q.apply(InverseRoot(), Matrix(p.matrix() - q.matrix()));
  whitened.transposeInPlace();
  whitened = q.apply(InverseRoot(), whitened);
  const Matrix difference = ratios - identity;
  const Scalar error = (whitened - difference).cwiseAbs().maxCoeff();
  const bool lost = error > std::sqrt(std::numeric_limits<Scalar>::epsilon()) *
                                (1 + difference.cwiseAbs().maxCoeff());
  return lost ? difference : whitened;
}

}  // namespace detail

/// h(p) = ½ (d log 2πe + log det Σ). −∞ for a singular covariance. Cost: O(d).
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Scalar entropy(const Gaussian<Scalar, Dim, Covariance>& p) {
  const Scalar log_two_pi_e = std::log(2 * std::numbers::pi_v<Scalar>) + 1;
  return (static_cast<Scalar>(p.dimension()) * log_two_pi_e + p.covariance().log_determinant()) / 2;
}

/// KL(p ‖ N(0, I)) = ½ (Σ_i φ(λ_i − 1) + |μ|²), the divergence of a marginal from the limit of the
/// process. +∞ for a singular covariance. Cost: O(d). For a dense Σ whose eigenvalues are all
/// within 2⁻⁸ of 1, the eigenvalues of Σ − I are computed, because the entries of Σ − I are more
/// accurate there than λ − 1.
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Scalar kl_divergence(const Gaussian<Scalar, Dim, Covariance>& p) {
  const auto phi = [](Scalar lambda) { return static_cast<Scalar>(detail::phi_from_one(lambda)); };
  const Scalar of_mean = p.mean().squaredNorm() / 2;
  if constexpr (std::same_as<Covariance, DenseCovariance<Scalar, Dim>>) {
    const auto& lambda = p.covariance().eigenvalues();
    if ((detail::flat(lambda).array() - 1).abs().maxCoeff() < Scalar(0x1p-8)) {
      typename Covariance::Matrix deviation = p.covariance().matrix();
      for (Index i = 0; i < p.dimension(); ++i) deviation(i, i) -= 1;
      return of_mean + detail::half_sum_of_phi(deviation, p.covariance().log_determinant());
    }
  }
  return p.covariance().trace(phi) / 2 + of_mean;
}

/// KL(p ‖ q) = ½ (Σ_i φ(e_i) + |Σ_q^{−½}(μ_p − μ_q)|²), e_i the eigenvalues of
/// Σ_q^{−½}(Σ_p − Σ_q)Σ_q^{−½}. For covariances from `fit_dense` or `from_spectrum` whose matrices
/// have lost small eigenvalues, the error of e is at most 4(√ε + d u √κ) times the largest variance
/// of p in units of q, κ the condition number of Σ_q; for covariances given by their matrices with
/// κ > 1/√u it is that of their eigenvalues, about u κ. +∞ when Σ_p is singular or the result
/// exceeds the range of Scalar, for example for points 1e200 deviations apart. Cost: O(d³); O(d)
/// and two `apply` when p and q share a basis, as all marginals of one process do.
/// @throws std::invalid_argument when the dimensions differ or Σ_q is singular
template <Real Scalar, int Dim, class P, class Q>
[[nodiscard]] Scalar kl_divergence(const Gaussian<Scalar, Dim, P>& p,
                                   const Gaussian<Scalar, Dim, Q>& q) {
  detail::require_size("kl_divergence", "the dimension of q", p.dimension(), q.dimension());
  detail::require_size("kl_divergence", "the rank of q's covariance", q.dimension(),
                       q.covariance().rank());
  if (p.covariance().rank() < p.dimension()) return std::numeric_limits<Scalar>::infinity();
  const Scalar of_means = detail::squared_deviation(q.covariance(), p.mean() - q.mean()) / 2;
  if (detail::share_basis(p.covariance(), q.covariance())) {
    const auto phi = [](const auto& of_p, const auto& of_q) {
      return of_p.binaryExpr(of_q, &detail::phi_of_ratio<Scalar>);
    };
    return of_means + detail::sum_over_pairs(p.covariance(), q.covariance(), phi) / 2;
  }
  const auto deviation = detail::whitened_difference(p.covariance(), q.covariance());
  return of_means + detail::half_sum_of_phi(deviation, p.covariance().log_determinant() -
                                                           q.covariance().log_determinant());
}

/// KL(N(μ, Σ) ‖ N(μ, diag Σ)) = ½ (Σ_i log Σ_ii − log det Σ): the total correlation of the
/// coordinates (Watanabe 1960). It is the loss of replacing Σ by its diagonal.
///
/// Evaluated as ½ Σ φ(e_i) over the eigenvalues of the correlation matrix minus I, so that it stays
/// accurate as it tends to 0 along the process. Coordinates of variance 0 do not count; +∞ when the
/// others are linearly dependent. Cost: eigenvalues of a d × d matrix.
template <Real Scalar, int Dim, class Covariance>
[[nodiscard]] Scalar total_correlation(const Gaussian<Scalar, Dim, Covariance>& p) {
  using Matrix = Eigen::Matrix<Scalar, Dim, Dim>;
  Matrix correlation = p.covariance().matrix();
  const Eigen::Matrix<Scalar, Dim, 1> variances = correlation.diagonal();
  const auto scale = [](Scalar variance) {
    return variance > 0 ? 1 / std::sqrt(variance) : Scalar(0);
  };
  const Eigen::Matrix<Scalar, Dim, 1> scales = variances.unaryExpr(scale);
  correlation = scales.asDiagonal() * correlation * scales.asDiagonal();
  correlation.diagonal().setZero();
  return detail::half_sum_of_phi(correlation,
                                 p.covariance().log_determinant() - variances.array().log().sum());
}

/// 0 for uncorrelated structures.
template <Real Scalar, int Dim, Uncorrelated Covariance>
[[nodiscard]] Scalar total_correlation(const Gaussian<Scalar, Dim, Covariance>&) {
  return 0;
}

}  // namespace alphabar
