// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <alphabar/io/idx_header.hpp>
#include <alphabar/io/npy_header.hpp>
#include <cstdio>
#include <string>
#include <string_view>

#include "diffuse_dataset/file_bytes.hpp"
#include "diffuse_dataset/read_array.hpp"
#include "diffuse_dataset/read_csv.hpp"

namespace diffuse_dataset {

/// Text has no control characters, unlike pictures and programs.
inline bool is_text(std::string_view bytes) {
  return std::ranges::none_of(bytes.substr(0, 4096), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n') ||
           c == 0x7f;
  });
}

/// Removes the Ctrl-Z that old programs append to text. Bytes that begin with a continuation byte
/// of UTF-8 are not text: the signature of a PNG begins so and contains a Ctrl-Z.
inline std::string_view without_end_mark(std::string_view bytes) {
  const std::size_t last = bytes.find_last_not_of("\r\n");
  const bool is_marked = last != std::string_view::npos && last > 0 && bytes[last] == '\x1a';
  const bool is_text = (static_cast<unsigned char>(bytes.front()) & 0xc0) != 0x80;
  return is_marked && is_text ? bytes.substr(0, last) : bytes;
}

/// The first bytes of a file of unknown format: "89 50 4e 47".
inline std::string first_bytes(std::string_view bytes) {
  std::string text;
  for (const char c : bytes.substr(0, 4)) {
    char hex[4];
    std::snprintf(hex, sizeof hex, "%02x ", static_cast<unsigned>(static_cast<unsigned char>(c)));
    text += hex;
  }
  text.pop_back();
  return text;
}

/// Reads CSV, NPY or IDX, recognized by the first bytes.
inline Dataset parse_dataset(const std::string& file, std::string_view bytes,
                             const CsvOptions& options) {
  if (bytes.empty()) throw BadFile(file, byte_place(0), "there are no data");
  if (bytes.starts_with('\x93'))
    return read_array(file, bytes, alphabar::io::npy_layout(file, bytes));
  if (bytes.starts_with('\0'))
    return read_array(file, bytes, alphabar::io::idx_layout(file, bytes));
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
    throw BadFile(file, byte_place(0), "is text in UTF-16; text is read in ASCII or UTF-8");
  }
  bytes = without_end_mark(bytes);
  if (is_text(bytes)) return read_csv(file, bytes, options);
  throw BadFile(
      file, byte_place(0),
      "wrong magic: neither CSV, NPY nor IDX (it begins with " + first_bytes(bytes) + ")");
}

/// Checks the requirements of the rest of the program. The covariance of d values has d² entries,
/// which limits d.
inline void require_usable(const std::string& file, const Dataset& data) {
  constexpr std::size_t largest_dimension = 4096;
  constexpr double largest_value = 1e100;
  const auto refuse = [&](const std::string& reason) { throw BadFile(file, "", reason); };
  const ValueRange range = observed_range(data);
  if (data.count < 2) refuse("holds one sample; a covariance needs at least two");
  if (data.dimension < 2) refuse("holds one value per sample; there is no covariance in that");
  if (data.dimension > largest_dimension) {
    refuse("holds " + std::to_string(data.dimension) +
           " values per sample; this program takes up to " + std::to_string(largest_dimension));
  }
  if (range.low < -largest_value || range.high > largest_value) {
    refuse("holds values beyond 1e100, too large to be squared");
  }
}

/// The samples in the bytes of `file`, gzipped or not.
inline Dataset decode_dataset(const std::string& file, std::string bytes,
                              const CsvOptions& options = {}) {
  std::string name = file;
  if (is_gzipped(bytes)) {
    bytes = gunzip(file, bytes);
    name += " (unpacked)";
  }
  Dataset data = parse_dataset(name, bytes, options);
  require_usable(name, data);
  return data;
}

inline Dataset read_dataset(const std::string& path, const CsvOptions& options = {}) {
  return decode_dataset(path, read_bytes(path), options);
}

}  // namespace diffuse_dataset
