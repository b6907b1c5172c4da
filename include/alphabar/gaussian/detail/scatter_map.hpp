// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>

#include "alphabar/concepts.hpp"
#include "alphabar/covariance/detail/in_double.hpp"
#include "alphabar/gaussian/detail/centring.hpp"

namespace alphabar::detail {

/// The scatter matrix S = Σ (x − x̄)(x − x̄)ᵀ of a batch as the linear map that it is: formed where
/// it is the smaller of the two and has at most 1024 rows, else a pass over the batch.
template <class Batch>
class ScatterMap {
 public:
  using Matrix = typename InDouble<Batch>::Matrix;

  explicit ScatterMap(const Batch& batch)
      : batch_(batch),
        centring_(batch),
        formed_(batch.rows() <= std::min<Index>(batch.cols(), 1024)) {
    if (formed_) matrix_ = Matrix::Zero(batch.rows(), batch.rows());
    for_each_block([this](const auto& block) {
      trace_ += block.squaredNorm();
      if (formed_) matrix_.template selfadjointView<Eigen::Lower>().rankUpdate(block);
    });
  }

  [[nodiscard]] const auto& centring() const { return centring_; }
  [[nodiscard]] double trace() const { return trace_; }

  /// S Q.
  [[nodiscard]] Matrix operator()(const Matrix& q) const {
    if (formed_) return matrix_.template selfadjointView<Eigen::Lower>() * q;
    Matrix image = Matrix::Zero(q.rows(), q.cols());
    for_each_block([&](const auto& block) {
      const Matrix modes = block.transpose() * q;
      image.noalias() += block * modes;
    });
    return image;
  }

 private:
  template <class Visit>
  void for_each_block(const Visit& visit) const {
    constexpr Index block_size = 256;
    for (Index first = 0; first < batch_.cols(); first += block_size) {
      visit(centring_(batch_.middleCols(first, std::min(block_size, batch_.cols() - first))));
    }
  }

  const Batch& batch_;
  Centring<Batch::RowsAtCompileTime> centring_;
  bool formed_;
  double trace_ = 0;
  Matrix matrix_;  // lower triangle
};

}  // namespace alphabar::detail
