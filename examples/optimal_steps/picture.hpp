// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "optimal_steps/compare.hpp"
#include "svg/plot.hpp"

namespace optimal_steps {

/// The levels of each grid, and the deviation of the samples relative to that of the data in each
/// direction: 1 is exact, and Euler's method is always below 1.
inline std::string draw(const std::vector<Grid>& grids, const Eigen::VectorXd& eigenvalues) {
  constexpr double left = 212;
  constexpr double width = svg::document_width - left - 50;
  svg::Drawing drawing(svg::document_width, 680);

  double low = 0;
  for (const Grid& grid : grids) low = std::min(low, std::floor(std::log10(grid.sigmas.back())));
  const double high = std::ceil(std::log10(grids.front().sigmas.front()));
  const svg::Frame levels{{left, 40}, width, 200, low, high, 0, 1};
  levels.names(drawing, "noise level σ", "levels of each grid");
  for (double power = low; power <= high; ++power) {
    drawing.line({levels.at(power, 0), levels.at(power, 1)}, svg::rule, 1);
    levels.below(drawing, power, svg::decade(static_cast<int>(power)));
  }

  const double first = std::log10(eigenvalues.minCoeff());
  const double last = std::log10(eigenvalues.maxCoeff()) + 1e-3;
  const svg::Frame shares{{left, 350}, width, 260, first, last, 0, 1.2};
  shares.names(drawing, "eigenvalue λ of the data's covariance", "deviation of the samples / √λ");
  for (const double y : {0.0, 0.5, 1.0}) shares.right_tick(drawing, y, svg::number(y));
  const double decades = std::ceil((std::floor(last) - std::ceil(first) + 1) / 7);
  for (double power = std::floor(last); power >= first; power -= decades) {
    drawing.line({shares.at(power, 0), shares.at(power, 1.2)}, svg::rule, 1);
    shares.below(drawing, power, svg::decade(static_cast<int>(power)));
  }

  std::vector<Eigen::Index> order(static_cast<std::size_t>(eigenvalues.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::sort(order.begin(), order.end(),
            [&](auto i, auto j) { return eigenvalues(i) < eigenvalues(j); });
  const std::size_t stride = std::max<std::size_t>(1, order.size() / 300);
  std::vector<svg::CurveEnd> starts;
  for (std::size_t g = 0; g < grids.size(); ++g) {
    const auto color = svg::curve_color(g);
    const double y = 0.9 - 0.2 * static_cast<double>(g);
    drawing.label({left - 12, levels.at(low, y).y + 5}, grids[g].name, "end", color);
    for (const double sigma : grids[g].sigmas) {
      drawing.dot(levels.at(std::log10(sigma), y), 4, color, 0.8);
    }
    std::vector<svg::Point> curve;
    for (std::size_t i = (order.size() - 1) % stride; i < order.size(); i += stride) {
      curve.push_back(shares.at(std::log10(eigenvalues(order[i])), grids[g].deviation(order[i])));
    }
    drawing.line(curve, color, 2);
    starts.push_back({curve.front().y, grids[g].name, color});
  }
  svg::name_curves(drawing, shares, false, starts);
  return drawing.str();
}

}  // namespace optimal_steps
