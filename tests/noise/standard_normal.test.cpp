// SPDX-License-Identifier: MIT
#include "alphabar/noise/standard_normal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>

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

/// The pair of normals that two words make.
template <class Scalar, class Word>
std::array<Scalar, 2> box_muller(Word radius, Word angle) {
  using namespace detail::scalar;
  std::array<Scalar, 2> z{};
  detail::scalar::box_muller(squared_radius(uniform(radius)), quarter_turns(angle), angle, z[0],
                             z[1]);
  return z;
}

// Would catch sine for cosine, and a quarter turned the wrong way.
TEMPLATE_TEST_CASE("box_muller: the quarter turns are exact", "", float, double) {
  using Word = std::conditional_t<std::is_same_v<TestType, float>, std::uint32_t, std::uint64_t>;
  constexpr Word quarter = Word{1} << (std::numeric_limits<Word>::digits - 2);
  const Word radius = quarter + 12345;
  const TestType r = box_muller<TestType>(radius, Word{0})[0];
  using Point = std::array<TestType, 2>;
  CHECK(r > 0.5);
  CHECK(box_muller<TestType>(radius, Word{0}) == Point{r, 0});
  CHECK(box_muller<TestType>(radius, quarter) == Point{0, r});
  CHECK(box_muller<TestType>(radius, static_cast<Word>(2 * quarter)) == Point{-r, 0});
  CHECK(box_muller<TestType>(radius, static_cast<Word>(3 * quarter)) == Point{0, -r});
}

// Would catch infinity, NaN and a bound on |z| that does not hold.
TEST_CASE("box_muller: the extreme words give finite numbers") {
  constexpr std::uint32_t ones = 0xffffffff;
  for (const std::uint64_t angle : {std::uint64_t{0}, std::uint64_t{1}, bit(61) - 1, bit(61),
                                    bit(62), bit(63), 7 * bit(61), all_ones}) {
    for (const std::uint64_t radius : {std::uint64_t{0}, bit(12), all_ones}) {
      for (const double normal : box_muller<double>(radius, angle)) CHECK(std::abs(normal) <= 8.5);
    }
    for (const std::uint32_t radius : {0U, 2U, ones}) {
      const auto top = static_cast<std::uint32_t>(angle >> 32);
      for (const float normal : box_muller<float>(radius, top)) CHECK(std::abs(normal) <= 6.67F);
    }
  }
  CHECK(box_muller<double>(all_ones, std::uint64_t{0})[0] > 8.49);
  CHECK(box_muller<float>(0U, 0U)[0] > 6.66F);
  CHECK(box_muller<double>(std::uint64_t{0}, std::uint64_t{0})[0] == 0);
  CHECK(box_muller<float>(ones, 0U)[0] == 0);
}

#ifdef ALPHABAR_TEST_QUAD
using test::Quad;

// Would catch a polynomial that is cut too early, and a wrong turn at √½, where the exponent
// changes, or at an eighth of a turn, where the quarter does.
TEST_CASE("box_muller: double within 2e-15 of the exact transform, 3e-15 in the far tails") {
  Quad worst = 0;
  Quad worst_in_tails = 0;
  const auto see = [&](std::uint64_t radius_word, std::uint64_t angle_word) {
    const Quad u = 1 - static_cast<Quad>(radius_word >> 12) * 0x1p-52;
    const Quad radius = test::sqrt(-2 * test::log(u));
    const Quad angle = 2 * test::pi() * static_cast<Quad>(angle_word >> 10) * 0x1p-54;
    const auto z = box_muller<double>(radius_word, angle_word);
    Quad& seen = radius < 6 ? worst : worst_in_tails;
    seen = std::max(seen, test::absolute(z[0] - radius * test::cos(angle)));
    seen = std::max(seen, test::absolute(z[1] - radius * test::sin(angle)));
  };
  std::mt19937_64 random(1);
  for (int k = 0; k < 10000; ++k) {
    see(random(), random());
    see(~(random() >> (random() % 52)), random());  // u near 0 makes the large numbers
    see(random() >> (random() % 52), random());
  }
  for (std::uint64_t eighth = 0; eighth < 8; ++eighth) see(~bit(40), (eighth << 61) - 1);
  CHECK(static_cast<double>(worst / 2e-15) <= 1);
  CHECK(static_cast<double>(worst_in_tails / 3e-15) <= 1);
}

TEST_CASE("box_muller: float within 4 ulp of the exact transform") {
  test::Worst worst;
  const auto see = [&](std::uint32_t radius_word, std::uint32_t angle_word) {
    const float u = (static_cast<float>(radius_word >> 1) + 0.5F) * 0x1p-31F;
    const Quad radius = test::sqrt(-2 * test::log(Quad{u}));
    // The quarter turns that are left over, rounded to float as the conversion does.
    const auto left = static_cast<float>(static_cast<std::int32_t>(angle_word << 2)) * 0x1p-32F;
    const std::uint32_t quarter = (angle_word + 0x20000000U) >> 30;
    const Quad angle = test::pi() / 2 * (static_cast<Quad>(quarter) + Quad{left});
    const auto z = box_muller<float>(radius_word, angle_word);
    worst.see(test::ulps(z[0], radius * test::cos(angle)), radius_word, angle_word);
    worst.see(test::ulps(z[1], radius * test::sin(angle)), radius_word, angle_word);
  };
  std::mt19937 random(1);
  const auto word = [&] { return static_cast<std::uint32_t>(random()); };
  for (int k = 0; k < 20000; ++k) {
    see(word() & 0xfffffff0U, word());
    see(word() >> (word() % 31), word());
    see(0x80000000U + (word() >> 4), word());
    see(0x5a827999U + (word() >> 12), word());
  }
  INFO(worst.t << ", " << worst.s);
  CHECK(worst.ulps <= 4);
}
#endif

}  // namespace standard_normal_test
