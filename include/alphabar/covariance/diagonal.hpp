// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <type_traits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// A covariance without correlations, diag(σ²_1..σ²_d): the stand-in for a matrix that is unknown
/// or does not fit. Its eigenvectors are the coordinate axes, in their order; everything costs
/// O(d). What the stand-in loses, along the process, is `total_correlation`.
template <Real Scalar = double, int Dim = Eigen::Dynamic>
class DiagonalCovariance {
 public:
  using Matrix = Eigen::Matrix<Scalar, Dim, Dim>;
  using Vector = Eigen::Matrix<Scalar, Dim, 1>;
  static constexpr bool uncorrelated = true;

  /// @throws std::invalid_argument unless there is at least one variance, and each is finite and
  ///         >= 0
  template <VectorOf<Scalar, Dim> V>
  explicit DiagonalCovariance(const V& variances) {
    if constexpr (Dim != Eigen::Dynamic) {
      detail::require_size("DiagonalCovariance", "the number of variances", Dim, variances.rows());
    }
    detail::require(variances.rows() > 0, "DiagonalCovariance", "the number of variances",
                    "be >= 1", variances.rows());
    variances_ = variances;
    detail::require_spectrum("DiagonalCovariance", "variances", variances_);
  }

  [[nodiscard]] Index dimension() const noexcept { return variances_.size(); }
  [[nodiscard]] Matrix matrix() const { return variances_.asDiagonal(); }
  [[nodiscard]] const Vector& eigenvalues() const& noexcept { return variances_; }
  [[nodiscard]] Vector eigenvalues() && { return std::move(variances_); }
  [[nodiscard]] Index rank() const { return (variances_.array() > 0).count(); }
  /// log det Σ in nats; −∞ when singular.
  [[nodiscard]] Scalar log_determinant() const { return trace(detail::Logarithm()); }

  /// f(Σ)x for a point or a batch, one per column.
  template <class F, BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject apply(F f, const X& x) const {
    detail::require_size("DiagonalCovariance::apply", "x.rows()", dimension(), x.rows());
    if constexpr (SingleColumn<X>) {
      return detail::spectral_map(variances_, f).cwiseProduct(x);
    } else {
      const Vector scales = detail::spectral_map(variances_, f);
      return scales.asDiagonal() * x;
    }
  }

  /// tr f(Σ).
  template <class F>
  [[nodiscard]] std::invoke_result_t<F&, Scalar> trace(F f) const {
    return detail::spectral_sum(variances_, f);
  }

  [[nodiscard]] bool shares_basis(const DiagonalCovariance& other) const {
    return dimension() == other.dimension();
  }

  /// f(Σ), coordinate by coordinate.
  /// @throws std::invalid_argument unless each f(λ) is finite and >= 0
  template <class F>
  [[nodiscard]] DiagonalCovariance mapped(F f) const {
    DiagonalCovariance result(Unchecked(), detail::spectral_map(variances_, f));
    detail::require_spectrum("DiagonalCovariance::mapped", "f(variances)", result.variances_);
    return result;
  }

  /// AΣ + BI, each variance within 1.5 ulp.
  /// @throws std::invalid_argument unless each Aλ + B is finite and >= 0
  [[nodiscard]] DiagonalCovariance transformed(Scalar a, Scalar b) const {
    DiagonalCovariance result(Unchecked(), (a * variances_.array() + b).matrix());
    detail::require_transformed("DiagonalCovariance::transformed", "variances", a, b,
                                result.variances_);
    return result;
  }

 private:
  struct Unchecked {};
  DiagonalCovariance(Unchecked, Vector variances) : variances_(std::move(variances)) {}

  Vector variances_;
};

template <EigenMatrix V>
DiagonalCovariance(const V&) -> DiagonalCovariance<typename V::Scalar, V::RowsAtCompileTime>;

}  // namespace alphabar
