// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/grid/sigma_grids.hpp"

/// Grids from which the search for the optimal grid starts.
namespace alphabar::detail {

/// The least and the largest nonzero variance.
struct VarianceRange {
  double least = std::numeric_limits<double>::infinity();
  double most = 0;

  static VarianceRange of(const Eigen::VectorXd& eigenvalues) {
    VarianceRange range;
    for (const double lambda : eigenvalues) {
      if (lambda > 0) range.least = (std::min)(range.least, lambda);
      range.most = (std::max)(range.most, lambda);
    }
    return range;
  }
};

/// n levels from sigma_max with equal steps of the angle arctan(σ/c), the last step onto 0.
inline std::vector<double> equal_angles(Index n, double sigma_max, double c) {
  if (n == 1) return {sigma_max};
  const double last = c * std::tan(std::atan(sigma_max / c) / static_cast<double>(n));
  return tangent_sigmas(n, last, sigma_max, c);
}

/// Equal angles of σ/high for the first `count` levels, then of σ/low.
inline std::vector<double> two_part_grid(Index n, Index count, double sigma_max, double high,
                                         double low) {
  std::vector<double> sigmas = equal_angles(count, sigma_max, high);
  if (sigmas.back() <= low) return sigmas;
  const std::vector<double> rest = equal_angles(n - count + 1, sigmas.back(), low);
  sigmas.insert(sigmas.end(), rest.begin() + 1, rest.end());
  return sigmas;
}

/// Tangent grids, those of Karras et al. and exponential ones, each over a range of its scales down
/// to 1e-7 sigma_max or a hundredth of the smallest deviation; then grids of two parts.
inline std::vector<std::vector<double>> starting_grids(Index n, double sigma_max, double deviation,
                                                       const VarianceRange& variances) {
  constexpr double least_halvings = 24;
  std::vector<std::vector<double>> grids;
  const auto add_down_to = [&](double sigma_min) {
    grids.push_back(karras_sigmas(n, sigma_min, sigma_max));
    grids.push_back(exponential_sigmas(n, sigma_min, sigma_max));
    grids.push_back(tangent_sigmas(n, sigma_min, sigma_max));
  };
  grids.push_back(equal_angles(n, sigma_max, deviation));
  if (sigma_max > 0.002) add_down_to(0.002);
  const double high = std::sqrt(variances.most);
  const double low = std::sqrt(variances.least);
  const double least = (std::min)(1e-7 * sigma_max, low / 100);
  const double ratio = (std::max)(2.0, std::pow(sigma_max / least, 1 / least_halvings));
  for (double scale = sigma_max / 2; scale > least; scale /= ratio) {
    grids.push_back(equal_angles(n, sigma_max, scale));
    add_down_to(scale);
  }
  const Index stride = (std::max<Index>)(1, n / 8);
  for (Index count = 1; low < high && count < n; count += stride) {
    std::vector<double> sigmas = two_part_grid(n, count, sigma_max, high, low);
    if (std::ssize(sigmas) == n) grids.push_back(std::move(sigmas));
  }
  return grids;
}

}  // namespace alphabar::detail
