// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>

#include "alphabar/concepts.hpp"

namespace alphabar {

/// A number of times, levels or steps, as a parameter. It converts from integers only: a fractional
/// count does not compile, whereas an Index would truncate it silently.
///
///     linspace_timesteps(1000, 10);    // 10.7 is refused
class Count {
 public:
  /// From an integer of any type.
  template <std::integral Integer>
  constexpr Count(Integer count) noexcept : count_(static_cast<Index>(count)) {}

  /// The number.
  constexpr operator Index() const noexcept { return count_; }

 private:
  Index count_;
};

}  // namespace alphabar
