// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <optional>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/concepts.hpp"
#include "alphabar/covariance/detail/spectral_map.hpp"

namespace alphabar::detail {

/// A root of a covariance, RRᵀ = Σ, made once and then multiplied with many columns of noise:
/// x = Rz has covariance Σ. Structures whose f(Σ)x is cheap have the symmetric root Σ^½.
///
/// Borrows the covariance.
template <class Covariance>
class SamplingRoot {
 public:
  explicit SamplingRoot(const Covariance& covariance) : covariance_(covariance) {}

  template <class Z, class X>
  void multiply(const Z& z, X&& x) const {
    x = covariance_.apply(Root(), z);
  }

 private:
  const Covariance& covariance_;
};

/// A dense Σ has the triangular root of Cholesky, half of whose entries need no multiplication; a
/// singular one the symmetric root, which keeps samples in the range of Σ. Both are unique.
///
/// Cost: d³/3 flops once, d² per column; 4 d² per column for a singular Σ.
template <DenseMatrix Covariance>
class SamplingRoot<Covariance> {
 public:
  explicit SamplingRoot(const Covariance& covariance) : covariance_(covariance) {
    if (covariance.rank() < covariance.dimension()) return;
    const Eigen::LLT<Matrix> cholesky(covariance.matrix());
    if (cholesky.info() == Eigen::Success) lower_ = cholesky.matrixL();
  }

  /// Stripes of rows end at the diagonal, and are products of the kind that Eigen does fastest.
  template <class Z, class X>
  void multiply(const Z& z, X&& x) const {
    if (!lower_) {
      x = covariance_.apply(Root(), z);
      return;
    }
    constexpr Index stripe = 64;
    for (Index top = 0; top < z.rows(); top += stripe) {
      const Index rows = std::min(stripe, z.rows() - top);
      x.middleRows(top, rows).noalias() =
          lower_->block(top, 0, rows, top + rows) * z.topRows(top + rows);
    }
  }

 private:
  using Matrix = typename Covariance::Matrix;

  const Covariance& covariance_;
  std::optional<Matrix> lower_;
};

}  // namespace alphabar::detail
