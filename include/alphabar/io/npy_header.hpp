// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "alphabar/io/array_layout.hpp"
#include "alphabar/io/bad_file.hpp"
#include "alphabar/io/detail/literal_cursor.hpp"

namespace alphabar::io {

/// NPY, the format of numpy.save: magic, version, length of the text, the text, the numbers. The
/// text is a Python dictionary with three entries, in any order:
///
///     {'descr': '<f8', 'fortran_order': False, 'shape': (1797, 64), }
///
/// It is read as Python reads it: quotes of either kind, blanks and newlines between tokens, and
/// the long integers of Python 2 (60L) are valid.
class NpyHeader {
 public:
  /// From the first bytes of a file; the header is copied. The file name is used in messages.
  /// @throws BadFile unless they begin with a whole header
  NpyHeader(const std::string& file, std::string_view bytes) : file_(file) {
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

  /// Reads the dictionary.
  /// @throws BadFile unless it is a Python dictionary of exactly the three entries, with a
  ///     supported type
  [[nodiscard]] ArrayLayout layout() const {
    ArrayLayout layout;
    layout.data_begin = text_begin_ + text_.size();
    detail::LiteralCursor cursor(text_);
    std::vector<std::string_view> seen;
    expect(cursor, '{');
    while (!cursor.take('}')) {
      const std::size_t begin = cursor.position();
      const std::string_view key = cursor.take_string().value_or("");
      if (std::ranges::find(keys, key) == keys.end() || std::ranges::count(seen, key) != 0) {
        fail(text_begin_ + begin,
             "the NPY header must have 'descr', 'fortran_order' and 'shape', once each, and no "
             "other entry");
      }
      seen.push_back(key);
      expect(cursor, ':');
      if (key == "descr") read_type(cursor, layout);
      if (key == "fortran_order") layout.fortran_order = read_truth(cursor);
      if (key == "shape") layout.shape = read_shape(cursor);
      if (cursor.take(',')) continue;
      expect(cursor, '}');
      break;
    }
    if (!cursor.at_end()) {
      fail(text_begin_ + cursor.position(), "something follows the dictionary of the NPY header");
    }
    for (const std::string_view key : keys) {
      if (std::ranges::count(seen, key) == 0) {
        fail(text_begin_, "the NPY header has no '" + std::string(key) + "'");
      }
    }
    return layout;
  }

 private:
  static constexpr std::array<std::string_view, 3> keys{"descr", "fortran_order", "shape"};

  [[noreturn]] void fail(std::size_t offset, const std::string& reason) const {
    refuse_file(file_, byte_place(offset), reason);
  }

  void expect(detail::LiteralCursor& cursor, char token) const {
    if (cursor.take(token)) return;
    fail(text_begin_ + cursor.position(),
         std::string("the NPY header has no '") + token + "' where one is needed");
  }

  void read_type(detail::LiteralCursor& cursor, ArrayLayout& layout) const {
    const std::size_t begin = text_begin_ + cursor.position();
    const auto string = cursor.take_string();
    if (!string) fail(begin, "records are not supported");
    const std::string_view descr = *string;
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

  /// Reads True or False. Other spellings are refused, because the value decides the order of the
  /// numbers.
  bool read_truth(detail::LiteralCursor& cursor) const {
    const std::size_t begin = text_begin_ + cursor.position();
    const std::string_view word = cursor.take_word();
    if (word != "True" && word != "False") fail(begin, "'fortran_order' must be True or False");
    return word == "True";
  }

  /// A tuple of integers, with or without Python 2's L.
  std::vector<std::size_t> read_shape(detail::LiteralCursor& cursor) const {
    constexpr const char* unreadable = "the shape is not readable";
    std::size_t begin = text_begin_ + cursor.position();
    if (!cursor.take('(')) fail(begin, unreadable);
    std::vector<std::size_t> shape;
    bool has_comma = true;  // (4) is a number in Python, not a tuple
    while (!cursor.take(')')) {
      begin = text_begin_ + cursor.position();
      std::string_view digits = cursor.take_word();
      if (digits.ends_with('L')) digits.remove_suffix(1);
      std::size_t extent = 0;
      const char* const end = digits.data() + digits.size();
      const auto [rest, error] = std::from_chars(digits.data(), end, extent);
      if (error != std::errc() || rest != end || !has_comma) fail(begin, unreadable);
      shape.push_back(extent);
      has_comma = cursor.take(',');
    }
    if (shape.size() == 1 && !has_comma) fail(begin, unreadable);
    return shape;
  }

  std::string file_;
  std::string text_;
  std::size_t text_begin_ = 0;
};

/// The layout of an NPY file that begins with these bytes.
[[nodiscard]] inline ArrayLayout npy_layout(const std::string& file, std::string_view bytes) {
  return NpyHeader(file, bytes).layout();
}

}  // namespace alphabar::io
