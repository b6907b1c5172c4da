// SPDX-License-Identifier: MIT
#include "alphabar/covariance/detail/eigensystem.hpp"

#include <Eigen/Core>
#include <complex>
#include <limits>

#include "support/catch.hpp"

namespace eigensystem_test {

using namespace alphabar;
using Eigen::MatrixXd;

// Would catch an upper triangle that counts and eigenvectors that are not asked for.
TEST_CASE("Eigenvalues of a symmetric matrix") {
  const MatrixXd matrix{{2, 100}, {1, 2}};
  const auto solver = detail::eigensystem("f", matrix);
  CHECK_THAT(solver.eigenvalues(0), WithinRel(1.0, 1e-14));
  CHECK_THAT(solver.eigenvalues(1), WithinRel(3.0, 1e-14));
  CHECK_THAT(solver.eigenvectors(0, 0) * solver.eigenvectors(1, 0), WithinRel(-0.5, 1e-14));
  const auto values = detail::eigensystem("f", matrix, Eigen::EigenvaluesOnly);
  CHECK(values.eigenvalues == solver.eigenvalues);
}

template <class Matrix>
void check_decomposition(Index d) {
  CAPTURE(d);
  const Matrix a = Matrix::Random(d, d);
  const Matrix matrix = 1e150 * (a + a.adjoint());
  const auto [eigenvalues, eigenvectors] = detail::eigensystem("f", matrix);
  const Matrix composed = eigenvectors * eigenvalues.asDiagonal() * eigenvectors.adjoint();
  const double bound = (8 * static_cast<double>(d) + 16) * 0x1p-53;  // Eigen's own needs as much
  CHECK((composed - matrix).norm() <= bound * matrix.norm());
  CHECK((eigenvectors.adjoint() * eigenvectors - Matrix::Identity(d, d)).norm() <= 4 * bound);
}

// Would catch reflectors in the wrong order, not conjugated, or left out at the seam of two blocks
// of 16.
TEST_CASE("Eigenvectors of matrices of any size") {
  for (const Index d : {1, 2, 3, 16, 17, 18, 33, 50}) {
    check_decomposition<MatrixXd>(d);
    check_decomposition<Eigen::MatrixXcd>(d);
  }
}

// Would catch eigenvalues that Eigen gave up on and that are used all the same. NaN keeps
// its iteration from converging.
TEST_CASE("Eigenvalues that do not converge are refused") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const char* message =
      "alphabar::f: info() of Eigen's eigensolver must be 0, convergence within 30 iterations for "
      "each eigenvalue, got 2";
  CHECK_THROWS_WITH(detail::eigensystem("f", MatrixXd{{1, 0, 0}, {nan, 1, 0}, {0, nan, 1}}),
                    message);
  CHECK_THROWS_WITH(detail::eigensystem("f", Eigen::MatrixXcd{{1, 0}, {nan, 1}}), message);
}

}  // namespace eigensystem_test
