// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>

#include "alphabar/buffer.hpp"
#include "alphabar/concepts.hpp"
#include "alphabar/kernel/detail/instruction_set.hpp"
#include "alphabar/noise/detail/for_each_block.hpp"
#include "alphabar/noise/philox.hpp"
#include "alphabar/noise/standard_normal.hpp"
#include "alphabar/prediction/detail/round_once.hpp"

namespace alphabar {

/// Standard normals ε as a pure function of (seed, stream, index).
///
/// Use a different first index or another substream for independent noise. The same
/// (seed, stream, index) gives the same ε for every compiler, optimization level and instruction
/// set, and for any split of a range (docs/noise.md has the exceptions, such as clang++ with an
/// explicit -ffp-contract=fast). The object stores two numbers: copies are cheap, and all members
/// are thread-safe.
///
/// ε_index is computed from Philox4x32-10 with key `seed` and counter (n, stream) by Box–Muller;
/// noise/standard_normal.hpp defines n. A float stream (|ε| <= 6.66) is not the rounded double one
/// (|ε| <= 8.49). docs/benchmarks.md has the cost.
template <Real Scalar = double>
class NoiseStream {
 public:
  /// From a seed and a stream. Different seeds, and different streams of a seed, are independent.
  template <std::integral Seed, std::integral Stream = std::uint64_t>
  ALPHABAR_PER_INSTRUCTION_SET explicit NoiseStream(Seed seed, Stream stream = 0)
      : seed_(static_cast<std::uint64_t>(seed)), stream_(static_cast<std::uint64_t>(stream)) {}

  /// A stream independent of this one and of its other substreams. Its seed and stream are the 128
  /// bits of Philox from counter (k, stream), a permutation for each seed: two substreams made from
  /// one seed never coincide. Any other two coincide with a probability of 2⁻¹²⁸.
  template <std::integral K>
  ALPHABAR_PER_INSTRUCTION_SET [[nodiscard]] NoiseStream substream(K k) const {
    constexpr std::uint64_t other_key = 0x9E3779B97F4A7C15ULL;  // 2⁶⁴/φ: not a key of the noise
    const auto words = detail::philox_of(static_cast<std::uint64_t>(k), stream_, seed_ ^ other_key);
    return NoiseStream(detail::joined(words[0], words[1]), detail::joined(words[2], words[3]));
  }

  /// ε_index.
  ALPHABAR_PER_INSTRUCTION_SET [[nodiscard]] Scalar operator()(std::uint64_t index) const {
    const std::uint64_t number = index % chunk_size;
    const std::uint64_t counter = index / chunk_size * 16 + number % 16;
    return detail::normals_of_counter<Scalar>(counter, seed_, stream_)[number / 16];
  }

  /// buffer[k] = ε_{first_index + k}, for anything contiguous and writable; elements of another
  /// type are converted, rounded once.
  /// @throws std::invalid_argument for an Eigen view with gaps; nothing is written then
  template <WritableBuffer B>
  ALPHABAR_PER_INSTRUCTION_SET void fill(B&& buffer, std::uint64_t first_index = 0) const {
    const auto out = detail::contiguous(buffer, "NoiseStream::fill", "buffer");
    using Out = typename decltype(out)::element_type;
    for (std::size_t done = 0; done < out.size();) {
      const std::uint64_t index = first_index + done;
      const std::uint64_t chunk = index / chunk_size;
      const std::size_t skipped = index % chunk_size;
      const std::size_t left = out.size() - done;
      const std::uint64_t chunks_to_the_end = (~std::uint64_t{0} - index) / chunk_size + 1;
      if constexpr (SameScalar<Out, Scalar>) {
        const bool whole = left % chunk_size == 0 || left >= few * chunk_size;
        if (skipped == 0 && whole) {
          const std::size_t count = (std::min<std::uint64_t>)(left / chunk_size, chunks_to_the_end);
          fill_chunks(chunk, count, &out[done]);
          done += count * chunk_size;
          continue;
        }
      }
      // Numbers of another type, and those that do not fill chunks, are copied from a few chunks.
      alignas(64) Scalar numbers[few * chunk_size];
      const std::uint64_t available =
          (std::min<std::uint64_t>)(few, chunks_to_the_end) * chunk_size - skipped;
      const std::size_t count = (std::min<std::uint64_t>)(left, available);
      detail::fill_chunks(seed_, stream_, chunk, skipped, skipped + count, numbers);
      for (std::size_t k = 0; k < count; ++k) {
        out[done + k] = detail::round_once<Out>(numbers[skipped + k]);
      }
      done += count;
    }
  }

  /// Whether seed and stream are equal.
  ALPHABAR_PER_INSTRUCTION_SET friend bool operator==(const NoiseStream&,
                                                      const NoiseStream&) = default;

 private:
  static constexpr std::size_t chunk_size = detail::chunk_size<Scalar>;
  static constexpr std::size_t few = 8;  // chunks, which are computed together

  ALPHABAR_PER_INSTRUCTION_SET void fill_chunks(std::uint64_t first, std::size_t count,
                                                Scalar* out) const {
    constexpr std::size_t chunks_in_block = 64;
    const std::uint64_t seed = seed_;
    const std::uint64_t stream = stream_;
    const std::size_t blocks = (count + chunks_in_block - 1) / chunks_in_block;
    detail::for_each_block(blocks, count * chunk_size, [=](std::size_t k) {
      const std::size_t chunk = k * chunks_in_block;
      detail::fill_chunks(seed, stream, first + chunk, 0,
                          (std::min)(chunks_in_block, count - chunk) * chunk_size,
                          out + chunk * chunk_size);
    });
  }

  std::uint64_t seed_;
  std::uint64_t stream_;
};

}  // namespace alphabar
