// SPDX-License-Identifier: MIT
//
// No guard: noise/standard_normal.hpp includes this after detail/normal_lanes.hpp, once per width
// of vector; alone it is empty.
//
// Philox4x32-10 on many counters at once, and chunks of normals from it. A 32-bit word has a lane
// of 64 bits to itself, in which SSE2 and AVX2 multiply 32 by 32 bits without a shuffle. Four
// chains of counters go through the rounds together: one alone would wait for its own products.
#ifdef ALPHABAR_LANE_BYTES

/// 32 × 32 → 64 bits, of the lower halves.
inline U64 product(U64 x, std::uint32_t factor) {
#if defined(__clang__) || !defined(__SSE2__)
  return (x & 0xFFFFFFFFU) * factor;
#elif ALPHABAR_LANE_BYTES == 64
  using Product __attribute__((vector_size(64))) = long long;
  return as<U64>(
      __builtin_ia32_pmuludq512_mask(as<I32>(x), as<I32>(U64{} + factor), Product{}, -1));
#elif ALPHABAR_LANE_BYTES == 32
  return as<U64>(__builtin_ia32_pmuludq256(as<I32>(x), as<I32>(U64{} + factor)));
#else
  return as<U64>(__builtin_ia32_pmuludq128(as<I32>(x), as<I32>(U64{} + factor)));
#endif
}

/// Philox4x32-10 on chains of counters in lockstep. Words live in the lower halves of the lanes;
/// what is in the upper halves does not matter. Word `w` of chain `c` is words[w][c].
template <std::size_t Chains>
ALPHABAR_IN_PLACE void philox(std::array<std::array<U64, Chains>, 4>& words, std::uint64_t seed) {
  auto key_0 = static_cast<std::uint32_t>(seed);
  auto key_1 = static_cast<std::uint32_t>(seed >> 32);
  ALPHABAR_UNROLL
  for (int round = 0; round < 10; ++round) {
    ALPHABAR_UNROLL
    for (std::size_t c = 0; c < Chains; ++c) {
      const U64 even = product(words[0][c], 0xD2511F53U);
      const U64 odd = product(words[2][c], 0xCD9E8D57U);
      words[0][c] = (odd >> 32) ^ words[1][c] ^ key_0;
      words[1][c] = odd;
      words[2][c] = (even >> 32) ^ words[3][c] ^ key_1;
      words[3][c] = even;
    }
    key_0 += 0x9E3779B9U;
    key_1 += 0xBB67AE85U;
  }
}

inline constexpr std::size_t chains = 4;
inline constexpr std::size_t lanes = ALPHABAR_LANE_BYTES / 8;         // of 64 bits
inline constexpr std::size_t counters_at_once = chains * lanes;       // 8, 16 or 32
inline constexpr std::size_t chunks_at_once = counters_at_once / 16;  // 0 means half a one
using Words = std::array<std::array<U64, chains>, 4>;

/// The words of counters_at_once counters from `first` on, which place(chain, lane) numbers.
template <class Place>
ALPHABAR_IN_PLACE Words random_words(std::uint64_t first, std::uint64_t seed, std::uint64_t stream,
                                     Place place) {
  Words words{};
  ALPHABAR_UNROLL
  for (std::size_t c = 0; c < chains; ++c) {
    U64 counter{};
    for (std::size_t lane = 0; lane < lanes; ++lane) counter[lane] = first + place(c, lane);
    words[0][c] = counter;
    words[1][c] = counter >> 32;
    words[2][c] = U64{} + (stream & 0xFFFFFFFFU);
    words[3][c] = U64{} + (stream >> 32);
  }
  philox(words, seed);
  return words;
}

/// Chunks of 64 normals, a multiple of chunks_at_once. Chains 2g and 2g + 1 have the even and the
/// odd counters of group g, so that two of them interleave to the words of 2 · lanes counters in a
/// row.
inline void fill(std::uint64_t seed, std::uint64_t stream, std::uint64_t chunk, std::size_t count,
                 float* out) {
  for (std::size_t start = 0; start < 16 * count; start += counters_at_once) {
    const auto place = [](std::size_t c, std::size_t lane) {
      return c / 2 * 2 * lanes + 2 * lane + c % 2;
    };
    const Words words = random_words(16 * chunk + start, seed, stream, place);
    ALPHABAR_UNROLL
    for (std::size_t group = 0; group < chains / 2; ++group) {
      const auto packed = [&](std::size_t w) {
        const U64 even = words[w][2 * group] & 0xFFFFFFFFU;
        return as<U32>(even | (words[w][2 * group + 1] << 32));
      };
      std::array<F32, 4> z{};
      box_muller(packed(0), packed(1), z[0], z[1]);
      box_muller(packed(2), packed(3), z[2], z[3]);
      const std::size_t counter = start + group * 2 * lanes;
      for (std::size_t k = 0; k < 4; ++k) {
        std::memcpy(out + counter / 16 * 64 + 16 * k + counter % 16, &z[k], sizeof(F32));
      }
    }
  }
}

/// Chunks of 32 normals: the chains have counters in a row.
inline void fill(std::uint64_t seed, std::uint64_t stream, std::uint64_t chunk, std::size_t count,
                 double* out) {
  for (std::size_t start = 0; start < 16 * count; start += counters_at_once) {
    const auto place = [](std::size_t c, std::size_t lane) { return c * lanes + lane; };
    const Words words = random_words(16 * chunk + start, seed, stream, place);
    ALPHABAR_UNROLL
    for (std::size_t c = 0; c < chains; ++c) {
      const auto joined = [&](std::size_t w) {
        return (words[w][c] & 0xFFFFFFFFU) | (words[w + 1][c] << 32);
      };
      std::array<F64, 2> z{};
      box_muller(joined(0), joined(2), z[0], z[1]);
      const std::size_t counter = start + c * lanes;
      for (std::size_t k = 0; k < 2; ++k) {
        std::memcpy(out + counter / 16 * 32 + 16 * k + counter % 16, &z[k], sizeof(F64));
      }
    }
  }
}

#endif
