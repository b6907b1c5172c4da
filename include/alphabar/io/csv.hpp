// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <istream>
#include <limits>
#include <locale>
#include <optional>
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

/// Tables as text, one row per line, fields separated by commas. Every number has at most 17 digits
/// and reads back unchanged. The decimal separator is a point in every locale; "nan" and "inf" are
/// written as Python does.
namespace alphabar::io {
namespace detail {

/// Puts a name in quotes if it contains a separator.
inline std::string csv_name(const std::string& name) {
  if (name.find_first_of(",\"\n\r") == std::string::npos) return name;
  std::string text = "\"";
  for (const char c : name) text.append(c == '"' ? 2 : 1, c);
  return text + '"';
}

/// A number in any locale. Libraries without std::from_chars for double use a stream.
template <class T>
std::optional<T> number_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  T value = 0;
  if constexpr (requires(const char* c) { std::from_chars(c, c, value); }) {
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || rest != end) return {};
    return value;
  } else {
    const bool negative = text.starts_with('-');
    const std::string_view word = text.substr(negative ? 1 : 0);
    if (word == "inf") value = std::numeric_limits<T>::infinity();
    if (word == "nan") value = std::numeric_limits<T>::quiet_NaN();
    if (word == "inf" || word == "nan") return negative ? -value : value;
    std::istringstream stream{std::string(text)};
    stream.imbue(std::locale::classic());
    stream >> std::noskipws >> value;
    if (!stream || stream.peek() != std::char_traits<char>::eof()) return {};
    return value;
  }
}

/// The fields of a line, without surrounding blanks and quotes.
inline std::vector<std::string> csv_fields(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quotes = false;
  for (std::size_t k = 0; k < line.size(); ++k) {
    const char c = line[k];
    if (c == '"') {
      if (quotes && k + 1 < line.size() && line[k + 1] == '"') {
        fields.back() += line[++k];
      } else {
        quotes = !quotes;
      }
    } else if (c == ',' && !quotes) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  for (std::string& field : fields) {
    const std::size_t begin = field.find_first_not_of(" \t");
    const std::size_t end = field.find_last_not_of(" \t");
    field = begin == std::string::npos ? "" : field.substr(begin, end + 1 - begin);
  }
  return fields;
}

}  // namespace detail

/// Writes a matrix as a table, or a vector as one column, with a line of names if given. The file
/// is replaced atomically: `WholeFile`.
/// @throws BadFile, naming file and reason, when it cannot be written
/// @throws std::invalid_argument for an Eigen view with gaps, and when the number of names is not
///     that of columns
template <ReadableBuffer B>
void write_csv(const std::string& path, const B& values,
               const std::vector<std::string>& names = {}) {
  const auto view = detail::shaped(values, "io::write_csv");
  const std::size_t rows = view.shape[0];
  const std::size_t cols = view.shape.size() > 1 ? view.shape[1] : 1;
  if (!names.empty()) {
    alphabar::detail::require_size("io::write_csv", "names.size()", static_cast<Index>(cols),
                                   std::ssize(names));
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
/// `Array`. The first line contains names if one of its fields is not a number; they are stored in
/// `names` if given. Lines that begin with # and empty lines are skipped.
/// @throws BadFile, with file, line, column and reason, when the file cannot be read, a field is
///     not a number, a line has another number of fields than the first, or there are no numbers
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
    if (line.ends_with('\r')) line.pop_back();
    if (number == 1 && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    if (line.starts_with('#') || line.find_first_not_of(" \t") == std::string::npos) continue;
    const std::vector<std::string> fields = detail::csv_fields(line);
    const std::string place = "line " + std::to_string(number);
    const bool first = columns == 0;
    if (first) columns = fields.size();
    if (fields.size() != columns) {
      refuse_file(path, place,
                  std::to_string(fields.size()) + " columns, where the first line has " +
                      std::to_string(columns));
    }
    std::vector<Scalar> row;
    for (std::size_t c = 0; c < columns; ++c) {
      const std::optional<double> value = detail::number_of<double>(fields[c]);
      const std::string field = place + ", column " + std::to_string(c + 1);
      if (!value && first) break;
      if (!value) refuse_file(path, field, io::quoted(fields[c]) + " is not a number");
      row.push_back(detail::fitted<Scalar>(*value, path, field));
    }
    if (row.size() < columns) {
      if (names != nullptr) *names = fields;
      continue;
    }
    values.insert(values.end(), row.begin(), row.end());
    ++rows;
  }
  if (file.bad()) refuse_file(path, "", "cannot be read any further");
  if (rows == 0) refuse_file(path, "", "holds no numbers");
  Array<Scalar> array{{rows, columns}, false, std::move(values)};
  if (columns == 1 && !ResizableMatrix<T>) array.shape = {rows};
  return detail::converted<T>(std::move(array), path);
}

}  // namespace alphabar::io
