// SPDX-License-Identifier: MIT
#include "alphabar/covariance/factor.hpp"

#include <Eigen/Core>
#include <Eigen/LU>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <tuple>

#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"
#include "support/special_values.hpp"
#include "support/unit_noise.hpp"

namespace factor_covariance_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::complaint;
using test::relative_error;

const MatrixXd factors{{2, -1}, {0.5, 3}, {1, 1}, {-4, 0.25}};
const VectorXd variances{{0.25, 4, 1, 9}};

// Would catch A that scales the factors instead of their product, B that is added to W, a Woodbury
// identity with a sign or a weight too few, and noise that W and the diagonal share.
TEMPLATE_TEST_CASE("FactorCovariance: what it offers is that of its matrix", "", float, double) {
  const double bound = 64 * double{std::numeric_limits<TestType>::epsilon()};
  const FactorCovariance prior(factors.cast<TestType>(), variances.cast<TestType>());
  const auto later = prior.transformed(TestType(0.25), TestType(0.5)).transformed(2, 1);
  for (const auto& [covariance, a, b] :
       {std::tuple(prior, 1.0, 0.0), std::tuple(later, 0.5, 2.0)}) {
    CAPTURE(a, b);
    const MatrixXd given = factors * factors.transpose() + MatrixXd(variances.asDiagonal());
    const MatrixXd sigma = a * given + b * MatrixXd::Identity(4, 4);
    CHECK(relative_error(covariance.matrix(), sigma) < bound);
    CHECK_THAT(double(covariance.log_determinant()),
               WithinRel(std::log(sigma.determinant()), bound));
    const MatrixXd x = test::rotation(4).leftCols(3);
    CHECK(relative_error(covariance.solve(x.cast<TestType>()), MatrixXd(sigma.inverse() * x)) <
          4 * bound);
    MatrixXd map(4, 6);
    for (Index k = 0; k < 6; ++k) {
      const test::UnitNoise<TestType> noise(static_cast<std::uint64_t>(6 + k));
      map.col(k) = covariance.sample(noise, 2).col(1).template cast<double>();
    }
    CHECK(relative_error(map * map.transpose(), sigma) < bound);
  }
}

// Would catch squares of W/σ and inverses of σ² that are out of range where the result is not.
TEST_CASE("FactorCovariance: variances and factors far apart") {
  const VectorXd one{{1, -1, 2}};
  for (const double variance : {1e-300, 1e-310}) {
    for (const double factor : {0.0, 1e-200, 1.0, 1e10, 1e100}) {
      CAPTURE(variance, factor);
      const FactorCovariance covariance(factor * one, VectorXd{{variance, 1, 1}});
      // det Σ = σ² + 5 w² σ² + w², w = factor: 5 of the second and the third row.
      const double exact = factor >= 1 ? 2 * std::log(factor) : std::log(variance);
      CHECK_THAT(covariance.log_determinant(), WithinRel(exact, 1e-12) || WithinAbs(exact, 1e-12));
      // The first factor in units of its deviation is much larger than the others, or all are 0.
      const VectorXd solved = covariance.solve(VectorXd{{0, 1, 0}});
      CHECK(relative_error(solved.tail(2), VectorXd{{1, 0}}) < 1e-15);
    }
  }
  const FactorCovariance dependent(MatrixXd::Constant(2, 2, 1e9), VectorXd{{1, 1}});
  CHECK_THROWS_AS(dependent.log_determinant(), std::invalid_argument);
  CHECK_THROWS_AS(dependent.solve(VectorXd{{1, 2}}), std::invalid_argument);
  const FactorCovariance diagonal(0 * one, VectorXd{{1e-310, 1, 1}});
  CHECK(diagonal.solve(VectorXd{{1e-200, 3, -2}}).isApprox(VectorXd{{1e110, 3, -2}}));
  // The last two rows have the determinant (1 + 1e170²)(1 + 3²) and more.
  const MatrixXd two{{0, 0}, {1e170, 0}, {1e160, 3}};
  const FactorCovariance large(two, VectorXd{{1e-300, 1, 1}});
  CHECK_THAT(large.log_determinant(),
             WithinRel(std::log(1e-300) + 2 * std::log(1e170) + std::log(10), 1e-14));
  const FactorCovariance endless(1e200 * one, VectorXd{{1e-300, 1, 1}});
  CHECK(
      complaint([&] { (void)endless.log_determinant(); }) ==
      "invalid_argument: alphabar::FactorCovariance::log_determinant: the largest factor in units "
      "of its deviation must be finite, got inf");
}

// Would catch 1/0 in the inverse, and samples that need one.
TEST_CASE("FactorCovariance: a variance of 0") {
  const FactorCovariance<double, 2> covariance(Eigen::Vector2d(3, 1), Eigen::Vector2d(0, 1));
  CHECK(covariance.sample(test::UnitNoise<>(2), 1) == Eigen::Vector2d(3, 1));
  CHECK(complaint([&] { (void)covariance.log_determinant(); }) ==
        "invalid_argument: alphabar::FactorCovariance::log_determinant: the smallest variance must "
        "be > 0, got 0");
  CHECK(complaint([&] { (void)covariance.solve(Eigen::Vector2d(1, 1)); }) ==
        "invalid_argument: alphabar::FactorCovariance::solve: the smallest variance must be > 0, "
        "got 0");
  CHECK(std::isfinite(covariance.transformed(0.5, 0.5).log_determinant()));
}

// Would catch a W whose scale is the root of a negative number, and what overflows.
TEST_CASE("FactorCovariance: what is no covariance is refused") {
  const FactorCovariance covariance(factors, variances);
  const std::string function = "invalid_argument: alphabar::FactorCovariance::transformed: ";
  CHECK(complaint([&] { (void)covariance.transformed(-1, 10); }) ==
        function + "a must be >= 0, got -1");
  CHECK(covariance.transformed(0, 2).matrix() == 2 * MatrixXd::Identity(4, 4));
  CHECK(complaint([&] { (void)covariance.transformed(1, -10); }) ==
        function + "variances[0] must be finite and >= 0, got -9.75");
  CHECK(complaint([&] { (void)covariance.transformed(1e200, 0).transformed(1e200, 0); }) ==
        function + "the product of all a must be finite, got inf");
  CHECK_THROWS_AS(covariance.transformed(test::nan, 1), std::invalid_argument);
  CHECK_THROWS_AS(covariance.transformed(1, test::infinity), std::invalid_argument);
}

// Would catch sizes that are cut, and an f(Σ) that is offered but is none.
TEST_CASE("FactorCovariance: says what is wrong, and refuses to be a spectrum") {
  STATIC_REQUIRE_FALSE(CovarianceStructure<FactorCovariance<double>, double>);
  CHECK(complaint([] { (void)FactorCovariance(MatrixXd::Ones(1, 1), VectorXd::Ones(1)); }) ==
        "nothing");
  CHECK(complaint([] { (void)FactorCovariance(MatrixXd(4, 0), variances); }) ==
        "invalid_argument: alphabar::FactorCovariance: the size of factors must be >= 1, got 0");
  CHECK(complaint([] { (void)FactorCovariance(MatrixXd(0, 1), VectorXd(0)); }) ==
        "invalid_argument: alphabar::FactorCovariance: factors.rows() must be >= 1, got 0");
  CHECK(complaint([] { (void)FactorCovariance(factors, VectorXd::Ones(3)); }) ==
        "invalid_argument: alphabar::FactorCovariance: the number of variances must be 4, got 3");
  MatrixXd endless = factors;
  endless(3, 1) = -test::infinity;
  CHECK(complaint([&] { (void)FactorCovariance(endless, variances); }) ==
        "invalid_argument: alphabar::FactorCovariance: factors(3, 1) must be finite, got -inf");
  CHECK(complaint([] {
          (void)FactorCovariance(factors, VectorXd{{1, 1, -1, 1}});
        }) ==
        "invalid_argument: alphabar::FactorCovariance: variances[2] must be finite and >= 0, got "
        "-1");
}

}  // namespace factor_covariance_test
