// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
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

  [[nodiscard]] double bottom() const { return corner.y + height; }
  [[nodiscard]] double right() const { return corner.x + width; }

  /// The names of both axes: y above the frame, x below its ticks.
  void names(Drawing& drawing, std::string_view x, std::string_view y) const {
    drawing.axis_name('y', {corner.x, corner.y - 12}, y, "start");
    drawing.axis_name('x', {corner.x + width / 2, bottom() + 46}, x, "middle");
  }

  /// A horizontal rule with its label on the left.
  void tick(Drawing& drawing, double y, const std::string& text) const {
    drawing.line({at(x_low, y), at(x_high, y)}, rule, 1);
    drawing.label({corner.x - 8, at(x_low, y).y + 5}, text, "end");
  }

  /// A horizontal rule with its label on the right, where names of curves stand on the left.
  void right_tick(Drawing& drawing, double y, const std::string& text) const {
    drawing.line({at(x_low, y), at(x_high, y)}, rule, 1);
    drawing.label({right() + 8, at(x_low, y).y + 5}, text);
  }

  /// A label below the frame.
  void below(Drawing& drawing, double x, const std::string& text) const {
    drawing.label({at(x, y_low).x, bottom() + 22}, text, "middle");
  }

  /// Times below the frame: quarters of the last one, in whole numbers.
  void times(Drawing& drawing) const {
    for (const double part : {0.0, 0.25, 0.5, 0.75, 1.0}) {
      const double t = std::max(x_low, std::round(part * x_high));
      below(drawing, t, number(t));
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

/// Where the labels of curves stand that end at these heights, sorted from the top: a line of text
/// apart or more, and above the bottom where they have room.
inline std::vector<double> label_heights(std::vector<double> ends, double bottom) {
  constexpr double line = font_size + 2;
  for (std::size_t i = 1; i < ends.size(); ++i) ends[i] = std::max(ends[i], ends[i - 1] + line);
  for (std::size_t i = ends.size(); i-- > 0; bottom = ends[i] - line) {
    ends[i] = std::min(ends[i], bottom);
  }
  return ends;
}

/// The end of a curve, and what is written beside it.
struct CurveEnd {
  double y = 0;
  std::string name;
  std::string_view color;
};

/// Names curves beside the frame at their ends, each with a line that leads to its name.
inline void name_curves(Drawing& drawing, const Frame& frame, bool on_the_right,
                        std::vector<CurveEnd> ends) {
  std::stable_sort(ends.begin(), ends.end(),
                   [](const CurveEnd& a, const CurveEnd& b) { return a.y < b.y; });
  std::vector<double> heights;
  for (const CurveEnd& end : ends) heights.push_back(end.y);
  const std::vector<double> labels = label_heights(heights, frame.bottom());
  const double side = on_the_right ? frame.right() : frame.corner.x;
  const double out = on_the_right ? 1 : -1;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    drawing.line({{side + 4 * out, ends[i].y}, {side + 20 * out, labels[i]}}, ends[i].color, 1);
    drawing.label({side + 24 * out, labels[i] + 5}, ends[i].name, on_the_right ? "start" : "end",
                  ends[i].color);
  }
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
