// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <type_traits>
#include <utility>

#include "alphabar/alphabar.hpp"
#include "support/catch.hpp"

/// Code without template arguments must compile and have the expected types. Most checks are done
/// by the compiler.
namespace class_template_argument_deduction_test {

using namespace alphabar;
using Eigen::Matrix2d;
using Eigen::Matrix3d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::Vector3d;
using Eigen::VectorXd;
using std::is_same_v;

const Vector3d v3(1, -2, 3);
const VectorXd v = v3;
const Matrix3d m3 = Matrix3d::Identity();
const MatrixXd m = m3;

// Would catch a mean or matrix, plain or not, from which nothing or something else is deduced: the
// implicit guides of plain matrices differ from those of expressions.
TEST_CASE("Gaussian: the type follows from mean and covariance") {
  using Fixed = Gaussian<double, 3>;
  using Dynamic = Gaussian<double>;
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(v3, m3)), Fixed>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian{v3, m3}), Fixed>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(v3, m)), Fixed>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(v, m)), Dynamic>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(v, m3)), Dynamic>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(v3 + v3, 2 * m3)), Fixed>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(v.head<3>(), m + m)), Fixed>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(v.head(3), m)), Dynamic>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(m3.col(0), m3)), Fixed>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(Vector3d::Zero(), Matrix3d::Identity())), Fixed>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(m.col(0), m * m.transpose())), Dynamic>);
  STATIC_REQUIRE(
      is_same_v<decltype(Gaussian(Eigen::Map<const VectorXd>(v.data(), 3), m)), Dynamic>);
  STATIC_REQUIRE(
      is_same_v<decltype(Gaussian(std::declval<Eigen::Ref<const VectorXd>>(), m)), Dynamic>);
  STATIC_REQUIRE(
      is_same_v<decltype(Gaussian(v3.cast<float>(), m3.cast<float>())), Gaussian<float, 3>>);

  const DenseCovariance dense(Matrix2d{{4, 1.5}, {1.5, 1}});
  const DiagonalCovariance diagonal(Vector2d(4, 1));
  const Vector2d mean(1, -2);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(mean, dense)), Gaussian<double, 2>>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(v.head(2), dense)), Gaussian<double, 2>>);
  using Diagonal = Gaussian<double, 2, DiagonalCovariance<double, 2>>;
  STATIC_REQUIRE(is_same_v<decltype(Gaussian(mean, diagonal)), Diagonal>);
  STATIC_REQUIRE(is_same_v<decltype(Gaussian{mean + mean, diagonal}), Diagonal>);
}

// Would catch an expression that is evaluated after its operands have been destroyed, or twice.
TEST_CASE("Gaussian: is the same from plain matrices and from expressions") {
  const MatrixXd sigma{{4, 1.5}, {1.5, 1}};
  const VectorXd mean{{1, -2}};
  const Gaussian plain(mean, sigma);
  const Gaussian from_sums(mean / 2 + mean / 2, sigma / 2 + sigma / 2);
  const Gaussian from_temporaries(VectorXd(2 * mean) - mean, MatrixXd(2 * sigma) - sigma);
  const Gaussian from_product(mean, sigma * MatrixXd::Identity(2, 2));
  const Gaussian from_blocks(mean.head<2>(), sigma.topLeftCorner<2, 2>());
  CHECK(from_sums.mean() == mean);
  CHECK(from_sums.covariance().matrix() == sigma);
  CHECK(from_temporaries.mean() == mean);
  CHECK(from_temporaries.covariance().matrix() == sigma);
  CHECK(from_product.covariance().matrix() == sigma);
  CHECK(from_blocks.covariance().matrix() == sigma);

  MatrixXd points(2, 3);
  points << 1, 2, 3, 4, 5, 6;
  CHECK(plain.log_density(points.col(1)) == plain.log_density(VectorXd(points.col(1))));
  CHECK(plain.log_density(mean + mean) == plain.log_density(VectorXd(2 * mean)));
  CHECK(from_blocks.log_density(points.col(1)) == plain.log_density(points.col(1)));
  CHECK(plain.transform(points.leftCols(2)) == plain.transform(MatrixXd(points.leftCols(2))));
}

// Would catch a result that is an expression of destroyed objects: all are plain objects.
TEST_CASE("Everything returned is a value, or refers to an object that still exists") {
  using Fixed = Gaussian<double, 3>;
  STATIC_REQUIRE(is_same_v<decltype(std::declval<Fixed>().mean()), Vector3d>);
  STATIC_REQUIRE(
      is_same_v<decltype(std::declval<Fixed>().covariance()), DenseCovariance<double, 3>>);
  STATIC_REQUIRE(is_same_v<decltype(std::declval<const Fixed&>().mean()), const Vector3d&>);
  STATIC_REQUIRE(is_same_v<decltype(std::declval<const Fixed&>().transform(v3 + v3)), Vector3d>);
  STATIC_REQUIRE(is_same_v<decltype(std::declval<const Fixed&>().transform(m)), MatrixXd>);
  STATIC_REQUIRE(is_same_v<decltype(std::declval<const Fixed&>().sample(NoiseStream(1), 4)),
                           Eigen::Matrix3Xd>);
  STATIC_REQUIRE(is_same_v<decltype(std::declval<Moments<double, 3>>().mean()), Vector3d>);
  STATIC_REQUIRE(is_same_v<decltype(std::declval<Moments<>>().gaussian()), Gaussian<double>>);
  const auto& mean = Gaussian(Vector2d(1, -2), Matrix2d{{4, 1.5}, {1.5, 1}}).mean();
  const auto& matrix =
      Gaussian(Vector2d(1, -2), Matrix2d{{4, 1.5}, {1.5, 1}}).covariance().matrix();
  CHECK(mean == Vector2d(1, -2));
  CHECK(matrix(0, 0) == 4);
  using Colored =
      ForwardDiffusion<double, 3, DenseCovariance<double, 3>, DiagonalCovariance<double, 3>>;
  STATIC_REQUIRE(is_same_v<decltype(std::declval<Colored>().prior()), Fixed>);
  STATIC_REQUIRE(is_same_v<decltype(std::declval<Colored>().schedule()), NoiseSchedule<double>>);
  STATIC_REQUIRE(is_same_v<decltype(std::declval<Colored>().noise_covariance()),
                           DiagonalCovariance<double, 3>>);
  STATIC_REQUIRE(is_same_v<decltype(std::declval<Colored>().whitened()), Colored::Whitened>);
  using Reverse =
      ReverseDiffusion<double, 3, DenseCovariance<double, 3>, DiagonalCovariance<double, 3>>;
  STATIC_REQUIRE(is_same_v<decltype(std::declval<Reverse>().forward()), Colored>);
  using Noise = ColoredNoise<DiagonalCovariance<double, 3>, NoiseStream<double>>;
  STATIC_REQUIRE(
      is_same_v<decltype(std::declval<Noise>().covariance()), DiagonalCovariance<double, 3>>);
}

template <class G, class X>
concept HasDensityAt = requires(const G& gaussian, const X& x) {
  gaussian.log_density(x);
};
template <class G, class Z>
concept Transforms = requires(const G& gaussian, const Z& z) {
  gaussian.transform(z);
};
template <class M, class Batch>
concept Adds = requires(M moments, const Batch& batch) {
  moments.add(batch);
};

// Would catch what is ambiguous or meaningless and compiles: another size, another Scalar, a batch
// where a point is meant.
TEST_CASE("Arguments of wrong types do not compile") {
  using Fixed = Gaussian<double, 3>;
  STATIC_REQUIRE(std::is_constructible_v<Fixed, Vector3d, Matrix3d>);
  STATIC_REQUIRE(std::is_constructible_v<Fixed, VectorXd, MatrixXd>);  // checked at run time
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Fixed, Vector2d, Matrix3d>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Fixed, Vector3d, Matrix2d>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Fixed, Eigen::Vector3f, Matrix3d>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Fixed, Vector3d, Eigen::Matrix3f>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Fixed, Eigen::Matrix<double, 3, 2>, Matrix3d>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<Fixed, Vector3d, DiagonalCovariance<double, 3>>);

  STATIC_REQUIRE(HasDensityAt<Fixed, Vector3d>);
  STATIC_REQUIRE(HasDensityAt<Fixed, VectorXd>);
  STATIC_REQUIRE_FALSE(HasDensityAt<Fixed, Vector2d>);
  STATIC_REQUIRE_FALSE(HasDensityAt<Fixed, Eigen::Vector3f>);
  STATIC_REQUIRE_FALSE(HasDensityAt<Fixed, Matrix3d>);
  STATIC_REQUIRE_FALSE(HasDensityAt<Fixed, MatrixXd>);
  STATIC_REQUIRE(Transforms<Fixed, MatrixXd>);
  STATIC_REQUIRE_FALSE(Transforms<Fixed, Matrix2d>);
  STATIC_REQUIRE_FALSE(Transforms<Fixed, Eigen::Matrix3Xf>);

  STATIC_REQUIRE(Adds<Moments<double, 3>, MatrixXd>);
  STATIC_REQUIRE(Adds<Moments<float>, Eigen::MatrixXf>);
  STATIC_REQUIRE_FALSE(Adds<Moments<double, 3>, Eigen::Matrix2Xd>);
  STATIC_REQUIRE_FALSE(Adds<Moments<double>, Eigen::MatrixXf>);

  const auto with_noise = [](const auto& gaussian, const auto& noise) {
    return requires { gaussian.sample(noise, 1); };
  };
  const Gaussian<double> gaussian(v, m);
  CHECK(with_noise(gaussian, NoiseStream<double>(1)));
  CHECK_FALSE(with_noise(gaussian, NoiseStream<float>(1)));
}

}  // namespace class_template_argument_deduction_test
