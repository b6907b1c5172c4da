// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>

#include "alphabar/concepts.hpp"
#include "alphabar/gaussian/detail/centring.hpp"

namespace alphabar::detail {

/// Count, mean and scatter of some samples, in double: the matrix Σ (x − mean)(x − mean)ᵀ, or its
/// diagonal where Cols is 1.
///
/// A set of samples is centred on its own mean, and sets are joined by the update of Chan, Golub,
/// LeVeque ("Updating formulae and a pairwise algorithm for computing sample variances", COMPSTAT
/// 1982), so a large mean is never squared.
template <int Dim, int Cols = Dim>
struct Scatter {
  using Vector = Eigen::Matrix<double, Dim, 1>;
  using Sums = Eigen::Matrix<double, Dim, Cols>;
  static constexpr bool diagonal = Cols == 1;
  static constexpr Index fixed_size = Dim == Eigen::Dynamic ? 0 : Dim;

  Index count = 0;
  Vector mean = Vector::Zero(fixed_size);
  Sums sums =
      Sums::Zero(fixed_size, diagonal ? 1 : fixed_size);  ///< of a matrix its lower triangle

  /// Of the columns of a batch.
  template <class Batch>
  static Scatter of(const Batch& batch) {
    const Centring<Dim> centring(batch);
    Scatter scatter{Index{batch.cols()}, centring.mean(), Sums()};
    scatter.sums.setZero(batch.rows(), diagonal ? 1 : batch.rows());
    if constexpr (diagonal) {
      constexpr Index block_size = 256;
      for (Index first = 0; first < batch.cols(); first += block_size) {
        const Index size = (std::min)(block_size, batch.cols() - first);
        const auto centred = centring(batch.middleCols(first, size));
        scatter.sums += centred.array().square().rowwise().sum().matrix();
      }
    } else {
      scatter.sums.template selfadjointView<Eigen::Lower>().rankUpdate(centring(batch));
    }
    return scatter;
  }

  /// Joins two sets: the scatter between their means is added to the scatters within.
  void join(const Scatter& other) {
    if (other.count == 0) return;
    if (count == 0) {
      *this = other;
      return;
    }
    const Index total = count + other.count;
    const double share = static_cast<double>(other.count) / static_cast<double>(total);
    const Vector gap = other.mean - mean;
    const double weight = static_cast<double>(count) * share;
    for (Index j = 0; j < gap.size(); ++j) {
      const double between = weight * gap(j);
      if constexpr (diagonal) {
        sums(j) += other.sums(j) + between * gap(j);
      } else {
        for (Index i = j; i < gap.size(); ++i) sums(i, j) += other.sums(i, j) + between * gap(i);
      }
    }
    mean += share * gap;
    count = total;
  }
};

/// The scatter matrix S = Σ (x − x̄)(x − x̄)ᵀ of a batch as a linear map. The matrix is formed if it
/// has at most as many rows as the batch has columns and at most 1024; otherwise each product is a
/// pass over the batch.
template <class Batch>
class ScatterMap {
 public:
  using Matrix = typename Centring<Batch::RowsAtCompileTime>::Matrix;

  explicit ScatterMap(const Batch&& batch) = delete;  // it stores a reference
  explicit ScatterMap(const Batch& batch)
      : batch_(batch),
        centring_(batch),
        formed_(batch.rows() <= (std::min<Index>)(batch.cols(), 1024)) {
    if (formed_) matrix_ = Matrix::Zero(batch.rows(), batch.rows());
    for_each_block([this](const auto& block) {
      trace_ += block.squaredNorm();
      if (formed_) matrix_.template selfadjointView<Eigen::Lower>().rankUpdate(block);
    });
  }

  [[nodiscard]] const auto& centring() const noexcept { return centring_; }
  [[nodiscard]] double trace() const noexcept { return trace_; }

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
      visit(centring_(batch_.middleCols(first, (std::min)(block_size, batch_.cols() - first))));
    }
  }

  const Batch& batch_;
  Centring<Batch::RowsAtCompileTime> centring_;
  bool formed_;
  double trace_ = 0;
  Matrix matrix_;  // lower triangle
};

}  // namespace alphabar::detail
