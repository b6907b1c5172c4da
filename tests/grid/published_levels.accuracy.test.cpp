// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "alphabar/grid/published_levels.hpp"
#include "support/catch.hpp"
#include "support/ulp.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace published_levels_accuracy_test {

using namespace alphabar;
using test::Quad;

// Would catch an exponent in single precision, and exp of a mean of logarithms, whose error is
// twice as large.
TEST_CASE("interpolate_levels: within its bound") {
  using Limits = std::numeric_limits<double>;
  for (const auto& [a, b] : {std::pair{Limits::min(), Limits::max()},
                             {1e-300, 1e300},
                             {1e-10, 1.0},
                             {0.5, 0.500001},
                             {1e-300, 1e-299},
                             {1e299, 1e300},
                             {1.0, 1.0001},
                             {0.0291671582, 14.6146412293}}) {
    const Quad log_a = test::log(a);
    const Quad log_b = test::log(b);
    const double bound = 4 + std::abs(std::log(a)) + std::abs(std::log(b));
    for (const Index n : {3, 7, 1000, 99991}) {
      const std::vector<double> levels = interpolate_levels({b, a}, n);
      test::Worst worst;
      for (Index k = 0; k < n; k += 1 + n / 1000) {
        const Quad exact = test::exp((log_a * Quad(k) + log_b * Quad(n - k)) / Quad(n));
        worst.see(test::ulps(levels[static_cast<std::size_t>(k)], exact), k);
      }
      INFO("from " << b << " to " << a << ", n = " << n << ", at k = " << worst.t);
      CHECK(worst.ulps <= bound);
    }
  }
}

}  // namespace published_levels_accuracy_test
#endif
