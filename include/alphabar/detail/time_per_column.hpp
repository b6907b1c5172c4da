// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "alphabar/detail/contiguous.hpp"
#include "alphabar/error.hpp"

/// A batch in which each sample has its own time.
namespace alphabar::detail {

/// A contiguous buffer of integers: 1.9 is not a time that may be cut to 1.
template <class T>
concept Times = Readable<T> &&
    std::integral<std::remove_cvref_t<decltype(*std::data(std::declval<const T&>()))>>;

/// The dimension of a sample when `batch` holds one column for each time; 0 for no times.
/// @throws std::invalid_argument when it does not
template <class X, class Time>
std::size_t column_size(std::span<X> batch, std::span<Time> times, std::string_view function,
                        std::string_view argument) {
  if (times.empty()) {
    require_size(function, argument, 0, std::ssize(batch));
    return 0;
  }
  require(batch.size() % times.size() == 0, function, "the size of " + std::string(argument),
          "be a multiple of " + to_text(times.size()) + " timesteps", batch.size());
  return batch.size() / times.size();
}

}  // namespace alphabar::detail
