// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/kronecker.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/centring.hpp"
#include "alphabar/gaussian/gaussian.hpp"

namespace alphabar {
namespace detail {

/// Σ⁺^½, the root of the inverse; 0 where Σ is.
template <class Scalar>
typename DenseCovariance<Scalar>::Matrix root_of_inverse(const DenseCovariance<Scalar>& sigma) {
  using Matrix = typename DenseCovariance<Scalar>::Matrix;
  const Matrix identity = Matrix::Identity(sigma.dimension(), sigma.dimension());
  return sigma.apply([](Scalar lambda) { return lambda > 0 ? 1 / std::sqrt(lambda) : 0; },
                     identity);
}

}  // namespace detail

/// Fits a separable covariance Σ = L ⊗ R by alternating updates:
///
///     R = Σ_j X_j L⁻¹ X_jᵀ/((n − 1) n_L),    L = Σ_j X_jᵀ R⁻¹ X_j/((n − 1) n_R),
///
/// where X_j is the n_R × n_L matrix of sample j − x̄ (Dutilleul, "The MLE algorithm for the matrix
/// normal distribution", J. Statistical Computation and Simulation 64, 1999). The iteration ends
/// when R, with L scaled as below, changes by less than 1e-10 of itself, or after 200 rounds. Each
/// update increases the likelihood; its maximum is the closest in KL(data ‖ fit). A singular factor
/// is inverted on its range. Only L ⊗ R is determined; L is returned with mean variance 1.
///
/// Batches are (n_L n_R) × n, one sample per column, each X column by column; in double.
/// Cost: n d (n_L + n_R) flops per round.
/// @throws std::invalid_argument for fewer than two samples, non-finite numbers, and sizes that do
///     not agree
template <EigenMatrix Batch, Real Scalar = typename Batch::Scalar>
[[nodiscard]] Gaussian<Scalar, Eigen::Dynamic, KroneckerCovariance<Scalar>> fit_kronecker(
    const Batch& batch, Index left_dimension, Index right_dimension) {
  using Centring = detail::Centring<Batch::RowsAtCompileTime>;
  using Matrix = typename Centring::Matrix;
  using Factor = DenseCovariance<typename Matrix::Scalar>;
  constexpr auto name = "fit_kronecker";
  const auto& samples = detail::checked_samples(name, batch);
  detail::require(left_dimension >= 1, name, "left_dimension", "be >= 1", left_dimension);
  detail::require(right_dimension >= 1, name, "right_dimension", "be >= 1", right_dimension);
  detail::require_size(name, "batch.rows()",
                       detail::size_product(name, "left_dimension times right_dimension",
                                            left_dimension, right_dimension),
                       samples.rows());
  const Centring centring(samples);
  const auto divisor = static_cast<double>(samples.cols() - 1);
  const auto scatter = [&](Index size, const auto& factor_of) {
    Matrix sum = Matrix::Zero(size, size);
    for (Index j = 0; j < samples.cols(); ++j) {
      const typename Centring::Column sample = centring(samples.col(j));
      const Eigen::Map<const Matrix> x(sample.data(), right_dimension, left_dimension);
      const Matrix factor = factor_of(x);
      sum.template selfadjointView<Eigen::Lower>().rankUpdate(factor);
    }
    return Matrix(sum.template selfadjointView<Eigen::Lower>());
  };

  Matrix left = Matrix::Identity(left_dimension, left_dimension);
  Matrix right = Matrix::Zero(right_dimension, right_dimension);
  for (int turn = 0; turn < 200; ++turn) {
    const Factor of_left(left);
    const Matrix whiten_left = detail::root_of_inverse(of_left);
    const Matrix before = right;
    right = scatter(right_dimension, [&](const auto& x) { return x * whiten_left; }) /
            (divisor * static_cast<double>(of_left.rank()));
    const double unit = detail::unit_of(right);
    if (((right - before) / unit).norm() <= 1e-10 * (right / unit).norm()) break;
    const Factor of_right(right);
    const Matrix whiten_right = detail::root_of_inverse(of_right);
    left = scatter(left_dimension, [&](const auto& x) { return x.transpose() * whiten_right; });
    left *= static_cast<double>(left_dimension) / left.trace();
  }
  return {centring.mean().template cast<Scalar>().eval(),
          KroneckerCovariance<Scalar>(left.template cast<Scalar>().eval(),
                                      right.template cast<Scalar>().eval())};
}

}  // namespace alphabar
