// SPDX-License-Identifier: MIT
#include "alphabar/schedule/detail/double_word.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "alphabar/schedule/detail/double_word_exp.hpp"
#include "support/catch.hpp"
#include "support/ulp.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace double_word_test {

using namespace alphabar::detail;
using test::Quad;

Quad quad(DoubleWord x) { return Quad{x.hi} + x.lo; }

/// -log2 of the relative error: how many bits are right.
double bits(DoubleWord x, Quad exact) {
  return -std::log2(static_cast<double>(test::absolute(quad(x) - exact) / test::absolute(exact)));
}

/// Numbers of either sign between 2^-exponents and 2^exponents.
class Random {
 public:
  double number(int exponents) {
    const auto mantissa = 1 + static_cast<double>(generator_() >> 12) * 0x1p-52;
    const int exponent = static_cast<int>(generator_() % (2 * unsigned(exponents) + 1)) - exponents;
    return std::ldexp(generator_() % 2 == 0 ? mantissa : -mantissa, exponent);
  }
  DoubleWord double_word(int exponents) {
    const double hi = number(exponents);
    return fast_two_sum(hi, hi * 0x1p-53 * std::ldexp(number(0), -2));
  }

 private:
  std::mt19937_64 generator_{1};
};

// Would catch a compiler that simplifies the error away, as -ffast-math does.
TEST_CASE("DoubleWord: sums and products of two doubles are exact") {
  Random random;
  int wrong = 0;
  for (int k = 0; k < 20000; ++k) {
    const double a = random.number(25);
    const double b = random.number(25);
    wrong += quad(two_sum(a, b)) != Quad{a} + b;
    wrong += quad(two_product(a, b)) != Quad{a} * b;
    const auto [small, large] =
        std::minmax(a, b, [](double x, double y) { return std::abs(x) < std::abs(y); });
    wrong += quad(fast_two_sum(large, small)) != Quad{a} + b;
  }
  CHECK(wrong == 0);
  CHECK(two_sum(1, 0x1p-60).lo == 0x1p-60);
}

// Would catch an fma of the library that rounds twice (MinGW's on the first pair), and parts of 27
// bits, whose products do not fit.
TEST_CASE("DoubleWord: a product by parts is that by an exact fma") {
  Random random;
  int wrong = 0;
  const auto compare = [&](double a, double b) {
    const DoubleWord product = two_product_by_parts(a, b);
    wrong += quad(product) != Quad{a} * b || product.hi != a * b;
  };
  compare(0x1.8d0059f3013e7p+0, 0x1.ba9526cd35c81p+0);
  compare(0x1.fffffffffffffp+0, 0x1.0000003ffffffp+0);
  compare(0x1.0000004000001p+500, -0x1.fffffffffffffp-500);
  for (int k = 0; k < 200000; ++k) compare(random.number(200), random.number(200));
  CHECK(wrong == 0);
  CHECK(two_product_by_parts(0x1.8d0059f3013e7p+0, 0x1.ba9526cd35c81p+0).lo ==
        two_product(0x1.8d0059f3013e7p+0, 0x1.ba9526cd35c81p+0).lo);
}

// Would catch a lost low word: then 53 bits are right instead of 100.
TEST_CASE("DoubleWord: arithmetic keeps 100 bits") {
  Random random;
  double worst = 106;
  for (int k = 0; k < 20000; ++k) {
    const DoubleWord x = random.double_word(30);
    const DoubleWord y = random.double_word(30);
    const double d = random.number(30);
    worst = std::min({worst, bits(x * y, quad(x) * quad(y)), bits(x * d, quad(x) * d),
                      bits(x / y, quad(x) / quad(y))});
    const DoubleWord positive = x.hi > 0 ? x : -x;
    worst = std::min(worst, bits(sqrt(positive), test::sqrt(quad(positive))));
    const DoubleWord with_same_sign = (x.hi > 0) == (y.hi > 0) ? y : -y;
    worst = std::min(worst, bits(x + with_same_sign, quad(x) + quad(with_same_sign)));
    worst = std::min(worst, bits(x - -with_same_sign, quad(x) + quad(with_same_sign)));
  }
  CHECK(worst >= 100);
  CHECK(sqrt(DoubleWord{0}).hi == 0);
}

// Would catch a low word that does not count where the high words cancel.
TEST_CASE("DoubleWord: differences keep 100 bits") {
  Random random;
  for (int k = 0; k < 2000; ++k) {
    const DoubleWord x = random.double_word(0);
    const DoubleWord y = fast_two_sum(x.hi * (1 + 0x1p-40), random.double_word(0).lo);
    REQUIRE(bits(x - y, quad(x) - quad(y)) >= 100);
  }
}

// Would catch a second rounding (ldexp alone: 0.75 ulp), and a neighbor on the wrong side.
TEST_CASE("round_scaled: one rounding, in the normal range and below it") {
  Random random;
  double worst = 0;
  for (int k = 0; k < 50000; ++k) {
    DoubleWord x = random.double_word(0);
    if (k % 4 != 0) x = {std::abs(x.hi), x.lo};
    if (k % 8 == 0) x.lo = 0;
    const int exponent = -1010 - k % 70;
    const Quad exact = quad(x) * 0x1p-1000 * std::ldexp(1.0, exponent + 1000);
    worst = std::max(worst, test::ulps(round_scaled(x, exponent), exact));
  }
  CHECK(worst <= 0.5);
}

// Hand-made on both sides of every branch; in a tie of the high word the low word decides.
TEST_CASE("round_scaled: ties and switches") {
  // 1.5 and 2.5 times the smallest subnormal
  CHECK(round_scaled({1.5, 0x1p-53}, -1074) == 2 * 0x1p-1074);
  CHECK(round_scaled({1.5, -0x1p-53}, -1074) == 0x1p-1074);
  CHECK(round_scaled({1.5, 0}, -1074) == 2 * 0x1p-1074);
  CHECK(round_scaled({2.5, 0x1p-52}, -1074) == 3 * 0x1p-1074);
  CHECK(round_scaled({2.5, -0x1p-52}, -1074) == 2 * 0x1p-1074);
  CHECK(round_scaled({2.5, 0}, -1074) == 2 * 0x1p-1074);
  // around half of it
  CHECK(round_scaled({0.5 + 0x1p-53, 0}, -1074) == 0x1p-1074);
  CHECK(round_scaled({0.5, 0}, -1074) == 0);
  CHECK(round_scaled({1, 0}, -5000) == 0);
  // just below the smallest normal number, where the spacing of hi is half that of the result
  constexpr double below_one = 1 - 0x1p-53;
  CHECK(round_scaled({below_one, 0x1p-54}, -1022) == 0x1p-1022);
  CHECK(round_scaled({below_one, -0x1p-54}, -1022) == 0x1p-1022 - 0x1p-1074);
  // just below 2^-1021, from where on nothing is rounded again
  CHECK(round_scaled({below_one, 0x1p-54}, -1021) == std::ldexp(below_one, -1021));
  CHECK(round_scaled({1, -0x1p-54}, -1021) == 0x1p-1021);
  // no scale, and a scale upwards
  CHECK(round_scaled({3, 0x1p-52}, 0) == 3);
  CHECK(round_scaled({0x1p-1060, 0}, 10) == 0x1p-1050);
}

// The bounds that the header states. Would catch a series that is cut too early.
TEST_CASE("DoubleWord: exp keeps 95 bits") {
  double worst = 106;
  for (int k = -400; k <= 400; ++k) {
    const DoubleWord x = two_sum(k / 20.0, 1e-18);
    worst = std::min(worst, bits(exp(x), test::exp(quad(x))));
  }
  CHECK(worst >= 95);
  CHECK(exp(DoubleWord{0}).hi == 1);
}

// Would catch a Newton step without half the square of the rest, which counts for large logarithms.
TEST_CASE("DoubleWord: log keeps 100 bits") {
  Random random;
  double worst = 106;
  for (int k = 0; k < 2000; ++k) {
    const DoubleWord x = random.double_word(900);
    if (x.hi < 0 || (x.hi > 0.25 && x.hi < 4)) continue;
    worst = std::min(worst, bits(log(x), test::log(quad(x))));
  }
  CHECK(worst >= 100);
}

TEST_CASE("DoubleWord: the unit circle keeps 95 bits") {
  Quad worst = 0;
  for (int k = 0; k <= 400; ++k) {
    const DoubleWord angle = half_pi * (k / 400.0);
    const auto [cosine, sine] = unit_circle(angle);
    worst = std::max(worst, test::absolute(quad(cosine) - test::cos(quad(angle))));
    worst = std::max(worst, test::absolute(quad(sine) - test::sin(quad(angle))));
  }
  CHECK(static_cast<double>(worst) <= 0x1p-95);
  CHECK(static_cast<double>(test::absolute(quad(half_pi) - test::pi() / 2)) <= 0x1p-106);
}

// Would catch a product of two turns with a wrong sign.
TEST_CASE("DoubleWord: rotations compose") {
  UnitComplex turned{{1}, {0}};
  const UnitComplex step = unit_circle(half_pi / DoubleWord{1000});
  for (int k = 0; k < 1000; ++k) turned = turned * step;
  CHECK(std::abs(turned.cosine.hi) <= 0x1p-90);
  CHECK(turned.sine.hi == 1);
  CHECK(std::abs(turned.sine.lo) <= 0x1p-90);
}

}  // namespace double_word_test
#endif
