// SPDX-License-Identifier: MIT
#include "alphabar/gaussian/shrinkage.hpp"

#include <Eigen/Core>
#include <cmath>

#include "alphabar/covariance/propagate.hpp"
#include "alphabar/gaussian/moments.hpp"
#include "support/catch.hpp"
#include "support/matrices.hpp"

namespace shrinkage_test {

using namespace alphabar;
using Eigen::MatrixXd;

/// Integers over 8 with means far from 0, exact in double and in float.
MatrixXd make_samples(Index d, Index n) {
  return MatrixXd::NullaryExpr(d, n, [](Index i, Index j) {
    return static_cast<double>((i * i * 7 + j * 13 + i * j * 5) % 23) / 8 + static_cast<double>(i);
  });
}

struct Known {
  Index d, n;
  double ledoit_wolf, oas;  ///< ρ
  double mean_variance;     ///< of the unbiased covariance
};

// Would catch a divisor n − 1 in ρ, a mean that is not subtracted, a missing 1/n, d and n
// exchanged, the smaller product taken for the larger. Expected: the definitions, entry by entry of
// the d × d matrices, with 40 digits.
TEST_CASE("ledoit_wolf, oas: known numbers") {
  const Known known[] = {
      {5, 40, 0.19194731185744172611, 0.24159393754975450935, 0.57975961538461538462},
      {12, 7, 0.66524210775076222958, 0.85464606618752551461, 0.62220982142857142857},
      {3, 100, 0.047345784709008473773, 0.067144941241993750306, 0.46947548400673400673},
      {30, 3, 0.32071627156269618363, 0.74173677967827467527, 0.82708333333333333333}};
  for (const Known& k : known) {
    CAPTURE(k.d, k.n);
    const MatrixXd samples = make_samples(k.d, k.n);
    const TransitionKernel<double> lw = ledoit_wolf(samples);
    CHECK_THAT(lw.signal_power(), WithinRel(1 - k.ledoit_wolf, 1e-12));
    CHECK_THAT(lw.noise_variance(), WithinRel(k.ledoit_wolf * k.mean_variance, 1e-12));
    CHECK_THAT(oas(samples).signal_power(), WithinRel(1 - k.oas, 1e-12));
    CHECK_THAT(oas(samples).noise_variance(), WithinRel(k.oas * k.mean_variance, 1e-12));
    const TransitionKernel<float> of_floats = ledoit_wolf(samples.cast<float>());
    CHECK(of_floats.signal_power() == static_cast<float>(lw.signal_power()));
  }
}

// Would catch fourth powers of the data as they are given, which overflow beyond 1e77 and underflow
// before 1e-81: ρ has no unit, and m that of a variance.
TEST_CASE("ledoit_wolf, oas: the unit of the data does not matter") {
  const MatrixXd samples = make_samples(5, 40);
  for (const auto& shrink : {ledoit_wolf<MatrixXd>, oas<MatrixXd>}) {
    const TransitionKernel<double> kernel = shrink(samples);
    for (const double unit : {1e-150, 1e-100, 1e-80, 1e80, 1e100, 1e150}) {
      CAPTURE(unit);
      const TransitionKernel<double> scaled = shrink(samples * unit);
      CHECK_THAT(scaled.signal_power(), WithinRel(kernel.signal_power(), 1e-12));
      CHECK_THAT(scaled.noise_variance(), WithinRel(kernel.noise_variance() * unit * unit, 1e-12));
    }
  }
}

// Would catch an m of another covariance than the one that Moments return: shrinkage moves variance
// between directions, but makes none.
TEST_CASE("ledoit_wolf, oas: keep the trace, raise the rank") {
  const MatrixXd samples = make_samples(12, 7);
  Moments<double> moments;
  moments.add(samples);
  for (const auto& kernel : {ledoit_wolf(samples), oas(2 * samples / 2)}) {
    const auto shrunk = propagate(kernel, moments.gaussian().covariance());
    CHECK_THAT(shrunk.matrix().trace(), WithinRel(moments.covariance().trace(), 1e-14));
    CHECK(moments.gaussian().covariance().rank() < 12);
    CHECK(shrunk.rank() == 12);
  }
}

// Would catch 0/0 where there is nothing to shrink, a large mean that is squared, and ρ beyond 1.
TEST_CASE("ledoit_wolf, oas: edges") {
  const TransitionKernel<double> to_zero(0, 0);
  CHECK(ledoit_wolf(MatrixXd::Constant(3, 5, 0.1)) == to_zero);
  CHECK(oas(MatrixXd::Constant(3, 5, 0.1)) == to_zero);
  CHECK(ledoit_wolf(make_samples(1, 5)).signal_power() == 0);
  const MatrixXd cross{{1, -1, 0, 0}, {0, 0, 1, -1}};  // S = I/2
  CHECK(ledoit_wolf(cross) == TransitionKernel(0.0, 2.0 / 3));
  const MatrixXd far = make_samples(5, 40).array() + 0x1p30;
  CHECK_THAT(ledoit_wolf(far).noise_variance(),
             WithinRel(ledoit_wolf(make_samples(5, 40)).noise_variance(), 1e-12));
  CHECK_THROWS_WITH(ledoit_wolf(MatrixXd::Ones(3, 1)),
                    "alphabar::ledoit_wolf: batch.cols() must be >= 2, got 1");
  CHECK_THROWS_WITH(oas(MatrixXd(0, 3)), "alphabar::oas: batch.rows() must be >= 1, got 0");
}

}  // namespace shrinkage_test
