// SPDX-License-Identifier: MIT
#include "alphabar/grid/to_data.hpp"

#include <Eigen/Core>
#include <array>
#include <list>
#include <span>
#include <type_traits>
#include <vector>

#include "alphabar/grid/timesteps.hpp"
#include "support/catch.hpp"

namespace to_data_test {

using namespace alphabar;

// Would catch whole times that become doubles, which no table takes, or floats that become wider.
TEST_CASE("to_data: keeps the type of the values") {
  const std::vector<double> doubles{3, 2, 1};
  STATIC_REQUIRE(std::is_same_v<decltype(to_data(doubles)), std::vector<double>>);
  STATIC_REQUIRE(std::is_same_v<decltype(to_data(std::span(doubles))), std::vector<double>>);
  STATIC_REQUIRE(std::is_same_v<decltype(to_data(std::vector<int>())), std::vector<int>>);
  STATIC_REQUIRE(std::is_same_v<decltype(to_data(std::list<float>())), std::vector<float>>);
  STATIC_REQUIRE(std::is_same_v<decltype(to_data(trailing_timesteps(10, 2))), std::vector<Index>>);
  const std::array<unsigned char, 2> bytes{2, 1};
  STATIC_REQUIRE(std::is_same_v<decltype(to_data(bytes)), std::vector<unsigned char>>);
  STATIC_REQUIRE(std::is_same_v<decltype(to_data(Eigen::VectorXf())), std::vector<float>>);
  STATIC_REQUIRE(std::is_same_v<decltype(to_data({3, 2})), std::vector<int>>);
  STATIC_REQUIRE(std::is_same_v<decltype(to_data({3.0, 2.0})), std::vector<double>>);
  STATIC_REQUIRE(std::is_same_v<decltype(to_data({3.0F, 2.0F})), std::vector<float>>);
}

// Would catch a 0 at the front, a last value that the 0 replaces, and braces that are taken for a
// size.
TEST_CASE("to_data: appends a 0") {
  const std::vector<double> grid{3.5, 2, 0.25};
  const std::vector<double> extended{3.5, 2, 0.25, 0};
  CHECK(to_data(grid) == extended);
  CHECK(to_data(std::list<double>(grid.begin(), grid.end())) == extended);
  CHECK(to_data(Eigen::Vector3d(3.5, 2, 0.25)) == extended);
  CHECK(to_data({3.5, 2.0, 0.25}) == extended);
  CHECK(to_data({3, 2}) == std::vector<int>{3, 2, 0});
  CHECK(to_data({3}) == std::vector<int>{3, 0});
  CHECK(to_data(std::vector<int>()) == std::vector<int>{0});
  CHECK(to_data({3, 0}) == std::vector<int>{3, 0, 0});  // whatever the grid ends with
  CHECK(to_data(std::vector{3, 0}) == std::vector<int>{3, 0, 0});
}

}  // namespace to_data_test
