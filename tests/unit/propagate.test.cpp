// SPDX-License-Identifier: MIT
#include "alphabar/covariance/propagate.hpp"

#include <Eigen/Core>
#include <type_traits>
#include <utility>

#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"
#include "support/ulp.hpp"

namespace {

using namespace alphabar;
using Eigen::Matrix2d;
using Eigen::MatrixXd;
using test::complaint;

const TransitionKernel<> kernel(0.25, 0.75);
const Matrix2d sigma{{4, 1.5}, {1.5, 1}};
const Matrix2d expected{{1.75, 0.375}, {0.375, 1}};  // every step of it is exact

#ifdef ALPHABAR_TEST_QUAD
// Would catch 1 + A(λ − 1) for Aλ + B, and a B that misses the diagonal.
TEMPLATE_TEST_CASE("propagate: each entry is within 2 ulp", "", float, double) {
  using Matrix = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic>;
  const Matrix before =
      test::with_spectrum(Eigen::VectorXd{{0, 1e-6, 0.01, 1, 100, 1e6}}).template cast<TestType>();
  const NoiseSchedule<TestType> schedule = linear_schedule<TestType>();
  test::Worst worst;
  for (const Index t : {1, 2, 10, 100, 333, 500, 900, 1000}) {
    const TransitionKernel<TestType> from_data = schedule.transition(0, t);
    const Matrix after = propagate(from_data, before);
    for (Index k = 0; k < before.size(); ++k) {
      const bool diagonal = k % 7 == 0;
      const test::Quad exact = test::Quad{from_data.signal_power()} * before(k) +
                               (diagonal ? test::Quad{from_data.noise_variance()} : test::Quad{0});
      worst.see(test::ulps(after(k), exact), t, k);
    }
  }
  INFO("worst entry " << worst.s << " at t = " << worst.t);
  CHECK(worst.ulps <= 2);
}
#endif

// Would catch an out that is not resized, or that is read after it has been written.
TEST_CASE("propagate: writes into any matrix that the caller owns") {
  MatrixXd resized(5, 3);
  propagate(kernel, sigma, resized);
  CHECK(resized == expected);

  Matrix2d in_place = sigma;
  propagate(kernel, in_place, in_place);
  CHECK(in_place == expected);

  double numbers[4] = {};
  propagate(kernel, sigma, Eigen::Map<Matrix2d>(numbers));
  CHECK(Eigen::Map<Matrix2d>(numbers) == expected);

  MatrixXd large = MatrixXd::Constant(4, 4, -1);
  propagate(kernel, sigma, large.block(1, 1, 2, 2));
  CHECK(large.block(1, 1, 2, 2) == expected);
  CHECK(large.sum() == expected.sum() - 12);  // nothing else was written

  MatrixXd dynamic = sigma;
  Eigen::Ref<MatrixXd> reference = dynamic;
  propagate(kernel, reference, reference);
  CHECK(dynamic == expected);

  Eigen::Matrix<double, 2, 2, Eigen::RowMajor> row_major;
  propagate(kernel, sigma, row_major);
  CHECK(row_major == expected);
}

// Would catch an expression that is evaluated after what it refers to has changed.
TEST_CASE("propagate: takes expressions") {
  const MatrixXd dynamic = sigma;
  CHECK(propagate(kernel, sigma) == expected);
  CHECK(propagate(kernel, dynamic) == expected);
  CHECK(propagate(kernel, sigma / 2 + sigma / 2) == expected);
  CHECK(propagate(kernel, dynamic.topLeftCorner<2, 2>()) == expected);
  CHECK(propagate(kernel, Eigen::Map<const Matrix2d>(sigma.data())) == expected);
  CHECK(propagate(kernel, sigma * Matrix2d::Identity()) == expected);
  CHECK(propagate(kernel, 2 * Matrix2d::Identity()) == 1.25 * Matrix2d::Identity());
  STATIC_REQUIRE(std::is_same_v<decltype(propagate(kernel, sigma + sigma)), Matrix2d>);
  STATIC_REQUIRE(std::is_same_v<decltype(propagate(kernel, dynamic)), MatrixXd>);
}

// Would catch an Eigen assertion, which NDEBUG turns into a write out of bounds.
TEST_CASE("propagate: says which size is wrong") {
  CHECK(complaint([] { (void)propagate(kernel, MatrixXd::Zero(2, 3)); }) ==
        "invalid_argument: alphabar::propagate: sigma.cols() must have size 2, got 3");
  Eigen::Matrix3d three = Eigen::Matrix3d::Zero();
  CHECK(complaint([&] { propagate(kernel, MatrixXd(sigma), three); }) ==
        "invalid_argument: alphabar::propagate: out.rows() must have size 2, got 3");
  CHECK(complaint([&] { propagate(kernel, sigma, three.leftCols(3).topRows(2)); }) ==
        "invalid_argument: alphabar::propagate: out.cols() must have size 2, got 3");
  Eigen::Ref<Eigen::Matrix3d> reference = three;
  CHECK_THROWS_AS(propagate(kernel, MatrixXd(sigma), reference), std::invalid_argument);
  CHECK(three == Eigen::Matrix3d::Zero());
}

// Would catch a structure that is taken for a matrix, or one that loses its type.
TEST_CASE("propagate: a structure stays what it is") {
  const auto dense = propagate(kernel, DenseCovariance(sigma));
  const auto diagonal = propagate(kernel, DiagonalCovariance(Eigen::Vector2d(4, 1)));
  STATIC_REQUIRE(std::is_same_v<decltype(dense), const DenseCovariance<double, 2>>);
  STATIC_REQUIRE(std::is_same_v<decltype(diagonal), const DiagonalCovariance<double, 2>>);
  CHECK(dense.matrix() == expected);
  CHECK(diagonal.eigenvalues() == Eigen::Vector2d(1.75, 1));
  CHECK(propagate(TransitionKernel<>(0, 1), dense).matrix() == Matrix2d::Identity());
}

template <class Kernel, class Sigma, class... Out>
concept Propagates = requires(Kernel k, Sigma s, Out... out) {
  propagate(k, s, out...);
};

// Would catch a double kernel that silently rounds to a float matrix.
TEST_CASE("propagate: refuses another scalar") {
  STATIC_REQUIRE(Propagates<TransitionKernel<float>, Eigen::Matrix2f>);
  STATIC_REQUIRE(Propagates<TransitionKernel<double>, Matrix2d, MatrixXd>);
  STATIC_REQUIRE_FALSE(Propagates<TransitionKernel<double>, Eigen::Matrix2f>);
  STATIC_REQUIRE_FALSE(Propagates<TransitionKernel<double>, Eigen::Matrix2f, Eigen::Matrix2f>);
  STATIC_REQUIRE_FALSE(Propagates<TransitionKernel<float>, DenseCovariance<double>>);
}

}  // namespace
