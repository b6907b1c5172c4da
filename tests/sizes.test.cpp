// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <string>

#include "alphabar/alphabar.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"

namespace sizes_test {

using namespace alphabar;
using test::complaint;

constexpr Index largest = std::numeric_limits<Index>::max();

// Would catch a product of sizes that overflows before it is compared with anything: 2^40 · 2^40 ·
// 1 was 0, (2^62 + 1) · 4 was 4, and that of negative sizes a number of pixels.
TEST_CASE("sizes: products that no index holds are refused") {
  const Eigen::MatrixXd batch = Eigen::MatrixXd::Random(4, 6);
  const std::string start = "invalid_argument: alphabar::";
  const auto of_shape = [&](const ImageShape& shape) {
    return complaint([&] { (void)fit_stationary(batch, shape); });
  };
  constexpr Index many = Index{1} << 40;
  CHECK(of_shape({many, many, 1}) ==
        start +
            "fit_stationary: the size of the shape must be at most 9223372036854775807, got "
            "1.2089258196146292e+24");
  CHECK(of_shape({(Index{1} << 62) + 1, 4, 1}) ==
        start +
            "fit_stationary: the size of the shape must be at most 9223372036854775807, got "
            "18446744073709551616");
  CHECK(of_shape({1, 4, largest}).find("the size of the shape") != std::string::npos);
  CHECK(of_shape({-3, -1, 1}) ==
        start + "fit_stationary: each size of the shape must be >= 1, got -3");
  for (const ImageShape& shape : {ImageShape{0, 4, 1}, {2, 0, 1}, {2, 2, 0}}) {
    CHECK(of_shape(shape) == start + "fit_stationary: each size of the shape must be >= 1, got 0");
  }
  CHECK(complaint([&] {
          (void)StationaryCovariance<>::from_first_columns({many, many, 1}, batch);
        }).find("the size of the shape") != std::string::npos);
  CHECK(
      complaint([&] {
        (void)StationaryCovariance<>::from_spectrum({many, many, 1}, Eigen::MatrixXcd::Zero(1, 1));
      }).find("the size of the shape") != std::string::npos);
  CHECK(complaint([&] {
          (void)fit_kronecker(batch, (Index{1} << 62) + 1, 4);
        }).find("fit_kronecker: left_dimension times right_dimension must be at most") !=
        std::string::npos);
}

// Would catch an index of the noise beyond the last one, which would be that of another sample.
TEST_CASE("sizes: numbers of samples beyond the last index are refused") {
  const Gaussian prior(Eigen::Vector2d(1, 2), Eigen::Matrix2d::Identity().eval());
  const NoiseStream<double> noise(1);
  CHECK(complaint([&] { (void)prior.sample(noise, 3, largest); }) ==
        "invalid_argument: alphabar::Gaussian::sample: first_sample must be at most "
        "9223372036854775804, got 9223372036854775807");
  CHECK(complaint([&] {
          (void)prior.sample(noise, 3, largest / 2);
        }).find("the index behind the last number must be at most") != std::string::npos);
  CHECK(prior.sample(noise, 3, largest / 2 - 3).allFinite());
  CHECK(complaint([] { (void)Moments<double>(largest); }) ==
        "invalid_argument: alphabar::Moments: first_sample must be at most 4611686018427387904, "
        "got 9223372036854775807");
  Moments<double> moments(Index{1} << 62);
  moments.add(Eigen::MatrixXd::Random(2, 3000));
  CHECK(moments.count() == 3000);
}

// Would catch a batch of samples without coordinates that is counted: 7 for 2 samples.
TEST_CASE("sizes: Moments do not count samples of no coordinates") {
  Moments<double> moments;
  CHECK(complaint([&] { moments.add(Eigen::MatrixXd(0, 5)); }) ==
        "invalid_argument: alphabar::Moments::add: the dimension of a sample must be >= 1, got 0");
  moments.add(Eigen::MatrixXd(0, 0));
  moments.add(Eigen::MatrixXd::Random(3, 2));
  CHECK(moments.count() == 2);
}

// Would catch a square that overflows, and one that underflows.
TEST_CASE("sizes: the distance of points whose squares no double holds") {
  const auto at = [](double x) {
    return Gaussian(Eigen::Vector2d(x, -x), DiagonalCovariance(Eigen::Vector2d(1, 4)));
  };
  CHECK_THAT(wasserstein_distance(at(1.2e200), at(0)), WithinRel(1.2e200 * std::sqrt(2.0), 1e-15));
  CHECK_THAT(wasserstein_distance(at(1e-200), at(0)), WithinRel(1e-200 * std::sqrt(2.0), 1e-15));
  CHECK(kl_divergence(at(1e200), at(0)) == std::numeric_limits<double>::infinity());
}

// Would catch a filter that is less accurate than stated where a sum has many terms of one sign.
TEST_CASE("sizes: the stated errors of long sums") {
  const auto same = [](float lambda) { return lambda; };
  const auto error = [&](const auto& sigma, double allowed) {
    const Eigen::VectorXf x = Eigen::VectorXf::Constant(sigma.dimension(), 0.1F);
    const Eigen::VectorXf y = sigma.apply(same, x);
    CHECK((y - x).norm() <= static_cast<float>(allowed) * 0x1p-24F * x.norm());
  };
  constexpr Index d = 1 << 16;
  error(LowRankCovariance(Eigen::VectorXf::Constant(d, 0x1p-8F), Eigen::VectorXf::Ones(1), 0),
        16 + d / 16);
  constexpr Index prime = 5003;
  error(CirculantCovariance<float>::from_spectrum(Eigen::VectorXf::Ones(prime / 2 + 1), prime),
        8 * std::log2(2 * prime) + prime);
}

// Would catch the rounding of eigenvalues near 1: 2.7e-7. The exact value for Σ = I + δ(ee' − I) is
// that of its two eigenvalues.
TEST_CASE("kl_divergence: from N(0, I) of a dense covariance that is nearly I") {
  for (const double delta : {1e-9, 1e-6, 1e-3}) {
    Eigen::Matrix2d sigma;
    sigma << 1, delta, delta, 1;
    const Gaussian p(Eigen::Vector2d::Zero().eval(), sigma);
    const double exact = -0.5 * std::log1p(-delta * delta);
    CHECK_THAT(kl_divergence(p), WithinRel(exact, 1e-13));
    const Gaussian standard(Eigen::Vector2d::Zero().eval(), Eigen::Matrix2d::Identity().eval());
    CHECK_THAT(kl_divergence(p), WithinRel(kl_divergence(p, standard), 1e-13));
  }
}

// Would catch ρ from 0/0, which is whatever rounding makes of it.
TEST_CASE("oas, ledoit_wolf: one coordinate is shrunk to its own variance") {
  for (const double scale : {1.0, 1.1, 0.3}) {
    Eigen::MatrixXd x(1, 7);
    x << 0.1, 0.7, -0.3, 0.9, 1.3, 0.2, -0.11;
    x *= scale;
    Moments<double> moments;
    moments.add(x);
    CHECK(oas(x).signal_power() == 0);
    CHECK(ledoit_wolf(x).signal_power() == 0);
    CHECK_THAT(oas(x).noise_variance(), WithinRel(moments.covariance()(0, 0), 1e-14));
  }
}

}  // namespace sizes_test
