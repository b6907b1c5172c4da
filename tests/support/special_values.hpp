// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

namespace test {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// 2^position.
constexpr std::uint64_t bit(int position) { return std::uint64_t{1} << position; }

}  // namespace test
