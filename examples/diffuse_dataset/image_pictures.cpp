// SPDX-License-Identifier: MIT
//
// The pictures that show samples and matrices.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "diffuse_dataset/report.hpp"
#include "svg/plot.hpp"

namespace diffuse_dataset {
namespace {

/// About `count` times from 0 to T, even in the angle whose cosine is √ᾱ: every picture differs.
std::vector<std::size_t> telling_times(const Report& report, std::size_t count) {
  const auto angle = [&](std::size_t t) { return std::acos(std::sqrt(report.alpha_bar[t])); };
  const std::size_t last = report.alpha_bar.size() - 1;
  std::vector<std::size_t> times;
  std::size_t t = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const double wanted = angle(last) * static_cast<double>(k) / static_cast<double>(count - 1);
    while (t < last && angle(t) < wanted) ++t;
    if (times.empty() || times.back() != t) times.push_back(t);
  }
  return times;
}

std::string gray(double share) {
  const int level = static_cast<int>(std::lround(255 * std::clamp(share, 0.0, 1.0)));
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", level, level, level);
  return text.data();
}

/// White at 0, the data's color above, the noise's below.
std::string diverging(double value) {
  constexpr std::array<int, 3> positive{0xb5, 0x50, 0x2b};
  constexpr std::array<int, 3> negative{0x2b, 0x6f, 0x8c};
  const auto& end = value < 0 ? negative : positive;
  const double weight = std::sqrt(std::min(1.0, std::abs(value)));
  std::array<int, 3> rgb{};
  for (std::size_t i = 0; i < 3; ++i) {
    rgb[i] = static_cast<int>(std::lround(255 + (end[i] - 255) * weight));
  }
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
  return text.data();
}

/// Rows of equal color become one rectangle.
template <class Color>
void draw_pixels(svg::Drawing& drawing, svg::Point corner, double side, std::size_t columns,
                 std::size_t rows, Color color) {
  const double w = side / static_cast<double>(columns);
  const double h = side / static_cast<double>(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns;) {
      const std::string here = color(i * columns + j);
      std::size_t end = j + 1;
      while (end < columns && color(i * columns + end) == here) ++end;
      drawing.rectangle(
          {corner.x + static_cast<double>(j) * w, corner.y + static_cast<double>(i) * h},
          static_cast<double>(end - j) * w + 0.15, h + 0.15, here);
      j = end;
    }
  }
}

std::string time_label(std::size_t t) { return "t = " + std::to_string(t); }

}  // namespace

std::string dissolve_svg(const Report& report) {
  const auto times = telling_times(report, 8);
  const std::size_t shown = std::min<std::size_t>(report.specimens.size(), 3);
  constexpr double side = 88;
  constexpr double gap = 10;
  svg::Drawing drawing(static_cast<double>(times.size()) * (side + gap) + gap,
                       static_cast<double>(shown) * (side + gap) + gap + 24);
  const bool images = report.image_width > 0;
  const std::size_t columns = images ? report.image_width : report.dimension;
  const std::size_t rows = images ? report.image_height : 1;
  for (std::size_t c = 0; c < times.size(); ++c) {
    const double signal = std::sqrt(report.alpha_bar[times[c]]);
    const double noise = std::sqrt(report.one_minus_alpha_bar[times[c]]);
    const double low = report.value_low - 1.2 * noise;
    const double high = report.value_high + 1.2 * noise;
    const double x = gap + static_cast<double>(c) * (side + gap);
    for (std::size_t r = 0; r < shown; ++r) {
      const Specimen& specimen = report.specimens[r * report.specimens.size() / shown];
      draw_pixels(drawing, {x, gap + static_cast<double>(r) * (side + gap)}, side, columns, rows,
                  [&](std::size_t i) {
                    const double value = signal * specimen.x0[i] + noise * specimen.noise[i];
                    return gray((value - low) / (high - low));
                  });
    }
    drawing.label({x + side / 2, static_cast<double>(shown) * (side + gap) + gap + 12},
                  time_label(times[c]), "middle");
  }
  return drawing.str();
}

std::string priors_svg(const Report& report) {
  constexpr double side = 72;
  constexpr double gap = 8;
  constexpr double names = 110;
  const bool images = report.image_width > 0;
  const std::size_t columns = images ? report.image_width : report.dimension;
  const std::size_t rows = images ? report.image_height : 1;
  svg::Drawing drawing(names + 10 * (side + gap) + gap,
                       static_cast<double>(report.stand_ins.size() + 1) * (side + gap) + gap);
  double y = gap;
  const auto draw = [&](const std::string& name, std::size_t count, const auto& values) {
    drawing.label({gap, y + side / 2 + 4}, name);
    for (std::size_t k = 0; k < count; ++k) {
      const std::vector<double>& sample = values(k);
      draw_pixels(
          drawing, {names + static_cast<double>(k) * (side + gap), y}, side, columns, rows,
          [&](std::size_t i) {
            return gray((sample[i] - report.value_low) / (report.value_high - report.value_low));
          });
    }
    y += side + gap;
  };
  draw(
      "real", report.specimens.size(), [&](std::size_t k) -> const auto& {
        return report.specimens[k].x0;
      });
  for (const StandIn& stand_in : report.stand_ins) {
    draw(
        stand_in.name,
        stand_in.draws.size(), [&](std::size_t k) -> const auto& { return stand_in.draws[k]; });
  }
  return drawing.str();
}

std::string covariance_svg(const Report& report) {
  const auto times = telling_times(report, 5);
  const std::size_t m = report.heat_coordinates.size();
  double largest = 1;
  for (std::size_t i = 0; i < m; ++i) {
    largest = std::max(largest, report.heat_covariance[i * (m + 1)]);
  }
  constexpr double side = 176;
  constexpr double gap = 14;
  svg::Drawing drawing(static_cast<double>(times.size()) * (side + gap) + gap, side + 2 * gap + 22);
  for (std::size_t c = 0; c < times.size(); ++c) {
    const double x = gap + static_cast<double>(c) * (side + gap);
    draw_pixels(drawing, {x, gap}, side, m, m, [&](std::size_t k) {
      const double identity = k % (m + 1) == 0 ? report.one_minus_alpha_bar[times[c]] : 0;
      const double value = report.alpha_bar[times[c]] * report.heat_covariance[k] + identity;
      return diverging(std::round(64 * value / largest) / 64);
    });
    drawing.label({x + side / 2, side + gap + 20}, time_label(times[c]), "middle");
  }
  return drawing.str();
}

std::string scatter_svg(const Report& report) {
  const auto times = telling_times(report, 4);
  constexpr double side = 220;
  constexpr double gap = 12;
  svg::Drawing drawing(static_cast<double>(times.size()) * (side + gap) + gap, side + 2 * gap + 22);
  double reach = 3.2;
  for (const double x : report.first_component) reach = std::max(reach, std::abs(x));
  for (const double x : report.second_component) reach = std::max(reach, std::abs(x));
  if (report.eigenvalues.size() > 1) {
    reach = std::max(
        {reach, std::abs(report.first_component_mean) + 2 * std::sqrt(report.eigenvalues[0]),
         std::abs(report.second_component_mean) + 2 * std::sqrt(report.eigenvalues[1])});
  }
  for (std::size_t c = 0; c < times.size(); ++c) {
    const double a = report.alpha_bar[times[c]];
    const double b = report.one_minus_alpha_bar[times[c]];
    const svg::Frame frame{{gap + static_cast<double>(c) * (side + gap), gap},
                           side,
                           side,
                           -reach,
                           reach,
                           -reach,
                           reach};
    drawing.line({frame.at(-reach, 0), frame.at(reach, 0)}, svg::rule, 1);
    drawing.line({frame.at(0, -reach), frame.at(0, reach)}, svg::rule, 1);
    const std::size_t stride = std::max<std::size_t>(1, report.first_component.size() / 600);
    for (std::size_t k = 0; k < report.first_component.size(); k += stride) {
      drawing.dot(frame.at(std::sqrt(a) * report.first_component[k] +
                               std::sqrt(b) * report.first_component_noise[k],
                           std::sqrt(a) * report.second_component[k] +
                               std::sqrt(b) * report.second_component_noise[k]),
                  1.1, svg::data_color, 0.5);
    }
    if (report.eigenvalues.size() > 1) {
      auto circle = svg::two_sigma_ellipse({0, 0}, 1, 0, 1);
      for (svg::Point& p : circle) p = frame.at(p.x, p.y);
      drawing.line(circle, svg::noise_color, 1);
      const svg::Point mean{std::sqrt(a) * report.first_component_mean,
                            std::sqrt(a) * report.second_component_mean};
      auto ellipse = svg::two_sigma_ellipse(mean, a * report.eigenvalues[0] + b, 0,
                                            a * report.eigenvalues[1] + b);
      for (svg::Point& p : ellipse) p = frame.at(p.x, p.y);
      drawing.line(ellipse, svg::ink);
    }
    drawing.label({gap + static_cast<double>(c) * (side + gap) + side / 2, side + gap + 20},
                  time_label(times[c]), "middle");
  }
  return drawing.str();
}

}  // namespace diffuse_dataset
