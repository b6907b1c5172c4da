// SPDX-License-Identifier: MIT
#pragma once

#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace torch_digits {

/// A picture in shades of gray, row by row.
struct GrayPicture {
  std::size_t width = 0, height = 0;
  std::vector<unsigned char> shades;  ///< 0 is black
};

/// The bytes of a PNG file (ISO/IEC 15948): header, compressed rows, end.
inline std::string png(const GrayPicture& picture) {
  const auto number = [](std::size_t value) {
    std::string bytes;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      bytes += static_cast<char>(value >> shift & 255U);
    }
    return bytes;
  };
  const auto chunk = [&](std::string_view type, std::string_view content) {
    const std::string body = std::string(type) + std::string(content);
    const auto* const bytes = reinterpret_cast<const Bytef*>(body.data());
    return number(content.size()) + body + number(crc32(0, bytes, static_cast<uInt>(body.size())));
  };
  std::string rows;
  for (std::size_t i = 0; i < picture.height; ++i) {
    rows += '\0';  // no filter
    const auto* const row = reinterpret_cast<const char*>(&picture.shades[i * picture.width]);
    rows.append(row, picture.width);
  }
  uLongf size = compressBound(static_cast<uLong>(rows.size()));
  std::string packed(size, '\0');
  compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
            reinterpret_cast<const Bytef*>(rows.data()), static_cast<uLong>(rows.size()), 9);
  packed.resize(size);
  const std::string eight_bits_of_gray("\x08\0\0\0\0", 5);
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", number(picture.width) + number(picture.height) + eight_bits_of_gray) +
         chunk("IDAT", packed) + chunk("IEND", "");
}

}  // namespace torch_digits
