// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <alphabar/concepts.hpp>
#include <array>
#include <cmath>
#include <cstddef>
#include <sstream>
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

/// A text in lines of at most 32 letters.
inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines{""};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!lines.back().empty() && lines.back().size() + word.size() >= 32) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

/// Both axes logarithmic, each curve with its name at its end: correct samplers dashed, in blue and
/// green, wrong ones in warm colors.
inline std::string draw(std::vector<Curve> curves) {
  constexpr std::array<std::string_view, 2> cold{svg::noise_color, "#0f7c6b"};
  constexpr std::array<std::string_view, 5> warm{svg::data_color, "#8a6a10", "#b03070", "#7d5ba6",
                                                 "#7a3b1e"};
  constexpr double line = svg::font_size + 2;
  svg::Drawing drawing(svg::document_width, 440);
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
  const svg::Frame frame{{50, 40}, 290, 340, x_of(steps.front()), x_of(steps.back()), low, high};
  frame.names(drawing, "number of steps n", "W2 to the data");
  for (double power = low; power <= high; ++power) {
    frame.tick(drawing, power, svg::decade(static_cast<int>(power)));
  }
  for (const auto n : steps) frame.below(drawing, x_of(n), std::to_string(n));
  std::stable_sort(curves.begin(), curves.end(), [](const Curve& a, const Curve& b) {
    return a.distance.back() > b.distance.back();
  });
  std::size_t right_ones = 0;
  std::size_t wrong_ones = 0;
  double free = 0;  // labels do not overlap
  for (const Curve& curve : curves) {
    std::vector<svg::Point> points;
    for (std::size_t i = 0; i < curve.n.size(); ++i) {
      points.push_back(frame.at(x_of(curve.n[i]), std::log10(curve.distance[i])));
    }
    const bool right = curve.name.starts_with("right");
    const auto color =
        right ? cold.at(right_ones++ % cold.size()) : warm.at(wrong_ones++ % warm.size());
    if (right) {
      drawing.dashed_line(points, color, 2.4);
    } else {
      drawing.line(points, color, 2);
    }
    for (const svg::Point& mark : points) drawing.dot(mark, 3.5, color);
    const double label = std::max(points.back().y, free);
    drawing.line({{frame.right() + 5, points.back().y}, {frame.right() + 21, label}}, color, 1);
    free = label;
    for (const std::string& text : lines_of(curve.name)) {
      drawing.label({frame.right() + 25, free + 5}, text, "start", color);
      free += line;
    }
    free += 2;
  }
  return drawing.str();
}

}  // namespace gallery
