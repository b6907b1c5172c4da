// SPDX-License-Identifier: MIT
#include "alphabar/kernel/detail/error_free.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "support/catch.hpp"
#include "support/ulp.hpp"

namespace error_free_test {

using namespace alphabar::detail;

// Would catch an fma of the library that rounds twice (MinGW's): each sum is next to a tie.
TEST_CASE("fma: rounded once") {
  const double factor = 1 + 0x1p-30;  // its square is 1 + 2^-29 + 2^-60
  CHECK(fma_by_parts(factor, factor, 0x1p-53) == 1 + 0x1p-29 + 0x1p-52);
  CHECK(fma_by_parts(factor, factor, 0x1p-53 - 0x1p-60) == 1 + 0x1p-29);
  CHECK(fma_by_parts(-factor, factor, -0x1p-53) == -1 - 0x1p-29 - 0x1p-52);
  CHECK(fma_by_parts(factor, 1 - 0x1p-30, -1.0) == -0x1p-60);
  const float half = 1 + 0x1p-12F;  // its square is 1 + 2^-11 + 2^-24
  CHECK(fma_by_parts(half, half, 0x1p-60F) == 1 + 0x1p-11F + 0x1p-23F);
  CHECK(fma_by_parts(half, half, -0x1p-60F) == 1 + 0x1p-11F);
  CHECK(alphabar::detail::fma(factor, factor, 0x1p-53) == 1 + 0x1p-29 + 0x1p-52);
  CHECK(alphabar::detail::fma(half, half, 0x1p-60F) == 1 + 0x1p-11F + 0x1p-23F);
}

// Would catch a NaN where the sum is infinite, or 0.
TEST_CASE("fma: the ends of the range") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr double largest = std::numeric_limits<double>::max();
  CHECK(fma_by_parts(1e200, 1e200, -1.0) == infinity);
  CHECK(fma_by_parts(1.0, 2.0, -infinity) == -infinity);
  CHECK(fma_by_parts(2.0, 3.0, largest) == largest);
  CHECK(fma_by_parts(0.0, 3.0, 0.0) == 0);
  CHECK(fma_by_parts(1e-200, 1e-200, 0.0) == 0);
  CHECK(fma_by_parts(1e-170, 1e-150, 5e-324) == 1e-320 + 5e-324);
  CHECK(std::isnan(fma_by_parts(0.0, infinity, 1.0)));
}

#ifdef ALPHABAR_TEST_QUAD
// Would catch an order of the sums in which an error is lost.
TEST_CASE("fma: of random numbers") {
  std::mt19937_64 generator(1);
  const auto number = [&](int exponents) {
    const double mantissa = 1 + static_cast<double>(generator() >> 12) * 0x1p-52;
    const int exponent = static_cast<int>(generator() % (2 * unsigned(exponents) + 1)) - exponents;
    return std::ldexp(generator() % 2 == 0 ? mantissa : -mantissa, exponent);
  };
  double worst = 0;
  for (int k = 0; k < 100000; ++k) {
    const double a = number(10);
    const double b = number(10);
    const double c = k % 2 == 0 ? number(60) : -a * b * (1 + number(0) * 0x1p-50);
    worst = std::max(worst, test::ulps(fma_by_parts(a, b, c), test::Quad{a} * b + c));
  }
  CHECK(worst <= 0.5 + 0x1p-40);
}
#endif

}  // namespace error_free_test
