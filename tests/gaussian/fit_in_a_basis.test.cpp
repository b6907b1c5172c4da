// SPDX-License-Identifier: MIT
//
// Fits in a basis that is known beforehand, or of two small ones.
#include <Eigen/Core>
#include <cmath>

#include "alphabar/gaussian/fit_kronecker.hpp"
#include "alphabar/gaussian/fit_stationary.hpp"
#include "alphabar/gaussian/moments.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "support/catch.hpp"
#include "support/matrices.hpp"

namespace fit_bases_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Correlated samples with a mean far from 0.
MatrixXd make_samples(Index d, Index n) {
  MatrixXd z(d, n);
  NoiseStream(5).fill(z);
  const MatrixXd root = test::rotation(d) * VectorXd::LinSpaced(d, 0.1, 5).asDiagonal();
  return (root * z).colwise() + VectorXd::LinSpaced(d, -3, 1000).eval();
}

Gaussian<double> empirical(const MatrixXd& samples) {
  Moments<double> moments;
  moments.add(samples);
  return moments.gaussian();
}

// Would catch a periodogram that is not divided, frequencies that are counted twice, and a mean
// that is left in. The closest circulant matrix has the mean of Σ along each of its diagonals.
TEST_CASE("fit_stationary: the empirical covariance, averaged along its diagonals") {
  for (const Index d : {1, 2, 5, 8}) {
    CAPTURE(d);
    const MatrixXd samples = make_samples(d, 50);
    const MatrixXd sigma = empirical(samples).covariance().matrix();
    VectorXd column = VectorXd::Zero(d);
    for (Index i = 0; i < d; ++i) {
      for (Index j = 0; j < d; ++j) column((i - j + d) % d) += sigma(i, j) / static_cast<double>(d);
    }
    const auto fit = fit_stationary(samples);
    CHECK(test::relative_error(fit.covariance().first_column(), column) < 1e-13);
    CHECK(test::relative_error(fit.mean(), empirical(samples).mean()) < 1e-14);
  }
  const MatrixXd few = make_samples(8, 2);
  CHECK(fit_stationary(few).covariance().eigenvalues().minCoeff() >= 0);
  CHECK_THROWS_WITH(fit_stationary(MatrixXd(few.leftCols(1))),
                    "alphabar::fit_stationary: batch.cols() must be >= 2, got 1");
}

// Would catch channels exchanged, a complex conjugate on the wrong side, rows taken for columns.
// The closest stationary matrix is the mean of Σ over all shifts of the image.
TEST_CASE("fit_stationary: images on a torus, averaged over all shifts") {
  const ImageShape shape{3, 4, 2};
  const MatrixXd samples = make_samples(24, 60);
  const MatrixXd sigma = empirical(samples).covariance().matrix();
  MatrixXd expected = MatrixXd::Zero(24, 24);
  const auto at = [](Index c, Index y, Index x) { return (c * 3 + y % 3) * 4 + x % 4; };
  for (Index shift = 0; shift < 12; ++shift) {
    Eigen::VectorXi moved(24);
    for (Index i = 0; i < 24; ++i) {
      moved(i) = static_cast<int>(at(i / 12, i / 4 % 3 + shift / 4, i % 4 + shift % 4));
    }
    for (Index i = 0; i < 24; ++i) {
      for (Index j = 0; j < 24; ++j) expected(i, j) += sigma(moved(i), moved(j)) / 12;
    }
  }
  const auto fit = fit_stationary(samples, shape);
  CHECK(test::relative_error(fit.covariance().matrix(), expected) < 1e-13);
  CHECK(test::relative_error(fit.mean(), empirical(samples).mean()) < 1e-14);
  CHECK_THROWS_WITH(fit_stationary(samples, {5, 5, 1}),
                    "alphabar::fit_stationary: batch.rows() must be 25, got 24");
}

/// Samples whose empirical covariance is L ⊗ R to the last digit or so.
MatrixXd separable_samples(const MatrixXd& left, const MatrixXd& right) {
  const KroneckerCovariance<double> sigma(left, right);
  const Index d = sigma.dimension();
  MatrixXd z(d, 2 * d);
  z << MatrixXd::Identity(d, d), -MatrixXd::Identity(d, d);
  z *= std::sqrt(static_cast<double>(2 * d - 1) / 2);
  return sigma.apply([](double lambda) { return std::sqrt(lambda); }, z).colwise() +
         VectorXd::LinSpaced(d, 5, 9).eval();
}

// Would catch factors exchanged, a divisor of the wrong side, and an inverse that is not one.
TEST_CASE("fit_kronecker: finds the factors, and a fixed point where there are none") {
  const MatrixXd left = test::with_spectrum(VectorXd{{0.5, 4}});
  const MatrixXd right = test::with_spectrum(VectorXd{{1, 3, 20}}, 2);
  const MatrixXd exact = KroneckerCovariance<double>(left, right).matrix();
  const auto found = fit_kronecker(separable_samples(left, right), 2, 3);
  CHECK(found.covariance().left_dimension() == 2);
  CHECK(test::relative_error(found.covariance().matrix(), exact) < 1e-9);

  const MatrixXd samples = make_samples(6, 80);
  const auto fit = fit_kronecker(samples, 2, 3);
  const Gaussian<double> data = empirical(samples);
  // At the maximum Σ_fit⁻¹ S has the trace d, and so has each factor its own.
  const MatrixXd quotient =
      fit.covariance().apply([](double lambda) { return 1 / lambda; }, data.covariance().matrix());
  CHECK_THAT(quotient.trace(), WithinRel(6.0, 1e-9));
  const MatrixXd ones = MatrixXd::Identity(3, 3);
  const MatrixXd turned = KroneckerCovariance<double>(MatrixXd{{1, 0}, {0, 2}}, ones).matrix();
  CHECK_THAT((quotient * turned).trace(), WithinRel(9.0, 1e-8));
}

// Would catch 1/0 where a row or a column never changes.
TEST_CASE("fit_kronecker: singular factors") {
  const MatrixXd left = MatrixXd{{4, 0}, {0, 0}};
  const MatrixXd right = test::with_spectrum(VectorXd{{0, 3, 20}}, 2);
  const auto fit = fit_kronecker(separable_samples(left, right), 2, 3);
  const MatrixXd exact = KroneckerCovariance<double>(left, right).matrix();
  CHECK(test::relative_error(fit.covariance().matrix(), exact) < 1e-9);
  CHECK(fit.covariance().rank() == 2);
  CHECK(fit_kronecker(MatrixXd(MatrixXd::Ones(6, 3)), 3, 2).covariance().rank() == 0);
  CHECK_THROWS_WITH(fit_kronecker(MatrixXd(MatrixXd::Ones(6, 3)), 2, 2),
                    "alphabar::fit_kronecker: batch.rows() must be 4, got 6");
}

// Would catch a product of sizes that are both wrong: (−2)(−3) = 6.
TEST_CASE("fit_kronecker: sizes of factors are positive") {
  const MatrixXd samples = MatrixXd::Ones(6, 3);
  CHECK_THROWS_WITH(fit_kronecker(samples, -2, -3),
                    "alphabar::fit_kronecker: left_dimension must be >= 1, got -2");
  CHECK_THROWS_WITH(fit_kronecker(samples, 0, 6),
                    "alphabar::fit_kronecker: left_dimension must be >= 1, got 0");
  CHECK_THROWS_WITH(fit_kronecker(samples, 6, 0),
                    "alphabar::fit_kronecker: right_dimension must be >= 1, got 0");
}

}  // namespace fit_bases_test
