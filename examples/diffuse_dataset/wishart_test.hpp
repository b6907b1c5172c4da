// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "diffuse_dataset/chi_square.hpp"

namespace diffuse_dataset {

/// p-value of the claim W ~ Wishart_d(m, I), by the Bartlett decomposition W = T Tᵀ, T lower
/// triangular: T_jj² ~ χ²(m - j), j = 0, 1, ..., and T_ij ~ N(0, 1) below, all independent. The
/// p-value is that of the most extreme of them, corrected for their number. When m < d, T has m
/// columns.
inline double bartlett_p_value(const Eigen::MatrixXd& W, Eigen::Index m) {
  const Eigen::Index d = W.rows();
  const Eigen::Index columns = std::min(d, m);
  const Eigen::LLT<Eigen::MatrixXd> top(W.topLeftCorner(columns, columns));
  if (top.info() != Eigen::Success) return 0;
  Eigen::MatrixXd T(d, columns);
  T.topRows(columns) = top.matrixL();
  if (columns < d) {
    T.bottomRows(d - columns) =
        top.matrixL().solve(W.topRightCorner(columns, d - columns)).transpose();
  }

  double smallest = 1;
  double largest = 0;
  for (Eigen::Index j = 0; j < columns; ++j) {
    const Tails tails = chi_square_tails(T(j, j) * T(j, j), static_cast<double>(m - j));
    smallest = std::min(smallest, tails.two_sided());
    if (j + 1 < d) largest = std::max(largest, T.col(j).tail(d - j - 1).cwiseAbs().maxCoeff());
  }
  smallest = std::min(smallest, normal_tails(largest).two_sided());
  const Eigen::Index entries = d * columns - columns * (columns - 1) / 2;
  return smallest_of(static_cast<double>(entries), smallest);
}

/// p-value of the claim that n independent vectors were drawn from N(0, I), given their mean and
/// their covariance (divisor n - 1): n |mean|² ~ χ²(d), the trace ~ χ²((n-1) d), and Bartlett.
inline double standard_normal_p_value(Eigen::Index n, const Eigen::VectorXd& mean,
                                      const Eigen::MatrixXd& covariance) {
  if (!mean.allFinite() || !covariance.allFinite()) return 0;
  const auto d = static_cast<double>(mean.size());
  const auto m = static_cast<double>(n - 1);
  const double of_mean =
      chi_square_tails(static_cast<double>(n) * mean.squaredNorm(), d).two_sided();
  const double of_trace = chi_square_tails(m * covariance.trace(), m * d).two_sided();
  const double of_shape = bartlett_p_value(m * covariance, n - 1);
  return smallest_of(3, std::min({of_mean, of_trace, of_shape}));
}

}  // namespace diffuse_dataset
