// SPDX-License-Identifier: MIT
#include "alphabar/kernel/transition_kernel.hpp"

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"

namespace transition_kernel_test {

using namespace alphabar;

template <class Scalar>
constexpr Scalar epsilon = std::numeric_limits<Scalar>::epsilon();

/// |a - b| within n units u = epsilon/2 of b.
template <class Scalar>
bool close(Scalar a, Scalar b, double units) {
  return std::abs(a - b) <= Scalar(units / 2) * epsilon<Scalar> * std::abs(b);
}

template <class Scalar>
bool close(const TransitionKernel<Scalar>& a, const TransitionKernel<Scalar>& b, double units) {
  return close(a.signal_power(), b.signal_power(), units) &&
         close(a.noise_variance(), b.noise_variance(), units) &&
         close(a.signal_scale(), b.signal_scale(), units) &&
         close(a.noise_scale(), b.noise_scale(), units);
}

// Would catch a power for a scale, √β for β, and a kernel that does nothing twice.
TEMPLATE_TEST_CASE("TransitionKernel: four numbers", "", float, double) {
  const TransitionKernel<TestType> kernel(TestType(0.25), TestType(4));
  CHECK(kernel.signal_power() == TestType(0.25));
  CHECK(kernel.noise_variance() == TestType(4));
  CHECK(kernel.signal_scale() == TestType(0.5));
  CHECK(kernel.noise_scale() == TestType(2));
  CHECK(kernel == TransitionKernel<TestType>::from_scales(TestType(0.5), TestType(2)));
  CHECK(kernel != TransitionKernel<TestType>());
  CHECK(TransitionKernel<TestType>() == TransitionKernel<TestType>(1, 0));
}

// Would catch scales recomputed from powers: below 1e-154 these underflow, the scales do not.
TEST_CASE("TransitionKernel: from_scales keeps the scales") {
  const auto kernel = TransitionKernel<double>::from_scales(1e-170, 0.3);
  CHECK(kernel.signal_scale() == 1e-170);
  CHECK(kernel.noise_scale() == 0.3);
  CHECK(kernel.signal_power() == 0);
  CHECK(kernel.noise_variance() == 0.3 * 0.3);

  const auto faint = TransitionKernel<double>::from_scales(1, 1e-170);
  CHECK((faint * TransitionKernel<double>()).noise_scale() == 1e-170);
  CHECK((TransitionKernel<double>() * faint).noise_scale() == 1e-170);
}

/// The number that many units in the last place above the value, or below it.
template <class Scalar>
Scalar moved(Scalar value, int ulps) {
  for (; ulps > 0; --ulps) value = std::nextafter(value, std::numeric_limits<Scalar>::infinity());
  for (; ulps < 0; ++ulps) value = std::nextafter(value, Scalar(0));
  return value;
}

// Would catch numbers that are computed from each other: scales from powers lose
// digits that the caller has, powers from scales are not the stored β.
TEMPLATE_TEST_CASE("TransitionKernel: from_powers_and_scales keeps four numbers bit for bit", "",
                   float, double) {
  for (const TestType a : {TestType(0.3), TestType(1), TestType(7), TestType(1e-30)}) {
    for (const TestType b : {TestType(0), TestType(0.1), TestType(1.9), TestType(1e30)}) {
      for (const int ulps : {-1, 0, 1}) {
        const TestType root_a = moved(std::sqrt(a), ulps);
        const TestType root_b = b > 0 ? moved(std::sqrt(b), -ulps) : 0;
        CAPTURE(a, b, ulps);
        const auto kernel =
            TransitionKernel<TestType>::from_powers_and_scales(a, b, root_a, root_b);
        CHECK(kernel.signal_power() == a);
        CHECK(kernel.noise_variance() == b);
        CHECK(kernel.signal_scale() == root_a);
        CHECK(kernel.noise_scale() == root_b);
      }
    }
  }
}

// Would catch a check that is relative where a power has underflowed and its root has not.
TEST_CASE("TransitionKernel: from_powers_and_scales below the smallest power") {
  using Kernel = TransitionKernel<double>;
  const auto kernel = Kernel::from_powers_and_scales(0, 1, 1e-170, 1);
  CHECK(kernel.signal_power() == 0);
  CHECK(kernel.signal_scale() == 1e-170);
  CHECK(Kernel::from_powers_and_scales(1, 0, 1, 1e-170).noise_scale() == 1e-170);
  // The square of this scale is 1.5 times the smallest number, and may be rounded up or down.
  CHECK(Kernel::from_powers_and_scales(5e-324, 1, 2.723e-162, 1).signal_scale() == 2.723e-162);
  CHECK(Kernel::from_powers_and_scales(0, 0, 0, 0).signal_scale() == 0);
  const auto narrow = TransitionKernel<float>::from_powers_and_scales(0, 1, 1e-30F, 1);
  CHECK(narrow.signal_scale() == 1e-30F);
  CHECK_THROWS_AS(Kernel::from_powers_and_scales(0, 1, 1e-150, 1), std::invalid_argument);
  CHECK_THROWS_AS(Kernel::from_powers_and_scales(1e-300, 1, 0, 1), std::invalid_argument);
}

// Would catch a scale that belongs to another power, in either place, and a check that NaN
// passes.
TEMPLATE_TEST_CASE("TransitionKernel: from_powers_and_scales refuses numbers that are not roots",
                   "", float, double) {
  using Kernel = TransitionKernel<TestType>;
  constexpr TestType infinity = std::numeric_limits<TestType>::infinity();
  constexpr TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  constexpr TestType largest = std::numeric_limits<TestType>::max();
  const auto refused = [](TestType power, TestType scale) {
    CAPTURE(power, scale);
    CHECK_THROWS_AS(Kernel::from_powers_and_scales(power, 1, scale, 1), std::invalid_argument);
    CHECK_THROWS_AS(Kernel::from_powers_and_scales(1, power, 1, scale), std::invalid_argument);
  };
  for (const TestType scale : {TestType(1.1), TestType(0), TestType(-1), nan, infinity}) {
    refused(1, scale);
  }
  for (const TestType power : {TestType(-1), TestType(0), nan, infinity}) refused(power, 1);
  refused(infinity, infinity);
  refused(largest, largest);
  refused(nan, nan);
  for (const TestType power : {TestType(1), TestType(0.3), TestType(3.9), TestType(1e-20)}) {
    refused(power, moved(std::sqrt(power), 8));
    refused(power, moved(std::sqrt(power), -8));
    refused(power, power == 1 ? TestType(2) : power);
  }
}

// Would catch a message that names the other scale or another function.
TEST_CASE("TransitionKernel: from_powers_and_scales says what is wrong") {
  const auto said = [](double a, double b, double root_a, double root_b) {
    return test::complaint(
        [=] { (void)TransitionKernel<double>::from_powers_and_scales(a, b, root_a, root_b); });
  };
  const std::string begin =
      "invalid_argument: alphabar::TransitionKernel::from_powers_and_scales: ";
  CHECK(said(1, 4, 1, 2) == "nothing");
  CHECK(said(1, 4, 1.1, 2) ==
        begin + "signal_scale must be the root of its square, given beside it, got 1.1");
  CHECK(said(1, 4, 1, 4) ==
        begin + "noise_scale must be the root of its square, given beside it, got 4");
  CHECK(said(1, 4, -1, 2) == begin + "signal_scale must be finite and >= 0, got -1");
  CHECK(said(1, 4, 1, std::numeric_limits<double>::quiet_NaN()) ==
        begin + "noise_scale must be finite and >= 0, got nan");
}

// Would catch guides that deduce int, or float from one float.
TEST_CASE("TransitionKernel: the Scalar is deduced") {
  STATIC_REQUIRE(std::is_same_v<decltype(TransitionKernel(1, 0)), TransitionKernel<double>>);
  STATIC_REQUIRE(std::is_same_v<decltype(TransitionKernel(0.5, 0.5)), TransitionKernel<double>>);
  STATIC_REQUIRE(std::is_same_v<decltype(TransitionKernel(0.5f, 0.5f)), TransitionKernel<float>>);
  STATIC_REQUIRE(std::is_same_v<decltype(TransitionKernel(1, 0.5f)), TransitionKernel<double>>);
  STATIC_REQUIRE(std::is_same_v<decltype(TransitionKernel(1.0, 0.5f)), TransitionKernel<double>>);
  STATIC_REQUIRE(std::is_same_v<decltype(TransitionKernel()), TransitionKernel<double>>);
  CHECK(TransitionKernel(1, 0) == TransitionKernel<double>());
}

// Would catch a conversion that rounds the powers and takes new roots of them.
TEST_CASE("TransitionKernel: each number is converted by itself") {
  const auto exact = linear_schedule().transition(3, 700);
  const TransitionKernel<float> rounded(exact);
  CHECK(rounded.signal_power() == static_cast<float>(exact.signal_power()));
  CHECK(rounded.noise_variance() == static_cast<float>(exact.noise_variance()));
  CHECK(rounded.signal_scale() == static_cast<float>(exact.signal_scale()));
  CHECK(rounded.noise_scale() == static_cast<float>(exact.noise_scale()));
  STATIC_REQUIRE(!std::is_convertible_v<TransitionKernel<double>, TransitionKernel<float>>);
}

// Would catch an overflow that leaves infinity or NaN in a kernel, whose numbers must be finite.
TEST_CASE("TransitionKernel: stays finite or throws") {
  const TransitionKernel<double> large(1e300, 1e300);
  const std::string refused = "invalid_argument: alphabar::TransitionKernel::from_scales: ";
  CHECK(test::complaint([] { (void)TransitionKernel<double>::from_scales(1e200, 0); }) ==
        refused + "signal_scale must have a finite square, got 1e+200");
  CHECK(test::complaint([] { (void)TransitionKernel<float>::from_scales(0, 1e20F); }) ==
        refused + "noise_scale must have a finite square, got 1e+20");
  CHECK_THROWS_AS(large * large, std::invalid_argument);
  CHECK_THROWS_AS(TransitionKernel<float>(large), std::invalid_argument);
}

// Would catch B + B' (noise of the earlier step not damped), factors in the wrong order, α for A.
TEMPLATE_TEST_CASE("TransitionKernel: two steps", "", float, double) {
  const TestType b = TestType(0.25);
  const TestType c = TestType(0.5);
  const TransitionKernel<TestType> earlier(1 - b, b);
  const TransitionKernel<TestType> later(1 - c, c);
  const auto both = later * earlier;
  CHECK(both.signal_power() == (1 - c) * (1 - b));
  CHECK(both.noise_variance() == 1 - (1 - c) * (1 - b));

  const auto spreading = TransitionKernel<TestType>(4, 1) * TransitionKernel<TestType>(2, 8);
  CHECK(spreading.signal_power() == 8);
  CHECK(spreading.noise_variance() == 33);
  CHECK(close(spreading, TransitionKernel<TestType>(8, 33), 2));  // hypot is the C library's
  CHECK(TransitionKernel<TestType>(2, 8) * TransitionKernel<TestType>(4, 1) ==
        TransitionKernel<TestType>(8, 10));
}

// Would catch A'B + B' in two roundings: the product's low part and B' together pass a tie.
TEST_CASE("TransitionKernel: the noise of two steps is rounded once") {
  const double factor = 1 + 0x1p-30;
  const auto both = TransitionKernel(factor, 0x1p-53) * TransitionKernel(1.0, factor);
  CHECK(both.noise_variance() == 1 + 0x1p-29 + 0x1p-52);
}

// Would catch an identity that is one only up to rounding.
TEST_CASE("TransitionKernel: the identity") {
  const TransitionKernel<double> identity;
  for (const auto& kernel : {TransitionKernel<double>(0.3, 0.7), TransitionKernel<double>(0, 1),
                             TransitionKernel<double>(1, 0), TransitionKernel<double>(5, 1e-300)}) {
    CHECK(kernel * identity == kernel);
    CHECK(identity * kernel == kernel);
  }
}

// Would catch a product that is not the law of the two steps one after the other.
TEMPLATE_TEST_CASE("TransitionKernel: composition is associative", "", float, double) {
  const TransitionKernel<TestType> a(TestType(0.9), TestType(0.1));
  const TransitionKernel<TestType> b(TestType(1e-3), TestType(7));
  const TransitionKernel<TestType> c(TestType(40), TestType(1e-5));
  CHECK(close((c * b) * a, c * (b * a), 12));
  CHECK(close((a * c) * b, a * (c * b), 12));
}

// The derivation of the closed form by composition: would catch a mistake in any of its steps, and
// a bound of 2n u that does not hold.
TEMPLATE_TEST_CASE("TransitionKernel: all steps make the closed form", "", float, double) {
  for (const auto& schedule : {linear_schedule<TestType>(), scaled_linear_schedule<TestType>(),
                               cosine_schedule<TestType>(), sigmoid_schedule<TestType>()}) {
    TransitionKernel<TestType> product;
    int violations = 0;
    for (Index t = 1; t <= schedule.steps(); ++t) {
      product = schedule.step(t) * product;
      const auto exact = schedule.transition(0, t);
      const double units = 2 * static_cast<double>(t) + 1;  // 1: the table's own rounding
      violations += !close(product.signal_power(), exact.signal_power(), units);
      violations += !close(product.noise_variance(), exact.noise_variance(), units);
      violations += !close(product.signal_scale(), exact.signal_scale(), units);
      violations += !close(product.noise_scale(), exact.noise_scale(), units);
    }
    CHECK(violations == 0);
  }
}

// Would catch √A for A, √B for B, and a float kernel that rounds a double λ to float.
TEST_CASE("TransitionKernel: the variance of a direction") {
  const TransitionKernel kernel(0.25, 4);
  CHECK(kernel.variance(0.0) == 4);
  CHECK(kernel.variance(2) == 4.5);
  CHECK(kernel.variance(16.0F) == 8);
  STATIC_REQUIRE(std::is_same_v<decltype(kernel.variance(16.0F)), double>);
  STATIC_REQUIRE(std::is_same_v<decltype(kernel.variance(2)), double>);

  const TransitionKernel<float> narrow(0.5F, 0.25F);
  STATIC_REQUIRE(std::is_same_v<decltype(narrow.variance(1.0)), double>);
  STATIC_REQUIRE(std::is_same_v<decltype(narrow.variance(1.0F)), float>);
  CHECK(narrow.variance(1 + 0x1p-40) == 0.75 + 0x1p-41);
  CHECK(narrow.variance(1e200) == 0.5e200);
  CHECK(narrow.variance(1.0F) == 0.75F);
  CHECK(narrow.variance(1) == 0.75F);
}

template <class Kernel, class Lambdas>
concept HasVariance = requires(const Kernel& kernel, const Lambdas& lambdas) {
  kernel.variance(lambdas);
};

// Would catch a returned expression of destroyed temporaries, and arithmetic in another precision.
TEST_CASE("TransitionKernel: the variances of many directions") {
  const TransitionKernel kernel(0.25, 4);
  const Eigen::ArrayXd lambdas{{0, 2, 16}};
  const Eigen::ArrayXd expected{{4, 4.5, 8}};
  const auto variances = kernel.variance(lambdas);
  STATIC_REQUIRE(std::is_same_v<decltype(variances), const Eigen::ArrayXd>);
  CHECK((variances == expected).all());
  const auto of_a_temporary = kernel.variance(Eigen::ArrayXd(lambdas));
  const auto of_an_expression = kernel.variance((Eigen::ArrayXd(lambdas) + lambdas) / 2);
  STATIC_REQUIRE(std::is_same_v<decltype(of_an_expression), const Eigen::ArrayXd>);
  CHECK((of_a_temporary == expected).all());
  CHECK((of_an_expression == expected).all());
  CHECK((kernel.variance(lambdas.tail<2>()) == expected.tail<2>()).all());
  const Eigen::Array3d fixed = lambdas;
  STATIC_REQUIRE(std::is_same_v<decltype(kernel.variance(fixed)), Eigen::Array3d>);
  CHECK((TransitionKernel<float>(kernel).variance(fixed.cast<float>()) == expected.cast<float>())
            .all());
  STATIC_REQUIRE(HasVariance<TransitionKernel<double>, Eigen::ArrayXd>);
  STATIC_REQUIRE(!HasVariance<TransitionKernel<float>, Eigen::ArrayXd>);
  STATIC_REQUIRE(!HasVariance<TransitionKernel<double>, Eigen::ArrayXf>);
}

// Would catch √β ε for β ε, the noise scaled by √A, and arithmetic in another precision.
TEST_CASE("TransitionKernel: perturb a number") {
  const TransitionKernel kernel(0.25, 4);
  CHECK(kernel.perturb(3.0, -1.0) == -0.5);
  CHECK(kernel.perturb(3, 1) == 3.5);
  CHECK(kernel.perturb(1.0f, 0.0f) == 0.5);
  STATIC_REQUIRE(std::is_same_v<decltype(kernel.perturb(1.0f, 1)), double>);
  STATIC_REQUIRE(std::is_same_v<decltype(TransitionKernel<float>().perturb(1.0, 1.0)), float>);
  CHECK(TransitionKernel().perturb(3.0, 1e300) == 3);
}

// Would catch a returned expression of destroyed temporaries, and shapes that Eigen only asserts.
TEST_CASE("TransitionKernel: perturb vectors, batches and arrays") {
  const TransitionKernel kernel(0.25, 4);
  const Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(5, 0, 4);
  const Eigen::VectorXd noise = Eigen::VectorXd::Ones(5);
  const auto perturbed = kernel.perturb(x, noise);
  STATIC_REQUIRE(std::is_same_v<decltype(perturbed), const Eigen::VectorXd>);
  CHECK(perturbed == 0.5 * x + 2 * noise);
  CHECK(kernel.perturb(x.head<3>(), noise.tail(3)) == perturbed.head(3));
  CHECK(kernel.perturb(x.array(), noise.array()).matrix() == perturbed);
  CHECK(kernel.perturb(x + x, noise) == x + 2 * noise);

  const Eigen::MatrixXd batch = x * noise.transpose();
  CHECK(kernel.perturb(batch, batch) == 2.5 * batch);
  CHECK(kernel.perturb(batch.row(1), batch.row(2)) == 0.5 * batch.row(1) + 2 * batch.row(2));
  CHECK_THROWS_AS(kernel.perturb(x, Eigen::VectorXd(4)), std::invalid_argument);
  CHECK_THROWS_AS(kernel.perturb(batch, Eigen::MatrixXd(5, 4)), std::invalid_argument);
  CHECK_THROWS_AS(kernel.perturb(batch, Eigen::MatrixXd(4, 5)), std::invalid_argument);
}

// An exact identity: would catch noise that depends on the data.
TEST_CASE("TransitionKernel: the noise does not depend on the data") {
  const auto schedule = linear_schedule();
  const double start = 3;
  const double other_start = -50;
  double x = start;
  double y = other_start;
  for (Index t = 1; t <= schedule.steps(); ++t) {
    const double noise = std::sin(static_cast<double>(t));
    x = schedule.step(t).perturb(x, noise);
    y = schedule.step(t).perturb(y, noise);
    const double expected = schedule.sqrt_alpha_bar(t) * (start - other_start);
    REQUIRE(std::abs((x - y) - expected) <= 1e-14 * (start - other_start));
  }
}

}  // namespace transition_kernel_test
