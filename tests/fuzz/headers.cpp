// SPDX-License-Identifier: MIT
#include <algorithm>
#include <alphabar/io/npy_header.hpp>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "diffuse_dataset/read_dataset.hpp"

namespace {

using diffuse_dataset::Answer;

void expect(bool holds) {
  if (!holds) std::abort();
}

/// The bytes of the fuzzer as a row of choices; 0 when they are used up.
class Choices {
 public:
  Choices(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  std::size_t below(std::size_t count) {
    if (size_ == 0) return 0;
    --size_;
    return *data_++ % count;
  }

  template <std::size_t N>
  std::string one_of(const std::array<std::string_view, N>& words) {
    return std::string(words[below(N)]);
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

/// A header by the grammar of Python's literals: what is legal must mean what Python reads in it,
/// and what is nearly legal must be refused.
void check_npy(Choices& choose) {
  constexpr std::array<std::string_view, 6> blanks{"", " ", "  ", "\n", "\t", " \n "};
  constexpr std::array<std::string_view, 2> types{"|u1", "<u1"};
  constexpr std::array<std::string_view, 9> lies{"1",    "0",     "true",   "'True'", "None",
                                                 "TRUE", "True_", "False1", ""};
  constexpr std::array<std::string_view, 8> breaks{",,", ";", "]", "[", "{", "x", "'", "-"};
  const auto blank = [&] { return choose.one_of(blanks); };
  const auto quoted = [&](const std::string& text) {
    const std::size_t kind = choose.below(3);
    const std::string quote = kind == 1 ? "\"" : "'";
    return (kind == 2 ? "u" : "") + quote + text + quote;
  };
  const std::size_t rows = 1 + choose.below(4);
  const std::size_t columns = 1 + choose.below(4);
  const bool fortran = choose.below(2) == 1;
  const bool lying = choose.below(4) == 3;
  const std::string suffix = choose.below(2) == 1 ? "L" : "";
  std::array<std::string, 3> entries{
      quoted("descr") + blank() + ":" + blank() + quoted(choose.one_of(types)),
      quoted("fortran_order") + blank() + ":" + blank() +
          (lying     ? choose.one_of(lies)
           : fortran ? "True"
                     : "False"),
      quoted("shape") + blank() + ":" + blank() + "(" + blank() + std::to_string(rows) + suffix +
          blank() + "," + blank() + std::to_string(columns) + suffix + blank() +
          (choose.below(2) == 1 ? "," : "") + blank() + ")"};
  std::rotate(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(choose.below(3)),
              entries.end());
  std::string text = blank() + "{" + blank();
  for (const std::string& entry : entries) text += entry + blank() + "," + blank();
  text += "}" + blank();
  const bool broken = choose.below(4) == 3;
  if (broken) text.insert(text.find_last_of('}'), choose.one_of(breaks));
  std::string bytes = std::string("\x93NUMPY\1", 7) + '\0' + static_cast<char>(text.size() % 256) +
                      static_cast<char>(text.size() / 256) + text;
  for (std::size_t k = 0; k < rows * columns; ++k) bytes += static_cast<char>(k);
  try {
    const auto layout = alphabar::io::npy_layout("file", bytes);
    expect(!lying && !broken);
    expect(layout.fortran_order == fortran);
    expect(layout.shape == std::vector<std::size_t>{rows, columns});
    const auto data = diffuse_dataset::read_array("file", bytes, layout);
    for (std::size_t k = 0; k < rows * columns; ++k) {
      const std::size_t row = k / columns;
      const std::size_t column = k % columns;
      expect(data.values[k] == static_cast<double>(fortran ? column * rows + row : k));
    }
  } catch (const diffuse_dataset::BadFile&) {
    expect(lying || broken);
  }
}

/// A table by the grammar of what programs write: no line is dropped without an error or a note,
/// except a first line without a number, and no column except an index.
void check_csv(Choices& choose) {
  constexpr std::array<std::string_view, 4> delimiters{",", ";", "\t", ", "};
  constexpr std::array<std::string_view, 3> ends{"\n", "\r\n", "\r"};
  constexpr std::array<std::string_view, 16> heads{
      "",  "a",    "\"b, c\"", "1x1",    "NA", "\"7\"",      "0",   "1",
      "2", "2001", "2002",     "1990.5", "-",  "Unnamed: 0", "nan", "1e999"};
  constexpr std::array<std::string_view, 14> fields{
      "0", "1", "2", "3", "-1.5", "\"4\"", "1e30", "1e-200", "-1e99", "+.5", "2001", "", "NA", "x"};
  const std::string delimiter = choose.one_of(delimiters);
  const std::string end = choose.one_of(ends);
  const std::size_t columns = 2 + choose.below(4);
  const std::size_t lines = 2 + choose.below(6);
  const std::size_t label = choose.below(3) == 2 ? columns : 0;
  const auto header = static_cast<Answer>(choose.below(3));
  const auto index = static_cast<Answer>(choose.below(3));
  const std::size_t counting = choose.below(4);  // 1: from 0, 2: from 1
  std::string text;
  bool has_number = false;  // in the first line
  bool has_name = true;     // of the first column
  for (std::size_t line = 0; line < lines; ++line) {
    for (std::size_t column = 0; column < columns; ++column) {
      std::string field;
      if (line == 0) {
        field = choose.one_of(heads);
        has_name = has_name && (column > 0 || !field.empty());
        const bool number = field.find_first_of("0129") == 0 && field != "1x1";
        has_number = has_number || (number && column + 1 != label);
      } else if (column == 0 && counting > 0 && counting < 3) {
        field = std::to_string(line - 2 + counting);
      } else {
        field = choose.one_of(fields);
      }
      if (column + 1 == columns && field.empty()) field = "6";  // a tab at the end is ignored
      text += (column > 0 ? delimiter : "") + field;
    }
    text += end;
  }
  if (choose.below(4) == 3) text += '\x1a';
  const long position = static_cast<long>(label);
  try {
    const auto data = diffuse_dataset::decode_dataset("file", text, {{position}, header, index});
    const std::size_t lost_lines = lines - data.count;
    const std::size_t lost_columns = columns - data.dimension - (label > 0 ? 1 : 0);
    expect(lost_lines <= 1 && lost_columns <= 1);
    std::size_t notes = 0;
    if (lost_lines == 1 && header == Answer::not_given && has_number) ++notes;
    if (lost_columns == 1 && index == Answer::not_given) ++notes;
    expect(data.notes.size() == notes);
    if (header != Answer::not_given) expect((lost_lines == 1) == (header == Answer::yes));
    if (index != Answer::not_given) expect((lost_columns == 1) == (index == Answer::yes));
    if (index == Answer::not_given && lost_columns == 1) expect(!has_name && lost_lines == 1);
    if (index == Answer::not_given && lost_columns == 0 && lost_lines == 1 && counting > 0 &&
        counting < 3) {
      expect(data.count < 5);
    }
  } catch (const diffuse_dataset::BadFile&) {
  }
}

}  // namespace

/// Would catch: a legal NPY header that is read otherwise than Python reads it, or refused; one
/// that is nearly legal and accepted; and a line or a column of a CSV that is taken for a header or
/// an index without a word. The bytes choose from the grammars.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Choices choose(data, size);
  if (choose.below(2) == 0) {
    check_npy(choose);
  } else {
    check_csv(choose);
  }
  return 0;
}
