// SPDX-License-Identifier: MIT
#include "alphabar/noise/standard_normal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>

#include "alphabar/noise/philox.hpp"
#include "support/catch.hpp"
#include "support/special_values.hpp"
#include "support/ulp.hpp"

namespace standard_normal_test {

using namespace alphabar;
using test::bit;
using Words = std::array<std::uint32_t, 4>;

constexpr std::uint64_t all_ones = ~std::uint64_t{0};

// The known answers of the authors' library, Random123. Would catch any change of a constant, of
// the order of words or of the number of rounds; at compile time, too.
TEST_CASE("philox4x32: known answers") {
  STATIC_REQUIRE(philox4x32({0, 0, 0, 0}, {0, 0}) ==
                 Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint32_t ones = 0xffffffff;
  CHECK(philox4x32({ones, ones, ones, ones}, {ones, ones}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

// Would catch sine for cosine, a quarter turned the wrong way, and 2π taken for less or more.
TEST_CASE("portable_cos_sin: the quarter turns are exact") {
  using Point = std::array<double, 2>;
  CHECK(detail::portable_cos_sin(0) == Point{1, 0});
  CHECK(detail::portable_cos_sin(bit(62)) == Point{0, 1});
  CHECK(detail::portable_cos_sin(bit(63)) == Point{-1, 0});
  CHECK(detail::portable_cos_sin(3 * bit(62)) == Point{0, -1});
}

// Would catch infinity, NaN and a bound on |z| that does not hold.
TEST_CASE("box_muller: the extreme words give finite numbers") {
  for (const std::uint64_t radius : {std::uint64_t{0}, bit(12), all_ones}) {
    for (const std::uint64_t angle : {std::uint64_t{0}, std::uint64_t{1}, bit(61) - 1, bit(61),
                                      bit(62), bit(63), 7 * bit(61), all_ones}) {
      for (const double normal : detail::box_muller(radius, angle)) {
        CHECK(std::isfinite(normal));
        CHECK(std::abs(normal) <= 8.58);
      }
    }
  }
  CHECK(detail::box_muller(0, 0)[0] > 8.57);
  CHECK(detail::box_muller(all_ones, 0)[0] > 0);
  CHECK(detail::box_muller(all_ones, 0)[0] < 2e-8);
}

#ifdef ALPHABAR_TEST_QUAD
using test::Quad;

// The bounds of the next three are those of the header. Would catch a series that is cut too early,
// and a wrong turn at √½, where the exponent changes, or at 1, where the logarithm does.
TEST_CASE("portable_log: within 3 ulp") {
  test::Worst worst;
  const auto see = [&](double x) {
    worst.see(test::ulps(detail::portable_log(x), test::log(Quad{x})), std::ilogb(x));
  };
  std::mt19937_64 random(1);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  for (int k = 0; k < 20000; ++k) {
    see(uniform() + 0x1p-54);
    see(0.68 + 0.06 * uniform());
    see(std::ldexp(1 + uniform(), static_cast<int>(random() % 2044) - 1022));
  }
  const double sqrt_half = std::sqrt(0.5);
  for (const double x : {sqrt_half, std::nextafter(sqrt_half, 0), std::nextafter(sqrt_half, 1),
                         1 - 0x1p-53, 1 + 0x1p-52, 0x1p-53, 0x1p-1022, 0.5, 2.0, 0x1.fp1023,
                         0x1.6720f45e54d1dp-1, 0x1.03fde5406fe1dp+0}) {
    see(x);
  }
  CHECK(worst.ulps <= 3);
  CHECK(detail::portable_log(1) == 0);
}

TEST_CASE("portable_cos_sin: within 3e-16") {
  Quad worst = 0;
  const auto see = [&](std::uint64_t word) {
    const Quad angle = 2 * test::pi() * static_cast<Quad>(word) * 0x1p-64;
    const auto [cosine, sine] = detail::portable_cos_sin(word);
    worst = std::max(worst, test::absolute(cosine - test::cos(angle)));
    worst = std::max(worst, test::absolute(sine - test::sin(angle)));
  };
  std::mt19937_64 random(1);
  for (int k = 0; k < 20000; ++k) see(random());
  for (std::uint64_t eighth = 0; eighth < 8; ++eighth) {
    for (const std::uint64_t offset : {all_ones, std::uint64_t{0}, std::uint64_t{1}}) {
      see((eighth << 61) + offset);
    }
  }
  CHECK(static_cast<double>(worst) <= 3e-16);
}

TEST_CASE("box_muller: within 3e-15 of the exact transform") {
  Quad worst = 0;
  const auto see = [&](std::uint64_t radius_word, std::uint64_t angle_word) {
    const Quad u = (static_cast<Quad>(radius_word >> 12) + 0.5) * 0x1p-52;
    const Quad radius = test::sqrt(-2 * test::log(u));
    const Quad angle = 2 * test::pi() * static_cast<Quad>(angle_word) * 0x1p-64;
    const auto [first, second] = detail::box_muller(radius_word, angle_word);
    worst = std::max(worst, test::absolute(first - radius * test::cos(angle)));
    worst = std::max(worst, test::absolute(second - radius * test::sin(angle)));
  };
  std::mt19937_64 random(1);
  for (int k = 0; k < 10000; ++k) {
    see(random(), random());
    see(random() >> (random() % 64), random());  // the small words make the large numbers
  }
  see(0, 0);
  see(all_ones, all_ones);
  see(0x11000, 0xbe460523b6c49729);
  CHECK(static_cast<double>(worst) <= 3e-15);
}
#endif

}  // namespace standard_normal_test
