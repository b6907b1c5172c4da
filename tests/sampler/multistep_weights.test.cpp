// SPDX-License-Identifier: MIT
#include "alphabar/sampler/detail/multistep_weights.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/exact_multistep.hpp"
#include "support/quad.hpp"

namespace multistep_weights_test {

using namespace alphabar::detail;

#ifdef ALPHABAR_TEST_QUAD
using test::exact_weights;
using test::moments;
using test::power;
using test::Quad;

double largest_error(const std::vector<double>& found, const std::vector<Quad>& exact) {
  Quad error = 0;
  Quad scale = 0;
  for (std::size_t j = 0; j < found.size(); ++j) {
    error = std::max(error, test::absolute(exact[j] - found[j]));
    scale = std::max(scale, test::absolute(exact[j]));
  }
  return static_cast<double>(error / scale);
}

// Would catch moments that lose digits for short or for long steps, a wrong polynomial, and nodes
// that are differences of distances.
TEST_CASE("multistep weights: within 64 ulp of the largest, close and far predictions") {
  const std::vector<double> lengths{1e-4, 0.003, 0.1, 1, 6.9, 9.99, 10.01, 300};
  for (const StepWeight weight :
       {StepWeight::constant, StepWeight::decaying, StepWeight::growing}) {
    for (const double rate : {0.5, 1.0, 2.0, 5.0}) {
      for (const double h : lengths) {
        for (const double first : {1e-4, 1.0, 1e3}) {
          for (const double second : {1e-4, 0.7, 1e3}) {
            for (const double third : {1e-4, 2.0, 1e3}) {
              const std::vector<double> all{first, second, third};
              for (std::size_t count = 0; count <= all.size(); ++count) {
                const std::vector<double> gaps(all.begin(),
                                               all.begin() + static_cast<std::ptrdiff_t>(count));
                std::vector<Quad> nodes{0};
                for (const double gap : gaps) nodes.push_back(nodes.back() - gap);
                INFO("weight " << static_cast<int>(weight) << ", rate " << rate << ", h " << h
                               << ", gaps " << first << ", " << second << ", " << third
                               << ", of which " << count);
                const double bound = 64 * std::numeric_limits<double>::epsilon();
                CHECK(largest_error(multistep_weights(weight, h, gaps, rate),
                                    exact_weights(nodes, moments(weight, h, rate, count + 1))) <
                      bound);
                nodes.insert(nodes.begin(), h);
                CHECK(largest_error(corrector_weights(weight, h, gaps, rate),
                                    exact_weights(nodes, moments(weight, h, rate, count + 2))) <
                      bound);
              }
            }
          }
        }
      }
    }
  }
}

// Would catch a series that ends too early and a difference that cancels.
TEST_CASE("growing_moment: within 32 ulp") {
  for (const double y : {1e-4, 0.01, 0.5, 3.0, 9.99, 10.0, 40.0, 700.0, 1e5}) {
    const auto exact = moments(StepWeight::growing, y, 1, 6);
    for (std::size_t i = 0; i <= 4; ++i) {
      for (std::size_t j = 0; i + j <= 4; ++j) {
        Quad sum = 0;
        Quad binomial = 1;
        for (std::size_t l = 0; l <= j; ++l) {
          sum += binomial * exact[i + l] / power(y, i + l);
          binomial *= -Quad(j - l) / Quad(l + 1);
        }
        INFO("y = " << y << ", i = " << i << ", j = " << j);
        const double error = static_cast<double>((growing_moment(y, i, j) - sum) / sum);
        CHECK(std::abs(error) < 32 * std::numeric_limits<double>::epsilon());
      }
    }
  }
}
#endif

// Would catch a NaN from a step onto clean data.
TEST_CASE("multistep weights: a step of infinite length and steps of length 0") {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> none;
  CHECK(multistep_weights(StepWeight::growing, infinity, none) == std::vector<double>{1});
  CHECK(multistep_weights(StepWeight::decaying, infinity, none) == std::vector<double>{1});
  CHECK(multistep_weights(StepWeight::growing, 0, none) == std::vector<double>{0});
  CHECK(multistep_weights(StepWeight::constant, 3, none) == std::vector<double>{3});
  CHECK(growing_moment(infinity, 2, 0) == 1);
  CHECK(growing_moment(infinity, 0, 2) == 0);
}

// Would catch coefficients of Adams and Bashforth in the wrong order.
TEST_CASE("multistep weights: even steps are Adams and Bashforth's, Adams and Moulton's") {
  const std::vector<double> gaps{0.5, 0.5, 0.5};
  const auto four = multistep_weights(StepWeight::constant, 0.5, gaps);
  const auto moulton = corrector_weights(StepWeight::constant, 0.5, {gaps.data(), 2});
  const std::vector<double> bashforth_weights{55, -59, 37, -9};
  const std::vector<double> moulton_weights{9, 19, -5, 1};
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK_THAT(four[j], WithinRel(bashforth_weights[j] / 48, 1e-14));
    CHECK_THAT(moulton[j], WithinRel(moulton_weights[j] / 48, 1e-14));
  }
}

}  // namespace multistep_weights_test
