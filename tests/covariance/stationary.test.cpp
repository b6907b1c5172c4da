// SPDX-License-Identifier: MIT
#include "alphabar/covariance/stationary.hpp"

#include <Eigen/Core>
#include <complex>
#include <string>

#include "alphabar/covariance/circulant.hpp"
#include "alphabar/covariance/kronecker.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"

/// Its laws are in structures.test.cpp.
namespace stationary_test {

using namespace alphabar;
using Eigen::MatrixXcd;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::complaint;

const std::string start = "invalid_argument: alphabar::";

// Would catch a size that is compared with that of the other axis, or with the pixels of one
// channel, and a message about another argument.
TEST_CASE("StationaryCovariance: says which size is wrong") {
  using Stationary = StationaryCovariance<>;
  const auto of_columns = [](const ImageShape& shape, Index rows, Index columns) {
    return complaint(
        [&] { (void)Stationary::from_first_columns(shape, MatrixXd::Identity(rows, columns)); });
  };
  const std::string columns = start + "StationaryCovariance::from_first_columns: columns.";
  CHECK(of_columns({2, 3, 1}, 6, 1) == "nothing");
  CHECK(of_columns({2, 3, 1}, 5, 1) == columns + "rows() must be 6, got 5");
  CHECK(of_columns({2, 3, 2}, 6, 2) == columns + "rows() must be 12, got 6");
  CHECK(of_columns({2, 3, 1}, 6, 2) == columns + "cols() must be 1, got 2");
  CHECK(of_columns({2, 3, 2}, 12, 1) == columns + "cols() must be 2, got 1");
  CHECK(of_columns({2, 0, 1}, 0, 1) ==
        start +
            "StationaryCovariance::from_first_columns: each size of the shape must be >= 1, "
            "got 0");

  // Would catch a number of waves that is negative or wraps around.
  const auto of_shape = [](const ImageShape& shape) {
    return complaint([&] { (void)Stationary::frequencies(shape); });
  };
  const std::string frequencies = start + "StationaryCovariance::frequencies: ";
  CHECK(of_shape({3, 4, 1}) == "nothing");
  CHECK(of_shape({-3, 4, 1}) == frequencies + "each size of the shape must be >= 1, got -3");
  CHECK(of_shape({3, 4, 0}) == frequencies + "each size of the shape must be >= 1, got 0");
  CHECK(of_shape({Index{1} << 40, Index{1} << 40, 1})
            .starts_with(frequencies + "the size of the shape must be at most "));

  const auto of_spectrum = [](const ImageShape& shape, Index rows, Index columns_of) {
    return complaint(
        [&] { (void)Stationary::from_spectrum(shape, MatrixXcd::Ones(rows, columns_of)); });
  };
  const std::string spectrum = start + "StationaryCovariance::from_spectrum: spectrum.";
  CHECK(of_spectrum({2, 3, 1}, 1, 4) == "nothing");  // 2 · (3/2 + 1)
  CHECK(of_spectrum({3, 2, 1}, 1, 6) == "nothing");  // 3 · (2/2 + 1)
  CHECK(of_spectrum({2, 3, 1}, 1, 6) == spectrum + "cols() must be 4, got 6");
  CHECK(of_spectrum({2, 3, 2}, 2, 4) == spectrum + "cols() must be 8, got 4");
  CHECK(of_spectrum({2, 3, 2}, 1, 8) == spectrum + "rows() must be 2, got 1");
}

// Would catch a spectrum that is read without one of its parts, and matrices of a wave that are not
// Hermitian or not positive, with the number that shows it.
TEST_CASE("StationaryCovariance: says what is wrong with a spectrum") {
  using Stationary = StationaryCovariance<>;
  const std::complex<double> i(0, 1);
  const auto of = [](const MatrixXcd& spectrum) {
    return complaint([&] { (void)Stationary::from_spectrum({1, 1, 2}, spectrum); });
  };
  const std::string function = start + "StationaryCovariance::from_spectrum: ";
  CHECK(of(MatrixXcd{{2, 1}, {1, 3}}) == "nothing");
  CHECK(of(MatrixXcd{{2, 1}, {0.5, 3}}) ==
        function + "the spectrum must be Hermitian for each wave, got 0.5");
  CHECK(of(MatrixXcd{{2, 1}, {1, -0.25}})
            .starts_with(
                function +
                "the smallest eigenvalue of each wave must be >= 0: the matrix is not positive "
                "semidefinite, got -0.6"));
  CHECK(of(MatrixXcd{{2, test::nan}, {1, 3}}) ==
        function + "spectrum.real()(0, 1) must be finite, got nan");
  CHECK(of(MatrixXcd{{2, 1}, {1.0 + test::infinity * i, 3}}).starts_with(function + "spectrum."));
}

// Would catch sizes of a ring that are not looked at, and products that overflow.
TEST_CASE("CirculantCovariance, KroneckerCovariance: say what is wrong") {
  using Circulant = CirculantCovariance<>;
  CHECK(complaint([] { (void)Circulant(VectorXd(0)); }) ==
        start + "CirculantCovariance: first_column.rows() must be >= 1, got 0");
  CHECK(complaint([] { (void)Circulant::from_spectrum(VectorXd::Ones(1), 0); }) ==
        start + "CirculantCovariance::from_spectrum: dimension must be >= 1, got 0");
  CHECK(complaint([] { (void)Circulant::from_spectrum(VectorXd::Ones(3), 5); }) == "nothing");
  CHECK(complaint([] { (void)Circulant::from_spectrum(VectorXd::Ones(4), 5); }) ==
        start + "CirculantCovariance::from_spectrum: the size of spectrum must be 3, got 4");
  CHECK(complaint([] {
          (void)Circulant::from_spectrum(VectorXd{{1, -2}}, 3);
        }) ==
        start + "CirculantCovariance::from_spectrum: spectrum[1] must be finite and >= 0, got -2");
  CHECK(complaint([] {
          (void)Circulant(VectorXd{{1, test::nan}});
        }) == start + "CirculantCovariance: first_column[1] must be finite, got nan");
  const MatrixXd huge = 1e200 * MatrixXd::Identity(2, 2);
  CHECK(complaint([&] { (void)KroneckerCovariance(huge, huge); }) ==
        start +
            "KroneckerCovariance: the products of eigenvalues[0] must be finite and >= 0, "
            "got inf");
}

}  // namespace stationary_test
