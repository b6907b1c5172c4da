// SPDX-License-Identifier: MIT
#include "alphabar/io/npy.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/temporary_file.hpp"

#if __has_include(<sys/resource.h>)
#include <signal.h>
#include <sys/resource.h>
#endif

namespace npy_test {

using namespace alphabar;
using namespace std::string_literals;
using test::complaint;
using test::TemporaryFile;
using Shape = std::vector<std::size_t>;

/// The header that numpy.save of NumPy 1.24 writes on a little-endian machine.
std::string numpy_head(const std::string& dictionary) {
  std::string text = dictionary;
  text.resize(117, ' ');
  return "\x93NUMPY\1\0v\0"s + text + '\n';
}

// Would catch a header that numpy would not have written, or another order of the bytes.
TEST_CASE("write_npy: the bytes of numpy.save") {
  if (std::endian::native != std::endian::little) return;
  const TemporaryFile file;
  io::write_npy(file.path(), std::vector<double>{1, -0.5, 3});
  CHECK(file.bytes() == numpy_head("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }") +
                            "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\xe0\xbf\0\0\0\0\0\0\x08\x40"s);
  io::write_npy(file.path(), std::array<float, 6>{1, 2, 3, 4, 5, 6}, {2, 3});
  CHECK(file.bytes() ==
        numpy_head("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }") +
            "\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40\0\0\xa0\x40\0\0\xc0\x40"s);
  const std::uint8_t bytes[]{7, 8};
  io::write_npy(file.path(), bytes, {1, 2, 1});
  CHECK(file.bytes() ==
        numpy_head("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 1), }") + "\7\10");
  io::write_npy(file.path(), std::vector<double>{2.5}, {});
  CHECK(file.bytes() == numpy_head("{'descr': '<f8', 'fortran_order': False, 'shape': (), }") +
                            "\0\0\0\0\0\0\x04\x40"s);
  io::write_npy(file.path(), std::vector<std::int32_t>{}, {0, 3});
  CHECK(file.bytes() == numpy_head("{'descr': '<i4', 'fortran_order': False, 'shape': (0, 3), }"));
  // A header of more than 118 bytes takes the next 64; all of them end in a whole number of 64.
  io::write_npy(file.path(), std::vector<double>{1}, std::vector<Index>(32, 1));
  CHECK(file.bytes().size() == 192 + 8);
}

// Would catch a number that is not the one that was written.
TEST_CASE("NPY: written and read back, bit for bit") {
  const TemporaryFile file;
  const std::vector<double> numbers{0.1,
                                    -0.0,
                                    5e-324,
                                    1e308,
                                    std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::quiet_NaN()};
  io::write_npy(file.path(), numbers);
  const auto read = io::read_npy<std::vector<double>>(file.path());
  REQUIRE(read.size() == numbers.size());
  for (std::size_t k = 0; k < read.size(); ++k) {
    CHECK(std::bit_cast<std::uint64_t>(read[k]) == std::bit_cast<std::uint64_t>(numbers[k]));
  }
  // More than one block of 64 KiB.
  std::vector<float> many(100'003);
  for (std::size_t k = 0; k < many.size(); ++k) many[k] = static_cast<float>(k) / 7;
  io::write_npy(file.path(), std::span(many));
  CHECK(io::read_npy<std::vector<float>>(file.path()) == many);
  io::write_npy(file.path(), many, {100'003, 1, 1});
  const auto array = io::read_npy<io::Array<float>>(file.path());
  CHECK(array.shape == Shape{100'003, 1, 1});
  CHECK(array.values == many);
  io::write_npy(file.path(), std::vector<std::int64_t>{-3, 1'000'000});
  CHECK(io::read_npy<std::vector<double>>(file.path()) == std::vector<double>{-3, 1e6});
  io::write_npy(file.path(), std::vector<double>{}, {0, 4});
  CHECK(io::read_npy<io::Array<>>(file.path()).shape == Shape{0, 4});
  io::write_npy(file.path(), std::vector<double>{4.5}, {});
  CHECK(io::read_npy<io::Array<>>(file.path()) == io::Array<>{{}, false, {4.5}});
}

// Would catch a 64-bit integer that becomes a double on its way to a float: 2^60 for each of these.
TEST_CASE("read_npy: integers rounded once") {
  const TemporaryFile file;
  const std::int64_t large = (std::int64_t{1} << 60) + (std::int64_t{1} << 36) + 1;
  io::write_npy(file.path(), std::vector<std::int64_t>{large, -large});
  const std::vector<float> once{0x1.000002p60F, -0x1.000002p60F};
  CHECK(io::read_npy<std::vector<float>>(file.path()) == once);
  const auto unsigned_large = static_cast<std::uint64_t>(large);
  io::write_npy(file.path(), std::vector<std::uint64_t>{unsigned_large, ~std::uint64_t{0}});
  CHECK(io::read_npy<std::vector<float>>(file.path()) ==
        std::vector<float>{0x1.000002p60F, 0x1p64F});
  CHECK(io::read_npy<std::vector<double>>(file.path()) ==
        std::vector<double>{0x1.0000010p60, 0x1p64});
}

// Would catch an order of axes that is lost.
TEST_CASE("read_npy: Fortran order and the other byte order") {
  const TemporaryFile file("\x93NUMPY\1\0"s + "\x3c\0"s +
                           "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2), } \n" +
                           "\0\1\0\2\0\3\0\4"s);
  const auto array = io::read_npy<io::Array<>>(file.path());
  CHECK(array == io::Array<>{{2, 2}, true, {1, 2, 3, 4}});
}

// Would catch a header that is read in part.
TEST_CASE("read_npy: a header of nearly 64 KiB") {
  for (const std::size_t size : {65'500U, 65'535U}) {
    std::string text = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }";
    text.resize(size, ' ');
    const TemporaryFile file("\x93NUMPY\1\0"s + static_cast<char>(size % 256) +
                             static_cast<char>(size / 256) + text + "\7\10");
    CHECK(io::read_npy<std::vector<double>>(file.path()) == std::vector<double>{7, 8});
  }
}

// Would catch an error that is none, or does not name file and reason.
TEST_CASE("NPY: what is refused") {
  const TemporaryFile file;
  const std::string& path = file.path();
  const auto read = [&] {
    return complaint([&] { (void)io::read_npy<std::vector<float>>(path); });
  };
  CHECK(read() == "runtime_error: " + path + ": No such file or directory");
  file.put("no array");
  CHECK(read() == "runtime_error: " + path + ": byte 0: wrong magic: NPY begins with \\x93NUMPY");
  io::write_npy(path, std::vector<double>{1, 1e300});
  CHECK(read() == "runtime_error: " + path + ": byte 136: holds a number that a float cannot hold");
  file.cut(140);
  CHECK(read() == "runtime_error: " + path +
                      ": byte 140: the data are cut short: the header promises 16 bytes, 12 are "
                      "there");
  io::write_npy(path, std::vector<double>{1, 2}, {2, 1});
  CHECK(read() == "runtime_error: " + path + ": holds an array of 2 axes, no vector");
  const std::vector<double> two{1, 2};
  CHECK(complaint([&] { io::write_npy(path, two, {3}); }) ==
        "invalid_argument: alphabar::io::write_npy: the number of elements of shape must be 2, got "
        "3");
  CHECK(complaint([&] {
          io::write_npy(path, two, {-1, -2});
        }) == "invalid_argument: alphabar::io::write_npy: shape[0] must be >= 0, got -1");
  CHECK(
      complaint([&] {
        io::write_npy(path + "/x", two);
      }).starts_with("runtime_error: " + path + "/x: cannot be written: No"));  // "Not a directory"
  CHECK(complaint([&] {
          io::write_npy(std::filesystem::path(path).parent_path().string(), two);
        }).ends_with(": is no regular file"));
}

// Would catch a matrix of -1 rows, and an array of our own that we do not read.
TEST_CASE("NPY: lengths beside a 0 fit into an Index") {
  const TemporaryFile file;
  const auto read = [&](const std::string& shape) {
    file.put(numpy_head("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }"));
    return complaint([&] { (void)io::read_npy<io::Array<>>(file.path()); });
  };
  const auto refused = [&](const std::string& axis, const std::string& length) {
    return "runtime_error: " + file.path() + ": byte 0: axis " + axis +
           " of the shape has length " + length +
           "; the product of the lengths that are not 0 is more than 9223372036854775807";
  };
  if (sizeof(Index) != 8) return;
  CHECK(read("(18446744073709551615, 0)") == refused("0", "18446744073709551615"));
  CHECK(read("(0, 9223372036854775808)") == refused("1", "9223372036854775808"));
  CHECK(read("(4611686018427387904, 0, 2)") == refused("2", "2"));
  CHECK(read("(9223372036854775807, 0)") == "nothing");
  CHECK(complaint([&] {
          io::write_npy(file.path(), std::vector<double>{}, {0, Index{1} << 62, 2});
        }) ==
        "invalid_argument: alphabar::io::write_npy: the number of elements of shape must be at "
        "most 9223372036854775807, got 9223372036854775808");
}

#if __has_include(<sys/resource.h>)
// Would catch an incomplete file under the final name, and the loss of an earlier file.
TEST_CASE("write_npy: a full disk leaves the file as it was") {
  const TemporaryFile file("before");
  const auto handler = signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{1000, limit.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string small_array =
      complaint([&] { io::write_npy(file.path(), std::vector<double>(200)); });
  const std::string large_array =
      complaint([&] { io::write_npy(file.path(), std::vector<double>(20'000)); });
  setrlimit(RLIMIT_FSIZE, &limit);
  signal(SIGXFSZ, handler);
  const std::string expected =
      "runtime_error: " + file.path() + ": cannot be written: File too large";
  CHECK(small_array == expected);  // seen when the file is closed
  CHECK(large_array == expected);
  CHECK(file.bytes() == "before");
  CHECK(file.files() == 1);
}
#endif

#if !defined(_WIN32)  // where links need a permission
// Would catch a link that is replaced instead of its file, and permissions that are lost.
TEST_CASE("WholeFile: an earlier file, and a link to it") {
  const TemporaryFile file("before");
  namespace fs = std::filesystem;
  fs::permissions(file.path(), fs::perms::owner_read | fs::perms::owner_write);
  const std::string link = file.path() + "_link";
  fs::create_symlink(file.path(), link);
  {
    io::WholeFile unfinished(link);
    unfinished.write("half");
    CHECK(file.files() == 3);
  }
  CHECK(file.bytes() == "before");
  CHECK(file.files() == 2);
  {
    io::WholeFile one(file.path());
    io::WholeFile other(file.path());
    one.write("one");
    other.write("other");
    CHECK(file.files() == 4);
    one.publish();
    CHECK(file.bytes() == "one");
    other.publish();
    CHECK(file.bytes() == "other");
  }
  io::WholeFile whole(link);
  whole.write("after");
  whole.publish();
  CHECK(file.bytes() == "after");
  CHECK(fs::is_symlink(link));
  CHECK(fs::status(file.path()).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(file.files() == 2);
}

// Would catch a link that is replaced by a file, while its target is not written.
TEST_CASE("WholeFile: a symbolic link that leads to no file is refused") {
  const TemporaryFile file;
  namespace fs = std::filesystem;
  const std::string link = file.path() + "_link";
  for (const std::string& target : {file.path(), link}) {  // a missing file, and a loop
    fs::create_symlink(target, link);
    CHECK(complaint([&] { const io::WholeFile whole(link); }) ==
          "runtime_error: " + link + ": is a symbolic link that leads to no file");
    CHECK(fs::is_symlink(link));
    CHECK(file.files() == 1);
    fs::remove(link);
  }
}
#endif

}  // namespace npy_test
