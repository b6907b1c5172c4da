// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"

namespace alphabar::detail {

/// The symmetric root Σ^½ of structures whose f(Σ)x is cheap.
template <class Covariance>
class SymmetricRoot {
 public:
  explicit SymmetricRoot(const Covariance& covariance) : covariance_(covariance) {}

  /// x = Rz.
  template <class Z, class X>
  void multiply(const Z& z, X&& x) const {
    x = covariance_.apply(Root(), z);
  }

 private:
  const Covariance& covariance_;
};

/// The Cholesky factor of a dense Σ, which needs half the multiplications. If an eigenvalue is at
/// most 2⁷ u times the largest one (u = 2⁻⁵³ for double, 2⁻²⁴ for float), the entries of Σ may not
/// determine it, and the symmetric root of the spectrum is used. Both are unique.
///
/// Accuracy: along each eigenvector the deviation of Rz is √λ, within 1 % of it or 4 u times the
/// largest one.
/// Cost: d³/3 flops once, d² per column; d³ and 2 d² for the symmetric root.
template <class Covariance>
class DenseRoot {
 public:
  explicit DenseRoot(const Covariance& covariance);

  /// x = Rz, by blocks of rows, each up to the diagonal of a triangular R, as plain matrix
  /// products. A matrix of fixed size with no more rows than a block is multiplied at once.
  template <class Z, class X>
  void multiply(const Z& z, X&& x) const {
    if constexpr (one_block) {
      x.noalias() = root_ * z;
    } else {
      for (Index top = 0; top < z.rows(); top += height) {
        const Index rows = (std::min<Index>)(height, z.rows() - top);
        const Index columns = triangular_ ? top + rows : z.rows();
        x.middleRows(top, rows).noalias() = root_.block(top, 0, rows, columns) * z.topRows(columns);
      }
    }
  }

 private:
  using Matrix = typename Covariance::Matrix;
  using Scalar = typename Matrix::Scalar;

  static constexpr int height = 64;  ///< of a block
  static constexpr int fixed = Matrix::RowsAtCompileTime;
  static constexpr bool one_block = fixed != Eigen::Dynamic && fixed <= height;

  /// Sets root_ to the Cholesky factor, and returns whether there is one. A matrix of fixed size
  /// with no more rows than a block is factored by loops: Eigen's factorization takes long to
  /// compile.
  bool factor(const Matrix& sigma) {
    if constexpr (one_block) {
      root_.setZero();
      for (Index j = 0; j < fixed; ++j) {
        for (Index i = j; i < fixed; ++i) {
          Scalar rest = sigma(i, j);
          for (Index k = 0; k < j; ++k) rest -= root_(i, k) * root_(j, k);
          if (i == j && !(rest > 0)) return false;
          root_(i, j) = i == j ? std::sqrt(rest) : rest / root_(j, j);
        }
      }
      return true;
    } else {
      const Eigen::LLT<Matrix> cholesky(sigma);
      root_ = cholesky.matrixL();
      return cholesky.info() == Eigen::Success;
    }
  }

  bool triangular_ = false;
  Matrix root_;
};

template <class Covariance>
DenseRoot<Covariance>::DenseRoot(const Covariance& covariance) {
  const auto& lambda = covariance.eigenvalues();
  constexpr Scalar resolved = 64 * std::numeric_limits<Scalar>::epsilon();
  triangular_ = lambda.minCoeff() > resolved * lambda.maxCoeff() && factor(covariance.matrix());
  if (!triangular_) root_ = covariance.mapped(Root()).matrix();
}

/// A root R of a covariance that outlives it, RRᵀ = Σ, computed once and then multiplied with many
/// columns of noise: x = Rz has the covariance Σ.
template <class Covariance>
using SamplingRoot =
    std::conditional_t<DenseMatrix<Covariance>, DenseRoot<Covariance>, SymmetricRoot<Covariance>>;

}  // namespace alphabar::detail
