// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "sampler_oracle/table.hpp"
#include "svg/plot.hpp"

namespace sampler_oracle {

/// The error over the number of calls, both logarithmic, started from N(0, I) as samplers are: a
/// panel for samplers that stop close to the data, one for those that stop earlier. Thin lines are
/// the equations themselves, which no number of calls can beat for long.
class Picture {
 public:
  explicit Picture(const std::vector<Row>& rows) {
    const auto shown = {truncations[1].text, truncations.back().text};
    for (const Row& row : rows) {
      for (const std::string_view end : shown) {
        if (row.truncation != end || !(row.from_noise > 0)) continue;
        low_ = std::min(low_, std::floor(std::log10(row.from_noise)));
        high_ = std::max(high_, std::ceil(std::log10(row.from_noise)));
      }
    }
    double left = 60;
    for (const char* end : shown) {
      rows_.clear();
      for (const Row& row : rows) {
        if (row.truncation == std::string_view(end)) rows_.push_back(row);
      }
      panel(left, std::string("W2 to the data, stopped at t = ") + end);
      left += 400;
    }
  }

  [[nodiscard]] std::string str() const { return drawing_.str(); }

 private:
  void panel(double left, const std::string& title) {
    const svg::Frame frame{
        {left, 40}, 280, 260, std::log10(budgets.front()), std::log10(budgets.back()), low_, high_};
    drawing_.label({left, 22}, title, "start", svg::ink);
    for (double power = low_; power <= high_; ++power) {
      frame.tick(drawing_, power, svg::short_number(std::pow(10, power)));
    }
    for (const auto calls : budgets) {
      drawing_.label({frame.at(std::log10(calls), low_).x, 320},
                     (calls == budgets.front() ? "NFE " : "") + std::to_string(calls), "middle");
    }
    const auto point = [&](double calls, const Row& row) {
      return frame.at(std::log10(calls), std::log10(row.from_noise));
    };
    double below = 0;  // no label covers the one before
    for (const Row& last : by_error()) {
      std::vector<svg::Point> curve;
      for (const Row& row : rows_) {
        if (row.scheme != last.scheme) continue;
        if (row.calls > 0) {
          curve.push_back(point(static_cast<double>(row.calls), row));
        } else {
          curve = {point(budgets.front(), row), point(budgets.back(), row)};
        }
      }
      const bool draws =
          std::string_view("EM EI DDPM SDE").find(last.scheme) != std::string_view::npos;
      const auto color = draws ? svg::noise_color : svg::data_color;
      drawing_.line(curve, color, last.calls > 0 ? 1.8 : 0.8);
      if (last.calls > 0) {
        for (const svg::Point& mark : curve) drawing_.dot(mark, 2.5, color);
      }
      below = std::max(curve.back().y + 4, below + 12);
      drawing_.label({left + 288, below}, last.scheme, "start", color);
    }
  }

  /// The last row of each scheme, from the largest error to the smallest.
  [[nodiscard]] std::vector<Row> by_error() const {
    std::vector<Row> last;
    for (const Row& row : rows_) {
      if (row.calls == 0 || row.calls == budgets.back()) last.push_back(row);
    }
    std::sort(last.begin(), last.end(),
              [](const Row& a, const Row& b) { return a.from_noise > b.from_noise; });
    return last;
  }

  std::vector<Row> rows_;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
  svg::Drawing drawing_{820, 340};
};

inline std::string draw(const std::vector<Row>& rows) { return Picture(rows).str(); }

}  // namespace sampler_oracle
