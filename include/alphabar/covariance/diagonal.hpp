// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/spectral_covariance.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// The diagonal covariance diag(σ²_1..σ²_d), without correlations: the approximation to use when
/// the full matrix is unknown or too large. Its eigenvectors are the coordinate axes, in their
/// order. Every function costs O(d). The information that the approximation loses is
/// `total_correlation`.
template <Real Scalar = double, int Dim = Eigen::Dynamic>
class DiagonalCovariance : public SpectralCovariance<DiagonalCovariance<Scalar, Dim>, Index,
                                                     Eigen::Matrix<Scalar, Dim, 1>, Dim> {
  using Base = typename DiagonalCovariance::SpectralCovariance;
  friend Base;

 public:
  using typename Base::Vector;
  static constexpr bool uncorrelated = true;

  /// @throws std::invalid_argument unless there is at least one variance, and each is finite and
  ///         >= 0
  template <VectorOf<Scalar, Dim> V>
  explicit DiagonalCovariance(const V& variances) {
    detail::require_dimension<Dim>(name, "the number of variances", variances.rows());
    basis_ = variances.rows();
    spectrum_ = variances;
    detail::require_spectrum(name, values, spectrum_);
  }

  [[nodiscard]] Index dimension() const noexcept { return spectrum_.size(); }
  [[nodiscard]] const Vector& eigenvalues() const& noexcept { return spectrum_; }
  [[nodiscard]] Vector eigenvalues() && { return std::move(spectrum_); }

  /// f(Σ)x for a point or a batch, one per column; in one pass where x is no expression.
  template <class F, BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject apply(F f, const X& x) const {
    this->require_rows(x.rows());
    const Vector gains = detail::spectral_map(spectrum_, f);
    const auto& plain = x.eval();
    typename X::PlainObject y(x.rows(), x.cols());
    for (Index j = 0; j < y.cols(); ++j) {
      for (Index i = 0; i < y.rows(); ++i) y.coeffRef(i, j) = gains(i) * plain.coeff(i, j);
    }
    return y;
  }

 private:
  using Base::basis_;  // the dimension
  using Base::spectrum_;
  static constexpr auto name = "DiagonalCovariance";
  static constexpr auto values = "variances";

  DiagonalCovariance() = default;
};

template <EigenMatrix V>
DiagonalCovariance(const V&) -> DiagonalCovariance<typename V::Scalar, V::RowsAtCompileTime>;

}  // namespace alphabar
