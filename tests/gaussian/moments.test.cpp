// SPDX-License-Identifier: MIT
#include "alphabar/gaussian/moments.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

#include "alphabar/gaussian/detail/moments_state.hpp"
#include "alphabar/gaussian/fit_diagonal.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "support/bound.hpp"
#include "support/catch.hpp"
#include "support/matrices.hpp"
#include "support/special_values.hpp"

namespace moments_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Correlated samples with a mean, 1000 of them: more than one block.
MatrixXd make_samples(Index d = 4, Index n = 1000) {
  MatrixXd z(d, n);
  NoiseStream(5).fill(z);
  return (test::rotation(d) * VectorXd::LinSpaced(d, 0.1, 5).asDiagonal() * z).colwise() +
         VectorXd::LinSpaced(d, -3, 10).eval();
}

using LongMatrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;

/// Two passes in long double.
MatrixXd covariance_of(const MatrixXd& samples) {
  const LongMatrix x = samples.cast<long double>();
  const LongMatrix centred = x.colwise() - x.rowwise().mean();
  return (centred * centred.transpose() / static_cast<long double>(x.cols() - 1)).cast<double>();
}

// Would catch n for n − 1, a block that is lost or counted twice, a merge without the scatter
// between the means.
TEST_CASE("Moments: agree with two passes in long double") {
  const MatrixXd samples = make_samples();
  Moments<double> moments;
  moments.add(samples);
  CHECK(moments.count() == 1000);
  CHECK(test::relative_error(moments.covariance(), covariance_of(samples)) < 1e-14);
  CHECK(test::relative_error(moments.mean(), samples.rowwise().mean()) < 1e-14);
  CHECK(moments.covariance() == moments.covariance().transpose());
  CHECK(moments.gaussian().covariance().matrix() == moments.covariance());
}

// Would catch a mean that is squared: E[x²] − E[x]² keeps no digit here. The data are rounded to
// 2⁻²⁶ by their own size; against the rounded data 14 digits are kept.
TEST_CASE("Moments: mean 10⁸, variance 1") {
  const MatrixXd samples = make_samples().array() + 1e8;
  Moments<double> moments;
  for (Index first = 0; first < samples.cols(); first += 100) {
    moments.add(samples.middleCols(first, 100));
  }
  CHECK(test::relative_error(moments.covariance(), covariance_of(samples)) < 1e-7);
}

// Would catch a first sample, far from all others, that is used as the origin of all sums.
TEST_CASE("Moments: an outlier comes first") {
  MatrixXd samples = make_samples().array() + 1e8;
  samples.col(0).setZero();
  Moments<double> moments;
  moments.add(samples.leftCols(1));
  moments.add(samples.rightCols(samples.cols() - 1));
  CHECK(test::relative_error(moments.covariance(), covariance_of(samples)) < 1e-12);
}

// Would catch weights that are exchanged in the join, and an empty part that counts.
TEST_CASE("Moments: any partition, any way to add") {
  const MatrixXd samples = make_samples();
  const MatrixXd expected = covariance_of(samples);
  for (const Index cut : {0, 1, 2, 255, 256, 257, 999, 1000}) {
    CAPTURE(cut);
    Moments<double> left;
    Moments<double> right;
    left.add(samples.leftCols(cut));
    right.add(samples.rightCols(1000 - cut));
    left.merge(right);
    left.merge(Moments<double>());
    CHECK(left.count() == 1000);
    CHECK(test::relative_error(left.covariance(), expected) < 1e-13);
  }
  Moments<double> one_by_one;
  for (Index j = 0; j < samples.cols(); ++j) one_by_one.add(samples.col(j));
  CHECK(test::relative_error(one_by_one.covariance(), expected) < 1e-13);
  Moments<double> twice = one_by_one;
  twice.merge(twice);
  CHECK(twice.count() == 2000);
  CHECK(test::relative_error(twice.covariance(), expected * 1998 / 1999) < 1e-13);
  Moments<double> from_expressions;
  from_expressions.add(2 * samples + samples);
  CHECK(test::relative_error(from_expressions.covariance(), 9 * expected) < 1e-13);
}

/// Parts of one data set, each with its first sample, merged from both ends.
template <class AnyMoments>
AnyMoments in_parts(const MatrixXd& samples, const std::vector<Index>& borders) {
  std::vector<AnyMoments> parts;
  for (std::size_t k = 0; k + 1 < borders.size(); ++k) {
    parts.emplace_back(borders[k]);
    const Index batch = k % 2 == 0 ? 5000 : 77;
    for (Index first = borders[k]; first < borders[k + 1]; first += batch) {
      parts.back().add(samples.middleCols(first, std::min(batch, borders[k + 1] - first)));
    }
  }
  while (parts.size() > 2) {
    parts[parts.size() - 2].merge(parts.back());
    parts.pop_back();
  }
  if (parts.size() == 2) parts[0].merge(parts[1]);
  return parts[0];
}

// Would catch a block that begins where a part or a batch does, a tree that depends on the parts,
// and samples on a border that are summed on one side of it.
TEST_CASE("Moments: the bits of one pass, for 1, 2, 3 and 7 workers and any cuts") {
  const MatrixXd samples = make_samples(5, 9000);
  Moments<double> whole;
  whole.add(samples);
  const std::vector<Index> cuts[] = {{0, 9000},
                                     {0, 4500, 9000},
                                     {0, 3000, 6000, 9000},
                                     {0, 1, 1023, 1024, 1025, 4096, 8192, 9000},
                                     {0, 10, 20, 30, 40, 50, 60, 9000},
                                     {0, 1000, 1000, 3072, 5120, 7168, 8999, 9000}};
  for (const auto& borders : cuts) {
    CAPTURE(borders);
    const auto merged = in_parts<Moments<double>>(samples, borders);
    CHECK(merged.count() == 9000);
    CHECK(merged.mean() == whole.mean());
    CHECK(merged.covariance() == whole.covariance());
  }
}

// Would catch a member that is missing in the row of numbers.
TEST_CASE("Moments: continue from a row of numbers with the same bits") {
  const MatrixXd samples = make_samples(5, 9000);
  Moments<double, 5> left;
  Moments<double, 5> right(3000);
  left.add(samples.leftCols(3000));
  right.add(samples.middleCols(3000, 3500));
  right.merge(left);  // not a continuation
  const auto restored =
      detail::MomentsState::read<Moments<double, 5>>(detail::MomentsState::write(right));
  Moments<double, 5> other = left;
  for (Moments<double, 5>* whole : {&left, &other}) {
    whole->merge(whole == &left ? right : restored);
    whole->add(samples.rightCols(2500));
  }
  CHECK(other.count() == 12000);
  CHECK(other.mean() == left.mean());
  CHECK(other.covariance() == left.covariance());
}

// Would catch a constant coordinate with a variance of rounding, and a wrong rank for n < d.
TEST_CASE("Moments: fewer samples than dimensions, constant coordinates") {
  MatrixXd samples = make_samples(10, 6);
  samples.row(3).setConstant(0.1);
  Moments<double> moments;
  moments.add(samples.leftCols(3));  // (0.1 + 0.1 + 0.1)/3 is not 0.1
  moments.add(samples.rightCols(3));
  CHECK(moments.covariance().row(3).isZero(0));
  CHECK(moments.gaussian().covariance().rank() == 5);
}

// Would catch a covariance that its own Gaussian refuses: the scatter of 50,000 samples, added one
// by one, has rounding of its own where the data do not vary.
TEST_CASE("Moments: dependent coordinates give a singular covariance") {
  for (const Index batch : {1, 32, 1000}) {
    MatrixXd samples = make_samples(3, 50000);
    samples.row(2) = samples.row(0) + samples.row(1);
    Moments<double> moments;
    for (Index first = 0; first < samples.cols(); first += batch) {
      moments.add(samples.middleCols(first, std::min(batch, samples.cols() - first)));
    }
    CHECK(moments.gaussian().covariance().rank() == 2);
  }
}

// Would catch float accumulators: 2²⁴ and one more are the same float.
TEST_CASE("Moments: float data, double sums") {
  const Eigen::MatrixXf samples = (make_samples().array() + 1e4).cast<float>();
  Moments<float, 4> moments;
  moments.add(samples);
  CHECK(test::relative_error(moments.covariance(), covariance_of(samples.cast<double>())) < 1e-7);
}

// Would catch a part that is merged with itself while it is read, and nothing merged with nothing.
TEST_CASE("Moments: merged with themselves, and without samples") {
  const MatrixXd samples = make_samples(3, 40);
  Moments<double> part(5000);
  part.add(samples);
  Moments<double> whole;
  whole.merge(Moments<double>());
  whole.merge(whole);
  CHECK(whole.count() == 0);
  CHECK(whole.dimension() == 0);
  whole.merge(part);  // no continuation of nothing
  whole.merge(whole);
  CHECK(whole.count() == 80);
  CHECK(test::relative_error(whole.mean(), part.mean()) < 1e-14);
  CHECK(test::relative_error(whole.covariance(), covariance_of(samples) * 78 / 79) < 1e-14);
}

// Would catch a batch without samples that fixes a dimension: parts without samples merge with all.
TEST_CASE("Moments: a batch without samples adds nothing") {
  Moments<double> part;
  part.add(MatrixXd(5, 0));
  CHECK(part.dimension() == 0);
  Moments<double> other;
  other.add(make_samples(3, 4));
  part.merge(other);
  CHECK(part.mean() == other.mean());
  CHECK_THROWS_WITH(part.add(MatrixXd(5, 0)),
                    "alphabar::Moments::add: the dimension of a sample must be 3, got 5");
}

// Would catch uninitialized numbers in the row of empty moments.
TEST_CASE("Moments: the row of no samples does not depend on first_sample") {
  using Plane = Moments<double, 2>;
  alignas(Plane) std::array<unsigned char, sizeof(Plane)> memory;
  memory.fill(0xff);
  const auto* empty = new (memory.data()) Plane;
  const std::vector<double> row = detail::MomentsState::write(*empty);
  std::destroy_at(empty);
  const std::vector<double> expected{0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0};
  CHECK(row == expected);
  auto read = detail::MomentsState::read<Plane>(row);
  read.add(MatrixXd::Ones(2, 3));
  CHECK(read.mean() == VectorXd::Ones(2));
}

// Would catch what is not finite or cannot be squared and spoils all that was there before, part of
// a batch that is kept, and a bound that is another number.
TEST_CASE("Moments: numbers whose squares overflow are refused, and nothing is changed") {
  const MatrixXd samples = make_samples(3, 2000);
  Moments<double> moments;
  moments.add(samples);
  MatrixXd bad = samples;
  bad(2, 1500) = test::nan;
  CHECK_THROWS_WITH(moments.add(bad),
                    "alphabar::Moments::add: batch(2, 1500) must be in [-1e144, 1e144], got nan");
  bad(1, 7) = -test::infinity;
  CHECK_THROWS_WITH(moments.add(bad),
                    "alphabar::Moments::add: batch(1, 7) must be in [-1e144, 1e144], got -inf");
  CHECK_THROWS_WITH(moments.add(Eigen::Vector3d(0, 1.7e308, 0)),
                    "alphabar::Moments::add: batch(1, 0) must be in [-1e144, 1e144], got 1.7e+308");
  Moments<double> once;
  once.add(samples);
  CHECK(moments.count() == 2000);
  CHECK(moments.mean() == once.mean());
  CHECK(moments.covariance() == once.covariance());
  Moments<double> fresh;
  CHECK_THROWS_AS(fresh.add(bad), std::invalid_argument);
  CHECK(fresh.dimension() == 0);
  const auto add = [](double x) { Moments<double>().add(VectorXd::Constant(1, x)); };
  test::check_bound(add, 1e144, test::infinity);
  test::check_bound(add, -1e144, -test::infinity);
  Moments<double> large;
  for (int k = 0; k < 1500; ++k) large.add(Eigen::RowVector2d(1e144, -1e144));
  CHECK_THAT(large.covariance()(0, 0), WithinRel(1e288 * 3000 / 2999, 1e-13));
}

// Would catch samples of one number that are taken for a vector: a scatter of n × n, in the place
// of one number.
TEST_CASE("Moments: of one number, fixed") {
  const Eigen::RowVectorXd x = Eigen::RowVectorXd::LinSpaced(3000, -2, 7);
  Moments<double, 1> fixed;
  fixed.add(x);
  Moments<double> dynamic;
  dynamic.add(MatrixXd(x));
  CHECK(fixed.mean()(0) == dynamic.mean()(0));
  CHECK(fixed.covariance()(0, 0) == dynamic.covariance()(0, 0));
  CHECK_THAT(fixed.covariance()(0, 0), WithinRel(27.0 * 3000 * 3001 / (4.0 * 2999 * 2999), 1e-12));
}

// Would catch blocks that are kept one by one where they should have been joined in pairs.
TEST_CASE("Moments: hold one matrix for each binary digit 1 of the number of blocks") {
  const auto numbers_in = [](Index blocks) {
    Moments<double, 1> moments;
    moments.add(Eigen::RowVectorXd::LinSpaced(1024 * blocks, -1, 1));
    return detail::MomentsState::write(moments).size();
  };
  CHECK(numbers_in(64) == numbers_in(1));
  // a block that begins with the first sample is whole, wherever that is
  for (const Index first : {1024, 5120}) {
    Moments<double, 1> later(first);
    later.add(Eigen::RowVectorXd::LinSpaced(1000, -1, 1));
    later.add(Eigen::RowVectorXd::LinSpaced(24, -1, 1));
    CHECK(detail::MomentsState::write(later).size() == numbers_in(1));
  }
  CHECK(numbers_in(63) - numbers_in(1) == 5 * (numbers_in(3) - numbers_in(2)));
}

// Would catch NaN or an assertion in place of an error message.
TEST_CASE("Moments: results that do not exist yet are refused") {
  Moments<double> moments;
  CHECK_THROWS_WITH(moments.mean(), "alphabar::Moments::mean: count must be >= 1, got 0");
  CHECK_THROWS_WITH(moments.gaussian(), "alphabar::Moments::mean: count must be >= 1, got 0");
  moments.add(Eigen::Vector3d(1, 2, 3));
  CHECK(moments.mean() == Eigen::Vector3d(1, 2, 3));
  CHECK_THROWS_WITH(moments.covariance(),
                    "alphabar::Moments::covariance: count must be >= 2, got 1");
  CHECK_THROWS_WITH(moments.add(VectorXd::Zero(4)),
                    "alphabar::Moments::add: the dimension of a sample must be 3, got 4");
  Moments<double> other;
  other.add(VectorXd::Zero(4));
  CHECK_THROWS_WITH(moments.merge(other),
                    "alphabar::Moments::merge: the dimension of a sample must be 3, got 4");
  Moments<double, 3> fixed;
  CHECK_THROWS_WITH(Moments<double>(-1), "alphabar::Moments: first_sample must be >= 0, got -1");
  CHECK_THROWS_WITH(fixed.add(MatrixXd::Zero(2, 2)),
                    "alphabar::Moments::add: the dimension of a sample must be 3, got 2");
}

// Would catch a scatter between the means that is lost or has another weight, n for n − 1, and a
// mean that is squared.
TEST_CASE("DiagonalMoments: the diagonal of Moments") {
  const MatrixXd samples = VectorXd{{1e-6, 1, 1e3, 1e8, 1}}.asDiagonal() * make_samples(5, 3000);
  const MatrixXd shifted = samples.colwise() + VectorXd{{0, 1e6, -1e6, 0, 1e3}};
  Moments<double> full;
  full.add(shifted);
  const VectorXd expected = full.covariance().diagonal();
  DiagonalMoments<double> moments;
  for (Index first = 0; first < 3000; first += 300) moments.add(shifted.middleCols(first, 300));
  CHECK(moments.count() == 3000);
  CHECK(moments.dimension() == 5);
  CHECK((moments.variances().cwiseQuotient(expected).array() - 1).abs().maxCoeff() < 1e-12);
  CHECK((moments.mean().cwiseQuotient(full.mean()).array() - 1).abs().maxCoeff() < 1e-14);
  CHECK(moments.gaussian().mean() == moments.mean());
  CHECK(moments.gaussian().covariance().eigenvalues() == moments.variances());
  const auto fitted = fit_diagonal(shifted);
  CHECK((fitted.covariance().eigenvalues().cwiseQuotient(expected).array() - 1).abs().maxCoeff() <
        1e-12);
  DiagonalMoments<float, 5> of_floats;
  of_floats.add(samples.cast<float>());
  CHECK(
      (of_floats.variances().cast<double>().cwiseQuotient(expected).array() - 1).abs().maxCoeff() <
      1e-5);
}

// Would catch a block that begins where a part or a batch does, and a state that loses a sum on its
// way to another process.
TEST_CASE("DiagonalMoments: the bits of one pass, for any parts and batches") {
  const MatrixXd samples = make_samples(5, 900);
  DiagonalMoments<double> whole;
  whole.add(samples);
  const std::vector<Index> cuts[] = {
      {0, 450, 900}, {0, 1, 15, 16, 17, 64, 899, 900}, {0, 5, 10, 10, 300, 900}};
  for (const auto& borders : cuts) {
    CAPTURE(borders);
    const auto merged = in_parts<DiagonalMoments<double>>(samples, borders);
    CHECK(merged.mean() == whole.mean());
    CHECK(merged.variances() == whole.variances());
  }
  const std::vector<double> row = detail::MomentsState::write(whole);
  const auto read = detail::MomentsState::read<DiagonalMoments<double>>(row);
  CHECK(read.variances() == whole.variances());
  CHECK(row.size() < 300);  // no block of raw samples but the last, no matrix
}

// Would catch the name of another class.
TEST_CASE("DiagonalMoments: say what is wrong") {
  DiagonalMoments<double> moments;
  CHECK_THROWS_WITH(moments.mean(), "alphabar::DiagonalMoments::mean: count must be >= 1, got 0");
  moments.add(VectorXd::Ones(2));
  CHECK_THROWS_WITH(moments.variances(),
                    "alphabar::DiagonalMoments::variances: count must be >= 2, got 1");
  CHECK_THROWS_WITH(moments.add(VectorXd::Ones(3)),
                    "alphabar::DiagonalMoments::add: the dimension of a sample must be 2, got 3");
  CHECK_THROWS_WITH(DiagonalMoments<double>(-1),
                    "alphabar::DiagonalMoments: first_sample must be >= 0, got -1");
}

}  // namespace moments_test
