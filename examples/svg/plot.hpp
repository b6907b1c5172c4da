// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "svg/svg.hpp"

namespace svg {

/// A rectangle of a drawing with two scales: x from x_low to x_high, y from y_low to y_high.
struct Frame {
  Point corner;
  double width = 0;
  double height = 0;
  double x_low = 0, x_high = 1;
  double y_low = 0, y_high = 1;

  [[nodiscard]] Point at(double x, double y) const {
    const double inside = std::clamp(y, y_low, y_high);
    return {corner.x + (x - x_low) / (x_high - x_low) * width,
            corner.y + height - (inside - y_low) / (y_high - y_low) * height};
  }

  /// A horizontal rule with its label on the left.
  void tick(Drawing& drawing, double y, const std::string& text) const {
    drawing.line({at(x_low, y), at(x_high, y)}, rule, 1);
    drawing.label({corner.x - 8, at(x_low, y).y + 4}, text, "end");
  }

  /// Times below the frame.
  void times(Drawing& drawing) const {
    for (const double part : {0.0, 0.25, 0.5, 0.75, 1.0}) {
      const double t = x_low + part * (x_high - x_low);
      drawing.label({at(t, y_low).x, corner.y + height + 20},
                    (part == 0 ? "t = " : "") + number(std::round(t)), "middle");
    }
  }

  /// The curve of y(x) through about 300 points, x = x_low, ..., x_high in whole numbers.
  template <class Function>
  [[nodiscard]] std::vector<Point> curve(Function y) const {
    std::vector<Point> points;
    const double stride = std::max(1.0, std::floor((x_high - x_low) / 300));
    for (double x = x_low; x < x_high; x += stride) points.push_back(at(x, y(x)));
    points.push_back(at(x_high, y(x_high)));
    return points;
  }
};

/// Where the labels of curves stand that end at these heights, sorted from the top: 12 apart or
/// more, and above the bottom where they have room.
inline std::vector<double> label_heights(std::vector<double> ends, double bottom) {
  constexpr double line = 12;
  for (std::size_t i = 1; i < ends.size(); ++i) ends[i] = std::max(ends[i], ends[i - 1] + line);
  for (std::size_t i = ends.size(); i-- > 0; bottom = ends[i] - line) {
    ends[i] = std::min(ends[i], bottom);
  }
  return ends;
}

/// The ellipse of 2 standard deviations of a covariance [[a, b], [b, d]], in data coordinates.
inline std::vector<Point> two_sigma_ellipse(Point mean, double a, double b, double d) {
  const double l11 = std::sqrt(a);
  const double l21 = l11 > 0 ? b / l11 : 0;
  const double l22 = std::sqrt(std::max(0.0, d - l21 * l21));
  std::vector<Point> points;
  for (int k = 0; k <= 96; ++k) {
    const double angle = k * 6.283185307179586 / 96;
    const double u = 2 * std::cos(angle);
    const double v = 2 * std::sin(angle);
    points.push_back({mean.x + l11 * u, mean.y + l21 * u + l22 * v});
  }
  return points;
}

}  // namespace svg
