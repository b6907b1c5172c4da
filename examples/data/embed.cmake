# SPDX-License-Identifier: MIT
#
# Writes the bytes of a file into a C++ source, as what the function NAME() returns, so that a
# program can carry its data with it:
#   cmake -D INPUT=digits.csv.gz -D NAME=embedded_digits -D OUTPUT=digits.cpp -P embed.cmake
file(READ "${INPUT}" hex HEX)
string(REGEX REPLACE "(................................)" "\\1\n" lines "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${lines}")
file(WRITE "${OUTPUT}" "// Made by embed.cmake.
#include \"diffuse_dataset/${NAME}.hpp\"

namespace diffuse_dataset {
namespace {
constexpr unsigned char bytes[] = {
${bytes}};
}  // namespace

std::string_view ${NAME}() { return {reinterpret_cast<const char*>(bytes), sizeof bytes}; }

}  // namespace diffuse_dataset
")
