# SPDX-License-Identifier: MIT
#
# Writes the bytes of a file into a C++ source, so that a program can carry its data with it:
#   cmake -D INPUT=digits.csv.gz -D OUTPUT=embedded_digits.cpp -P embed.cmake
file(READ "${INPUT}" hex HEX)
string(REGEX REPLACE "(................................)" "\\1\n" lines "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${lines}")
get_filename_component(name "${INPUT}" NAME)
file(WRITE "${OUTPUT}" "// Made from ${name} by embed.cmake.
#include \"diffuse_dataset/embedded_digits.hpp\"

namespace diffuse_dataset {
namespace {
constexpr unsigned char bytes[] = {
${bytes}};
}  // namespace

std::string_view embedded_digits() {
  return {reinterpret_cast<const char*>(bytes), sizeof bytes};
}

}  // namespace diffuse_dataset
")
