// SPDX-License-Identifier: MIT
#include "alphabar/io/sample_file.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/temporary_file.hpp"

namespace sample_file_test {

using namespace alphabar;
using namespace std::string_literals;
using test::complaint;
using test::TemporaryFile;
using Values = std::vector<double>;

template <class T>
std::string stored(T value, std::endian byte_order) {
  auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value);
  if (byte_order != std::endian::native) std::reverse(bytes.begin(), bytes.end());
  return {bytes.begin(), bytes.end()};
}

std::string npy(const std::string& descr, const std::string& shape, const std::string& payload,
                const std::string& fortran_order = "False") {
  const std::string text = "{'descr': '" + descr + "', 'fortran_order': " + fortran_order +
                           ", 'shape': (" + shape + "), }\n";
  return "\x93NUMPY\1\0"s + stored(static_cast<std::uint16_t>(text.size()), std::endian::little) +
         text + payload;
}

std::string idx(char type, const std::vector<std::uint32_t>& shape, const std::string& payload) {
  std::string head = "\0\0"s + type + static_cast<char>(shape.size());
  for (const auto extent : shape) head += stored(extent, std::endian::big);
  return head + payload;
}

/// All samples, `block` at a time.
Values read_all(const std::string& path, Index block) {
  io::SampleFile file(path);
  Values all;
  for (Index first = 0; first < file.count(); first += block) {
    Values part(static_cast<std::size_t>(std::min(block, file.count() - first) * file.dimension()));
    file.read(first, part);
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

/// What is wrong with a file, without its name.
std::string refusal(const std::string& bytes) {
  const TemporaryFile file(bytes);
  try {
    (void)read_all(file.path(), 2);
  } catch (const io::BadFile& bad) {
    return std::string(bad.what()).substr(file.path().size());
  }
  return "accepted";
}

// Would catch a block that begins at the wrong sample, in either format, either byte order and at
// any place against the buffer of 64 KiB.
TEST_CASE("SampleFile: the same values for any size of a block") {
  constexpr Index n = 701;  // 168240 bytes of doubles: more than two buffers
  constexpr Index d = 30;
  Values expected;
  std::string little;
  std::string big;
  for (Index k = 0; k < n * d; ++k) {
    expected.push_back(static_cast<double>(k * k % 10007) / 8 - 300);
    little += stored(expected.back(), std::endian::little);
    big += stored(expected.back(), std::endian::big);
  }
  for (const std::string& bytes :
       {npy("<f8", "701, 30", little), npy(">f8", "701, 5, 6", big), idx(0x0e, {701, 30}, big)}) {
    const TemporaryFile file(bytes);
    CHECK(io::SampleFile(file.path()).count() == n);
    CHECK(io::SampleFile(file.path()).dimension() == d);
    for (const Index block : {1, 7, 273, 700, 701, 5000}) {
      CAPTURE(block);
      CHECK(read_all(file.path(), block) == expected);
    }
  }
}

// Would catch a read that only works once, or in order.
TEST_CASE("SampleFile: any range, in any order, into any Scalar") {
  const TemporaryFile file(npy("|u1", "4, 3, 1", "\0\1\2\3\4\5\6\7\x08\x09\x0a\xff"s));
  io::SampleFile samples(file.path());
  CHECK(samples.shape() == std::vector<std::size_t>{4, 3, 1});
  std::vector<float> last(3);
  samples.read(3, last);
  CHECK(last == std::vector<float>{9, 10, 255});
  const std::int64_t large = (std::int64_t{1} << 60) + (std::int64_t{1} << 36) + 1;
  const TemporaryFile integers(npy(">i8", "1, 1", stored(large, std::endian::big)));
  std::vector<float> rounded_once(1);
  io::SampleFile(integers.path()).read(0, rounded_once);
  CHECK(rounded_once[0] == 0x1.000002p60F);
  Values middle(6);
  samples.read(1, middle);
  CHECK(middle == Values{3, 4, 5, 6, 7, 8});
  Values nothing;
  samples.read(4, nothing);
  CHECK(complaint([&] { samples.read(3, middle); }) ==
        "out_of_range: alphabar::io::SampleFile::read: first must be in 0..2, got 3");
  CHECK(complaint([&] { samples.read(-1, middle); }) ==
        "out_of_range: alphabar::io::SampleFile::read: first must be in 0..2, got -1");
  Values odd(4);
  CHECK(complaint([&] { samples.read(0, odd); }) ==
        "invalid_argument: alphabar::io::SampleFile::read: the size of out must be a multiple of "
        "3, got 4");
  Values all_and_more(15);
  CHECK(complaint([&] { samples.read(0, all_and_more); }) ==
        "invalid_argument: alphabar::io::SampleFile::read: the number of samples asked for must be "
        "at most 4, got 5");
}

// Would catch invented numbers, or an end without an error, when a file shrinks.
TEST_CASE("SampleFile: a file that is truncated while it is read") {
  const TemporaryFile file(npy("|u1", "40, 5000", std::string(200000, 'a')));
  io::SampleFile samples(file.path());
  Values all(200000);
  samples.read(0, all);
  file.cut(100000);
  CHECK_THROWS_WITH(samples.read(0, all),
                    file.path() + ": byte 100000: cannot be read any further");
  Values first(5000);
  samples.read(0, first);
  CHECK(first.back() == 'a');
}

// Would catch infinity that was not in the file, and a message that reports one.
TEST_CASE("SampleFile: values that the buffer cannot hold") {
  const TemporaryFile file(npy("<f8", "1, 1", stored(1e300, std::endian::little)));
  io::SampleFile samples(file.path());
  Values one(1);
  samples.read(0, one);
  CHECK(one[0] == 1e300);
  std::vector<float> in_float(1);
  CHECK_THROWS_WITH(samples.read(0, in_float),
                    file.path() + ": byte 70: sample 0 holds a value that does not fit into out");
}

// Would catch a sample that is counted from the beginning of a buffer or of a block.
TEST_CASE("SampleFile: which sample is not finite") {
  std::string payload;
  for (int k = 0; k < 2 * 9000; ++k) {
    const double value = k == 2 * 8999 + 1 ? std::numeric_limits<double>::quiet_NaN() : k;
    payload += stored(value, std::endian::little);
  }
  const TemporaryFile file(npy("<f8", "9000, 2", payload));
  io::SampleFile samples(file.path());
  Values some(2 * 8999);
  samples.read(0, some);
  for (const Index first : {0, 1, 500}) {
    Values rest(static_cast<std::size_t>(2 * (9000 - first)));
    CHECK_THROWS_WITH(samples.read(first, rest),
                      Catch::Matchers::EndsWith("sample 8999 holds a value that is not finite"));
  }
}

// Would catch a limit of headers that is another than the one that is documented.
TEST_CASE("SampleFile: headers of up to 64 KiB") {
  const auto padded = [](std::size_t blanks) {
    return refusal(npy("|u1", "2, 2" + std::string(blanks, ' '), "abcd"));
  };
  CHECK(padded(65000) == "accepted");
}

// Would catch memory that is allocated by an unchecked header, and a message without the place.
TEST_CASE("SampleFile: says what is wrong with a file, before it allocates memory") {
  const std::string four = "abcd";
  CHECK(refusal("").substr(0, 9) == ": byte 0:");
  CHECK(refusal("1,2\n3,4\n") == ": byte 0: is neither NPY nor IDX");
  CHECK(refusal("\x93NUMPY\1") == ": byte 7: the NPY header is cut short");
  for (const std::size_t size : {std::size_t{3}, std::size_t{7}, std::size_t{11}}) {
    CHECK(refusal(idx(0x08, {2, 2}, four).substr(0, size)) ==
          ": byte " + std::to_string(size) + ": the IDX header is cut short");
  }
  CHECK(refusal(npy("|u1", "2, 3", four)) ==
        ": byte 74: the data are cut short: the header promises 6 bytes, 4 are there");
  CHECK(refusal(npy("|u1", "3, 1", four)) == ": byte 73: 1 bytes follow the promised data");
  if constexpr (sizeof(std::size_t) == 8) {  // else no number holds these
    CHECK(refusal(npy("<f8", "1099511627776, 16777216", four)).substr(9) ==
          ": the data are cut short: the header promises 18446744073709551615 bytes, 4 are there");
    CHECK(refusal(npy("<f8", "1099511627776, 3", four)).substr(9) ==
          ": the data are cut short: the header promises 26388279066624 bytes, 4 are there");
    CHECK(
        refusal(idx(0x08, {0xffffffff, 0xffffffff}, four)) ==
        ": byte 16: the data are cut short: the header promises 18446744065119617025 bytes, 4 are "
        "there");
  }
  CHECK(refusal(npy("|u1", "0, 3", "")) == ": byte 0: holds no samples");
  CHECK(refusal(npy("|u1", "4,", four)).substr(0, 32) == ": byte 0: holds an array of 1 ax");
  CHECK(refusal(npy("|u1", "2, 2", four, "True")) ==
        ": byte 0: is in Fortran order; needed is one sample after another");
  const std::string not_finite =
      stored(1.0, std::endian::little) +
      stored(std::numeric_limits<double>::infinity(), std::endian::little);
  CHECK(refusal(npy("<f8", "2, 1", not_finite)) ==
        ": byte 78: sample 1 holds a value that is not finite");
  CHECK_THROWS_AS(io::SampleFile("/nowhere/at/all.npy"), io::BadFile);
  CHECK_THROWS_WITH(io::SampleFile("/"), "/: is a directory, not a file");
}

}  // namespace sample_file_test
