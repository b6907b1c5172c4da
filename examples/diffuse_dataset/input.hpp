// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

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
              "", decode_dataset("the digits inside", std::string(embedded_digits()), {-1})};
  input.data.image_width = 8;
  input.data.image_height = 8;
  input.data.range = ValueRange{0, 16};
  return input;
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

inline std::string short_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

/// Values of a known range are mapped to [-1, 1]; others stay as they are.
inline void scale(Input& input, const Options& options) {
  if (options.range) input.data.range = options.range;
  if (!input.data.range) {
    input.scaling = name_of_values(input.data) + " as they are";
    return;
  }
  input.scaling = name_of_values(input.data) + " " + short_text(input.data.range->low) + ".." +
                  short_text(input.data.range->high) + " mapped to [-1, 1]";
  scale_to_unit(input.data, *input.data.range);
}

inline Input load_input(const Options& options) {
  Input input = options.data.empty()
                    ? embedded_input()
                    : Input{std::filesystem::path(options.data).filename().string(), options.data,
                            "", read_dataset(options.data, options.label_column)};
  shape_images(input, options);
  scale(input, options);
  return input;
}

}  // namespace diffuse_dataset
