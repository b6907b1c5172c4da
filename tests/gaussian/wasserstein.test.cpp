// SPDX-License-Identifier: MIT
#include "alphabar/gaussian/wasserstein.hpp"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "alphabar/covariance/detail/shared_basis.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/isotropic.hpp"
#include "alphabar/covariance/low_rank.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"

namespace wasserstein_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd root(const MatrixXd& sigma) {
  return Eigen::SelfAdjointEigenSolver<MatrixXd>(sigma).operatorSqrt();
}

/// tr(Σ_p + Σ_q − 2 (Σ_p^½ Σ_q Σ_p^½)^½), good where the two are far apart.
double by_roots(const MatrixXd& p, const MatrixXd& q) {
  return (p + q - 2 * root(root(p) * q * root(p))).trace();
}

Gaussian<double> centred(const MatrixXd& sigma) { return {VectorXd::Zero(sigma.rows()), sigma}; }

// Would catch W2 for its square, a mean that is left out, and a Q for its transpose.
TEST_CASE("wasserstein_distance: equal to the usual form, far apart") {
  const MatrixXd sigma_p = test::with_spectrum(VectorXd{{0.01, 0.5, 9, 100}}, 1);
  const MatrixXd sigma_q = test::with_spectrum(VectorXd{{0.1, 3, 4, 25}}, 2);
  const Gaussian p(VectorXd{{1, -2, 3, 0}}, sigma_p);
  const Gaussian q(VectorXd{{0, 1, 5, 0}}, sigma_q);
  const double expected = std::sqrt(14 + by_roots(sigma_p, sigma_q));
  CHECK_THAT(wasserstein_distance(p, q), WithinRel(expected, 1e-13));
  CHECK_THAT(wasserstein_distance(q, p), WithinRel(expected, 1e-13));
  CHECK(wasserstein_distance(p, p) == 0);
}

// Would catch a trace or roots that are subtracted from each other: with those 1e-8 to 1 is lost.
// Σ_q = (1 + δ)Σ_p is (√(1+δ) − 1)² tr Σ away.
TEST_CASE("wasserstein_distance: 8 digits at a distance of 1e-7") {
  VectorXd spectrum(50);
  for (Index k = 0; k < 50; ++k) spectrum(k) = std::pow(10, -6 * static_cast<double>(k) / 49);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const MatrixXd sigma = test::with_spectrum(spectrum, seed);
    for (const double delta : {1e-3, 1e-5, 1e-7}) {
      const double expected = std::sqrt(sigma.trace()) * delta / (1 + std::sqrt(1 + delta));
      const MatrixXd near = (1 + delta) * sigma;
      CHECK_THAT(wasserstein_distance(centred(sigma), centred(near)), WithinRel(expected, 1e-8));
    }
  }
}

// Would catch an isotropic covariance that is sent through an SVD, which loses digits that a sum
// over the eigenvalues keeps, and one that is on the wrong side.
TEST_CASE("wasserstein_distance: to an isotropic covariance by the eigenvalues alone") {
  using Dense = DenseCovariance<double>;
  STATIC_REQUIRE(detail::AlwaysShareBasis<Dense, IsotropicCovariance<double>>);
  STATIC_REQUIRE(detail::AlwaysShareBasis<IsotropicCovariance<double>, LowRankCovariance<double>>);
  STATIC_REQUIRE(!detail::AlwaysShareBasis<Dense, LowRankCovariance<double>>);
  const MatrixXd sigma = test::with_spectrum(VectorXd{{0, 1, 9, 100}}, 2);
  const Gaussian p(VectorXd{{1, -2, 3, 0}}, sigma);
  const Gaussian q(VectorXd{{0, 1, 5, 0}}, IsotropicCovariance(4, 4));
  const double expected = std::sqrt(14 + 4 + 1 + 1 + 64);
  CHECK_THAT(wasserstein_distance(p, q), WithinRel(expected, 1e-15));
  CHECK_THAT(wasserstein_distance(q, p), WithinRel(expected, 1e-15));
}

// Would catch squares whose sum is out of range where the distance is not.
TEMPLATE_TEST_CASE("wasserstein_distance: variances at both ends of the range", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  using Vector = Eigen::VectorX<TestType>;
  const Vector mean{{1, -2, 3, 0}};
  for (const TestType variance : {Limits::max() / 2, Limits::min()}) {
    CAPTURE(variance);
    const double expected = 2 * std::sqrt(double{variance});
    const auto distance = [&](const auto& p, const auto& q) {
      return double{wasserstein_distance(Gaussian(mean, p), Gaussian(mean, q))};
    };
    const double bound = 4 * double{Limits::epsilon()};
    const IsotropicCovariance<TestType> isotropic(variance, 4);
    const DiagonalCovariance diagonal(Vector(Vector::Constant(4, variance)));
    CHECK_THAT(distance(isotropic, IsotropicCovariance<TestType>(0, 4)),
               WithinRel(expected, bound));
    CHECK_THAT(distance(diagonal, IsotropicCovariance<TestType>(0, 4)), WithinRel(expected, bound));
  }
}

// Would catch 0/0 or noise over noise where neither has variance, and complex numbers.
TEST_CASE("wasserstein_distance: singular covariances") {
  const Gaussian point = centred(MatrixXd::Zero(4, 4));
  const MatrixXd sigma = test::with_spectrum(VectorXd{{0, 0, 9, 100}}, 1);
  CHECK_THAT(wasserstein_distance(centred(sigma), point), WithinRel(std::sqrt(109), 1e-14));
  CHECK(wasserstein_distance(point, point) == 0);
  const Gaussian other_basis(VectorXd::Zero(4),
                             LowRankCovariance(MatrixXd::Identity(4, 1), VectorXd::Zero(1), 0.0));
  CHECK(wasserstein_distance(point, other_basis) == 0);
  // The same planes, stretched: (4 − 3)² + (8 − 10)².
  const MatrixXd stretched = test::with_spectrum(VectorXd{{0, 0, 16, 64}}, 1);
  CHECK_THAT(wasserstein_distance(centred(sigma), centred(stretched)),
             WithinRel(std::sqrt(5), 1e-13));
  // Planes at right angles have nothing in common.
  MatrixXd other = MatrixXd::Zero(4, 4);
  other.diagonal() << 4, 1, 0, 0;
  MatrixXd one = MatrixXd::Zero(4, 4);
  one.diagonal() << 0, 0, 9, 25;
  CHECK_THAT(wasserstein_distance(centred(one), centred(other)), WithinRel(std::sqrt(39), 1e-14));
}

// Would catch 1/n for 1/(n − 1), a distance that is not squared, and few samples that are refused.
TEST_CASE("frechet_distance: of two sets of samples") {
  const MatrixXd a{{0, 2, 0, 2}, {0, 0, 2, 2}};  // mean (1, 1), covariance 4/3 I
  const MatrixXd b{{4, 4}, {1, 3}};              // mean (4, 2), covariance diag(0, 2)
  const double of_roots = 4.0 / 3 + std::pow(std::sqrt(4.0 / 3) - std::sqrt(2), 2);
  CHECK_THAT(frechet_distance(a, b), WithinRel(10 + of_roots, 1e-14));
  const MatrixXd many = centred(MatrixXd::Identity(6, 6)).sample(NoiseStream(1), 4);
  CHECK(frechet_distance(many, many) == 0);
  CHECK_THAT(frechet_distance(many, (2 * many).eval()),
             WithinRel(many.rowwise().mean().squaredNorm() +
                           (many.colwise() - many.rowwise().mean()).squaredNorm() / 3,
                       1e-13));
  CHECK(test::complaint([&] { (void)frechet_distance(a, many); }) ==
        "invalid_argument: alphabar::frechet_distance: b.rows() must be 2, got 6");
  // Would catch the name of another function or argument in a message.
  const auto refused = [&](const MatrixXd& first, const MatrixXd& second) {
    return test::complaint([&] { (void)frechet_distance(first, second); });
  };
  const std::string start = "invalid_argument: alphabar::frechet_distance: ";
  MatrixXd bad = a;
  bad(1, 2) = 1e150;
  CHECK(refused(bad, a) == start + "a(1, 2) must be in [-1e144, 1e144], got 1e+150");
  CHECK(refused(a, bad) == start + "b(1, 2) must be in [-1e144, 1e144], got 1e+150");
  bad(1, 2) = std::numeric_limits<double>::quiet_NaN();
  CHECK(refused(a, bad) == start + "b(1, 2) must be finite, got nan");
  CHECK(refused(a.leftCols(1), a) == start + "a.cols() must be >= 2, got 1");
  CHECK(refused(a, a.leftCols(0)) == start + "b.cols() must be >= 2, got 0");
  CHECK(refused(MatrixXd(0, 2), MatrixXd(0, 2)) == start + "a.rows() must be >= 1, got 0");
  CHECK(test::complaint([] {
          (void)wasserstein_distance(centred(MatrixXd::Identity(4, 4)),
                                     centred(MatrixXd::Identity(3, 3)));
        }) ==
        "invalid_argument: alphabar::wasserstein_distance: the dimension of q must be 4, got 3");
}

}  // namespace wasserstein_test
