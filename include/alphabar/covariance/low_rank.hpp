// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <memory>
#include <type_traits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"

namespace alphabar {
namespace detail {

/// y += U w for a tall U, at the speed of reading U once. Four columns at a time, so that y is
/// touched a quarter as often; in panels, so that it stays in the cache. Eigen's own kernel goes
/// across all columns of a row, which is three times slower when they lie far apart.
template <class U, class W, class Y>
void add_product(const U& u, const W& w, Y&& y) {
  constexpr Index panel = 8192;
  for (Index first = 0; first < u.rows(); first += panel) {
    const Index rows = (std::min)(panel, u.rows() - first);
    const auto column = [&](Index j) { return u.col(j).segment(first, rows) * w(j); };
    auto part = y.segment(first, rows);
    Index j = 0;
    for (; j + 4 <= u.cols(); j += 4) {
      part += column(j) + column(j + 1) + column(j + 2) + column(j + 3);
    }
    for (; j < u.cols(); ++j) part += column(j);
  }
}

}  // namespace detail

/// Low rank and isotropic, Σ = U diag(l) Uᵀ + ψI with orthonormal columns U, d × r: what
/// probabilistic PCA fits (Tipping, Bishop 1999), for d where no d × d matrix fits.
///
/// l_i + ψ is the eigenvalue of column i, ψ that of everything orthogonal to U; so
///
///     f(Σ)x = f(ψ) x + U (f(l + ψ) − f(ψ)) Uᵀx
///
/// reads U twice. ψ may be 0, and l_i negative down to −ψ. U is shared by copies and by everything
/// that is mapped or transformed from this one.
/// Accuracy: f(Σ)x within 16 u max|f(λ)| |x|, if U is orthonormal to that.
template <Real Scalar = double, int Dim = Eigen::Dynamic>
class LowRankCovariance {
 public:
  using Matrix = Eigen::Matrix<Scalar, Dim, Dim>;
  using Vector = Eigen::Matrix<Scalar, Dim, 1>;
  using Basis = Eigen::Matrix<Scalar, Dim, Eigen::Dynamic>;       ///< d × r
  using Coefficients = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;  ///< r × 1

  /// Cost: d r² flops, for UᵀU.
  /// @throws std::invalid_argument unless the sizes agree, 1 <= r <= d, no entry of UᵀU − I exceeds
  ///         c √d u (c and u as in DenseCovariance), and all eigenvalues are finite and >= 0
  template <BatchOf<Scalar, Dim> U, VectorOf<Scalar, Eigen::Dynamic> L>
  LowRankCovariance(const U& basis, const L& l, Scalar psi) : psi_(psi) {
    if constexpr (Dim != Eigen::Dynamic) {
      detail::require_size(name, "U.rows()", Dim, basis.rows());
    }
    detail::require(basis.cols() >= 1 && basis.cols() <= basis.rows(), name, "U.cols()",
                    "be in 1..U.rows()", basis.cols());
    detail::require_size(name, "the size of l", basis.cols(), l.rows());
    detail::require(std::isfinite(psi) && psi >= 0, name, "psi", "be finite and >= 0", psi);
    leading_ = (l.array() + psi).matrix();
    detail::require_spectrum(name, "l + psi", leading_);
    basis_ = std::make_shared<const Basis>(basis);
    if (others() == 0) psi_ = 0;
    detail::require_orthonormal(name, *basis_);
  }

  [[nodiscard]] Index dimension() const { return basis_->rows(); }
  /// U, d × r.
  [[nodiscard]] const Basis& basis() const& { return *basis_; }
  [[nodiscard]] Basis basis() && { return *basis_; }
  /// l + ψ, one for each column of U.
  [[nodiscard]] const Coefficients& leading_eigenvalues() const& noexcept { return leading_; }
  [[nodiscard]] Coefficients leading_eigenvalues() && { return std::move(leading_); }
  /// The eigenvalue of what is orthogonal to U; 0 when nothing is.
  [[nodiscard]] Scalar psi() const noexcept { return psi_; }

  [[nodiscard]] Matrix matrix() const {
    const auto l = (leading_.array() - psi_).matrix();
    Matrix sigma = *basis_ * l.asDiagonal() * basis_->transpose();
    sigma.diagonal().array() += psi_;
    return sigma;
  }
  /// l + ψ in the order of the columns, then ψ for all the others.
  [[nodiscard]] Vector eigenvalues() const {
    Vector all = Vector::Constant(dimension(), psi_);
    all.head(leading_.size()) = leading_;
    return all;
  }
  [[nodiscard]] Index rank() const {
    return (leading_.array() > 0).count() + (psi_ > 0 ? others() : 0);
  }
  /// log det Σ in nats; −∞ when singular.
  [[nodiscard]] Scalar log_determinant() const { return trace(detail::Logarithm()); }

  /// f(Σ)x for a point or a batch, one per column. Cost: 4 d r flops per column.
  template <class F, BatchOf<Scalar, Dim> X>
  [[nodiscard]] typename X::PlainObject apply(F f, const X& x) const {
    detail::require_size("LowRankCovariance::apply", "x.rows()", dimension(), x.rows());
    return apply_gains(detail::spectral_map(leading_, f), others() > 0 ? f(psi_) : Scalar(0),
                       x.eval());
  }

  /// tr f(Σ) = Σ_i f(l_i + ψ) + (d − r) f(ψ). Cost: O(r).
  template <class F>
  [[nodiscard]] std::invoke_result_t<F&, Scalar> trace(F f) const {
    auto sum = detail::spectral_sum(leading_, f);
    if (others() > 0) sum += static_cast<decltype(sum)>(others()) * f(psi_);
    return sum;
  }

  [[nodiscard]] bool shares_basis(const LowRankCovariance& other) const {
    return basis_ == other.basis_;
  }

  /// f(Σ) as a covariance in the same basis. Cost: O(r).
  /// @throws std::invalid_argument unless each f(λ) is finite and >= 0
  template <class F>
  [[nodiscard]] LowRankCovariance mapped(F f) const {
    LowRankCovariance result(*this);
    result.leading_ = detail::spectral_map(leading_, f);
    detail::require_spectrum("LowRankCovariance::mapped", "f(l + psi)", result.leading_);
    if (others() == 0) return result;
    result.psi_ = f(psi_);
    detail::require(std::isfinite(result.psi_) && result.psi_ >= 0, "LowRankCovariance::mapped",
                    "f(psi)", "be finite and >= 0", result.psi_);
    return result;
  }

  /// AΣ + BI, each eigenvalue within 1.5 ulp. Cost: O(r).
  [[nodiscard]] LowRankCovariance transformed(Scalar a, Scalar b) const {
    return mapped([=](Scalar lambda) { return a * lambda + b; });
  }

 private:
  static constexpr auto name = "LowRankCovariance";

  /// rest x + U diag(gains − rest) Uᵀ x: compiled once for all f.
  template <class X>
  [[nodiscard]] X apply_gains(const Coefficients& gains, Scalar rest, const X& x) const {
    const Coefficients more = (gains.array() - rest).matrix();
    const auto modes = (more.asDiagonal() * (basis_->transpose() * x)).eval();
    X y = rest * x;
    if constexpr (SingleColumn<X>) {
      detail::add_product(*basis_, modes, y);
    } else {
      y.noalias() += *basis_ * modes;
    }
    return y;
  }

  /// The number of eigenvalues ψ. Where it is 0, f(ψ) may be anything, and must not be asked for.
  [[nodiscard]] Index others() const { return dimension() - leading_.size(); }

  std::shared_ptr<const Basis> basis_;
  Coefficients leading_;
  Scalar psi_;
};

template <EigenMatrix U, EigenMatrix L, Arithmetic Psi>
LowRankCovariance(const U&, const L&, Psi)
    -> LowRankCovariance<typename U::Scalar, U::RowsAtCompileTime>;

}  // namespace alphabar
