// SPDX-License-Identifier: MIT
#pragma once

#include <alphabar/io/array_layout.hpp>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "diffuse_dataset/bad_file.hpp"
#include "diffuse_dataset/dataset.hpp"

namespace diffuse_dataset {

using alphabar::io::ArrayLayout;

/// The offset of each value of a sample from its first value, in numbers: 0, 1, 2, ... in C order.
/// In Fortran order the axes are reversed.
inline std::vector<std::size_t> value_offsets(const ArrayLayout& layout, std::size_t dimension) {
  std::vector<std::size_t> offsets(dimension);
  for (std::size_t i = 0; i < dimension; ++i) {
    if (!layout.fortran_order) {
      offsets[i] = i;
      continue;
    }
    std::size_t stride = alphabar::io::promised_bytes(layout) / layout.item_size;
    std::size_t rest = i;
    for (std::size_t axis = layout.shape.size() - 1; axis > 0; --axis) {
      stride /= layout.shape[axis];
      offsets[i] += rest % layout.shape[axis] * stride;
      rest /= layout.shape[axis];
    }
  }
  return offsets;
}

/// The numbers after a header, sample by sample; all axes after the first are flattened.
inline Dataset read_array(const std::string& file, std::string_view bytes,
                          const ArrayLayout& layout) {
  alphabar::io::require_complete(file, bytes.size(), layout);
  Dataset data;
  data.count = layout.shape[0];
  data.dimension = alphabar::io::values_per_sample(layout);
  if (layout.shape.size() == 3) {
    data.image_height = layout.shape[1];
    data.image_width = layout.shape[2];
  }
  if (layout.kind == 'u' && layout.item_size == 1) data.range = ValueRange{0, 255};

  const auto number = alphabar::io::number_loader(layout.kind, layout.item_size);
  const std::vector<std::size_t> offsets = value_offsets(layout, data.dimension);
  const std::size_t sample_stride = layout.fortran_order ? 1 : data.dimension;
  data.values.reserve(data.count * data.dimension);
  for (std::size_t sample = 0; sample < data.count; ++sample) {
    for (const std::size_t offset : offsets) {
      const std::size_t at =
          layout.data_begin + (sample * sample_stride + offset) * layout.item_size;
      const double value = number(bytes.data() + at, layout.byte_order);
      if (!std::isfinite(value)) {
        throw BadFile(file, byte_place(at),
                      "sample " + std::to_string(sample) + " holds a value that is not finite");
      }
      data.values.push_back(value);
    }
  }
  return data;
}

}  // namespace diffuse_dataset
