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

#include "alphabar/error.hpp"
#include "alphabar/prediction/detail/contiguous.hpp"

/// A batch in which each sample has its own time.
namespace alphabar::detail {

/// A contiguous buffer of integers: 1.9 is not a time that may be cut to 1.
template <class T>
concept Times = Readable<T> &&
    std::integral<std::remove_cvref_t<decltype(*std::data(std::declval<const T&>()))>>;

/// The dimension of a sample when `batch` holds one column for each time; 0 for no times. A matrix
/// must have that many columns, or be a single sample; a vector or another buffer may hold them one
/// after the other.
/// @throws std::invalid_argument when it does not
template <Readable X, class Time>
std::size_t column_size(const X& batch, std::span<Time> times, std::string_view function,
                        std::string_view argument) {
  const auto size = static_cast<std::size_t>(std::size(batch));
  require(!times.empty() || size == 0, function, "timesteps", "hold a time for each sample", 0);
  if (times.empty()) return 0;
  if constexpr (requires { batch.rows(), batch.cols(); }) {
    if (batch.rows() > 1 && batch.cols() > 1 && times.size() > 1) {
      require_size(function, std::string(argument) + ".cols()", std::ssize(times), batch.cols());
    }
  }
  require(size % times.size() == 0, function, "the size of " + std::string(argument),
          "be a multiple of " + to_text(times.size()) + " timesteps", size);
  return size / times.size();
}

/// timesteps[k], in 0..last.
/// @throws std::out_of_range otherwise
template <class Time>
Index time_of_column(std::span<Time> timesteps, std::size_t k, Index last,
                     std::string_view function) {
  const auto t = static_cast<Index>(timesteps[k]);
  if (t < 0 || t > last) {
    require_in_range(function, element("timesteps", static_cast<Index>(k)), 0, last, t);
  }
  return t;
}

}  // namespace alphabar::detail
