// SPDX-License-Identifier: MIT
//
// Samples of one number, a fixed one: to Eigen they are rows, which it takes for vectors
// where it can. Would catch what is written beside the one number, or differs from dynamic size.
#include <Eigen/Core>

#include "alphabar/gaussian/fit_dense.hpp"
#include "alphabar/gaussian/fit_low_rank.hpp"
#include "alphabar/gaussian/shrinkage.hpp"
#include "alphabar/gaussian/wasserstein.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/process/reverse_diffusion.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"

namespace one_dimension_test {

using namespace alphabar;
using Row = Eigen::Matrix<double, 1, Eigen::Dynamic>;
using Eigen::MatrixXd;

/// 50 samples, far from 0, in either size.
const Row fixed = Row::LinSpaced(50, 3, 13).array().square();
const MatrixXd dynamic = fixed;

double variance(const auto& gaussian) { return gaussian.covariance().matrix()(0, 0); }

TEST_CASE("one dimension: estimates") {
  CHECK(variance(fit_dense(fixed)) == variance(fit_dense(dynamic)));
  CHECK(variance(fit_low_rank(fixed, 1)) == variance(fit_low_rank(dynamic, 1)));
  CHECK(oas(fixed) == oas(dynamic));
  CHECK(ledoit_wolf(fixed) == ledoit_wolf(dynamic));
  CHECK(frechet_distance(fixed, fixed.leftCols(20)) ==
        frechet_distance(dynamic, dynamic.leftCols(20)));
}

TEST_CASE("one dimension: the process and its reverse") {
  const ReverseDiffusion one(ForwardDiffusion(fit_dense(fixed), linear_schedule(20)));
  const ReverseDiffusion any(ForwardDiffusion(fit_dense(dynamic), linear_schedule(20)));
  const NoiseStream noise(1);
  const Row x = one.forward().sample(10, noise, 7);
  CHECK(x == any.forward().sample(10, noise, 7));
  CHECK(one.forward().sample_by_steps(10, noise, 7) == any.forward().sample_by_steps(10, noise, 7));
  CHECK(one.score(x, 10) == any.score(MatrixXd(x), 10));
  CHECK(one.draw(x, 10, 4, noise) == any.draw(MatrixXd(x), 10, 4, noise));
  CHECK(one.flow(x, 10, 4) == any.flow(MatrixXd(x), 10, 4));
}

}  // namespace one_dimension_test
