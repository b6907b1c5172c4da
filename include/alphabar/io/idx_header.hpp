// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "alphabar/io/array_layout.hpp"
#include "alphabar/io/bad_file.hpp"

namespace alphabar::io {

/// IDX, the format of MNIST: two zero bytes, the type of the numbers, the number of axes, the
/// length of each axis, the numbers with the last axis fastest. Everything is big-endian.
[[nodiscard]] inline ArrayLayout idx_layout(const std::string& file, std::string_view bytes) {
  if (bytes.size() < 4) refuse_file(file, byte_place(bytes.size()), "the IDX header is cut short");
  if (!bytes.starts_with(std::string_view("\0\0", 2))) {
    refuse_file(file, byte_place(0), "wrong magic: IDX begins with two zero bytes");
  }
  ArrayLayout layout;
  layout.byte_order = std::endian::big;
  const auto set_type = [&](char kind, std::size_t item_size) {
    layout.kind = kind;
    layout.item_size = item_size;
  };
  switch (bytes[2]) {
    case 0x08:
      set_type('u', 1);
      break;
    case 0x09:
      set_type('i', 1);
      break;
    case 0x0b:
      set_type('i', 2);
      break;
    case 0x0c:
      set_type('i', 4);
      break;
    case 0x0d:
      set_type('f', 4);
      break;
    case 0x0e:
      set_type('f', 8);
      break;
    default:
      refuse_file(
          file, byte_place(2),
          "wrong magic: " + std::to_string(load<std::uint8_t>(&bytes[2], std::endian::big)) +
              " is not an IDX type of number");
  }
  const std::size_t axes = load<std::uint8_t>(&bytes[3], std::endian::big);
  layout.data_begin = 4 + 4 * axes;
  if (bytes.size() < layout.data_begin) {
    refuse_file(file, byte_place(bytes.size()), "the IDX header is cut short");
  }
  for (std::size_t axis = 0; axis < axes; ++axis) {
    layout.shape.push_back(load<std::uint32_t>(&bytes[4 + 4 * axis], std::endian::big));
  }
  return layout;
}

}  // namespace alphabar::io
