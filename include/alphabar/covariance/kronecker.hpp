// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <memory>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/spectral_covariance.hpp"
#include "alphabar/error.hpp"

namespace alphabar {
namespace detail {

/// U_L and U_R.
template <class Scalar>
struct KroneckerBasis {
  Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> left, right;
};

}  // namespace detail

/// The Kronecker product Σ = L ⊗ R, a separable covariance: entry (i n_R + k, j n_R + l) is
/// L_ij R_kl. Use it for rows and columns of an image, channels and pixels, or space and time.
///
/// A point x is an n_R × n_L matrix X, stored by columns, and Σx is R X Lᵀ. The eigenvalues are the
/// products of the eigenvalues of L and R. A function of them is in general no such product, so all
/// n_L n_R are stored, in the basis U_L ⊗ U_R.
/// Accuracy: f(Σ)x within 16 (n_L + n_R) u max|f(λ)| |x|.
template <Real Scalar = double>
class KroneckerCovariance
    : public SpectralCovariance<KroneckerCovariance<Scalar>,
                                std::shared_ptr<const detail::KroneckerBasis<Scalar>>,
                                Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>> {
  using Base = typename KroneckerCovariance::SpectralCovariance;
  friend Base;

 public:
  using typename Base::Matrix;
  using typename Base::Vector;

  /// Factors L and R. Cost: 9 (n_L³ + n_R³) flops, as DenseCovariance.
  /// @throws std::invalid_argument for a factor that is no covariance (see DenseCovariance), or
  ///         a product of eigenvalues that overflows
  template <BatchOf<Scalar, Eigen::Dynamic> L, BatchOf<Scalar, Eigen::Dynamic> R>
  KroneckerCovariance(const L& left, const R& right)
      : KroneckerCovariance(DenseCovariance<Scalar>(left), DenseCovariance<Scalar>(right)) {}

  /// L ⊗ R. @throws std::invalid_argument when a product of eigenvalues is not finite
  KroneckerCovariance(const DenseCovariance<Scalar>& left, const DenseCovariance<Scalar>& right) {
    basis_ = std::make_shared<const detail::KroneckerBasis<Scalar>>(
        detail::KroneckerBasis<Scalar>{left.eigenvectors(), right.eigenvectors()});
    spectrum_ = right.eigenvalues() * left.eigenvalues().transpose();
    detail::require_spectrum(name, "the products of eigenvalues", detail::flat(spectrum_));
  }

  [[nodiscard]] Index dimension() const noexcept { return spectrum_.size(); }
  /// n_L.
  [[nodiscard]] Index left_dimension() const noexcept { return spectrum_.cols(); }
  /// n_R.
  [[nodiscard]] Index right_dimension() const noexcept { return spectrum_.rows(); }

 private:
  using Base::basis_;
  using Base::spectrum_;  // n_R × n_L: entry (k, i) is the k-th of R times the i-th of L
  static constexpr auto name = "KroneckerCovariance";

  KroneckerCovariance() = default;

  /// 4 d (n_L + n_R) flops per column.
  template <class Y>
  void multiply(const Matrix& gains, Y& y) const {
    Matrix point(right_dimension(), left_dimension());
    Matrix modes(right_dimension(), left_dimension());
    for (Index j = 0; j < y.cols(); ++j) {
      Scalar* const column = y.data() + j * y.rows();
      std::copy_n(column, y.rows(), point.data());
      modes.noalias() = basis_->right.transpose() * point;
      point.noalias() = modes * basis_->left;
      for (Index k = 0; k < point.size(); ++k) point.data()[k] *= gains.data()[k];
      modes.noalias() = basis_->right * point;
      point.noalias() = modes * basis_->left.transpose();
      std::copy_n(point.data(), y.rows(), column);
    }
  }
};

template <EigenMatrix L, EigenMatrix R>
KroneckerCovariance(const L&, const R&) -> KroneckerCovariance<typename L::Scalar>;

}  // namespace alphabar
