// SPDX-License-Identifier: MIT
#include <Eigen/Core>
#include <cmath>
#include <type_traits>

#include "alphabar/gaussian/fit_dense.hpp"
#include "alphabar/gaussian/fit_diagonal.hpp"
#include "alphabar/gaussian/fit_kronecker.hpp"
#include "alphabar/gaussian/fit_low_rank.hpp"
#include "alphabar/gaussian/fit_mixture.hpp"
#include "alphabar/gaussian/fit_stationary.hpp"
#include "alphabar/gaussian/moments.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"
#include "support/special_values.hpp"

namespace fit_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd normals(Index d, Index n, std::uint64_t seed = 5) {
  MatrixXd z(d, n);
  NoiseStream(seed).fill(z);
  return z;
}

/// Correlated samples with a mean far from 0.
MatrixXd make_samples(Index d, Index n) {
  const MatrixXd root = test::rotation(d) * VectorXd::LinSpaced(d, 0.1, 5).asDiagonal();
  return (root * normals(d, n)).colwise() + VectorXd::LinSpaced(d, -3, 1000).eval();
}

Gaussian<double> empirical(const MatrixXd& samples) {
  Moments<double> moments;
  moments.add(samples);
  return moments.gaussian();
}

// Would catch a divisor n, a mean that is squared, and a variance of rounding in what is constant.
TEST_CASE("fit_diagonal: the diagonal of the empirical Gaussian") {
  MatrixXd samples = make_samples(7, 600);
  samples.row(3).setConstant(0.1);
  const auto fit = fit_diagonal(samples);
  const VectorXd expected = empirical(samples).covariance().matrix().diagonal();
  CHECK(test::relative_error(fit.covariance().eigenvalues(), expected) < 1e-13);
  CHECK(test::relative_error(fit.mean(), empirical(samples).mean()) < 1e-14);
  CHECK(fit.covariance().eigenvalues()(3) == 0);
  const Eigen::Matrix<float, 7, Eigen::Dynamic> of_floats = samples.cast<float>();
  const auto fixed = fit_diagonal(of_floats);
  STATIC_REQUIRE(
      std::is_same_v<decltype(fixed), const Gaussian<float, 7, DiagonalCovariance<float, 7>>>);
  CHECK(test::relative_error(fixed.covariance().eigenvalues(), expected) < 1e-5);
  CHECK_THROWS_WITH(fit_diagonal(MatrixXd(samples.leftCols(1))),
                    "alphabar::fit_diagonal: batch.cols() must be >= 2, got 1");
  samples(2, 5) = std::nan("");
  CHECK_THROWS_WITH(fit_diagonal(samples),
                    "alphabar::fit_diagonal: batch(2, 5) must be finite, got nan");
  samples(2, 5) = -test::infinity;
  CHECK_THROWS_WITH(fit_diagonal(samples),
                    "alphabar::fit_diagonal: batch(2, 5) must be finite, got -inf");
}

// Would catch one running sum over all samples.
TEST_CASE("fit_diagonal: the mean of a million numbers of one sign") {
  const Index n = 1 << 20;
  MatrixXd numbers = MatrixXd::Constant(1, n, 0.1);
  numbers(0, 0) = 0;
  const double exact = 0.1 - 0.1 / double(n);
  CHECK_THAT(fit_diagonal(numbers).mean()(0), WithinRel(exact, 1024 * 0x1p-53));
}

// Would catch an expression that is read more than once: each time it has other values, which are
// then not finite, or too few for their covariance.
TEST_CASE("fits: a random expression is evaluated once") {
  int reads = 0;
  const auto counting = MatrixXd::NullaryExpr(8, 20, [&](Index, Index) { return 1.0 * reads++; });
  const MatrixXd counted =
      MatrixXd::NullaryExpr(8, 20, [](Index i, Index j) { return double(i + 8 * j); });
  const auto read_once = [&](const auto& fit) {
    reads = 0;
    const auto fitted = fit(counting);
    CHECK(reads == 160);
    CHECK(fitted.mean() == fit(counted).mean());
    CHECK(fitted.covariance().matrix() == fit(counted).covariance().matrix());
  };
  read_once([](const auto& batch) { return fit_diagonal(batch); });
  read_once([](const auto& batch) { return fit_dense(batch); });
  read_once([](const auto& batch) { return fit_low_rank(batch, 2); });
  read_once([](const auto& batch) { return fit_stationary(batch); });
  read_once([](const auto& batch) { return fit_kronecker(batch, 2, 4); });
  read_once([](const auto& batch) { return fit_mixture(batch, 2, 1); });
  read_once([](const auto& batch) {
    Moments<double> moments;
    moments.add(batch);
    return moments.gaussian();
  });
  (void)fit_diagonal(MatrixXd::Random(8, 20));
}

/// n samples whose centred singular values are `deviations` √(n − 1), to rounding of the largest.
MatrixXd samples_with(const VectorXd& deviations, Index n) {
  const Index d = deviations.size();
  MatrixXd z = normals(d, n, 9);
  z.colwise() -= z.rowwise().mean().eval();
  const MatrixXd rows = detail::orthonormal(MatrixXd(z.transpose()));
  return std::sqrt(double(n - 1)) * test::rotation(d) * deviations.asDiagonal() * rows.transpose();
}

// Would catch samples that go through their covariance matrix: there, deviations below 1e-8 of the
// largest are lost, or negative.
TEST_CASE("fit_dense: keeps deviations whose squares are below rounding") {
  const VectorXd deviations{{1e-9, 1e-7, 1e-4, 0.5, 2}};
  for (const Index n : {6, 40, 700}) {
    CAPTURE(n);
    const MatrixXd samples = samples_with(deviations, n);
    const auto fit = fit_dense(samples);
    const VectorXd found = fit.covariance().eigenvalues().cwiseSqrt();
    CHECK((found - deviations).cwiseAbs().maxCoeff() < 1e-14);
    CHECK(fit.covariance().rank() == 5);
    const MatrixXd whitened =
        fit.covariance().apply([](double lambda) { return 1 / std::sqrt(lambda); }, samples);
    const MatrixXd covariance = whitened * whitened.transpose() / double(n - 1);
    CHECK(test::relative_error(covariance, MatrixXd::Identity(5, 5)) < 1e-5);
  }
}

// Would catch blocks of samples that replace each other, a divisor n, and a mean that stays in.
TEST_CASE("fit_dense: the empirical Gaussian, however many samples") {
  for (const Index n : {2, 5, 8, 256, 1000}) {
    CAPTURE(n);
    const MatrixXd samples = make_samples(7, n);
    const auto fit = fit_dense(samples);
    const auto expected = empirical(samples);
    CHECK(fit.covariance().rank() == std::min<Index>(7, n - 1));
    CHECK(fit.covariance().eigenvalues().minCoeff() >= 0);
    CHECK(test::relative_error(fit.covariance().matrix(), expected.covariance().matrix()) < 1e-13);
    CHECK(test::relative_error(fit.mean(), expected.mean()) < 1e-14);
  }
  const MatrixXd samples = make_samples(7, 600);
  const Eigen::Matrix<float, 7, Eigen::Dynamic> of_floats = samples.cast<float>();
  const auto fixed = fit_dense(of_floats);
  STATIC_REQUIRE(std::is_same_v<decltype(fixed), const Gaussian<float, 7>>);
  CHECK(test::relative_error(fixed.covariance().matrix(),
                             empirical(samples).covariance().matrix()) < 1e-5);
  const auto constant = fit_dense(MatrixXd(MatrixXd::Constant(3, 5, 0.1)));
  CHECK(constant.covariance().rank() == 0);
  CHECK(test::complaint([] { (void)fit_dense(MatrixXd(1e200 * MatrixXd::Identity(2, 2))); })
            .starts_with("invalid_argument: alphabar::fit_dense: the largest number must have a "
                         "square that can be summed: at most 3.3"));
  CHECK_THROWS_WITH(fit_dense(MatrixXd(samples.leftCols(1))),
                    "alphabar::fit_dense: batch.cols() must be >= 2, got 1");
}

// Would catch a bound for rounding that does not grow with the data, and two coordinates in units
// far apart that are taken for independent.
TEST_CASE("fit_dense: the rank in any unit, and of coordinates that are multiples") {
  for (const double unit : {1e-100, 1e-8, 1.0, 1e8, 1e100}) {
    CAPTURE(unit);
    CHECK(fit_dense(MatrixXd(unit * make_samples(7, 5))).covariance().rank() == 4);
  }
  for (const double factor : {1.0, 3.0, 1e3, 1e-6}) {
    CAPTURE(factor);
    MatrixXd multiples = normals(2, 50);
    multiples.row(1) = factor * multiples.row(0);
    CHECK(fit_dense(multiples).covariance().rank() == 1);
  }
}

/// The r largest eigenvalues of the empirical covariance, and the mean of the others.
MatrixXd cut(const MatrixXd& samples, Index r) {
  const auto sigma = empirical(samples).covariance();
  const Index rest = sigma.dimension() - r;
  VectorXd lambda = sigma.eigenvalues();
  if (rest > 0) lambda.head(rest).setConstant(lambda.head(rest).mean());
  return sigma.eigenvectors() * lambda.asDiagonal() * sigma.eigenvectors().transpose();
}

// Would catch directions of the least variance, ψ that is left in l, a mean of d instead of d − r
// eigenvalues, a subspace that has not turned far enough, and fits that depend on something else.
TEST_CASE("fit_low_rank: the empirical spectrum, truncated") {
  const MatrixXd samples = make_samples(40, 300);
  for (const Index r : {1, 3, 39, 40}) {
    CAPTURE(r);
    const auto fit = fit_low_rank(samples, r);
    CHECK(fit.covariance().basis().cols() == r);
    CHECK(test::relative_error(fit.covariance().matrix(), cut(samples, r)) < 1e-6);
    CHECK_THAT(fit.covariance().trace(detail::Identity{}),
               WithinRel(empirical(samples).covariance().matrix().trace(), 1e-13));
  }
  CHECK(fit_low_rank(samples, 3).covariance().basis() ==
        fit_low_rank(samples, 3).covariance().basis());
  const auto of_floats = fit_low_rank(samples.cast<float>().eval(), 3);
  CHECK(test::relative_error(of_floats.covariance().matrix(), cut(samples, 3)) < 1e-5);
}

// Would catch a ψ of rounding, or below 0, where there is no variance left.
TEST_CASE("fit_low_rank: fewer samples than dimensions") {
  const MatrixXd samples = make_samples(40, 5);
  const auto exact = empirical(samples).covariance();
  for (const Index r : {4, 10, 40}) {
    const auto sigma = fit_low_rank(samples, r).covariance();
    CHECK(sigma.psi() == 0);
    CHECK(sigma.rank() == 4);
    CHECK(test::relative_error(sigma.matrix(), exact.matrix()) < 1e-12);
  }
  CHECK(fit_low_rank(MatrixXd(MatrixXd::Constant(4, 3, 0.1)), 2).covariance().rank() == 0);
  CHECK_THROWS_WITH(fit_low_rank(samples, 0), "alphabar::fit_low_rank: r must be in 1..40, got 0");
  CHECK_THROWS_WITH(fit_low_rank(samples, 41),
                    "alphabar::fit_low_rank: r must be in 1..40, got 41");
}

// Would catch a d × d matrix: it would take 320 GB.
TEST_CASE("fit_low_rank: 200,000 dimensions") {
  Eigen::MatrixXf samples = normals(200000, 6).cast<float>();
  samples.row(7) *= 4000;
  const auto fit = fit_low_rank(samples, 2);
  CHECK(std::abs(fit.covariance().basis()(7, 0)) > 0.99);
  CHECK(fit.covariance().psi() > 0);
}

/// 300, 200 and 100 samples around three points, 40 standard deviations apart.
MatrixXd make_clusters() {
  MatrixXd x = normals(2, 600);
  x.leftCols(300).colwise() += Eigen::Vector2d(1000, 40);
  x.middleCols(300, 200).colwise() += Eigen::Vector2d(1040, 0);
  x.rightCols(100).colwise() += Eigen::Vector2d(960, 0);
  return x;
}

// Would catch responsibilities by column instead of row, clusters that lose their samples, Σ_k
// about another mean, and noise that is added more than once.
TEST_CASE("fit_mixture: separated clusters") {
  const MatrixXd x = make_clusters();
  const VectorXd noise = 1e-4 * empirical(x).covariance().matrix().diagonal() * 599 / 600;
  const auto mixture = fit_mixture(x, 3, 1);
  for (const auto& [first, count] : {std::pair{0, 300}, {300, 200}, {500, 100}}) {
    CAPTURE(first);
    const auto part = empirical(x.middleCols(first, count));
    Index found = -1;
    for (Index k = 0; k < 3; ++k) {
      const auto& component = mixture.components()[static_cast<std::size_t>(k)];
      if ((component.mean() - part.mean()).norm() < 1) found = k;
    }
    REQUIRE(found >= 0);
    const auto& component = mixture.components()[static_cast<std::size_t>(found)];
    CHECK_THAT(mixture.weights()(found), WithinRel(count / 600.0, 1e-12));
    CHECK(test::relative_error(component.mean(), part.mean()) < 1e-12);
    MatrixXd expected = part.covariance().matrix() * (count - 1) / count;
    expected.diagonal() += noise;
    CHECK(test::relative_error(component.covariance().matrix(), expected) < 1e-10);
  }
}

// Would catch an iteration that ends before its fixed point, where the responsibilities of the
// fitted mixture give back its own weights and means; and draws that are not those of the seed.
TEST_CASE("fit_mixture: a fixed point, and one seed is one fit") {
  const MatrixXd x = normals(3, 500).cwiseAbs2();
  MixtureFit far;
  far.iterations = 5000;
  far.tolerance = 1e-12;
  const auto mixture = fit_mixture(x, 2, 3, far);
  const MatrixXd shares = mixture.responsibilities({}, x);
  CHECK(test::relative_error(shares.rowwise().mean(), mixture.weights()) < 1e-5);
  for (Index k = 0; k < 2; ++k) {
    const VectorXd mean = x * shares.row(k).transpose() / shares.row(k).sum();
    CHECK(test::relative_error(mixture.components()[static_cast<std::size_t>(k)].mean(), mean) <
          1e-5);
  }
  CHECK(fit_mixture(x, 2, 3, far).weights() == mixture.weights());
  const auto after = [&](Index n) { return fit_mixture(x, 2, 3, {.iterations = n}).weights(); };
  CHECK(after(1) != after(0));
  CHECK(after(2) != after(1));
  double one = 0;
  double two = 0;
  const auto single = fit_mixture(x, 1, 0);
  for (Index j = 0; j < x.cols(); ++j) {
    one += single.log_density(x.col(j));
    two += mixture.log_density(x.col(j));
  }
  CHECK(two > one + 100);  // such data are no Gaussian
}

// Would catch another default, and noise for a constant coordinate that is not the mean variance of
// the others.
TEST_CASE("fit_mixture: its options, and the noise of a constant coordinate") {
  CHECK(MixtureFit{}.iterations == 100);
  CHECK(MixtureFit{}.tolerance == 1e-5);
  CHECK(MixtureFit{}.floor == 1e-4);
  MatrixXd x = normals(3, 200);
  x.row(1) *= 5;
  x.row(2).setConstant(0.1);
  const MatrixXd sigma = empirical(x).covariance().matrix() * 199 / 200;
  const auto mixture = fit_mixture(x, 1, 0, {.floor = 0.01});
  const MatrixXd fitted = mixture.components()[0].covariance().matrix();
  CHECK_THAT(fitted(0, 0), WithinRel(1.01 * sigma(0, 0), 1e-12));
  CHECK_THAT(fitted(1, 1), WithinRel(1.01 * sigma(1, 1), 1e-12));
  CHECK_THAT(fitted(2, 2), WithinRel(0.01 * (sigma(0, 0) + sigma(1, 1)) / 3, 1e-12));
  // what varies by less than 64 u of its mean is constant, u = 2^-53
  const auto variance_of_steps = [&](double steps) {
    for (Index j = 0; j < 200; ++j) x(2, j) = 1 + (j % 2 == 0 ? steps : -steps) * 0x1p-53;
    return fit_mixture(x, 1, 0).components()[0].covariance().matrix()(2, 2);
  };
  CHECK(variance_of_steps(60) > 1e-6);
  CHECK(variance_of_steps(68) < 1e-20);
}

// Would catch 0/0 in a cluster without samples, and a factorization of what is singular.
TEST_CASE("fit_mixture: few different samples, constant coordinates") {
  MatrixXd x = make_clusters().leftCols(12);
  x.row(1).setConstant(0.1);
  x.rightCols(6).colwise() = x.col(0).eval();
  const auto mixture = fit_mixture(x, 12, 7);
  CHECK(mixture.weights().allFinite());
  CHECK(std::isfinite(mixture.log_density(x.col(0))));
  const auto refused = [&](auto call) { return test::complaint(call); };
  CHECK(refused([&] { (void)fit_mixture(x, 13, 0); }) ==
        "invalid_argument: alphabar::fit_mixture: k must be in 1..12, got 13");
  CHECK(refused([&] { (void)fit_mixture(x, 0, 0); }) ==
        "invalid_argument: alphabar::fit_mixture: k must be in 1..12, got 0");
  CHECK(refused([&] { (void)fit_mixture(x, 2, 0, {.iterations = -1}); }) ==
        "invalid_argument: alphabar::fit_mixture: iterations must be >= 0, got -1");
  CHECK(refused([&] { (void)fit_mixture(MatrixXd(MatrixXd::Ones(2, 3)), 1, 0); }) ==
        "invalid_argument: alphabar::fit_mixture: the mean variance of the batch must be > 0, "
        "got 0");
  CHECK(refused([&] { (void)fit_mixture(x, 2, 0, {.floor = 0}); }) ==
        "invalid_argument: alphabar::fit_mixture: floor must be finite and > 0, got 0");
  CHECK(refused([&] { (void)fit_mixture(x, 2, 0, {.floor = test::infinity}); }) ==
        "invalid_argument: alphabar::fit_mixture: floor must be finite and > 0, got inf");
  CHECK(refused([&] { (void)fit_mixture(x, 2, 0, {.tolerance = test::nan}); }) ==
        "invalid_argument: alphabar::fit_mixture: tolerance must be a number, got nan");
  for (const double tolerance : {-test::infinity, -1.0, 0.0, test::infinity}) {
    CHECK(refused([&] { (void)fit_mixture(x, 2, 0, {.tolerance = tolerance}); }) == "nothing");
  }
}

}  // namespace fit_test
