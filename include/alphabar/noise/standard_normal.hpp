// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "alphabar/kernel/detail/floating_point.hpp"
#include "alphabar/kernel/detail/instruction_set.hpp"
#include "alphabar/noise/philox.hpp"

/// Standard normals in chunks of 16 counters of Philox, by vectors of any width.
///
/// Counter 16 c + lane of chunk c gives four words. For float, the pairs (0, 1) and (2, 3) make
/// four normals by Box–Muller; normal k of the counter is number 16 k + lane of the chunk, of 64.
/// For double, words 0 and 1 make one of 64 bits, 2 and 3 the other; the two normals are numbers
/// lane and 16 + lane, of 32. The layout does not depend on the width of the vectors.
///
/// The formulas are in noise/detail/normal_lanes.hpp and philox_lanes.hpp, which are included once
/// per width. On x86-64 the wide versions are compiled for AVX2 and AVX-512 with any flags, and
/// chosen at run time if the processor has them.

/// Whether there are the vector extensions of g++ and clang++; nvcc claims to be g++ and has none.
/// Other processors than these take one number at a time.
#if defined(__GNUC__) && !defined(__CUDACC__)
#if defined(__SSE2__) || (defined(__aarch64__) && defined(__ARM_NEON) && !defined(__ARM_BIG_ENDIAN))
#define ALPHABAR_VECTORS
#endif
#if defined(__x86_64__)
#define ALPHABAR_WIDE_VECTORS
#endif
#endif
#if defined(ALPHABAR_VECTORS) && defined(__aarch64__)
#include <arm_neon.h>
#endif

#define ALPHABAR_PRAGMA(words) _Pragma(#words)
#if defined(__clang__)
#define ALPHABAR_UNROLL(times) ALPHABAR_PRAGMA(clang loop unroll_count(times))
#elif defined(__GNUC__) && !defined(__CUDACC__)
#define ALPHABAR_UNROLL(times) ALPHABAR_PRAGMA(GCC unroll times)
#else
#define ALPHABAR_UNROLL(times)
#endif
#if defined(__clang__)
#define ALPHABAR_TARGET_BEGIN(set) \
  ALPHABAR_PRAGMA(clang attribute push(__attribute__((target(set))), apply_to = function))
#define ALPHABAR_TARGET_END _Pragma("clang attribute pop")
#else
#define ALPHABAR_TARGET_BEGIN(set) _Pragma("GCC push_options") ALPHABAR_PRAGMA(GCC target(set))
#define ALPHABAR_TARGET_END _Pragma("GCC pop_options")
#endif
#if defined(__GNUC__)
#define ALPHABAR_IN_PLACE __attribute__((always_inline)) inline
#else
#define ALPHABAR_IN_PLACE inline
#endif

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"  // a sanitizer may keep loops rolled
#endif

namespace alphabar::detail {
// Functions compiled for different instruction sets must not share a name: the linker keeps one.
inline namespace ALPHABAR_INSTRUCTION_SET {

ALPHABAR_NO_CONTRACTION_BEGIN
namespace scalar {
#define ALPHABAR_LANE_BYTES 0
#include "alphabar/noise/detail/normal_lanes.hpp"
#undef ALPHABAR_LANE_BYTES
}  // namespace scalar
#if defined(ALPHABAR_VECTORS)
namespace narrow {
#define ALPHABAR_LANE_BYTES 16
#include "alphabar/noise/detail/normal_lanes.hpp"
#include "alphabar/noise/detail/philox_lanes.hpp"
#undef ALPHABAR_LANE_BYTES
}  // namespace narrow
#endif
ALPHABAR_NO_CONTRACTION_END

#if defined(ALPHABAR_WIDE_VECTORS)
ALPHABAR_TARGET_BEGIN("avx2")
ALPHABAR_NO_CONTRACTION_BEGIN
namespace wide {
#define ALPHABAR_LANE_BYTES 32
#include "alphabar/noise/detail/normal_lanes.hpp"
#include "alphabar/noise/detail/philox_lanes.hpp"
#undef ALPHABAR_LANE_BYTES
}  // namespace wide
ALPHABAR_NO_CONTRACTION_END
ALPHABAR_TARGET_END
ALPHABAR_TARGET_BEGIN("avx512f,avx512dq")
ALPHABAR_NO_CONTRACTION_BEGIN
namespace widest {
#define ALPHABAR_LANE_BYTES 64
#include "alphabar/noise/detail/normal_lanes.hpp"
#include "alphabar/noise/detail/philox_lanes.hpp"
#undef ALPHABAR_LANE_BYTES
}  // namespace widest
ALPHABAR_NO_CONTRACTION_END
ALPHABAR_TARGET_END
#endif

/// The normals that one counter gives.
template <class Scalar>
inline constexpr std::size_t normals_per_counter = sizeof(Scalar) == sizeof(double) ? 2 : 4;
template <class Scalar>
inline constexpr std::size_t chunk_size = 16 * normals_per_counter<Scalar>;

ALPHABAR_NO_CONTRACTION_BEGIN
/// All of them, one at a time.
template <class Scalar>
std::array<Scalar, normals_per_counter<Scalar>> normals_of_counter(std::uint64_t counter,
                                                                   std::uint64_t seed,
                                                                   std::uint64_t stream) {
  const auto w = philox_of(counter, stream, seed);
  std::array<Scalar, normals_per_counter<Scalar>> z{};
  const auto box_muller = [&z](auto radius_word, auto angle_word, std::size_t k) {
    scalar::box_muller(scalar::squared_radius(scalar::uniform(radius_word)),
                       scalar::quarter_turns(angle_word), angle_word, z[k], z[k + 1]);
  };
  if constexpr (sizeof(Scalar) == sizeof(double)) {
    box_muller(joined(w[0], w[1]), joined(w[2], w[3]), 0);
  } else {
    box_muller(w[0], w[1], 0);
    box_muller(w[2], w[3], 2);
  }
  return z;
}
ALPHABAR_NO_CONTRACTION_END

/// out[k] becomes normal k of those from `chunk` on, for k = begin, ..., end − 1 at least; `out`
/// has room for whole chunks.
template <class Scalar>
void fill_chunks(std::uint64_t seed, std::uint64_t stream, std::uint64_t chunk, std::size_t begin,
                 std::size_t end, Scalar* out) {
#if defined(ALPHABAR_WIDE_VECTORS)
  if (__builtin_cpu_supports("avx512dq")) return widest::fill(seed, stream, chunk, begin, end, out);
  if (__builtin_cpu_supports("avx2")) return wide::fill(seed, stream, chunk, begin, end, out);
#endif
#if defined(ALPHABAR_VECTORS)
  narrow::fill(seed, stream, chunk, begin, end, out);
#else
  for (std::size_t k = begin / chunk_size<Scalar>; k * chunk_size<Scalar> < end; ++k) {
    for (std::size_t lane = 0; lane < 16; ++lane) {
      const auto z = normals_of_counter<Scalar>(16 * (chunk + k) + lane, seed, stream);
      for (std::size_t row = 0; row < z.size(); ++row) {
        out[k * chunk_size<Scalar> + 16 * row + lane] = z[row];
      }
    }
  }
#endif
}

/// out[k] = a x[k] + b y[k] in two roundings and a sum, the same on every machine; out may be x.
template <class Scalar>
void affine(Scalar a, const Scalar* x, Scalar b, const Scalar* y, std::size_t count, Scalar* out) {
#if defined(ALPHABAR_WIDE_VECTORS)
  if (__builtin_cpu_supports("avx512dq")) return widest::affine(a, x, b, y, count, out);
  if (__builtin_cpu_supports("avx2")) return wide::affine(a, x, b, y, count, out);
#endif
#if defined(ALPHABAR_VECTORS)
  narrow::affine(a, x, b, y, count, out);
#else
  scalar::affine(a, x, b, y, count, out);
#endif
}

}  // namespace ALPHABAR_INSTRUCTION_SET
}  // namespace alphabar::detail

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#undef ALPHABAR_VECTORS
#undef ALPHABAR_WIDE_VECTORS
#undef ALPHABAR_UNROLL
#undef ALPHABAR_IN_PLACE
#undef ALPHABAR_PRAGMA
#undef ALPHABAR_TARGET_BEGIN
#undef ALPHABAR_TARGET_END
