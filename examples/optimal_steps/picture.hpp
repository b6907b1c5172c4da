// SPDX-License-Identifier: MIT
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "optimal_steps/compare.hpp"
#include "svg/plot.hpp"

namespace optimal_steps {

/// The levels of each grid, and the deviation of the samples relative to that of the data in each
/// direction: 1 is exact, and Euler's method is always below 1.
inline std::string draw(const std::vector<Grid>& grids, const Eigen::VectorXd& eigenvalues) {
  constexpr double width = 330;
  constexpr double height = 200;
  constexpr std::array<std::string_view, 5> colors{svg::data_color, "#d9a441", svg::noise_color,
                                                   "#7d9f5c", svg::soft};
  svg::Drawing drawing(2 * width + 420, height + 90);

  double low = 0;
  for (const Grid& grid : grids) low = std::min(low, std::floor(std::log10(grid.sigmas.back())));
  const double high = std::ceil(std::log10(grids.front().sigmas.front()));
  const svg::Frame levels{{170, 40}, width, height, low, high, 0, 1};
  drawing.label({170, 22}, "noise levels", "start", svg::ink);
  for (double power = low; power <= high; ++power) {
    drawing.line({levels.at(power, 0), levels.at(power, 1)}, svg::rule, 1);
    drawing.label({levels.at(power, 0).x, height + 60}, svg::short_number(std::pow(10, power)),
                  "middle");
  }
  drawing.label({170 + width / 2, height + 80}, "sigma", "middle");

  const double first = std::log10(eigenvalues.minCoeff());
  const double last = std::log10(eigenvalues.maxCoeff()) + 1e-3;
  const svg::Frame shares{{width + 230, 40}, width, height, first, last, 0, 1.2};
  drawing.label({width + 230, 22}, "deviation of the samples, in units of the data's", "start",
                svg::ink);
  for (const double y : {0.0, 0.5, 1.0}) shares.tick(drawing, y, svg::number(y));
  for (const double x : {first, last}) {
    drawing.label({shares.at(x, 0).x, height + 60}, svg::short_number(std::pow(10, x)), "middle");
  }
  drawing.label({width + 230 + width / 2, height + 80}, "eigenvalue of the data's covariance",
                "middle");

  std::vector<Eigen::Index> order(static_cast<std::size_t>(eigenvalues.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::sort(order.begin(), order.end(),
            [&](auto i, auto j) { return eigenvalues(i) < eigenvalues(j); });
  const std::size_t stride = std::max<std::size_t>(1, order.size() / 300);
  std::vector<std::pair<double, std::size_t>> ends;  // the end of each curve, and its grid
  for (std::size_t g = 0; g < grids.size(); ++g) {
    const double y = 0.9 - 0.2 * static_cast<double>(g);
    drawing.label({160, levels.at(low, y).y + 4}, grids[g].name, "end", colors.at(g));
    for (const double sigma : grids[g].sigmas) {
      drawing.dot(levels.at(std::log10(sigma), y), 3, colors.at(g), 0.8);
    }
    std::vector<svg::Point> curve;
    for (std::size_t i = (order.size() - 1) % stride; i < order.size(); i += stride) {
      curve.push_back(shares.at(std::log10(eigenvalues(order[i])), grids[g].deviation(order[i])));
    }
    drawing.line(curve, colors.at(g));
    ends.push_back({curve.back().y, g});
  }
  std::sort(ends.begin(), ends.end());
  std::vector<double> heights;
  for (const auto& [y, grid] : ends) heights.push_back(y);
  const std::vector<double> labels = svg::label_heights(heights, height + 40);
  const double right = shares.at(last, 0).x;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const auto& [y, grid] = ends[i];
    drawing.line({{right, y}, {right + 16, labels[i]}}, colors.at(grid), 0.5);
    drawing.label({right + 20, labels[i] + 4}, grids[grid].name, "start", colors.at(grid));
  }
  return drawing.str();
}

}  // namespace optimal_steps
