// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alphabar/io/array_layout.hpp"
#include "alphabar/io/bad_file.hpp"

namespace alphabar::io {

/// NPY, the format of numpy.save: magic, version, the length of a text, the text, the numbers.
/// The text is a Python dictionary with three entries:
///
///     {'descr': '<f8', 'fortran_order': False, 'shape': (1797, 64), }
class NpyHeader {
 public:
  /// Of the first bytes of a file, whose name is for messages.
  /// @throws BadFile unless they begin with a whole header
  NpyHeader(const std::string& file, std::string_view bytes) : file_(file), bytes_(bytes) {
    if (!bytes.starts_with("\x93NUMPY")) fail(0, "wrong magic: NPY begins with \\x93NUMPY");
    if (bytes.size() < 8) fail(bytes.size(), "the NPY header is cut short");
    const int version = load<std::uint8_t>(&bytes[6], std::endian::little);
    if (version < 1 || version > 3)
      fail(6, "NPY version " + std::to_string(version) + " is unknown");
    text_begin_ = version == 1 ? 10 : 12;
    if (bytes.size() < text_begin_) fail(bytes.size(), "the NPY header is cut short");
    const std::size_t length = version == 1 ? load<std::uint16_t>(&bytes[8], std::endian::little)
                                            : load<std::uint32_t>(&bytes[8], std::endian::little);
    if (bytes.size() - text_begin_ < length) {
      fail(bytes.size(), "the NPY header is cut short");
    }
    text_ = bytes.substr(text_begin_, length);
  }

  /// What the dictionary says.
  /// @throws BadFile unless it has the three entries, of a type that is read here
  [[nodiscard]] ArrayLayout layout() const {
    ArrayLayout layout;
    layout.data_begin = text_begin_ + text_.size();
    read_type(layout);
    layout.fortran_order = entry("fortran_order").starts_with("True");
    layout.shape = read_shape();
    return layout;
  }

 private:
  [[noreturn]] void fail(std::size_t offset, const std::string& reason) const {
    refuse_file(file_, byte_place(offset), reason);
  }

  std::size_t offset_of(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - bytes_.data());
  }

  /// What follows `'key': `.
  std::string_view entry(std::string_view key) const {
    const std::size_t at = text_.find('\'' + std::string(key) + "':");
    if (at == std::string_view::npos)
      fail(text_begin_, "the NPY header has no '" + std::string(key) + "'");
    std::string_view value = text_.substr(at + key.size() + 3);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return value;
  }

  void read_type(ArrayLayout& layout) const {
    std::string_view descr = entry("descr");
    const std::size_t begin = offset_of(descr);
    const std::size_t end = descr.empty() ? std::string_view::npos : descr.find('\'', 1);
    if (!descr.starts_with('\'') || end == std::string_view::npos)
      fail(begin, "records are not supported");
    descr = descr.substr(1, end - 1);
    if (descr.size() == 3 && std::string_view("<>|=").find(descr[0]) != std::string_view::npos) {
      layout.byte_order = descr[0] == '<'   ? std::endian::little
                          : descr[0] == '>' ? std::endian::big
                                            : std::endian::native;
      layout.kind = descr[1];
      layout.item_size = static_cast<std::size_t>(descr[2] - '0');
      if (number_loader(layout.kind, layout.item_size) != nullptr) return;
    }
    fail(begin, "numbers of type " + quoted(descr) + " are not supported");
  }

  std::vector<std::size_t> read_shape() const {
    std::string_view text = entry("shape");
    const std::size_t begin = offset_of(text);
    const std::size_t end = text.find(')');
    if (!text.starts_with('(') || end == std::string_view::npos)
      fail(begin, "the shape is not readable");
    text = text.substr(1, end - 1);
    std::vector<std::size_t> shape;
    while (text.find_first_not_of(" ,") != std::string_view::npos) {
      text.remove_prefix(text.find_first_not_of(" ,"));
      std::size_t extent = 0;
      const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), extent);
      if (error != std::errc()) fail(offset_of(text), "the shape is not readable");
      shape.push_back(extent);
      text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    }
    return shape;
  }

  std::string file_;
  std::string_view bytes_;
  std::string_view text_;
  std::size_t text_begin_ = 0;
};

/// The layout of an NPY file with these first bytes.
[[nodiscard]] inline ArrayLayout npy_layout(const std::string& file, std::string_view bytes) {
  return NpyHeader(file, bytes).layout();
}

}  // namespace alphabar::io
