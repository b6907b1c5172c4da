// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "alphabar/concepts.hpp"
#include "alphabar/detail/contiguous.hpp"
#include "alphabar/noise/philox.hpp"
#include "alphabar/noise/standard_normal.hpp"

namespace alphabar {

/// Standard normals ε as a pure function of (seed, stream, index).
///
/// Two calls that must differ take another first index or another substream: the same
/// (seed, stream, index) is the same ε, always, for every compiler, optimization level, instruction
/// set, and however the range is split. Nothing is stored but the two numbers; copies are free and
/// everything is thread-safe.
///
/// ε_index comes from Philox4x32-10 with key `seed` and counter (index / n, stream), which gives n
/// normals by Box–Muller: n = 2 for double, 4 for float (each from 32 bits: |ε| <= 6.77).
/// A float stream is another sequence, not the rounded double one. Cost: about 20 ns each.
template <Real Scalar = double>
class NoiseStream {
 public:
  template <std::integral Seed, std::integral Stream = std::uint64_t>
  explicit NoiseStream(Seed seed, Stream stream = 0)
      : seed_(static_cast<std::uint64_t>(seed)), stream_(static_cast<std::uint64_t>(stream)) {}

  /// A stream independent of this one and of its other substreams. Its seed and stream are 128
  /// fresh bits, so that two of them coincide by chance once in 2¹²⁸.
  template <std::integral K>
  [[nodiscard]] NoiseStream substream(K k) const {
    constexpr std::uint64_t other_key = 0x9E3779B97F4A7C15ULL;  // 2⁶⁴/φ: not a key of the noise
    const auto words = bits(static_cast<std::uint64_t>(k), seed_ ^ other_key);
    return NoiseStream(joined(words[0], words[1]), joined(words[2], words[3]));
  }

  /// ε_index.
  [[nodiscard]] Scalar operator()(std::uint64_t index) const {
    return block(index / block_size)[index % block_size];
  }

  /// buffer[k] = ε_{first_index + k}, for anything contiguous and writable; elements of another
  /// type are converted, rounded once.
  /// @throws std::invalid_argument for an Eigen view with gaps; nothing is written then
  template <detail::Buffer B>
  void fill(B&& buffer, std::uint64_t first_index = 0) const {
    const auto out = detail::contiguous(buffer, "NoiseStream::fill", "buffer");
    using Out = typename decltype(out)::element_type;
    for (std::size_t k = 0; k < out.size();) {
      const std::uint64_t index = first_index + k;
      const auto normals = block(index / block_size);
      for (auto lane = index % block_size; lane < block_size && k < out.size(); ++lane, ++k) {
        out[k] = static_cast<Out>(normals[lane]);
      }
    }
  }

  friend bool operator==(const NoiseStream&, const NoiseStream&) = default;

 private:
  static constexpr std::uint64_t block_size = sizeof(Scalar) == sizeof(double) ? 2 : 4;

  static std::uint64_t joined(std::uint32_t low, std::uint32_t high) {
    return std::uint64_t{high} << 32 | low;
  }

  /// A 32-bit word as the top of a 64-bit one, in the middle of the numbers it stands for.
  static std::uint64_t widened(std::uint32_t word) { return joined(0x80000000U, word); }

  [[nodiscard]] std::array<std::uint32_t, 4> bits(std::uint64_t counter, std::uint64_t key) const {
    const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
    const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
    return philox4x32({low(counter), high(counter), low(stream_), high(stream_)},
                      {low(key), high(key)});
  }

  [[nodiscard]] std::array<Scalar, block_size> block(std::uint64_t number) const {
    const auto w = bits(number, seed_);
    if constexpr (block_size == 2) {
      return detail::box_muller(joined(w[0], w[1]), joined(w[2], w[3]));
    } else {
      const auto [a, b] = detail::box_muller(widened(w[0]), widened(w[1]));
      const auto [c, d] = detail::box_muller(widened(w[2]), widened(w[3]));
      return {static_cast<float>(a), static_cast<float>(b), static_cast<float>(c),
              static_cast<float>(d)};
    }
  }

  std::uint64_t seed_;
  std::uint64_t stream_;
};

}  // namespace alphabar
