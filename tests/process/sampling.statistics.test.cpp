// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <vector>

#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/process/forward_diffusion.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/matrices.hpp"
#include "support/pivots.hpp"

/// Samples against the laws they claim to have, with the library's own noise: what unit vectors
/// (tests/process/sampling_matrix.test.cpp) cannot see is noise that is not normal, or used twice.
///
/// False alarm: the suite looks at fewer than 1000 pivots, each at 1e-12, so that correct code
/// fails once in 1e9 changes of the noise. The seeds are fixed: a failure is no bad luck.
///
/// Power, with probability 0.999: of n samples, one variance off by a factor of exp(±14.5/√n), a
/// correlation of 10.2/√n, a mean off by 12/√n standard deviations. With the 4000 of the long paths
/// and the 40,000 of the rest that is by far enough for β in place of √β, α of √α, 1 − ᾱ of its
/// root, α of ᾱ, and for noise used again in another step or sample; for t off by one it is enough
/// in the first ten steps (later only the unit vectors see it).
namespace {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::worst_pivot;

constexpr double threshold = 1e-12;

const VectorXd mean{{1, -2, 3, 0.5, -0.25}};
const VectorXd spectrum{{0, 0.01, 0.25, 4, 100}};

template <class Scalar = double>
ForwardDiffusion<Scalar> process() {
  const Gaussian<Scalar> prior(mean.cast<Scalar>(), test::with_spectrum(spectrum).cast<Scalar>());
  return {prior, linear_schedule<Scalar>()};
}

/// ᾱ_t / ᾱ_s of the linear schedule, as in the textbook.
double alpha_bar(Index s, Index t) {
  double product = 1;
  for (Index k = s + 1; k <= t; ++k) {
    product *= 1 - (1e-4 + 0.0199 * static_cast<double>(k - 1) / 999);
  }
  return product;
}

/// Samples of x_t whitened by their claimed law: standard normals, one row for each eigenvector.
MatrixXd whitened(Index t, const MatrixXd& x) {
  const double kept = alpha_bar(0, t);
  const VectorXd variances = kept * spectrum.array() + (1 - kept);
  const MatrixXd centred = x.colwise() - std::sqrt(kept) * mean;
  return variances.cwiseSqrt().cwiseInverse().asDiagonal() *
         (test::rotation(5).transpose() * centred);
}

MatrixXd stacked(const MatrixXd& above, const MatrixXd& below) {
  MatrixXd both(above.rows() + below.rows(), above.cols());
  both << above, below;
  return both;
}

void check_standard_normal(const MatrixXd& z) {
  const auto [name, p] = worst_pivot(z);
  INFO("the worst pivot is " << name);
  CHECK(p > threshold);
}

// Would catch a test that cannot fail: each of these mistakes is as small as the power stated above
// allows.
TEST_CASE("pivots: detect the mistakes of the stated size, and nothing in correct samples") {
  const Index n = 4000;
  const double root_n = std::sqrt(static_cast<double>(n));
  MatrixXd z(5, n);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    NoiseStream(seed).fill(z);
    check_standard_normal(z);

    MatrixXd scaled = z;
    scaled.row(2) *= std::exp(0.5 * 14.5 / root_n);
    CHECK(worst_pivot(scaled).p < threshold);
    MatrixXd shifted = z;
    shifted.row(4).array() += 12 / root_n;
    CHECK(worst_pivot(shifted).p < threshold);
    MatrixXd correlated = z;
    correlated.row(3) += 10.2 / root_n * z.row(0);
    CHECK(worst_pivot(correlated).p < threshold);
    MatrixXd repeated = z;
    repeated.rightCols(n - 1) += 5 / root_n * z.leftCols(n - 1);
    CHECK(worst_pivot(repeated).p < threshold);
  }
}

// Would catch noise that is not normal, and samples that share it.
TEST_CASE("ForwardDiffusion::sample has the law of x_t") {
  const auto forward = process();
  for (const Index t : {1, 2, 10, 333, 500, 700, 999, 1000}) {
    INFO("t = " << t);
    check_standard_normal(whitened(t, forward.sample(t, NoiseStream(1), 40'000)));
  }
  const auto in_float = process<float>().sample(500, NoiseStream<float>(2), 40'000);
  check_standard_normal(whitened(500, in_float.cast<double>()));
}

// The recursion itself: would catch noise that is shared by steps, and β for √β in one of them.
TEST_CASE("ForwardDiffusion::sample_by_steps has the law of x_t") {
  const auto forward = process();
  for (const Index t : {1, 2, 10}) {
    INFO("t = " << t);
    check_standard_normal(whitened(t, forward.sample_by_steps(t, NoiseStream(3), 40'000)));
  }
  for (const Index t : {100, 500, 1000}) {
    INFO("t = " << t);
    check_standard_normal(whitened(t, forward.sample_by_steps(t, NoiseStream(4), 4000)));
  }
}

// Would catch sample_by_steps and sample with the same noise: two checks would be one.
TEST_CASE("ForwardDiffusion: sample and sample_by_steps are independent") {
  const auto forward = process();
  const NoiseStream noise(5);
  for (const Index t : {1, 100}) {
    INFO("t = " << t);
    const MatrixXd jump = forward.sample(t, noise, 4000);
    const MatrixXd by_steps = forward.sample_by_steps(t, noise, 4000);
    check_standard_normal(stacked(whitened(t, jump), whitened(t, by_steps)));
  }
}

// Would catch a path whose later times do not depend on the earlier ones, or not with factor √A:
// x_s as it should be, and what x_t adds to √A x_s, are independent standard normals.
TEST_CASE("ForwardDiffusion::sample_path has the joint law of its times") {
  const auto forward = process();
  const Index s = 100;
  const Index t = 300;
  const Index n = 2000;
  MatrixXd earlier(5, n);
  MatrixXd later(5, n);
  for (Index j = 0; j < n; ++j) {
    const auto path = forward.sample_path(NoiseStream(6), j);
    earlier.col(j) = path.col(s);
    later.col(j) = path.col(t);
  }
  const double kept = alpha_bar(s, t);
  const MatrixXd added = (later - std::sqrt(kept) * earlier) / std::sqrt(1 - kept);
  check_standard_normal(stacked(whitened(s, earlier), added));
}

// Real data are not Gaussian, and they are fixed: only the noise is random. Would catch a
// batch in which samples share their noise, and a time that is read from the wrong column.
TEST_CASE("add_noise: standard normals remain when the data are subtracted") {
  const Index n = 40'000;
  const MatrixXd points = MatrixXd::NullaryExpr(
      5, n, [](Index i, Index j) { return static_cast<double>((i * 7 + j * j) % 17); });
  const auto schedule = linear_schedule();
  const auto residual = [&](Index j, Index t, const MatrixXd& noised) {
    const double kept = alpha_bar(0, t);
    return ((noised.col(j) - std::sqrt(kept) * points.col(j)) / std::sqrt(1 - kept)).eval();
  };
  MatrixXd noised(5, n);
  MatrixXd z(5, n);
  for (const Index t : {1, 500, 1000}) {
    INFO("t = " << t);
    add_noise(schedule.transition(0, t), points, NoiseStream(7), noised);
    for (Index j = 0; j < n; ++j) z.col(j) = residual(j, t, noised);
    check_standard_normal(z);
  }
  std::vector<Index> times;
  for (Index j = 0; j < n; ++j) times.push_back(1 + j % 1000);
  add_noise(schedule, points, times, NoiseStream(8), noised);
  for (Index j = 0; j < n; ++j) z.col(j) = residual(j, times[static_cast<std::size_t>(j)], noised);
  check_standard_normal(z);
}

}  // namespace
