// SPDX-License-Identifier: MIT
#include "alphabar/grid/flow_levels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/ulp.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace flow_levels_accuracy_test {

using namespace alphabar;
using test::Quad;

/// Levels near both ends and between them.
std::vector<double> some_levels() {
  std::mt19937_64 random(1);
  std::vector<double> levels{1, 1 - 0x1p-53, 0.5, 0x1p-1022, 0x1p-1074};
  while (levels.size() < 3000) {
    const double share = static_cast<double>((random() >> 11) + 1) * 0x1p-53;
    for (const double u :
         {share, 1 - std::exp2(-53 * share), std::exp2(-60 * share), std::exp2(-1022 * share)}) {
      levels.push_back(u);
    }
  }
  return levels;
}

/// Compares values[k] with exact(k).
template <class Formula>
test::Worst worst_of(const std::vector<double>& values, Formula exact) {
  test::Worst worst;
  for (std::size_t k = 0; k < values.size(); ++k) {
    worst.see(test::ulps(values[k], exact(k)), static_cast<Index>(k));
  }
  return worst;
}

// Would catch a weight in single precision, and max − (1 − w)(max − min) near a level_min of 0.
TEST_CASE("linear_levels: within 8 ulp") {
  for (const Index n : {2, 3, 10, 1000, 100000}) {
    for (const double low : {0.0, 1e-300, 1e-3, 0.5}) {
      for (const double high : {1.0, 0.7}) {
        const auto worst = worst_of(linear_levels(n, low, high), [=](std::size_t k) {
          const Quad weight = Quad(n - 1 - static_cast<Index>(k)) / Quad(n - 1);
          return weight * high + (1 - weight) * low;
        });
        INFO("n = " << n << ", from " << high << " to " << low << ", at k = " << worst.t);
        CHECK(worst.ulps <= 8);
      }
    }
  }
}

// Would catch a power of a rounded (1 − u)/u, which has twice the error, and a power that overflows
// although its product with 1/shift does not.
TEST_CASE("shift_levels: within 8 ulp, and 8 + power") {
  const std::vector<double> levels = some_levels();
  for (const double power : {0.01, 0.5, 1.0, 1.5, 2.0, 7.0, 30.0, 100.0}) {
    for (const double shift : {1.0, 3.0, 1e-3, 1e100, 1e-100}) {
      const std::vector<double> shifted = shift_levels(levels, shift, power);
      test::Worst worst;
      for (std::size_t k = 0; k < levels.size(); ++k) {
        const Quad u = levels[k];
        const Quad log_odds = levels[k] < 1 ? power * test::log((1 - u) / u) : Quad{-5000};
        const bool normal = log_odds - test::log(shift) < 708;
        if (power != 1 && !normal) continue;
        const Quad odds = log_odds < -2000 ? Quad{0} : test::exp(log_odds);
        worst.see(test::ulps(shifted[k], shift / (shift + odds)), static_cast<Index>(k));
      }
      INFO("shift " << shift << ", power " << power
                    << ", at u = " << levels[static_cast<std::size_t>(worst.t)]);
      CHECK(worst.ulps <= 8 + (power == 1 ? 0 : power));
    }
  }
}

// Would catch a slope in single precision. Where μ is almost 0, no digit of it is right.
TEST_CASE("dynamic_shift_mu: within its absolute bound") {
  double worst = 0;
  for (const auto& [base, max] : {std::pair{0.5, 1.15}, {-0.7, 0.3}, {1e-3, 1e3}, {3.0, -0.1}}) {
    for (Index length = 1; length < 100000; length += 1 + length / 7) {
      const Quad exact = base + (Quad{max} - base) / (4096 - 256) * Quad(length - 256);
      const Quad error = dynamic_shift_mu(length, 256, 4096, base, max) - exact;
      const Quad allowed = 0x1p-51 * (std::abs(base) + test::absolute(exact));
      worst = std::max(worst, static_cast<double>(test::absolute(error) / allowed));
    }
  }
  CHECK(worst <= 1);
}

// Would catch 1 − (1 − u) · factor, which loses a small terminal level.
TEST_CASE("stretch_levels, invert_levels: within 8 ulp") {
  for (const double last : {0.0, 1e-3, 0.5, 1 - 0x1p-40}) {
    std::vector<double> levels;
    for (const double u : some_levels()) levels.push_back(std::max(last, u));
    levels.push_back(last);
    for (const double terminal : {0.0, 1e-300, 0.1, 0.9, 1 - 0x1p-53}) {
      const auto worst = worst_of(stretch_levels(levels, terminal), [&](std::size_t k) {
        const Quad above_last = (levels[k] - Quad{last}) / (1 - Quad{last});
        return terminal + above_last * (1 - Quad{terminal});
      });
      INFO("last " << last << ", terminal " << terminal << ", at k = " << worst.t);
      CHECK(worst.ulps <= 8);
    }
  }
  const std::vector<double> levels = some_levels();
  const auto inverted =
      worst_of(invert_levels(levels), [&](std::size_t k) { return 1 - Quad{levels[k]}; });
  CHECK(inverted.ulps <= 0.5);
}

// Would catch the polynomial of degree 5 at a level near the edge, where its terms cancel: 19 ulp.
TEST_CASE("smoothstep_levels, smootherstep_levels: within 8 ulp") {
  const std::vector<double> levels = some_levels();
  for (const double edge : {1.0, 0.999, 0.7, 1e-3}) {
    const auto share = [&](std::size_t k) { return std::min(Quad{levels[k]} / edge, Quad{1}); };
    const auto cubic = worst_of(smoothstep_levels(levels, edge), [&](std::size_t k) {
      const Quad t = share(k);
      return t * t * (3 - 2 * t);
    });
    const auto quintic = worst_of(smootherstep_levels(levels, edge), [&](std::size_t k) {
      const Quad t = share(k);
      return t * t * t * (10 - t * (15 - 6 * t));
    });
    INFO("edge " << edge << ", at k = " << cubic.t << " and " << quintic.t);
    CHECK(cubic.ulps <= 8);
    CHECK(quintic.ulps <= 8);
  }
}

// Would catch a slope of the quadratic part that is rounded before its use.
TEST_CASE("linear_quadratic_levels: within its absolute bound") {
  double worst = 0;
  for (const Index n : {2, 3, 10, 100, 1001}) {
    for (Index linear = 1; linear < n; linear += 1 + n / 7) {
      for (const double share : {1.0, 0.5, 1e-3, 1e-300}) {
        const double threshold = share * (static_cast<double>(linear) / static_cast<double>(n));
        const std::vector<double> levels = linear_quadratic_levels(n, threshold, linear);
        const Quad per_step = Quad{threshold} / Quad(linear);
        for (Index k = 0; k < n; ++k) {
          const Quad j = Quad(std::max<Index>(k - linear, 0)) / Quad(n - linear);
          const Quad exact = 1 - per_step * Quad(k) - (1 - per_step * Quad(n)) * j * j;
          const Quad error = test::absolute(levels[static_cast<std::size_t>(k)] - exact);
          worst = std::max(worst, static_cast<double>(error * 0x1p52));
        }
      }
    }
  }
  CHECK(worst <= 2);
}

// Would catch a difference of two arctangents: 1100 ulp at the last of 1000 levels.
TEST_CASE("bong_tangent_levels: within 8 ulp") {
  for (const Index n : {2, 3, 4, 5, 10, 100, 1000, 20000}) {
    const Index all = n + 2;
    const Index turn = 3 * all / 5;
    const auto f = [=](Index x) { return test::atan(8 * Quad(x) / Quad(all)); };
    const auto worst = worst_of(bong_tangent_levels(n), [&](std::size_t index) {
      const auto k = static_cast<Index>(index);
      const Index j = k - (turn - 1);
      return j < 0 ? (1 + (f(turn - k) - f(1)) / (f(turn) - f(1))) / 2
                   : (1 - f(j) / f(all - turn - 1)) / 2;
    });
    INFO("n = " << n << ", at k = " << worst.t);
    CHECK(worst.ulps <= 8);
  }
}

}  // namespace flow_levels_accuracy_test
#endif
