// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/graded_spectrum.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/spectral_covariance.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// A full covariance matrix and its spectrum Σ = U diag(λ) Uᵀ, λ ascending.
///
/// The constructor checks the matrix and factors it in double. Cost: about 9 d³ flops, half a
/// second at d = 1024. `mapped` and `combined` also multiply the new matrix out, exactly symmetric,
/// for d³ flops.
///
/// The rank does not depend on the units of the coordinates, because it is decided on the
/// correlation matrix. A coordinate is linearly dependent on others if its variance given them is
/// at most c d u times its own variance (u = 2⁻⁵³ and c = 64 for double, whose entries are often
/// sums over many samples; u = 2⁻²⁴ and c = 4 for float, rounded once). Each such coordinate makes
/// one eigenvalue 0, and `rank()` counts the others. The others keep the relative accuracy that the
/// entries allow, however small they are beside the largest one. Where the units are far apart,
/// they come from a factor of Σ by one-sided Jacobi, for up to seven times the cost. The matrix is
/// stored as given. Entries a_ij and a_ji may differ by c d u max|a|; the lower triangle decides.
template <Real Scalar = double, int Dim = Eigen::Dynamic>
class DenseCovariance
    : public SpectralCovariance<DenseCovariance<Scalar, Dim>,
                                std::shared_ptr<const Eigen::Matrix<Scalar, Dim, Dim>>,
                                Eigen::Matrix<Scalar, Dim, 1>, Dim> {
  using Base = typename DenseCovariance::SpectralCovariance;
  friend Base;

 public:
  using typename Base::Matrix;
  using typename Base::Vector;

  /// @throws std::invalid_argument unless square of size Dim, finite, symmetric and positive
  ///         semidefinite; the message has the offending value
  template <BatchOf<Scalar, Dim> M>
  requires SameExtent<M::ColsAtCompileTime, Dim>
  explicit DenseCovariance(const M& matrix) {
    detail::require_dimension<Dim>(name, "matrix.rows()", matrix.rows());
    detail::require_size(name, "matrix.cols()", matrix.rows(), matrix.cols());
    matrix_ = matrix;
    factor();
  }

  /// U diag(λ) Uᵀ from its spectrum, which is stored as given, with λ in any order. Use it for a
  /// covariance known by a factor: its matrix loses small eigenvalues to rounding. Cost: 3 d³
  /// flops.
  /// @throws std::invalid_argument unless U is d × d, no entry of UᵀU − I exceeds 16 (d + 4) u, and
  ///         there are d eigenvalues, finite and >= 0
  template <BatchOf<Scalar, Dim> U, VectorOf<Scalar, Dim> L>
  [[nodiscard]] static DenseCovariance from_spectrum(const U& eigenvectors, const L& eigenvalues) {
    constexpr auto function = "DenseCovariance::from_spectrum";
    detail::require_dimension<Dim>(function, "U.rows()", eigenvectors.rows());
    detail::require_size(function, "U.cols()", eigenvectors.rows(), eigenvectors.cols());
    detail::require_size(function, "the number of eigenvalues", eigenvectors.rows(),
                         eigenvalues.rows());
    const auto basis = std::make_shared<const Matrix>(eigenvectors);
    detail::require_orthonormal(function, *basis);
    const Vector lambda = eigenvalues;
    detail::require_spectrum(function, "eigenvalues", lambda);
    return in_basis(basis, lambda);
  }

  [[nodiscard]] Index dimension() const noexcept { return matrix_.rows(); }
  [[nodiscard]] const Matrix& matrix() const& noexcept { return matrix_; }
  [[nodiscard]] Matrix matrix() && { return std::move(matrix_); }
  [[nodiscard]] const Vector& eigenvalues() const& noexcept { return spectrum_; }
  [[nodiscard]] Vector eigenvalues() && { return std::move(spectrum_); }
  /// Orthonormal, one per column, in the order of the eigenvalues.
  [[nodiscard]] const Matrix& eigenvectors() const& { return *basis_; }
  [[nodiscard]] Matrix eigenvectors() && { return *basis_; }

  /// AΣ + BI in the same basis. Accuracy for A, B >= 0: 2 ulp for each entry, 1.5 ulp for each
  /// eigenvalue.
  /// Cost: one pass over the matrix.
  /// @throws std::invalid_argument unless each Aλ + B is finite and >= 0
  [[nodiscard]] DenseCovariance transformed(Scalar a, Scalar b) const {
    DenseCovariance result = Base::transformed(a, b);
    result.matrix_ = detail::spectral_map(matrix_, [a](Scalar entry) { return a * entry; });
    for (Index i = 0; i < dimension(); ++i) result.matrix_(i, i) += b;
    return result;
  }

 private:
  using Base::basis_;
  using Base::spectrum_;
  static constexpr auto name = "DenseCovariance";

  DenseCovariance() = default;

  /// U diag(gains) Uᵀ x: 4 d² flops per column.
  template <class Y>
  void multiply(const Vector& gains, Y& y) const {
    Y modes(y.rows(), y.cols());
    modes.noalias() = basis_->transpose() * y;
    for (Index j = 0; j < modes.cols(); ++j) {
      for (Index i = 0; i < modes.rows(); ++i) modes(i, j) *= gains(i);
    }
    y.noalias() = *basis_ * modes;
  }

  /// U diag(λ) Uᵀ, exactly symmetric.
  static DenseCovariance in_basis(std::shared_ptr<const Matrix> basis, Vector spectrum) {
    DenseCovariance result = Base::in_basis(std::move(basis), std::move(spectrum));
    Matrix root = *result.basis_;
    for (Index j = 0; j < root.cols(); ++j) root.col(j) *= std::sqrt(result.spectrum_(j));
    Matrix& matrix = result.matrix_;
    matrix = Matrix::Zero(root.rows(), root.rows());
    matrix.template selfadjointView<Eigen::Lower>().rankUpdate(root);
    for (Index j = 0; j < root.cols(); ++j) {
      for (Index i = 0; i < j; ++i) matrix(i, j) = matrix(j, i);
    }
    return result;
  }

  void factor();

  Matrix matrix_;
};

/// Checks the matrix and decomposes it. Not inline, so that a program can instantiate it once
/// (`extern template class`): it is most of the compile time.
template <Real Scalar, int Dim>
void DenseCovariance<Scalar, Dim>::factor() {
  // Of dynamic size for every Dim, so that a program compiles one decomposition.
  using Symmetric = Eigen::MatrixX<std::common_type_t<double, Scalar>>;
  const Scalar tolerance = detail::spectral_tolerance<Scalar>(dimension());
  detail::require_finite(name, "matrix", matrix_);
  const Scalar largest = matrix_.cwiseAbs().maxCoeff();
  Symmetric sigma(dimension(), dimension());
  for (Index j = 0; j < dimension(); ++j) {
    for (Index i = j; i < dimension(); ++i) {
      const Scalar a_ij = matrix_(i, j);
      if (std::abs(a_ij - matrix_(j, i)) > tolerance * largest) {
        detail::refuse(name, detail::entry("matrix", i, j),
                       "equal its mirror image " + detail::to_text(matrix_(j, i)), a_ij);
      }
      sigma(i, j) = sigma(j, i) = double{a_ij};
    }
  }
  detail::GradedSpectrum<Symmetric> spectrum(sigma);
  const double greatest = spectrum.eigenvalues(dimension() - 1);
  const auto require_semidefinite = [](const char* what, double value, double bound) {
    detail::require(value >= bound, name, what, "be >= 0: the matrix is not positive semidefinite",
                    static_cast<Scalar>(value));
  };
  detail::require(std::isfinite(static_cast<Scalar>(greatest)), name, "the largest eigenvalue",
                  "be finite", static_cast<Scalar>(greatest));
  require_semidefinite("the smallest eigenvalue", spectrum.eigenvalues(0),
                       -double{tolerance} * greatest);
  spectrum.refine(sigma, tolerance);
  require_semidefinite("the smallest eigenvalue of the correlation matrix", spectrum.least, 0);
  spectrum_ = spectrum.eigenvalues.template cast<Scalar>();
  basis_ = std::make_shared<const Matrix>(spectrum.eigenvectors.template cast<Scalar>());
}

template <EigenMatrix M>
DenseCovariance(const M&) -> DenseCovariance<typename M::Scalar, M::RowsAtCompileTime>;

}  // namespace alphabar
