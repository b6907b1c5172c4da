// SPDX-License-Identifier: MIT
#include "alphabar/gaussian/detail/categorical.hpp"

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "alphabar/noise/noise_stream.hpp"
#include "support/catch.hpp"

namespace categorical_test {

using namespace alphabar;
using detail::Categorical;

/// The index of the part of the sum in which Φ(z) falls, sought from the first weight on.
template <class Weights>
Index by_scan(const Weights& weights, double z) {
  double total = 0;
  for (const auto weight : weights) total += static_cast<double>(weight);
  const double wanted = std::erfc(-z / std::numbers::sqrt2) / 2 * total;
  double sum = 0;
  Index last = 0;
  for (Index k = 0; k < static_cast<Index>(weights.size()); ++k) {
    const double before = sum;
    sum += static_cast<double>(weights[static_cast<std::size_t>(k)]);
    if (sum > before) last = k;  // a weight that is lost in the sum is as good as 0
    if (wanted < sum) return k;
  }
  return last;
}

// Would catch a search that is off by one, Φ(−z) for Φ(z), weights that are not divided by their
// sum, and an index of weight 0.
TEST_CASE("Categorical: as a scan of the weights") {
  std::vector<double> normals(1000);
  NoiseStream(3).fill(normals);
  const std::vector<std::vector<double>> cases{
      {1, 2, 3, 4},
      {0.1, 0.7, 0.2},
      {0, 0, 3, 0, 1e-3, 0, 0, 5, 0},
      {1e-300, 2e-300, 1e-300},
      {1, 1e-20, 1, 1e20, 1},
      std::vector<double>(777, 1.0 / 777),
  };
  for (const auto& weights : cases) {
    CAPTURE(weights);
    const Categorical draw(weights);
    int differences = 0;
    for (const double z : normals) differences += draw(z) != by_scan(weights, z);
    for (const double z : {-40.0, -8.0, -0.0, 8.0, 40.0}) {
      differences += draw(z) != by_scan(weights, z);
    }
    CHECK(differences == 0);
  }
}

// Would catch the same mistakes, where the scan shares them: Φ(z) = ¼, ½, ¾ at z = −q, 0, q.
TEST_CASE("Categorical: by the quartiles of the normal law") {
  const double q = 0.6744897501960817;
  const Categorical draw(std::vector<double>{2, 2, 4});
  CHECK(draw(-q - 1e-9) == 0);
  CHECK(draw(-q + 1e-9) == 1);
  CHECK(draw(-1e-9) == 1);
  CHECK(draw(0) == 2);
  CHECK(draw(q) == 2);
  const Categorical other(std::vector<double>{3, 1});
  CHECK(other(q - 1e-9) == 0);
  CHECK(other(q + 1e-9) == 1);
}

// Would catch a component that does not exist: where Φ(z) is 0, 1 or the boundary of two parts.
TEST_CASE("Categorical: weights of 0 are never drawn") {
  const Categorical draw(std::vector<double>{0, 0, 1, 0, 1, 0, 0});
  CHECK(draw(-40) == 2);
  CHECK(draw(-8) == 2);
  CHECK(draw(-1e-9) == 2);
  CHECK(draw(0) == 4);  // exactly half of the sum
  CHECK(draw(8) == 4);
  CHECK(draw(40) == 4);
  const Categorical only(std::vector<double>{0, 1e-300, 0});
  for (const double z : {-40.0, -1.0, 0.0, 1.0, 40.0}) CHECK(only(z) == 1);
}

// Would catch an index behind the end, where there is nothing to choose.
TEST_CASE("Categorical: one weight, and weights that are all 0") {
  const Categorical one(std::vector<double>{0.3});
  const Categorical nothing(std::vector<double>(4, 0.0));
  for (const double z : {-40.0, -1.0, 0.0, 1.0, 40.0}) {
    CHECK(one(z) == 0);
    CHECK(nothing(z) == 0);
  }
}

// Would catch weights of one type only, and sums in the precision of the weights: 2²⁴ + 1 is no
// float.
TEST_CASE("Categorical: weights of any type") {
  const Categorical of_array(Eigen::ArrayXd{{2, 2, 4}});
  CHECK(of_array(-0.1) == 1);
  std::vector<float> many(100, 1.0F);
  many.front() = 0x1p24F;
  many.back() = 0x1p24F - 98;
  const Categorical of_floats(many);  // half of the sum is the first weight
  CHECK(of_floats(-1e-9) == 0);
  CHECK(of_floats(0) == 1);
  const Categorical of_integers(std::vector<int>{1, 3});
  CHECK(of_integers(-0.7) == 0);
  CHECK(of_integers(-0.6) == 1);
}

}  // namespace categorical_test
