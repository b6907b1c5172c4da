// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/gaussian.hpp"

namespace alphabar {

/// Mean and covariance of data that come in batches, in one pass and O(d²) memory.
///
/// In practice Σ_0 is unknown; this is how it is estimated. Batches are Dim × N, one sample per
/// column; partial results from several workers `merge`.
///
/// Each block of columns is centred on its own mean, and blocks are joined by the update of Chan,
/// Golub, LeVeque ("Updating formulae and a pairwise algorithm for computing sample variances",
/// COMPSTAT 1982). No large mean is ever squared: data with mean 10⁸ and variance 1 keep 7 digits
/// or more (tests/unit/moments.test.cpp). Accumulates in double whatever the Scalar.
/// Cost: d² flops per sample; the number of samples may be smaller than d (Σ is then singular).
template <Real Scalar = double, int Dim = Eigen::Dynamic>
class Moments {
 public:
  using Vector = Eigen::Matrix<Scalar, Dim, 1>;
  using Matrix = Eigen::Matrix<Scalar, Dim, Dim>;

  /// Adds the columns of a batch. The first batch fixes a dynamic dimension.
  /// @throws std::invalid_argument when the dimension is another than before
  template <BatchOf<Scalar, Dim> Batch>
  void add(const Batch& batch) {
    require_dimension("Moments::add", batch.rows());
    constexpr Index block_size = 256;
    for (Index first = 0; first < batch.cols(); first += block_size) {
      const Index size = std::min(block_size, batch.cols() - first);
      join(of_block(batch.middleCols(first, size).template cast<double>()));
    }
  }

  /// Adds everything that `other` has seen.
  /// @throws std::invalid_argument when the dimensions differ
  void merge(const Moments& other) {
    if (other.count_ == 0) return;
    require_dimension("Moments::merge", other.mean_.size());
    join(other);
  }

  [[nodiscard]] Index count() const { return count_; }

  /// @throws std::invalid_argument before the first sample
  [[nodiscard]] Vector mean() const {
    detail::require(count_ >= 1, "Moments::mean", "count", "be >= 1", count_);
    return mean_.template cast<Scalar>();
  }

  /// The unbiased estimate Σ (x − x̄)(x − x̄)ᵀ/(n − 1), exactly symmetric.
  /// @throws std::invalid_argument before the second sample
  [[nodiscard]] Matrix covariance() const {
    detail::require(count_ >= 2, "Moments::covariance", "count", "be >= 2", count_);
    const DoubleMatrix full = scatter_.template selfadjointView<Eigen::Lower>();
    return (full / static_cast<double>(count_ - 1)).template cast<Scalar>();
  }

  /// N(mean, covariance).
  [[nodiscard]] Gaussian<Scalar, Dim> gaussian() const { return {mean(), covariance()}; }

 private:
  using DoubleVector = Eigen::Matrix<double, Dim, 1>;
  using DoubleMatrix = Eigen::Matrix<double, Dim, Dim>;

  /// Centres on the first column, then on the mean of what is left: both differences are small.
  template <class Block>
  static Moments of_block(const Block& block) {
    Eigen::Matrix<double, Dim, Eigen::Dynamic> centred = block;
    const DoubleVector pivot = centred.col(0);
    centred.colwise() -= pivot;
    const DoubleVector shift = centred.rowwise().mean();
    centred.colwise() -= shift;

    Moments moments;
    moments.count_ = centred.cols();
    moments.mean_ = pivot + shift;
    moments.scatter_.setZero(pivot.size(), pivot.size());
    moments.scatter_.template selfadjointView<Eigen::Lower>().rankUpdate(centred);
    return moments;
  }

  /// Two sets of samples as one: the scatter between their means is added to the scatters within.
  void join(const Moments& other) {
    if (count_ == 0) {
      *this = other;
      return;
    }
    const Index total = count_ + other.count_;
    const double share = static_cast<double>(other.count_) / static_cast<double>(total);
    const DoubleVector gap = other.mean_ - mean_;
    scatter_.template triangularView<Eigen::Lower>() += other.scatter_;
    scatter_.template selfadjointView<Eigen::Lower>().rankUpdate(
        gap, static_cast<double>(count_) * share);
    mean_ += share * gap;
    count_ = total;
  }

  void require_dimension(std::string_view function, Index rows) const {
    if (count_ > 0 || Dim != Eigen::Dynamic) {
      const Index expected = count_ > 0 ? Index{mean_.size()} : Index{Dim};
      detail::require_size(function, "the dimension of a sample", expected, rows);
    }
  }

  Index count_ = 0;
  DoubleVector mean_;
  DoubleMatrix scatter_;  // Σ (x − mean)(x − mean)ᵀ, lower triangle
};

}  // namespace alphabar
