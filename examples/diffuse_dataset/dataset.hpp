// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace diffuse_dataset {

/// The interval that values are known to lie in, such as 0..255 for bytes.
struct ValueRange {
  double low = 0;
  double high = 1;
};

/// n samples of d numbers each. What a reader returns is what the file says; `scale_to_unit` is the
/// only thing that changes a value afterwards.
struct Dataset {
  std::vector<double> values;   ///< sample after sample: column j of a d × n matrix is sample j
  std::size_t count = 0;        ///< n
  std::size_t dimension = 0;    ///< d
  std::size_t image_width = 0;  ///< 0 when the samples are not images
  std::size_t image_height = 0;
  std::vector<std::string> labels;  ///< one per sample, or empty
  std::optional<ValueRange> range;  ///< known range of the values
};

/// What to call the numbers of a sample.
inline std::string name_of_values(const Dataset& data) {
  return data.image_width != 0 ? "pixels" : "values";
}

/// Maps the range to [-1, 1], which is what image models are trained on.
inline void scale_to_unit(Dataset& data, ValueRange range) {
  const double middle = (range.low + range.high) / 2;
  const double half_width = (range.high - range.low) / 2;
  for (double& value : data.values) value = (value - middle) / half_width;
  data.range = ValueRange{-1, 1};
}

/// The range the values do take.
inline ValueRange observed_range(const Dataset& data) {
  const auto [low, high] = std::ranges::minmax(data.values);
  return {low, high};
}

}  // namespace diffuse_dataset
