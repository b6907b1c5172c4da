// SPDX-License-Identifier: MIT
#include "alphabar/io/npy_header.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace npy_header_test {

using namespace alphabar;
using namespace std::string_literals;
using Shape = std::vector<std::size_t>;

std::string npy(const std::string& text) {
  return "\x93NUMPY\1"s + '\0' + static_cast<char>(text.size() % 256) +
         static_cast<char>(text.size() / 256) + text;
}

io::ArrayLayout layout(const std::string& text) { return io::npy_layout("file", npy(text)); }

std::string refusal(const std::string& text) {
  try {
    (void)layout(text);
  } catch (const io::BadFile& bad) {
    return bad.what();
  }
  return "accepted";
}

// Would catch a header that is read otherwise than Python reads it: each of these is the same
// literal.
TEST_CASE("NPY header: every spelling of the dictionary that Python accepts") {
  for (const char* text : {
           "{'descr': '>f4', 'fortran_order': True, 'shape': (60, 6), }    \n",
           "{'descr':'>f4','fortran_order':True,'shape':(60,6)}",
           "{'descr': '>f4', 'fortran_order': True, 'shape': (60L, 6L)}",
           "{\"descr\": \">f4\", \"fortran_order\": True, \"shape\": (60, 6,)}",
           "{u'descr' : u'>f4' , 'fortran_order' : True , 'shape' : ( 60 , 6 , ) , } \n",
           "\n{\n'shape'\n:\n(\n60\n,\n6\n)\n,'fortran_order':\tTrue,\r\n\f'descr':'>f4'\n,\n}\n\n",
       }) {
    CAPTURE(text);
    const io::ArrayLayout read = layout(text);
    CHECK(read.byte_order == std::endian::big);
    CHECK(read.kind == 'f');
    CHECK(read.item_size == 4);
    CHECK(read.fortran_order);
    CHECK(read.shape == Shape{60, 6});
    CHECK(read.data_begin == 10 + std::string(text).size());
  }
  const auto of_shape = [](const std::string& shape) {
    return layout("{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + "}");
  };
  CHECK_FALSE(of_shape("(1,)").fortran_order);
  CHECK(of_shape("()").shape.empty());
  CHECK(of_shape("(7,)").shape == Shape{7});
  CHECK(of_shape("(0, 18446744073709551615)").shape == Shape{0, 18446744073709551615U});
}

// Would catch a header that reads the bytes after they are gone.
TEST_CASE("NPY header: it keeps what it needs of the bytes") {
  std::string bytes = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (60, 6)}");
  const io::NpyHeader header("file", bytes);
  std::fill(bytes.begin(), bytes.end(), 'x');
  CHECK(header.layout().shape == Shape{60, 6});
}

// Would catch scrambled data: what is not exactly True or False decides nothing.
TEST_CASE("NPY header: fortran_order is True or False") {
  for (const char* word :
       {"1", "0", "true", "false", "'True'", "Truee", "False_", "T", "None", ""}) {
    CAPTURE(word);
    CHECK(refusal("{'descr': '|u1', 'fortran_order': " + std::string(word) +
                  ", 'shape': (2, 3)}") == "file: byte 44: 'fortran_order' must be True or False");
  }
}

TEST_CASE("NPY header: a shape that is no tuple of integers is refused with its place") {
  const auto of_shape = [](const std::string& shape) {
    return refusal("{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + "}");
  };
  const std::string message = ": the shape is not readable";
  for (const char* shape : {"[2, 3]", "6", "2, 3", "None", "'(2, 3)'"}) {
    CAPTURE(shape);
    CHECK(of_shape(shape) == "file: byte 60" + message);
  }
  for (const char* shape : {"(6)", "(, 3)", "(-2, 3)", "(two, 3)", "(2l, 3)", "(2LL, 3)",
                            "(18446744073709551616, 3)", "(L, 3)"}) {
    CAPTURE(shape);
    CHECK(of_shape(shape) == "file: byte 61" + message);
  }
  for (const char* shape : {"(2 3)", "(2,,3)", "(2.0, 3)"}) {
    CAPTURE(shape);
    CHECK(of_shape(shape).ends_with(message));
  }
  CHECK(of_shape("(2, 3").ends_with(message));
}

TEST_CASE("NPY header: three entries, once each, in one dictionary") {
  const std::string entries = "'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)";
  CHECK(refusal("{" + entries + "}") == "accepted");
  const std::string only =
      "the NPY header must have 'descr', 'fortran_order' and 'shape', once each, and no other "
      "entry";
  CHECK(refusal("{" + entries + ", 'descr': '|u1'}") == "file: byte 68: " + only);
  CHECK(refusal("{'more': 1, " + entries + "}") == "file: byte 11: " + only);
  CHECK(refusal("{descr: '|u1'}") == "file: byte 11: " + only);
  CHECK(refusal("{'descr}") == "file: byte 11: " + only);
  CHECK(refusal("{") == "file: byte 11: " + only);
  CHECK(refusal("{u") == "file: byte 11: " + only);
  CHECK(refusal("{}") == "file: byte 10: the NPY header has no 'descr'");
  CHECK(refusal("{'descr': '|u1', 'shape': (2, 3)}") ==
        "file: byte 10: the NPY header has no 'fortran_order'");
  CHECK(refusal("{'descr': '|u1', 'fortran_order': False}") ==
        "file: byte 10: the NPY header has no 'shape'");
  CHECK(refusal("") == "file: byte 10: the NPY header has no '{' where one is needed");
  CHECK(refusal("{'descr' '|u1'}") ==
        "file: byte 19: the NPY header has no ':' where one is needed");
  CHECK(refusal("{" + entries) == "file: byte 66: the NPY header has no '}' where one is needed");
  CHECK(refusal("{'fortran_order': True") ==
        "file: byte 32: the NPY header has no '}' where one is needed");
  CHECK(refusal("{'fortran_order': Tru") == "file: byte 28: 'fortran_order' must be True or False");
  CHECK(refusal("{'shape': (2") == "file: byte 22: the shape is not readable");
  CHECK(refusal("{" + entries + "} x") ==
        "file: byte 68: something follows the dictionary of the NPY header");
  CHECK(refusal("{" + entries + "}}") ==
        "file: byte 67: something follows the dictionary of the NPY header");
  CHECK(refusal("{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (2, 3)}") ==
        "file: byte 20: records are not supported");
  CHECK(refusal("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3)}") ==
        "file: byte 20: numbers of type \"|O\" are not supported");
}

// Would catch a type that is taken for another, and one that no program writes.
TEST_CASE("NPY header: types of numbers and their byte orders") {
  const auto of_type = [](const std::string& descr) {
    return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (2, 3)}";
  };
  for (const std::string type :
       {"b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"}) {
    for (const auto& [order, byte_order] :
         {std::pair{'<', std::endian::little}, std::pair{'>', std::endian::big},
          std::pair{'|', std::endian::native}, std::pair{'=', std::endian::native}}) {
      const io::ArrayLayout read = layout(of_type(order + type));
      CAPTURE(type, order);
      CHECK(read.byte_order == byte_order);
      CHECK(read.kind == type[0]);
      CHECK(read.item_size == static_cast<std::size_t>(type[1] - '0'));
    }
  }
  for (const std::string descr : {"f8", "8", "", "?f8", "xf8", "<f16", "<f3", "<f1", "<i3", "<u5",
                                  "|b2", "<x4", "<c8", "<F8", "<f", "<f80"}) {
    CHECK(refusal(of_type(descr)) ==
          "file: byte 20: numbers of type \"" + descr + "\" are not supported");
  }
}

}  // namespace npy_header_test
