// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "alphabar/grid/detail/beta_quantile.hpp"
#include "alphabar/grid/detail/normal_quantile.hpp"
#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/special_values.hpp"

namespace quantiles_test {

using namespace alphabar;
using test::infinity;

// Would catch a wrong constant, one step too few, and 1 - u or u - 1/2 where it is not exact.
TEST_CASE("normal_quantile: within 4 ulp of numbers by mpmath") {
  const auto golden = test::golden_lines("quantiles.csv").at("normal");
  for (std::size_t k = 0; k < golden.size(); k += 2) {
    INFO("u = " << golden[k]);
    CHECK_THAT(detail::normal_quantile(golden[k]), WithinRel(golden[k + 1], 4 * 0x1p-53));
  }
}

// Would catch NaN from log 0, a jump where one formula follows another, and a subnormal u.
TEST_CASE("normal_quantile: ends, order, symmetry") {
  CHECK(detail::normal_quantile(0) == -infinity);
  CHECK(detail::normal_quantile(1) == infinity);
  CHECK(detail::normal_quantile(0.5) == 0);
  CHECK_THAT(detail::normal_quantile(0x1p-1074), WithinRel(-38.467405617144344, 2e-5));
  double before = -infinity;
  for (int k = 1; k < 4096; ++k) {
    const double z = detail::normal_quantile(k / 4096.0);
    REQUIRE(z > before);
    REQUIRE(z == -detail::normal_quantile(1 - k / 4096.0));
    before = z;
  }
}

// Would catch a continued fraction with a term left out, and the wrong side of the mean.
TEST_CASE("beta_quantile: numbers by mpmath") {
  int laws = 0;
  for (const auto& [key, golden] : test::golden_lines("quantiles.csv")) {
    if (key.find("beta/") != 0) continue;
    ++laws;
    const std::size_t slash = key.find('/', 5);
    const double a = std::stod(key.substr(5, slash - 5));
    const double b = std::stod(key.substr(slash + 1));
    const double bound = std::max(a, b) < 1 ? 2e-14 : 1e-13;
    for (std::size_t k = 0; k < golden.size(); k += 2) {
      const double x = detail::beta_quantile(golden[k], a, b);
      INFO(key << ", u = " << golden[k]);
      if (golden[k + 1] <= a / (a + b)) CHECK_THAT(x, WithinRel(golden[k + 1], bound));
      CHECK_THAT(x, WithinAbs(golden[k + 1], 1e-15));
    }
  }
  CHECK(laws == 7);
}

// Would catch an iteration that ends early or never, from the flattest law to the steepest.
TEST_CASE("beta_quantile: laws in closed form, ends and order") {
  for (const double a : {0.1, 0.6, 1.0, 3.0, 20.0}) {
    CHECK(detail::beta_quantile(0, a, 2) == 0);
    CHECK(detail::beta_quantile(1, a, 2) == 1);
    double before = 0;
    for (int k = 1; k < 1000; ++k) {
      const double u = k / 1000.0;
      INFO("a = " << a << ", u = " << u);
      const double sine = std::sin(u * std::numbers::pi / 2);
      CHECK_THAT(detail::beta_quantile(u, 0.5, 0.5), WithinRel(sine * sine, 1e-13));
      CHECK_THAT(detail::beta_quantile(u, a, 1), WithinRel(std::pow(u, 1 / a), 1e-13));
      CHECK_THAT(1 - detail::beta_quantile(u, 1, a), WithinAbs(std::pow(1 - u, 1 / a), 1e-15));
      const double x = detail::beta_quantile(u, a, 20.1 - a);
      REQUIRE(x >= before);
      before = x;
    }
  }
}

}  // namespace quantiles_test
