// SPDX-License-Identifier: MIT
#include <alphabar/io/csv.hpp>
#include <alphabar/io/npy.hpp>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "support/temporary_file.hpp"

namespace {

using namespace alphabar::io;

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const bool equal = std::bit_cast<std::uint64_t>(a[k]) == std::bit_cast<std::uint64_t>(b[k]);
    if (!equal && !(a[k] != a[k] && b[k] != b[k])) return false;
  }
  return true;
}

}  // namespace

/// Would catch: a file that crashes a reader or is refused by another exception than BadFile, and
/// an array or a table that is another one when it is written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const test::TemporaryFile file;
  file.put(std::string(data, data + size));
  const std::string& path = file.path();
  try {
    if (size > 0 && data[0] == 0x93) {
      const auto array = read_npy<Array<>>(path);
      if (array.shape.size() > 32 || array.fortran_order) return 0;
      write_npy(path, array.values,
                std::vector<alphabar::Index>(array.shape.begin(), array.shape.end()));
      const auto again = read_npy<Array<>>(path);
      if (again.shape != array.shape || !same(array.values, again.values)) std::abort();
    } else {
      std::vector<std::string> names;
      const auto table = read_csv<Array<>>(path, &names);
      if (table.shape.size() != 1) return 0;
      write_csv(path, table.values, names);
      if (!same(table.values, read_csv<Array<>>(path).values)) std::abort();
    }
  } catch (const BadFile&) {
  }
  return 0;
}
