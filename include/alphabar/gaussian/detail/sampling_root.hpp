// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <optional>
#include <type_traits>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/covariance_structure.hpp"
#include "alphabar/covariance/detail/spectral_functions.hpp"

namespace alphabar::detail {

/// The symmetric root Σ^½ of structures whose f(Σ)x is cheap.
template <class Covariance>
class SymmetricRoot {
 public:
  explicit SymmetricRoot(const Covariance& /*covariance*/) {}

  /// x = Rz, for the covariance given at construction.
  template <class Z, class X>
  void multiply(const Covariance& covariance, const Z& z, X&& x) const {
    x = covariance.apply(Root(), z);
  }
};

/// The Cholesky factor of a dense Σ, which needs half the multiplications. For a singular Σ it is
/// the symmetric root, which keeps samples in the range of Σ. Both are unique.
///
/// Cost: d³/3 flops once, d² per column; 4 d² per column for a singular Σ.
template <class Covariance>
class TriangularRoot {
 public:
  explicit TriangularRoot(const Covariance& covariance);

  /// Multiplies by blocks of rows, each up to the diagonal, as plain matrix products. A matrix of
  /// fixed size with no more rows than a block is multiplied at once.
  template <class Z, class X>
  void multiply(const Covariance& covariance, const Z& z, X&& x) const {
    constexpr int stripe = 64;
    constexpr int fixed = Matrix::RowsAtCompileTime;
    if (!lower_) {
      x = covariance.apply(Root(), z);
    } else if constexpr (fixed != Eigen::Dynamic && fixed <= stripe) {
      x.noalias() = *lower_ * z;
    } else {
      for (Index top = 0; top < z.rows(); top += stripe) {
        const Index rows = (std::min<Index>)(stripe, z.rows() - top);
        x.middleRows(top, rows).noalias() =
            lower_->block(top, 0, rows, top + rows) * z.topRows(top + rows);
      }
    }
  }

 private:
  using Matrix = typename Covariance::Matrix;

  std::optional<Matrix> lower_;
};

template <class Covariance>
TriangularRoot<Covariance>::TriangularRoot(const Covariance& covariance) {
  if (covariance.rank() < covariance.dimension()) return;
  const Eigen::LLT<Matrix> cholesky(covariance.matrix());
  if (cholesky.info() == Eigen::Success) lower_ = cholesky.matrixL();
}

/// A root of a covariance, RRᵀ = Σ, computed once and multiplied with many columns of noise: x = Rz
/// has covariance Σ.
template <class Covariance>
using SamplingRoot = std::conditional_t<DenseMatrix<Covariance>, TriangularRoot<Covariance>,
                                        SymmetricRoot<Covariance>>;

}  // namespace alphabar::detail
