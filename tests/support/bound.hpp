// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <stdexcept>

#include "support/catch.hpp"

namespace test {

/// A bound is where it is said to be: the last number is taken, the next one beyond it refused.
template <class Make>
void check_bound(Make make, double last, double beyond) {
  CAPTURE(last, beyond);
  CHECK_NOTHROW(make(last));
  CHECK_THROWS_AS(make(std::nextafter(last, beyond)), std::invalid_argument);
}

}  // namespace test
