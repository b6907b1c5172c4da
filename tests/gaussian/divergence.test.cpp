// SPDX-License-Identifier: MIT
#include "alphabar/gaussian/divergence.hpp"

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include "alphabar/covariance/detail/spectral_functions.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/isotropic.hpp"
#include "alphabar/gaussian/detail/phi.hpp"
#include "support/catch.hpp"
#include "support/matrices.hpp"
#include "support/quad.hpp"
#include "support/special_values.hpp"

namespace divergence_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::infinity;

Gaussian<double> correlated_noise(Index d) {
  return {VectorXd::Zero(d), test::autoregressive(d, 0.95)};
}

// Would catch log det taken of Σ instead of the correlation matrix, a factor 2, and digits that
// cancel where the coordinates are nearly independent. Expected: -½ log det R with 30 digits.
TEST_CASE("total_correlation: of AR(1), falling to 0 along the process") {
  const std::pair<double, double> expected[] = {
      {1, 36.082494965164188},    {0.9, 22.024311991856911},     {0.5, 6.371190863679534},
      {0.1, 0.52724648798935826}, {0.01, 0.0092204415326282085}, {1e-6, 1.0241385414357772e-10}};
  for (const auto& [alpha_bar, nats] : expected) {
    const auto marginal =
        propagate(TransitionKernel(alpha_bar, 1 - alpha_bar), correlated_noise(32));
    CHECK_THAT(total_correlation(marginal), WithinRel(nats, 1e-12));
  }
}

// Would catch variances that are taken for 1.
TEST_CASE("total_correlation: does not depend on units") {
  const VectorXd units = VectorXd::LinSpaced(8, 1e-3, 1e3);
  const MatrixXd sigma = units.asDiagonal() * test::autoregressive(8, 0.95) * units.asDiagonal();
  CHECK_THAT(total_correlation(Gaussian(VectorXd::Ones(8), sigma)),
             WithinRel(total_correlation(correlated_noise(8)), 1e-12));
  const DiagonalCovariance variances(VectorXd::LinSpaced(8, 1, 8).eval());
  CHECK(total_correlation(Gaussian(VectorXd::Ones(8), variances)) == 0);
}

// Would catch 0/0 in a pixel that never changes, and a finite number for dependent coordinates.
TEST_CASE("total_correlation: constant coordinates do not count, dependent ones give infinity") {
  MatrixXd sigma = MatrixXd::Zero(5, 5);
  sigma.topLeftCorner(4, 4) = test::autoregressive(4, 0.95);
  CHECK_THAT(total_correlation(Gaussian(VectorXd::Ones(5), sigma)),
             WithinRel(total_correlation(correlated_noise(4)), 1e-12));
  CHECK(total_correlation(Gaussian(VectorXd::Ones(3), MatrixXd::Ones(3, 3))) == infinity);
  CHECK(total_correlation(Gaussian(VectorXd::Ones(3), MatrixXd::Zero(3, 3))) == 0);
}

// Would catch a mean that is left out or not halved, λ for 1/λ, and the naive λ − 1 − log λ.
TEST_CASE("kl_divergence: to the standard normal") {
  const MatrixXd sigma = test::with_spectrum(Eigen::Vector4d(0.01, 0.25, 4, 100));
  const VectorXd mean = Eigen::Vector4d(1, -2, 0.5, 3);
  const double expected = (104.26 - 4 - std::log(0.01 * 0.25 * 4 * 100) + mean.squaredNorm()) / 2;
  CHECK_THAT(kl_divergence(Gaussian(mean, sigma)), WithinRel(expected, 1e-13));
  CHECK(kl_divergence(Gaussian(VectorXd::Zero(3), MatrixXd::Identity(3, 3))) == 0);
  CHECK(kl_divergence(Gaussian(mean, MatrixXd::Zero(4, 4))) == infinity);

  // λ − 1 = −1 to the last bit, but its logarithm is there.
  const DiagonalCovariance faint(Eigen::Vector2d(1e-20, 1));
  CHECK_THAT(kl_divergence(Gaussian(Eigen::Vector2d(0, 0), faint)),
             WithinRel((20 * std::log(10.0) - 1) / 2, 1e-14));

  // λ = 1 + 2⁻³⁰: φ = z²/2 − z³/3, of which the naive form has no correct digit.
  const double z = 0x1p-30;
  const DiagonalCovariance close(Eigen::Vector2d(1 + z, 1));
  CHECK_THAT(kl_divergence(Gaussian(Eigen::Vector2d(0, 0), close)),
             WithinRel(z * z / 4 - z * z * z / 6, 1e-15));
}

// Would catch p and q exchanged, and a q whose root is not used on both sides.
TEST_CASE("kl_divergence: between two Gaussians") {
  const MatrixXd sigma_p = test::with_spectrum(Eigen::Vector3d(0.5, 2, 9), 1);
  const MatrixXd sigma_q = test::with_spectrum(Eigen::Vector3d(0.1, 3, 4), 2);
  const VectorXd mean_p = Eigen::Vector3d(1, -2, 3);
  const VectorXd mean_q = Eigen::Vector3d(0, 1, 5);
  const Gaussian p(mean_p, sigma_p);
  const Gaussian q(mean_q, sigma_q);
  const MatrixXd inverse = test::with_spectrum(Eigen::Vector3d(10, 1.0 / 3, 0.25), 2);
  const VectorXd gap = mean_p - mean_q;
  const double expected = ((inverse * sigma_p).trace() - 3 + std::log(0.1 * 3 * 4) -
                           std::log(0.5 * 2 * 9) + gap.dot(inverse * gap)) /
                          2;
  CHECK_THAT(kl_divergence(p, q), WithinRel(expected, 1e-12));
  CHECK(kl_divergence(p, p) == 0);
  const Gaussian normal(VectorXd::Zero(3), MatrixXd::Identity(3, 3));
  CHECK_THAT(kl_divergence(p, normal), WithinRel(kl_divergence(p), 1e-13));

  // The diagonal Gaussian: total_correlation.
  const Gaussian stand_in(mean_p, DiagonalCovariance(sigma_p.diagonal().eval()));
  CHECK_THAT(kl_divergence(p, stand_in), WithinRel(total_correlation(p), 1e-12));
}

// Would catch 0 · ∞ or an Eigen assertion in place of a result.
TEST_CASE("kl_divergence: edges") {
  const Gaussian normal(VectorXd::Zero(2), MatrixXd::Identity(2, 2));
  const Gaussian point(VectorXd::Zero(2), MatrixXd::Zero(2, 2));
  CHECK(kl_divergence(point, normal) == infinity);
  CHECK_THROWS_WITH(kl_divergence(normal, point),
                    "alphabar::kl_divergence: the rank of q's covariance must be 2, got 0");
  CHECK_THROWS_WITH(kl_divergence(normal, correlated_noise(3)),
                    "alphabar::kl_divergence: the dimension of q must be 2, got 3");
}

// Would catch a ratio of variances that underflows, and then gives infinity; it loses its digits
// before that.
TEST_CASE("kl_divergence: variances that are far apart") {
  const auto with_variance = [](double variance) {
    return Gaussian(VectorXd::Zero(1), IsotropicCovariance<>(variance, 1));
  };
  const double log_ten = std::numbers::ln10;
  CHECK_THAT(kl_divergence(with_variance(1e-200), with_variance(1e200)),
             WithinRel((400 * log_ten - 1) / 2, 1e-15));
  CHECK_THAT(kl_divergence(with_variance(1e-22), with_variance(1e300)),
             WithinRel((322 * log_ten - 1) / 2, 1e-15));
  CHECK_THAT(kl_divergence(with_variance(1e-7), with_variance(1e300)),
             WithinRel((307 * log_ten - 1) / 2, 1e-15));
  CHECK(kl_divergence(with_variance(0), with_variance(1e300)) == infinity);
}

// Would catch modes that overflow before the result does, and then cancel to NaN.
TEST_CASE("kl_divergence, log_density: means far apart, in correlated coordinates") {
  const MatrixXd sigma{{2, 0.5}, {0.5, 3}};
  const Eigen::Vector2d gap(1, -2);
  const double squared_distance = gap.dot(sigma.inverse() * gap);
  const auto distance = [&](double variance, double length) {
    const VectorXd mean = -(0.5 * length) * gap;
    const Gaussian p(VectorXd(-mean), MatrixXd(variance * sigma));
    const Gaussian q(mean, MatrixXd(variance * sigma));
    const double log_density = q.log_density(p.mean());
    const double of_points = -2 * (log_density - q.log_density(mean));
    CHECK_THAT(of_points, WithinRel(2 * kl_divergence(p, q), 1e-12));
    return of_points;
  };
  CHECK(distance(1e-300, 1e200) == infinity);
  CHECK(distance(1e-300, 1e300) == infinity);
  CHECK(distance(1e300, 1.6e308) == infinity);
  CHECK_THAT(distance(1e-300, 1e-20), WithinRel(1e260 * squared_distance, 1e-12));
  CHECK_THAT(distance(1e300, 1e300), WithinRel(1e300 * squared_distance, 1e-12));
  CHECK_THAT(distance(1, 10), WithinRel(100 * squared_distance, 1e-12));
}

// Would catch an eigenvalue of 0 that rounding has lifted, in one basis or another.
TEST_CASE("total_correlation, kl_divergence: infinite for any singular matrix") {
  const Gaussian q(VectorXd::Zero(5), MatrixXd(test::autoregressive(5, 0.95)));
  for (std::uint64_t seed = 0; seed < 32; ++seed) {
    CAPTURE(seed);
    const MatrixXd sigma = test::with_spectrum(VectorXd{{0, 0.25, 1, 4, 100}}, seed);
    const Gaussian p(VectorXd::Zero(5), sigma);
    CHECK(total_correlation(p) == infinity);
    CHECK(kl_divergence(p, q) == infinity);
  }
}

#ifdef ALPHABAR_TEST_QUAD
/// φ(z), for small z by its series, where quad would cancel, too.
test::Quad exact_phi(test::Quad z) {
  if (test::absolute(z) >= 0.01) return z - test::log(1 + z);
  test::Quad sum = 0;
  test::Quad power = z * z;
  for (int k = 2; k < 24; ++k, power *= z) sum += (k % 2 == 0 ? power : -power) / k;
  return sum;
}

template <class Scalar>
double relative_error(Scalar value, test::Quad exact) {
  return static_cast<double>(test::absolute((value - exact) / exact));
}

// Would catch eigenvalues that are recomputed from the matrix, where rounding loses them.
// Expected: from the log-determinants, which nothing cancels here.
TEST_CASE(
    "kl_divergence, total_correlation: of a covariance whose matrix rounds to a singular one") {
  const double angle = 0.7;
  const Eigen::Matrix2d basis = Eigen::Rotation2Dd(angle).toRotationMatrix();
  for (const double least : {1e-6, 1e-8, 1e-14, 1e-18, 1e-30}) {
    CAPTURE(least);
    const Eigen::Vector2d lambda(4, least);
    const Gaussian p(Eigen::Vector2d(1, -2),
                     DenseCovariance<double, 2>::from_spectrum(basis, lambda));
    const Gaussian q(Eigen::Vector2d(1, -1),
                     DiagonalCovariance<double, 2>(Eigen::Vector2d(0.5, 9)));
    const double cosine = std::cos(angle);
    const double sine = std::sin(angle);
    const Eigen::Vector2d variances(4 * cosine * cosine + least * sine * sine,
                                    4 * sine * sine + least * cosine * cosine);
    const double log_determinant = std::log(4) + std::log(least);
    const double kl = (variances(0) / 0.5 + variances(1) / 9 - 2 - log_determinant +
                       std::log(0.5 * 9) + 1.0 / 9) /
                      2;
    CHECK_THAT(kl_divergence(p, q), WithinRel(kl, 1e-9));
    const double correlation =
        (std::log(variances(0)) + std::log(variances(1)) - log_determinant) / 2;
    CHECK_THAT(total_correlation(p), WithinRel(correlation, 1e-9));
  }
}

// Would catch the difference of two matrices that have both lost their small eigenvalues. Expected:
// ½ Σ φ(ρ − 1) for the ratios ρ of the eigenvalues; p and q have one basis but do not share it.
TEMPLATE_TEST_CASE("kl_divergence: between covariances whose matrices round to singular ones", "",
                   float, double) {
  using Vector = Eigen::VectorX<TestType>;
  const double u = double{std::numeric_limits<TestType>::epsilon()} / 2;
  const Eigen::MatrixX<TestType> basis = test::rotation(3).cast<TestType>();
  const Vector mean{{1, -2, TestType(0.5)}};
  const auto of = [&](const Vector& lambda) {
    return Gaussian(mean, DenseCovariance<TestType>::from_spectrum(basis, lambda));
  };
  for (double deviation = 0.1; deviation > 3000 * u; deviation *= 0.3) {
    for (const double ratio : {0.5, 0.01, 30.0}) {
      CAPTURE(deviation, ratio);
      const Vector lambda{{static_cast<TestType>(deviation * deviation), TestType(0.3), 1}};
      const Vector of_p{{static_cast<TestType>(ratio * double{lambda(0)}), TestType(0.6), 5}};
      const double expected = (detail::phi(ratio - 1) + detail::phi(1.0) + detail::phi(4.0)) / 2;
      const double error_of_ratio = 4 * (std::sqrt(2 * u) + 3 * u / deviation);
      CHECK_THAT(double(kl_divergence(of(of_p), of(lambda))),
                 WithinRel(expected, error_of_ratio / std::min(ratio, 1.0)));
    }
  }
}

// Would catch a series that is cut too early, on both sides of the switch at √½ and √2, near 0
// where the naive form keeps nothing, and near −1.
TEMPLATE_TEST_CASE("phi: within 6 epsilon", "", float, double) {
  using Scalar = TestType;
  std::vector<double> points{1e-15, -1e-12, 1e-6, -1e-3, 0.41421, 0.41422, -0.29289, -0.2929, 1e6};
  for (int k = -999; k <= 999; ++k) points.push_back(k == 0 ? 1e-9 : k / 1000.0);
  double worst = 0;
  for (const double z : points) {
    const auto x = static_cast<Scalar>(z);
    worst = std::max(worst, relative_error(detail::phi(x), exact_phi(x)));
    const Scalar r = 1 + x;
    const auto from_one = static_cast<Scalar>(detail::phi_from_one(r));
    if (r != 1) worst = std::max(worst, relative_error(from_one, exact_phi(test::Quad{r} - 1)));
    const Scalar p = 3 * (1 + x);
    const test::Quad exact = exact_phi((test::Quad{p} - 3) / 3);
    if (p != 3) worst = std::max(worst, relative_error(detail::phi_of_ratio(p, Scalar(3)), exact));
  }
  CHECK(worst <= 6 * static_cast<double>(std::numeric_limits<Scalar>::epsilon()));
  CHECK(detail::phi(Scalar(0)) == 0);
  CHECK(detail::phi(Scalar(-1)) == infinity);
}

// Would catch a power of 2 that is counted wrongly, and ratios beyond what 2⁵² times them can be.
TEST_CASE("phi_from_one: from the smallest number to the largest") {
  using Limits = std::numeric_limits<double>;
  for (const double r : {Limits::denorm_min(), 1e-310, Limits::min(), 1e-300, 1e-9, 1e9, 1e300}) {
    CAPTURE(r);
    const test::Quad exact = test::Quad{r} - 1 - test::log(test::Quad{r});
    CHECK(relative_error(detail::phi_from_one(r), exact) <= 4 * Limits::epsilon());
  }
  CHECK(detail::phi_from_one(Limits::max()) == Limits::max());
  CHECK(detail::phi_from_one(0) == infinity);
  CHECK(detail::phi_from_one(-0.0) == infinity);
  CHECK(detail::phi_from_one(1) == 0);
}

// Would catch a block that is left out or counted twice, exponents that are off by one, and numbers
// without an exponent.
TEMPLATE_TEST_CASE("spectral_sum: of logarithms, block by block", "", float, double) {
  using Vector = Eigen::Matrix<TestType, Eigen::Dynamic, 1>;
  constexpr auto unit = static_cast<double>(std::numeric_limits<TestType>::epsilon());
  const auto smallest = std::numeric_limits<TestType>::denorm_min();
  for (const Index d : {1, 2, 255, 256, 257, 1000}) {
    CAPTURE(d);
    Vector values = Vector::NullaryExpr(d, [](Index k) {
      return static_cast<TestType>(std::pow(0.97, double(k)) * (3 + double(k % 7)));
    });
    for (const bool tiny : {false, true}) {
      if (tiny) values(d / 2) = smallest;
      test::Quad exact = 0;
      for (const TestType value : values) exact += test::log(test::Quad{value});
      const TestType sum = detail::spectral_sum(values, detail::Logarithm());
      CHECK(relative_error(sum, exact) <= 4 * unit);
    }
    values(d / 2) = 0;
    CHECK(detail::spectral_sum(values, detail::Logarithm()) == -infinity);
    CHECK(detail::spectral_sum(Vector(Vector::Ones(d)), detail::Identity()) == TestType(d));
  }
}
#endif

}  // namespace divergence_test
