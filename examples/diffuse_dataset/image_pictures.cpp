// SPDX-License-Identifier: MIT
//
// The pictures that show samples and matrices.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

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

/// One of 65 grays.
std::string gray(double share) {
  const int level = static_cast<int>(std::lround(64 * std::clamp(share, 0.0, 1.0))) * 255 / 64;
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", level, level, level);
  return text.data();
}

/// An image in row-major order.
struct Raster {
  std::size_t columns = 0;
  std::size_t rows = 0;
  std::vector<double> values;
};

/// The cubic of Catmull and Rom between b, at 0, and c, at 1.
double cubic(double a, double b, double c, double d, double at) {
  return b + at / 2 * (c - a + at * (2 * a - 5 * b + 4 * c - d + at * (3 * (b - c) + d - a)));
}

/// `factor` times as many rows and columns, interpolated: large pixels hide what an
/// image of 8 by 8 of them shows.
Raster enlarged(const Raster& image, std::size_t factor) {
  Raster large{image.columns * factor, image.rows * factor, {}};
  const auto between = [factor](std::size_t k, std::size_t count, const auto& value) {
    const double place = (static_cast<double>(k) + 0.5) / static_cast<double>(factor) - 0.5;
    const double below = std::floor(place);
    const auto at = [&](double offset) {
      return value(static_cast<std::size_t>(
          std::clamp(below + offset, 0.0, static_cast<double>(count - 1))));
    };
    return cubic(at(-1), at(0), at(1), at(2), place - below);
  };
  for (std::size_t i = 0; i < large.rows; ++i) {
    for (std::size_t j = 0; j < large.columns; ++j) {
      large.values.push_back(between(i, image.rows, [&](std::size_t row) {
        return between(j, image.columns, [&](std::size_t column) {
          return image.values[row * image.columns + column];
        });
      }));
    }
  }
  return large;
}

/// A sample in gray: an image, with cells of about 4 pixels where its own are larger, or a strip of
/// bars when the data are no images.
void draw_sample(svg::Drawing& drawing, svg::Point corner, double side, const Report& report,
                 std::vector<double> values, double low, double high) {
  Raster image{report.dimension, 1, std::move(values)};
  if (report.image_width > 0) {
    image.columns = report.image_width;
    image.rows = report.image_height;
    const double pixel = side / static_cast<double>(std::max(image.columns, image.rows));
    const auto factor = static_cast<std::size_t>(pixel / 3.6);
    if (factor > 1) image = enlarged(image, factor);
  }
  drawing.cells(corner, side / static_cast<double>(image.columns),
                side / static_cast<double>(image.rows), image.columns, image.rows,
                [&](std::size_t i) { return gray((image.values[i] - low) / (high - low)); });
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

std::string time_label(std::size_t t) { return "t = " + std::to_string(t); }

}  // namespace

std::string dissolve_svg(const Report& report) {
  const auto times = telling_times(report, 5);
  const std::size_t shown = std::min<std::size_t>(report.specimens.size(), 3);
  constexpr double gap = 10;
  const double side = (svg::document_width + gap) / static_cast<double>(times.size()) - gap;
  const double below = static_cast<double>(shown) * (side + gap) + 12;
  svg::Drawing drawing(svg::document_width, below + 34);
  for (std::size_t c = 0; c < times.size(); ++c) {
    const double signal = std::sqrt(report.alpha_bar[times[c]]);
    const double noise = std::sqrt(report.one_minus_alpha_bar[times[c]]);
    const double low = report.value_low - 1.2 * noise;
    const double high = report.value_high + 1.2 * noise;
    const double x = static_cast<double>(c) * (side + gap);
    for (std::size_t r = 0; r < shown; ++r) {
      const Specimen& specimen = report.specimens[r * report.specimens.size() / shown];
      std::vector<double> values;
      for (std::size_t i = 0; i < specimen.x0.size(); ++i) {
        values.push_back(signal * specimen.x0[i] + noise * specimen.noise[i]);
      }
      draw_sample(drawing, {x, static_cast<double>(r) * (side + gap)}, side, report,
                  std::move(values), low, high);
    }
    drawing.label({x + side / 2, below + 4}, time_label(times[c]), "middle", svg::ink);
    drawing.label({x + side / 2, below + 25},
                  "ᾱ = " + svg::short_number(report.alpha_bar[times[c]]), "middle");
  }
  return drawing.str();
}

std::string priors_svg(const Report& report) {
  constexpr double names = 92;
  constexpr double gap = 6;
  constexpr double count = 8;
  constexpr double side = (svg::document_width - names + gap) / count - gap;
  svg::Drawing drawing(svg::document_width,
                       static_cast<double>(report.stand_ins.size() + 1) * (side + gap) - gap);
  double y = 0;
  const auto draw = [&](const std::string& name, std::size_t available, const auto& values) {
    drawing.label({0, y + side / 2 + 5}, name);
    for (std::size_t k = 0; k < std::min<std::size_t>(available, 8); ++k) {
      draw_sample(drawing, {names + static_cast<double>(k) * (side + gap), y}, side, report,
                  values(k), report.value_low, report.value_high);
    }
    y += side + gap;
  };
  draw("real", report.specimens.size(), [&](std::size_t k) { return report.specimens[k].x0; });
  for (const StandIn& stand_in : report.stand_ins) {
    draw(stand_in.name, stand_in.draws.size(), [&](std::size_t k) { return stand_in.draws[k]; });
  }
  return drawing.str();
}

std::string covariance_svg(const Report& report) {
  const auto times = telling_times(report, 4);
  const std::size_t m = report.heat_coordinates.size();
  double largest = 1;
  for (std::size_t i = 0; i < m; ++i) {
    largest = std::max(largest, report.heat_covariance[i * (m + 1)]);
  }
  constexpr double gap = 16;
  constexpr double side = (svg::document_width - gap) / 2 - 1;
  svg::Drawing drawing(svg::document_width, 2 * (side + 38) + 40);
  for (std::size_t c = 0; c < times.size(); ++c) {
    const svg::Point corner{0.5 + static_cast<double>(c % 2) * (side + gap),
                            0.5 + static_cast<double>(c / 2) * (side + 38)};
    const double cell = side / static_cast<double>(m);
    drawing.cells(corner, cell, cell, m, m, [&](std::size_t k) {
      const double identity = k % (m + 1) == 0 ? report.one_minus_alpha_bar[times[c]] : 0;
      const double value = report.alpha_bar[times[c]] * report.heat_covariance[k] + identity;
      return diverging(std::round(64 * value / largest) / 64);
    });
    drawing.frame(corner, side, side, svg::rule);
    drawing.label({corner.x + side / 2, corner.y + side + 21}, time_label(times[c]), "middle",
                  svg::ink);
  }
  // The scale of the colors.
  constexpr std::size_t shades = 65;
  constexpr double y = 2 * (side + 38) + 8;
  drawing.label({0, y + 13}, "entries of Σₜ");
  drawing.label({240, y + 13}, svg::short_number(-largest), "end");
  drawing.cells({250, y}, 200. / shades, 16, shades, 1, [&](std::size_t k) {
    return diverging(2 * static_cast<double>(k) / (shades - 1) - 1);
  });
  drawing.label({460, y + 13}, svg::short_number(largest));
  return drawing.str();
}

std::string scatter_svg(const Report& report) {
  const auto times = telling_times(report, 4);
  constexpr double gap = 16;
  constexpr double side = (svg::document_width - gap) / 2;
  svg::Drawing drawing(svg::document_width, 2 * (side + 34) + 56);
  double reach = 3.2;
  for (const double x : report.first_component) reach = std::max(reach, std::abs(x));
  for (const double x : report.second_component) reach = std::max(reach, std::abs(x));
  if (report.eigenvalues.size() > 1) {
    reach = std::max(
        {reach, std::abs(report.first_component_mean) + 2 * std::sqrt(report.eigenvalues[0]),
         std::abs(report.second_component_mean) + 2 * std::sqrt(report.eigenvalues[1])});
  }
  reach *= 1.15;
  for (std::size_t c = 0; c < times.size(); ++c) {
    const double a = report.alpha_bar[times[c]];
    const double b = report.one_minus_alpha_bar[times[c]];
    const svg::Frame frame{
        {static_cast<double>(c % 2) * (side + gap), static_cast<double>(c / 2) * (side + 34)},
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
      const double x =
          std::sqrt(a) * report.first_component[k] + std::sqrt(b) * report.first_component_noise[k];
      const double y = std::sqrt(a) * report.second_component[k] +
                       std::sqrt(b) * report.second_component_noise[k];
      if (std::max(std::abs(x), std::abs(y)) > reach) continue;
      drawing.dot(frame.at(x, y), 1.4, svg::data_color, 0.5);
    }
    if (report.eigenvalues.size() > 1) {
      auto circle = svg::two_sigma_ellipse({0, 0}, 1, 0, 1);
      for (svg::Point& p : circle) p = frame.at(p.x, p.y);
      drawing.dashed_line(circle, svg::noise_color, 1.6);
      const svg::Point mean{std::sqrt(a) * report.first_component_mean,
                            std::sqrt(a) * report.second_component_mean};
      auto ellipse = svg::two_sigma_ellipse(mean, a * report.eigenvalues[0] + b, 0,
                                            a * report.eigenvalues[1] + b);
      for (svg::Point& p : ellipse) p = frame.at(p.x, p.y);
      drawing.line(ellipse, svg::ink);
    }
    drawing.axis_name('x', {frame.right(), frame.at(0, 0).y - 6}, "u₁ᵀxₜ", "end");
    drawing.axis_name('y', {frame.at(0, 0).x + 6, frame.corner.y + 16}, "u₂ᵀxₜ", "start");
    drawing.label({frame.corner.x + side / 2, frame.bottom() + 21}, time_label(times[c]), "middle",
                  svg::ink);
  }
  const double y = 2 * (side + 34) + 16;
  drawing.label({0, y},
                "along the first two eigenvectors u of Σ₀; of two standard deviations each:");
  drawing.label({0, y + 24}, "solid: theory", "start", svg::ink);
  drawing.label({130, y + 24}, "dashed: N(0, I)", "start", svg::noise_color);
  return drawing.str();
}

}  // namespace diffuse_dataset
