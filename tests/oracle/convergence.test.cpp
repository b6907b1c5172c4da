// SPDX-License-Identifier: MIT
#include "alphabar/oracle/detail/convergence.hpp"

#include <cmath>

#include "support/catch.hpp"

namespace convergence_test {

using namespace alphabar;

// Would catch a bound of another size, or on one side only, and the order of the first two changes.
TEST_CASE("constant_order: where two pairs of changes give the same order") {
  const auto order = [](double early, double late) {
    return detail::constant_order(std::exp2(early + late), std::exp2(late), 1).value_or(-1);
  };
  CHECK(order(1, 1) == 1);
  CHECK(order(2, 2) == 2);
  CHECK_THAT(order(1.34, 1), WithinAbs(1, 1e-12));
  CHECK_THAT(order(0.66, 1), WithinAbs(1, 1e-12));
  CHECK(order(1.36, 1) == -1);
  CHECK(order(0.64, 1) == -1);
  CHECK_THAT(order(0.31, 0.31), WithinAbs(0.31, 1e-12));
  CHECK(order(0.29, 0.29) == -1);
  CHECK(order(-1, -1) == -1);
}

// Would catch an extrapolation by another factor, and one where the changes do not decrease.
TEST_CASE("limit_of: between the extrapolations by order 1 and by its own order") {
  const auto check = [](double first, double second, double third, double own, double by_order_1) {
    CAPTURE(first, second, third);
    const detail::Limit limit = detail::limit_of(first, second, third);
    CHECK_THAT(limit.value, WithinAbs((own + by_order_1) / 2, 1e-14));
    CHECK_THAT(limit.uncertainty, WithinAbs(std::abs(own - by_order_1) / 2, 1e-14));
  };
  check(0, 2, 3, 4, 4);            // order 1
  check(0, 4, 5, 5 + 1.0 / 3, 6);  // order 2
  check(3, 11, 13, 13 + 2.0 / 3, 15);
  check(9, 5, 4, 4 - 1.0 / 3, 3);
  check(0, 1.25, 2.25, 2.25, 3.25);  // hardly any decrease: the last value itself
  check(0, 1.5, 2.5, 4.5, 3.5);
  check(0, 1, 2, 2, 3);
  check(0, -1, 2, 2, 5);
  check(7, 7, 7, 7, 7);
  check(5, 7, 7, 7, 7);
}

}  // namespace convergence_test
