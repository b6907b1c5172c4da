// SPDX-License-Identifier: MIT
#include "alphabar/covariance/dense.hpp"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/low_rank.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"
#include "support/special_values.hpp"

namespace covariance_test {

using namespace alphabar;
using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using test::complaint;
using test::infinity;
using test::nan;

/// In every basis: two eigenvalues alike, one small, one large, one 0.
const VectorXd spectrum{{0, 0.01, 1, 1, 100}};

// Would catch a matrix that is no covariance but is taken for one, and a message without the value.
TEST_CASE("DenseCovariance: says what is wrong with a matrix") {
  const auto of = [](const auto& matrix) {
    return complaint([&] { (void)DenseCovariance<>(matrix); });
  };
  CHECK(of(MatrixXd(0, 0)) ==
        "invalid_argument: alphabar::DenseCovariance: matrix.rows() must be >= 1, got 0");
  CHECK(of(MatrixXd::Zero(2, 3)) ==
        "invalid_argument: alphabar::DenseCovariance: matrix.cols() must be 2, got 3");
  CHECK(
      of(Matrix2d{{4, 1.5}, {1, 1}}) ==
      "invalid_argument: alphabar::DenseCovariance: matrix(1, 0) must equal its mirror image 1.5, "
      "got 1");
  CHECK(of(Matrix2d{{4, 1.5}, {nan, 1}}) ==
        "invalid_argument: alphabar::DenseCovariance: matrix(1, 0) must be finite, got nan");
  CHECK(of(Matrix2d{{4, 1.5}, {1.5, infinity}}) ==
        "invalid_argument: alphabar::DenseCovariance: matrix(1, 1) must be finite, got inf");
  CHECK(of(Matrix2d{{-0.25, 0}, {0, 1}}) ==
        "invalid_argument: alphabar::DenseCovariance: the smallest eigenvalue must be >= 0: the "
        "matrix is not positive semidefinite, got -0.25");
  CHECK(of(MatrixXd::Constant(2, 2, 1e308)) ==
        "invalid_argument: alphabar::DenseCovariance: the largest eigenvalue must be finite, got "
        "inf");
  CHECK(of(MatrixXd::Constant(2, 2, 8e307)) == "nothing");
  CHECK(of(Matrix2d(-Matrix2d::Identity())) ==
        "invalid_argument: alphabar::DenseCovariance: the smallest eigenvalue must be >= 0: the "
        "matrix is not positive semidefinite, got -1");
}

// Would catch an Eigen assertion, or with NDEBUG a silent cut, where a size known to the compiler
// meets one that is not.
TEST_CASE("DenseCovariance: a fixed size and a matrix of another") {
  CHECK(complaint([] { (void)DenseCovariance<double, 3>(MatrixXd::Identity(4, 4)); }) ==
        "invalid_argument: alphabar::DenseCovariance: matrix.rows() must be 3, got 4");
  CHECK(complaint([] { (void)DenseCovariance<double, 3>(MatrixXd::Zero(3, 4)); }) ==
        "invalid_argument: alphabar::DenseCovariance: matrix.cols() must be 3, got 4");
  STATIC_REQUIRE_FALSE(std::is_constructible_v<DenseCovariance<double, 3>, Matrix2d>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<DenseCovariance<double>, Eigen::MatrixXf>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Matrix2d, DenseCovariance<double, 2>>);
}

// Would catch a class template argument that is deduced wrongly, or not at all.
TEST_CASE("DenseCovariance: deduces its type from matrices and expressions") {
  const Matrix2d fixed = Matrix2d::Identity();
  const MatrixXd dynamic = MatrixXd::Identity(3, 3);
  const DenseCovariance from_fixed(fixed);
  const DenseCovariance from_dynamic(dynamic);
  const DenseCovariance from_sum(fixed + fixed);
  const DenseCovariance from_block(dynamic.topLeftCorner<2, 2>());
  const DenseCovariance from_map(Eigen::Map<const Matrix2d>(fixed.data()));
  const DenseCovariance from_diagonal(Vector2d(1, 2).asDiagonal().toDenseMatrix().cast<float>());
  STATIC_REQUIRE(std::is_same_v<decltype(from_fixed), const DenseCovariance<double, 2>>);
  STATIC_REQUIRE(std::is_same_v<decltype(from_dynamic), const DenseCovariance<double>>);
  STATIC_REQUIRE(std::is_same_v<decltype(from_sum), const DenseCovariance<double, 2>>);
  STATIC_REQUIRE(std::is_same_v<decltype(from_block), const DenseCovariance<double, 2>>);
  STATIC_REQUIRE(std::is_same_v<decltype(from_map), const DenseCovariance<double, 2>>);
  STATIC_REQUIRE(std::is_same_v<decltype(from_diagonal), const DenseCovariance<float, 2>>);
  CHECK(from_sum.matrix() == 2 * fixed);
  CHECK(from_block.matrix() == fixed);
}

// Would catch eigenvectors by rows, eigenvalues in another order than they, and a matrix that is
// put together anew instead of kept.
TEMPLATE_TEST_CASE("DenseCovariance: the matrix as given, and its spectrum", "", float, double) {
  const auto matrix = test::with_spectrum(spectrum).cast<TestType>().eval();
  const DenseCovariance covariance(matrix);
  const double unit = std::numeric_limits<TestType>::epsilon();
  CHECK(covariance.dimension() == 5);
  CHECK(covariance.matrix() == matrix);
  CHECK(test::relative_error(covariance.eigenvalues(), spectrum) < 10 * unit);
  const auto& basis = covariance.eigenvectors();
  const auto rebuilt = (basis * covariance.eigenvalues().asDiagonal() * basis.transpose()).eval();
  CHECK(test::relative_error(rebuilt, matrix) < 10 * unit);
  CHECK(test::relative_error(basis.transpose() * basis, MatrixXd::Identity(5, 5)) < 10 * unit);
}

// Would catch a float matrix whose small eigenvalues drown in the rounding of the large ones.
TEST_CASE("DenseCovariance: a float matrix is factored in double") {
  const Eigen::MatrixXf matrix = test::autoregressive(8, 0.95).cast<float>();
  const DenseCovariance single(matrix);
  const DenseCovariance exact(matrix.cast<double>().eval());
  for (Index i = 0; i < 8; ++i) {
    CHECK_THAT(double{single.eigenvalues()(i)}, WithinRel(exact.eigenvalues()(i), 0x1p-23));
  }
}

// Would catch an eigenvalue of 1e-15 that passes for a variance, and one of 0 that has no
// logarithm.
TEMPLATE_TEST_CASE("DenseCovariance: rank, trace and determinant", "", float, double) {
  using Matrix = Eigen::Matrix<TestType, 2, 2>;
  const DenseCovariance regular(Matrix{{4, 1.5}, {1.5, 1}});
  CHECK(regular.rank() == 2);
  CHECK_THAT(double(regular.log_determinant()), WithinRel(std::log(1.75), 1e-6));
  CHECK_THAT(double(regular.trace([](TestType lambda) { return lambda; })), WithinRel(5, 1e-6));
  CHECK(regular.trace([](TestType) { return TestType(1); }) == 2);

  const DenseCovariance singular(test::with_spectrum(spectrum).cast<TestType>().eval());
  CHECK(singular.rank() == 4);
  CHECK(singular.eigenvalues()(0) == 0);
  CHECK(singular.log_determinant() == -std::numeric_limits<TestType>::infinity());

  const DenseCovariance point(Matrix::Zero().eval());
  CHECK(point.rank() == 0);
  CHECK(point.log_determinant() == -std::numeric_limits<TestType>::infinity());
}

// The one tolerance: would catch a factor that is forgotten, and units that decide what is
// singular.
TEMPLATE_TEST_CASE("DenseCovariance: what depends on other coordinates within c d u is singular",
                   "", float, double) {
  using Matrix = Eigen::Matrix<TestType, 3, 3>;
  using Vector = Eigen::Matrix<TestType, 3, 1>;
  const TestType c = std::is_same_v<TestType, double> ? 64 : 4;
  const TestType tolerance = c * 3 * std::numeric_limits<TestType>::epsilon() / 2;
  const Vector scales[] = {{1, 1, 1}, {0x1p15F, 0x1p-15F, 1}, {1, 0x1p15F, 0x1p-15F}};
  for (const Vector& units : scales) {
    CAPTURE(units.transpose());
    const auto given_others = [&](TestType variance) {
      const TestType r = 1 - variance / 2;  // 1 − r² is the variance
      const Matrix correlation{{1, r, 0}, {r, 1, 0}, {0, 0, 1}};
      return DenseCovariance(Matrix(units.asDiagonal() * correlation * units.asDiagonal()));
    };
    CHECK(given_others(tolerance * TestType(1.25)).rank() == 3);
    CHECK(given_others(tolerance * TestType(0.75)).rank() == 2);
    CHECK(given_others(0).eigenvalues()(0) == 0);
    CHECK(given_others(-tolerance / 2).rank() == 2);
    CHECK_THROWS_AS(given_others(-8 * tolerance), std::invalid_argument);
  }
}

// Would catch a variance that rounding made negative and that is refused, or kept.
TEMPLATE_TEST_CASE("DenseCovariance: a variance within c d u below 0 is 0", "", float, double) {
  using Matrix = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = Eigen::Matrix<TestType, Eigen::Dynamic, 1>;
  const TestType c = std::is_same_v<TestType, double> ? 64 : 4;
  const TestType tolerance = c * 3 * std::numeric_limits<TestType>::epsilon() / 2;
  const auto with_smallest = [](TestType lambda) {
    return DenseCovariance(Matrix(Vector{{8, lambda, 1}}.asDiagonal()));
  };
  CHECK(with_smallest(-8 * tolerance * TestType(0.99)).rank() == 2);
  CHECK(with_smallest(-8 * tolerance * TestType(0.99)).eigenvalues()(0) == 0);
  CHECK_THROWS_AS(with_smallest(-8 * tolerance * TestType(1.01)), std::invalid_argument);
}

// Would catch eigenvalues that are lost in the rounding of the largest one, in any order of the
// coordinates.
TEMPLATE_TEST_CASE("DenseCovariance: small eigenvalues beside large ones", "", float, double) {
  using Vector = Eigen::Matrix<TestType, 3, 1>;
  using Matrix = Eigen::Matrix<TestType, 3, 3>;
  const Vector expected(TestType(0.01), 1, TestType(1e14));
  for (const Vector& variances :
       {Vector(expected(2), 1, expected(0)), expected, Vector(1, expected(2), expected(0))}) {
    const DenseCovariance sigma(Matrix(variances.asDiagonal()));
    for (Index k = 0; k < 3; ++k) {
      const double unit = std::numeric_limits<TestType>::epsilon();
      CHECK_THAT(double{sigma.eigenvalues()(k)}, WithinRel(double{expected(k)}, 2 * unit));
    }
    CHECK(sigma.rank() == 3);
  }
}

// Would catch eigenvalues or eigenvectors that are exact on the scale of the largest one only: the
// determinant of DCD is that of C times Π D², and |(DCD)^−½ D x| = |C^−½ x|.
TEST_CASE("DenseCovariance: units that are 16 decades apart") {
  for (const Index d : {2, 5, 12}) {
    const MatrixXd base = test::autoregressive(d, 0.5) + 0.3 * MatrixXd::Ones(d, d);
    const VectorXd x = test::rotation(d, 3).col(0) * 2;
    const DenseCovariance<double> plain(base);
    const double distance = plain.apply([](double l) { return 1 / std::sqrt(l); }, x).norm();
    for (const int step : {1, 3, 7}) {
      const VectorXd units = VectorXd::NullaryExpr(d, [=](Index k) {
        return std::pow(10,
                        -8 + 16 * static_cast<double>(k * step % d) / static_cast<double>(d - 1));
      });
      CAPTURE(d, step);
      const DenseCovariance<double> sigma(MatrixXd(units.asDiagonal() * base * units.asDiagonal()));
      REQUIRE(sigma.rank() == d);
      CHECK(std::abs(sigma.log_determinant() - plain.log_determinant() -
                     2 * units.array().log().sum()) < 1e-12);
      const VectorXd whitened =
          sigma.apply([](double l) { return 1 / std::sqrt(l); }, units.cwiseProduct(x).eval());
      CHECK_THAT(whitened.norm(), WithinRel(distance, 1e-12));
      const auto& basis = sigma.eigenvectors();
      CHECK(test::relative_error(basis.transpose() * basis, MatrixXd::Identity(d, d)) < 1e-14);
    }
  }
}

// Would catch a dependence that large units hide, and a basis that is not completed.
TEST_CASE("DenseCovariance: singular in units far apart") {
  const MatrixXd causes = test::rotation(6, 4).leftCols(3);
  const VectorXd units{{1e7, 1, 1e-7, 1e3, 1e-3, 1e5}};
  const MatrixXd factor = units.asDiagonal() * causes;
  const DenseCovariance<double> sigma(MatrixXd(factor * factor.transpose()));
  CHECK(sigma.rank() == 3);
  CHECK(sigma.eigenvalues().head(3) == VectorXd::Zero(3));
  const auto& basis = sigma.eigenvectors();
  CHECK(test::relative_error(basis.transpose() * basis, MatrixXd::Identity(6, 6)) < 1e-14);
  const MatrixXd rebuilt = basis * sigma.eigenvalues().asDiagonal() * basis.transpose();
  const VectorXd scales = units.cwiseInverse();
  CHECK((scales.asDiagonal() * (rebuilt - sigma.matrix()) * scales.asDiagonal())
            .cwiseAbs()
            .maxCoeff() < 1e-14);
}

// Would catch a matrix that is no covariance on the scale of its small coordinates.
TEST_CASE("DenseCovariance: indefinite beside a large variance") {
  const Eigen::Matrix3d matrix{{1e14, 0, 0}, {0, 1, 2}, {0, 2, 1}};
  const std::string message = complaint([&] { (void)DenseCovariance(matrix); });
  CHECK(message.starts_with(
      "invalid_argument: alphabar::DenseCovariance: the smallest eigenvalue of the correlation "
      "matrix must be >= 0: the matrix is not positive semidefinite, got -"));
}

// Would catch a matrix that passes because its correlations are too large for a double.
TEST_CASE("DenseCovariance: indefinite by a correlation beyond the range of double") {
  const Eigen::Matrix3d matrix{{4, 0, 0}, {-1.5e254, 5e-299, 0}, {0, 0, 8e271}};
  CHECK(complaint([&] { (void)DenseCovariance(matrix); }).ends_with("definite, got -inf"));
}

// Would catch a spectrum of one half of the matrix in one place and of the other half in another,
// an eigenvalue that no part of the decomposition has set, a covariance with a coordinate that has
// no variance, and eigenvectors of NaN, from a length whose square underflows. Found by the fuzzer.
TEST_CASE("DenseCovariance: entries that are rounding beside a large variance") {
  const double v = 1.0410273767909543e-42;
  const Eigen::Matrix4d halves{{1.0410273762144756e-42, v, 1.7e-307, 0},
                               {1.0410225871965938e-42, v, 0, -3.5e-164},
                               {v, v, 0, 0},
                               {v, 1.2e-312, 0, 1e-19}};
  const Eigen::Matrix4d no_variance{
      {2.6e-308, 8e-320, -2, 0}, {5, 8e-320, 1.8e-307, 0}, {0, 4e-316, 8e298, 0}, {0, 0, 0, 1}};
  for (const Eigen::Matrix4d& matrix : {halves, no_variance}) {
    const DenseCovariance covariance(matrix);
    const Eigen::Vector4d eigenvalues = covariance.eigenvalues();
    CAPTURE(eigenvalues);
    const Eigen::Matrix4d& basis = covariance.eigenvectors();
    CHECK(test::relative_error(basis.transpose() * basis, Eigen::Matrix4d::Identity()) < 1e-14);
    CHECK(eigenvalues.allFinite());
    CHECK(eigenvalues.minCoeff() >= 0);
    CHECK(std::is_sorted(eigenvalues.begin(), eigenvalues.end()));
  }
}

// The same for two entries that should be one.
TEMPLATE_TEST_CASE("DenseCovariance: mirror images within c d u are alike", "", float, double) {
  using Matrix = Eigen::Matrix<TestType, 2, 2>;
  const TestType c = std::is_same_v<TestType, double> ? 64 : 4;
  const TestType tolerance = c * 2 * std::numeric_limits<TestType>::epsilon() / 2;
  const auto lopsided = [](TestType by) { return DenseCovariance(Matrix{{8, 1}, {1 + by, 8}}); };
  CHECK(lopsided(8 * tolerance * TestType(0.9)).rank() == 2);
  CHECK_THROWS_AS(lopsided(8 * tolerance * TestType(1.1)), std::invalid_argument);
}

// Would catch f(Σ) without its basis, an eigenvalue beside the wrong eigenvector, and a row-major
// batch or an expression that is read wrongly.
TEMPLATE_TEST_CASE("DenseCovariance: apply is f of the matrix", "", float, double) {
  using Matrix = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic>;
  using RowMajor = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Matrix matrix = test::with_spectrum(spectrum).cast<TestType>();
  const Matrix batch = test::rotation(5, 2).leftCols(3).cast<TestType>();
  const Matrix product = matrix * batch;
  const DenseCovariance covariance(matrix);
  const auto itself = [](TestType lambda) { return lambda; };
  const auto root = [](TestType lambda) { return std::sqrt(lambda); };
  const double bound = 10 * std::numeric_limits<TestType>::epsilon();
  const Matrix half = covariance.apply(root, batch);
  CHECK(test::relative_error(covariance.apply(itself, batch), product) < bound);
  CHECK(test::relative_error(covariance.apply(root, half), product) < bound);
  CHECK(test::relative_error(covariance.apply(itself, batch.col(1)), product.col(1)) < bound);
  CHECK(test::relative_error(covariance.apply(itself, RowMajor(batch)), product) < bound);
  CHECK(test::relative_error(covariance.apply(itself, batch + batch), 2 * product) < bound);
  CHECK(complaint([&] { (void)covariance.apply(itself, batch.topRows(4)); }) ==
        "invalid_argument: alphabar::DenseCovariance::apply: x.rows() must be 5, got 4");
}

// Would catch B added to every entry or to none, and a zero that stays a zero.
TEMPLATE_TEST_CASE("DenseCovariance: transformed is A Sigma + B I", "", float, double) {
  const auto matrix = test::with_spectrum(spectrum).cast<TestType>().eval();
  const DenseCovariance before(matrix);
  const DenseCovariance after = before.transformed(TestType(0.3), TestType(0.7));
  const auto identity = decltype(matrix)::Identity(5, 5);
  const double unit = std::numeric_limits<TestType>::epsilon();
  CHECK(test::relative_error(after.matrix(), TestType(0.3) * matrix + TestType(0.7) * identity) <
        unit);
  for (Index i = 0; i < 5; ++i) {
    const double expected = 0.3 * double(before.eigenvalues()(i)) + 0.7;
    CHECK_THAT(double(after.eigenvalues()(i)), WithinRel(expected, 2 * unit));
  }
  CHECK(after.rank() == 5);
  CHECK(before.rank() == 4);
  CHECK(&after.eigenvectors() == &before.eigenvectors());
  CHECK(before.transformed(0, 0).rank() == 0);
  CHECK(before.transformed(1, 0).matrix() == matrix);
}

// Would catch a spectrum that is taken from the matrix again, where 1e-30 is nothing beside 9, and
// what is no spectrum.
TEST_CASE("DenseCovariance: from its spectrum") {
  const MatrixXd basis = test::rotation(3);
  const VectorXd eigenvalues{{9, 1e-30, 2}};
  const auto sigma = DenseCovariance<double>::from_spectrum(basis, eigenvalues);
  CHECK(sigma.eigenvalues() == eigenvalues);
  CHECK(sigma.rank() == 3);
  CHECK(sigma.eigenvectors() == basis);
  const MatrixXd expected = basis * eigenvalues.asDiagonal() * basis.transpose();
  CHECK(test::relative_error(sigma.matrix(), expected) < 1e-15);
  CHECK(sigma.matrix() == sigma.matrix().transpose());
  using Dense = DenseCovariance<double>;
  CHECK(complaint([&] {
          (void)Dense::from_spectrum(basis, VectorXd{{1, 2}});
        }) ==
        "invalid_argument: alphabar::DenseCovariance::from_spectrum: the number of eigenvalues "
        "must be 3, "
        "got 2");
  CHECK(complaint([&] {
          (void)Dense::from_spectrum(basis, VectorXd{{1, -2, 0}});
        }) ==
        "invalid_argument: alphabar::DenseCovariance::from_spectrum: eigenvalues[1] must be finite "
        "and >= 0, got -2");
  CHECK(complaint([&] { (void)Dense::from_spectrum(MatrixXd::Ones(3, 3), eigenvalues); }) ==
        "invalid_argument: alphabar::DenseCovariance::from_spectrum: U must have columns of length "
        "1, squared, got 3");
  CHECK(complaint([&] { (void)Dense::from_spectrum(basis.leftCols(2), eigenvalues); }) ==
        "invalid_argument: alphabar::DenseCovariance::from_spectrum: U.cols() must be 3, "
        "got 2");
}

// Would catch a bound that does not grow with d, and one that is not looked at beside the diagonal.
TEST_CASE("DenseCovariance: columns within 16 (d + 4) u of orthonormal are orthonormal") {
  const double tolerance = 16 * 20 * 0x1p-53;
  const auto stretched = [](Index i, Index j, double by) {
    MatrixXd basis = MatrixXd::Identity(16, 16);
    basis(i, j) += by;
    return DenseCovariance<double>::from_spectrum(basis, VectorXd::Ones(16));
  };
  CHECK_NOTHROW(stretched(3, 3, 0.45 * tolerance));
  CHECK_THROWS_AS(stretched(3, 3, 0.55 * tolerance), std::invalid_argument);
  CHECK_NOTHROW(stretched(3, 9, 0.9 * tolerance));
  CHECK_THROWS_AS(stretched(3, 9, 1.1 * tolerance), std::invalid_argument);
  MatrixXd tall = MatrixXd::Identity(1536, 2);
  tall(0, 0) += 1536 * 0x1p-53;  // the length, squared, is off by 2 d u, as of Eigen's eigenvectors
  CHECK_NOTHROW(LowRankCovariance(tall, Vector2d(2, 1), 0.5));
}

// Would catch a bound below the rounding errors of Eigen, which has refused 9 in 10 of its bases of
// floats at d = 10, and one that takes a basis of lower precision.
TEMPLATE_TEST_CASE("DenseCovariance: takes the bases that Eigen computes", "", float, double) {
  using Matrix = Eigen::MatrixX<TestType>;
  const TestType off = std::is_same_v<TestType, float> ? TestType(1e-3) : TestType(1e-9);
  for (const Index d : {2, 3, 10}) {
    const Eigen::VectorX<TestType> eigenvalues = Eigen::VectorX<TestType>::LinSpaced(d, 1, 9);
    const auto of = [&](const Matrix& basis) {
      return complaint([&] { (void)DenseCovariance<TestType>::from_spectrum(basis, eigenvalues); });
    };
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      CAPTURE(d, seed);
      Matrix a(d, d);
      NoiseStream(seed).fill(a);
      const Matrix symmetric = a + a.transpose();
      Matrix basis = Eigen::SelfAdjointEigenSolver<Matrix>(symmetric).eigenvectors();
      CHECK(of(basis) == "nothing");
      CHECK(of(Eigen::JacobiSVD<Matrix>(a, Eigen::ComputeFullU).matrixU()) == "nothing");
      basis.col(0) *= 1 + off;
      CHECK(of(basis) != "nothing");
    }
  }
}

// Would catch a reference into an object that is gone.
TEST_CASE("DenseCovariance: a temporary gives its parts away by value") {
  using Temporary = DenseCovariance<double, 2>;
  STATIC_REQUIRE(std::is_same_v<decltype(std::declval<Temporary>().matrix()), Matrix2d>);
  STATIC_REQUIRE(std::is_same_v<decltype(std::declval<Temporary>().eigenvalues()), Vector2d>);
  STATIC_REQUIRE(std::is_same_v<decltype(std::declval<Temporary>().eigenvectors()), Matrix2d>);
  STATIC_REQUIRE(
      std::is_same_v<decltype(std::declval<const Temporary&>().matrix()), const Matrix2d&>);
  const auto& matrix = DenseCovariance(Matrix2d{{4, 1.5}, {1.5, 1}}).matrix();
  const auto& vectors = DenseCovariance(Matrix2d{{4, 0}, {0, 1}}).eigenvectors();
  CHECK(matrix(1, 0) == 1.5);
  CHECK(std::abs(vectors(0, 1)) == 1);
}

// Would catch a variance that is no variance but is taken for one.
TEST_CASE("DiagonalCovariance: says what is wrong with the variances") {
  const auto of = [](const auto& variances) {
    return complaint([&] { (void)DiagonalCovariance<>(variances); });
  };
  CHECK(of(VectorXd(0)) ==
        "invalid_argument: alphabar::DiagonalCovariance: the number of variances must be >= 1, "
        "got 0");
  CHECK(of(Vector2d(1, -0.5)) ==
        "invalid_argument: alphabar::DiagonalCovariance: variances[1] must be finite and >= 0, "
        "got -0.5");
  CHECK(of(Vector2d(nan, 1)) ==
        "invalid_argument: alphabar::DiagonalCovariance: variances[0] must be finite and >= 0, "
        "got nan");
  CHECK(of(Vector2d(1, infinity)) ==
        "invalid_argument: alphabar::DiagonalCovariance: variances[1] must be finite and >= 0, "
        "got inf");
  CHECK(complaint([] { (void)DiagonalCovariance<double, 3>(VectorXd::Ones(4)); }) ==
        "invalid_argument: alphabar::DiagonalCovariance: the number of variances must be 3, got 4");
  const DiagonalCovariance covariance(Vector2d(1, 2));
  CHECK(complaint([&] { (void)covariance.apply([](double x) { return x; }, VectorXd(3)); }) ==
        "invalid_argument: alphabar::DiagonalCovariance::apply: x.rows() must be 2, got 3");
  STATIC_REQUIRE_FALSE(std::is_constructible_v<DiagonalCovariance<double, 3>, Vector2d>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<DiagonalCovariance<double>, Eigen::VectorXf>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<DiagonalCovariance<double, 2>, Matrix2d>);
}

// Would catch a diagonal that is sorted like the eigenvalues of a dense matrix, and any formula
// that is another in the one than in the other.
TEMPLATE_TEST_CASE("DiagonalCovariance: agrees with the dense matrix", "", float, double) {
  using Vector = Eigen::Matrix<TestType, Eigen::Dynamic, 1>;
  using Matrix = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic>;
  const Vector variances{{9, 0, 0.25, 1}};
  const DiagonalCovariance diagonal(variances);
  const DenseCovariance dense(Matrix(variances.asDiagonal()));
  STATIC_REQUIRE(std::is_same_v<decltype(diagonal), const DiagonalCovariance<TestType>>);
  CHECK(diagonal.dimension() == 4);
  CHECK(diagonal.eigenvalues() == variances);
  CHECK(diagonal.matrix() == dense.matrix());
  CHECK(diagonal.rank() == 3);
  CHECK(diagonal.log_determinant() == -std::numeric_limits<TestType>::infinity());
  const auto root = [](TestType lambda) { return std::sqrt(lambda); };
  CHECK(diagonal.trace(root) == 4.5);
  const Matrix batch{{1, 2}, {3, 4}, {5, 6}, {7, 8}};
  CHECK(diagonal.apply(root, batch) == Matrix{{3, 6}, {0, 0}, {2.5, 3}, {7, 8}});
  CHECK(test::relative_error(dense.apply(root, batch), diagonal.apply(root, batch)) <
        4 * std::numeric_limits<TestType>::epsilon());

  const auto later = diagonal.transformed(TestType(0.5), TestType(0.25));
  CHECK(later.eigenvalues() == Vector{{4.75, 0.25, 0.375, 0.75}});
  CHECK(later.matrix() == dense.transformed(TestType(0.5), TestType(0.25)).matrix());
  CHECK_THAT(double(later.log_determinant()), WithinRel(-1.0966610685368479, 1e-6));
  const auto& kept = DiagonalCovariance(variances).eigenvalues();
  CHECK(kept == variances);
}

// Would catch an f that is applied to the matrix's entries, eigenvalues that lose their vectors,
// and a negative variance that is let through.
TEST_CASE("mapped: f(Sigma), in kind and in the same basis") {
  const auto f = [](double lambda) { return lambda / (2 * lambda + 1); };
  const DenseCovariance dense(test::with_spectrum(spectrum));
  const DenseCovariance mapped = dense.mapped(f);
  CHECK(test::relative_error(mapped.matrix(), test::with_spectrum(spectrum.unaryExpr(f))) < 1e-14);
  CHECK(mapped.matrix() == mapped.matrix().transpose());
  CHECK(mapped.eigenvalues() == dense.eigenvalues().unaryExpr(f));
  CHECK(&mapped.eigenvectors() == &dense.eigenvectors());
  CHECK(mapped.rank() == 4);
  const DiagonalCovariance diagonal(spectrum);
  CHECK(diagonal.mapped(f).eigenvalues() == spectrum.unaryExpr(f));

  const auto negative = [](double lambda) { return lambda - 1; };
  CHECK(complaint([&] { (void)dense.mapped(negative); }) ==
        "invalid_argument: alphabar::DenseCovariance::mapped: f(eigenvalues)[0] must be finite and "
        ">= 0, got -1");
  CHECK(
      complaint([&] { (void)diagonal.mapped([](double) { return infinity; }); }) ==
      "invalid_argument: alphabar::DiagonalCovariance::mapped: f(variances)[0] must be finite and "
      ">= 0, got inf");
}

}  // namespace covariance_test
