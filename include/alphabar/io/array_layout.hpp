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
#include <type_traits>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/io/bad_file.hpp"

namespace alphabar::io {

/// The layout of the numbers that follow an NPY or IDX header. The first axis counts samples.
struct ArrayLayout {
  std::vector<std::size_t> shape;  ///< the length of each axis
  char kind = 'u';                 ///< NumPy's letters: b boolean, u unsigned, i signed, f floating
  std::size_t item_size = 1;       ///< bytes per number
  std::endian byte_order = std::endian::native;  ///< of each number
  bool fortran_order = false;                    ///< the first axis runs fastest
  std::size_t data_begin = 0;                    ///< offset of the first number
};

/// Reads a number stored in the given byte order, on a host of either byte order.
template <class T>
T load(const char* bytes, std::endian byte_order) {
  std::array<char, sizeof(T)> raw{};
  std::copy_n(bytes, sizeof(T), raw.begin());
  if (byte_order != std::endian::native) std::ranges::reverse(raw);
  return std::bit_cast<T>(raw);
}

/// IEEE 754 binary16.
[[nodiscard]] inline double half_to_double(std::uint16_t half) {
  const int exponent = half >> 10 & 31;
  const double fraction = half & 1023;
  const double sign = (half & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent < 31) return sign * std::ldexp(1024 + fraction, exponent - 25);
  return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                       : std::numeric_limits<double>::quiet_NaN();
}

/// Reads a number at an address, in the given byte order, as a double.
using NumberLoader = double (*)(const char*, std::endian);

/// The `NumberLoader` of numbers of type T. An integer is rounded to a Scalar, once: rounded to a
/// double before, 2^60 + 2^36 + 1 would become the float 2^60, not 2^60 + 2^37.
template <class T, Real Scalar>
double load_number(const char* bytes, std::endian byte_order) {
  const T value = load<T>(bytes, byte_order);
  if constexpr (std::is_integral_v<T>) {
    return static_cast<double>(static_cast<Scalar>(value));
  } else {
    return static_cast<double>(value);
  }
}

/// Returns the reader of one number of this type, to be converted to Scalar, or null for an
/// unsupported type.
template <Real Scalar = double>
[[nodiscard]] constexpr NumberLoader number_loader(char kind, std::size_t item_size) {
  switch (static_cast<std::size_t>(kind) << 8 | item_size) {
    case 'b' << 8 | 1:
    case 'u' << 8 | 1:
      return load_number<std::uint8_t, Scalar>;
    case 'u' << 8 | 2:
      return load_number<std::uint16_t, Scalar>;
    case 'u' << 8 | 4:
      return load_number<std::uint32_t, Scalar>;
    case 'u' << 8 | 8:
      return load_number<std::uint64_t, Scalar>;
    case 'i' << 8 | 1:
      return load_number<std::int8_t, Scalar>;
    case 'i' << 8 | 2:
      return load_number<std::int16_t, Scalar>;
    case 'i' << 8 | 4:
      return load_number<std::int32_t, Scalar>;
    case 'i' << 8 | 8:
      return load_number<std::int64_t, Scalar>;
    case 'f' << 8 | 2:
      return [](const char* bytes, std::endian byte_order) {
        return half_to_double(load<std::uint16_t>(bytes, byte_order));
      };
    case 'f' << 8 | 4:
      return load_number<float, Scalar>;
    case 'f' << 8 | 8:
      return load_number<double, Scalar>;
    default:
      return nullptr;
  }
}

/// The size of the data according to the header, in bytes; the largest size_t if it does not fit.
[[nodiscard]] inline std::size_t promised_bytes(const ArrayLayout& layout) {
  constexpr auto most = (std::numeric_limits<std::size_t>::max)();
  if (std::ranges::count(layout.shape, 0U) != 0) return 0;
  std::size_t size = layout.item_size;
  for (const std::size_t extent : layout.shape) {
    if (size > most / extent) return most;
    size *= extent;
  }
  return size;
}

/// The number of values of all axes after the first.
[[nodiscard]] inline std::size_t values_per_sample(const ArrayLayout& layout) {
  return promised_bytes(layout) / layout.item_size / layout.shape.front();
}

/// An array without elements may state any lengths beside the 0; as in NumPy, their product must
/// fit into an Index.
/// @throws BadFile for a product that does not
inline void require_indexable(const std::string& file, const ArrayLayout& layout) {
  constexpr auto most = static_cast<std::size_t>((std::numeric_limits<Index>::max)());
  std::size_t product = 1;
  for (std::size_t axis = 0; axis < layout.shape.size(); ++axis) {
    const std::size_t extent = layout.shape[axis];
    if (extent == 0) continue;
    if (product > most / extent) {
      refuse_file(file, byte_place(0),
                  "axis " + std::to_string(axis) + " of the shape has length " +
                      std::to_string(extent) + "; the product of the lengths that are not 0 is " +
                      "more than " + std::to_string(most));
    }
    product *= extent;
  }
}

/// Compares the header with the size of the file before any memory is allocated.
/// @throws BadFile unless the file has exactly the bytes that the header states, and for an empty
///     array with lengths beside the 0 whose product does not fit into an Index
inline void require_promised(const std::string& file, std::size_t file_size,
                             const ArrayLayout& layout) {
  const std::size_t promised = promised_bytes(layout);
  const std::size_t present = file_size - layout.data_begin;
  if (present < promised) {
    refuse_file(file, byte_place(file_size),
                "the data are cut short: the header promises " + std::to_string(promised) +
                    " bytes, " + std::to_string(present) + " are there");
  }
  if (present > promised) {
    refuse_file(file, byte_place(layout.data_begin + promised),
                std::to_string(present - promised) + " bytes follow the promised data");
  }
  require_indexable(file, layout);
}

/// The same for samples.
/// @throws BadFile unless the header states samples, and exactly as many bytes as the file has
inline void require_complete(const std::string& file, std::size_t file_size,
                             const ArrayLayout& layout) {
  if (layout.shape.size() < 2) {
    refuse_file(file, byte_place(0),
                "holds an array of " + std::to_string(layout.shape.size()) +
                    " axes; needed are samples along the first and their values along others");
  }
  if (promised_bytes(layout) == 0) refuse_file(file, byte_place(0), "holds no samples");
  require_promised(file, file_size, layout);
}

}  // namespace alphabar::io
