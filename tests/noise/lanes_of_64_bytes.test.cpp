// SPDX-License-Identifier: MIT
//
// The code for AVX-512, compiled for the processor at hand: a compiler takes vectors of 64 bytes
// apart where there are none, so that a fault in it is seen on machines without AVX-512, too.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "alphabar/noise/standard_normal.hpp"
#include "support/catch.hpp"

#if defined(__GNUC__) && defined(__x86_64__)

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"
#endif
#pragma GCC diagnostic ignored "-Wpsabi"  // such vectors are passed in memory; nobody else does

namespace alphabar::detail::emulated {

template <class F>
F root_of(F x) {
  for (std::size_t lane = 0; lane < sizeof x / sizeof x[0]; ++lane) x[lane] = std::sqrt(x[lane]);
  return x;
}

/// Of the lower halves of numbers of 64 bits.
template <class Halves, class Source>
auto product_of(Halves x, Halves y, Source) {
  using Whole __attribute__((vector_size(64))) = std::uint64_t;
  constexpr std::uint64_t lower = 0xffffffff;
  return (__builtin_bit_cast(Whole, x) & lower) * (__builtin_bit_cast(Whole, y) & lower);
}

// The only instructions that the code names.
#define __builtin_ia32_pmuludq512_mask(x, y, source, mask) product_of(x, y, source)
#define __builtin_ia32_pternlogd512_mask(x, y, z, table, mask) ((x) ^ (y) ^ (z))
#define __builtin_ia32_sqrtps512(x, rounding) root_of(x)
#define __builtin_ia32_sqrtpd512(x, rounding) root_of(x)
#define __builtin_ia32_sqrtps512_mask(x, source, mask, rounding) root_of(x)
#define __builtin_ia32_sqrtpd512_mask(x, source, mask, rounding) root_of(x)
#define ALPHABAR_UNROLL(times)
#define ALPHABAR_IN_PLACE inline
#define ALPHABAR_LANE_BYTES 64
ALPHABAR_NO_CONTRACTION_BEGIN
#include "alphabar/noise/detail/normal_lanes.hpp"
#include "alphabar/noise/detail/philox_lanes.hpp"
ALPHABAR_NO_CONTRACTION_END
#undef ALPHABAR_LANE_BYTES
#undef ALPHABAR_IN_PLACE
#undef ALPHABAR_UNROLL
#undef __builtin_ia32_pmuludq512_mask
#undef __builtin_ia32_pternlogd512_mask
#undef __builtin_ia32_sqrtps512
#undef __builtin_ia32_sqrtpd512
#undef __builtin_ia32_sqrtps512_mask
#undef __builtin_ia32_sqrtpd512_mask

}  // namespace alphabar::detail::emulated

namespace lanes_of_64_bytes_test {

using namespace alphabar;

// Would catch a fault of the AVX-512 path in a term, a tail shorter than a vector, or an output
// that is an input; with another sum than two rounded products.
TEMPLATE_TEST_CASE("affine in vectors of 64 bytes: the same bits as one number at a time", "",
                   float, double) {
  constexpr std::size_t width = 64 / sizeof(TestType);
  const auto a = static_cast<TestType>(0.9999);
  const auto b = static_cast<TestType>(-0.014142);
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, width - 1, width, width + 1,
                                  3 * width, 3 * width + width / 2 + 1}) {
    CAPTURE(count);
    std::vector<TestType> x(count + 1);
    std::vector<TestType> y(count + 1);
    for (std::size_t k = 0; k <= count; ++k) {
      x[k] = std::sin(static_cast<TestType>(k + 1));
      y[k] = std::exp(static_cast<TestType>(k) / 7);
    }
    std::vector<TestType> expected(count + 1, 7);
    for (std::size_t k = 0; k < count; ++k) expected[k] = detail::affine(a, x[k], b, y[k]);
    std::vector<TestType> out(count + 1, 7);
    detail::emulated::affine(a, x.data(), b, y.data(), count, out.data());
    CHECK(out == expected);
    expected.back() = x.back();
    detail::emulated::affine(a, x.data(), b, y.data(), count, x.data());
    CHECK(x == expected);
  }
}

// Would catch a fault of the AVX-512 path in the noise itself.
TEMPLATE_TEST_CASE("Noise in vectors of 64 bytes: the same bits as one number at a time", "", float,
                   double) {
  constexpr std::size_t size = detail::chunk_size<TestType>;
  constexpr std::size_t count = 21;
  const std::uint64_t chunk = (std::uint64_t{1} << 28) - 5;
  std::vector<TestType> one(count * size);
  for (std::size_t k = 0; k < one.size(); ++k) {
    const std::uint64_t counter = 16 * (chunk + k / size) + k % 16;
    one[k] = detail::normals_of_counter<TestType>(counter, 7, 9)[k % size / 16];
  }
  std::vector<TestType> wide(one.size());
  detail::emulated::fill(7, 9, chunk, 0, one.size(), wide.data());
  CHECK(wide == one);
}

}  // namespace lanes_of_64_bytes_test

#endif
