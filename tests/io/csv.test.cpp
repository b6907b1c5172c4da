// SPDX-License-Identifier: MIT
#include "alphabar/io/csv.hpp"

#include <clocale>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/temporary_file.hpp"

namespace csv_test {

using namespace alphabar;
using test::complaint;
using test::TemporaryFile;
using Column = std::vector<double>;
using Names = std::vector<std::string>;

// Would catch digits that are lost, and words that Python does not read.
TEST_CASE("CSV: written and read back, bit for bit") {
  const TemporaryFile file;
  const double infinity = std::numeric_limits<double>::infinity();
  const Column numbers{0.1, -1.0 / 3, 5e-324, 1.7976931348623157e308, infinity, -infinity};
  io::write_csv(file.path(), numbers);
  CHECK(file.bytes() == "0.1\n-0.3333333333333333\n5e-324\n1.7976931348623157e+308\ninf\n-inf\n");
  CHECK(io::read_csv<Column>(file.path()) == numbers);
  io::write_csv(file.path(), Column{std::numeric_limits<double>::quiet_NaN()});
  CHECK(std::isnan(io::read_csv<Column>(file.path())[0]));
  io::write_csv(file.path(), std::vector<float>{0.1F}, {"a, \"b\""});
  CHECK(file.bytes() == "\"a, \"\"b\"\"\"\n0.1\n");
  Names names;
  CHECK(io::read_csv<std::vector<float>>(file.path(), &names) == std::vector<float>{0.1F});
  CHECK(names == Names{"a, \"b\""});
}

// Would catch a name that is a comment, a number or two lines after it was written.
TEST_CASE("CSV: every name is read back") {
  const TemporaryFile file;
  for (const std::string name : {"", " a ", "\t", "#a", "a#", "a\nb", "\n", "a\r", "a\r\n,b", "\"",
                                 "a\"\"", "\xef\xbb\xbfx", "\xc3\xa9", "1 2", "+-4"}) {
    CAPTURE(name);
    io::write_csv(file.path(), Column{1, 2}, {name});
    Names names;
    CHECK(io::read_csv<Column>(file.path(), &names) == Column{1, 2});
    CHECK(names == Names{name});
  }
  CHECK(complaint([&] { io::write_csv(file.path(), Column{1}, {"1e3"}); }) ==
        "invalid_argument: alphabar::io::write_csv: names[0] must not be a number, got \"1e3\"");
}

// Would catch a first row with a typing error that is taken for names, and lost.
TEST_CASE("read_csv: a first line with numbers and other text is refused") {
  const TemporaryFile file;
  const auto read = [&](const std::string& text) {
    file.put(text);
    Names names;
    return complaint([&] { (void)io::read_csv<io::Array<>>(file.path(), &names); });
  };
  const std::string at = "runtime_error: " + file.path() + ": ";
  CHECK(read("1.2x,3\n1,2\n") == at + "line 1, column 1: \"1.2x\" is not a number");
  CHECK(read("1d5,2\n3,4\n") == at + "line 1, column 1: \"1d5\" is not a number");
  CHECK(read("# t x\n\n1,,x\n3,4,5\n") == at + "line 3, column 2: \"\" is not a number");
  CHECK(read("t,2001\n3,4\n") == at + "line 1, column 1: \"t\" is not a number");
  CHECK(read("t,\"7\"\n3,4\n") == at + "line 1, column 1: \"t\" is not a number");
  CHECK(read("t,1e999\n3,4\n") == at + "line 1, column 1: \"t\" is not a number");
}

// Would catch an indented comment that is taken for the name of a column.
TEST_CASE("read_csv: a comment may be indented") {
  const TemporaryFile file(" # hello\nt,#x\n1,2\n\t# 3,4\n5,6\n");
  Names names;
  CHECK(io::read_csv<io::Array<>>(file.path(), &names).values == Column{1, 2, 5, 6});
  CHECK(names == Names{"t", "#x"});
}

// Would catch a first row with such a number that is taken for names, and lost.
TEST_CASE("read_csv: a number outside the range of a double is one") {
  const TemporaryFile small("1e-400,-4e-320\n");
  CHECK(io::read_csv<io::Array<double>>(small.path()).values == Column{0, -4e-320});
  for (const std::string number : {"1e400", "-1e400", "+1e999"}) {
    const TemporaryFile file("1," + number + "\n2,3\n");
    const std::string reason =
        "line 1, column 2: \"" + number + "\" is outside the range of a double";
    CHECK(complaint([&] { (void)io::read_csv<io::Array<float>>(file.path()); }) ==
          "runtime_error: " + file.path() + ": " + reason);
  }
}

// Would catch a decimal that becomes a double on its way to a float: 1 for the first.
TEST_CASE("read_csv: floats are rounded once") {
  const TemporaryFile file(
      "1.00000005960464477540\n-1.00000005960464477540\n1e-60\n3.4028235e38\n");
  CHECK(io::read_csv<std::vector<float>>(file.path()) ==
        std::vector<float>{0x1.000002p0F, -0x1.000002p0F, 0, std::numeric_limits<float>::max()});
}

// Would catch a table of another program that is read wrong.
TEST_CASE("read_csv: what programs write") {
  const TemporaryFile file(
      "\xef\xbb\xbf# numpy.savetxt\r\n t , x\r\n1.000000000000000000e+00,+2\r\n"
      "\r\n3, nan\r\n4,5");
  Names names;
  const auto table = io::read_csv<io::Array<>>(file.path(), &names);
  CHECK(names == Names{"t", "x"});
  CHECK(table.shape == std::vector<std::size_t>{3, 2});
  CHECK(table.values[0] == 1);
  CHECK(table.values[1] == 2);
  CHECK(std::isnan(table.values[3]));
  CHECK(table.values[5] == 5);
  file.put("a,\"b\n\nc\"\n\"1\", \" 2\" \n3");
  CHECK(complaint([&] { (void)io::read_csv<io::Array<>>(file.path(), &names); }) ==
        "runtime_error: " + file.path() + ": line 5: 1 columns, where the first line has 2");
  CHECK(names == Names{"a", "b\n\nc"});
  file.put("1,2\n3,4\n");
  CHECK(io::read_csv<io::Array<>>(file.path(), &names).values == Column{1, 2, 3, 4});
  CHECK(names.empty());
}

// Would catch an error that is none, or does not say where it is.
TEST_CASE("CSV: what is refused") {
  const TemporaryFile file("t,x\n1,2\n3,4.5z\n");
  const auto read = [&] {
    return complaint([&] { (void)io::read_csv<io::Array<>>(file.path()); });
  };
  const std::string at = "runtime_error: " + file.path() + ": ";
  CHECK(read() == at + "line 3, column 2: \"4.5z\" is not a number");
  file.put("1,2\n3\n");
  CHECK(read() == at + "line 2: 1 columns, where the first line has 2");
  file.put("1,2\n3,\n");
  CHECK(read() == at + "line 2, column 2: \"\" is not a number");
  file.put("t,x\n");
  CHECK(read() == at + "holds no numbers");
  file.put("1e300\n");
  CHECK(complaint([&] { (void)io::read_csv<std::vector<float>>(file.path()); }) ==
        at + "line 1, column 1: holds a number that a float cannot hold");
  for (const char* number : {"+-4", "++4", "-+4", "4-"}) {
    file.put(std::string("1\n") + number);
    CHECK(read() == at + "line 2, column 1: \"" + number + "\" is not a number");
  }
  file.put("1,2\n1,\"2\n3,4\n");
  CHECK(read() == at + "line 2, column 2: a quote is not closed");
  for (const char* field : {"1\"2\"", "\"1\"2", "\"1\" \"2\"", "1\"\""}) {
    file.put(std::string("1,2\n1,") + field + "\n");
    CHECK(read() == at + "line 2, column 2: a quote stands beside other text");
  }
  file.put("1,2\n");
  CHECK(complaint([&] { (void)io::read_csv<Column>(file.path()); }) ==
        at + "holds an array of 2 axes, no vector");
  CHECK(complaint([&] {
          io::write_csv(file.path(), Column{1}, {"a", "b"});
        }) == "invalid_argument: alphabar::io::write_csv: names.size() must be 1, got 2");
}

}  // namespace csv_test
