// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "diffuse_dataset/read_dataset.hpp"

/// Would catch: a file (CSV, NPY, IDX, or gzip of one) that crashes its reader, is refused by
/// another exception than BadFile, or is accepted with numbers missing or not finite. The first
/// byte chooses the label column.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    const auto samples =
        diffuse_dataset::decode_dataset("file", bytes, {static_cast<std::int8_t>(data[0]) % 4});
    if (samples.values.size() != samples.count * samples.dimension) std::abort();
    if (!samples.labels.empty() && samples.labels.size() != samples.count) std::abort();
    for (const double value : samples.values) {
      if (!std::isfinite(value)) std::abort();
    }
  } catch (const diffuse_dataset::BadFile&) {
  }
  return 0;
}
