// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <iterator>
#include <vector>

#include "alphabar/concepts.hpp"

namespace alphabar {

/// Returns the grid with a 0 appended: times or levels that end on clean data.
template <ArithmeticRange Grid>
[[nodiscard]] auto to_data(const Grid& grid)
    -> std::vector<std::iter_value_t<decltype(std::begin(grid))>> {
  std::vector<std::iter_value_t<decltype(std::begin(grid))>> extended;
  for (const auto value : grid) extended.push_back(value);
  extended.push_back(0);
  return extended;
}

/// The same for times or levels in braces.
template <Arithmetic T>
[[nodiscard]] std::vector<T> to_data(std::initializer_list<T> grid) {
  std::vector<T> extended(grid);
  extended.push_back(0);
  return extended;
}

}  // namespace alphabar
