// SPDX-License-Identifier: MIT
#include "alphabar/gaussian/detail/k_means.hpp"

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "alphabar/noise/noise_stream.hpp"
#include "support/catch.hpp"

namespace k_means_test {

using namespace alphabar;
using Eigen::MatrixXd;

/// Three places far apart and far from 0, of 4, 2 and 1 columns.
const MatrixXd places{{5, 5, 90, 5, 5, 90, -70}, {-3, -3, 8, -3, -3, 8, 60}};

// Would catch a centre that is no column (or was never written), and one that is drawn twice while
// another place has none.
TEST_CASE("spread_columns: one centre in each place") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const MatrixXd centres = detail::spread_columns(places, 3, seed);
    REQUIRE(centres.cols() == 3);
    for (const Index column : {0, 2, 6}) {
      const auto distances = detail::squared_distances_to(centres, places.col(column));
      CHECK((distances.array() == 0).count() == 1);
    }
  }
}

// Would catch a column that is counted to a centre further off, and centres that do not move.
TEST_CASE("k_means: columns of one place are one cluster") {
  const std::vector<Index> cluster = detail::k_means(places, 3, 11);
  for (std::size_t i = 0; i < 7; ++i) {
    for (std::size_t j = 0; j < 7; ++j) {
      const bool together = places.col(static_cast<Index>(i)) == places.col(static_cast<Index>(j));
      CHECK((cluster[i] == cluster[j]) == together);
    }
  }
}

// Would catch a column that is left out of its mean, the first or the last, and a mean that is
// divided by another number: where Lloyd's iteration ends, each column is nearest to the mean of
// its own cluster.
TEST_CASE("k_means: ends where nothing changes") {
  const NoiseStream noise(3);
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    MatrixXd x(2, 9);
    noise.substream(seed).fill(x);
    const std::vector<Index> cluster = detail::k_means(x, 3, seed);
    MatrixXd means = MatrixXd::Zero(2, 3);
    Eigen::VectorXd sizes = Eigen::VectorXd::Zero(3);
    for (Index j = 0; j < 9; ++j) {
      means.col(cluster[static_cast<std::size_t>(j)]) += x.col(j);
      sizes(cluster[static_cast<std::size_t>(j)]) += 1;
    }
    REQUIRE(sizes.minCoeff() > 0);
    means = means * sizes.cwiseInverse().asDiagonal();
    for (Index j = 0; j < 9; ++j) {
      Index nearest = 0;
      (means.colwise() - x.col(j)).colwise().squaredNorm().minCoeff(&nearest);
      CHECK(nearest == cluster[static_cast<std::size_t>(j)]);
    }
  }
}

}  // namespace k_means_test
