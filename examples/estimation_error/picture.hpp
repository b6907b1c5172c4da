// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <alphabar/schedule/noise_schedule.hpp>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "estimation_error/experiment.hpp"
#include "svg/plot.hpp"

namespace estimation_error {

/// KL over t between 0.001 and 1000 nats, one panel per number of samples.
inline std::string draw(const std::vector<Experiment>& experiments,
                        const alphabar::NoiseSchedule<double>& schedule) {
  constexpr double width = 220;
  constexpr double height = 260;
  constexpr double panel = width + 150;
  constexpr std::array<std::string_view, estimate_names.size()> colors{
      svg::data_color, "#d9a441", svg::noise_color, "#7d9f5c", svg::soft};
  const double last = 0.7 * static_cast<double>(schedule.steps());
  svg::Drawing drawing(static_cast<double>(experiments.size()) * panel, height + 90);
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    const svg::Frame frame{
        {95 + static_cast<double>(i) * panel, 50}, width, height, 0, last, -3, 3};
    const double bottom = frame.corner.y + height;
    drawing.label({frame.corner.x, 22},
                  "n = " + std::to_string(experiments[i].n) +
                      (i == 0 ? " samples: KL(q(x_t) ‖ fit), nats" : " samples"),
                  "start", svg::ink);
    for (int power = -3; power <= 3; ++power) {
      drawing.line({frame.at(0, power), frame.at(last, power)}, svg::rule, 1);
      const svg::Point end = frame.at(last, power);
      drawing.label({end.x + 6, end.y + 4}, power < 0 ? svg::short_number(std::pow(10, power))
                                                      : svg::number(std::pow(10, power)));
    }
    frame.times(drawing);
    std::vector<std::pair<double, std::size_t>> starts;  // of the curve of which estimate
    for (std::size_t k = 0; k < estimate_names.size(); ++k) {
      auto curve = frame.curve([&](double t) {
        const Kernel kernel = schedule.transition(0, static_cast<Index>(t));
        return std::log10(experiments[i].kl(k, kernel).mean);
      });
      std::erase_if(curve,
                    [&](const svg::Point& p) { return p.y <= frame.corner.y || p.y >= bottom; });
      if (curve.empty()) continue;
      drawing.line(curve, colors.at(k));
      starts.push_back({curve.front().y, k});
    }
    std::sort(starts.begin(), starts.end());
    std::vector<double> heights;
    for (const auto& [y, k] : starts) heights.push_back(y);
    const std::vector<double> labels = svg::label_heights(heights, bottom);
    for (std::size_t j = 0; j < starts.size(); ++j) {
      const auto& [y, k] = starts[j];
      drawing.line({{frame.corner.x, y}, {frame.corner.x - 14, labels[j]}}, colors.at(k), 0.5);
      drawing.label({frame.corner.x - 17, labels[j] + 4}, estimate_names.at(k), "end",
                    colors.at(k));
    }
  }
  return drawing.str();
}

}  // namespace estimation_error
