// SPDX-License-Identifier: MIT
#include "alphabar/oracle/detail/descend.hpp"

#include <Eigen/Core>
#include <cmath>
#include <vector>

#include "support/catch.hpp"
#include "support/special_values.hpp"

namespace descend_test {

using namespace alphabar;
using Eigen::VectorXd;

/// Rosenbrock's valley, whose only minimum is 0 at (1, 1).
double valley(const VectorXd& x) {
  return 100 * std::pow(x(1) - x(0) * x(0), 2) + std::pow(1 - x(0), 2);
}
VectorXd slope_of_valley(const VectorXd& x) {
  const double across = 200 * (x(1) - x(0) * x(0));
  return VectorXd{{-2 * x(0) * across - 2 * (1 - x(0)), across}};
}

// Would catch an approximation of the second derivatives that is wrong in any of its terms, which
// still goes down, but many times as slowly; and steps that are tried on the wrong side.
TEST_CASE("descend: finds the minimum of a curved valley") {
  int evaluations = 0;
  const auto value = [&](const VectorXd& x) {
    ++evaluations;
    return valley(x);
  };
  const VectorXd end = detail::descend(VectorXd{{-1.2, 1}}, value, slope_of_valley);
  CHECK((end - VectorXd::Ones(2)).norm() < 1e-4);
  CHECK(evaluations < 70);
}

// Would catch a step into what is not allowed, and one that goes up.
TEST_CASE("descend: stays in the domain of the function") {
  const auto value = [](const VectorXd& x) {
    return x(0) > 0 ? x(0) - std::log(x(0)) : test::infinity;  // least at 1
  };
  const auto gradient = [](const VectorXd& x) { return VectorXd{{1 - 1 / x(0)}}; };
  for (const double start : {0.01, 0.9, 1.0, 40.0}) {
    const VectorXd end = detail::descend(VectorXd{{start}}, value, gradient);
    CHECK(value(end) <= value(VectorXd{{start}}));
    CHECK_THAT(end(0), WithinAbs(1, 1e-3));
  }
  const VectorXd nowhere{{-1}};
  CHECK(detail::descend(nowhere, value, gradient) == nowhere);
}

// Would catch 0/0 where the slope does not change.
TEST_CASE("descend: along a straight line to its end") {
  const auto value = [](const VectorXd& x) { return x(0) > -40 ? x(0) : test::infinity; };
  const auto gradient = [](const VectorXd&) { return VectorXd{{1}}; };
  CHECK_THAT(detail::descend(VectorXd{{7}}, value, gradient)(0), WithinAbs(-40, 1e-6));
}

// Would catch a first step as long as a steep slope, which jumps over the nearest minimum.
TEST_CASE("descend: tries no step longer than 1 in a coordinate") {
  std::vector<VectorXd> tried;
  const auto value = [&](const VectorXd& x) {
    tried.push_back(x);
    return 50 * x(0) * x(0) + x(1);
  };
  const auto gradient = [](const VectorXd& x) { return VectorXd{{100 * x(0), 1}}; };
  (void)detail::descend(VectorXd{{10, 3}}, value, gradient);
  REQUIRE(tried.size() > 1);
  CHECK_THAT(tried[1](0), WithinAbs(9, 1e-12));
  CHECK_THAT(tried[1](1), WithinAbs(2.999, 1e-12));
}

// Would catch an end that depends on the value of f, on the gain of one step, or on fewer than
// twenty steps.
TEST_CASE("descend: ends when twenty steps gain too little, not before") {
  const auto below_0 = [](const VectorXd& x) { return valley(x) - 1000; };
  const VectorXd end = detail::descend(VectorXd{{-1.2, 1}}, below_0, slope_of_valley);
  CHECK((end - VectorXd::Ones(2)).norm() < 1e-4);

  const auto value = [](const VectorXd& x) { return 5e-6 * x(0) * x(0); };
  const auto gradient = [](const VectorXd& x) { return VectorXd{{1e-5 * x(0)}}; };
  CHECK(std::abs(detail::descend(VectorXd{{1}}, value, gradient)(0)) < 1e-6);
}

}  // namespace descend_test
