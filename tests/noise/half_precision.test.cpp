// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "alphabar/noise/add_noise.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/prediction/detail/round_once.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/quad.hpp"
#include "support/special_values.hpp"

/// Data in half and bfloat16: coefficients and arithmetic in double, one rounding at the end.
namespace half_data_test {

using namespace alphabar;
using detail::round_once;

/// The numbers of a 16-bit floating type in order: 0 is at 0, the next one up at 1.
template <class Half>
Half at_rank(int rank) {
  const int bits = rank < 0 ? 0x8000 - rank : rank;
  return Eigen::numext::bit_cast<Half>(static_cast<std::uint16_t>(bits));
}
template <class Half>
int rank(Half value) {
  const int bits = Eigen::numext::bit_cast<std::uint16_t>(value);
  return bits < 0x8000 ? bits : 0x8000 - bits;
}

// Would catch double -> float -> half: x lies so little beside a boundary that float is on it.
// Every finite boundary of the type, subnormals and the last before infinity included.
TEMPLATE_TEST_CASE("round_once: beside every boundary", "", Eigen::half, Eigen::bfloat16) {
  const int infinite = rank(std::numeric_limits<TestType>::infinity());
  int differences = 0;
  for (int k = 0; k < infinite; ++k) {
    const auto below = at_rank<TestType>(k);
    const auto above = at_rank<TestType>(k + 1);
    const auto low = static_cast<double>(below);
    // The number that would follow the largest one, were there room for it.
    const double high = k + 1 < infinite ? static_cast<double>(above)
                                         : 2 * low - static_cast<double>(at_rank<TestType>(k - 1));
    const double middle = low + (high - low) / 2;
    const TestType even = k % 2 == 0 ? below : above;
    for (const double sign : {1.0, -1.0}) {
      const auto rounds_to = [&](double x, TestType expected) {
        const auto rounded = round_once<TestType>(sign * x);
        return static_cast<double>(rounded) == sign * static_cast<double>(expected);
      };
      differences += !rounds_to(low, below);
      differences += !rounds_to(middle, even);
      differences += !rounds_to(std::nextafter(middle, 0.0), below);
      differences += !rounds_to(std::nextafter(middle, test::infinity), above);
      differences += !rounds_to(middle - (high - low) * 0x1p-30, below);
      differences += !rounds_to(middle + (high - low) * 0x1p-30, above);
    }
  }
  CHECK(differences == 0);
  CHECK(std::isinf(static_cast<float>(round_once<TestType>(test::infinity))));
  CHECK(std::isinf(static_cast<float>(round_once<TestType>(1e300))));
  CHECK(std::isnan(static_cast<float>(round_once<TestType>(test::nan))));
  CHECK(static_cast<float>(round_once<TestType>(-1e-300)) == 0);
  CHECK(std::signbit(static_cast<float>(round_once<TestType>(-1e-300))));
}

// Would catch a detour for types that need none: what a plain conversion gives, stays.
TEST_CASE("round_once: other types") {
  const double x = 1.0 / 3;
  CHECK(round_once<double>(x) == x);
  CHECK(round_once<float>(x) == static_cast<float>(x));
  CHECK(round_once<long double>(x) == x);
  CHECK(round_once<int>(2.75) == 2);
  CHECK(round_once<Eigen::half>(1 + 0x1p-10F) == Eigen::half(1 + 0x1p-10F));
  CHECK(std::signbit(detail::rounded_to_odd(-0.0)));
}

#ifdef ALPHABAR_TEST_QUAD
// Would catch a table, a product or noise in the data's precision, and a second rounding: the
// output must be the nearest there is to the exact √A x + √B ε. Of 2^18 outputs in half precision,
// rounding twice gets about 16 wrong.
TEMPLATE_TEST_CASE("add_noise: half precision data is rounded once", "", Eigen::half,
                   Eigen::bfloat16) {
  const auto schedule = linear_schedule();
  const NoiseStream noise(20);
  std::mt19937_64 random(21);
  for (const Index t : {1, 10, 500, 1000}) {
    const auto kernel = schedule.transition(0, t);
    std::vector<TestType> x0(1 << 18);
    for (TestType& x : x0) {
      x = static_cast<TestType>(static_cast<float>(random() >> 40) * 0x1p-23F - 1);
    }
    std::vector<TestType> x_t(x0.size());
    add_noise(kernel, x0, noise, x_t);
    int differences = 0;
    for (std::size_t k = 0; k < x_t.size(); ++k) {
      const test::Quad exact = test::Quad{kernel.signal_scale()} * static_cast<double>(x0[k]) +
                               test::Quad{kernel.noise_scale()} * noise(k);
      const auto distance = [&](int candidate) {
        return test::absolute(exact - static_cast<double>(at_rank<TestType>(candidate)));
      };
      const int place = rank(x_t[k]);
      differences += distance(place - 1) < distance(place) || distance(place + 1) < distance(place);
    }
    INFO("t = " << t);
    CHECK(differences == 0);
  }
}
#endif

// diffusers PR #9004: with a bfloat16 table, t = 1..10 of the linear schedule get no noise at all.
// Would catch that, and noise that a rounding has made smaller or larger.
//
// x_0 = 0.75 has equally spaced neighbours (distance d) for 20 standard deviations. A normal
// variable with a standard deviation of at least 2.5 d, rounded to them, has its old mean and its
// old variance + d²/12 (Sheppard), both within 1e-15. So the mean and the variance of N noised
// samples are known; each is tested at 6 standard errors: a false alarm of 2e-9, four times.
TEMPLATE_TEST_CASE("add_noise: half precision data gets its noise at t = 1", "", Eigen::half,
                   Eigen::bfloat16) {
  const auto schedule = linear_schedule();
  const std::size_t count = 1 << 20;
  const std::vector<TestType> x0(count, TestType(0.75F));
  std::vector<TestType> x_1(count);
  add_noise(schedule.step(1), x0, NoiseStream(22), x_1);
  const double expected_mean = 0.75 * schedule.sqrt_alpha_bar(1);
  double sum = 0;
  double sum_of_squares = 0;
  for (const TestType x : x_1) {
    const double added = static_cast<double>(x) - expected_mean;
    sum += added;
    sum_of_squares += added * added;
  }
  const double n = count;
  const double spacing = std::ldexp(1.0, -std::numeric_limits<TestType>::digits);
  const double expected_variance = schedule.beta(1) + spacing * spacing / 12;
  CHECK(std::abs(sum / n) <= 6 * std::sqrt(expected_variance / n));
  CHECK(std::abs(sum_of_squares / n - expected_variance) <=
        6 * expected_variance * std::sqrt(2 / n));
}

}  // namespace half_data_test
