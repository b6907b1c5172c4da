// SPDX-License-Identifier: MIT
//
// The pictures that show something over time.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

#include "diffuse_dataset/report.hpp"
#include "svg/plot.hpp"

namespace diffuse_dataset {
namespace {

constexpr double width = 800;

svg::Frame frame_over_time(const Report& report, double height, double low, double high) {
  const auto last = static_cast<double>(report.alpha_bar.size() - 1);
  return {{64, 16}, width - 64 - 24, height - 16 - 40, 0, last, low, high};
}

/// A column of the report as a function of the time on the axis.
auto column(const std::vector<double>& values) {
  return [&values](double t) {
    const double value = values[static_cast<std::size_t>(t)];
    return std::isnan(value) ? HUGE_VAL : value;
  };
}

double finite_maximum(const std::vector<double>& values) {
  double largest = 1e-12;
  for (const double value : values) {
    if (std::isfinite(value)) largest = std::max(largest, value);
  }
  return largest;
}

/// Ticks at 0 and at four or five round numbers.
void linear_ticks(svg::Drawing& drawing, const svg::Frame& frame) {
  const double decade = std::pow(10, std::floor(std::log10(frame.y_high)));
  double step = decade;
  for (const double factor : {2.0, 1.0, 0.5, 0.2}) {
    if (frame.y_high / (factor * decade) <= 6) step = factor * decade;
  }
  for (double y = 0; y <= frame.y_high; y += step) frame.tick(drawing, y, svg::short_number(y));
}

/// The area between a curve and the one below it.
std::vector<svg::Point> between(std::vector<svg::Point> upper,
                                const std::vector<svg::Point>& lower) {
  upper.insert(upper.end(), lower.rbegin(), lower.rend());
  return upper;
}

std::string power_of_ten(int exponent) {
  constexpr std::array<std::string_view, 10> digits{"⁰", "¹", "²", "³", "⁴",
                                                    "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "10⁻" : "10";
  for (const char c : std::to_string(std::abs(exponent))) {
    text += digits[static_cast<std::size_t>(c - '0')];
  }
  return text;
}

constexpr auto zero = [](double) { return 0.0; };

}  // namespace

std::string spectrum_svg(const Report& report) {
  double smallest = 0.1;
  for (const double lambda : report.eigenvalues) {
    if (lambda > 1e-12) smallest = std::min(smallest, lambda);
  }
  const double low = std::floor(std::max(-6.0, std::log10(smallest)));
  const double high = std::max(1.0, std::ceil(std::log10(report.eigenvalues.front())));
  const svg::Frame frame = frame_over_time(report, 340, low, high);
  svg::Drawing drawing(width, 340);
  for (double decade = low; decade <= high; ++decade) {
    frame.tick(drawing, decade, power_of_ten(static_cast<int>(decade)));
  }
  const std::size_t stride = std::max<std::size_t>(1, report.eigenvalues.size() / 64);
  for (std::size_t k = 0; k < report.eigenvalues.size(); k += stride) {
    const double lambda = report.eigenvalues[k];
    drawing.line(frame.curve([&](double t) {
      const auto i = static_cast<std::size_t>(t);
      return std::log10(report.alpha_bar[i] * lambda + report.one_minus_alpha_bar[i]);
    }),
                 lambda > 1 ? svg::data_color : svg::noise_color, 1, 0.7);
  }
  frame.times(drawing);
  return drawing.str();
}

std::string ants_svg(const Report& report) {
  std::vector<double> load(report.alpha_bar.size(), 0.0);
  for (std::size_t s = 1; s < load.size(); ++s) load[s] = report.alpha_bar[s - 1] * report.beta[s];
  const svg::Frame frame = frame_over_time(report, 260, 0, 1.08 * finite_maximum(load));
  svg::Drawing drawing(width, 260);
  linear_ticks(drawing, frame);
  drawing.area(between(frame.curve(column(load)), frame.curve(zero)), svg::noise_color, 0.25);
  drawing.line(frame.curve(column(load)), svg::noise_color);
  drawing.label({width - 24, 30}, "share that step s moves; all together 1 − ᾱ", "end");
  frame.times(drawing);
  return drawing.str();
}

std::string diagonal_svg(const Report& report) {
  const svg::Frame frame =
      frame_over_time(report, 300, 0, 1.05 * finite_maximum(report.total_correlation));
  svg::Drawing drawing(width, 300);
  linear_ticks(drawing, frame);
  const auto cost = frame.curve(column(report.total_correlation));
  drawing.area(between(cost, frame.curve(zero)), svg::data_color, 0.18);
  drawing.line(cost, svg::data_color);
  drawing.label({width - 24, 30}, "nats lost when a diagonal stands in for the covariance", "end");
  frame.times(drawing);
  return drawing.str();
}

std::string gap_svg(const Report& report) {
  std::vector<double> both(report.kl_mean.size());
  for (std::size_t t = 0; t < both.size(); ++t) {
    both[t] = report.kl_mean[t] + report.kl_covariance[t];
  }
  const svg::Frame frame = frame_over_time(report, 300, 0, 1.05 * finite_maximum(both));
  svg::Drawing drawing(width, 300);
  linear_ticks(drawing, frame);
  const auto upper = frame.curve(column(both));
  const auto mean = frame.curve(column(report.kl_mean));
  drawing.area(between(upper, mean), svg::noise_color, 0.2);
  drawing.area(between(mean, frame.curve(zero)), svg::data_color, 0.25);
  drawing.line(upper, svg::noise_color);
  drawing.line(mean, svg::data_color);
  drawing.label({width - 24, 30}, "gap to N(0, I) in nats", "end");
  drawing.label({width - 24, 50}, "part of the covariance", "end", svg::noise_color);
  drawing.label({width - 24, 70}, "part of the mean", "end", svg::data_color);
  frame.times(drawing);
  return drawing.str();
}

std::string structures_svg(const Report& report) {
  constexpr std::array<std::string_view, 5> colors{"#b5502b", "#2b6f8c", "#5f7d3a", "#7d5ba6",
                                                   "#a07d1c"};
  double low = 0;
  double high = 1e-12;
  for (const StandIn& stand_in : report.stand_ins) {
    high = std::max(high, finite_maximum(stand_in.cost));
    for (const double cost : stand_in.cost) low = std::min(low, cost);
  }
  const svg::Frame frame = frame_over_time(report, 340, 1.05 * low, 1.05 * high);
  svg::Drawing drawing(width, 340);
  linear_ticks(drawing, frame);
  drawing.label({width - 24, 30}, "nats lost against the Gaussian with all correlations", "end");
  std::size_t k = 0;
  for (const StandIn& stand_in : report.stand_ins) {
    if (stand_in.name == "dense") continue;
    std::vector<svg::Point> points;
    for (std::size_t i = 0; i < stand_in.cost.size(); ++i) {
      points.push_back(frame.at(static_cast<double>(report.cost_times[i]), stand_in.cost[i]));
    }
    const std::string color(colors[k % colors.size()]);
    drawing.line(points, color);
    drawing.label({width - 24, 52 + 20 * static_cast<double>(k)}, stand_in.name, "end", color);
    ++k;
  }
  frame.times(drawing);
  return drawing.str();
}

std::vector<Picture> pictures(const Report& report) {
  return {{"dissolve.svg", dissolve_svg(report)}, {"covariance.svg", covariance_svg(report)},
          {"scatter.svg", scatter_svg(report)},   {"spectrum.svg", spectrum_svg(report)},
          {"ants.svg", ants_svg(report)},         {"diagonal.svg", diagonal_svg(report)},
          {"gap.svg", gap_svg(report)},           {"structures.svg", structures_svg(report)},
          {"priors.svg", priors_svg(report)}};
}

}  // namespace diffuse_dataset
