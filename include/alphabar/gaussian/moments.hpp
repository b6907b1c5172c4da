// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/gaussian/detail/block_sums.hpp"
#include "alphabar/gaussian/detail/scatter.hpp"
#include "alphabar/gaussian/gaussian.hpp"

namespace alphabar {

/// Mean and covariance of data that come in batches, in one pass: an estimate of μ_0 and Σ_0.
///
/// Batches are Dim × N, one sample per column. Several workers may each take a part of one data
/// set, given the number of its first sample, and `merge` the parts in order. The result has the
/// same bits as that of one worker, for any split into parts and batches: samples belong to blocks
/// by their number, and blocks are joined along a binary tree. Partial blocks are stored as raw
/// samples. With OpenMP its threads share the blocks of a batch; the bits are the same.
///
/// Accumulates in double for any Scalar. Data with mean 10⁸ and variance 1 keep 7 digits or more
/// (tests/gaussian/moments.test.cpp). For fewer samples than d + 1, Σ is singular. Cost: d² flops
/// per sample. Memory is logarithmic in n: a part that begins at sample 0 stores a d × d matrix for
/// each 1 among the binary digits of n/1024 (at most 10 for a million samples, 30 for 2⁴⁰), other
/// parts at most twice as many. Each end stores at most one block of 1024 samples. While it runs,
/// `add` needs two more matrices and two more blocks for each thread, and the values of a batch
/// that is an expression.
template <Real Scalar = double, int Dim = Eigen::Dynamic>
class Moments {
 public:
  using Vector = Eigen::Matrix<Scalar, Dim, 1>;
  using Matrix = Eigen::Matrix<Scalar, Dim, Dim>;

  /// Without samples. `first_sample` is the number of the first sample in the data set.
  /// @throws std::invalid_argument unless the number is in 0..2⁶²
  explicit Moments(Index first_sample = 0) : sums_("Moments", first_sample) {}

  /// Adds the columns of a batch. The first sample fixes a dynamic dimension.
  /// @throws std::invalid_argument when the dimension is 0 or differs from that of earlier batches,
  ///     and for numbers outside [−10¹⁴⁴, 10¹⁴⁴], whose squares could not be summed; nothing is
  ///     added then
  template <BatchOf<Scalar, Dim> Batch>
  void add(const Batch& batch) {
    sums_.add(batch);
  }

  /// Adds the samples of `other`. If `other` begins where this ends, the bits are those of one
  /// pass. Otherwise the two sums are added, and the bits may differ.
  /// @throws std::invalid_argument when the dimensions differ
  void merge(const Moments& other) { sums_.merge(other.sums_); }

  /// The dimension of a sample; 0 before the first one when it is dynamic.
  [[nodiscard]] Index dimension() const noexcept { return sums_.dimension(); }
  /// The number of samples added.
  [[nodiscard]] Index count() const { return sums_.count(); }

  /// @throws std::invalid_argument before the first sample
  [[nodiscard]] Vector mean() const { return sums_.mean(); }

  /// The unbiased estimate Σ (x − x̄)(x − x̄)ᵀ/(n − 1), exactly symmetric.
  /// @throws std::invalid_argument before the second sample
  [[nodiscard]] Matrix covariance() const {
    const auto lower = sums_.unbiased("::covariance");
    Matrix sigma(dimension(), dimension());
    for (Index j = 0; j < dimension(); ++j) {
      for (Index i = j; i < dimension(); ++i) sigma(i, j) = sigma(j, i) = lower(i, j);
    }
    return sigma;
  }

  /// N(mean, covariance).
  [[nodiscard]] Gaussian<Scalar, Dim> gaussian() const { return {mean(), covariance()}; }

 private:
  friend struct detail::MomentsState;
  detail::BlockSums<Scalar, Dim, detail::Scatter<Dim>, 1024> sums_;
};

/// Mean and variances of data that come in batches: `Moments` without correlations, for dimensions
/// whose d × d matrix is too large. Parts and batches are used as there, with the same bits for any
/// split; accuracy and errors are the same.
///
/// Cost: 6 flops per number. Memory: 2d numbers for each 1 among the binary digits of n/16, and at
/// each end at most 16 samples.
template <Real Scalar = double, int Dim = Eigen::Dynamic>
class DiagonalMoments {
 public:
  using Vector = Eigen::Matrix<Scalar, Dim, 1>;

  /// Without samples. `first_sample` is the number of the first sample in the data set.
  /// @throws std::invalid_argument unless the number is in 0..2⁶²
  explicit DiagonalMoments(Index first_sample = 0) : sums_("DiagonalMoments", first_sample) {}

  /// Adds the columns of a batch. The first sample fixes a dynamic dimension.
  /// @throws as `Moments::add`
  template <BatchOf<Scalar, Dim> Batch>
  void add(const Batch& batch) {
    sums_.add(batch);
  }

  /// Adds the samples of `other`, as `Moments::merge`.
  /// @throws std::invalid_argument when the dimensions differ
  void merge(const DiagonalMoments& other) { sums_.merge(other.sums_); }

  /// The dimension of a sample; 0 before the first one when it is dynamic.
  [[nodiscard]] Index dimension() const noexcept { return sums_.dimension(); }
  /// The number of samples added.
  [[nodiscard]] Index count() const { return sums_.count(); }

  /// @throws std::invalid_argument before the first sample
  [[nodiscard]] Vector mean() const { return sums_.mean(); }

  /// The unbiased estimates Σ (x − x̄)²/(n − 1).
  /// @throws std::invalid_argument before the second sample
  [[nodiscard]] Vector variances() const { return sums_.unbiased("::variances"); }

  /// N(mean, diag(variances)).
  [[nodiscard]] Gaussian<Scalar, Dim, DiagonalCovariance<Scalar, Dim>> gaussian() const {
    return {mean(), DiagonalCovariance<Scalar, Dim>(variances())};
  }

 private:
  friend struct detail::MomentsState;
  detail::BlockSums<Scalar, Dim, detail::Scatter<Dim, 1>, 16> sums_;
};

}  // namespace alphabar
