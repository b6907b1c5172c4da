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

/// Text holds no control characters; that tells a table from a picture or a program.
inline bool is_text(std::string_view bytes) {
  return std::ranges::none_of(bytes.substr(0, 4096), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n') ||
           c == 0x7f;
  });
}

/// The first bytes of a file that nobody recognizes: "89 50 4e 47".
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

/// CSV, NPY or IDX, told apart by their first bytes.
inline Dataset parse_dataset(const std::string& file, std::string_view bytes, LabelColumn label) {
  if (bytes.empty()) throw BadFile(file, byte_place(0), "there are no data");
  if (bytes.starts_with('\x93'))
    return read_array(file, bytes, alphabar::io::npy_layout(file, bytes));
  if (bytes.starts_with('\0'))
    return read_array(file, bytes, alphabar::io::idx_layout(file, bytes));
  if (is_text(bytes)) return read_csv(file, bytes, label);
  throw BadFile(
      file, byte_place(0),
      "wrong magic: neither CSV, NPY nor IDX (it begins with " + first_bytes(bytes) + ")");
}

/// What the rest of the program takes for granted. The covariance of d values has d² entries, which
/// limits d.
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

/// The samples in bytes that came from `file`, gzipped or not.
inline Dataset decode_dataset(const std::string& file, std::string bytes, LabelColumn label = {}) {
  std::string name = file;
  if (is_gzipped(bytes)) {
    bytes = gunzip(file, bytes);
    name += " (unpacked)";
  }
  Dataset data = parse_dataset(name, bytes, label);
  require_usable(name, data);
  return data;
}

inline Dataset read_dataset(const std::string& path, LabelColumn label = {}) {
  return decode_dataset(path, read_bytes(path), label);
}

}  // namespace diffuse_dataset
