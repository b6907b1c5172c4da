// SPDX-License-Identifier: MIT
#include "alphabar/gaussian/gaussian.hpp"

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/process/forward_diffusion.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"
#include "support/unit_noise.hpp"

namespace gaussian_test {

using namespace alphabar;
using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using test::complaint;

const Vector2d mean(1, -2);
const Matrix2d sigma{{4, 1.5}, {1.5, 1}};

// Would catch a lost 2π, ½ or determinant, and a distance with Σ for its inverse. The numbers are
// mpmath's; they are computed in the Scalar.
TEMPLATE_TEST_CASE("Gaussian: known log-densities", "", float, double) {
  using Vector = Eigen::Matrix<TestType, Eigen::Dynamic, 1>;
  using Matrix = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic>;
  const double bound = 10 * std::numeric_limits<TestType>::epsilon();
  const Gaussian one(Vector{{1}}, Matrix{{4}});
  CHECK_THAT(double(one.log_density(Vector{{3}})), WithinRel(-2.11208571376461805, bound));
  const Gaussian two(mean.cast<TestType>(), sigma.cast<TestType>());
  const Vector x{{TestType(0.3), TestType(0.7)}};
  CHECK_THAT(double(two.log_density(x)), WithinRel(-12.2091135318056283, bound));
  const Gaussian three(Vector{{0.5, -0.5, 2}}, Matrix{{2, -1, 0.5}, {-1, 3, 0.25}, {0.5, 0.25, 1}});
  CHECK_THAT(double(three.log_density(Vector{{1, 2, 3}})), WithinRel(-5.07723359230699596, bound));
  const Gaussian diagonal(Vector{{1, -1}}, DiagonalCovariance(Vector{{4, 0.25}}));
  CHECK_THAT(double(diagonal.log_density(Vector{{3, -1}})),
             WithinRel(-2.11208571376461805 - 0.22579135264472743, bound));
}

// Would catch a density of infinity, or of a pseudo-inverse, where there is none.
TEST_CASE("Gaussian: a singular covariance has no density") {
  const Matrix2d rank_one{{4, 2}, {2, 1}};
  CHECK(complaint([&] { (void)Gaussian(mean, rank_one).log_density(mean); }) ==
        "invalid_argument: alphabar::Gaussian::log_density: the rank of the covariance must be 2, "
        "got 1");
  CHECK(complaint(
            [&] { (void)Gaussian(mean, DiagonalCovariance(Vector2d(0, 0))).log_density(mean); }) ==
        "invalid_argument: alphabar::Gaussian::log_density: the rank of the covariance must be 2, "
        "got 0");
}

// Would catch another root than Cholesky's, a mean that is not added, or added only to the first
// column of a batch, and a singular covariance whose samples leave its range.
TEST_CASE("Gaussian: transform is the mean plus a root times noise") {
  const Gaussian gaussian(mean, sigma);
  const Matrix2d root{{2, 0}, {0.75, 0.661437827766147656}};
  CHECK(test::relative_error(gaussian.transform(Matrix2d::Identity()),
                             (root.colwise() + mean).eval()) < 1e-15);
  CHECK(test::relative_error(gaussian.transform(Vector2d(0, 1)), (root.col(1) + mean).eval()) <
        1e-15);
  const Gaussian line(mean, Matrix2d{{4, 2}, {2, 1}});
  const Matrix2d symmetric_root = Matrix2d{{4, 2}, {2, 1}} / std::sqrt(5.0);
  CHECK(test::relative_error(line.transform(Matrix2d::Identity()),
                             (symmetric_root.colwise() + mean).eval()) < 1e-15);
  CHECK(gaussian.transform(MatrixXd::Zero(2, 3)) == mean.replicate(1, 3));
  CHECK(Gaussian(mean, Matrix2d(Matrix2d::Zero())).transform(Vector2d(5, 6)) == mean);
  const Gaussian diagonal(mean, DiagonalCovariance(Vector2d(4, 0)));
  CHECK(diagonal.transform(Matrix2d::Ones()) == Matrix2d{{3, 3}, {-2, -2}});
}

// Would catch a product of other columns in the loops that factor a small matrix of fixed size, and
// a row that is left out.
TEMPLATE_TEST_CASE("Gaussian: the root of a fixed size is that of a dynamic one", "", float,
                   double) {
  const MatrixXd matrix = test::with_spectrum(VectorXd{{40, 3, 0.5, 0.25}});
  const auto root = [&]<int Dim>(std::integral_constant<int, Dim>) {
    using Matrix = Eigen::Matrix<TestType, Dim, Dim>;
    const Matrix in_scalar = matrix.cast<TestType>();
    const Gaussian gaussian(in_scalar.col(0), in_scalar);
    return gaussian.transform(Matrix(Matrix::Identity(4, 4)));
  };
  CHECK(test::relative_error(root(std::integral_constant<int, 4>()),
                             root(std::integral_constant<int, Eigen::Dynamic>())) <
        4 * double{std::numeric_limits<TestType>::epsilon()});
}

// Would catch a Cholesky factor of a matrix that has lost the small eigenvalues of its spectrum:
// its samples have the variance of rounding errors there. The deviation along the small eigenvector
// is tried from below the square root of u up to where the Cholesky factor is accurate.
TEMPLATE_TEST_CASE("Gaussian: samples along an eigenvector have its eigenvalue", "", float,
                   double) {
  using Vector = Eigen::VectorX<TestType>;
  using Matrix = Eigen::MatrixX<TestType>;
  const double u = double{std::numeric_limits<TestType>::epsilon()} / 2;
  for (const Index d : {2, 3, 30}) {
    const Matrix basis = test::rotation(d).cast<TestType>();
    for (double deviation = 0.1; deviation > 20 * u; deviation *= 0.6) {
      CAPTURE(d, deviation);
      Vector lambda = Vector::LinSpaced(d, TestType(0.3), 1);
      lambda(0) = static_cast<TestType>(deviation * deviation);
      const Gaussian gaussian(Vector::Constant(d, TestType(-0.5)).eval(),
                              DenseCovariance<TestType>::from_spectrum(basis, lambda));
      const Matrix unit = Matrix::Identity(d, d);
      const Matrix root = gaussian.transform(unit).colwise() - gaussian.mean();
      const MatrixXd modes =
          basis.template cast<double>().transpose() * root.template cast<double>();
      for (Index k = 0; k < d; ++k) {
        const double exact = std::sqrt(double{lambda(k)});
        CHECK(std::abs(modes.row(k).norm() - exact) < 0.01 * exact + 4 * u);
      }
    }
  }
}

// Would catch a root that is accurate only on the scale of the largest coordinate.
TEST_CASE("Gaussian: the root keeps units 12 decades apart") {
  const Eigen::Vector3d units(1e-6, 1, 1e6);
  const Eigen::Matrix3d correlation{{1, 0.6, -0.3}, {0.6, 1, 0.2}, {-0.3, 0.2, 1}};
  const Eigen::Matrix3d matrix = units.asDiagonal() * correlation * units.asDiagonal();
  const Gaussian gaussian(Eigen::Vector3d(0, 0, 0), matrix);
  const Eigen::Matrix3d root = gaussian.transform(Eigen::Matrix3d::Identity());
  const Eigen::Matrix3d scaled = units.cwiseInverse().asDiagonal() * root;
  CHECK(test::relative_error(scaled * scaled.transpose(), correlation) < 1e-13);
}

// Would catch samples by rows, and a first sample that shifts the noise by 1 instead of d.
TEST_CASE("Gaussian: sample j takes its noise from j d on, however the range is split") {
  const Gaussian gaussian(mean, sigma);
  const NoiseStream noise(7);
  const auto all = gaussian.sample(noise, 100);
  STATIC_REQUIRE(decltype(all)::RowsAtCompileTime == 2);
  for (const Index j : {0, 1, 99}) {
    const auto index = static_cast<std::uint64_t>(2 * j);
    const Vector2d normals(noise(index), noise(index + 1));
    CHECK(test::relative_error(all.col(j), gaussian.transform(normals)) < 1e-15);
  }
  for (const Index split : {1, 2, 37, 99}) {
    const auto first = gaussian.sample(noise, split);
    const auto second = gaussian.sample(noise, 100 - split, split);
    CHECK(test::relative_error(first, all.leftCols(split)) < 1e-15);
    CHECK(test::relative_error(second, all.rightCols(100 - split)) < 1e-15);
  }
  CHECK(gaussian.sample(noise, 0).rows() == 2);
  CHECK(gaussian.sample(noise, 0).cols() == 0);
  CHECK(gaussian.sample(test::UnitNoise<>::silence(), 3) == mean.replicate(1, 3));
}

// Would catch a stripe of rows of the root, or a tile of columns, that is left out or done twice.
TEST_CASE("Gaussian: the roots of a large covariance, and many samples of it") {
  const Index d = 150;
  const MatrixXd large = MatrixXd::NullaryExpr(d, d, [](Index i, Index j) {
    return 9 * std::pow(0.9, std::abs(static_cast<double>(i - j))) + (i == j ? 0.5 : 0.0);
  });
  const Gaussian gaussian(VectorXd::Zero(d), large);
  const MatrixXd root = gaussian.transform(MatrixXd::Identity(d, d));
  CHECK(test::relative_error(root * root.transpose(), large) < 1e-14);
  const NoiseStream noise(3);
  MatrixXd normals(d, 2000);
  noise.fill(normals, static_cast<std::uint64_t>(5 * d));
  CHECK(test::relative_error(gaussian.sample(noise, 2000, 5), root * normals) < 1e-14);
}

// Would catch a mean or point of another size that is cut, and a count that wraps around.
TEST_CASE("Gaussian: says what is wrong") {
  const Gaussian<double> gaussian(mean, sigma);
  const NoiseStream noise(1);
  CHECK(complaint([] { (void)Gaussian<double>(VectorXd::Zero(3), sigma); }) ==
        "invalid_argument: alphabar::Gaussian: the size of mean must be 2, got 3");
  CHECK(complaint([] { (void)Gaussian<double, 2>(VectorXd::Zero(3), sigma); }) ==
        "invalid_argument: alphabar::Gaussian: the size of mean must be 2, got 3");
  CHECK(complaint([] { (void)Gaussian<double, 2>(mean, MatrixXd::Identity(3, 3)); }) ==
        "invalid_argument: alphabar::DenseCovariance: matrix.rows() must be 2, got 3");
  CHECK(complaint([] { (void)Gaussian(Vector2d(0, std::nan("")), sigma); }) ==
        "invalid_argument: alphabar::Gaussian: mean[1] must be finite, got nan");
  CHECK(complaint([&] { (void)gaussian.log_density(VectorXd::Zero(3)); }) ==
        "invalid_argument: alphabar::Gaussian::log_density: the size of x must be 2, got 3");
  CHECK(complaint([&] { (void)gaussian.transform(MatrixXd::Zero(3, 2)); }) ==
        "invalid_argument: alphabar::Gaussian::transform: z.rows() must be 2, got 3");
  CHECK(complaint([&] { (void)Gaussian(mean, sigma).log_density(VectorXd::Zero(3)); }) ==
        "invalid_argument: alphabar::Gaussian::log_density: the size of x must be 2, got 3");
  CHECK(complaint([&] { (void)gaussian.sample(noise, -1); }) ==
        "invalid_argument: alphabar::Gaussian::sample: count must be >= 0, got -1");
  CHECK(complaint([&] { (void)gaussian.sample(noise, 1, -3); }) ==
        "invalid_argument: alphabar::Gaussian::sample: first_sample must be >= 0, got -3");
}

}  // namespace gaussian_test
