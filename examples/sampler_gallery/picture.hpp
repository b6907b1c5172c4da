// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <alphabar/concepts.hpp>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "svg/plot.hpp"

namespace gallery {

/// W2 to the data over the number of steps.
struct Curve {
  std::string name;
  std::vector<alphabar::Index> n;
  std::vector<double> distance;
};

/// Both axes logarithmic; correct samplers in blue, wrong ones in red, each with its name at its
/// end.
inline std::string draw(std::vector<Curve> curves) {
  svg::Drawing drawing(860, 370);
  double low = 1e300;
  double high = 0;
  for (Curve& curve : curves) {
    curve.n.resize(curves.front().n.size());
    curve.distance.resize(curve.n.size());
    low = std::min(low, *std::min_element(curve.distance.begin(), curve.distance.end()));
    high = std::max(high, *std::max_element(curve.distance.begin(), curve.distance.end()));
  }
  low = std::floor(std::log10(low));
  high = std::ceil(std::log10(high));
  const auto& steps = curves.front().n;  // some curves have more
  const auto x_of = [](alphabar::Index n) { return std::log2(static_cast<double>(n)); };
  const svg::Frame frame{{60, 40}, 400, 290, x_of(steps.front()), x_of(steps.back()), low, high};
  drawing.label({60, 22}, "W2 to the data over the number of steps", "start", svg::ink);
  for (double power = low; power <= high; ++power) {
    frame.tick(drawing, power, svg::short_number(std::pow(10, power)));
  }
  for (const auto n : steps) {
    drawing.label({frame.at(x_of(n), low).x, 350},
                  (n == steps.front() ? "n = " : "") + std::to_string(n), "middle");
  }
  std::vector<Curve> by_end = curves;
  std::sort(by_end.begin(), by_end.end(),
            [](const Curve& a, const Curve& b) { return a.distance.back() > b.distance.back(); });
  double below = 0;  // labels do not overlap
  for (const Curve& curve : by_end) {
    std::vector<svg::Point> points;
    for (std::size_t i = 0; i < curve.n.size(); ++i) {
      points.push_back(frame.at(x_of(curve.n[i]), std::log10(curve.distance[i])));
    }
    const bool right = curve.name.starts_with("right");
    const auto color = right ? svg::noise_color : svg::data_color;
    drawing.line(points, color, 1.8);
    for (const svg::Point& mark : points) drawing.dot(mark, 2.5, color);
    below = std::max(points.back().y + 4, below + 13);
    drawing.label({468, below}, curve.name, "start", color);
  }
  return drawing.str();
}

}  // namespace gallery
