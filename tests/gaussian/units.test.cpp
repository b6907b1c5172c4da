// SPDX-License-Identifier: MIT
//
// Units do not matter where a law does not depend on them, and the matrix and the spectrum of a
// covariance agree in every law, however far the units of its coordinates are apart.
#include <Eigen/Core>
#include <cmath>
#include <cstdint>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/gaussian/divergence.hpp"
#include "alphabar/gaussian/fit_dense.hpp"
#include "alphabar/gaussian/fit_kronecker.hpp"
#include "alphabar/gaussian/fit_low_rank.hpp"
#include "alphabar/gaussian/fit_mixture.hpp"
#include "alphabar/gaussian/gaussian.hpp"
#include "alphabar/gaussian/moments.hpp"
#include "alphabar/gaussian/predict.hpp"
#include "alphabar/gaussian/wasserstein.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/matrices.hpp"

namespace units_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Factors from 1e-8 to 1e8 in several orders.
VectorXd factors(Index d, Index order) {
  return VectorXd::NullaryExpr(d, [=](Index k) {
    return std::pow(10, -8 + 16 * static_cast<double>(k * order % d) / static_cast<double>(d - 1));
  });
}

Gaussian<double> in_units(const Gaussian<double>& p, const VectorXd& units) {
  return {units.cwiseProduct(p.mean()).eval(),
          MatrixXd(units.asDiagonal() * p.covariance().matrix() * units.asDiagonal())};
}

// Would catch a small eigenvalue that counts as 0, and eigenvectors that are only exact on the
// scale of the largest coordinate.
TEST_CASE("units: log density, KL and total correlation change by rounding only") {
  for (const Index d : {3, 7}) {
    const Gaussian p(VectorXd::LinSpaced(d, -1, 2), test::autoregressive(d, 0.6));
    const Gaussian q(VectorXd::LinSpaced(d, 1, 0.5),
                     test::with_spectrum(VectorXd::LinSpaced(d, 0.2, 3), 2));
    const VectorXd x = VectorXd::LinSpaced(d, 0.7, -0.4);
    for (const Index order : {1, 2, 5}) {
      CAPTURE(d, order);
      const VectorXd units = factors(d, order);
      const auto p_in = in_units(p, units);
      const auto q_in = in_units(q, units);
      CHECK_THAT(p_in.log_density(units.cwiseProduct(x)),
                 WithinAbs(p.log_density(x) - units.array().log().sum(), 1e-11));
      CHECK_THAT(entropy(p_in), WithinAbs(entropy(p) + units.array().log().sum(), 1e-11));
      CHECK_THAT(kl_divergence(p_in, q_in), WithinRel(kl_divergence(p, q), 1e-11));
      CHECK_THAT(total_correlation(p_in), WithinRel(total_correlation(p), 1e-11));
    }
  }
}

/// Standard deviations 1e7, 1 and 0.1.
const Eigen::Vector3d graded(1e14, 1, 0.01);

Gaussian<double, 3> dense(const Eigen::Vector3d& variances) {
  return {Eigen::Vector3d::Zero().eval(), Eigen::Matrix3d(variances.asDiagonal())};
}

// Would catch a spectrum that has lost what the matrix keeps.
TEST_CASE("units: a dense covariance that is diagonal has the laws of the diagonal") {
  const Eigen::Vector3d x(0, 1, 0.1);
  const auto p = dense(graded);
  const Gaussian diagonal(Eigen::Vector3d::Zero().eval(), DiagonalCovariance(graded));
  CHECK_THAT(p.log_density(x), WithinRel(diagonal.log_density(x), 1e-14));
  CHECK_THAT(entropy(p), WithinRel(entropy(diagonal), 1e-14));
  for (const Index t : {1, 10, 100}) {
    CAPTURE(t);
    const auto kernel = linear_schedule().transition(0, t);
    const Eigen::Vector3d expected = score(diagonal, kernel, x);
    CHECK(test::relative_error(score(p, kernel, x), expected) < 1e-14);
    CHECK_THAT(propagate(kernel, p).log_density(x),
               WithinRel(propagate(kernel, diagonal).log_density(x), 1e-14));
  }
}

// Would catch singular values that are cut on the scale of the largest one. (2 − 1)² + (0.3 −
// 0.1)².
TEST_CASE("units: the Wasserstein distance of small variances beside large ones") {
  const auto distance = wasserstein_distance(dense(graded), dense({1e14, 4, 0.09}));
  CHECK_THAT(distance, WithinRel(std::sqrt(1.04), 1e-14));
  CHECK_THAT(wasserstein_distance(dense(graded), dense({4e14, 4, 0.09})), WithinRel(1e7, 1e-14));
}

// Would catch a root that is made of another covariance than the density: with RRᵀ = Σ, Σ^−½R is
// orthogonal, at the start and one step later.
TEST_CASE("units: samples have the covariance that the density has") {
  const Index d = 6;
  const Gaussian base(VectorXd::Zero(d), test::autoregressive(d, 0.6));
  for (const Index order : {1, 5}) {
    const auto prior = in_units(base, factors(d, order));
    for (const Index t : {0, 1}) {
      const auto p = propagate(linear_schedule().transition(0, t), prior);
      const MatrixXd root = p.transform(MatrixXd(MatrixXd::Identity(d, d)));
      const MatrixXd turn = p.covariance().apply([](double l) { return 1 / std::sqrt(l); }, root);
      CHECK(test::relative_error(turn * turn.transpose(), MatrixXd::Identity(d, d)) < 1e-12);
    }
  }
}

// Would catch a float tolerance that takes the small variances of photographs for 0: rounding of
// the entries alone changes the score by 2e-6.
TEST_CASE("units: a float prior with the spectrum of photographs") {
  constexpr Index d = 256;
  const VectorXd lambda = VectorXd::NullaryExpr(
      d, [](Index k) { return 100 / std::pow(static_cast<double>(k + 1), 2); });
  VectorXd v = VectorXd::LinSpaced(d, -1, 2).array().sin();
  v.normalize();
  const MatrixXd turn = MatrixXd::Identity(d, d) - 2 * v * v.transpose();
  MatrixXd sigma = turn * lambda.asDiagonal() * turn;
  sigma = ((sigma + sigma.transpose()) / 2).eval();
  const Gaussian in_double(VectorXd::Zero(d).eval(), sigma);
  const Gaussian in_float(Eigen::VectorXf::Zero(d).eval(), Eigen::MatrixXf(sigma.cast<float>()));
  CHECK(in_float.covariance().rank() == d);
  const VectorXd x = in_double.sample(NoiseStream<double>(3), 1);
  for (const Index t : {1, 10, 100}) {
    const VectorXd expected = score(in_double, linear_schedule().transition(0, t), x);
    const Eigen::VectorXf found = score(in_float, linear_schedule<float>().transition(0, t),
                                        Eigen::VectorXf(x.cast<float>()));
    CHECK((found.cast<double>() - expected).norm() < 1e-5 * expected.norm());
  }
}

// Would catch float matrices of low rank whose rounding passes for variance.
TEST_CASE("units: the rank of a rounded float matrix") {
  for (const Index d : {4, 20, 100}) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      MatrixXd factor(d, d / 2);
      NoiseStream<double>(seed).fill(factor);
      const MatrixXd sigma = factor * factor.transpose();
      CHECK(DenseCovariance(Eigen::MatrixXf(sigma.cast<float>())).rank() == d / 2);
      CHECK(DenseCovariance(sigma).rank() == d / 2);
    }
  }
}

/// Two clusters apart in the second coordinate.
MatrixXd two_clusters() {
  MatrixXd x(2, 4000);
  NoiseStream<double>(4).fill(x);
  for (Index j = 0; j < x.cols(); ++j) x(1, j) += j % 2 == 0 ? -5 : 5;
  return x;
}

double mean_log_density(const GaussianMixture<double>& mixture, const MatrixXd& x) {
  double sum = 0;
  for (Index j = 0; j < x.cols(); ++j) sum += mixture.log_density(x.col(j));
  return sum / static_cast<double>(x.cols());
}

// Would catch distances between samples that a coordinate with large numbers decides alone.
TEST_CASE("units: fit_mixture finds the same clusters") {
  const MatrixXd x = two_clusters();
  const double plain = mean_log_density(fit_mixture(x, 2, 1), x);
  for (const double unit : {1e-140, 1e-8, 30.0, 1000.0, 1e8}) {
    CAPTURE(unit);
    const MatrixXd scaled = Eigen::Vector2d(unit, 1).asDiagonal() * x;
    const auto mixture = fit_mixture(scaled, 2, 1);
    CHECK_THAT(mean_log_density(mixture, scaled), WithinAbs(plain - std::log(unit), 1e-9));
    CHECK_THAT(std::abs(mixture.components()[0].mean()(1)), WithinAbs(5, 0.1));
  }
}

// Would catch deviations that are cut on the scale of the largest one.
TEST_CASE("units: fit_dense keeps every deviation") {
  MatrixXd z(4, 300);
  NoiseStream<double>(9).fill(z);
  z.row(1) += z.row(0);
  const auto plain = fit_dense(z);
  for (const Index order : {1, 3}) {
    const VectorXd units = factors(4, order);
    const MatrixXd scaled = units.asDiagonal() * z;
    const auto fit = fit_dense(scaled);
    REQUIRE(fit.covariance().rank() == 4);
    CHECK_THAT(fit.log_density(scaled.col(0)),
               WithinAbs(plain.log_density(z.col(0)) - units.array().log().sum(), 1e-11));
  }
}

// Would catch a product of two covariances, or a square of one: they leave the range of numbers.
TEST_CASE("units: one unit for all coordinates, however large or small") {
  const MatrixXd p{{2, 1}, {1, 2}};
  const MatrixXd q{{1, -0.5}, {-0.5, 3}};
  const VectorXd mean{{1, -2}};
  MatrixXd z(12, 40);
  NoiseStream<double>(9).fill(z);
  z.topRows(2) *= 20;
  const auto low_rank = fit_low_rank(z, 2).covariance().leading_eigenvalues();
  const auto kronecker = fit_kronecker(z, 3, 4).covariance().matrix();
  const double frechet = frechet_distance(z, (2 * z).eval());
  for (const double unit : {0x1p-300, 0x1p300}) {
    CAPTURE(unit);
    const auto scaled = [&](const MatrixXd& sigma) {
      return Gaussian<double>(VectorXd(unit * mean), MatrixXd(unit * unit * sigma));
    };
    CHECK_THAT(wasserstein_distance(scaled(p), scaled(q)) / unit,
               WithinRel(0.927412797730004, 1e-14));
    const MatrixXd samples = unit * z;
    CHECK_THAT(frechet_distance(samples, MatrixXd(2 * samples)) / unit / unit,
               WithinRel(frechet, 1e-12));
    CHECK_THAT(fit_low_rank(samples, 2).covariance().leading_eigenvalues()(1) / unit / unit,
               WithinRel(low_rank(1), 1e-12));
    CHECK_THAT(fit_kronecker(samples, 3, 4).covariance().matrix()(0, 1) / unit / unit,
               WithinRel(kronecker(0, 1), 1e-9));
  }
}

// Would catch products of columns that underflow beside a long column.
TEST_CASE("units: 200 decades apart") {
  const MatrixXd plain{
      {1, 0.5, 0.2, 0.5}, {0.5, 1, 0.5, 0.3}, {0.2, 0.5, 1, 0.5}, {0.5, 0.3, 0.5, 1}};
  const VectorXd x{{1, -2, 0.5, 3}};
  const Gaussian<double> of_plain(VectorXd::Zero(4), plain);
  MatrixXd z(4, 300);
  NoiseStream<double>(9).fill(z);
  z.row(1) += z.row(0);
  const auto fit = fit_dense(z);
  for (const double unit : {1e76, 1e78, 1e100}) {
    CAPTURE(unit);
    for (const VectorXd& units :
         {VectorXd{{unit, unit, 1 / unit, 1 / unit}}, VectorXd{{unit, 1 / unit, 1 / unit, unit}}}) {
      CHECK_THAT(in_units(of_plain, units).log_density(units.cwiseProduct(x).eval()),
                 WithinAbs(of_plain.log_density(x), 1e-11));
      const auto scaled = fit_dense(MatrixXd(units.asDiagonal() * z));
      for (Index j = 0; j < 4; ++j) {
        for (Index i = 0; i < 4; ++i) {
          const double entry = scaled.covariance().matrix()(i, j) / units(i) / units(j);
          CHECK_THAT(entry, WithinAbs(fit.covariance().matrix()(i, j), 1e-12));
        }
      }
    }
  }
}

}  // namespace units_test
