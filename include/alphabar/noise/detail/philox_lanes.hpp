// SPDX-License-Identifier: MIT
//
// No guard: noise/standard_normal.hpp includes this after noise/detail/normal_lanes.hpp, once per
// width of vector; alone it is empty.
//
// Philox4x32-10 on many counters at once, and chunks of normals from it. Several chains of counters
// go through the rounds together, because one alone would wait for its own products. The words of a
// few chunks are stored where their normals will be and are then transformed in place, because the
// words and the polynomials together do not fit into the registers.
#ifdef ALPHABAR_LANE_BYTES

inline constexpr std::size_t lanes = ALPHABAR_LANE_BYTES / 4;  // of 32 bits
inline constexpr std::size_t chains = lanes == 8 ? 8 : 4;      // docs/benchmarks.md
/// All rounds of eight chains would be 9 KB of code: with that of callers too much for the cache of
/// decoded instructions.
inline constexpr int rounds_unrolled = chains == 8 ? 1 : 7;
inline constexpr std::size_t chunks_per_block = 8;  // 2 KiB, which stay in the first cache

/// A vector whose lane i is lane `of(i)` of the lanes of a followed by those of b. The shuffle is
/// one of floats, which all processors do in one instruction.
template <std::uint32_t (*of)(std::uint32_t), std::size_t... lane>
ALPHABAR_IN_PLACE U32 shuffled(U32 a, U32 b, std::index_sequence<lane...>) {
#if defined(__clang__)
  return as<U32>(__builtin_shufflevector(as<F32>(a), as<F32>(b), of(lane)...));
#else
  return as<U32>(__builtin_shuffle(as<F32>(a), as<F32>(b), U32{of(lane)...}));
#endif
}
template <std::uint32_t (*of)(std::uint32_t)>
ALPHABAR_IN_PLACE U32 shuffled(U32 a, U32 b) {
  return shuffled<of>(a, b, std::make_index_sequence<lanes>{});
}

// Shuffles within each four lanes, as on x86: the lower or upper halves of two 64-bit numbers of a
// and of two of b; two pairs of a lane of a and a lane of b; lanes 1 and 2 exchanged.
constexpr std::uint32_t lower_halves(std::uint32_t i) {
  return i % 4 / 2 * std::uint32_t{lanes} + i / 4 * 4 + i % 2 * 2;
}
constexpr std::uint32_t upper_halves(std::uint32_t i) { return lower_halves(i) + 1; }
constexpr std::uint32_t lower_pairs(std::uint32_t i) {
  return i % 2 * std::uint32_t{lanes} + i / 4 * 4 + i % 4 / 2;
}
constexpr std::uint32_t upper_pairs(std::uint32_t i) { return lower_pairs(i) + 2; }
constexpr std::uint32_t exchanged(std::uint32_t i) { return i / 4 * 4 + i % 2 * 2 + i % 4 / 2; }

/// The 64-bit products of each 32-bit lane and a factor. On x86 `first` has lanes 0 and 2 of each
/// four, and `second` lanes 1 and 3; on AArch64 they have lanes 0 and 1, and 2 and 3.
struct Products {
  U64 first;
  U64 second;
};
#if defined(__SSE2__)
/// The products of the lower halves of each 64 bits.
inline U64 product_of_halves(U64 x, std::uint32_t factor) {
#if defined(__clang__)
  return (x & 0xFFFFFFFFU) * factor;
#elif ALPHABAR_LANE_BYTES == 64
  using Product __attribute__((vector_size(64))) = long long;
  return as<U64>(
      __builtin_ia32_pmuludq512_mask(as<I32>(x), as<I32>(U32{} + factor), Product{}, 0xFF));
#elif ALPHABAR_LANE_BYTES == 32
  return as<U64>(__builtin_ia32_pmuludq256(as<I32>(x), as<I32>(U32{} + factor)));
#else
  return as<U64>(__builtin_ia32_pmuludq128(as<I32>(x), as<I32>(U32{} + factor)));
#endif
}
ALPHABAR_IN_PLACE Products product(U32 x, std::uint32_t factor) {
  return {product_of_halves(as<U64>(x), factor), product_of_halves(as<U64>(x) >> 32, factor)};
}
#else
ALPHABAR_IN_PLACE Products product(U32 x, std::uint32_t factor) {
  const auto words = uint32x4_t(x);
  const uint32x4_t factors = vdupq_n_u32(factor);
  return {U64(vmull_u32(vget_low_u32(words), vget_low_u32(factors))),
          U64(vmull_high_u32(words, factors))};
}
#endif

/// The upper and the lower halves of products, on x86 with lanes 1 and 2 of each four exchanged.
ALPHABAR_IN_PLACE U32 upper(Products p) {
  return shuffled<upper_halves>(as<U32>(p.first), as<U32>(p.second));
}
ALPHABAR_IN_PLACE U32 lower(Products p) {
  return shuffled<lower_halves>(as<U32>(p.first), as<U32>(p.second));
}
/// The lower halves of product(x, factor) with all lanes in place.
ALPHABAR_IN_PLACE U32 lower_in_place([[maybe_unused]] Products p, [[maybe_unused]] U32 x,
                                     [[maybe_unused]] std::uint32_t factor) {
#if ALPHABAR_LANE_BYTES > 16
  return x * factor;
#elif defined(__SSE2__)
  return shuffled<exchanged>(lower(p), lower(p));
#else
  return lower(p);
#endif
}

/// a ^ b ^ c.
ALPHABAR_IN_PLACE U32 exclusive_or(U32 a, U32 b, U32 c) {
#if ALPHABAR_LANE_BYTES == 64 && !defined(__clang__)
  return as<U32>(
      __builtin_ia32_pternlogd512_mask(as<I32>(a), as<I32>(b), as<I32>(c), 0x96, 0xFFFF));
#else
  return a ^ (b ^ c);
#endif
}

/// Word w of chain c is words[w][c].
template <std::size_t Chains>
using Words = std::array<std::array<U32, Chains>, 4>;

inline constexpr std::uint32_t even_factor = 0xD2511F53U;  // of word 0
inline constexpr std::uint32_t odd_factor = 0xCD9E8D57U;   // of word 2

/// A round of Philox. It exchanges lanes (on x86) of words 0 and 2. Words 1 and 3, which meet those
/// of the next round, stay in place until the last round. Ten exchanges leave all lanes where they
/// began.
template <bool Last, std::size_t Chains>
ALPHABAR_IN_PLACE void apply_round(Words<Chains>& words, std::uint32_t key_0, std::uint32_t key_1) {
  ALPHABAR_UNROLL(16)
  for (std::size_t c = 0; c < Chains; ++c) {
    const U32 x = words[0][c];
    const U32 y = words[2][c];
    const Products even = product(x, even_factor);
    const Products odd = product(y, odd_factor);
    words[0][c] = exclusive_or(upper(odd), words[1][c], U32{} + key_0);
    words[2][c] = exclusive_or(upper(even), words[3][c], U32{} + key_1);
    words[1][c] = Last ? lower(odd) : lower_in_place(odd, y, odd_factor);
    words[3][c] = Last ? lower(even) : lower_in_place(even, x, even_factor);
  }
}

/// Philox4x32-10 on the counters first + place(chain, lane), which share their upper halves.
template <std::size_t Chains, class Place>
ALPHABAR_IN_PLACE Words<Chains> random_words(std::uint64_t first, std::uint64_t seed,
                                             std::uint64_t stream, Place place) {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  const auto key_0 = [=](std::uint32_t round) { return low(seed) + round * 0x9E3779B9U; };
  const auto key_1 = [=](std::uint32_t round) { return high(seed) + round * 0xBB67AE85U; };

  // The counters differ in word 0 alone, and no word 0 or 1 differs after a round: half of the
  // first two rounds is computed once.
  const std::uint64_t odd_product = std::uint64_t{odd_factor} * low(stream);
  const std::uint32_t word_0 = high(odd_product) ^ high(first) ^ key_0(0);
  const std::uint64_t even_product = std::uint64_t{even_factor} * word_0;
  Words<Chains> words{};
  ALPHABAR_UNROLL(16)
  for (std::size_t c = 0; c < Chains; ++c) {
    U32 counter{};
    ALPHABAR_UNROLL(16)
    for (std::size_t lane = 0; lane < lanes; ++lane) counter[lane] = low(place(c, lane));
    counter += low(first);
    const Products even = product(counter, even_factor);
    const U32 word_2 = upper(even) ^ (high(stream) ^ key_1(0));
    const U32 word_3 = lower_in_place(even, counter, even_factor);
    const Products odd = product(word_2, odd_factor);
    words[0][c] = upper(odd) ^ (low(odd_product) ^ key_0(1));
    words[1][c] = lower_in_place(odd, word_2, odd_factor);
    words[2][c] = word_3 ^ (high(even_product) ^ key_1(1));
    words[3][c] = U32{} + low(even_product);
  }
  ALPHABAR_UNROLL(rounds_unrolled)
  for (std::uint32_t round = 2; round < 9; ++round) {
    apply_round<false>(words, key_0(round), key_1(round));
  }
  apply_round<true>(words, key_0(9), key_1(9));
  return words;
}

/// The bits of whole chunks from counter `first` on: row w of a chunk has word w, those of radii as
/// uniform numbers.
template <std::size_t Chains>
ALPHABAR_IN_PLACE void put_words(std::uint64_t first, std::uint64_t seed, std::uint64_t stream,
                                 float* out) {
  const auto words = random_words<Chains>(
      first, seed, stream, [](std::size_t c, std::size_t lane) { return c * lanes + lane; });
  ALPHABAR_UNROLL(16)
  for (std::size_t c = 0; c < Chains; ++c) {
    float* const row = out + c * lanes / 16 * 64 + c * lanes % 16;
    ALPHABAR_UNROLL(16)
    for (std::size_t w = 0; w < 4; w += 2) {
      store(uniform(words[w][c]), row + 16 * w);
      store(words[w + 1][c], row + 16 * (w + 1));
    }
  }
}

/// The same for double: the rows of a chunk have words 0 and 1, and 2 and 3. Pairs of words are
/// taken from two of each four lanes at a time. These two lanes have counters of the first half of
/// a row, the other two of the second.
template <std::size_t Chains>
ALPHABAR_IN_PLACE void put_words(std::uint64_t first, std::uint64_t seed, std::uint64_t stream,
                                 double* out) {
  const auto words = random_words<Chains>(first, seed, stream, [](std::size_t c, std::size_t lane) {
    return c * lanes + lane % 4 / 2 * (lanes / 2) + lane / 4 * 2 + lane % 2;
  });
  ALPHABAR_UNROLL(16)
  for (std::size_t c = 0; c < Chains; ++c) {
    double* const row = out + c * lanes / 16 * 32 + c * lanes % 16;
    store(uniform(as<U64>(shuffled<lower_pairs>(words[0][c], words[1][c]))), row);
    store(uniform(as<U64>(shuffled<upper_pairs>(words[0][c], words[1][c]))), row + lanes / 2);
    store(shuffled<lower_pairs>(words[2][c], words[3][c]), row + 16);
    store(shuffled<upper_pairs>(words[2][c], words[3][c]), row + 16 + lanes / 2);
  }
}

/// Calls each(first, second, k) for the vectors in the two rows of pairs begin, ..., end − 1; the
/// vector at `first` begins with number k of the first rows.
template <class Scalar, class Each>
ALPHABAR_IN_PLACE void for_each_vector(std::size_t begin, std::size_t end, Scalar* out, Each each) {
  for (std::size_t pair = begin; pair < end; ++pair) {
    for (std::size_t lane = 0; lane < 16; lane += ALPHABAR_LANE_BYTES / sizeof(Scalar)) {
      Scalar* const first = out + 32 * pair + lane;
      each(first, first + 16, 16 * pair + lane);
    }
  }
}

/// Uniform numbers and words of angles become the first and the second normals. In loops of short
/// chains: a processor overlaps them with the next ones.
ALPHABAR_IN_PLACE void to_normals(std::size_t begin, std::size_t end, float* out) {
  for_each_vector(begin, end, out, [](float* radius, float*, std::size_t) {
    store(squared_radius(load<F32>(radius)), radius);
  });
  for_each_vector(begin, end, out, [](float* radius, float* angle, std::size_t) {
    const U32 word = load<U32>(angle);
    F32 first{};
    F32 second{};
    box_muller(load<F32>(radius), quarter_turns(word), word, first, second);
    store(first, radius);
    store(second, angle);
  });
}
/// For double in three loops; the first one waits for a division, and reduces the angles meanwhile.
ALPHABAR_IN_PLACE void to_normals(std::size_t begin, std::size_t end, double* out) {
  alignas(64) double exponents[16 * chunks_per_block];
  alignas(64) double turns[16 * chunks_per_block];
  for_each_vector(begin, end, out, [&](double* radius, double* angle, std::size_t k) {
    F64 exponent{};
    store(reduced(load<F64>(radius), exponent), radius);
    store(exponent, exponents + k);
    store(quarter_turns(load<U64>(angle)), turns + k);
  });
  for_each_vector(begin, end, out, [&](double* radius, double*, std::size_t k) {
    store(squared_radius(load<F64>(radius), load<F64>(exponents + k)), radius);
  });
  for_each_vector(begin, end, out, [&](double* radius, double* angle, std::size_t k) {
    F64 first{};
    F64 second{};
    box_muller(load<F64>(radius), load<F64>(turns + k), load<U64>(angle), first, second);
    store(first, radius);
    store(second, angle);
  });
}

/// out[k] becomes normal k of those from `chunk` on, for k = begin, ..., end − 1 at least; `out`
/// has room for whole chunks. Pairs of rows outside are not computed.
template <std::size_t ChunkSize, class Scalar>
void fill(std::uint64_t seed, std::uint64_t stream, std::uint64_t chunk, std::size_t begin,
          std::size_t end, Scalar* out) {
  constexpr std::size_t many = chains * lanes / 16;  // chunks
  while (begin < end) {
    const std::size_t count = (std::min)(end, ChunkSize * chunks_per_block);
    const std::size_t block = (count + ChunkSize - 1) / ChunkSize;
    for (std::size_t k = 0; k < block;) {
      const std::uint64_t first = 16 * (chunk + k);
      if constexpr (many > 1) {
        const bool share_upper_halves = first >> 32 == (first + 16 * many - 1) >> 32;
        if (share_upper_halves && block - k >= many) {
          put_words<chains>(first, seed, stream, out + k * ChunkSize);
          k += many;
          continue;
        }
      }
      put_words<16 / lanes>(first, seed, stream, out + k * ChunkSize);
      ++k;
    }
    to_normals(begin / 32, (count + 31) / 32, out);
    begin = 0;
    end -= count;
    chunk += block;
    out += count;
  }
}
template <class Scalar>
void fill(std::uint64_t seed, std::uint64_t stream, std::uint64_t chunk, std::size_t begin,
          std::size_t end, Scalar* out) {
  if constexpr (sizeof(Scalar) == sizeof(float)) {
    fill<64>(seed, stream, chunk, begin, end, out);
  } else {
    fill<32>(seed, stream, chunk, begin, end, out);
  }
}

#endif
