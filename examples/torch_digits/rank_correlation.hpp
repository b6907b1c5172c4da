// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <vector>

namespace torch_digits {

/// The rank of each number, from 1; equal ones share the mean of their ranks.
inline Eigen::VectorXd ranks(const Eigen::VectorXd& numbers) {
  Eigen::VectorXd result(numbers.size());
  for (Eigen::Index i = 0; i < numbers.size(); ++i) {
    const auto below = (numbers.array() < numbers(i)).count();
    const auto equal = (numbers.array() == numbers(i)).count();
    result(i) = static_cast<double>(below) + static_cast<double>(equal + 1) / 2;
  }
  return result;
}

/// Spearman's: the correlation of the ranks, 1 for one order, -1 for the opposite.
inline double rank_correlation(const Eigen::VectorXd& x, const Eigen::VectorXd& y) {
  const Eigen::VectorXd rank_x = ranks(x).array() - ranks(x).mean();
  const Eigen::VectorXd rank_y = ranks(y).array() - ranks(y).mean();
  return rank_x.normalized().dot(rank_y.normalized());
}

}  // namespace torch_digits
