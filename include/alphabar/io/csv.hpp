// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <istream>
#include <limits>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "alphabar/buffer.hpp"
#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/io/array.hpp"
#include "alphabar/io/bad_file.hpp"
#include "alphabar/io/whole_file.hpp"

/// Tables as text, one row per line, fields separated by commas. A double has at most 17 digits and
/// reads back unchanged. The decimal separator is a point in every locale; "nan" and "inf" are
/// written as Python does.
namespace alphabar::io {
namespace detail {

inline constexpr std::string_view csv_blanks = " \t";

/// Puts a name in quotes if a reader would not keep it otherwise: an empty one, one with a
/// separator, and one with a blank, a # or a byte-order mark at an end.
inline std::string csv_name(const std::string& name) {
  constexpr std::string_view unsafe_at_end = " \t#\xef";
  if (!name.empty() && name.find_first_of(",\"\n\r") == std::string::npos &&
      unsafe_at_end.find(name.front()) == std::string_view::npos &&
      unsafe_at_end.find(name.back()) == std::string_view::npos) {
    return name;
  }
  std::string text = "\"";
  for (const char c : name) text.append(c == '"' ? 2 : 1, c);
  return text + '"';
}

/// Reads a number in any locale, rounded once: std::errc(), invalid_argument for another text,
/// result_out_of_range for a number above the largest T. Libraries without std::from_chars for
/// double use a stream, as does a number that is outside the range of std::from_chars.
template <class T>
std::errc parse_number(std::string_view text, T& value) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) return std::errc::invalid_argument;
  }
  if constexpr (requires(const char* c) { std::from_chars(c, c, value); }) {
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (rest != end) return std::errc::invalid_argument;
    if (error != std::errc::result_out_of_range) return error;
  }
  const bool negative = text.starts_with('-');
  const std::string_view word = text.substr(negative ? 1 : 0);
  if (word == "inf" || word == "nan") {
    using Limits = std::numeric_limits<T>;
    value = word == "inf" ? Limits::infinity() : Limits::quiet_NaN();
    if (negative) value = -value;
    return {};
  }
  std::istringstream stream{std::string(text)};
  stream.imbue(std::locale::classic());
  const bool read = static_cast<bool>(stream >> std::noskipws >> value);
  stream.clear();
  if (stream.peek() != std::char_traits<char>::eof()) return std::errc::invalid_argument;
  if (read) return {};
  return value != 0 ? std::errc::result_out_of_range : std::errc::invalid_argument;
}

/// The text without blanks at its ends.
inline std::string_view trimmed(std::string_view text) {
  const std::size_t begin = (std::min)(text.find_first_not_of(csv_blanks), text.size());
  return text.substr(begin, text.find_last_not_of(csv_blanks) + 1 - begin);
}

/// A field as a number, rounded once; blanks within quotes do not count.
/// @throws BadFile for another text, and for a number that a Scalar cannot hold
template <Real Scalar>
Scalar csv_number(std::string_view field, const std::string& file, const std::string& place) {
  const std::string_view text = trimmed(field);
  Scalar value{};
  if (parse_number(text, value) == std::errc()) return value;
  double wide = 0;
  const std::errc error = parse_number(text, wide);
  if (error == std::errc()) return fitted<Scalar>(wide, file, place);
  const bool is_number = error == std::errc::result_out_of_range;
  refuse_file(
      file, place,
      io::quoted(field) + (is_number ? " is outside the range of a double" : " is not a number"));
}

/// Whether a field is read as a number: a name is not.
inline bool is_number(const std::string& field) {
  double value = 0;
  return parse_number(trimmed(field), value) != std::errc::invalid_argument;
}

/// The fields of a record: what is in quotes, or the text without blanks at its ends.
/// @throws BadFile for a quote that is not closed or stands beside other text
inline std::vector<std::string> csv_fields(std::string_view record, const std::string& file,
                                           const std::string& place) {
  std::vector<std::string> fields;
  const auto refuse = [&](const std::string& reason) {
    refuse_file(file, place + ", column " + std::to_string(fields.size() + 1), reason);
  };
  for (;;) {
    std::string field;
    const std::size_t begin = record.find_first_not_of(csv_blanks);
    const bool in_quotes = begin != std::string_view::npos && record[begin] == '"';
    if (in_quotes) record.remove_prefix(begin);
    while (record.starts_with('"') && in_quotes) {
      const std::size_t end = record.find('"', 1);
      if (end == std::string_view::npos) refuse("a quote is not closed");
      field += record.substr(1, end - 1);
      record.remove_prefix(end + 1);
      if (record.starts_with('"')) field += '"';  // a doubled quote is one of the field
    }
    const std::size_t comma = (std::min)(record.find(','), record.size());
    const std::string_view rest = trimmed(record.substr(0, comma));
    if (in_quotes ? !rest.empty() : rest.find('"') != std::string_view::npos) {
      refuse("a quote stands beside other text");
    }
    if (!in_quotes) field = rest;
    fields.push_back(std::move(field));
    if (comma == record.size()) return fields;
    record.remove_prefix(comma + 1);
  }
}

}  // namespace detail

/// Writes a matrix as a table, or a vector as one column, with a line of names if given. The file
/// is replaced atomically: `WholeFile`. `read_csv` reads back every number and every name, and
/// refuses a table that has no numbers.
/// @throws BadFile, naming file and reason, when it cannot be written
/// @throws std::invalid_argument for an Eigen view with gaps, when the number of names is not that
///     of columns, and for a name that is a number, as a reader takes it for data
template <ReadableBuffer B>
void write_csv(const std::string& path, const B& values,
               const std::vector<std::string>& names = {}) {
  const auto view = detail::shaped(values, "io::write_csv");
  const std::size_t rows = view.shape[0];
  const std::size_t cols = view.shape.size() > 1 ? view.shape[1] : 1;
  if (!names.empty()) {
    alphabar::detail::require_size("io::write_csv", "names.size()", static_cast<Index>(cols),
                                   std::ssize(names));
    const auto number = std::ranges::find_if(names, detail::is_number);
    if (number != names.end()) {
      alphabar::detail::refuse("io::write_csv",
                               alphabar::detail::element("names", number - names.begin()),
                               "not be a number", io::quoted(*number));
    }
  }
  WholeFile file(path);
  std::string line;
  for (std::size_t c = 0; c < names.size(); ++c) {
    line.append(c > 0 ? "," : "").append(detail::csv_name(names[c]));
  }
  if (!names.empty()) file.write(line + '\n');
  for (std::size_t r = 0; r < rows; ++r) {
    line.clear();
    for (std::size_t c = 0; c < cols; ++c) {
      const auto value = view.values[view.fortran_order ? c * rows + r : r * cols + c];
      line.append(c > 0 ? "," : "").append(alphabar::detail::to_text(value));
    }
    file.write(line + '\n');
  }
  file.publish();
}

/// Reads a table into an Eigen matrix, a std::vector of float or double (one column), or an
/// `Array`. The first line contains names if none of its fields is a number; they are stored in
/// `names` if given. Fields may be in quotes, which may contain commas, blanks, newlines and
/// doubled quotes. Empty lines are skipped, and lines that begin with #, with or without blanks
/// before it.
/// @throws BadFile, with file, line, column and reason, when the file cannot be read, a field is
///     not a number or one that the Scalar cannot hold, a quote is not closed or stands beside
///     other text, a line has another number of fields than the first, or there are no numbers
template <class T>
[[nodiscard]] T read_csv(const std::string& path, std::vector<std::string>* names = nullptr) {
  using Scalar = typename detail::ScalarOf<T>::type;
  static_assert(Real<Scalar>, "tables are read into float or double");
  std::ifstream file = open_file(path);
  std::vector<Scalar> values;
  std::size_t columns = 0;
  std::size_t rows = 0;
  std::size_t number = 0;
  if (names != nullptr) names->clear();
  for (std::string line; std::getline(file, line);) {
    ++number;
    const std::string place = "line " + std::to_string(number);
    if (number == 1 && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    if (detail::trimmed(line).starts_with('#')) continue;
    auto quotes = std::ranges::count(line, '"');
    for (std::string next; quotes % 2 != 0 && std::getline(file, next); ++number) {
      quotes += std::ranges::count(next, '"');
      line.append(1, '\n').append(next);
    }
    if (line.ends_with('\r')) line.pop_back();
    if (detail::trimmed(line).empty()) continue;
    const std::vector<std::string> fields = detail::csv_fields(line, path, place);
    const bool first = columns == 0;
    if (first) columns = fields.size();
    if (fields.size() != columns) {
      refuse_file(path, place,
                  std::to_string(fields.size()) + " columns, where the first line has " +
                      std::to_string(columns));
    }
    if (first && std::ranges::none_of(fields, detail::is_number)) {
      if (names != nullptr) *names = fields;
      continue;
    }
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string field = place + ", column " + std::to_string(c + 1);
      values.push_back(detail::csv_number<Scalar>(fields[c], path, field));
    }
    ++rows;
  }
  if (file.bad()) refuse_file(path, "", "cannot be read any further");
  if (rows == 0) refuse_file(path, "", "holds no numbers");
  Array<Scalar> array{{rows, columns}, false, std::move(values)};
  if (columns == 1) array.shape = {rows};
  return detail::converted<T>(std::move(array), path);
}

}  // namespace alphabar::io
