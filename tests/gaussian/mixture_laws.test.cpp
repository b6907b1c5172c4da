// SPDX-License-Identifier: MIT
#include "alphabar/gaussian/mixture_laws.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "support/catch.hpp"
#include "support/matrices.hpp"
#include "support/special_values.hpp"
#include "support/unit_noise.hpp"

namespace mixture_laws_test {

using namespace alphabar;
using Eigen::Matrix3d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::Vector3d;
using Eigen::VectorXd;

GaussianMixture<double, 3> three_clusters() {
  const Matrix3d first{{4, 1.5, 0.5}, {1.5, 1, 0.25}, {0.5, 0.25, 2}};
  const Matrix3d second{{0.5, -0.25, 0}, {-0.25, 0.75, 0.125}, {0, 0.125, 0.25}};
  const Matrix3d third{{9, 0, 2}, {0, 1, 0}, {2, 0, 3}};
  return {
      {0.5, 0.3, 0.2},
      {{Vector3d(1, -2, 0.5), first}, {Vector3d(-3, 4, 1), second}, {Vector3d(0, 0, -6), third}}};
}

using Points = GaussianMixture<double, 2, DiagonalCovariance<double, 2>>;

/// A data set of three samples.
Points three_points() {
  const DiagonalCovariance<double, 2> nothing(Vector2d::Zero().eval());
  return {std::vector<double>{1, 1, 1},
          {{Vector2d(1, 2), nothing}, {Vector2d(1.25, 2), nothing}, {Vector2d(-3, 0.5), nothing}}};
}

struct Exact {
  double signal_power, noise_variance;
  Vector3d x;
  double log_density;
  Vector3d score, clean;
  double trace, correlated;  ///< of the posterior covariance
};

// Would catch exponentials that underflow, weights left out, responsibilities of another time than
// the scores, a covariance of the denoiser without the scatter between components. Between the
// clusters, 50 standard deviations out, and where squares are near their end. Expected: 60 digits.
TEST_CASE("GaussianMixture: density, score, denoiser and its covariance against 50 digits") {
  const auto prior = three_clusters();
  const Exact table[] = {
      {1,
       0,
       {1.0, -2.0, 0.5},
       -4.0581516545593841,
       {3.8207503509329427e-6, 1.7575481361709074e-5, -2.1587268771993844e-5},
       {1.0, -2.0, 0.5},
       0,
       0},
      {1,
       0,
       {-1.25, 1.5, 0.75},
       -7.8207606733239205,
       {-2.166302399924433, 2.6661462522291405, -0.33363509798099741},
       {-1.25, 1.5, 0.75},
       0.0,
       0.0},
      {1,
       0,
       {0.5, -1.0, -2.75},
       -7.7984974782773483,
       {0.5686566733206939, -0.73761622722056085, 0.073539178763881688},
       {0.5, -1.0, -2.75},
       0.0,
       0.0},
      {1,
       0,
       {100.0, -50.0, 75.0},
       -2487.4340006200127,
       {-6.0, 50.0, -23.0},
       {100.0, -50.0, 75.0},
       0.0,
       0.0},
      {1,
       0,
       {-40.0, 60.0, 10.0},
       -2016.0209571417518,
       {6.608695652173913, -60.0, -9.7391304347826087},
       {-40.0, 60.0, 10.0},
       0.0,
       0.0},
      {1,
       0,
       {1000000.0, 2000000.0, -1000000.0},
       -2347823217404.2818,
       {-217390.78260869565, -2000000.0, 478258.52173913043},
       {1000000.0, 2000000.0, -1000000.0},
       0.0,
       0.0},
      {1,
       0,
       {-1e+100, 1e+100, 1e+99},
       -5.7586956521739132e+199,
       {1.391304347826087e+99, -1.0e+100, -1.2608695652173913e+99},
       {-1.0e+100, 1.0e+100, 9.9999999999999997e+98},
       0.0,
       0.0},
      {0.25,
       0.75,
       {0.5, 1.0, -1.0},
       -5.9303723931953085,
       {-0.14428072811024533, -1.2784667768110259, 0.2952326935771113},
       {0.78357890783463201, 0.082299834783461192, -1.557150959634333},
       11.626576544821326,
       -1.8672949563198952},
      {0.25,
       0.75,
       {50.0, -50.0, 50.0},
       -2375.913242415281,
       {-11.411764705882353, 50.0, -31.529411764705882},
       {82.882352941176471, -25.0, 52.705882352941176},
       4.3676470588235294,
       0},
      {0.25,
       0.75,
       {-200.0, 0.0, 100.0},
       -13231.795595356457,
       {82.705882352941176, 0, -96.235294117647059},
       {-275.94117647058824, 0, 55.647058823529412},
       4.3676470588235294,
       0},
      {0.0625,
       0.9375,
       {0.0, 0.0, -1.0},
       -3.6450750957517859,
       {0.0094512049455306352, -0.11940718466290069, 0.59074313434905782},
       {0.035442018545739882, -0.44777694248587758, -1.7847132461910332},
       19.503729472272601,
       -1.9621784979748098},
      {0.0625,
       0.9375,
       {-50.0, 50.0, 0.0},
       -2102.3615441446086,
       {33.757009345794393, -50.0, -5.0841121495327103},
       {-73.411214953271028, 12.5, -19.065420560747664},
       8.8580607476635514,
       0},
      {1,
       0.0009765625,
       {-1.25, 1.5, 0.75},
       -7.8191729761621976,
       {-2.1635917248997236, 2.663112540404338, -0.33082859702132936},
       {-1.2521128825438474, 1.5026006958402386, 0.74967692519822136},
       0.0029214570448304572,
       -8.4520566628639307e-7},
      {1,
       4096,
       {10.0, 20.0, -3000.0},
       -1110.3305670511129,
       {-0.0027853601256921592, -0.0048861081681468246, 0.73046114354111289},
       {-1.4088350748350839, -0.013499056729393387, -8.0311560556015939},
       14.212261351574311,
       -0.075639045469477163},
  };
  for (const Exact& exact : table) {
    CAPTURE(exact.signal_power, exact.noise_variance, exact.x.transpose());
    const TransitionKernel<double> kernel(exact.signal_power, exact.noise_variance);
    CHECK_THAT(propagate(kernel, prior).log_density(exact.x), WithinRel(exact.log_density, 1e-14));
    const Vector3d gradient = score(prior, kernel, exact.x);
    CHECK(test::relative_error(gradient, exact.score) < 1e-12);
    CHECK(test::relative_error(denoise(prior, kernel, exact.x), exact.clean) < 1e-12);
    const Vector3d noise = predict(prior, kernel, Prediction::noise, exact.x);
    CHECK((noise + kernel.noise_scale() * gradient).norm() <= 1e-14 * noise.norm());
    const Matrix3d of_denoiser = posterior(prior, kernel, exact.x).covariance();
    const double rounding = 1e-12 * exact.trace + 1e-28 * exact.x.squaredNorm();
    CHECK_THAT(of_denoiser.trace(), WithinAbs(exact.trace, rounding));
    CHECK_THAT(of_denoiser(0, 1), WithinAbs(exact.correlated, rounding));
  }
}

// Would catch logarithms of float, which at 50 standard deviations no longer tell the clusters
// apart, and exponentials that underflow earlier than in double.
TEST_CASE("GaussianMixture: scores in float, 50 standard deviations out") {
  const auto exact = three_clusters();
  std::vector<Gaussian<float, 3>> parts;
  for (const auto& part : exact.components()) {
    parts.emplace_back(part.mean().cast<float>(), part.covariance().matrix().cast<float>());
  }
  const GaussianMixture prior({0.5F, 0.3F, 0.2F}, parts);
  for (const Vector3d& x : {Vector3d(50, -50, 50), Vector3d(-6, 50, -23), Vector3d(-50, 50, 0),
                            Vector3d(100, -50, 75), Vector3d(-1.25, 1.5, 0.75)}) {
    CAPTURE(x.transpose());
    const Vector3d expected = score(exact, TransitionKernel<double>(0.25, 0.75), x);
    const auto found =
        score(prior, TransitionKernel<float>(0.25, 0.75), Eigen::Vector3f(x.cast<float>()));
    CHECK(test::relative_error(found, expected) < 1e-6);
  }
}

/// The same numbers in another precision.
template <class To, class From>
GaussianMixture<To, 3> mixture_cast(const GaussianMixture<From, 3>& mixture) {
  std::vector<Gaussian<To, 3>> parts;
  for (const auto& part : mixture.components()) {
    parts.emplace_back(part.mean().template cast<To>(),
                       part.covariance().matrix().template cast<To>());
  }
  return {mixture.weights().template cast<To>().eval(), parts};
}

/// Where, on the line from p to q, another component than that of p gets the largest share.
Vector3d boundary(const GaussianMixture<double, 3>& mixture, const TransitionKernel<double>& kernel,
                  Vector3d p, Vector3d q) {
  const auto largest = [&](const Vector3d& x) {
    Index k = 0;
    mixture.responsibilities(kernel, x).col(0).maxCoeff(&k);
    return k;
  };
  const Index first = largest(p);
  REQUIRE(largest(q) != first);
  for (int turn = 0; turn < 60; ++turn) {
    const Vector3d middle = (p + q) / 2;
    (largest(middle) == first ? p : q) = middle;
  }
  return p;
}

// Would catch differences and whitened vectors in float: between two clusters, some 50 standard
// deviations from both, the shares are differences of squares near 2500.
TEST_CASE("GaussianMixture: shares in float, far out between two clusters") {
  const TransitionKernel<float> kernel(0.25F, 0.75F);
  const TransitionKernel<double> same(kernel);
  const auto prior = mixture_cast<float>(three_clusters());
  const auto exact = mixture_cast<double>(prior);
  const Vector3d ends[][2] = {{{-50, -50, 0}, {-50, -20, 0}},
                              {{-20, 50, 20}, {-20, 50, 50}},
                              {{50, 50, 20}, {50, 50, 50}},
                              {{20, 50, 0}, {0, 50, -20}}};
  for (const auto& [p, q] : ends) {
    const Eigen::Vector3f x = boundary(exact, same, p, q).cast<float>();
    const Vector3d point = x.cast<double>();
    const auto expected = exact.responsibilities(same, point);
    CAPTURE(point.transpose(), expected.transpose());
    CHECK((prior.responsibilities(kernel, x).cast<double>() - expected).cwiseAbs().maxCoeff() <
          1e-6);
    CHECK(test::relative_error(score(prior, kernel, x), score(exact, same, point)) < 1e-6);
  }
}

// The same for structures whose basis is the coordinate axes, in which nothing is rounded.
TEST_CASE("GaussianMixture: shares in float of uncorrelated components, far out") {
  const TransitionKernel<float> kernel(0.3F, 0.05F);
  const TransitionKernel<double> same(kernel);
  const Eigen::Matrix2Xf points{{1, 1.25F, -3}, {2, 2, 0.5F}};
  const auto prior = empirical_mixture(points);
  const auto exact = empirical_mixture(Eigen::Matrix2Xd(points.cast<double>()));
  const Eigen::Matrix2Xf x{{0.6161F, 0.617F}, {12.1F, 12.9F}};  // 50 deviations from two points
  const Eigen::Matrix2Xd point = x.cast<double>();
  const auto expected = exact.responsibilities(same, point);
  CHECK(expected.row(0).minCoeff() > 0.1);
  CHECK((prior.responsibilities(kernel, x).cast<double>() - expected).cwiseAbs().maxCoeff() < 1e-6);
  CHECK(test::relative_error(score(prior, kernel, x), score(exact, same, point)) < 1e-6);

  using Diagonal = DiagonalCovariance<float, 2>;
  const Eigen::Vector2f variances(0.7F, 0.1F);
  const GaussianMixture diagonal(
      {1.0F, 1.0F}, std::vector{Gaussian(Eigen::Vector2f(points.col(0)), Diagonal(variances)),
                                Gaussian(Eigen::Vector2f(points.col(1)), Diagonal(variances))});
  const DiagonalCovariance<double, 2> in_double(variances.cast<double>().eval());
  const GaussianMixture exact_diagonal(
      {1.0, 1.0}, std::vector{Gaussian(Vector2d(points.col(0).cast<double>()), in_double),
                              Gaussian(Vector2d(points.col(1).cast<double>()), in_double)});
  CHECK((diagonal.responsibilities(kernel, x).cast<double>() -
         exact_diagonal.responsibilities(same, point))
            .cwiseAbs()
            .maxCoeff() < 1e-6);
}

// Would catch terms of two components that are added up to 10⁶ before they are compared, in float:
// the difference is small, and known here because the second variances are the first ones in
// reverse, and x reads the same both ways.
TEMPLATE_TEST_CASE("GaussianMixture: scores in a million dimensions", "", float, double) {
  using Scalar = TestType;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  constexpr Index d = 1000000;
  const Vector variances =
      Vector::NullaryExpr(d, [](Index i) { return Scalar(3 + i % 11) / Scalar(1 + i % 4); });
  const Vector reversed = variances.reverse();
  Vector mean = Vector::Constant(d, 5);
  const Vector deviation =
      Vector::NullaryExpr(d, [](Index i) { return Scalar(1 + std::min(i, d - 1 - i) % 13) / 4; });
  std::vector<Gaussian<Scalar, Eigen::Dynamic, DiagonalCovariance<Scalar>>> parts;
  parts.emplace_back(mean, DiagonalCovariance<Scalar>(reversed));
  mean(0) += 1;
  parts.emplace_back(mean, DiagonalCovariance<Scalar>(variances));
  const GaussianMixture prior({Scalar(0.25), Scalar(0.75)}, parts);
  const TransitionKernel<Scalar> kernel(0.25, 0.75);
  const Vector x = (deviation.array() + Scalar(2.5)).matrix();  // √A 5 and what is beyond

  const VectorXd first = (0.25 * reversed.template cast<double>().array() + 0.75).matrix();
  const VectorXd second = (0.25 * variances.template cast<double>().array() + 0.75).matrix();
  VectorXd beyond = deviation.template cast<double>();
  const double x_0 = beyond(0);
  const double odds = 3 * std::exp((x_0 * x_0 - (x_0 - 0.5) * (x_0 - 0.5)) / second(0) / 2);
  VectorXd expected = -beyond.cwiseQuotient(first) / (1 + odds);
  beyond(0) -= 0.5;
  expected -= beyond.cwiseQuotient(second) * (odds / (1 + odds));
  const double bound = std::is_same_v<Scalar, double> ? 1e-9 : 1e-3;
  CHECK(test::relative_error(score(prior, kernel, x), expected) < bound);
  CHECK_THAT(static_cast<double>(prior.responsibilities(kernel, x)(1)),
             WithinAbs(odds / (1 + odds), bound));
}

// Would catch columns of a batch that get each other's responsibilities, x_s for x_t,
// responsibilities of x_0 for those of x_s, and signs.
TEST_CASE("GaussianMixture: batches, kernels in a row, velocity") {
  const auto prior = three_clusters();
  const TransitionKernel<double> zero_to_s(0.5, 0.5);
  const TransitionKernel<double> s_to_t(0.25, 0.75);
  const auto kernel = s_to_t * zero_to_s;
  const MatrixXd x{{0.5, -40, 2}, {1, 60, -1}, {-1, 10, 0}};
  const MatrixXd scores = score(prior, kernel, x);
  const MatrixXd clean = denoise(prior, kernel, x);
  const MatrixXd velocity = predict(prior, kernel, Prediction::velocity, x);
  const MatrixXd noise = predict(prior, kernel, Prediction::noise, x);
  for (Index j = 0; j < x.cols(); ++j) {
    const Vector3d point = x.col(j);
    CHECK(test::relative_error(scores.col(j), score(prior, kernel, point)) < 1e-14);
    CHECK(test::relative_error(score(propagate(zero_to_s, prior), s_to_t, point), scores.col(j)) <
          1e-12);
    const auto from_x = reverse_transition(prior, zero_to_s, s_to_t, point);
    CHECK(test::relative_error(posterior(prior, kernel, point).mean(), clean.col(j)) < 1e-13);
    // E[x_0 | x_t] = E[E[x_0 | x_s] | x_t], component by component.
    Vector3d chained = Vector3d::Zero();
    for (Index k = 0; k < 3; ++k) {
      const auto part = static_cast<std::size_t>(k);
      chained += from_x.weights()(k) *
                 denoise(prior.components()[part], zero_to_s, from_x.components()[part].mean());
    }
    CHECK(test::relative_error(chained, clean.col(j)) < 1e-12);
  }
  CHECK(test::relative_error(kernel.signal_scale() * noise - kernel.noise_scale() * clean,
                             velocity) < 1e-13);
  CHECK(test::relative_error(kernel.signal_scale() * clean + kernel.noise_scale() * noise, x) <
        1e-13);
}

// Would catch NaN from log 0 or 0/0 where a component has no width. Expected: 60 digits.
TEST_CASE("GaussianMixture: a data set as the prior") {
  const Points prior = three_points();
  CHECK(test::relative_error(denoise(prior, TransitionKernel(0.25, 0.75), Vector2d(0, 1)),
                             Vector2d(0.76237145799471799, 1.8700797875553612)) < 1e-14);
  CHECK(denoise(prior, TransitionKernel(1.0, 0x1p-20), Vector2d(1.125, 2.0009765625)) ==
        Vector2d(1.125, 2));
  CHECK(denoise(prior, TransitionKernel(1.0, 0x1p-4), Vector2d(-50, 3)) == Vector2d(-3, 0.5));
  const auto far = posterior(prior, TransitionKernel(0.25, 0.75), Vector2d(100, 1000));
  // 1160 standard deviations out: the exponent −16.6 is a difference of numbers near 7e5.
  CHECK_THAT(far.weights()(0), WithinRel(6.3456149406452677e-8, 1e-9));
  CHECK_THAT(far.covariance()(0, 0), WithinRel(6.3456149406452677e-8 / 16, 1e-7));
  CHECK(far.covariance()(1, 1) == 0);
  const Vector2d beyond(1e200, 0);
  CHECK(score(prior, TransitionKernel(0.25, 0.75), beyond).allFinite());
  CHECK(denoise(prior, TransitionKernel(0.0, 1.0), beyond).isApprox(prior.mean()));
  const auto points = empirical_mixture(Eigen::Matrix2Xd{{1, 1.25, -3}, {2, 2, 0.5}});
  CHECK(test::relative_error(denoise(points, TransitionKernel(0.25, 0.75), Vector2d(0, 1)),
                             denoise(prior, TransitionKernel(0.25, 0.75), Vector2d(0, 1))) < 1e-15);
  CHECK(points.covariance().isApprox(prior.covariance(), 1e-15));
  CHECK_THROWS_WITH(empirical_mixture(Eigen::Matrix2Xd(2, 0)),
                    "alphabar::empirical_mixture: batch must not be empty, got 0");
  CHECK_THROWS_WITH(prior.log_density(Vector2d(1, 2)),
                    "alphabar::GaussianMixture: the rank of a component at t must be 2, got 0");
}

// Would catch Σ_k without the scatter between the means, and weights that are not divided.
TEST_CASE("GaussianMixture: mean and covariance") {
  const Points prior = three_points();
  CHECK_THAT(prior.weights()(1), WithinRel(1.0 / 3, 1e-15));
  CHECK(test::relative_error(prior.mean(), Vector2d(-0.25, 1.5)) < 1e-15);
  const MatrixXd centred = MatrixXd{{1.25, 1.5, -2.75}, {0.5, 0.5, -1}};
  CHECK(test::relative_error(prior.covariance(), (centred * centred.transpose() / 3).eval()) <
        1e-15);
  const TransitionKernel<double> kernel(0.25, 0.5);
  CHECK(test::relative_error(propagate(kernel, three_clusters()).covariance(),
                             propagate(kernel, three_clusters().covariance())) < 1e-14);
}

// Would catch a component chosen off by one, or by the noise of a coordinate; a root that is not
// that component's. Unit vectors show the map.
TEST_CASE("GaussianMixture: samples are the component's map of the noise") {
  const auto clusters = three_clusters().components();
  const GaussianMixture<double, 3> prior({0.25, 0.0, 0.75}, clusters);
  const auto silence = test::UnitNoise<double>::silence();
  CHECK(prior.sample(silence, 1).col(0) == clusters[2].mean());
  for (std::uint64_t i = 0; i < 3; ++i) {
    const test::UnitNoise<double> unit(1, 6 + i);  // sample 2, coordinate i
    const MatrixXd x = prior.sample(unit, 2, 1);
    CHECK(x.col(0) == clusters[2].mean());
    CHECK(test::relative_error(x.col(1), clusters[2].transform(Vector3d::Unit(Index(i)))) < 1e-15);
  }
  const MatrixXd chosen = prior.sample(test::UnitNoise<double>(0, 1), 2);  // Φ(1) = 0.84
  CHECK(chosen.col(1) == clusters[2].mean());
  const NoiseStream noise(3);
  const MatrixXd samples = prior.sample(noise, 1000);
  Index of_first = 0;
  for (Index j = 0; j < 1000; ++j) {
    const double u =
        std::erfc(-noise.substream(0)(static_cast<std::uint64_t>(j)) / std::sqrt(2.0)) / 2;
    const auto& part = clusters[u < 0.25 ? 0 : 2];
    Vector3d z;
    noise.substream(1).fill(z, static_cast<std::uint64_t>(3 * j));
    CHECK(test::relative_error(samples.col(j), part.transform(z)) < 1e-14);
    of_first += u < 0.25 ? 1 : 0;
  }
  CHECK(std::abs(static_cast<double>(of_first) - 250) < 6 * std::sqrt(1000 * 0.25 * 0.75));
  CHECK(samples.rightCols(400) == prior.sample(noise, 400, 600));
}

// Would catch an out-of-bounds access or a division by 0 in place of an error message.
TEST_CASE("GaussianMixture: refusals") {
  const Gaussian narrow(VectorXd::Ones(2), MatrixXd::Identity(2, 2));
  const Gaussian wide(VectorXd::Ones(3), MatrixXd::Identity(3, 3));
  const GaussianMixture mixture({1.0, 3.0}, std::vector{narrow, narrow});  // deduced
  CHECK(mixture.weights()(1) == 0.75);
  CHECK_THROWS_WITH(GaussianMixture({1.0}, std::vector{narrow, narrow}),
                    "alphabar::GaussianMixture: the number of weights must be 2, got 1");
  CHECK_THROWS_WITH(GaussianMixture({1.0, -1.0}, std::vector{narrow, narrow}),
                    "alphabar::GaussianMixture: weights[1] must be finite and >= 0, got -1");
  const Gaussian of_float(Eigen::VectorXf::Ones(2), Eigen::MatrixXf::Identity(2, 2));
  CHECK_THROWS_WITH(
      GaussianMixture({1.0, 1e300}, std::vector{of_float, of_float}),
      "alphabar::GaussianMixture: weights[1] must be at most 3.4028235e+38, got 1e+300");
  CHECK_THROWS_WITH(GaussianMixture({1.0, test::infinity}, std::vector{of_float, of_float}),
                    "alphabar::GaussianMixture: weights[1] must be finite and >= 0, got inf");
  CHECK_THROWS_WITH(GaussianMixture({1.0, -1e-300}, std::vector{of_float, of_float}),
                    "alphabar::GaussianMixture: weights[1] must be finite and >= 0, got -1e-300");
  CHECK_THROWS_WITH(
      GaussianMixture({0.0, 0.0}, std::vector{narrow, narrow}),
      "alphabar::GaussianMixture: the sum of the weights must be finite and > 0, got 0");
  CHECK_THROWS_WITH(
      GaussianMixture({1e308, 1e308}, std::vector{narrow, narrow}),
      "alphabar::GaussianMixture: the sum of the weights must be finite and > 0, got inf");
  CHECK_THROWS_WITH(GaussianMixture(VectorXd::Ones(2).eval(), std::vector{narrow, wide}),
                    "alphabar::GaussianMixture: the dimension of a component must be 2, got 3");
  CHECK_THROWS_WITH(GaussianMixture(std::vector<double>{}, std::vector<Gaussian<double>>{}),
                    "alphabar::GaussianMixture: the number of components must be >= 1, got 0");
  CHECK_THROWS_WITH(mixture.log_density(VectorXd::Ones(3)),
                    "alphabar::GaussianMixture: x.rows() must be 2, got 3");
  CHECK_THROWS_WITH(mixture.sample(NoiseStream(1), -1),
                    "alphabar::GaussianMixture::sample: count must be >= 0, got -1");
  CHECK_THROWS_WITH(mixture.sample(NoiseStream(1), 1, -2),
                    "alphabar::GaussianMixture::sample: first_sample must be >= 0, got -2");
}

}  // namespace mixture_laws_test
