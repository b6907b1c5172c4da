// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "alphabar/kernel/detail/instruction_set.hpp"

namespace alphabar {

/// Philox4x32-10: 128 random bits as a pure function of a 128-bit counter and a 64-bit key.
///
/// Ten rounds of two 32 × 32 → 64 bit products and exclusive or, with a key that changes by a Weyl
/// sequence (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
/// table 2). It passes BigCrush. The tests compare it with the published numbers.
ALPHABAR_PER_INSTRUCTION_SET [[nodiscard]] constexpr std::array<std::uint32_t, 4> philox4x32(
    std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t even = 0xD2511F53ULL * counter[0];
    const std::uint64_t odd = 0xCD9E8D57ULL * counter[2];
    counter = {high(odd) ^ counter[1] ^ key[0], low(odd), high(even) ^ counter[3] ^ key[1],
               low(even)};
    key[0] += 0x9E3779B9U;
    key[1] += 0xBB67AE85U;
  }
  return counter;
}

namespace detail {

/// The same from 64-bit numbers: counter (index, stream) under a key.
ALPHABAR_PER_INSTRUCTION_SET [[nodiscard]] constexpr std::array<std::uint32_t, 4> philox_of(
    std::uint64_t index, std::uint64_t stream, std::uint64_t key) {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  return philox4x32({low(index), high(index), low(stream), high(stream)}, {low(key), high(key)});
}

/// Two words as one of 64 bits.
ALPHABAR_PER_INSTRUCTION_SET [[nodiscard]] constexpr std::uint64_t joined(std::uint32_t low,
                                                                          std::uint32_t high) {
  return std::uint64_t{high} << 32 | low;
}

}  // namespace detail

}  // namespace alphabar
