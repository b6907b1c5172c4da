// SPDX-License-Identifier: MIT
//
// The pictures that show something over time.
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "diffuse_dataset/report.hpp"
#include "svg/plot.hpp"

namespace diffuse_dataset {
namespace {

constexpr double width = svg::document_width;

svg::Frame frame_over_time(const Report& report, double height, double low, double high) {
  const auto last = static_cast<double>(report.alpha_bar.size() - 1);
  return {{70, 40}, width - 70 - 30, height - 40 - 60, 0, last, low, high};
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

/// Ticks at 0 and at four or five round numbers, and at as many below 0 as there is room for.
void linear_ticks(svg::Drawing& drawing, const svg::Frame& frame) {
  const double reach = std::max(frame.y_high, -frame.y_low);
  const double decade = std::pow(10, std::floor(std::log10(reach)));
  double step = decade;
  for (const double factor : {2.0, 1.0, 0.5, 0.2}) {
    if (reach / (factor * decade) <= 6) step = factor * decade;
  }
  for (double y = 0; y <= frame.y_high; y += step) frame.tick(drawing, y, svg::short_number(y));
  for (double y = -step; y >= frame.y_low; y -= step) frame.tick(drawing, y, svg::short_number(y));
}

/// A row of a key, on the right, where all curves are near 0: in the larger part above or below.
void key(svg::Drawing& drawing, const svg::Frame& frame, std::size_t row, std::string_view name,
         std::string_view color) {
  const bool above = frame.at(0, 0).y > frame.corner.y + frame.height / 2;
  const double first = above ? frame.corner.y + 22 : frame.bottom() - 120;
  const double y = first + 22 * static_cast<double>(row);
  drawing.label({frame.right() - 34, y}, name, "end", color);
  drawing.line({{frame.right() - 26, y - 5}, {frame.right(), y - 5}}, color, 3);
}

/// The area between a curve and the one below it.
std::vector<svg::Point> between(std::vector<svg::Point> upper,
                                const std::vector<svg::Point>& lower) {
  upper.insert(upper.end(), lower.rbegin(), lower.rend());
  return upper;
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
  const svg::Frame frame = frame_over_time(report, 400, low, high);
  svg::Drawing drawing(width, 400);
  for (double power = low; power <= high; ++power) {
    frame.tick(drawing, power, svg::decade(static_cast<int>(power)));
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
  frame.names(drawing, "time t", "eigenvalues λ of Σₜ, logarithmic");
  const double y = frame.at(0, 0).y;
  drawing.label({frame.right(), y - 14}, "larger than 1 at t = 0: they fall", "end",
                svg::data_color);
  drawing.label({frame.right(), y + 28}, "smaller than 1 at t = 0: they rise", "end",
                svg::noise_color);
  if (report.eigenvalues.back() <= 1e-12) {
    drawing.label({frame.right(), y + 50}, "0 at t = 0: 1 − ᾱₜ, the lowest curve", "end",
                  svg::noise_color);
  }
  return drawing.str();
}

std::string step_fractions_svg(const Report& report) {
  std::vector<double> load(report.alpha_bar.size(), 0.0);
  for (std::size_t s = 1; s < load.size(); ++s) load[s] = report.alpha_bar[s - 1] * report.beta[s];
  const svg::Frame frame = frame_over_time(report, 300, 0, 1.08 * finite_maximum(load));
  svg::Drawing drawing(width, 300);
  linear_ticks(drawing, frame);
  drawing.area(between(frame.curve(column(load)), frame.curve(zero)), svg::noise_color, 0.25);
  drawing.line(frame.curve(column(load)), svg::noise_color);
  frame.times(drawing);
  frame.names(drawing, "step t", "fraction of Σ₀ that step t replaces with I; the sum is 1 − ᾱ");
  return drawing.str();
}

std::string diagonal_svg(const Report& report) {
  const svg::Frame frame =
      frame_over_time(report, 340, 0, 1.05 * finite_maximum(report.total_correlation));
  svg::Drawing drawing(width, 340);
  linear_ticks(drawing, frame);
  const auto cost = frame.curve(column(report.total_correlation));
  drawing.area(between(cost, frame.curve(zero)), svg::data_color, 0.18);
  drawing.line(cost, svg::data_color);
  frame.times(drawing);
  frame.names(drawing, "time t", "KL(N(μₜ, Σₜ) ‖ N(μₜ, diag Σₜ)), nats");
  return drawing.str();
}

std::string gap_svg(const Report& report) {
  std::vector<double> both(report.kl_mean.size());
  for (std::size_t t = 0; t < both.size(); ++t) {
    both[t] = report.kl_mean[t] + report.kl_covariance[t];
  }
  const svg::Frame frame = frame_over_time(report, 340, 0, 1.05 * finite_maximum(both));
  svg::Drawing drawing(width, 340);
  linear_ticks(drawing, frame);
  const auto upper = frame.curve(column(both));
  const auto mean = frame.curve(column(report.kl_mean));
  drawing.area(between(upper, mean), svg::noise_color, 0.2);
  drawing.area(between(mean, frame.curve(zero)), svg::data_color, 0.25);
  drawing.line(upper, svg::noise_color);
  drawing.line(mean, svg::data_color);
  key(drawing, frame, 0, "part of the covariance, above that of the mean", svg::noise_color);
  key(drawing, frame, 1, "part of the mean", svg::data_color);
  frame.times(drawing);
  frame.names(drawing, "time t", "KL(N(μₜ, Σₜ) ‖ N(0, I)), nats");
  return drawing.str();
}

std::string structures_svg(const Report& report) {
  double low = 0;
  double high = 1e-12;
  for (const StandIn& stand_in : report.stand_ins) {
    high = std::max(high, finite_maximum(stand_in.cost));
    for (const double cost : stand_in.cost) low = std::min(low, cost);
  }
  const svg::Frame frame = frame_over_time(report, 420, 1.05 * low, 1.05 * high);
  svg::Drawing drawing(width, 420);
  linear_ticks(drawing, frame);
  std::size_t k = 0;
  for (const StandIn& stand_in : report.stand_ins) {
    if (stand_in.name == "dense") continue;
    std::vector<svg::Point> points;
    for (std::size_t i = 0; i < stand_in.cost.size(); ++i) {
      points.push_back(frame.at(static_cast<double>(report.cost_times[i]), stand_in.cost[i]));
    }
    drawing.line(points, svg::curve_color(k), 2);
    key(drawing, frame, k, stand_in.name, svg::curve_color(k));
    ++k;
  }
  frame.times(drawing);
  frame.names(drawing, "time t", "nats lost against the Gaussian with all correlations");
  return drawing.str();
}

std::vector<Picture> pictures(const Report& report) {
  return {{"dissolve.svg", dissolve_svg(report)},
          {"covariance.svg", covariance_svg(report)},
          {"scatter.svg", scatter_svg(report)},
          {"spectrum.svg", spectrum_svg(report)},
          {"step_fractions.svg", step_fractions_svg(report)},
          {"diagonal.svg", diagonal_svg(report)},
          {"gap.svg", gap_svg(report)},
          {"structures.svg", structures_svg(report)},
          {"priors.svg", priors_svg(report)}};
}

}  // namespace diffuse_dataset
