// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "sampler_oracle/table.hpp"
#include "svg/plot.hpp"

namespace sampler_oracle {

/// The error over the number of calls, both logarithmic, for the start N(0, I): one panel for
/// samplers that stop close to the data, one for those that stop earlier. Each scheme has a color;
/// dashed lines are the exact solutions of the equations, the limits for many calls.
inline std::string draw(const std::vector<Row>& rows) {
  using std::numeric_limits;
  const auto finite = [](const Row& row) {
    return row.from_noise > 0 && std::isfinite(row.from_noise);
  };
  std::vector<std::string> names;  // in the order of the rows, which is that of the colors
  double fewest = numeric_limits<double>::infinity();
  double most = -numeric_limits<double>::infinity();
  for (const Row& row : rows) {
    if (!finite(row)) continue;
    if (std::ranges::count(names, row.scheme) == 0) names.push_back(row.scheme);
    if (row.calls == 0) continue;
    fewest = std::min(fewest, std::log10(row.calls));
    most = std::max(most, std::log10(row.calls));
  }
  std::size_t longest = 0;
  for (const std::string& name : names) longest = std::max(longest, name.size());
  const double left = std::max(110., 30 + 9 * static_cast<double>(longest));
  const double width = svg::document_width - left - 60;
  const double height = std::max(260., (svg::font_size + 2) * static_cast<double>(names.size()));
  const double panel = height + 120;
  svg::Drawing drawing(svg::document_width, 2 * panel + 40);
  double top = 60;
  for (const Truncation& end : {truncations[1], truncations.back()}) {
    std::vector<Row> shown;
    std::ranges::copy_if(rows, std::back_inserter(shown), [&](const Row& row) {
      return row.truncation == std::string_view(end.text) && finite(row);
    });
    double low = numeric_limits<double>::infinity();
    double high = -numeric_limits<double>::infinity();
    for (const Row& row : shown) {
      low = std::min(low, std::floor(std::log10(row.from_noise)));
      high = std::max(high, std::ceil(std::log10(row.from_noise)));
    }
    const svg::Frame frame{{left, top}, width, height, fewest, most, low, high};
    drawing.label({left, top - 36}, "stopped at t = " + svg::short_number(end.time), "start",
                  svg::ink);
    frame.names(drawing, "calls of the network", "W2 to the data");
    for (double power = low; power <= high; ++power) {
      frame.right_tick(drawing, power, svg::decade(static_cast<int>(power)));
    }
    for (const auto calls : budgets) {
      frame.below(drawing, std::log10(calls), std::to_string(calls));
    }
    std::vector<svg::CurveEnd> starts;
    for (std::size_t k = 0; k < names.size(); ++k) {
      const auto color = svg::curve_color(k);
      std::vector<svg::Point> curve;
      bool draws = false;
      for (const Row& row : shown) {
        if (row.scheme != names[k]) continue;
        const double y = std::log10(row.from_noise);
        draws = row.draws;
        if (row.calls > 0) {
          curve.push_back(frame.at(std::log10(row.calls), y));
        } else {
          drawing.dashed_line({frame.at(fewest, y), frame.at(most, y)}, color);
          starts.push_back({frame.at(fewest, y).y, names[k], color});
        }
      }
      if (curve.empty()) continue;
      drawing.line(curve, color, 2);
      for (const svg::Point& mark : curve) {
        if (draws) {
          drawing.dot(mark, 4, color);
        } else {
          drawing.ring(mark, 3.5, color);
        }
      }
      starts.push_back({curve.front().y, names[k], color});
    }
    svg::name_curves(drawing, frame, false, starts);
    top += panel;
  }
  drawing.dot({56, top - 53}, 4, svg::ink);
  drawing.label({66, top - 48}, "draws noise", "start", svg::ink);
  drawing.ring({182, top - 53}, 3.5, svg::ink);
  drawing.label({192, top - 48}, "does not");
  drawing.dashed_line({{288, top - 53}, {318, top - 53}}, svg::ink);
  drawing.label({326, top - 48}, "the equation, solved exactly");
  return drawing.str();
}

}  // namespace sampler_oracle
