// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/gaussian/detail/categorical.hpp"
#include "alphabar/noise/noise_stream.hpp"

namespace alphabar::detail {

template <class Matrix>
using VectorLike = Eigen::Vector<typename Matrix::Scalar, Eigen::Dynamic>;

/// Squared distances of all columns to a point.
template <class Matrix>
VectorLike<Matrix> squared_distances_to(const Matrix& x, const VectorLike<Matrix>& point) {
  return (x.colwise() - point).colwise().squaredNorm().transpose();
}

/// k of the columns, each drawn with a probability proportional to its squared distance to the
/// nearest of those before it (k-means++: Arthur, Vassilvitskii, SODA 2007). When fewer than k
/// columns differ, some are drawn twice.
template <class Matrix>
Matrix spread_columns(const Matrix& x, Index k, std::uint64_t seed) {
  const NoiseStream<double> noise(seed);
  Matrix centres(x.rows(), k);
  VectorLike<Matrix> share = VectorLike<Matrix>::Ones(x.cols());  // all 1 before the first draw
  for (Index c = 0; c < k; ++c) {
    centres.col(c) = x.col(Categorical(share)(noise(static_cast<std::uint64_t>(c))));
    const VectorLike<Matrix> distance = squared_distances_to(x, centres.col(c));
    share = c == 0 ? distance : share.cwiseMin(distance).eval();
  }
  return centres;
}

/// For each column of x, the number of its cluster: Lloyd's iteration from `spread_columns`, until
/// nothing changes or for 50 rounds.
template <class Matrix>
std::vector<Index> k_means(const Matrix& x, Index k, std::uint64_t seed) {
  Matrix centres = spread_columns(x, k, seed);
  std::vector<Index> nearest(static_cast<std::size_t>(x.cols()), 0);
  for (int round = 0; round < 50; ++round) {
    VectorLike<Matrix> least = squared_distances_to(x, centres.col(0));
    std::vector<Index> now(nearest.size(), 0);
    for (Index c = 1; c < k; ++c) {
      const VectorLike<Matrix> distance = squared_distances_to(x, centres.col(c));
      for (Index j = 0; j < x.cols(); ++j) {
        if (!(distance(j) < least(j))) continue;
        least(j) = distance(j);
        now[static_cast<std::size_t>(j)] = c;
      }
    }
    if (round > 0 && now == nearest) break;
    nearest = now;
    Matrix sums = Matrix::Zero(x.rows(), k);
    VectorLike<Matrix> members = VectorLike<Matrix>::Zero(k);
    for (Index j = 0; j < x.cols(); ++j) {
      sums.col(nearest[static_cast<std::size_t>(j)]) += x.col(j);
      members(nearest[static_cast<std::size_t>(j)]) += 1;
    }
    for (Index c = 0; c < k; ++c) {
      if (members(c) > 0) centres.col(c) = sums.col(c) / members(c);
    }
  }
  return nearest;
}

}  // namespace alphabar::detail
