// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sampler_oracle/table.hpp"
#include "svg/plot.hpp"

namespace sampler_oracle {

/// The error over the number of calls, both logarithmic, for the start N(0, I): one panel for
/// samplers that stop close to the data, one for those that stop earlier. Thin lines are the exact
/// solutions of the equations, the limits for many calls.
class Picture {
 public:
  explicit Picture(const std::vector<Row>& rows) {
    const std::array<std::string_view, 2> shown{truncations[1].text, truncations.back().text};
    std::set<std::string> names;
    std::size_t longest = 0;
    for (const Row& row : rows) {
      if (std::ranges::count(shown, std::string_view(row.truncation)) == 0 || !finite(row))
        continue;
      low_ = std::min(low_, std::floor(std::log10(row.from_noise)));
      high_ = std::max(high_, std::ceil(std::log10(row.from_noise)));
      names.insert(row.scheme);
      longest = std::max(longest, row.scheme.size());
      if (row.calls == 0) continue;
      fewest_ = std::min(fewest_, std::log10(row.calls));
      most_ = std::max(most_, std::log10(row.calls));
    }
    height_ = std::max(260., 12. * static_cast<double>(names.size()));
    const double pitch = 380 + 7.5 * static_cast<double>(longest);
    drawing_ = svg::Drawing(60 + 2 * pitch, height_ + 80);
    double left = 60;
    for (const std::string_view end : shown) {
      rows_.clear();
      std::ranges::copy_if(rows, std::back_inserter(rows_),
                           [&](const Row& row) { return row.truncation == end && finite(row); });
      panel(left, "W2 to the data, stopped at t = " + std::string(end));
      left += pitch;
    }
  }

  [[nodiscard]] std::string str() const { return drawing_.str(); }

 private:
  void panel(double left, const std::string& title) {
    const svg::Frame frame{{left, 40}, 280, height_, fewest_, most_, low_, high_};
    drawing_.label({left, 22}, title, "start", svg::ink);
    for (double power = low_; power <= high_; ++power) {
      frame.tick(drawing_, power, svg::short_number(std::pow(10, power)));
    }
    for (const auto calls : budgets) {
      drawing_.label({frame.at(std::log10(calls), low_).x, height_ + 60},
                     (calls == budgets.front() ? "NFE " : "") + std::to_string(calls), "middle");
    }
    const auto point = [&](double calls, const Row& row) {
      return frame.at(std::log10(calls), std::log10(row.from_noise));
    };
    const std::vector<Row> last = by_error();
    std::vector<double> ends;
    for (const Row& row : last) ends.push_back(point(1, row).y);
    const std::vector<double> labels = svg::label_heights(ends, height_ + 40);
    for (std::size_t i = 0; i < last.size(); ++i) {
      std::vector<svg::Point> curve;
      for (const Row& row : rows_) {
        if (row.scheme != last[i].scheme) continue;
        if (row.calls > 0) {
          curve.push_back(point(static_cast<double>(row.calls), row));
        } else {
          curve = {{left, ends[i]}, {left + 280, ends[i]}};
        }
      }
      const auto color = last[i].draws ? svg::noise_color : svg::data_color;
      drawing_.line(curve, color, last[i].calls > 0 ? 1.8 : 0.8);
      if (last[i].calls > 0) {
        for (const svg::Point& mark : curve) drawing_.dot(mark, 2.5, color);
      }
      drawing_.line({curve.back(), {left + 284, ends[i]}, {left + 296, labels[i]}}, color, 0.5);
      drawing_.label({left + 300, labels[i] + 4}, last[i].scheme, "start", color);
    }
  }

  static bool finite(const Row& row) { return row.from_noise > 0 && std::isfinite(row.from_noise); }

  /// The last row of each scheme, from the largest error to the smallest.
  [[nodiscard]] std::vector<Row> by_error() const {
    std::vector<Row> last;
    for (const Row& row : rows_) {
      const auto later = [&](const Row& other) {
        return other.scheme == row.scheme && other.calls > row.calls;
      };
      if (std::ranges::none_of(rows_, later)) last.push_back(row);
    }
    std::sort(last.begin(), last.end(),
              [](const Row& a, const Row& b) { return a.from_noise > b.from_noise; });
    return last;
  }

  std::vector<Row> rows_;
  double height_ = 0;
  double fewest_ = std::numeric_limits<double>::infinity();  // of calls; all of log 10
  double most_ = -std::numeric_limits<double>::infinity();
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
  svg::Drawing drawing_{0, 0};
};

inline std::string draw(const std::vector<Row>& rows) { return Picture(rows).str(); }

}  // namespace sampler_oracle
