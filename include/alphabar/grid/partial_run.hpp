// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <iterator>
#include <string_view>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/count.hpp"
#include "alphabar/error.hpp"

/// Runs that start at an intermediate level, for image to image. The data are noised to the level
/// of call k of n, x ~ q(x_t | x_0), and the calls k, k + 1, ..., n − 1 are made.
namespace alphabar {

/// k = n − ⌊n · strength⌋, the first call of the run: 0 at strength 1, and n (no call) where
/// n · strength < 1. The product is rounded to double, so that 10 · 0.7 is 7, but 100 · 0.29 is
/// 28.999999999999996, and 28 calls are made. diffusers' image-to-image pipelines count the same
/// way.
/// @throws std::invalid_argument unless n >= 0 and 0 <= strength <= 1
[[nodiscard]] inline Index first_call(Count n, double strength) {
  detail::require(n >= 0, "first_call", "n", "be >= 0", Index{n});
  detail::require_fraction("first_call", "strength", strength);
  return n - static_cast<Index>(std::floor(static_cast<double>(n) * strength));
}

/// The times or levels of the calls of the run: `grid` from `first_call` on. `grid` is a list of n
/// calls without a final 0. Noise the data to the first time or level of the result.
///
///     to_data(remaining_part(karras_sigmas(20, 0.03, 14.6), 0.6))    // 12 calls, then data
///
/// @throws std::invalid_argument unless 0 <= strength <= 1
template <ArithmeticRange Grid>
[[nodiscard]] auto remaining_part(const Grid& grid, double strength)
    -> std::vector<std::iter_value_t<decltype(std::begin(grid))>> {
  std::vector<std::iter_value_t<decltype(std::begin(grid))>> part(std::begin(grid), std::end(grid));
  part.erase(part.begin(), part.begin() + first_call(part.size(), strength));
  return part;
}

}  // namespace alphabar
