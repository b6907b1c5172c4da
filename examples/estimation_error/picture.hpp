// SPDX-License-Identifier: MIT
#pragma once

#include <alphabar/schedule/noise_schedule.hpp>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "estimation_error/experiment.hpp"
#include "svg/plot.hpp"

namespace estimation_error {

/// KL over t between 0.001 and 1000 nats, one panel per number of samples.
inline std::string draw(const std::vector<Experiment>& experiments,
                        const alphabar::NoiseSchedule<double>& schedule) {
  constexpr double left = 130;
  constexpr double height = 230;
  constexpr double panel = height + 130;
  const double last = 0.7 * static_cast<double>(schedule.steps());
  svg::Drawing drawing(svg::document_width, static_cast<double>(experiments.size()) * panel);
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    const svg::Frame frame{{left, 60 + static_cast<double>(i) * panel},
                           svg::document_width - left - 60,
                           height,
                           0,
                           last,
                           -3,
                           3};
    drawing.label({left, frame.corner.y - 36},
                  "n = " + std::to_string(experiments[i].n) + " samples", "start", svg::ink);
    frame.names(drawing, "time t", "KL(q(xₜ) ‖ fit), nats");
    for (int power = -3; power <= 3; ++power) {
      frame.right_tick(drawing, power, svg::decade(power));
    }
    frame.times(drawing);
    std::vector<svg::CurveEnd> starts;
    for (std::size_t k = 0; k < estimate_names.size(); ++k) {
      auto curve = frame.curve([&](double t) {
        const Kernel kernel = schedule.transition(0, static_cast<Index>(t));
        return std::log10(experiments[i].kl(k, kernel).mean);
      });
      std::erase_if(curve, [&](const svg::Point& p) {
        return p.y <= frame.corner.y || p.y >= frame.bottom();
      });
      if (curve.empty()) continue;
      const bool last_one = k + 1 == estimate_names.size();  // often covers the one before
      const auto color = last_one ? svg::ink : svg::curve_color(k);
      if (last_one) {
        drawing.dashed_line(curve, color, 2);
      } else {
        drawing.line(curve, color, 2);
      }
      starts.push_back({curve.front().y, std::string(estimate_names.at(k)), color});
    }
    svg::name_curves(drawing, frame, false, starts);
  }
  return drawing.str();
}

}  // namespace estimation_error
