// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <cmath>
#include <ostream>
#include <string_view>
#include <type_traits>
#include <vector>

namespace diffuse_dataset {

/// Writes one JSON object, member by member. NaN becomes null, an infinity the string "inf" or
/// "-inf"; "<" is escaped, so that the text is valid inside an HTML script element.
class JsonObject {
 public:
  explicit JsonObject(std::ostream& out) : out_(out) { out_ << '{'; }
  ~JsonObject() { out_ << '}'; }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;

  template <class T>
  void member(std::string_view name, const T& value) {
    if (!first_) out_ << ',';
    first_ = false;
    write(name);
    out_ << ':';
    write(value);
  }

  /// An array of objects, each filled by `fill(JsonObject&, element)`.
  template <class Elements, class Fill>
  void objects(std::string_view name, const Elements& elements, Fill fill) {
    if (!first_) out_ << ',';
    first_ = false;
    write(name);
    out_ << ":[";
    const char* separator = "";
    for (const auto& element : elements) {
      out_ << separator;
      JsonObject object(out_);
      fill(object, element);
      separator = ",";
    }
    out_ << ']';
  }

 private:
  void write(std::string_view text) {
    out_ << '"';
    for (const char c : text) {
      const auto code = static_cast<unsigned char>(c);
      if (code < 0x20 || c == '<' || c == '"' || c == '\\') {
        constexpr std::string_view digits = "0123456789abcdef";
        out_ << "\\u00" << digits[code >> 4U] << digits[code & 15U];
      } else {
        out_ << c;
      }
    }
    out_ << '"';
  }

  template <class T>
  requires std::is_arithmetic_v<T>
  void write(T value) {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(value)) return void(out_ << "null");
      if (std::isinf(value)) return write(std::string_view(value > 0 ? "inf" : "-inf"));
      char text[32];
      const auto end =
          std::to_chars(text, text + sizeof text, value, std::chars_format::general, 7).ptr;
      out_ << std::string_view(text, static_cast<std::size_t>(end - text));
    } else {
      out_ << value;
    }
  }

  template <class T>
  void write(const std::vector<T>& values) {
    out_ << '[';
    const char* separator = "";
    for (const T& value : values) {
      out_ << separator;
      write(value);
      separator = ",";
    }
    out_ << ']';
  }

  std::ostream& out_;
  bool first_ = true;
};

}  // namespace diffuse_dataset
