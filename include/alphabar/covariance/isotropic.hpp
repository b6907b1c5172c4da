// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <type_traits>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// One variance for every direction, σ²I: what is left of a covariance when only its trace is
/// known, and what noise has. Any orthonormal basis is an eigenbasis. Everything that returns no
/// vector costs O(1).
template <Real Scalar = double, int Dim = Eigen::Dynamic>
class IsotropicCovariance {
 public:
  using Matrix = Eigen::Matrix<Scalar, Dim, Dim>;
  using Vector = Eigen::Matrix<Scalar, Dim, 1>;
  static constexpr bool uncorrelated = true;
  static constexpr bool isotropic = true;

  /// @throws std::invalid_argument unless the variance is finite and >= 0 and the dimension is
  ///         >= 1 and that of the type
  IsotropicCovariance(Scalar variance, Index dimension)
      : variance_(variance), dimension_(dimension) {
    if constexpr (Dim != Eigen::Dynamic) {
      detail::require_size("IsotropicCovariance", "dimension", Dim, dimension);
    }
    detail::require(dimension >= 1, "IsotropicCovariance", "dimension", "be >= 1", dimension);
    detail::require(std::isfinite(variance) && variance >= 0, "IsotropicCovariance", "variance",
                    "be finite and >= 0", variance);
  }

  /// When the type knows the dimension.
  explicit IsotropicCovariance(Scalar variance) requires(Dim != Eigen::Dynamic)
      : IsotropicCovariance(variance, Dim) {}

  [[nodiscard]] Index dimension() const noexcept { return dimension_; }
  /// σ².
  [[nodiscard]] Scalar variance() const noexcept { return variance_; }
  [[nodiscard]] Matrix matrix() const {
    return variance_ * Matrix::Identity(dimension_, dimension_);
  }
  /// σ² d times, as an expression.
  [[nodiscard]] auto eigenvalues() const { return Vector::Constant(dimension_, variance_); }
  [[nodiscard]] Index rank() const { return variance_ > 0 ? dimension_ : 0; }
  /// log det Σ in nats; −∞ for a point.
  [[nodiscard]] Scalar log_determinant() const { return trace(detail::Logarithm()); }

  /// f(σ²) x for a point or a batch, one per column.
  template <class F, BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject apply(F f, const X& x) const {
    detail::require_size("IsotropicCovariance::apply", "x.rows()", dimension(), x.rows());
    return f(variance_) * x;
  }

  /// tr f(Σ) = d f(σ²).
  template <class F>
  [[nodiscard]] std::invoke_result_t<F&, Scalar> trace(F f) const {
    return static_cast<decltype(f(variance_))>(dimension_) * f(variance_);
  }

  [[nodiscard]] bool shares_basis(const IsotropicCovariance& other) const {
    return dimension() == other.dimension();
  }

  /// f(Σ) as a covariance.
  /// @throws std::invalid_argument unless f(σ²) is finite and >= 0
  template <class F>
  [[nodiscard]] IsotropicCovariance mapped(F f) const {
    return {f(variance_), dimension_};
  }

  /// AΣ + BI, within 1.5 ulp.
  [[nodiscard]] IsotropicCovariance transformed(Scalar a, Scalar b) const {
    return mapped([=](Scalar lambda) { return a * lambda + b; });
  }

 private:
  Scalar variance_ = 0;
  Index dimension_ = 1;
};

template <Arithmetic V>
IsotropicCovariance(V, Index)
    -> IsotropicCovariance<std::conditional_t<std::is_same_v<V, float>, float, double>>;

}  // namespace alphabar
