// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <cmath>

namespace torch_digits {

/// The mean distance |x − y| of a sample of each. A sample has no pair with itself.
inline double mean_distance(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, bool same) {
  const Eigen::VectorXd x_squares = x.colwise().squaredNorm();
  const Eigen::RowVectorXd y_squares = y.colwise().squaredNorm();
  Eigen::MatrixXd squares = -2 * (x.transpose() * y);
  squares.colwise() += x_squares;
  squares.rowwise() += y_squares;
  if (same) squares.diagonal().setZero();
  const Eigen::Index pairs = same ? x.cols() * (x.cols() - 1) : x.cols() * y.cols();
  return squares.cwiseMax(0).cwiseSqrt().sum() / static_cast<double>(pairs);
}

/// 2 E|X − Y| − E|X − X'| − E|Y − Y'|, without bias: 0 in expectation for samples of one law, and
/// positive for any two others, where the Fréchet distance sees means and covariances alone
/// (Székely, Rizzo 2013, doi:10.1016/j.jspi.2013.03.018).
inline double energy_distance(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y) {
  return 2 * mean_distance(x, y, false) - mean_distance(x, x, true) - mean_distance(y, y, true);
}

}  // namespace torch_digits
