// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "diffuse_dataset/embedded_digits.hpp"
#include "diffuse_dataset/options.hpp"
#include "diffuse_dataset/read_dataset.hpp"

namespace diffuse_dataset {

/// The data and what there is to say about them.
struct Input {
  std::string name;
  std::string source;
  std::string scaling;
  Dataset data;
};

inline Input embedded_input() {
  Input input{"Handwritten digits",
              "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine "
              "Learning Repository, 1998, doi:10.24432/C50P49, CC BY 4.0",
              "",
              decode_dataset("the digits inside", std::string(embedded_digits()), {.label = {-1}})};
  input.data.image_width = 8;
  input.data.image_height = 8;
  input.data.range = ValueRange{0, 16};
  return input;
}

inline std::string short_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

inline void shape_images(Input& input, const Options& options) {
  const std::size_t width = options.image_width;
  const std::size_t height = options.image_height;
  if (width == 0) return;
  if (width * height != input.data.dimension) {
    throw BadFile(options.data.empty() ? input.name : options.data, "",
                  std::to_string(input.data.dimension) + " values per sample are no image of " +
                      std::to_string(width) + " by " + std::to_string(height));
  }
  input.data.image_width = width;
  input.data.image_height = height;
}

/// Values of a known range are mapped to [-1, 1]; others stay as they are, unless they are to be
/// standardised.
inline void scale(Input& input, const Options& options) {
  if (options.standardize) {
    input.scaling = name_of_values(input.data) + " standardised: mean 0, variance 1";
    standardize(input.data);
    return;
  }
  if (options.range) input.data.range = options.range;
  if (!input.data.range) {
    input.scaling = name_of_values(input.data) + " as they are";
    return;
  }
  input.scaling = name_of_values(input.data) + " " + short_text(input.data.range->low) + ".." +
                  short_text(input.data.range->high) + " mapped to [-1, 1]";
  scale_to_unit(input.data, *input.data.range);
}

/// How far the samples are from each other: the largest range of a coordinate.
inline double widest_range(const Dataset& data) {
  std::vector<double> low(data.values.begin(),
                          data.values.begin() + static_cast<std::ptrdiff_t>(data.dimension));
  std::vector<double> high = low;
  std::size_t i = 0;
  for (const double value : data.values) {
    low[i] = std::min(low[i], value);
    high[i] = std::max(high[i], value);
    i = i + 1 == data.dimension ? 0 : i + 1;
  }
  double widest = 0;
  for (i = 0; i < data.dimension; ++i) widest = std::max(widest, high[i] - low[i]);
  return widest;
}

/// The covariance of the samples, its square and its inverse are numbers.
inline void require_squares(const std::string& file, const Dataset& data) {
  constexpr double smallest = 1e-60;
  constexpr double largest = 1e60;
  const ValueRange range = observed_range(data);
  const double widest = widest_range(data);
  if (widest == 0) throw BadFile(file, "", "all samples are the same; they have no covariance");
  if (widest < smallest || range.low < -largest || range.high > largest) {
    throw BadFile(
        file, "",
        "holds values from " + short_text(range.low) + " to " + short_text(range.high) +
            " that differ by at most " + short_text(widest) +
            ", too large or too small to be squared twice; --range LOW HIGH or --standardize "
            "scales them");
  }
}

/// Noise has a standard deviation of 1; on much larger values it is lost in rounding.
inline void require_noisable(const Input& input) {
  constexpr double largest = 1e10;
  const ValueRange range = observed_range(input.data);
  if (range.low >= -largest && range.high <= largest) return;
  throw BadFile(input.source, "",
                "holds values from " + short_text(range.low) + " to " + short_text(range.high) +
                    "; noise of variance 1 is lost in the rounding of values beyond 1e10; --range "
                    "LOW HIGH scales them");
}

inline Input load_input(const Options& options) {
  Input input = options.data.empty()
                    ? embedded_input()
                    : Input{printable(std::filesystem::path(options.data).filename().string()),
                            printable(options.data), "", read_dataset(options.data, options.csv)};
  for (const std::string& note : input.data.notes) std::cerr << note << '\n';
  shape_images(input, options);
  scale(input, options);
  require_squares(options.data.empty() ? input.name : options.data, input.data);
  return input;
}

}  // namespace diffuse_dataset
