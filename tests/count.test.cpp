// SPDX-License-Identifier: MIT
#include "alphabar/count.hpp"

#include <cstddef>
#include <type_traits>

#include "support/catch.hpp"

namespace count_test {

using namespace alphabar;

// Would catch a fraction that is truncated to a whole number, and an integer type that is refused.
TEST_CASE("Count: from integers only") {
  static_assert(!std::is_constructible_v<Count, double>);
  static_assert(!std::is_constructible_v<Count, float>);
  static_assert(std::is_convertible_v<int, Count>);
  static_assert(std::is_convertible_v<std::size_t, Count>);
  static_assert(std::is_convertible_v<Count, Index>);
  CHECK(Index{Count(7U)} == 7);
  CHECK(Index{Count(-1)} == -1);
}

}  // namespace count_test
