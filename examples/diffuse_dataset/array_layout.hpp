// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "diffuse_dataset/bad_file.hpp"
#include "diffuse_dataset/dataset.hpp"

namespace diffuse_dataset {

/// What the headers of NPY and IDX say about the numbers that follow. The first axis counts
/// samples.
struct ArrayLayout {
  std::vector<std::size_t> shape;
  char kind = 'u';            ///< NumPy's letters: b boolean, u unsigned, i signed, f floating
  std::size_t item_size = 1;  ///< bytes per number
  std::endian byte_order = std::endian::native;
  bool fortran_order = false;  ///< the first axis runs fastest
  std::size_t data_begin = 0;  ///< offset of the first number
};

/// A number stored in the given byte order, on a host of either.
template <class T>
T load(const char* bytes, std::endian byte_order) {
  std::array<char, sizeof(T)> raw;
  std::copy_n(bytes, sizeof(T), raw.begin());
  if (byte_order != std::endian::native) std::ranges::reverse(raw);
  return std::bit_cast<T>(raw);
}

/// IEEE 754 binary16.
inline double half_to_double(std::uint16_t half) {
  const int exponent = half >> 10 & 31;
  const double fraction = half & 1023;
  const double sign = (half & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent < 31) return sign * std::ldexp(1024 + fraction, exponent - 25);
  return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                       : std::numeric_limits<double>::quiet_NaN();
}

using NumberLoader = double (*)(const char*, std::endian);

template <class T>
double load_number(const char* bytes, std::endian byte_order) {
  return static_cast<double>(load<T>(bytes, byte_order));
}

/// How to read one number of that type; null when the type is not one of ours.
inline NumberLoader number_loader(char kind, std::size_t item_size) {
  switch (static_cast<std::size_t>(kind) << 8 | item_size) {
    case 'b' << 8 | 1:
    case 'u' << 8 | 1:
      return load_number<std::uint8_t>;
    case 'u' << 8 | 2:
      return load_number<std::uint16_t>;
    case 'u' << 8 | 4:
      return load_number<std::uint32_t>;
    case 'u' << 8 | 8:
      return load_number<std::uint64_t>;
    case 'i' << 8 | 1:
      return load_number<std::int8_t>;
    case 'i' << 8 | 2:
      return load_number<std::int16_t>;
    case 'i' << 8 | 4:
      return load_number<std::int32_t>;
    case 'i' << 8 | 8:
      return load_number<std::int64_t>;
    case 'f' << 8 | 2:
      return [](const char* bytes, std::endian byte_order) {
        return half_to_double(load<std::uint16_t>(bytes, byte_order));
      };
    case 'f' << 8 | 4:
      return load_number<float>;
    case 'f' << 8 | 8:
      return load_number<double>;
    default:
      return nullptr;
  }
}

/// How many bytes the header promises; the largest size when that does not fit into one.
inline std::size_t promised_bytes(const ArrayLayout& layout) {
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  if (std::ranges::count(layout.shape, 0U) != 0) return 0;
  std::size_t size = layout.item_size;
  for (const std::size_t extent : layout.shape) {
    if (size > most / extent) return most;
    size *= extent;
  }
  return size;
}

/// The header is believed only as far as the file bears it out, before any memory is taken.
inline void require_complete(const std::string& file, std::string_view bytes,
                             const ArrayLayout& layout) {
  if (layout.shape.size() < 2) {
    throw BadFile(file, byte_place(0),
                  "holds an array of " + std::to_string(layout.shape.size()) +
                      " axes; needed are samples along the first and their values along others");
  }
  const std::size_t promised = promised_bytes(layout);
  const std::size_t present = bytes.size() - layout.data_begin;
  if (promised == 0) throw BadFile(file, byte_place(0), "holds no samples");
  if (present < promised) {
    throw BadFile(file, byte_place(bytes.size()),
                  "the data are cut short: the header promises " + std::to_string(promised) +
                      " bytes, " + std::to_string(present) + " are there");
  }
  if (present > promised) {
    throw BadFile(file, byte_place(layout.data_begin + promised),
                  std::to_string(present - promised) + " bytes follow the promised data");
  }
}

/// Where each value of a sample lies, counted in numbers from the sample's first: 0, 1, 2, ... in
/// C order. In Fortran order the axes run the other way round.
inline std::vector<std::size_t> value_offsets(const ArrayLayout& layout, std::size_t dimension) {
  std::vector<std::size_t> offsets(dimension);
  for (std::size_t i = 0; i < dimension; ++i) {
    if (!layout.fortran_order) {
      offsets[i] = i;
      continue;
    }
    std::size_t stride = promised_bytes(layout) / layout.item_size;
    std::size_t rest = i;
    for (std::size_t axis = layout.shape.size() - 1; axis > 0; --axis) {
      stride /= layout.shape[axis];
      offsets[i] += rest % layout.shape[axis] * stride;
      rest /= layout.shape[axis];
    }
  }
  return offsets;
}

/// The numbers behind a header, sample by sample; all axes after the first are flattened.
inline Dataset read_array(const std::string& file, std::string_view bytes,
                          const ArrayLayout& layout) {
  require_complete(file, bytes, layout);
  Dataset data;
  data.count = layout.shape[0];
  data.dimension = promised_bytes(layout) / layout.item_size / data.count;
  if (layout.shape.size() == 3) {
    data.image_height = layout.shape[1];
    data.image_width = layout.shape[2];
  }
  if (layout.kind == 'u' && layout.item_size == 1) data.range = ValueRange{0, 255};

  const NumberLoader number = number_loader(layout.kind, layout.item_size);
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
