// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "diffuse_dataset/bad_file.hpp"
#include "diffuse_dataset/dataset.hpp"

namespace diffuse_dataset {

/// The column of a table with the class of a sample, which is not one of its values.
/// 1, 2, ... count from the left, -1, -2, ... from the right; 0 means none.
struct LabelColumn {
  long position = 0;

  /// The column counted from 1 in a table of that many; 0 for none.
  long in(std::size_t columns) const {
    return position < 0 ? position + static_cast<long>(columns) + 1 : position;
  }
};

/// The option of the command line for a table that can be read in two ways.
enum class Answer { not_given, yes, no };

/// How to read a table.
struct CsvOptions {
  LabelColumn label;
  Answer header = Answer::not_given;  ///< --header: the first line names the columns
  Answer index =
      Answer::not_given;  ///< --index: the first column is the number of the line, not a value
};

/// Tables as text: one sample per line; fields separated by commas, semicolons, tabs or blanks (the
/// first of these that occurs in the first line outside of quotes), in quotes or without. Lines
/// that begin with # are comments; blanks and tabs at the end of a line are ignored. Lines end with
/// LF, CR LF, or CR in a file without LF; a Ctrl-Z at the end of the file is ignored. Numbers are
/// read the same way in every locale.
///
/// The first line names the columns when no field of it is a number, and when it is 0, 1, ...,
/// which is noted in the data. The first column is an index, not a value, when its name is empty;
/// this is noted, too. A file that can be read in two ways is refused with the option that decides.
class CsvReader {
 public:
  CsvReader(const std::string& file, const CsvOptions& options) : file_(file), options_(options) {}

  Dataset read(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const char line_end = text.find('\n') == std::string_view::npos ? '\r' : '\n';
    lines_ = static_cast<std::size_t>(std::ranges::count(text, line_end)) + 1;
    most_numbers_ = text.size() / 2 + 1;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(line_end), text.size());
      ++line_;
      read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (data_.count == 0) throw BadFile(file_, line_place(), "the file ends before any numbers");
    require_clear_header();
    require_clear_index();
    return std::move(data_);
  }

 private:
  static constexpr std::string_view blanks = " \t\r";

  void read_line(std::string_view line) {
    if (trimmed(line).starts_with('#')) return;
    if (trimmed(line).empty()) {
      blank_line_ = blank_line_ == 0 ? line_ : blank_line_;
      return;
    }
    if (blank_line_ != 0) throw BadFile(file_, line_place(blank_line_), "the line is empty");
    line = line.substr(0, line.find_last_not_of(blanks) + 1);
    line.remove_prefix(line.find_first_not_of(' '));  // a tab may follow an empty field
    if (line.find('\r') != std::string_view::npos) {
      throw BadFile(file_, line_place(), "a carriage return (CR) stands inside the line");
    }
    if (columns_ != 0) return read_sample(line);
    first_line_ = line_;
    begin_table(line);
    if (!has_header_) read_sample(line);
  }

  void begin_table(std::string_view line) {
    for (const char candidate : {',', ';', '\t', ' '}) {
      delimiter_ = candidate;
      if (holds(line, candidate)) break;
    }
    columns_ = for_each_field(line, [](std::string_view, std::size_t) {});
    data_.dimension = columns_;
    const long position = options_.label.position;
    if (position != 0) {
      const long label_at = options_.label.in(columns_);
      if (label_at < 1 || label_at > static_cast<long>(columns_)) {
        throw BadFile(file_, line_place(),
                      "there is no label column " + std::to_string(position) + " among " +
                          std::to_string(columns_) + " columns");
      }
      label_at_ = static_cast<std::size_t>(label_at);
      if (--data_.dimension == 0) {
        throw BadFile(file_, line_place(), "the label column is the only one");
      }
    }
    has_header_ = names_columns(line);
    has_index_ = label_at_ != 1 && begins_with_index(line);
    if (has_index_ && --data_.dimension == 0) {
      throw BadFile(file_, line_place(), "there is no column beside the index");
    }
    data_.values.reserve(std::min(data_.dimension * lines_, most_numbers_));
  }

  void read_sample(std::string_view line) {
    const std::size_t fields =
        for_each_field(line, [&](std::string_view field, std::size_t column) {
          if (column > columns_ || (column == 1 && has_index_)) return;
          if (column == label_at_) {
            data_.labels.emplace_back(unquoted(field));
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
    const std::string_view digits = without_plus(unquoted(field));
    double value = 0;
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool is_whole = rest == digits.data() + digits.size();
    if (field.empty()) fail(column, "the field is empty");
    if (error == std::errc::invalid_argument || !is_whole) {
      fail(column, quoted(unquoted(field)) + " is not a number");
    }
    if (error != std::errc()) fail(column, quoted(field) + " is outside the range of a double");
    if (!std::isfinite(value)) fail(column, quoted(field) + " is not a finite number");
    return value;
  }

  /// Whether the first line contains names. Refuses names that are numbers or missing values.
  bool names_columns(std::string_view line) {
    if (options_.header != Answer::not_given) return options_.header == Answer::yes;
    std::size_t words = 0;
    std::size_t missing = 0;
    std::size_t numbers = 0;
    std::size_t quoted_numbers = 0;
    std::size_t in_place = 0;  // the number of its column
    std::size_t in_turn = 0;   // one more than the number before, from 0
    bool has_unnamed = false;  // the first column, which is an index
    for_each_field(line, [&](std::string_view field, std::size_t column) {
      has_unnamed = has_unnamed || (column == 1 && field.empty());
      if (field.empty() || column == label_at_) return;
      const bool is_number = reads_as_number(unquoted(field));
      ++(!is_number ? words : unquoted(field) == field ? numbers : quoted_numbers);
      missing += is_missing(unquoted(field)) ? 1 : 0;
      in_place += field == std::to_string(column - 1) ? 1 : 0;
      in_turn += field == std::to_string(in_turn) ? 1 : 0;
    });
    const bool is_full = numbers > 1 && numbers + (has_unnamed ? 1 : 0) == data_.dimension;
    if (is_full && (in_place == numbers || in_turn == numbers)) {
      counted_columns_ = true;
      note(
          "0, 1, ... are taken for the names of the columns (--header no counts them as a sample)");
      return true;
    }
    if (numbers == 0 && (quoted_numbers > 0 || (missing > 0 && missing == words))) {
      ask_for_header(quoted_numbers > 0 ? "numbers in quotes" : "missing values");
    }
    return words > 0 && numbers == 0;
  }

  bool begins_with_index(std::string_view line) {
    if (options_.index != Answer::not_given) return options_.index == Answer::yes;
    std::string_view name;
    for_each_field(line, [&](std::string_view field, std::size_t column) {
      if (column == 1) name = unquoted(field);
    });
    if (!has_header_ || columns_ == 1) return false;
    if (name == "Unnamed: 0") ask_for_index("is called \"Unnamed: 0\"");
    if (name.empty()) {
      note("column 1 has no name, is taken for an index and left out (--index no keeps it)");
    }
    return name.empty();
  }

  /// A first line of numbers unlike the others may be names, such as years or wavelengths.
  void require_clear_header() const {
    if (options_.header != Answer::not_given) return;
    if (counted_columns_) {
      for (std::size_t j = 0; j < data_.count; ++j) {
        if (counts_up(sample(j), 0)) ask_for_header("0, 1, ... as another line does");
      }
    }
    if (has_header_ || data_.count < 2 || data_.dimension < 2) return;
    const auto alone = [&](const auto& property) {
      if (!property(sample(0))) return false;
      for (std::size_t j = 1; j < data_.count; ++j) {
        if (property(sample(j))) return false;
      }
      return true;
    };
    const bool whole = alone(all_whole) && is_monotone(sample(0));
    const bool years = alone([](std::span<const double> x) {
      return all_whole(x) && is_monotone(x) && std::ranges::min(x) >= 1500 &&
             std::ranges::max(x) <= 2200;
    });
    const double step = data_.values[1] - data_.values[0];
    const bool even = data_.dimension > 2 && alone([&](std::span<const double> x) {
                        return is_monotone(x) && has_step(x, step);
                      });
    if (whole || years || even) ask_for_header("numbers unlike those of the other lines");
  }

  /// A first column of 0, 1, 2, ... or 1, 2, 3, ... may be an index of the lines.
  void require_clear_index() const {
    constexpr std::size_t chance = 5;  // fewer lines are in order by chance
    if (options_.index != Answer::not_given || has_index_ || label_at_ == 1) return;
    if (data_.count < chance || data_.dimension < 2) return;
    const double first = data_.values[0];
    if (first != 0 && first != 1) return;
    for (std::size_t j = 0; j < data_.count; ++j) {
      if (sample(j)[0] != first + static_cast<double>(j)) return;
    }
    ask_for_index("counts the lines");
  }

  std::span<const double> sample(std::size_t j) const {
    return std::span(data_.values).subspan(j * data_.dimension, data_.dimension);
  }

  static bool all_whole(std::span<const double> x) {
    return std::ranges::all_of(x, [](double value) { return value == std::trunc(value); });
  }

  static bool is_monotone(std::span<const double> x) {
    return std::ranges::adjacent_find(x, std::ranges::greater_equal()) == x.end() ||
           std::ranges::adjacent_find(x, std::ranges::less_equal()) == x.end();
  }

  static bool has_step(std::span<const double> x, double step) {
    const double largest = std::max(std::abs(x.front()), std::abs(x.back()));
    for (std::size_t i = 1; i < x.size(); ++i) {
      if (!(std::abs(x[i] - x[i - 1] - step) <= 1e-9 * largest)) return false;
    }
    return true;
  }

  static bool counts_up(std::span<const double> x, double first) {
    for (const double value : x) {
      if (value != first++) return false;
    }
    return true;
  }

  /// Calls visit(field, column) for each field, columns counted from 1, and returns their number.
  /// Blanks around a field are ignored; several blanks count as one delimiter.
  template <class Visit>
  std::size_t for_each_field(std::string_view line, Visit visit) const {
    std::size_t column = 0;
    while (true) {
      const std::size_t end = line.find(delimiter_, end_of_quotes(line));
      visit(trimmed(line.substr(0, end)), ++column);
      if (end == std::string_view::npos) return column;
      line.remove_prefix(end + 1);
      if (delimiter_ == ' ') line = trimmed(line);
    }
  }

  /// The end of the quoted field at the start of the line; 0 without quotes or without their end.
  static std::size_t end_of_quotes(std::string_view line) {
    const std::size_t begin = line.find_first_not_of(blanks);
    if (begin == std::string_view::npos || line[begin] != '"') return 0;
    const std::size_t end = line.find('"', begin + 1);
    return end == std::string_view::npos ? 0 : end + 1;
  }

  static bool holds(std::string_view line, char delimiter) {
    bool inside = false;
    return std::ranges::any_of(line, [&](char c) {
      if (c == '"') inside = !inside;
      return c == delimiter && !inside;
    });
  }

  static std::string_view unquoted(std::string_view field) {
    if (field.size() < 2 || field.front() != '"' || field.back() != '"') return field;
    return trimmed(field.substr(1, field.size() - 2));
  }

  static std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
  }

  static std::string_view without_plus(std::string_view field) {
    return field.substr(field.starts_with('+') && !field.starts_with("+-") ? 1 : 0);
  }

  /// Also numbers outside the range of a double, and "nan".
  static bool reads_as_number(std::string_view field) {
    const std::string_view digits = without_plus(field);
    double value = 0;
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error != std::errc::invalid_argument && rest == digits.data() + digits.size();
  }

  /// The spellings of a missing value in tables.
  static bool is_missing(std::string_view field) {
    constexpr std::array<std::string_view, 10> words{"NA",   "N/A",  "n/a", "<NA>", "NULL",
                                                     "null", "None", "?",   "-",    "."};
    return std::ranges::find(words, field) != words.end();
  }

  void note(const std::string& text) {
    data_.notes.push_back(BadFile(file_, line_place(), text).what());
  }

  [[noreturn]] void ask_for_header(const std::string& what) const {
    throw BadFile(file_, line_place(first_line_),
                  "the line holds " + what +
                      "; are these names of the columns (--header yes) or a sample (--header no)?");
  }

  [[noreturn]] void ask_for_index(const std::string& what) const {
    throw BadFile(file_, "column 1",
                  "the column " + what +
                      "; is it an index to leave out (--index yes) or a value (--index no)?");
  }

  static std::string line_place(std::size_t line) { return "line " + std::to_string(line); }
  std::string line_place() const { return line_place(line_); }

  [[noreturn]] void fail(std::size_t column, const std::string& reason) const {
    const bool may_be_names = line_ == first_line_ && options_.header == Answer::not_given;
    throw BadFile(file_, line_place() + ", column " + std::to_string(column),
                  reason + (may_be_names ? " (--header yes takes the line for names)" : ""));
  }

  const std::string& file_;
  CsvOptions options_;
  Dataset data_;
  std::size_t lines_ = 0;
  std::size_t most_numbers_ = 0;
  std::size_t line_ = 0;
  std::size_t first_line_ = 0;
  std::size_t blank_line_ = 0;
  std::size_t columns_ = 0;
  std::size_t label_at_ = 0;
  bool has_header_ = false;
  bool counted_columns_ = false;  // their names are 0, 1, ...
  bool has_index_ = false;
  char delimiter_ = ',';
};

inline Dataset read_csv(const std::string& file, std::string_view text,
                        const CsvOptions& options = {}) {
  return CsvReader(file, options).read(text);
}

}  // namespace diffuse_dataset
