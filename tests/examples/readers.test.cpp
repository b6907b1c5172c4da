// SPDX-License-Identifier: MIT
//
// The readers of examples/diffuse_dataset: every kind of number arrives as the number it is, on a
// host of either byte order, and every kind of bad file is refused with its name, the place and the
// reason. Files are made here byte by byte, without the writers of the library.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "diffuse_dataset/embedded_digits.hpp"
#include "diffuse_dataset/read_dataset.hpp"
#include "support/catch.hpp"

namespace {

using namespace diffuse_dataset;
using namespace std::string_literals;

constexpr auto little = std::endian::little;
constexpr auto big = std::endian::big;

template <class T>
std::string number(T value, std::endian byte_order) {
  auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value);
  if (byte_order != std::endian::native) std::ranges::reverse(bytes);
  return {bytes.begin(), bytes.end()};
}

template <class T>
std::string numbers(const std::vector<T>& values, std::endian byte_order) {
  std::string bytes;
  for (const T value : values) bytes += number(value, byte_order);
  return bytes;
}

std::string npy(const std::string& descr, const std::string& shape, const std::string& payload,
                const std::string& fortran_order = "False", char version = 1) {
  const std::string text = "{'descr': '" + descr + "', 'fortran_order': " + fortran_order +
                           ", 'shape': (" + shape + "), }\n";
  const std::string length = version == 1 ? number(static_cast<std::uint16_t>(text.size()), little)
                                          : number(static_cast<std::uint32_t>(text.size()), little);
  return "\x93NUMPY"s + version + '\0' + length + text + payload;
}

std::string idx(char type, const std::vector<std::uint32_t>& shape, const std::string& payload) {
  return "\0\0"s + type + static_cast<char>(shape.size()) + numbers(shape, big) + payload;
}

std::string gzipped(const std::string& bytes) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

Dataset decode(const std::string& bytes, long label_column = 0, Answer header = Answer::not_given,
               Answer index = Answer::not_given) {
  return decode_dataset("file", bytes, {{label_column}, header, index});
}

std::string refusal(const std::string& bytes, long label_column = 0,
                    Answer header = Answer::not_given, Answer index = Answer::not_given) {
  try {
    decode(bytes, label_column, header, index);
  } catch (const BadFile& bad) {
    return bad.what();
  }
  return "accepted";
}

using Values = std::vector<double>;

}  // namespace

TEST_CASE("CSV: a plain table") {
  const Dataset data = decode("1,2.5,-3e2\n+4,.5,0\n");
  CHECK(data.count == 2);
  CHECK(data.dimension == 3);
  CHECK(data.values == Values{1, 2.5, -300, 4, 0.5, 0});
  CHECK(data.labels.empty());
  CHECK_FALSE(data.range.has_value());
}

TEST_CASE("CSV: what spreadsheets, R and NumPy write around the numbers") {
  const Values expected{1, 2, 3, 4};
  CHECK(decode("1,2\n3,4").values == expected);
  CHECK(decode("1,2\r\n3,4\r\n").values == expected);
  CHECK(decode("\xef\xbb\xbf"
               "1,2\n3,4\n")
            .values == expected);
  CHECK(decode("1;2\n3;4\n").values == expected);
  CHECK(decode("1\t2\n3\t4\n").values == expected);
  CHECK(decode("  1   2 \n  3   4 \n").values == expected);
  CHECK(decode(" 1 , 2\n3 ,4\n").values == expected);
  CHECK(decode("x,y\n1,2\n3,4\n").values == expected);
  CHECK(decode("\"a height\",\"a width\"\n1,2\n3,4\n").values == expected);
  CHECK(decode("# x y\n1 2\n3 4\n").values == expected);
  CHECK(decode("1,2\n# a remark\n3,4\n\n\n").values == expected);
}

TEST_CASE("CSV: one column may hold the class") {
  const std::string table = "5.1,3.5,setosa\n6.2,2.9,virginica\n";
  const std::vector<std::string> labels{"setosa", "virginica"};
  for (const long column : {3L, -1L}) {
    const Dataset data = decode(table, column);
    CHECK(data.dimension == 2);
    CHECK(data.values == Values{5.1, 3.5, 6.2, 2.9});
    CHECK(data.labels == labels);
  }
  CHECK(decode("label,p,q\n7,1,2\n8,3,4\n", 1).labels == std::vector<std::string>{"7", "8"});
}

TEST_CASE("CSV: a bad table is refused by line and column") {
  CHECK(refusal("1,2\n3,x4\n") == R"(file: line 2, column 2: "x4" is not a number)");
  CHECK(refusal("1,2\n3,4x\n") == R"(file: line 2, column 2: "4x" is not a number)");
  CHECK(
      refusal("1,2x\n3,4\n") ==
      R"-(file: line 1, column 2: "2x" is not a number (--header yes takes the line for names))-");
  CHECK(refusal("x,y\n1,2\n3,0x10\n") == R"(file: line 3, column 2: "0x10" is not a number)");
  CHECK(
      refusal("5.1,setosa\n6,7\n") ==
      R"-(file: line 1, column 2: "setosa" is not a number (--header yes takes the line for names))-");
  CHECK(refusal("1,2\n3,+-4\n") == R"(file: line 2, column 2: "+-4" is not a number)");
  CHECK(refusal("1,2\nnan,4\n") == R"(file: line 2, column 1: "nan" is not a finite number)");
  CHECK(
      refusal("nan,nan\n1,2\n") ==
      R"-(file: line 1, column 1: "nan" is not a finite number (--header yes takes the line for names))-");
  CHECK(refusal("1,2\n3,-inf\n") == R"(file: line 2, column 2: "-inf" is not a finite number)");
  CHECK(refusal("1,2\n3,1e999\n") ==
        R"(file: line 2, column 2: "1e999" is outside the range of a double)");
  CHECK(refusal("1,2\n3,\n") == "file: line 2, column 2: the field is empty");
  CHECK(refusal("1,2\n,4\n") == "file: line 2, column 1: the field is empty");
  CHECK(refusal("1,2\n3\n") == "file: line 2: 1 columns, where the first line has 2");
  CHECK(refusal("1,2\n3,4,5\n") == "file: line 2: 3 columns, where the first line has 2");
  CHECK(refusal("1,2\n\n3,4\n") == "file: line 2: the line is empty");
  CHECK(refusal("x,y\n") == "file: line 1: the file ends before any numbers");
  CHECK(refusal("\n\n") == "file: line 2: the file ends before any numbers");
  CHECK(refusal("1,2\n3,4\n", 3) == "file: line 1: there is no label column 3 among 2 columns");
  CHECK(refusal("1,2\n3,4\n", -3) == "file: line 1: there is no label column -3 among 2 columns");
  CHECK(refusal("4\n", 1) == "file: line 1: the label column is the only one");
  CHECK(refusal("1,2\n3,a\tb\n") == R"(file: line 2, column 2: "a?b" is not a number)");
  CHECK(refusal("1,2\n3," + std::string(99, 'q')) ==
        R"(file: line 2, column 2: ")" + std::string(24, 'q') + R"(..." is not a number)");
}

/// Would catch: a header that is counted as a sample, a sample that is taken for a header, an index
/// that becomes a value, and any of these without a note.
TEST_CASE("CSV: what is no number names the columns, and 0, 1, ... do with a note") {
  const Values expected{1.5, 2, 3, 4.5};
  CHECK(decode("1x1,1x2\n1.5,2\n3,4.5\n").values == expected);
  CHECK(decode("\"a, b\";c\n1.5;2\n3;4.5\n").values == expected);
  CHECK(decode("2nd,-\n1.5,2\n3,4.5\n").values == expected);
  CHECK(decode("x,y\n1.5,2\n3,4.5\n").notes.empty());
  const Dataset counted = decode("0,1\n1.5,2\n3,4.5\n");
  CHECK(counted.values == expected);
  CHECK(counted.notes ==
        std::vector<std::string>{"file: line 1: 0, 1, ... are taken for the names of the columns "
                                 "(--header no counts them as a sample)"});
  CHECK(decode("0,1,2\n7,1.5,2\n8,3,4.5\n", 1).values == expected);
  CHECK(decode("0,1,9\n1.5,2,7\n3,4.5,8\n", -1).values == expected);
  CHECK(decode("0,1\n1.5,2\n", 0, Answer::no).values == Values{0, 1, 1.5, 2});
  CHECK(decode("0,1\n1.5,2\n", 0, Answer::no).notes.empty());
}

TEST_CASE("CSV: a first column without a name is an index, with a note") {
  const Values expected{1.5, 2, 3, 4.5};
  const Dataset data = decode(",a,b\n0,1.5,2\n1,3,4.5\n");
  CHECK(data.values == expected);
  CHECK(data.notes == std::vector<std::string>{
                          "file: line 1: column 1 has no name, is taken for an index and left out "
                          "(--index no keeps it)"});
  CHECK(decode("\"\",\"a\",\"b\"\n\"r1\",1.5,2\n\"r2\",3,4.5\n").values == expected);
  CHECK(decode("\ta\tb\n0\t1.5\t2\n1\t3\t4.5\n").values == expected);
  CHECK(decode(",0,1\n0,1.5,2\n1,3,4.5\n").values == expected);
  CHECK(decode(",0,1\n0,1.5,2\n1,3,4.5\n").notes.size() == 2);
  CHECK(decode(",a,b,c\nx,1.5,2,u\ny,3,4.5,v\n", -1).values == expected);
  CHECK(decode(",a,b\nu,1.5,2\nv,3,4.5\n", 1).labels == std::vector<std::string>{"u", "v"});
  CHECK(decode("day,a,b\nMo,1.5,2\nTu,3,4.5\n", 0, Answer::not_given, Answer::yes).values ==
        expected);
  CHECK(decode(",a\n1.5,2\n3,4.5\n", 0, Answer::not_given, Answer::no).values == expected);
  CHECK(decode(",2001,2005\n0,1.5,2\n1,3,4.5\n", 0, Answer::yes).values == expected);
  CHECK(
      refusal(",\n1,2\n").ends_with("the field is empty (--header yes takes the line for names)"));
  CHECK(refusal("a\n1\n", 0, Answer::yes, Answer::yes) ==
        "file: line 1: there is no column beside the index");
}

TEST_CASE("CSV: what can be read in two ways is refused with the option that decides") {
  const auto asks_for_header = [](const std::string& table, Values if_yes, std::size_t if_no) {
    CAPTURE(table);
    CHECK(refusal(table).starts_with("file: line 1: the line holds "));
    CHECK(refusal(table).ends_with(
        "; are these names of the columns (--header yes) or a sample (--header no)?"));
    CHECK(decode(table, 0, Answer::yes).values == if_yes);
    if (if_no > 0) CHECK(decode(table, 0, Answer::no).count == if_no);
  };
  const Values expected{1.5, 2, 3, 4.5};
  asks_for_header("NA,NA\n1.5,2\n3,4.5\n", expected, 0);
  asks_for_header("\"7\",\"8\"\n1.5,2\n3,4.5\n", expected, 3);
  asks_for_header("2001,2005\n1.5,2\n3,4.5\n", expected, 3);
  asks_for_header("1,2\n1.5,2\n3,4.5\n", expected, 3);
  asks_for_header("2020,2019\n1,2\n4,3\n", {1, 2, 4, 3}, 3);
  asks_for_header("1500,2200\n1,2\n4,3\n", {1, 2, 4, 3}, 3);
  CHECK(decode("1499,2200\n1,2\n4,3\n").count == 3);
  CHECK(decode("1500,2201\n1,2\n4,3\n").count == 3);
  asks_for_header("1,2,3\n5,4,9\n7,9,1\n", {5, 4, 9, 7, 9, 1}, 3);
  asks_for_header("0.1,0.2,0.3\n5,4,9\n7,9,1\n", {5, 4, 9, 7, 9, 1}, 3);
  asks_for_header("0,1\n1,0\n0,1\n1,1\n", {1, 0, 0, 1, 1, 1}, 4);
  CHECK(
      refusal("NA,2\n1,2\n") ==
      R"-(file: line 1, column 1: "NA" is not a number (--header yes takes the line for names))-");
  CHECK(decode("label,2001,2002\na,1.5,2\nb,3,4.5\n", 1, Answer::yes).values == expected);
  CHECK(decode("1,2,3\n4,5,6\n7,8,10\n").count == 3);
  CHECK(decode("0,0,0\n5,4,9\n7,9,1\n").count == 3);

  const std::string counting = "n,a\n1,5\n2,3\n3,8\n4,1\n5,4\n";
  CHECK(refusal(counting) ==
        "file: column 1: the column counts the lines; is it an index to leave out (--index yes) or "
        "a value (--index no)?");
  CHECK(refusal("n,a\n0,5\n1,3\n2,8\n3,1\n4,4\n") == refusal(counting));
  CHECK(decode("n,a\n2,5\n3,3\n4,8\n5,1\n6,4\n").dimension == 2);
  CHECK(decode("n,a\n0,5\n1,3\n2,8\n3,1\n5,4\n").dimension == 2);
  const std::string labelled = "7,n,a\n1,1,5\n2,7,3\n3,3,8\n4,9,1\n5,5,4\n";
  CHECK(decode(labelled, 1, Answer::yes).labels.size() == 5);
  CHECK(decode("l,n,a\nu,1,5\nv,2,3\nw,3,8\nx,4,1\ny,5,4\n", 1).count == 5);
  CHECK(decode(counting, 0, Answer::not_given, Answer::no).dimension == 2);
  CHECK(decode("n,a,b\n0,1.5,2\n1,3,4.5\n", 0, Answer::not_given, Answer::yes).values == expected);
  CHECK(refusal("Unnamed: 0,a\n3,1\n4,3\n").find("--index") != std::string::npos);
}

TEST_CASE("CSV: lines that end with CR, a Ctrl-Z at the end, quotes around numbers, UTF-16") {
  const Values expected{1, 2, 3, 4};
  CHECK(decode("x,y\r1,2\r3,4\r").values == expected);
  CHECK(decode("1,2\r\n3,4\r\n\x1a").values == expected);
  CHECK(decode("1,2\n3,4\x1a\r\n").values == expected);
  CHECK(decode("\"x\",\"y\"\n\"1\",\"2\"\n3,4\n").values == expected);
  CHECK(refusal("1,2\r3,4\n") == "file: line 1: a carriage return (CR) stands inside the line");
  CHECK(refusal("\xff\xfe"
                "1") == "file: byte 0: is text in UTF-16; text is read in ASCII or UTF-8");
  CHECK(refusal("\x1a").starts_with("file: byte 0: wrong magic"));
}

TEST_CASE("NPY: every type of number in both byte orders") {
  const Values expected{1, 2, 100, 4};
  const auto check = [&]<class T>(T, const std::string& type) {
    const std::vector<T> values{T{1}, T{2}, T{100}, T{4}};
    CHECK(decode(npy("<" + type, "2, 2", numbers(values, little))).values == expected);
    CHECK(decode(npy(">" + type, "2, 2", numbers(values, big))).values == expected);
    CHECK(decode(npy("=" + type, "2, 2", numbers(values, std::endian::native))).values == expected);
  };
  check(float{}, "f4");
  check(double{}, "f8");
  check(std::uint8_t{}, "u1");
  check(std::uint16_t{}, "u2");
  check(std::uint32_t{}, "u4");
  check(std::uint64_t{}, "u8");
  check(std::int8_t{}, "i1");
  check(std::int16_t{}, "i2");
  check(std::int32_t{}, "i4");
  check(std::int64_t{}, "i8");
  CHECK(decode(npy("|b1", "2, 2", "\1\0\0\1"s)).values == Values{1, 0, 0, 1});
  CHECK(decode(npy("<i2", "2, 2", numbers<std::int16_t>({-1, -2, -300, 7}, little))).values ==
        Values{-1, -2, -300, 7});
}

/// Would catch: numbers that are scrambled by a header that is read otherwise than Python reads it.
TEST_CASE("NPY: the header is a Python literal") {
  const auto npy_of = [](const std::string& text, const std::string& payload = "\1\2\3\4\5\6") {
    return "\x93NUMPY\1\0"s + number(static_cast<std::uint16_t>(text.size()), little) + text +
           payload;
  };
  const Values rows{1, 2, 3, 4, 5, 6};
  for (const char* text : {
           "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }   \n",
           "{'descr':'|u1','fortran_order':False,'shape':(2,3)}",
           "{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 3L), }",
           "{\"descr\": \"|u1\", \"fortran_order\": False, \"shape\": (2, 3,)}",
           "{u'descr' : '|u1' , 'fortran_order' : False , 'shape' : ( 2 , 3 ) , }",
           "\n{\n'shape':\n(2,\n3),\t'fortran_order':\nFalse,\n'descr': '|u1'\n}\n",
       }) {
    CAPTURE(text);
    CHECK(decode(npy_of(text)).values == rows);
  }
  CHECK(decode(npy_of("{'descr': '|u1', \"fortran_order\" : True, 'shape': (2, 3), }")).values ==
        Values{1, 3, 5, 2, 4, 6});
  const auto of = [&](const std::string& fortran_order, const std::string& shape) {
    return refusal(npy_of("{'descr': '|u1', 'fortran_order': " + fortran_order +
                          ", 'shape': " + shape + ", }"));
  };
  for (const char* other : {"1", "0", "true", "'True'", "Truely", "False_", ""}) {
    CAPTURE(other);
    CHECK(of(other, "(2, 3)") == "file: byte 44: 'fortran_order' must be True or False");
  }
  for (const char* other : {"(2 3)", "(6)", "[2, 3]", "(2, 3", "(2,, 3)", "(2l, 3)", "(2.0, 3)",
                            "2", "(2, 0x3)", "(2, -3)", "(2, 3LL)"}) {
    CAPTURE(other);
    CHECK(of("False", other).ends_with("the shape is not readable"));
  }
  const std::string rest = "'fortran_order': False, 'shape': (2, 3), }";
  CHECK(refusal(npy_of("{'descr': '|u1', 'shape': (2, 3)}")) ==
        "file: byte 10: the NPY header has no 'fortran_order'");
  CHECK(refusal(npy_of("{'descr': [('a', '|u1')], " + rest)) ==
        "file: byte 20: records are not supported");
  for (const std::string text :
       {"'shape': (2, 3), 'descr': '|u1', ", "'extra': 1, 'descr': '|u1', "}) {
    CHECK(refusal(npy_of("{" + text + rest)).find("once each, and no other entry") !=
          std::string::npos);
  }
  CHECK(refusal(npy_of("{'descr': '|u1' " + rest)) ==
        "file: byte 26: the NPY header has no '}' where one is needed");
  CHECK(refusal(npy_of("'descr': '|u1', " + rest)) ==
        "file: byte 10: the NPY header has no '{' where one is needed");
  CHECK(refusal(npy_of("{'descr': '|u1', " + rest + " x")) ==
        "file: byte 70: something follows the dictionary of the NPY header");
}

TEST_CASE("NPY: half precision, subnormals included") {
  const std::vector<std::uint16_t> halves{0x3c00, 0xc000, 0x7bff, 0x0001};
  CHECK(decode(npy("<f2", "2, 2", numbers(halves, little))).values ==
        Values{1, -2, 65504, 0x1p-24});
}

TEST_CASE("NPY: bytes are known to lie in 0..255, other numbers are not") {
  CHECK(decode(npy("|u1", "2, 2", "abcd")).range.value().high == 255);
  CHECK_FALSE(decode(npy("|i1", "2, 2", "abcd")).range.has_value());
}

TEST_CASE("NPY: all three versions of the header") {
  for (const char version : {'\1', '\2', '\3'}) {
    CHECK(decode(npy("|u1", "2, 2", "\1\2\3\4", "False", version)).values == Values{1, 2, 3, 4});
  }
}

TEST_CASE("NPY: Fortran order is the same array, and further axes are flattened") {
  // a[i][j][k] = 100 i + 10 j + k with extents 2, 3, 2, in the order that each layout stores it.
  Values c_order;
  std::string c_bytes;
  std::string fortran_bytes;
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 2; ++k) {
        c_order.push_back(100 * i + 10 * j + k);
        c_bytes += static_cast<char>(100 * i + 10 * j + k);
      }
  for (int k = 0; k < 2; ++k)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 2; ++i) fortran_bytes += static_cast<char>(100 * i + 10 * j + k);

  const Dataset from_c = decode(npy("|u1", "2, 3, 2", c_bytes));
  CHECK(from_c.values == c_order);
  CHECK(from_c.image_height == 3);
  CHECK(from_c.image_width == 2);
  CHECK(decode(npy("|u1", "2, 3, 2", fortran_bytes, "True")).values == c_order);
  CHECK(decode(npy("|u1", "2, 6", c_bytes)).image_width == 0);
}

TEST_CASE("NPY: a bad file is refused by byte") {
  const std::string good = npy("<f4", "2, 2", numbers<float>({1, 2, 3, 4}, little));
  CHECK(refusal(good) == "accepted");
  const std::string end = std::to_string(good.size());
  CHECK(refusal(good.substr(0, good.size() - 1)) ==
        "file: byte " + std::to_string(good.size() - 1) +
            ": the data are cut short: the header promises 16 bytes, 15 are there");
  CHECK(refusal(good + "x") == "file: byte " + end + ": 1 bytes follow the promised data");
  CHECK(refusal("\x93NUMPZ") == R"(file: byte 0: wrong magic: NPY begins with \x93NUMPY)");
  CHECK(refusal("\x93NUMPY") == "file: byte 6: the NPY header is cut short");
  CHECK(refusal(good.substr(0, 9)) == "file: byte 9: the NPY header is cut short");
  CHECK(refusal(good.substr(0, 30)) == "file: byte 30: the NPY header is cut short");
  CHECK(refusal(npy("|u1", "2, 2", "abcd", "False", 9)) ==
        "file: byte 6: NPY version 9 is unknown");
  CHECK(refusal(npy("|O", "2, 2", "")) ==
        R"(file: byte 20: numbers of type "|O" are not supported)");
  CHECK(refusal(npy("<c8", "2, 2", "")) ==
        R"(file: byte 20: numbers of type "<c8" are not supported)");
  CHECK(refusal(npy("<U7", "2, 2", "")) ==
        R"(file: byte 20: numbers of type "<U7" are not supported)");
  CHECK(refusal(npy("|u1", "4,", "abcd")).starts_with("file: byte 0: holds an array of 1 axes"));
  CHECK(refusal(npy("|u1", "", "a")).starts_with("file: byte 0: holds an array of 0 axes"));
  CHECK(refusal(npy("|u1", "0, 4", "")) == "file: byte 0: holds no samples");
  CHECK(refusal(npy("|u1", "two, 4", "")) == "file: byte 61: the shape is not readable");
  CHECK(refusal(npy("|u1", "-2, 4", "")) == "file: byte 61: the shape is not readable");
}

TEST_CASE("NPY: an absurd header takes no memory") {
  const std::string most = "18446744073709551615";
  CHECK(refusal(npy("<f8", most + ", " + most, "abcd"))
            .ends_with("the header promises 18446744073709551615 bytes, 4 are there"));
  CHECK(refusal(npy("<f8", "999999999999, 1000", "abcd")).find("cut short") != std::string::npos);
  CHECK(refusal(npy("<f8", most + "0, 2", "abcd")).ends_with("the shape is not readable"));
}

TEST_CASE("NPY: NaN and infinity are refused with their place") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::string bytes = npy(">f8", "2, 2", numbers<double>({1, 2, 3, nan}, big));
  CHECK(refusal(bytes) == "file: byte " + std::to_string(bytes.size() - 8) +
                              ": sample 1 holds a value that is not finite");
  CHECK(refusal(npy("<f2", "2, 2", numbers<std::uint16_t>({0, 0x7c00, 0, 0}, little)))
            .ends_with("sample 0 holds a value that is not finite"));
}

TEST_CASE("IDX: every type of number, and images have their shape") {
  const Values expected{1, 2, 100, 4};
  const auto check = [&]<class T>(T, char type) {
    CHECK(decode(idx(type, {2, 2}, numbers<T>({T{1}, T{2}, T{100}, T{4}}, big))).values ==
          expected);
  };
  check(std::uint8_t{}, 0x08);
  check(std::int8_t{}, 0x09);
  check(std::int16_t{}, 0x0b);
  check(std::int32_t{}, 0x0c);
  check(float{}, 0x0d);
  check(double{}, 0x0e);

  const Dataset images = decode(idx(0x08, {2, 1, 3}, "\0\1\2\3\4\377"s));
  CHECK(images.count == 2);
  CHECK(images.dimension == 3);
  CHECK(images.image_height == 1);
  CHECK(images.image_width == 3);
  CHECK(images.values == Values{0, 1, 2, 3, 4, 255});
  CHECK(images.range.value().high == 255);
}

TEST_CASE("IDX: a bad file is refused by byte") {
  const std::string good = idx(0x08, {2, 2}, "abcd");
  CHECK(refusal(good) == "accepted");
  CHECK(refusal(good.substr(0, 3)) == "file: byte 3: the IDX header is cut short");
  CHECK(refusal(good.substr(0, 11)) == "file: byte 11: the IDX header is cut short");
  CHECK(refusal(good.substr(0, 15)) ==
        "file: byte 15: the data are cut short: the header promises 4 bytes, 3 are there");
  CHECK(refusal(good + "ef") == "file: byte 16: 2 bytes follow the promised data");
  CHECK(refusal("\0\1\x08\2"s) == "file: byte 0: wrong magic: IDX begins with two zero bytes");
  CHECK(refusal(idx(0x07, {2, 2}, "abcd")) ==
        "file: byte 2: wrong magic: 7 is not an IDX type of number");
  CHECK(refusal(idx(0x08, {4}, "abcd")).starts_with("file: byte 0: holds an array of 1 axes"));
  CHECK(refusal(idx(0x08, {0, 5}, "")) == "file: byte 0: holds no samples");
  CHECK(refusal(idx(0x08, {0xffffffff, 0xffffffff, 0xffffffff}, "abcd")).find("cut short") !=
        std::string::npos);
  CHECK(refusal(idx(0x08, std::vector<std::uint32_t>(255, 0xffffffff), "abcd")).find("cut short") !=
        std::string::npos);
}

TEST_CASE("gzip: any format, recognized by its magic and not by a name") {
  CHECK(decode(gzipped("1,2\n3,4\n")).values == Values{1, 2, 3, 4});
  CHECK(decode(gzipped(idx(0x08, {2, 2}, "\1\2\3\4"))).values == Values{1, 2, 3, 4});
  CHECK(decode(gzipped(npy("|u1", "2, 2", "\1\2\3\4"))).values == Values{1, 2, 3, 4});
  CHECK(decode(gzipped("1,2\n") + gzipped("3,4\n")).values == Values{1, 2, 3, 4});
  CHECK(decode(gzipped("1,2\n3,4\n") + std::string(500, '\0')).values == Values{1, 2, 3, 4});
  CHECK(refusal(gzipped("1,2\n3,4\n") + std::string(500, '\0') + "x").find("damaged") !=
        std::string::npos);
}

TEST_CASE("gzip: damage is detected, and messages say that offsets count unpacked bytes") {
  const std::string packed = gzipped("1,2\n3,4\n");
  const std::string end = std::to_string(packed.size());
  for (std::size_t length = 2; length < packed.size(); ++length) {
    CHECK(refusal(packed.substr(0, length)) ==
          "file: byte " + std::to_string(length) + ": the gzip data are cut short");
  }
  std::string damaged = packed;
  damaged[packed.size() - 6] ^= 1;
  CHECK(refusal(damaged).ends_with("the gzip data are damaged: incorrect data check"));
  CHECK(refusal(packed + "x").find("gzip data are cut short") != std::string::npos);
  CHECK(refusal(packed + "xxx").ends_with("the gzip data are damaged: incorrect header check"));
  CHECK(refusal(gzipped("")) == "file (unpacked): byte 0: there are no data");
  CHECK(refusal(gzipped("1,2\n3,x\n")) ==
        R"(file (unpacked): line 2, column 2: "x" is not a number)");
}

/// Would catch: a reader that unpacks as long as there is memory.
TEST_CASE("gzip: a small file that unpacks to a huge one is refused on the way") {
  constexpr std::size_t chunk = 1 << 18;
  const std::string packed = gzipped(std::string(16 * chunk, '0'));
  CHECK(gunzip("file", packed, 16 * chunk).size() == 16 * chunk);
  std::string message;
  try {
    gunzip("file", packed, 8 * chunk);
  } catch (const BadFile& error) {
    message = error.what();
  }
  CHECK(message.starts_with("file: byte "));
  CHECK(message.ends_with(
      ": the gzip data unpack to more than 2097152 bytes, which is what this program takes"));
}

TEST_CASE("Files of no known format are refused by their first bytes") {
  CHECK(refusal("\x89PNG\r\n\x1a\n") ==
        "file: byte 0: wrong magic: neither CSV, NPY nor IDX (it begins with 89 50 4e 47)");
  CHECK(refusal("\x7f") ==
        "file: byte 0: wrong magic: neither CSV, NPY nor IDX (it begins with 7f)");
}

TEST_CASE("Data that have no covariance are refused") {
  CHECK(refusal("1,2\n") == "file: holds one sample; a covariance needs at least two");
  CHECK(refusal("1\n2\n") == "file: holds one value per sample; there is no covariance in that");
  CHECK(refusal("1,2\n3,-1e101\n") == "file: holds values beyond 1e100, too large to be squared");
  CHECK(refusal(idx(0x08, {2, 5000}, std::string(10000, '\1'))) ==
        "file: holds 5000 values per sample; this program takes up to 4096");
}

TEST_CASE("Files that cannot be opened") {
  const auto refusal_of_path = [](const std::string& path) -> std::string {
    try {
      read_dataset(path);
    } catch (const BadFile& bad) {
      return bad.what();
    }
    return "accepted";
  };
  CHECK(refusal_of_path("no/such/file.csv") == "no/such/file.csv: No such file or directory");
  CHECK(refusal_of_path(".") == ".: is a directory, not a file");
}

TEST_CASE("The built-in digits") {
  const Dataset digits = decode_dataset("digits", std::string(embedded_digits()), {.label = {-1}});
  CHECK(digits.count == 1797);
  CHECK(digits.dimension == 64);
  CHECK(digits.labels.front() == "0");
  CHECK(digits.labels.back() == "8");
  CHECK(observed_range(digits).low == 0);
  CHECK(observed_range(digits).high == 16);
}

TEST_CASE("A known range is mapped to [-1, 1]") {
  Dataset data = decode(idx(0x08, {2, 2}, "\0\377\0\177"s));
  scale_to_unit(data, data.range.value());
  CHECK(data.values == Values{-1, 1, -1, (127 - 127.5) / 127.5});
}
