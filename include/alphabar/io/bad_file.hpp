// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ios>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "alphabar/error.hpp"

namespace alphabar::io {

/// Replaces control characters by question marks, so that a terminal does not interpret them.
[[nodiscard]] inline std::string printable(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return result;
}

/// The error for a file that cannot be used. Its message is one line with the file, the place and
/// the reason:
///
///     scores.csv: line 3, column 5: "1.2x" is not a number
class BadFile : public std::runtime_error {
 public:
  /// `place` is a line, a byte or empty. Control characters become question marks.
  BadFile(std::string_view file, std::string_view place, std::string_view reason)
      : std::runtime_error(one_line(file, place, reason)) {}

 private:
  static std::string one_line(std::string_view file, std::string_view place,
                              std::string_view reason) {
    std::string text(file);
    if (!place.empty()) text.append(": ").append(place);
    text.append(": ").append(reason);
    return printable(text);
  }
};

/// @throws BadFile, always
[[noreturn]] inline void refuse_file(std::string_view file, std::string_view place,
                                     std::string_view reason) {
  ALPHABAR_THROW(BadFile(file, place, reason));
}

/// A place in a file for a message: "byte 80".
[[nodiscard]] inline std::string byte_place(std::size_t offset) {
  return "byte " + std::to_string(offset);
}

/// A piece of a file for a message: in quotes, and shortened if it is long.
[[nodiscard]] inline std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 24;
  if (text.size() <= longest) return '"' + std::string(text) + '"';
  return '"' + std::string(text.substr(0, longest)) + "...\"";
}

/// Opens a file for reading bytes.
/// @throws BadFile when it does not exist or is a directory
[[nodiscard]] inline std::ifstream open_file(const std::string& path) {
  std::error_code none;  // an error shows when the file is opened
  if (std::filesystem::is_directory(path, none)) {
    refuse_file(path, "", "is a directory, not a file");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse_file(path, "", std::strerror(errno != 0 ? errno : EIO));
  return file;
}

/// The size in bytes.
/// @throws BadFile where it is unknown or does not fit into a size_t
[[nodiscard]] inline std::size_t size_of(std::ifstream& file, const std::string& path) {
  file.seekg(0, std::ios::end);
  const std::streamoff size = file.tellg();
  if (size < 0) refuse_file(path, "", "is no file that can be read at any place");
  if (static_cast<std::uintmax_t>(size) > (std::numeric_limits<std::size_t>::max)()) {
    refuse_file(path, "", "is larger than this processor can address");
  }
  return static_cast<std::size_t>(size);
}

/// The bytes begin .. begin + count − 1.
/// @throws BadFile when they cannot be read
[[nodiscard]] inline std::string read_bytes(std::ifstream& file, const std::string& path,
                                            std::size_t begin, std::size_t count) {
  std::string bytes(count, '\0');
  file.clear();
  file.seekg(static_cast<std::streamoff>(begin));
  file.read(bytes.data(), static_cast<std::streamsize>(count));
  if (file) return bytes;
  refuse_file(path, byte_place(begin + static_cast<std::size_t>(file.gcount())),
              "cannot be read any further");
}

}  // namespace alphabar::io
