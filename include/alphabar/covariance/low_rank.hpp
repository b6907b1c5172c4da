// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <memory>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/covariance/spectral_covariance.hpp"
#include "alphabar/error.hpp"

namespace alphabar {
namespace detail {

/// y += U w for a tall U, reading U once. It adds four columns at a time, to read and write y a
/// quarter as often, and works in panels of rows that stay in the cache. Eigen's kernel reads
/// across the columns of each row, which is three times slower for a tall U.
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

/// Low rank plus isotropic, Σ = U diag(l) Uᵀ + ψI with orthonormal columns U, d × r: the model of
/// probabilistic PCA (Tipping, Bishop 1999), for a d too large for a d × d matrix.
///
/// The eigenvalue of column i is l_i + ψ, and that of all directions orthogonal to U is ψ:
///
///     f(Σ)x = f(ψ) x + U (f(l + ψ) − f(ψ)) Uᵀx
///
/// It reads U twice. ψ may be 0, and l_i negative down to −ψ.
/// Accuracy: f(Σ)x within (16 + d/16) u max|f(λ)| |x|, if U is orthonormal within that. The part
/// d/16 is for sums of d terms of one sign.
template <Real Scalar = double, int Dim = Eigen::Dynamic>
class LowRankCovariance
    : public SpectralCovariance<LowRankCovariance<Scalar, Dim>,
                                std::shared_ptr<const Eigen::Matrix<Scalar, Dim, Eigen::Dynamic>>,
                                Eigen::Matrix<Scalar, Eigen::Dynamic, 1>, Dim> {
  using Base = typename LowRankCovariance::SpectralCovariance;
  friend Base;

 public:
  using Basis = Eigen::Matrix<Scalar, Dim, Eigen::Dynamic>;       ///< d × r
  using Coefficients = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;  ///< r × 1

  /// Checks U. Cost: d r² flops, for UᵀU.
  /// @throws std::invalid_argument unless the sizes agree, 1 <= r <= d, no entry of UᵀU − I exceeds
  ///         16 (d + 4) u (u as in DenseCovariance), and all eigenvalues are finite and >= 0
  template <BatchOf<Scalar, Dim> U, VectorOf<Scalar, Eigen::Dynamic> L>
  LowRankCovariance(const U& basis, const L& l, Scalar psi) {
    if constexpr (Dim != Eigen::Dynamic) {
      detail::require_size(name, "U.rows()", Dim, basis.rows());
    }
    detail::require(basis.cols() >= 1 && basis.cols() <= basis.rows(), name, "U.cols()",
                    "be in 1..U.rows()", basis.cols());
    detail::require_size(name, "the size of l", basis.cols(), l.rows());
    detail::require(std::isfinite(psi) && psi >= 0, name, "psi", "be finite and >= 0", psi);
    const Coefficients leading = (l.array() + psi).matrix();
    detail::require_spectrum(name, "l + psi", leading);
    basis_ = std::make_shared<const Basis>(basis);
    spectrum_ = leading;
    if (others() > 0) {
      spectrum_.conservativeResize(leading.size() + 1);
      spectrum_(leading.size()) = psi;
    }
    detail::require_orthonormal(name, *basis_);
  }

  [[nodiscard]] Index dimension() const { return basis_->rows(); }
  /// U, d × r.
  [[nodiscard]] const Basis& basis() const& { return *basis_; }
  [[nodiscard]] Basis basis() && { return *basis_; }
  /// l + ψ, one for each column of U.
  [[nodiscard]] Coefficients leading_eigenvalues() const { return spectrum_.head(basis_->cols()); }
  /// The eigenvalue of the directions orthogonal to U; 0 when r = d.
  [[nodiscard]] Scalar psi() const { return others() > 0 ? spectrum_(basis_->cols()) : 0; }

 private:
  using Base::basis_;
  using Base::spectrum_;  // l + ψ, then ψ if r < d
  static constexpr auto name = "LowRankCovariance";

  LowRankCovariance() = default;

  /// l + ψ in the order of the columns, then ψ with its multiplicity.
  template <class Visit>
  void visit_modes(Visit visit) const {
    visit(spectrum_.segment(0, basis_->cols()), 1);
    if (others() > 0) visit(spectrum_.segment(basis_->cols(), 1), others());
  }

  /// rest x + U diag(gains − rest) Uᵀ x: 4 d r flops per column.
  template <class Y>
  void multiply(const Coefficients& gains, Y& y) const {
    const Scalar rest = others() > 0 ? gains(basis_->cols()) : 0;
    const Coefficients more = (gains.head(basis_->cols()).array() - rest).matrix();
    const auto modes = (more.asDiagonal() * (basis_->transpose() * y)).eval();
    y *= rest;
    if constexpr (SingleColumn<Y>) {
      detail::add_product(*basis_, modes, y);
    } else {
      y.noalias() += *basis_ * modes;
    }
  }

  /// d − r, the multiplicity of ψ. Where it is 0, f(ψ) may be undefined and is not evaluated.
  [[nodiscard]] Index others() const { return dimension() - basis_->cols(); }
};

template <EigenMatrix U, EigenMatrix L, Arithmetic Psi>
LowRankCovariance(const U&, const L&, Psi)
    -> LowRankCovariance<typename U::Scalar, U::RowsAtCompileTime>;

}  // namespace alphabar
