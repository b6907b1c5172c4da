// SPDX-License-Identifier: MIT
//
// No guard: noise/standard_normal.hpp includes this after noise/detail/normal_lanes.hpp, once per
// width of vector; alone it is empty.
//
// Philox4x32-10 on many counters at once, and chunks of normals from it. A 32-bit word has a lane
// of 64 bits to itself, in which SSE2 and AVX2 multiply 32 by 32 bits without a shuffle. Chains of
// counters go through the rounds together: one alone would wait for its own products. The words of
// a few chunks are laid where their normals will be, and then transformed in place, since the words
// in flight and the polynomials together would not fit the registers.
#ifdef ALPHABAR_LANE_BYTES

/// 32 × 32 → 64 bits, of the lower halves.
inline U64 product(U64 x, std::uint32_t factor) {
#if defined(__clang__) || !defined(__SSE2__)
  return (x & 0xFFFFFFFFU) * factor;
#elif ALPHABAR_LANE_BYTES == 64
  using Product __attribute__((vector_size(64))) = long long;
  return as<U64>(
      __builtin_ia32_pmuludq512_mask(as<I32>(x), as<I32>(U64{} + factor), Product{}, 0xFF));
#elif ALPHABAR_LANE_BYTES == 32
  return as<U64>(__builtin_ia32_pmuludq256(as<I32>(x), as<I32>(U64{} + factor)));
#else
  return as<U64>(__builtin_ia32_pmuludq128(as<I32>(x), as<I32>(U64{} + factor)));
#endif
}

inline constexpr std::size_t lanes = ALPHABAR_LANE_BYTES / 8;  // of 64 bits
inline constexpr std::size_t chains = 8;
inline constexpr std::size_t chunks_per_block = 8;  // 2 KiB, which stay in the first cache

/// The lower halves of the lanes of `lower`, with those of `upper` above them.
inline U64 merged(U64 lower, U64 upper) {
#if ALPHABAR_LANE_BYTES == 32 && !defined(__clang__)
  return as<U64>(__builtin_ia32_pblendd256(as<I32>(lower), as<I32>(upper << 32), 0xAA));
#else
  return (lower & 0xFFFFFFFFU) | (upper << 32);
#endif
}

/// Word w of chain c is words[w][c], in the lower halves of the lanes; what is in the upper halves
/// does not matter.
template <std::size_t Chains>
using Words = std::array<std::array<U64, Chains>, 4>;

/// Philox4x32-10 on the counters first + place(chain, lane), which share their upper halves.
template <std::size_t Chains, class Place>
ALPHABAR_IN_PLACE Words<Chains> random_words(std::uint64_t first, std::uint64_t seed,
                                             std::uint64_t stream, Place place) {
  Words<Chains> words{};
  ALPHABAR_UNROLL
  for (std::size_t c = 0; c < Chains; ++c) {
    U64 counter{};
    for (std::size_t lane = 0; lane < lanes; ++lane) counter[lane] = first + place(c, lane);
    words[0][c] = counter;
    words[1][c] = U64{} + (first >> 32);
    words[2][c] = U64{} + (stream & 0xFFFFFFFFU);
    words[3][c] = U64{} + (stream >> 32);
  }
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
  return words;
}

/// The bits of whole chunks from counter `first` on: row w of a chunk has word w. Chains 2g and
/// 2g + 1 have the even and the odd counters of group g, so that they interleave to those in a row.
template <std::size_t Chains>
ALPHABAR_IN_PLACE void put_words(std::uint64_t first, std::uint64_t seed, std::uint64_t stream,
                                 float* out) {
  const auto words = random_words<Chains>(first, seed, stream, [](std::size_t c, std::size_t lane) {
    return c / 2 * 2 * lanes + 2 * lane + c % 2;
  });
  ALPHABAR_UNROLL
  for (std::size_t c = 0; c < Chains; c += 2) {
    const std::size_t counter = c * lanes;
    for (std::size_t w = 0; w < 4; ++w) {
      const U64 row = merged(words[w][c], words[w][c + 1]);
      std::memcpy(out + counter / 16 * 64 + 16 * w + counter % 16, &row, sizeof row);
    }
  }
}

/// The same for double: row k of a chunk has words 2k and 2k + 1, and the chains counters in a row.
template <std::size_t Chains>
ALPHABAR_IN_PLACE void put_words(std::uint64_t first, std::uint64_t seed, std::uint64_t stream,
                                 double* out) {
  const auto words = random_words<Chains>(
      first, seed, stream, [](std::size_t c, std::size_t lane) { return c * lanes + lane; });
  ALPHABAR_UNROLL
  for (std::size_t c = 0; c < Chains; ++c) {
    const std::size_t counter = c * lanes;
    for (std::size_t k = 0; k < 2; ++k) {
      const U64 row = merged(words[2 * k][c], words[2 * k + 1][c]);
      std::memcpy(out + counter / 16 * 32 + 16 * k + counter % 16, &row, sizeof row);
    }
  }
}

/// Rows of 16 in pairs: the bits of radii and of angles become the first and the second normals.
template <class U, class F, class Scalar>
ALPHABAR_IN_PLACE void to_normals(std::size_t pairs, Scalar* out) {
  for (std::size_t pair = 0; pair < pairs; ++pair, out += 32) {
    for (std::size_t lane = 0; lane < 16; lane += sizeof(F) / sizeof(Scalar)) {
      U radius{};
      U angle{};
      std::memcpy(&radius, out + lane, sizeof radius);
      std::memcpy(&angle, out + 16 + lane, sizeof angle);
      F first{};
      F second{};
      box_muller(radius, angle, first, second);
      std::memcpy(out + lane, &first, sizeof first);
      std::memcpy(out + 16 + lane, &second, sizeof second);
    }
  }
}

/// The normals of `count` chunks in a row, of 32 · PairsPerChunk numbers each.
template <std::size_t PairsPerChunk, class U, class F, class Scalar>
void fill(std::uint64_t seed, std::uint64_t stream, std::uint64_t chunk, std::size_t count,
          Scalar* out) {
  constexpr std::size_t many =
      chains * lanes / 16;  // chunks; where aligned, they share upper halves
  while (count > 0) {
    const std::size_t block = (std::min)(count, chunks_per_block);
    Scalar* const start = out;
    for (std::size_t rest = block; rest > 0;) {
      const bool together = rest >= many && chunk % many == 0;
      if constexpr (many > 1) {
        if (together)
          put_words<chains>(16 * chunk, seed, stream, out);
        else
          put_words<16 / lanes>(16 * chunk, seed, stream, out);
      } else {
        put_words<chains>(16 * chunk, seed, stream, out);
      }
      const std::size_t done = together ? many : 1;
      chunk += done;
      rest -= done;
      out += done * 32 * PairsPerChunk;
    }
    to_normals<U, F>(PairsPerChunk * block, start);
    count -= block;
  }
}
template <class Scalar>
void fill(std::uint64_t seed, std::uint64_t stream, std::uint64_t chunk, std::size_t count,
          Scalar* out) {
  if constexpr (sizeof(Scalar) == sizeof(float)) {
    fill<2, U32, F32>(seed, stream, chunk, count, out);
  } else {
    fill<1, U64, F64>(seed, stream, chunk, count, out);
  }
}

#endif
