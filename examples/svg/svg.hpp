// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace svg {

struct Point {
  double x = 0;
  double y = 0;
};

// The colors of the data and of the noise, and the grays between.
constexpr std::string_view data_color = "#b5502b";
constexpr std::string_view noise_color = "#2b6f8c";
constexpr std::string_view ink = "#22262b";
constexpr std::string_view soft = "#6b7280";
constexpr std::string_view rule = "#e4e1db";

/// A number with at most two decimals.
inline std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  std::string result(text.data());
  result.erase(result.find_last_not_of('0') + 1);
  if (result.back() == '.') result.pop_back();
  return result == "-0" ? "0" : result;
}

/// Three significant digits.
inline std::string short_number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g", value);
  return text.data();
}

/// An SVG document on white paper, written from back to front. Lengths are pixels.
class Drawing {
 public:
  Drawing(double width, double height)
      : text_("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) + " " +
              number(height) + "\" width=\"" + number(width) + "\" height=\"" + number(height) +
              "\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n") {
    rectangle({0, 0}, width, height, "#ffffff");
  }

  void rectangle(Point corner, double width, double height, std::string_view fill) {
    text_ += "<rect x=\"" + number(corner.x) + "\" y=\"" + number(corner.y) + "\" width=\"" +
             number(width) + "\" height=\"" + number(height) + "\" fill=\"" + std::string(fill) +
             "\"/>\n";
  }

  void dot(Point center, double radius, std::string_view fill, double opacity = 1) {
    text_ += "<circle cx=\"" + number(center.x) + "\" cy=\"" + number(center.y) + "\" r=\"" +
             number(radius) + "\" fill=\"" + std::string(fill) + "\" opacity=\"" + number(opacity) +
             "\"/>\n";
  }

  void line(const std::vector<Point>& points, std::string_view stroke, double width = 1.6,
            double opacity = 1) {
    text_ += "<polyline fill=\"none\" stroke=\"" + std::string(stroke) + "\" stroke-width=\"" +
             number(width) + "\" opacity=\"" + number(opacity) + "\" points=\"" + list(points) +
             "\"/>\n";
  }

  void area(const std::vector<Point>& points, std::string_view fill, double opacity = 1) {
    text_ += "<polygon fill=\"" + std::string(fill) + "\" opacity=\"" + number(opacity) +
             "\" points=\"" + list(points) + "\"/>\n";
  }

  /// @param anchor  "start", "middle" or "end"
  void label(Point at, std::string_view text, std::string_view anchor = "start",
             std::string_view fill = soft) {
    text_ += "<text x=\"" + number(at.x) + "\" y=\"" + number(at.y) + "\" text-anchor=\"" +
             std::string(anchor) + "\" fill=\"" + std::string(fill) + "\">" + std::string(text) +
             "</text>\n";
  }

  [[nodiscard]] std::string str() const { return text_ + "</svg>\n"; }

 private:
  static std::string list(const std::vector<Point>& points) {
    std::string text;
    for (const Point& p : points) text += number(p.x) + "," + number(p.y) + " ";
    return text;
  }

  std::string text_;
};

}  // namespace svg
