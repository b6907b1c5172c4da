// SPDX-License-Identifier: MIT
#include "alphabar/covariance/propagate.hpp"

#include <Eigen/Core>
#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "alphabar/covariance/dense.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"
#include "support/special_values.hpp"
#include "support/ulp.hpp"

namespace propagate_test {

using namespace alphabar;
using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::complaint;

const TransitionKernel<> kernel(0.25, 0.75);
const Matrix2d before{{4, 1.5}, {1.5, 1}};
const Matrix2d after{{1.75, 0.375}, {0.375, 1}};  // every step of it is exact

#ifdef ALPHABAR_TEST_QUAD
// Would catch 1 + A(λ − 1) for Aλ + B, and a B that misses the diagonal.
TEMPLATE_TEST_CASE("propagate: each entry is within 2 ulp", "", float, double) {
  using Matrix = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic>;
  const Matrix given =
      test::with_spectrum(Eigen::VectorXd{{0, 1e-6, 0.01, 1, 100, 1e6}}).template cast<TestType>();
  const NoiseSchedule<TestType> schedule = linear_schedule<TestType>();
  test::Worst worst;
  for (const Index t : {1, 2, 10, 100, 333, 500, 900, 1000}) {
    const TransitionKernel<TestType> from_data = schedule.transition(0, t);
    const Matrix result = propagate(from_data, given);
    for (Index k = 0; k < given.size(); ++k) {
      const bool diagonal = k % 7 == 0;
      const test::Quad exact = test::Quad{from_data.signal_power()} * given(k) +
                               (diagonal ? test::Quad{from_data.noise_variance()} : test::Quad{0});
      worst.see(test::ulps(result(k), exact), t, k);
    }
  }
  INFO("worst entry " << worst.s << " at t = " << worst.t);
  CHECK(worst.ulps <= 2);
}
#endif

// Would catch an out that is not resized, or that is read after it has been written.
TEST_CASE("propagate: writes into any matrix that the caller owns") {
  MatrixXd resized(5, 3);
  propagate(kernel, before, resized);
  CHECK(resized == after);

  Matrix2d in_place = before;
  propagate(kernel, in_place, in_place);
  CHECK(in_place == after);

  double numbers[4] = {};
  propagate(kernel, before, Eigen::Map<Matrix2d>(numbers));
  CHECK(Eigen::Map<Matrix2d>(numbers) == after);

  MatrixXd large = MatrixXd::Constant(4, 4, -1);
  propagate(kernel, before, large.block(1, 1, 2, 2));
  CHECK(large.block(1, 1, 2, 2) == after);
  CHECK(large.sum() == after.sum() - 12);  // nothing else was written

  MatrixXd dynamic = before;
  Eigen::Ref<MatrixXd> reference = dynamic;
  propagate(kernel, reference, reference);
  CHECK(dynamic == after);

  Eigen::Matrix<double, Eigen::Dynamic, 2> of_two_columns;
  propagate(kernel, before, of_two_columns);
  CHECK(of_two_columns == after);
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 3, 3> at_most_three;
  propagate(kernel, before, at_most_three);
  CHECK(at_most_three == after);

  Eigen::Matrix<double, 2, 2, Eigen::RowMajor> row_major;
  propagate(kernel, before, row_major);
  CHECK(row_major == after);
}

// Would catch an expression that is evaluated after what it refers to has changed.
TEST_CASE("propagate: takes expressions") {
  const MatrixXd dynamic = before;
  CHECK(propagate(kernel, before) == after);
  CHECK(propagate(kernel, dynamic) == after);
  CHECK(propagate(kernel, before / 2 + before / 2) == after);
  CHECK(propagate(kernel, dynamic.leftCols<2>()) == after);
  CHECK(propagate(kernel, dynamic.topRows<2>()) == after);
  CHECK(propagate(kernel, dynamic.topLeftCorner<2, 2>()) == after);
  CHECK(propagate(kernel, Eigen::Map<const Matrix2d>(before.data())) == after);
  CHECK(propagate(kernel, before * Matrix2d::Identity()) == after);
  CHECK(propagate(kernel, 2 * Matrix2d::Identity()) == 1.25 * Matrix2d::Identity());
  STATIC_REQUIRE(std::is_same_v<decltype(propagate(kernel, before + before)), Matrix2d>);
  STATIC_REQUIRE(std::is_same_v<decltype(propagate(kernel, dynamic)), MatrixXd>);
}

// Would catch an Eigen assertion, which NDEBUG turns into a write out of bounds.
TEST_CASE("propagate: says which size is wrong") {
  CHECK(complaint([] { (void)propagate(kernel, MatrixXd::Zero(2, 3)); }) ==
        "invalid_argument: alphabar::propagate: sigma.cols() must be 2, got 3");
  Eigen::Matrix3d three = Eigen::Matrix3d::Zero();
  CHECK(complaint([&] { propagate(kernel, MatrixXd(before), three); }) ==
        "invalid_argument: alphabar::propagate: out.rows() must be 2, got 3");
  CHECK(complaint([&] { propagate(kernel, before, three.leftCols(3).topRows(2)); }) ==
        "invalid_argument: alphabar::propagate: out.cols() must be 2, got 3");
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 3, 3> at_most_three(1, 1);
  CHECK(complaint([&] { propagate(kernel, MatrixXd::Zero(4, 4), at_most_three); }) ==
        "invalid_argument: alphabar::propagate: out.rows() must be 4, got 1");
  Eigen::Ref<Eigen::Matrix3d> reference = three;
  CHECK_THROWS_AS(propagate(kernel, MatrixXd(before), reference), std::invalid_argument);
  CHECK(three == Eigen::Matrix3d::Zero());
}

// Would catch a structure that is taken for a matrix, or one that loses its type.
TEST_CASE("propagate: a structure stays what it is") {
  const auto dense = propagate(kernel, DenseCovariance(before));
  const auto diagonal = propagate(kernel, DiagonalCovariance(Eigen::Vector2d(4, 1)));
  STATIC_REQUIRE(std::is_same_v<decltype(dense), const DenseCovariance<double, 2>>);
  STATIC_REQUIRE(std::is_same_v<decltype(diagonal), const DiagonalCovariance<double, 2>>);
  CHECK(dense.matrix() == after);
  CHECK(diagonal.eigenvalues() == Eigen::Vector2d(1.75, 1));
  CHECK(propagate(TransitionKernel<>(0, 1), dense).matrix() == Matrix2d::Identity());
}

// Would catch eigenvalues that are none, negative or infinite, and a largest number that is refused
// although it does not overflow.
TEST_CASE("propagate: what is no covariance is refused") {
  const DenseCovariance dense(Matrix2d::Identity());
  CHECK(complaint([&] { (void)dense.transformed(1, -5); }) ==
        "invalid_argument: alphabar::DenseCovariance::transformed: eigenvalues[0] must be finite "
        "and >= 0, got -4");
  const DiagonalCovariance diagonal(VectorXd{{2, 1}});
  CHECK(complaint([&] { (void)diagonal.transformed(1, -1.5); }) ==
        "invalid_argument: alphabar::DiagonalCovariance::transformed: variances[1] must be finite "
        "and >= 0, got -0.5");
  CHECK_THROWS_AS(diagonal.transformed(-1, 1.5), std::invalid_argument);
  CHECK_THROWS_AS(diagonal.transformed(1, test::nan), std::invalid_argument);
  CHECK(diagonal.transformed(-1, 2).eigenvalues() == Eigen::Vector2d(0, 1));
  const DiagonalCovariance huge(VectorXd{{1, 1e308}});
  CHECK(complaint([&] { (void)propagate(TransitionKernel<>(10, 0), huge); }) ==
        "invalid_argument: alphabar::DiagonalCovariance::transformed: variances[1] must be finite "
        "and >= 0, got inf");
  CHECK_THROWS_AS(propagate(TransitionKernel<>(1, 1e308), huge), std::invalid_argument);
  const DiagonalCovariance largest(VectorXd::Constant(1, std::numeric_limits<double>::max()));
  CHECK(propagate(TransitionKernel<>(1, 0x1p969), largest).eigenvalues() == largest.eigenvalues());
  CHECK_THROWS_AS(propagate(TransitionKernel<>(1, 0x1p970), largest), std::invalid_argument);
}

// Would catch a bound that is another: results beyond it are checked one by one.
TEMPLATE_TEST_CASE("keeps_spectra: for which A and B no eigenvalue needs a check", "", float,
                   double) {
  using Limits = std::numeric_limits<TestType>;
  const TestType small = Limits::denorm_min();
  const TestType most = Limits::max() * (Limits::epsilon() / 8);
  const auto keeps = detail::keeps_spectra<TestType>;
  CHECK(keeps(0, 0));
  CHECK(keeps(0.5, 1));
  CHECK(keeps(1, most));
  CHECK_FALSE(keeps(-small, 1));
  CHECK_FALSE(keeps(1 + Limits::epsilon(), 1));
  CHECK_FALSE(keeps(0.5, -small));
  CHECK_FALSE(keeps(0.5, 2 * most));
  CHECK_FALSE(keeps(Limits::quiet_NaN(), 1));
  CHECK_FALSE(keeps(0.5, Limits::quiet_NaN()));
  CHECK(detail::is_spectrum(VectorXd(0)));
  CHECK(detail::is_spectrum(VectorXd{{0, 3}}));
  CHECK_FALSE(detail::is_spectrum(VectorXd{{0, -1e-300}}));
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

}  // namespace propagate_test
