// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <string>
#include <type_traits>

#include "alphabar/covariance/circulant.hpp"
#include "alphabar/covariance/cosine.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/covariance/isotropic.hpp"
#include "alphabar/covariance/kronecker.hpp"
#include "alphabar/covariance/low_rank.hpp"
#include "alphabar/covariance/stationary.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/law_battery.hpp"
#include "support/matrices.hpp"
#include "support/special_values.hpp"

namespace structures_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::complaint;
using test::obeys_the_laws;

// Would catch a d that is forgotten in a trace, and a point that has a density.
TEMPLATE_TEST_CASE("IsotropicCovariance: obeys the laws", "", float, double) {
  for (const double variance : {6.25, 0.0}) {
    CAPTURE(variance);
    const MatrixXd sigma = variance * MatrixXd::Identity(6, 6);
    const auto given = static_cast<TestType>(variance);
    obeys_the_laws(IsotropicCovariance(given, 6), sigma);
    if constexpr (std::is_same_v<TestType, double>) {
      obeys_the_laws(IsotropicCovariance<double, 6>(given), sigma);
    }
  }
}

// Would catch variances for deviations, and a coordinate of variance 0 that is divided by.
TEMPLATE_TEST_CASE("DiagonalCovariance: obeys the laws", "", float, double) {
  for (const double smallest : {0.125, 0.0}) {
    CAPTURE(smallest);
    const VectorXd variances{{3, 0.5, smallest, 40, 7, 0.25}};
    const MatrixXd sigma = variances.asDiagonal();
    const auto given = variances.cast<TestType>().eval();
    obeys_the_laws(DiagonalCovariance(given), sigma);
    obeys_the_laws(DiagonalCovariance<TestType, 6>(given), sigma);
  }
}

template <class Scalar>
void low_rank_obeys_the_laws(const VectorXd& l, double psi) {
  CAPTURE(l, psi);
  constexpr Index d = 6;
  const MatrixXd u = test::rotation(d).leftCols(l.size());
  const MatrixXd sigma = u * l.asDiagonal() * u.transpose() + psi * MatrixXd::Identity(d, d);
  const auto basis = u.cast<Scalar>();
  const auto loads = l.cast<Scalar>();
  const auto rest = static_cast<Scalar>(psi);
  obeys_the_laws(LowRankCovariance(basis, loads, rest), sigma);
  if constexpr (std::is_same_v<Scalar, double>) {
    obeys_the_laws(LowRankCovariance<double, d>(basis, loads, rest), sigma);
  }
}

// Would catch ψ that counts r times too often, l for l + ψ, a gain that is not a difference, and
// 0 · ∞ where nothing is left for ψ.
TEMPLATE_TEST_CASE("LowRankCovariance: obeys the laws", "", float, double) {
  low_rank_obeys_the_laws<TestType>(VectorXd{{40, 3, 0.5, 0.25, 7}}, 0.125);
  low_rank_obeys_the_laws<TestType>(VectorXd{{40, -0.25}}, 0.25);
  low_rank_obeys_the_laws<TestType>(VectorXd{{40, 3}}, 0);
  low_rank_obeys_the_laws<TestType>(VectorXd{{40, 3, 0.5, 0.25, 7, 1}}, 0);
}

/// The circulant matrix whose eigenvalues are those of the waves 0 .. d/2.
MatrixXd ring(const VectorXd& spectrum, Index d) {
  return MatrixXd::NullaryExpr(d, d, [&](Index i, Index j) {
    double sum = 0;
    for (Index k = 0; k < d; ++k) {
      const double angle = 2 * std::numbers::pi * double(k * (i - j)) / double(d);
      sum += spectrum(std::min(k, d - k)) * std::cos(angle) / double(d);
    }
    return sum;
  });
}

/// 40, 40/2ᵖ, 40/3ᵖ, ...
VectorXd falling(Index size, int power) {
  return VectorXd::NullaryExpr(size, [&](Index k) { return 40 / std::pow(double(k + 1), power); });
}

// Would catch an interior frequency that counts once, or a last one that counts twice, an odd ring
// that is taken for an even one, and a spectrum without the factor of the inverse transform.
TEMPLATE_TEST_CASE("CirculantCovariance: obeys the laws", "", float, double) {
  for (const Index d : {1, 2, 3, 6, 8}) {
    for (const bool singular : {false, true}) {
      CAPTURE(d, singular);
      VectorXd spectrum = falling(d / 2 + 1, 3);
      if (singular) spectrum(d / 4) = 0;
      const MatrixXd sigma = ring(spectrum, d);
      obeys_the_laws(CirculantCovariance(sigma.col(0).cast<TestType>().eval()), sigma);
      obeys_the_laws(
          CirculantCovariance<TestType>::from_spectrum(spectrum.cast<TestType>().eval(), d), sigma);
    }
  }
}

// Would catch a rank that is counted in floats: 2²⁴ and one more are the same.
TEST_CASE("CirculantCovariance: the rank of a long ring") {
  constexpr Index d = (Index{1} << 24) + 3;
  const Eigen::VectorXf ones = Eigen::VectorXf::Ones(d / 2 + 1);
  CHECK(CirculantCovariance<float>::from_spectrum(ones, d).rank() == d);
}

// Would catch a factor of the stated tolerance that is forgotten, and a bound on one side only.
TEMPLATE_TEST_CASE("Spectra by FFT: an eigenvalue within c log2(2d) u |c| of 0 is 0", "", float,
                   double) {
  const double c = std::is_same_v<TestType, double> ? 64 : 4;
  const double tolerance =
      c * 2 * double(std::numeric_limits<TestType>::epsilon()) / 2 * std::hypot(8.0, 8.0);
  const auto column = [](double smallest) {
    return Eigen::Matrix<TestType, 2, 1>(TestType(8), TestType(8 - smallest)).eval();
  };
  const auto circulant = [&](double smallest) { return CirculantCovariance(column(smallest)); };
  const auto stationary = [&](double smallest) {
    return StationaryCovariance<TestType>::from_first_columns({1, 2, 1}, column(smallest));
  };
  const auto check = [&](const auto& with_smallest) {
    CHECK(with_smallest(1.05 * tolerance).rank() == 2);
    CHECK(with_smallest(0.95 * tolerance).rank() == 1);
    CHECK(with_smallest(-0.95 * tolerance).rank() == 1);
    CHECK_THROWS_AS(with_smallest(-1.05 * tolerance), std::invalid_argument);
  };
  check(circulant);
  check(stationary);
}

MatrixXd kronecker(const MatrixXd& left, const MatrixXd& right) {
  const Index n = right.rows();
  return MatrixXd::NullaryExpr(left.rows() * n, left.rows() * n, [&](Index i, Index j) {
    return left(i / n, j / n) * right(i % n, j % n);
  });
}

// Would catch left and right exchanged, a transpose that is missing, and products of eigenvalues in
// another order than the basis.
TEMPLATE_TEST_CASE("KroneckerCovariance: obeys the laws", "", float, double) {
  const MatrixXd right = test::with_spectrum(VectorXd{{0.5, 2, 9}}, 2);
  for (const double smallest : {0.5, 0.0}) {
    CAPTURE(smallest);
    const MatrixXd left = test::with_spectrum(VectorXd{{smallest, 4}}, 3);
    obeys_the_laws(KroneckerCovariance(left.cast<TestType>(), right.cast<TestType>()),
                   kronecker(left, right));
  }
}

/// Any filter from white noise to images: block circulant, and in no direction symmetric. A silent
/// first source leaves a singular covariance.
MatrixXd filter(const ImageShape& shape, bool silent) {
  const Index n = shape.pixels();
  const auto wrapped = [](Index from, Index to, Index size) { return (to - from + size) % size; };
  return MatrixXd::NullaryExpr(shape.size(), shape.size(), [&](Index i, Index j) {
    const Index y = wrapped(j % n / shape.width, i % n / shape.width, shape.height);
    const Index x = wrapped(j % shape.width, i % shape.width, shape.width);
    if (silent && j < n) return 0.0;
    const double peak = i == j ? 3 : 0;
    return peak + std::cos(1 + double(i / n) + 2.1 * double(j / n) + 0.9 * double(y) +
                           1.7 * double(x * x));
  });
}

// Would catch height and width exchanged, a mirror image that is counted where there is none, and
// channels whose cross-spectrum is transposed or conjugated.
TEMPLATE_TEST_CASE("StationaryCovariance: obeys the laws", "", float, double) {
  for (const ImageShape& shape : {ImageShape{1, 1, 1}, ImageShape{2, 3, 1}, ImageShape{3, 4, 2},
                                  ImageShape{4, 1, 2}, ImageShape{1, 4, 3}}) {
    for (const bool singular : {false, true}) {
      CAPTURE(shape.height, shape.width, shape.channels, singular);
      const MatrixXd root = filter(shape, singular);
      const MatrixXd sigma = root * root.transpose();
      MatrixXd columns(shape.size(), shape.channels);
      for (Index c = 0; c < shape.channels; ++c) columns.col(c) = sigma.col(c * shape.pixels());
      obeys_the_laws(
          StationaryCovariance<TestType>::from_first_columns(shape, columns.cast<TestType>()),
          sigma);
    }
  }
}

/// Each channel has the eigenvectors cos(π k (x + ½)/n) along both axes.
MatrixXd of_cosines(const ImageShape& shape, const VectorXd& spectrum) {
  const auto wave = [](Index at, Index k, Index n) {
    const double size = k == 0 ? 1 / std::sqrt(double(n)) : std::sqrt(2 / double(n));
    return size * std::cos(std::numbers::pi * double(k) * (double(at) + 0.5) / double(n));
  };
  return MatrixXd::NullaryExpr(shape.size(), shape.size(), [&](Index i, Index j) {
    if (i / shape.pixels() != j / shape.pixels()) return 0.0;
    const Index a = i % shape.pixels();
    const Index b = j % shape.pixels();
    double sum = 0;
    for (Index k = 0; k < shape.pixels(); ++k) {
      const auto at = [&](Index pixel) {
        return wave(pixel / shape.width, k / shape.width, shape.height) *
               wave(pixel % shape.width, k % shape.width, shape.width);
      };
      sum += spectrum(k) * at(a) * at(b);
    }
    return sum;
  });
}

// Would catch height and width exchanged, waves that are not of length 1, and channels that count
// once.
TEMPLATE_TEST_CASE("CosineCovariance: obeys the laws", "", float, double) {
  for (const ImageShape& shape : {ImageShape{1, 1, 1}, ImageShape{2, 3, 1}, ImageShape{3, 2, 2}}) {
    for (const bool singular : {false, true}) {
      CAPTURE(shape.height, shape.width, shape.channels, singular);
      VectorXd spectrum = falling(shape.pixels(), 2);
      if (singular) spectrum(shape.pixels() / 2) = 0;
      obeys_the_laws(CosineCovariance(shape, spectrum.cast<TestType>().eval()),
                     of_cosines(shape, spectrum));
    }
  }
}

// Would catch a spectrum that no real matrix has, whose eigenvalues are then not those of matrix():
// waves that mirror each other and are both kept must agree, in any column that keeps both, and
// those that mirror themselves must be real. And a tolerance whose squares overflow: all is 0 then.
TEST_CASE("StationaryCovariance: takes the spectra of real matrices only") {
  using Stationary = StationaryCovariance<>;
  using Row = Eigen::RowVectorXcd;
  const auto of_row = [](const ImageShape& shape, const Row& row) {
    return complaint([&] { (void)Stationary::from_spectrum(shape, row); });
  };
  const std::string conjugate =
      "invalid_argument: alphabar::StationaryCovariance::from_spectrum: the spectrum must be the "
      "conjugate of that of the mirrored wave, got ";
  CHECK(of_row({4, 1, 1}, Row{{1, 2, 3, 8}}) == conjugate + "6");
  CHECK(of_row({4, 1, 1}, Row{{1, 2, 3, 2}}) == "nothing");
  CHECK(of_row({3, 2, 1}, Row{{1, 2, 3, 4, 3, 5}}) == conjugate + "1");
  CHECK(of_row({3, 3, 1}, Row{{1, 2, 3, 4, 3, 5}}) == "nothing");  // width/2 is no wave of its own
  for (const double unit : {1e-200, 1e200}) {
    CHECK(Stationary::from_spectrum({4, 1, 1}, unit * Row{{1, 2, 3, 2}}).rank() == 4);
    CHECK(of_row({4, 1, 1}, unit * Row{{1, 2, 3, 8}}).substr(0, conjugate.size()) == conjugate);
  }
  const std::complex<double> i(0, 1);
  const Eigen::MatrixXcd twisted{{2, i}, {-i, 2}};
  CHECK(complaint([&] { (void)Stationary::from_spectrum({1, 1, 2}, twisted); }) == conjugate + "2");
  Eigen::MatrixXcd spectrum(2, 6);
  spectrum << 2 * Eigen::MatrixXcd::Identity(2, 2), twisted, twisted.conjugate();
  const auto sigma = Stationary::from_spectrum({3, 1, 2}, spectrum);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(sigma.matrix());
  CHECK((solver.eigenvalues() - VectorXd{{1, 1, 2, 2, 3, 3}}).cwiseAbs().maxCoeff() < 1e-14);
}

// Would catch a transform of the memory of a batch for that of its columns.
TEST_CASE("Structures: a batch stored by rows") {
  const MatrixXd x = test::any_batch(6);
  const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = x;
  const auto agrees = [&](const auto& sigma) {
    return sigma.apply(test::root<double>, rows) == sigma.apply(test::root<double>, x);
  };
  const VectorXd spectrum{{40, 3, 0.5, 0.25}};
  CHECK(agrees(CirculantCovariance<>::from_spectrum(spectrum, 6)));
  CHECK(agrees(CosineCovariance({2, 1, 3}, VectorXd(spectrum.head(2)))));
  CHECK(agrees(KroneckerCovariance(MatrixXd(spectrum.head(2).asDiagonal()),
                                   MatrixXd(spectrum.tail(3).asDiagonal()))));
}

// Would catch bad input that is taken, and a message that does not say which of the numbers it is.
TEST_CASE("Structures: say what is wrong") {
  const MatrixXd u = test::rotation(4).leftCols(2);
  const VectorXd l{{2, 1}};
  CHECK(complaint([] { (void)IsotropicCovariance(-0.5, 3); }) ==
        "invalid_argument: alphabar::IsotropicCovariance: variance must be finite and >= 0, got "
        "-0.5");
  CHECK(complaint([] { (void)IsotropicCovariance(1, 0); }) ==
        "invalid_argument: alphabar::IsotropicCovariance: dimension must be >= 1, got 0");
  CHECK(complaint([] { (void)IsotropicCovariance<double, 3>(1, 4); }) ==
        "invalid_argument: alphabar::IsotropicCovariance: dimension must be 3, got 4");
  CHECK(complaint([&] { (void)LowRankCovariance(u, l, -1); }) ==
        "invalid_argument: alphabar::LowRankCovariance: psi must be finite and >= 0, got -1");
  CHECK(complaint([&] {
          (void)LowRankCovariance(u, VectorXd{{2, -1}}, 0.5);
        }) ==
        "invalid_argument: alphabar::LowRankCovariance: l + psi[1] must be finite and >= 0, got "
        "-0.5");
  CHECK(complaint([&] { (void)LowRankCovariance(u, VectorXd{{2}}, 0.5); }) ==
        "invalid_argument: alphabar::LowRankCovariance: the size of l must be 2, got 1");
  CHECK(complaint([&] { (void)LowRankCovariance(MatrixXd::Identity(2, 3), l, 0.5); }) ==
        "invalid_argument: alphabar::LowRankCovariance: U.cols() must be in 1..U.rows(), got 3");
  CHECK(complaint([&] { (void)LowRankCovariance(MatrixXd(2, 0), VectorXd(0), 0.5); }) ==
        "invalid_argument: alphabar::LowRankCovariance: U.cols() must be in 1..U.rows(), got 0");
  CHECK(complaint([&] { (void)LowRankCovariance(MatrixXd(2 * u), l, 0.5); }).substr(0, 75) ==
        "invalid_argument: alphabar::LowRankCovariance: U must have columns of lengt");
  CHECK(complaint([&] { (void)LowRankCovariance(MatrixXd::Ones(4, 2) / 2, l, 0.5); }) ==
        "invalid_argument: alphabar::LowRankCovariance: U must have orthogonal columns, product 0, "
        "got 1");
  CHECK(complaint([] {
          (void)CirculantCovariance(VectorXd{{3, 1, 0.5, 2}});
        }) ==
        "invalid_argument: alphabar::CirculantCovariance: first_column[1] must equal its mirror "
        "image 2, got 1");
  CHECK(complaint([] {
          (void)CirculantCovariance(VectorXd{{1, 2}});
        }) ==
        "invalid_argument: alphabar::CirculantCovariance: the spectrum[1] must be >= 0: the matrix "
        "is not positive semidefinite, got -1");
  CHECK(complaint([] {
          (void)CirculantCovariance<>::from_spectrum(VectorXd{{1, 2}}, 4);
        }) ==
        "invalid_argument: alphabar::CirculantCovariance::from_spectrum: the size of spectrum must "
        "be "
        "3, got 2");
  using Stationary = StationaryCovariance<>;
  CHECK(complaint([] {
          (void)Stationary::from_first_columns({1, 2, 1}, VectorXd{{1, 2}});
        }) ==
        "invalid_argument: alphabar::StationaryCovariance::from_first_columns: the smallest "
        "eigenvalue of each wave must be >= 0: the matrix is not positive semidefinite, got -1");
  CHECK(
      complaint([] {
        (void)Stationary::from_first_columns({1, 3, 1}, VectorXd{{3, 1, 0}});
      }).substr(0, 107) ==
      "invalid_argument: alphabar::StationaryCovariance::from_first_columns: the spectrum must be "
      "Hermitian for ea");
  CHECK(complaint([] {
          (void)Stationary::from_first_columns({1, 3, 1}, VectorXd{{3, test::infinity, 0}});
        }) ==
        "invalid_argument: alphabar::StationaryCovariance::from_first_columns: columns(1, 0) must "
        "be finite, got inf");
  Stationary::Spectrum spectrum = Stationary::Spectrum::Ones(1, 2);
  spectrum(0, 1) = {1, -test::infinity};
  CHECK(complaint([&] {
          (void)Stationary::from_spectrum({1, 2, 1}, spectrum);
        }) ==
        "invalid_argument: alphabar::StationaryCovariance::from_spectrum: spectrum.imag()(0, 1) "
        "must be finite, got -inf");
  CHECK(complaint([] {
          (void)CosineCovariance({2, 2, 1}, VectorXd{{1, 2, 3}});
        }) ==
        "invalid_argument: alphabar::CosineCovariance: the size of spectrum must be 4, got 3");
  CHECK(
      complaint([] {
        (void)CosineCovariance({1, 2, 3}, VectorXd{{1, -2}});
      }) ==
      "invalid_argument: alphabar::CosineCovariance: spectrum[1] must be finite and >= 0, got -2");
  const CosineCovariance wide({1, 4, 1}, VectorXd{{1, 2, 3, 4}});
  CHECK_FALSE(wide.shares_basis(CosineCovariance({4, 1, 1}, VectorXd{{1, 2, 3, 4}})));
  CHECK(
      complaint([&] { (void)wide.mapped([](double lambda) { return 3 - lambda; }); }) ==
      "invalid_argument: alphabar::CosineCovariance::mapped: f(eigenvalues)[3] must be finite and "
      ">= 0, got -1");
  const CirculantCovariance ring(VectorXd{{3, 1, 0.5, 1}});
  CHECK(complaint([&] { (void)ring.apply(test::root<double>, l); }) ==
        "invalid_argument: alphabar::CirculantCovariance::apply: x.rows() must be 4, got 2");
}

}  // namespace structures_test
