// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
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
constexpr std::string_view soft = "#5c6370";
constexpr std::string_view rule = "#e4e1db";

/// One color for each curve of a chart. As text on white, all have a contrast of 4.5 or more.
constexpr std::array<std::string_view, 8> curve_colors{
    data_color, noise_color, "#55752f", "#7d5ba6", "#b03070", "#0f7c6b", "#8a6a10", soft};
inline std::string_view curve_color(std::size_t k) { return curve_colors[k % curve_colors.size()]; }

/// Documents are at most this wide, so that text can be read where a screen shows them at half
/// size.
constexpr double document_width = 640;
constexpr double font_size = 16;

/// A number with at most two decimals.
inline std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", value);
  std::string result(text.data());
  result.erase(result.find_last_not_of('0') + 1);
  if (result.back() == '.') result.pop_back();
  return result == "-0" ? "0" : result;
}

/// 10 to a power: 10⁻⁵.
inline std::string power_of_ten(int exponent) {
  constexpr std::array<std::string_view, 10> digits{"⁰", "¹", "²", "³", "⁴",
                                                    "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "10⁻" : "10";
  for (const char c : std::to_string(std::abs(exponent))) {
    text += digits[static_cast<std::size_t>(c - '0')];
  }
  return text;
}

/// Three significant digits, with a power of ten where the number is smaller than 0.0001 or has
/// more than three digits before the point: 6.44·10⁻⁶.
inline std::string short_number(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.3g", value);
  std::string text(buffer.data());
  if (text.front() == '-') text.replace(0, 1, "−");
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return text;
  const std::string power = power_of_ten(std::stoi(text.substr(e + 1)));
  const std::string factor = text.substr(0, e);
  if (factor == "1") return power;
  return factor == "−1" ? "−" + power : factor + "·" + power;
}

/// The label of a logarithmic axis at 10^exponent: 0.01, 1, 1000, 10⁻⁴.
inline std::string decade(int exponent) {
  if (std::abs(exponent) > 3) return power_of_ten(exponent);
  return exponent < 0 ? short_number(std::pow(10, exponent)) : number(std::pow(10, exponent));
}

/// An SVG document on white paper, written from back to front; text has a white edge. Lengths are
/// pixels.
class Drawing {
 public:
  Drawing(double width, double height)
      : text_("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) + " " +
              number(height) + "\" width=\"" + number(width) + "\" height=\"" + number(height) +
              "\" font-family=\"system-ui, sans-serif\" font-size=\"" + number(font_size) +
              "\">\n") {
    text_ += "<style>text { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }</style>\n";
    rectangle({0, 0}, width, height, "#ffffff");
  }

  /// Edges are not smoothed, so neighbors have no line between them.
  void rectangle(Point corner, double width, double height, std::string_view fill) {
    text_ += "<rect x=\"" + number(corner.x) + "\" y=\"" + number(corner.y) + "\" width=\"" +
             number(width) + "\" height=\"" + number(height) + "\" fill=\"" + std::string(fill) +
             "\" shape-rendering=\"crispEdges\"/>\n";
  }

  /// A grid of cells, row by row from the top left, without lines between them.
  /// @param color  of the cell with an index
  template <class Color>
  void cells(Point corner, double cell_width, double cell_height, std::size_t columns,
             std::size_t rows, Color color) {
    std::map<std::string, std::string> paths;  // of the cells of each color
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < columns;) {
        const std::string here = color(i * columns + j);
        std::size_t end = j + 1;
        while (end < columns && color(i * columns + end) == here) ++end;
        std::string& path = paths[here];
        for (const auto& [letter, at] : {std::pair{'M', j}, {' ', i}, {'H', end}}) {
          (path += letter) += std::to_string(at);
        }
        ((path += "v1H") += std::to_string(j)) += 'z';
        j = end;
      }
    }
    text_ += "<g shape-rendering=\"crispEdges\" transform=\"translate(" + number(corner.x) + " " +
             number(corner.y) + ") scale(" + long_number(cell_width) + " " +
             long_number(cell_height) + ")\">\n";
    for (const auto& [fill, path] : paths) {
      text_ += "<path fill=\"" + fill + "\" d=\"" + path + "\"/>\n";
    }
    text_ += "</g>\n";
  }

  /// The outline of a rectangle.
  void frame(Point corner, double width, double height, std::string_view stroke) {
    text_ += "<rect x=\"" + number(corner.x) + "\" y=\"" + number(corner.y) + "\" width=\"" +
             number(width) + "\" height=\"" + number(height) + "\" fill=\"none\" stroke=\"" +
             std::string(stroke) + "\"/>\n";
  }

  void dot(Point center, double radius, std::string_view fill, double opacity = 1) {
    text_ += "<circle cx=\"" + number(center.x) + "\" cy=\"" + number(center.y) + "\" r=\"" +
             number(radius) + "\" fill=\"" + std::string(fill) + "\" opacity=\"" + number(opacity) +
             "\"/>\n";
  }

  void ring(Point center, double radius, std::string_view stroke) {
    text_ += "<circle cx=\"" + number(center.x) + "\" cy=\"" + number(center.y) + "\" r=\"" +
             number(radius) + "\" fill=\"#ffffff\" stroke=\"" + std::string(stroke) +
             "\" stroke-width=\"1.6\"/>\n";
  }

  void line(const std::vector<Point>& points, std::string_view stroke, double width = 1.6,
            double opacity = 1) {
    polyline(points, stroke, width, opacity, "");
  }

  void dashed_line(const std::vector<Point>& points, std::string_view stroke, double width = 1.6) {
    polyline(points, stroke, width, 1, " stroke-dasharray=\"6 5\"");
  }

  void area(const std::vector<Point>& points, std::string_view fill, double opacity = 1) {
    text_ += "<polygon fill=\"" + std::string(fill) + "\" opacity=\"" + number(opacity) +
             "\" points=\"" + list(points) + "\"/>\n";
  }

  /// @param anchor  "start", "middle" or "end"
  void label(Point at, std::string_view text, std::string_view anchor = "start",
             std::string_view fill = soft) {
    label(at, text, anchor, fill, "");
  }

  /// The name of an axis.
  /// @param axis  'x' or 'y'
  void axis_name(char axis, Point at, std::string_view text, std::string_view anchor) {
    label(at, text, anchor, soft, std::string(" class=\"") + axis + "-axis\"");
  }

  [[nodiscard]] std::string str() const { return text_ + "</svg>\n"; }

 private:
  void label(Point at, std::string_view text, std::string_view anchor, std::string_view fill,
             const std::string& attributes) {
    text_ += "<text x=\"" + number(at.x) + "\" y=\"" + number(at.y) + "\" text-anchor=\"" +
             std::string(anchor) + "\" fill=\"" + std::string(fill) + "\"" + attributes + ">" +
             std::string(text) + "</text>\n";
  }

  void polyline(const std::vector<Point>& points, std::string_view stroke, double width,
                double opacity, const std::string& attributes) {
    text_ += "<polyline fill=\"none\" stroke=\"" + std::string(stroke) + "\" stroke-width=\"" +
             number(width) + "\" opacity=\"" + number(opacity) + "\"" + attributes + " points=\"" +
             list(points) + "\"/>\n";
  }

  /// A factor of many coordinates.
  static std::string long_number(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
  }

  static std::string list(const std::vector<Point>& points) {
    std::string text;
    for (const Point& p : points) text += number(p.x) + "," + number(p.y) + " ";
    return text;
  }

  std::string text_;
};

}  // namespace svg
