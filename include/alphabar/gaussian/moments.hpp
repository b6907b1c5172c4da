// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/covariance/eigen_concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/gaussian/detail/centring.hpp"
#include "alphabar/gaussian/detail/scatter.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/noise/detail/for_each_block.hpp"

namespace alphabar {

namespace detail {
struct MomentsState;
}

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
  explicit Moments(Index first_sample = 0) : first_(first_sample), end_(first_sample) {
    detail::require(first_sample >= 0, "Moments", "first_sample", "be >= 0", first_sample);
    constexpr Index last = (std::numeric_limits<Index>::max)() / 2 + 1;
    detail::require(first_sample <= last, "Moments", "first_sample",
                    "be at most " + detail::to_text(last), first_sample);
  }

  /// Adds the columns of a batch. The first sample fixes a dynamic dimension.
  /// @throws std::invalid_argument when the dimension is 0 or differs from that of earlier batches,
  ///     and for numbers outside [−10¹⁴⁴, 10¹⁴⁴], whose squares could not be summed; nothing is
  ///     added then
  template <BatchOf<Scalar, Dim> Batch>
  void add(const Batch& batch) {
    require_dimension("Moments::add", batch.rows());
    detail::require(batch.rows() > 0 || batch.cols() == 0, "Moments::add",
                    "the dimension of a sample", "be >= 1", batch.rows());
    if (batch.cols() > 0) add_samples(batch);
  }

  /// Adds the samples of `other`. If `other` begins where this ends, the bits are those of one
  /// pass. Otherwise the two sums are added, and the bits may differ.
  /// @throws std::invalid_argument when the dimensions differ
  void merge(const Moments& other) {
    if (other.count() == 0) return;
    require_dimension("Moments::merge", other.dimension_);
    dimension_ = other.dimension_;
    if (other.first_ != end_) {
      rest_.join(other.total());
      return;
    }
    add_samples(other.samples_in(other.head_));
    for (const Subtree& tree : other.trees_) push(tree);
    add_samples(other.samples_in(other.tail_));
    rest_.join(other.rest_);
  }

  /// The dimension of a sample; 0 before the first one when it is dynamic.
  [[nodiscard]] Index dimension() const noexcept { return dimension_; }
  /// The number of samples added.
  [[nodiscard]] Index count() const { return end_ - first_ + rest_.count; }

  /// @throws std::invalid_argument before the first sample
  [[nodiscard]] Vector mean() const {
    detail::require(count() >= 1, "Moments::mean", "count", "be >= 1", count());
    return total().mean.template cast<Scalar>();
  }

  /// The unbiased estimate Σ (x − x̄)(x − x̄)ᵀ/(n − 1), exactly symmetric.
  /// @throws std::invalid_argument before the second sample
  [[nodiscard]] Matrix covariance() const {
    detail::require(count() >= 2, "Moments::covariance", "count", "be >= 2", count());
    const Scatter sum = total();
    Matrix sigma(dimension_, dimension_);
    for (Index j = 0; j < dimension_; ++j) {
      for (Index i = j; i < dimension_; ++i) {
        sigma(i, j) = sigma(j, i) =
            static_cast<Scalar>(sum.matrix(i, j) / static_cast<double>(sum.count - 1));
      }
    }
    return sigma;
  }

  /// N(mean, covariance).
  [[nodiscard]] Gaussian<Scalar, Dim> gaussian() const { return {mean(), covariance()}; }

 private:
  friend struct detail::MomentsState;
  using Scatter = detail::Scatter<Dim>;
  /// One type for all batches. A batch whose columns are not contiguous in memory is copied.
  using Samples = Eigen::Ref<const Eigen::Matrix<Scalar, Dim, Eigen::Dynamic>, Eigen::Unaligned,
                             Eigen::OuterStride<>>;

  static constexpr Index block_size = 1024;

  /// The joined blocks first .. first + size − 1; size is a power of 2 and divides first.
  struct Subtree {
    Index first = 0;
    Index size = 0;
    Scatter scatter;
  };

  [[nodiscard]] Samples samples_in(const std::vector<Scalar>& values) const {
    return Eigen::Map<const Eigen::Matrix<Scalar, Dim, Eigen::Dynamic>>(
        values.data(), dimension_,
        static_cast<Index>(values.size()) / (std::max<Index>)(dimension_, 1));
  }

  void add_samples(const Samples& samples) {
    require_summable(samples);
    dimension_ = samples.rows();
    const Index missing = (block_size - end_ % block_size) % block_size;  // in the open block
    const Index begin = (std::min)(missing, samples.cols());
    const Index blocks = (samples.cols() - begin) / block_size;
    add_within_block(samples.leftCols(begin));
    detail::for_each_result(
        static_cast<std::size_t>(blocks), static_cast<std::size_t>(samples.size()),
        [&](std::size_t k) {
          const Index first = begin + static_cast<Index>(k) * block_size;
          return Scatter::of(Samples(samples.middleCols(first, block_size)));
        },
        [&](Scatter scatter) {
          push({end_ / block_size, 1, std::move(scatter)});
        });
    add_within_block(samples.rightCols(samples.cols() - begin - blocks * block_size));
  }

  /// Adds samples that all belong to the block of sample number end_, and are not all of it.
  void add_within_block(const Samples& batch) {
    if (batch.cols() == 0) return;
    const Index block = end_ / block_size;
    const bool shared = block * block_size < first_;  // with the part before this one
    end_ += batch.cols();
    std::vector<Scalar>& open = shared ? head_ : tail_;
    const Eigen::Matrix<Scalar, Dim, Eigen::Dynamic> plain = batch;
    open.insert(open.end(), plain.data(), plain.data() + plain.size());
    if (end_ % block_size == 0 && !shared) {
      push({block, 1, Scatter::of(samples_in(tail_))});
      tail_.clear();
    }
  }

  /// Appends a subtree. Two neighbours of one size are joined into one of twice the size.
  void push(Subtree next) {
    end_ = (std::max)(end_, (next.first + next.size) * block_size);
    while (!trees_.empty() && trees_.back().size == next.size &&
           trees_.back().first % (2 * next.size) == 0) {
      Subtree twin = std::move(trees_.back());
      trees_.pop_back();
      twin.scatter.join(next.scatter);
      twin.size *= 2;
      next = std::move(twin);
    }
    trees_.push_back(std::move(next));
  }

  [[nodiscard]] Scatter total() const {
    Scatter sum;
    if (!head_.empty()) sum.join(Scatter::of(samples_in(head_)));
    for (const Subtree& tree : trees_) sum.join(tree.scatter);
    if (!tail_.empty()) sum.join(Scatter::of(samples_in(tail_)));
    sum.join(rest_);
    return sum;
  }

  static void require_summable(const Samples& samples) {
    const auto summable = [](double x) { return std::abs(x) <= 1e144; };
    if (samples.size() == 0) return;
    if (detail::all_finite(samples) && summable(samples.cwiseAbs().maxCoeff())) return;
    detail::refuse_first("Moments::add", "batch", "be in [-1e144, 1e144]", samples, summable);
  }

  void require_dimension(std::string_view function, Index rows) const {
    if (dimension_ > 0) {
      detail::require_size(function, "the dimension of a sample", dimension_, rows);
    }
  }

  Index first_;
  Index end_;  // one past the last sample added in sequence
  Index dimension_ = Dim == Eigen::Dynamic ? 0 : Dim;
  std::vector<Scalar> head_;  // samples of the first block, if it begins before this part
  std::vector<Subtree> trees_;
  std::vector<Scalar> tail_;  // samples of the last block, if it is not full
  Scatter rest_;              // sums merged out of sequence
};

}  // namespace alphabar
