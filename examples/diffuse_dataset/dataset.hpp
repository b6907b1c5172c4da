// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
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

/// n samples of d numbers each. A reader returns the values of the file; only `scale_to_unit` and
/// `standardize` change values afterwards.
struct Dataset {
  std::vector<double> values;   ///< sample after sample: column j of a d × n matrix is sample j
  std::size_t count = 0;        ///< n
  std::size_t dimension = 0;    ///< d
  std::size_t image_width = 0;  ///< 0 when the samples are not images
  std::size_t image_height = 0;
  std::vector<std::string> labels;  ///< one per sample, or empty
  std::optional<ValueRange> range;  ///< known range of the values
  std::vector<std::string> notes;   ///< how the reader interpreted the file, a line each
};

/// The name of the numbers of a sample in texts.
inline std::string name_of_values(const Dataset& data) {
  return data.image_width != 0 ? "pixels" : "values";
}

/// Maps the range to [-1, 1], as in the training of image models.
inline void scale_to_unit(Dataset& data, ValueRange range) {
  const double middle = (range.low + range.high) / 2;
  const double half_width = (range.high - range.low) / 2;
  for (double& value : data.values) value = (value - middle) / half_width;
  data.range = ValueRange{-1, 1};
}

/// Gives each coordinate the mean 0 and the variance 1 (divisor n). One that is constant becomes 0.
inline void standardize(Dataset& data) {
  const auto count = static_cast<double>(data.count);
  for (std::size_t i = 0; i < data.dimension; ++i) {
    const double pivot = data.values[i];
    double sum = 0;
    double largest = 0;
    for (std::size_t j = i; j < data.values.size(); j += data.dimension) {
      sum += data.values[j] - pivot;
    }
    for (std::size_t j = i; j < data.values.size(); j += data.dimension) {
      data.values[j] = data.values[j] - pivot - sum / count;
      largest = std::max(largest, std::abs(data.values[j]));
    }
    if (largest == 0) continue;
    double squares = 0;
    for (std::size_t j = i; j < data.values.size(); j += data.dimension) {
      data.values[j] /= largest;
      squares += data.values[j] * data.values[j];
    }
    const double deviation = std::sqrt(squares / count);
    for (std::size_t j = i; j < data.values.size(); j += data.dimension) {
      data.values[j] /= deviation;
    }
  }
  data.range.reset();
}

/// The smallest range that contains all values.
inline ValueRange observed_range(const Dataset& data) {
  const auto [low, high] = std::ranges::minmax(data.values);
  return {low, high};
}

}  // namespace diffuse_dataset
