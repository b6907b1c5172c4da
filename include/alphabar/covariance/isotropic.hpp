// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <type_traits>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/spectral_covariance.hpp"
#include "alphabar/error.hpp"

namespace alphabar {

/// The isotropic covariance σ²I: one variance for all directions. It is the covariance of white
/// noise, and the best approximation of a covariance of which only the trace is known. Any
/// orthonormal basis is an eigenbasis. Functions that return no vector cost O(1).
template <Real Scalar = double, int Dim = Eigen::Dynamic>
class IsotropicCovariance : public SpectralCovariance<IsotropicCovariance<Scalar, Dim>, Index,
                                                      Eigen::Matrix<Scalar, 1, 1>, Dim> {
  using Base = typename IsotropicCovariance::SpectralCovariance;
  friend Base;

 public:
  using typename Base::Vector;
  static constexpr bool uncorrelated = true;
  static constexpr bool isotropic = true;

  /// @throws std::invalid_argument unless the variance is finite and >= 0 and the dimension is
  ///         >= 1 and that of the type
  IsotropicCovariance(Scalar variance, Index dimension) {
    detail::require_dimension<Dim>(name, "dimension", dimension);
    detail::require(std::isfinite(variance) && variance >= 0, name, "variance",
                    "be finite and >= 0", variance);
    basis_ = dimension;
    spectrum_(0) = variance;
  }

  /// For a dimension that is part of the type.
  explicit IsotropicCovariance(Scalar variance) requires(Dim != Eigen::Dynamic)
      : IsotropicCovariance(variance, Dim) {}

  [[nodiscard]] Index dimension() const noexcept { return basis_; }
  /// σ².
  [[nodiscard]] Scalar variance() const noexcept { return spectrum_(0); }
  /// σ², d times, as an expression.
  [[nodiscard]] auto eigenvalues() const { return Vector::Constant(dimension(), variance()); }

  /// f(σ²) x for a point or a batch, one per column, in one pass.
  template <class F, BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject apply(F f, const X& x) const {
    this->require_rows(x.rows());
    return f(variance()) * x;
  }

 private:
  using Base::basis_;  // the dimension
  using Base::spectrum_;
  static constexpr auto name = "IsotropicCovariance";

  IsotropicCovariance() = default;

  template <class Visit>
  void visit_modes(Visit visit) const {
    visit(spectrum_, dimension());
  }
};

template <Arithmetic V>
IsotropicCovariance(V, Index)
    -> IsotropicCovariance<std::conditional_t<std::is_same_v<V, float>, float, double>>;

}  // namespace alphabar
