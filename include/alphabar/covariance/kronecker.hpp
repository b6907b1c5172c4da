// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <memory>
#include <type_traits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// A separable covariance Σ = L ⊗ R, entry (i n_R + k, j n_R + l) being L_ij R_kl: rows and columns
/// of an image, channels and pixels, space and time, each with statistics of its own.
///
/// x is the n_R × n_L matrix X, column by column, and Σx is R X Lᵀ. The eigenvalues are the
/// products of those of the factors; a function of them is no such product any more, so all n_L n_R
/// are kept, in the basis U_L ⊗ U_R, which is shared by everything mapped or transformed from this.
/// Accuracy: f(Σ)x within 16 (n_L + n_R) u max|f(λ)| |x|.
template <Real Scalar = double>
class KroneckerCovariance {
 public:
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  /// Cost: that of factoring both.
  /// @throws std::invalid_argument for a factor that is no covariance (see DenseCovariance), or
  ///         products that overflow
  template <BatchOf<Scalar, Eigen::Dynamic> L, BatchOf<Scalar, Eigen::Dynamic> R>
  KroneckerCovariance(const L& left, const R& right)
      : KroneckerCovariance(DenseCovariance<Scalar>(left), DenseCovariance<Scalar>(right)) {}

  /// L ⊗ R. @throws std::invalid_argument when a product of eigenvalues is not finite
  KroneckerCovariance(const DenseCovariance<Scalar>& left, const DenseCovariance<Scalar>& right)
      : bases_(std::make_shared<const Bases>(Bases{left.eigenvectors(), right.eigenvectors()})),
        spectrum_(right.eigenvalues() * left.eigenvalues().transpose()) {
    detail::require_spectrum("KroneckerCovariance", "the products of eigenvalues",
                             spectrum_.reshaped());
  }

  [[nodiscard]] Index dimension() const noexcept { return spectrum_.size(); }
  /// n_L.
  [[nodiscard]] Index left_dimension() const noexcept { return spectrum_.cols(); }
  /// n_R.
  [[nodiscard]] Index right_dimension() const noexcept { return spectrum_.rows(); }
  [[nodiscard]] Matrix matrix() const {
    return apply(detail::Identity{}, Matrix(Matrix::Identity(dimension(), dimension())));
  }
  /// λ_L λ_R, those of R running faster, both ascending.
  [[nodiscard]] Vector eigenvalues() const { return spectrum_.reshaped(); }
  [[nodiscard]] Index rank() const { return (spectrum_.array() > 0).count(); }
  /// log det Σ in nats; −∞ when singular.
  [[nodiscard]] Scalar log_determinant() const { return trace(detail::Logarithm()); }

  /// f(Σ)x for a point or a batch, one per column. Cost: 4 d (n_L + n_R) flops per column.
  template <class F, BatchOf<Scalar, Eigen::Dynamic> X>
  [[nodiscard]] typename X::PlainObject apply(F f, const X& x) const {
    detail::require_size("KroneckerCovariance::apply", "x.rows()", dimension(), x.rows());
    typename X::PlainObject y = x;
    apply_gains(detail::spectral_map(spectrum_, f), y);
    return y;
  }

  /// tr f(Σ) = Σ f(λ_L λ_R).
  template <class F>
  [[nodiscard]] std::invoke_result_t<F&, Scalar> trace(F f) const {
    return detail::spectral_sum(spectrum_.reshaped(), f);
  }

  [[nodiscard]] bool shares_basis(const KroneckerCovariance& other) const {
    return bases_ == other.bases_;
  }

  /// f(Σ) as a covariance in the same basis. Cost: O(d).
  /// @throws std::invalid_argument unless each f(λ) is finite and >= 0
  template <class F>
  [[nodiscard]] KroneckerCovariance mapped(F f) const {
    KroneckerCovariance result(*this);
    result.spectrum_ = detail::spectral_map(spectrum_, f);
    detail::require_spectrum("KroneckerCovariance::mapped", "f(eigenvalues)",
                             result.spectrum_.reshaped());
    return result;
  }

  /// AΣ + BI, each eigenvalue within 1.5 ulp of that of Σ. Cost: O(d).
  [[nodiscard]] KroneckerCovariance transformed(Scalar a, Scalar b) const {
    return mapped([=](Scalar lambda) { return a * lambda + b; });
  }

 private:
  struct Bases {
    Matrix left, right;
  };

  /// Multiplies the modes of each column: compiled once for all f.
  template <class Y>
  void apply_gains(const Matrix& gains, Y& y) const {
    Matrix modes(right_dimension(), left_dimension());
    for (Index j = 0; j < y.cols(); ++j) {
      modes.reshaped() = y.col(j);
      modes = bases_->right.transpose() * modes * bases_->left;
      modes.array() *= gains.array();
      modes = bases_->right * modes * bases_->left.transpose();
      y.col(j) = modes.reshaped();
    }
  }

  std::shared_ptr<const Bases> bases_;
  Matrix spectrum_;  // n_R × n_L
};

template <EigenMatrix L, EigenMatrix R>
KroneckerCovariance(const L&, const R&) -> KroneckerCovariance<typename L::Scalar>;

}  // namespace alphabar
