// SPDX-License-Identifier: MIT
#include "alphabar/covariance/detail/one_sided_svd.hpp"

#include <Eigen/Core>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "support/catch.hpp"
#include "support/matrices.hpp"

namespace one_sided_svd_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Svd = detail::OneSidedSvd<MatrixXd>;
using Exact = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
using ExactVector = Eigen::Matrix<long double, Eigen::Dynamic, 1>;

/// The errors of a decomposition A V = U diag(σ), in multiples of d u, u = 2⁻⁵³.
struct Errors {
  double values = 0;       ///< of σ, compared with Eigen::JacobiSVD, relative to the largest σ
  double lengths = 0;      ///< of σ, compared with the columns of U diag(σ), likewise
  double product = 0;      ///< |AV − U diag(σ)|, column by column, likewise
  double orthonormal = 0;  ///< |VᵀV − I|, entry by entry
  double orthogonal = 0;   ///< the cosine of two columns of U diag(σ), where neither is rounding
};

/// Computed in long double, from A and the decomposition divided by the largest entry of A.
Errors errors_of(const Svd& svd, const MatrixXd& matrix) {
  const auto largest_entry = static_cast<long double>(matrix.cwiseAbs().maxCoeff());
  const long double scale = largest_entry > 0 ? largest_entry : 1;
  const Exact a = matrix.cast<long double>() / scale;
  const Exact left = svd.left.cast<long double>() / scale;
  const Exact right = svd.right.cast<long double>();
  const ExactVector values = svd.values.cast<long double>() / scale;
  const Eigen::JacobiSVD<Exact, Eigen::NoQRPreconditioner> reference(a);
  const ExactVector exact = reference.singularValues();
  const long double largest = exact(0) > 0 ? exact(0) : 1;

  const Index d = a.cols();
  const long double unit = static_cast<long double>(d) * 0x1p-53L;
  const ExactVector lengths = left.colwise().norm();
  Exact directions = Exact::Zero(d, d);
  for (Index k = 0; k < d; ++k) {
    if (lengths(k) > 2 * unit * largest) directions.col(k) = left.col(k) / lengths(k);
  }
  Exact cosines = directions.transpose() * directions;
  cosines.diagonal().setZero();
  const Exact rest = right.transpose() * right - Exact::Identity(d, d);

  const auto in_units = [&](long double error) { return static_cast<double>(error / unit); };
  Errors errors;
  errors.values = in_units((values - exact).cwiseAbs().maxCoeff() / largest);
  errors.lengths = in_units((values - lengths).cwiseAbs().maxCoeff() / largest);
  errors.product = in_units((a * right - left).colwise().norm().maxCoeff() / largest);
  errors.orthonormal = in_units(rest.cwiseAbs().maxCoeff());
  errors.orthogonal = in_units(cosines.cwiseAbs().maxCoeff());
  return errors;
}

/// The bound of the values, and the error of the reference where long double is no better than
/// double: on some processors, and under valgrind.
double bound_of_values() {
  const volatile long double one = 1;
  return one + 0x1p-60L > one ? 4 : 4 + 8;
}

void check(const MatrixXd& a) {
  const Svd svd(a);
  const Errors errors = errors_of(svd, a);
  CAPTURE(a.rows(), a.cwiseAbs().maxCoeff());
  CHECK(errors.values <= bound_of_values());
  CHECK(errors.lengths <= 4);
  CHECK(errors.product <= 4);
  CHECK(errors.orthonormal <= 8);
  CHECK(errors.orthogonal <= 4);
  const bool ordered = std::is_sorted(svd.values.data(), svd.values.data() + a.cols(),
                                      [](double x, double y) { return x > y; });
  CHECK(ordered);
}

/// U diag(σ) Vᵀ, with two bases that have nothing to do with each other.
MatrixXd with_singular_values(const VectorXd& values, std::uint64_t seed) {
  const Index d = values.size();
  return test::rotation(d, seed) * values.asDiagonal() * test::rotation(d, seed + 100).transpose();
}

/// From 1 down to 10^−decades, evenly in the logarithm.
VectorXd graded(Index d, double decades) {
  const double steps = std::max(1.0, static_cast<double>(d - 1));
  return VectorXd::NullaryExpr(
      d, [=](Index k) { return std::pow(10, -decades * static_cast<double>(k) / steps); });
}

/// Calls f(d, seed) for small matrices, and one that is not.
template <class F>
void for_each_size(F f) {
  for (const Index d : {1, 2, 5, 30}) {
    for (const std::uint64_t seed : {1U, 2U}) f(d, seed);
  }
}

// Would catch a turn of the wrong sign, one that V does not make, V for its transpose, columns that
// are not ordered, and a sweep that ends too early.
TEST_CASE("OneSidedSvd: any matrix") {
  for_each_size([](Index d, std::uint64_t seed) {
    check(10 * test::rotation(d, seed) + test::rotation(d, seed + 7));
    check(test::rotation(d, seed));  // all values are 1
    check(test::with_spectrum(graded(d, 3), seed));
  });
  const Svd svd(MatrixXd{{0, 0, -2}, {0.5, 0, 0}, {0, 3, 0}});
  CHECK(svd.values == VectorXd{{3, 2, 0.5}});
  CHECK(svd.left.cwiseAbs() == MatrixXd{{0, 2, 0}, {0, 0, 0.5}, {3, 0, 0}});
  CHECK(svd.right.cwiseAbs() == MatrixXd{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}});
}

// Would catch short columns whose directions are lost in the squares of the long ones, 10⁻⁸ of
// them and less: AᵀA alone knows nothing of them.
TEST_CASE("OneSidedSvd: singular values over many decades") {
  for_each_size([](Index d, std::uint64_t seed) {
    for (const double decades : {6.0, 12.0, 18.0, 40.0}) {
      const VectorXd values = graded(d, decades);
      check(with_singular_values(values, seed));
      check(test::rotation(d, seed) * values.asDiagonal());
      check(values.asDiagonal() * test::rotation(d, seed));
    }
  });
}

// Would catch a division by a difference or by a length that is 0, and V that is not completed to a
// basis.
TEST_CASE("OneSidedSvd: repeated singular values, and such that are 0") {
  for_each_size([](Index d, std::uint64_t seed) {
    check(MatrixXd::Identity(d, d));
    check(MatrixXd::Ones(d, d));
    for (const double other : {0.5, 1e-9, 1e-13, 0.0}) {
      VectorXd values = VectorXd::Constant(d, 3);
      values.tail(d / 2).setConstant(other);
      check(with_singular_values(values, seed));
      check(test::rotation(d, seed) * values.asDiagonal());
    }
    const Svd of_nothing(MatrixXd::Zero(d, d));
    check(MatrixXd::Zero(d, d));
    CHECK(of_nothing.values == VectorXd::Zero(d));
    CHECK(of_nothing.right == MatrixXd::Identity(d, d));
  });
}

// Would catch sweeps that end as soon as no two columns are oblique: the entries of U that are
// small because their row is long are then rounding errors, here 2000 times the right number.
TEST_CASE("OneSidedSvd: rows of different lengths") {
  const VectorXd lengths{{0x1p-24, 0x1p-7, 0x1p-18, 0x1p-133, 0x1p-123, 0x1p-19}};
  const MatrixXd rows{{-1, -9, 1, -6, 7, -3}, {0, -6, -9, -2, 3, -6}, {3, -8, -8, 5, 4, -1},
                      {-3, 0, -3, -8, 6, 0},  {-5, 6, 2, 6, -9, 0},   {6, 2, 1, 5, 6, -1}};
  const Svd svd(lengths.asDiagonal() * rows, 0);
  CHECK_THAT(std::abs(svd.left(1, 5)), WithinRel(2.9272247384461416e-78, 1e-11));
}

// Would catch squares that overflow or underflow, and a scale that is not multiplied back.
TEST_CASE("OneSidedSvd: entries far from 1") {
  for_each_size([](Index d, std::uint64_t seed) {
    for (const double scale : {1e-300, 1e-200, 1e-150, 1e150, 1e200, 1e300}) {
      check(scale * with_singular_values(graded(d, 4), seed));
    }
  });
}

}  // namespace one_sided_svd_test
