// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <Eigen/QR>
#include <algorithm>
#include <concepts>
#include <type_traits>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/detail/eigensystem.hpp"
#include "alphabar/covariance/detail/shared_basis.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/low_rank.hpp"
#include "alphabar/covariance/stationary.hpp"
#include "alphabar/error.hpp"

/// f(Q) P f(Q): the covariance of f(Q) x for an x with the covariance P.
namespace alphabar::detail {

/// f(Q) P f(Q), dense, of two without a common basis. A diagonal Q changes units only: each entry
/// is then within 3 ulp. Otherwise it is f(Q) P^½ times its transpose, which is positive
/// semidefinite after rounding.
template <class P, class Q, class F>
CommonStructure<P, Q> dense_congruent(const P& p, const Q& q, F f) {
  using Matrix = typename CommonStructure<P, Q>::Matrix;
  if constexpr (Uncorrelated<Q>) {
    const Matrix rows = q.apply(f, p.matrix());
    return CommonStructure<P, Q>(q.apply(f, Matrix(rows.transpose())));
  } else {
    const Matrix root = p.apply(Root(), Matrix(Matrix::Identity(p.dimension(), p.dimension())));
    const Matrix factor = q.apply(f, root);
    return CommonStructure<P, Q>(factor * factor.transpose());
  }
}

/// f(Q) P f(Q) of P = U diag(l) Uᵀ + ψI and f(Q)² = V diag(k) Vᵀ + χI has low rank again:
/// ψχI + W diag(l, ψk) Wᵀ with the columns W = [f(Q)U, V], which are then made orthonormal.
/// Cost: O(d r²) for the r columns of both.
template <Real Scalar, int Dim, class F>
LowRankCovariance<Scalar, Dim> closed_congruent(const LowRankCovariance<Scalar, Dim>& p,
                                                const LowRankCovariance<Scalar, Dim>& q, F f) {
  using Double = std::common_type_t<double, Scalar>;  // for float, too
  using Columns = Eigen::Matrix<Double, Dim, Eigen::Dynamic>;
  using Coefficients = Eigen::Matrix<Double, Eigen::Dynamic, 1>;
  using Square = Eigen::Matrix<Double, Eigen::Dynamic, Eigen::Dynamic>;
  const auto squared = q.mapped([f](Scalar nu) { return f(nu) * f(nu); });
  const Scalar rest = p.psi() * squared.psi();
  Columns columns(p.dimension(), p.basis().cols() + q.basis().cols());
  columns << q.apply(f, p.basis()).template cast<Double>(), q.basis().template cast<Double>();
  Coefficients weights(columns.cols());
  weights << (p.leading_eigenvalues().array() - p.psi()).matrix().template cast<Double>(),
      (p.psi() * (squared.leading_eigenvalues().array() - squared.psi()))
          .matrix()
          .template cast<Double>();
  Index used = 0;  // a column of weight 0 would give eigenvalues that are rounding errors
  for (Index j = 0; j < columns.cols(); ++j) {
    if (weights(j) == 0) continue;
    columns.col(used) = columns.col(j);
    weights(used++) = weights(j);
  }
  if (used == 0) return p.mapped([rest](Scalar) { return rest; });
  columns.conservativeResize(Eigen::NoChange, used);
  const Index rank = (std::min)(used, p.dimension());
  const Eigen::HouseholderQR<Columns> qr(columns);
  const Square upper = qr.matrixQR().topRows(rank).template triangularView<Eigen::Upper>();
  const auto solver = eigensystem(
      "LowRankCovariance", Square(upper * weights.head(used).asDiagonal() * upper.transpose()));
  Columns basis = Columns::Zero(p.dimension(), rank);
  basis.topRows(rank) = solver.eigenvectors;
  basis.applyOnTheLeft(qr.householderQ());
  return {basis.template cast<Scalar>(), solver.eigenvalues.template cast<Scalar>().cwiseMax(-rest),
          rest};
}

/// f(Q) P f(Q) of two stationary covariances for images of one shape is stationary again: for each
/// wave, a product of channels × channels matrices. Cost: O(d channels²).
template <Real Scalar, class F>
StationaryCovariance<Scalar> closed_congruent(const StationaryCovariance<Scalar>& p,
                                              const StationaryCovariance<Scalar>& q, F f) {
  require(p.shape() == q.shape(), "StationaryCovariance", "the number of image shapes", "be 1", 2);
  auto spectrum = p.spectrum();
  const auto roots = q.mapped(f).spectrum();
  const Index channels = p.shape().channels;
  for (Index first = 0; first < spectrum.cols(); first += channels) {
    auto wave = spectrum.middleCols(first, channels);
    const auto root = roots.middleCols(first, channels);
    wave = (root * wave * root).eval();
  }
  return StationaryCovariance<Scalar>::from_spectrum(p.shape(), spectrum);
}

/// f(Q) P f(Q), given f and g(λ, λ') = λ f(λ')². In a basis that the two share it costs O(d). It
/// has low rank, or is stationary, if both are. Otherwise it is dense and factored, for O(d³).
/// @throws std::invalid_argument for two of another structure that is not dense, in two bases
template <class P, class Q, class F, class G>
CommonStructure<P, Q> congruent(const P& p, const Q& q, F f, G g) {
  if constexpr (Isotropic<Q>) {
    return p.transformed(g(1, q.variance()), 0);
  } else {
    if constexpr (Isotropic<P> || std::same_as<P, Q>) {
      if (share_basis(p, q)) return combined(p, q, g);
    }
    if constexpr (DenseMatrix<CommonStructure<P, Q>>) {
      return dense_congruent(p, q, f);
    } else if constexpr (requires { closed_congruent(p, q, f); }) {
      return closed_congruent(p, q, f);
    } else {
      return combined(p, q, g);
    }
  }
}

}  // namespace alphabar::detail
