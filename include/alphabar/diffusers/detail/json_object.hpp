// SPDX-License-Identifier: MIT
#pragma once

#if !__has_include(<nlohmann/json.hpp>)
#error "alphabar/diffusers needs nlohmann/json: link nlohmann_json::nlohmann_json"
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"

namespace alphabar::diffusers::detail {

using namespace alphabar::detail;  // the error messages, and the exact tables

/// Python's json module writes infinities, which are not JSON. Replaces each by the string "inf" or
/// "-inf" padded to the same length, so that every position is unchanged.
inline std::string without_python_infinities(std::string_view text) {
  constexpr std::string_view infinity = "Infinity";
  std::string result(text);
  bool quoted = false;
  for (std::size_t k = 0; k < result.size(); ++k) {
    if (result[k] == '"') quoted = !quoted;
    if (quoted && result[k] == '\\') ++k;
    if (quoted || result.compare(k, infinity.size(), infinity) != 0) continue;
    const bool negative = text.substr(0, k).ends_with('-');
    result.replace(k, infinity.size(), R"("inf"   )");
    if (negative) result.replace(k - 1, infinity.size() + 1, R"("-inf"   )");
    k += infinity.size() - 1;  // past the replacement
  }
  return result;
}

/// A JSON object whose values are read by key, type and default. A missing or null key has the
/// default. Other values that do not fit are refused with source, key and value.
class JsonObject {
 public:
  /// @param source the calling function, for messages
  /// @throws std::invalid_argument, with line and column, unless the text is one JSON object
  JsonObject(std::string source, std::string_view text) : source_(std::move(source)) {
    try {
      object_ = nlohmann::json::parse(without_python_infinities(text));
    } catch (const nlohmann::json::parse_error& error) {
      refuse("the text", "be JSON", "an error at " + position(text, error.byte));
    } catch (const nlohmann::json::exception& error) {
      refuse("the text", "be JSON", error.what());
    }
    if (!object_.is_object()) refuse("the text", "be a JSON object", object_.type_name());
  }

  /// Whether there is a value that is not null.
  [[nodiscard]] bool has(const char* key) const {
    const auto found = object_.find(key);
    return found != object_.end() && !found->is_null();
  }

  /// Whether the value is this string.
  [[nodiscard]] bool is(const char* key, std::string_view string) const {
    return has(key) && object_[key].is_string() &&
           object_[key].get_ref<const std::string&>() == string;
  }

  [[nodiscard]] bool flag(const char* key, bool fallback = false) const {
    if (!has(key)) return fallback;
    require(object_[key].is_boolean(), key, "be true or false");
    return object_[key].get<bool>();
  }

  [[nodiscard]] std::string text(const char* key, std::string_view fallback) const {
    if (!has(key)) return std::string(fallback);
    require(object_[key].is_string(), key, "be a string");
    return object_[key].get<std::string>();
  }

  /// A default is refused as well, where another key sets the bounds and it is not between them.
  [[nodiscard]] Index integer(const char* key, Index fallback, Index first, Index last) const {
    const std::string requirement = "be an integer in " + to_text(first) + ".." + to_text(last);
    if (!has(key)) {
      if (fallback < first || fallback > last) {
        refuse(key, requirement, to_text(fallback) + ", the default");
      }
      return fallback;
    }
    const nlohmann::json& value = object_[key];
    const bool fits = value.is_number_integer() &&
                      is_number_in(value, static_cast<double>(first), static_cast<double>(last));
    require(fits, key, requirement);
    return value.get<Index>();
  }

  [[nodiscard]] double number(const char* key, double fallback, double first, double last) const {
    return optional_number(key, first, last).value_or(fallback);
  }

  /// A number that has no default.
  [[nodiscard]] std::optional<double> optional_number(const char* key, double first,
                                                      double last) const {
    if (!has(key)) return std::nullopt;
    require(object_[key].is_number(), key, "be a number");
    require(is_number_in(object_[key], first, last), key,
            "be in [" + to_text(first) + ", " + to_text(last) + "]");
    return object_[key].get<double>();
  }

  [[nodiscard]] std::vector<double> numbers(const char* key, double first, double last) const {
    require(object_[key].is_array(), key, "be a list of numbers");
    std::vector<double> values;
    for (const nlohmann::json& entry : object_[key]) {
      if (!is_number_in(entry, first, last)) {
        refuse(element(key, static_cast<Index>(values.size())),
               "be a number in [" + to_text(first) + ", " + to_text(last) + "]", shown(entry));
      }
      values.push_back(entry.get<double>());
    }
    return values;
  }

  /// Numbers without a fraction, also those written as 1.0.
  [[nodiscard]] std::vector<Index> whole_numbers(const char* key, double first, double last) const {
    std::vector<Index> values;
    for (const double number : numbers(key, first, last)) {
      if (number != std::floor(number)) {
        refuse(element(key, std::ssize(values)), "be a whole number", to_text(number));
      }
      values.push_back(static_cast<Index>(number));
    }
    return values;
  }

  template <class T>
  using Choices = std::span<const std::pair<std::string_view, T>>;

  /// The meaning of a name.
  template <class T>
  [[nodiscard]] T one_of(const char* key, std::string_view fallback, Choices<T> choices) const {
    const std::string name = text(key, fallback);
    std::string names;
    for (const auto& [candidate, meaning] : choices) {
      if (candidate == name) return meaning;
      names.append(names.empty() ? "" : ", ").append(candidate);
    }
    refuse(key, "be one of " + names);
  }

  void require(bool holds, const char* key, std::string_view requirement) const {
    if (!holds) refuse(key, requirement);
  }

  /// Refuses the value of a key.
  [[noreturn]] void refuse(const char* key, std::string_view requirement) const {
    const auto found = object_.find(key);
    refuse(key, requirement, found == object_.end() ? "no such key" : shown(*found));
  }

 private:
  static bool is_number_in(const nlohmann::json& value, double first, double last) {
    return value.is_number() && value.get<double>() >= first && value.get<double>() <= last;
  }

  [[noreturn]] void refuse(std::string_view key, std::string_view requirement,
                           std::string_view value) const {
    alphabar::detail::refuse(source_, key, requirement, value);
  }

  /// At most the first 60 characters, because a table of betas does not fit on a line. Values of
  /// several levels are not shown: `dump` calls itself for each level, which overflows the stack.
  static std::string shown(const nlohmann::json& value) {
    const auto has_levels = [](const nlohmann::json& entry) { return entry.is_structured(); };
    if (std::any_of(value.begin(), value.end(), has_levels)) {
      return std::string("a nested ") + value.type_name();
    }
    std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    if (text.size() > 60) text.replace(57, std::string::npos, "...");
    return text;
  }

  static std::string position(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
    const Index line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
    return "line " + to_text(line) + ", column " +
           to_text(static_cast<Index>(before.size() - start) + 1);
  }

  std::string source_;
  nlohmann::json object_;
};

}  // namespace alphabar::diffusers::detail
