// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

namespace alphabar::detail {

/// The weights of a `LinearStep` from those by number, where weights[i] is that of number first + i
/// of `count`: from number count − 1 down to the lowest that is not 0.
inline std::vector<double> weights_by_age(const std::vector<double>& weights, std::size_t first,
                                          std::size_t count) {
  std::size_t earliest = 0;
  while (earliest < weights.size() && weights[earliest] == 0) ++earliest;
  std::vector<double> list;
  for (std::size_t number = count; number-- > first + earliest && earliest < weights.size();) {
    list.push_back(number < first + weights.size() ? weights[number - first] : 0);
  }
  return list;
}

}  // namespace alphabar::detail
