// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/checks.hpp"
#include "alphabar/error.hpp"
#include "alphabar/noise/detail/for_each_block.hpp"

namespace alphabar::detail {

struct MomentsState;

/// Requires samples whose squares can be summed.
template <class Samples>
void require_summable(std::string_view function, std::string_view argument,
                      const Samples& samples) {
  const auto summable = [](double x) { return std::abs(x) <= 1e144; };
  if (samples.size() == 0) return;
  if (all_finite(samples) && summable(samples.cwiseAbs().maxCoeff())) return;
  refuse_first(function, argument, "be in [-1e144, 1e144]", samples, summable);
}

/// The scatter of samples that come in batches, the same bits for any split: samples belong to
/// blocks by their number, and blocks are joined along a binary tree. Partial blocks are stored as
/// raw samples. gaussian/moments.hpp has the memory that this needs.
template <Real Scalar, int Dim, class Scatter, Index block_size>
class BlockSums {
 public:
  /// `name` is that of the class, for messages.
  BlockSums(const char* name, Index first_sample)
      : name_(name), first_(first_sample), end_(first_sample) {
    require(first_sample >= 0, name, "first_sample", "be >= 0", first_sample);
    constexpr Index last = (std::numeric_limits<Index>::max)() / 2 + 1;
    require(first_sample <= last, name, "first_sample", "be at most " + to_text(last),
            first_sample);
  }

  /// Adds the columns of a batch.
  template <class Batch>
  void add(const Batch& batch) {
    require_dimension("::add", batch.rows());
    if (batch.cols() == 0) return;
    if (batch.rows() == 0) refuse(function("::add"), "the dimension of a sample", "be >= 1", 0);
    add_samples(batch);
  }

  /// Adds the samples of `other`.
  void merge(const BlockSums& other) {
    if (other.count() == 0) return;
    require_dimension("::merge", other.dimension_);
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
  [[nodiscard]] Eigen::Matrix<Scalar, Dim, 1> mean() const {
    require_count("::mean", 1);
    return total().mean.template cast<Scalar>();
  }

  /// The sums divided by n − 1.
  /// @throws std::invalid_argument before the second sample
  [[nodiscard]] auto unbiased(const char* member) const {
    using Sums = typename Scatter::Sums;
    require_count(member, 2);
    const Scatter all = total();
    const auto divisor = static_cast<double>(all.count - 1);
    Eigen::Matrix<Scalar, Dim, Sums::ColsAtCompileTime> estimate(all.sums.rows(), all.sums.cols());
    for (Index k = 0; k < estimate.size(); ++k) {
      estimate.data()[k] = static_cast<Scalar>(all.sums.data()[k] / divisor);
    }
    return estimate;
  }

 private:
  friend struct MomentsState;
  /// One type for all batches. A batch whose columns are not contiguous in memory is copied.
  using Samples = Eigen::Ref<const Eigen::Matrix<Scalar, Dim, Eigen::Dynamic>, Eigen::Unaligned,
                             Eigen::OuterStride<>>;

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
    require_summable(function("::add"), "batch", samples);
    dimension_ = samples.rows();
    const Index missing = (block_size - end_ % block_size) % block_size;  // in the open block
    const Index begin = (std::min)(missing, samples.cols());
    const Index blocks = (samples.cols() - begin) / block_size;
    add_within_block(samples.leftCols(begin));
    for_each_result(
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

  void require_count(const char* member, Index least) const {
    if (count() < least) refuse(function(member), "count", "be >= " + to_text(least), count());
  }

  void require_dimension(const char* member, Index rows) const {
    if (dimension_ == 0 || rows == dimension_) return;
    require_size(function(member), "the dimension of a sample", dimension_, rows);
  }

  /// "Moments::add"
  [[nodiscard]] std::string function(const char* member) const {
    return std::string(name_) + member;
  }

  const char* name_;
  Index first_;
  Index end_;  // one past the last sample added in sequence
  Index dimension_ = Dim == Eigen::Dynamic ? 0 : Dim;
  std::vector<Scalar> head_;  // samples of the first block, if it begins before this part
  std::vector<Subtree> trees_;
  std::vector<Scalar> tail_;  // samples of the last block, if it is not full
  Scatter rest_;              // sums merged out of sequence
};

}  // namespace alphabar::detail
