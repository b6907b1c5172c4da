// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "diffuse_dataset/bad_file.hpp"
#include "diffuse_dataset/dataset.hpp"

namespace diffuse_dataset {

/// Which column of a table names the class of a sample, instead of being one of its values.
/// 1, 2, ... count from the left, -1, -2, ... from the right; 0 means none.
struct LabelColumn {
  long position = 0;

  /// The column counted from 1 in a table of that many; 0 for none.
  long in(std::size_t columns) const {
    return position < 0 ? position + static_cast<long>(columns) + 1 : position;
  }
};

/// Tables as text: one sample per line; fields separated by commas, semicolons, tabs or blanks (the
/// first of these that the first line holds). The first line may name the columns. Lines that
/// begin with # are comments. Numbers are read the same way in every locale.
class CsvReader {
 public:
  CsvReader(const std::string& file, LabelColumn label) : file_(file), label_(label) {}

  Dataset read(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    lines_ = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    most_numbers_ = text.size() / 2 + 1;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++line_;
      read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (data_.count == 0) throw BadFile(file_, line_place(), "the file ends before any numbers");
    return std::move(data_);
  }

 private:
  static constexpr std::string_view blanks = " \t\r";

  void read_line(std::string_view line) {
    line = trimmed(line);
    if (line.starts_with('#')) return;
    if (line.empty()) {
      blank_line_ = blank_line_ == 0 ? line_ : blank_line_;
      return;
    }
    if (blank_line_ != 0) throw BadFile(file_, line_place(blank_line_), "the line is empty");
    const bool is_first = columns_ == 0;
    if (is_first) begin_table(line);
    if (!is_first || !names_columns(line)) read_sample(line);
  }

  void begin_table(std::string_view line) {
    for (const char candidate : {',', ';', '\t', ' '}) {
      delimiter_ = candidate;
      if (line.find(candidate) != std::string_view::npos) break;
    }
    columns_ = for_each_field(line, [](std::string_view, std::size_t) {});
    data_.dimension = columns_;
    if (label_.position != 0) {
      const long label_at = label_.in(columns_);
      if (label_at < 1 || label_at > static_cast<long>(columns_)) {
        throw BadFile(file_, line_place(),
                      "there is no label column " + std::to_string(label_.position) + " among " +
                          std::to_string(columns_) + " columns");
      }
      label_at_ = static_cast<std::size_t>(label_at);
      if (--data_.dimension == 0) {
        throw BadFile(file_, line_place(), "the label column is the only one");
      }
    }
    data_.values.reserve(std::min(data_.dimension * lines_, most_numbers_));
  }

  void read_sample(std::string_view line) {
    const std::size_t fields =
        for_each_field(line, [&](std::string_view field, std::size_t column) {
          if (column > columns_) return;
          if (column == label_at_) {
            data_.labels.emplace_back(field);
          } else {
            data_.values.push_back(number(field, column));
          }
        });
    if (fields != columns_) {
      throw BadFile(file_, line_place(),
                    std::to_string(fields) + " columns, where the first line has " +
                        std::to_string(columns_));
    }
    ++data_.count;
  }

  double number(std::string_view field, std::size_t column) const {
    const bool has_plus = field.starts_with('+') && !field.starts_with("+-");
    const std::string_view digits = field.substr(has_plus ? 1 : 0);
    double value = 0;
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool is_whole = rest == digits.data() + digits.size();
    if (field.empty()) fail(column, "the field is empty");
    if (error == std::errc::invalid_argument || !is_whole)
      fail(column, quoted(field) + " is not a number");
    if (error != std::errc()) fail(column, quoted(field) + " is outside the range of a double");
    if (!std::isfinite(value)) fail(column, quoted(field) + " is not a finite number");
    return value;
  }

  /// A line of names: no field looks like a number, and at least one is a word.
  bool names_columns(std::string_view line) const {
    std::size_t words = 0;
    std::size_t numbers = 0;
    for_each_field(line, [&](std::string_view field, std::size_t column) {
      if (field.empty() || column == label_at_) return;
      double value = 0;
      const char* const end = field.data() + field.size();
      const bool is_read = std::from_chars(field.data(), end, value).ptr == end;  // "nan"
      const bool is_numeric =
          is_read || std::string_view("+-.0123456789").find(field[0]) != std::string_view::npos;
      ++(is_numeric ? numbers : words);
    });
    return words > 0 && numbers == 0;
  }

  /// Calls visit(field, column) for each field, columns counted from 1, and returns their number.
  /// Blanks around a field do not belong to it; blanks as delimiters count as one.
  template <class Visit>
  std::size_t for_each_field(std::string_view line, Visit visit) const {
    std::size_t column = 0;
    while (true) {
      const std::size_t end = line.find(delimiter_);
      visit(trimmed(line.substr(0, end)), ++column);
      if (end == std::string_view::npos) return column;
      line.remove_prefix(end + 1);
      if (delimiter_ == ' ') line = trimmed(line);
    }
  }

  static std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
  }

  static std::string line_place(std::size_t line) { return "line " + std::to_string(line); }
  std::string line_place() const { return line_place(line_); }

  [[noreturn]] void fail(std::size_t column, const std::string& reason) const {
    throw BadFile(file_, line_place() + ", column " + std::to_string(column), reason);
  }

  const std::string& file_;
  LabelColumn label_;
  Dataset data_;
  std::size_t lines_ = 0;
  std::size_t most_numbers_ = 0;
  std::size_t line_ = 0;
  std::size_t blank_line_ = 0;
  std::size_t columns_ = 0;
  std::size_t label_at_ = 0;
  char delimiter_ = ',';
};

inline Dataset read_csv(const std::string& file, std::string_view text, LabelColumn label = {}) {
  return CsvReader(file, label).read(text);
}

}  // namespace diffuse_dataset
