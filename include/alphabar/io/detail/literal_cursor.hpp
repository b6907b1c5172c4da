// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace alphabar::io::detail {

/// Reads the tokens of a Python literal from left to right. Blanks and newlines between tokens are
/// skipped.
class LiteralCursor {
 public:
  explicit LiteralCursor(std::string_view text) : text_(text) {}

  /// Where the next token begins.
  [[nodiscard]] std::size_t position() {
    position_ = (std::min)(text_.find_first_not_of(" \t\r\n\f", position_), text_.size());
    return position_;
  }

  [[nodiscard]] bool at_end() { return position() == text_.size(); }

  /// If the next token is this character, takes it and returns true.
  [[nodiscard]] bool take(char token) {
    if (at_end() || text_[position_] != token) return false;
    ++position_;
    return true;
  }

  /// A string in single or double quotes, without them.
  [[nodiscard]] std::optional<std::string_view> take_string() {
    if (at_end()) return {};
    const std::size_t begin = position_ + (text_[position_] == 'u' ? 1 : 0);  // Python 2's u'...'
    if (begin >= text_.size() || (text_[begin] != '\'' && text_[begin] != '"')) return {};
    const std::size_t end = text_.find(text_[begin], begin + 1);
    if (end == std::string_view::npos) return {};
    position_ = end + 1;
    return text_.substr(begin + 1, end - begin - 1);
  }

  /// Letters, digits and underscores; empty when the next token is something else.
  [[nodiscard]] std::string_view take_word() {
    const std::size_t begin = position();
    const auto is_part = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    while (position_ < text_.size() && is_part(text_[position_])) ++position_;
    return text_.substr(begin, position_ - begin);
  }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace alphabar::io::detail
