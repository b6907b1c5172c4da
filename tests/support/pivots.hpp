// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cmath>
#include <string>
#include <vector>

#include "support/p_values.hpp"

namespace test {

/// A number whose law is known exactly when a claim is true, as the probability of a more extreme
/// one.
struct Pivot {
  std::string name;
  double p;
};

/// Pivots of the claim that the entries of z, one sample per column, are independent N(0, 1).
///
/// W = z zᵀ is Wishart, and its Cholesky factor L has independent entries, L_jj² ~ χ²(n − j),
/// L_ij ~ N(0, 1) (Bartlett 1933): so a mistake is found, and found in one coordinate or between
/// two of them. The product of neighbours is nearly normal: at 7σ and 10⁴ numbers its p is right
/// within a tenth.
inline std::vector<Pivot> pivots(const Eigen::MatrixXd& z) {
  const auto d = static_cast<double>(z.rows());
  const auto n = static_cast<double>(z.cols());
  std::vector<Pivot> result;
  result.push_back({"mean", chi_squared_p_value(n * z.rowwise().mean().squaredNorm(), d)});
  result.push_back({"trace", chi_squared_p_value(z.squaredNorm(), n * d)});
  const Eigen::Index pairs = z.cols() - 1;
  const double products = z.leftCols(pairs).cwiseProduct(z.rightCols(pairs)).sum();
  result.push_back({"neighbors", normal_p_value(products / std::sqrt((n - 1) * d))});

  const Eigen::LLT<Eigen::MatrixXd> cholesky(z * z.transpose());
  if (cholesky.info() != Eigen::Success) result.push_back({"rank", 0});
  const Eigen::MatrixXd root = cholesky.matrixL();
  for (Eigen::Index j = 0; j < z.rows(); ++j) {
    const double degrees = n - static_cast<double>(j);
    const double square = root(j, j) * root(j, j);
    result.push_back({"L(" + std::to_string(j) + "," + std::to_string(j) + ")",
                      chi_squared_p_value(square, degrees)});
    for (Eigen::Index i = j + 1; i < z.rows(); ++i) {
      result.push_back(
          {"L(" + std::to_string(i) + "," + std::to_string(j) + ")", normal_p_value(root(i, j))});
    }
  }
  return result;
}

/// The smallest one.
inline Pivot worst_pivot(const Eigen::MatrixXd& z) {
  Pivot worst{"", 2};
  for (const Pivot& pivot : pivots(z)) {
    if (pivot.p < worst.p) worst = pivot;
  }
  return worst;
}

}  // namespace test
