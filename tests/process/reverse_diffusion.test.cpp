// SPDX-License-Identifier: MIT
#include "alphabar/process/reverse_diffusion.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/noise/noise_stream.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/schedule/continuous.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "alphabar/schedule/transformations.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/matrices.hpp"
#include "support/prior.hpp"
#include "support/unit_noise.hpp"

/// The laws of gaussian/score.hpp, posterior.hpp and flow.hpp, with bare kernels and by time.
namespace reverse_diffusion_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::any_prior;
using test::complaint;
using test::relative_error;
using test::UnitNoise;

const VectorXd point{{0.3, 0.7, -4, 2, 0.1}};

/// 0 → s and s → t of processes of every kind, near both of their ends and between.
const std::pair<TransitionKernel<>, TransitionKernel<>> kernels[] = {
    {linear_schedule().transition(0, 1), linear_schedule().transition(1, 2)},
    {linear_schedule().transition(0, 400), linear_schedule().transition(400, 500)},
    {cosine_schedule().transition(0, 998), cosine_schedule().transition(998, 1000)},
    {RectifiedFlow().transition(0, 0.25), RectifiedFlow().transition(0.25, 0.75)},
    {SubVpLinear().transition(0, 0.5), SubVpLinear().transition(0.5, 0.9)},
    {Edm().transition(0, 0.5), Edm().transition(0.5, 80)},
    {{}, Edm().transition(0, 2)},
};

// Would catch a table index for a time, D for the score's sign, and a covariance of β or β̃.
// Expected: 40 digits, for the linear schedule and the mean (1, −2).
TEST_CASE("ReverseDiffusion: known numbers") {
  const Eigen::Matrix2d sigma{{4, 1.5}, {1.5, 1}};
  const ReverseDiffusion reverse(
      ForwardDiffusion(Gaussian(Eigen::Vector2d(1, -2), sigma), linear_schedule()));
  const Eigen::Vector2d x(0.3, 0.7);
  const Eigen::Vector2d score(0.105529454657181352, -1.27310822910128443);
  CHECK(relative_error(reverse.score(x, 500), score) < 1e-15);
  const Eigen::Vector2d clean(1.4170095491801113, -1.68747953732676047);
  CHECK(relative_error(reverse.denoise(x, 500), clean) < 1e-15);

  const auto posterior = reverse.transition(x, 500, 0);
  const Eigen::Matrix2d unknown{{2.88307074501125413, 1.0422602643520095},
                                {1.0422602643520095, 0.798550216307235118}};
  CHECK(relative_error(posterior.mean(), clean) < 1e-15);
  CHECK(relative_error(posterior.covariance().matrix(), unknown) < 1e-15);
  const Eigen::Vector2d back(0.0100348129285687, 0.0100625984176244);
  CHECK(relative_error(reverse.transition(x, 500, 499).covariance().eigenvalues(), back) < 1e-13);
}

/// How much larger than its own rounding an error of Σ⁻¹x may be.
double condition(const Gaussian<double>& law) {
  const VectorXd& lambda = law.covariance().eigenvalues();
  return lambda.maxCoeff() / lambda.minCoeff();
}

// Would catch any coefficient that is right for one kind of process or for white data only: the
// same laws by conditioning the joint Gaussian of (x_s, x_t), without a spectrum.
TEST_CASE("reverse_transition, denoise, posterior: conditioning of the joint law") {
  const auto prior = any_prior();
  for (const auto& [zero_to_s, s_to_t] : kernels) {
    const auto at_s = propagate(zero_to_s, prior);
    const auto at_t = propagate(s_to_t, at_s);
    const MatrixXd cross = s_to_t.signal_scale() * at_s.covariance().matrix();
    const Eigen::LDLT<MatrixXd> sigma_t(at_t.covariance().matrix());
    const VectorXd mean = at_s.mean() + cross * sigma_t.solve(point - at_t.mean());
    const MatrixXd covariance = at_s.covariance().matrix() - cross * sigma_t.solve(cross);

    const auto reverse = reverse_transition(prior, zero_to_s, s_to_t, point);
    CHECK(relative_error(reverse.mean(), mean) < 1e-15 * condition(at_t) + 1e-14);
    CHECK((reverse.covariance().matrix() - covariance).cwiseAbs().maxCoeff() <
          1e-13 * at_s.covariance().matrix().cwiseAbs().maxCoeff());
    const auto known = posterior(prior, s_to_t * zero_to_s, point);
    CHECK(known.mean() == denoise(prior, s_to_t * zero_to_s, point));
    CHECK(relative_error(known.mean(),
                         reverse_transition(prior, {}, s_to_t * zero_to_s, point).mean()) < 1e-14);
  }
}

// Would catch a prediction that disagrees with the others about x_t = √A x_0 + √B ε.
TEST_CASE("score, noise and velocity: three forms of one prediction") {
  const auto prior = any_prior();
  for (const auto& kernel_pair : kernels) {
    const TransitionKernel kernel = kernel_pair.second * kernel_pair.first;
    const VectorXd clean = denoise(prior, kernel, point);
    const auto said = [&](Prediction kind) {
      return PredictionConversion(kernel, Prediction::x0, kind)(point, clean);
    };
    const double scale = point.norm() / kernel.noise_scale();  // what the conversion cancels
    CHECK((predict(prior, kernel, Prediction::noise, point) - said(Prediction::noise)).norm() <
          1e-13 * scale);
    CHECK(
        (predict(prior, kernel, Prediction::velocity, point) - said(Prediction::velocity)).norm() <
        1e-13 * scale * (kernel.signal_power() + kernel.noise_variance()));
    CHECK((score(prior, kernel, point) - said(Prediction::score)).norm() <
          1e-13 * scale / kernel.noise_scale());
  }
}

// Would catch digits that cancel where a difference is taken of two large terms: Tweedie's formula
// for D at small A, λ − k²λ_t for its covariance at small B, 1 − k√A for the weight of the mean.
TEST_CASE("The exact laws: within 8 ulp of their terms, at both ends") {
  using Long = long double;
  const VectorXd x{{0.5}};
  const TransitionKernel target(0.75, 0.0625);
  const auto check = [&](double lambda, double mean, double a, double b) {
    CAPTURE(lambda, mean, a, b);
    const Gaussian prior(VectorXd{{mean}}, DiagonalCovariance(VectorXd{{lambda}}));
    const TransitionKernel kernel(a, b);
    const Long scale = kernel.signal_scale();
    const Long noise = kernel.noise_scale();
    const Long variance = Long{a} * lambda + b;
    const auto is_sum = [](double value, Long term, Long other) {
      const Long bound = 8 * 0x1p-52L * (std::abs(term) + std::abs(other));
      CHECK(std::abs(value - (term + other)) <= bound);
    };
    const auto law = posterior(prior, kernel, x);
    is_sum(law.mean()(0), scale * lambda * x(0) / variance, Long{b} * mean / variance);
    is_sum(law.covariance().matrix()(0), lambda * (b / variance), 0);
    is_sum(score(prior, kernel, x)(0), -x(0) / variance, scale * mean / variance);
    is_sum(predict(prior, kernel, Prediction::noise, x)(0), noise * x(0) / variance,
           -noise * scale * mean / variance);
    is_sum(predict(prior, kernel, Prediction::velocity, x)(0),
           noise / variance * scale * (1 - Long{lambda}) * x(0),
           -noise / variance * (Long{a} + b) * mean);
    const Long stretch = std::sqrt((0.75L * lambda + 0.0625L) / variance);
    is_sum(flow(prior, kernel, target, x)(0), stretch * x(0),
           (target.signal_scale() - stretch * scale) * mean);
  };
  for (const double lambda : {0.0, 1e-9, 0.25, 1 + 0x1p-40, 1e4}) {
    check(lambda, 0, 0x1p-60, 1);
    check(lambda, -3, 0x1p-60, 1);
    check(lambda, -3, 0.5, 0.5);
    check(lambda, 0.25, 1 - 0x1p-40, 0x1p-40);
    check(lambda, 0, 1, 6400);
  }
}

// Would catch λ_s/λ_t without its root, times exchanged, and a map that is not the W2-optimal one:
// of all maps from one marginal to another only that is symmetric and positive.
TEST_CASE("flow: the symmetric map between two marginals, and back") {
  const ReverseDiffusion reverse(ForwardDiffusion(any_prior(), linear_schedule()));
  const auto& forward = reverse.forward();
  for (const auto& [t, s] : {std::pair{1000, 999}, {1000, 1}, {700, 1}, {1, 1000}, {500, 0}}) {
    INFO(t << " to " << s);
    MatrixXd unit_steps = MatrixXd::Identity(5, 5);
    unit_steps.colwise() += forward.mean(t);
    MatrixXd map = reverse.flow(unit_steps, t, s);
    map.colwise() -= forward.mean(s);
    CHECK(relative_error(map, map.transpose()) < 1e-13);
    CHECK(relative_error(map * forward.covariance(t) * map, forward.covariance(s)) <
          1e-15 * condition(forward.marginal(t)) + 1e-14);
    const VectorXd stretches = Eigen::SelfAdjointEigenSolver<MatrixXd>(map).eigenvalues();
    CHECK(stretches.minCoeff() > (s > 0 ? 0 : -1e-14 * stretches.maxCoeff()));  // the prior: rank 4
    if (s > 0) CHECK(relative_error(reverse.flow(reverse.flow(point, t, s), s, t), point) < 1e-11);
  }
  const VectorXd stop = reverse.flow(reverse.flow(point, 1000, 300), 300, 20);
  CHECK(relative_error(stop, reverse.flow(point, 1000, 20)) < 1e-13);
}

// Would catch 0/0 where the noise, the signal or a variance of the data is 0, in every place.
TEST_CASE("The exact laws at their limits: a value or a clear error, never NaN") {
  const auto prior = any_prior();  // one direction has no variance
  const Gaussian nothing(prior.mean(), DiagonalCovariance(VectorXd::Zero(5).eval()));
  const TransitionKernel<> identity;
  const TransitionKernel erased(0, 1);
  const TransitionKernel silenced(0, 0);
  const VectorXd x = prior.transform(point);  // possible data

  CHECK(relative_error(denoise(prior, identity, x), x) < 1e-14);
  CHECK(relative_error(denoise(prior, erased, x), prior.mean()) < 1e-14);
  CHECK(relative_error(denoise(prior, silenced, x), prior.mean()) < 1e-14);
  CHECK(denoise(nothing, identity, x) == nothing.mean());
  CHECK(predict(prior, identity, Prediction::noise, x).isZero(0));
  CHECK(predict(nothing, identity, Prediction::noise, x).isZero(0));
  CHECK(predict(nothing, identity, Prediction::velocity, x).isZero(0));
  CHECK(relative_error(predict(prior, erased, Prediction::noise, x), x) < 1e-14);
  CHECK(relative_error(predict(prior, erased, Prediction::velocity, x), -prior.mean()) < 1e-14);

  CHECK(posterior(prior, identity, x).covariance().matrix().isZero(0));
  CHECK(posterior(nothing, TransitionKernel(0.5, 0.5), x).covariance().matrix().isZero(0));
  CHECK(relative_error(posterior(prior, erased, x).covariance().matrix(),
                       prior.covariance().matrix()) < 1e-14);
  CHECK(posterior(prior, erased, x).covariance().rank() == 4);

  CHECK(flow(nothing, erased, identity, x) == nothing.mean());
  CHECK(flow(nothing, identity, identity, nothing.mean()) == nothing.mean());
  CHECK(relative_error(flow(prior, identity, identity, x), x) < 1e-14);
  CHECK(complaint([&] { (void)flow(prior, identity, erased, x); }) ==
        "invalid_argument: alphabar::flow: the rank of the covariance at `from` must be >= 5, that "
        "at `to`, got 4");
  CHECK(complaint([&] { (void)score(prior, identity, x); }) ==
        "invalid_argument: alphabar::score: the rank of the covariance at t must be 5, got 4");
  CHECK(complaint([&] { (void)score(prior, silenced, x); }) ==
        "invalid_argument: alphabar::score: the rank of the covariance at t must be 5, got 0");
  CHECK(relative_error(score(nothing, erased, x), -x) < 1e-15);

  const ReverseDiffusion reverse(ForwardDiffusion(prior, zero_terminal_snr(linear_schedule())));
  CHECK(relative_error(reverse.transition(x, 1000, 999).mean(), reverse.forward().mean(999)) <
        1e-13);
  CHECK(relative_error(reverse.transition(x, 500, 500).mean(), x) < 1e-14);
  CHECK(reverse.transition(x, 0, 0).covariance().rank() == 0);
}

// Would catch a share of the noise B/λ_t that underflows beside a large λ, and a λ/λ_t that
// overflows where A is 0 or next to it.
TEMPLATE_TEST_CASE("posterior_covariance: variances far apart", "", float, double) {
  using Vector = Eigen::VectorX<TestType>;
  using Limits = std::numeric_limits<TestType>;
  const TestType large = std::sqrt(Limits::max());
  const TestType small_noise = std::sqrt(Limits::min() / 3) / 1024;
  const double bound = 2 * double{Limits::epsilon()};
  const auto variance = [&](TestType lambda, TestType a, TestType b) {
    const Gaussian prior(Vector{{-2}}, DiagonalCovariance(Vector{{lambda}}));
    const TransitionKernel<TestType> kernel(a, b);
    const Vector drawn = draw_posterior(prior, kernel, Vector{{0}}, Vector{{1}});
    const Vector mean = denoise(prior, kernel, Vector{{0}});
    const auto found = double{posterior_covariance(prior, kernel).eigenvalues()(0)};
    CHECK_THAT(double{drawn(0)}, WithinRel(double{mean(0)} + std::sqrt(found), 4 * bound));
    return found;
  };
  CHECK_THAT(variance(large, 1, small_noise), WithinRel(double{small_noise}, bound));
  CHECK_THAT(variance(large, TestType(0.25), small_noise),
             WithinRel(4 * double{small_noise}, bound));
  CHECK_THAT(variance(small_noise, 1, large), WithinRel(double{small_noise}, bound));
  CHECK_THAT(variance(large, 0, small_noise), WithinRel(double{large}, bound));
  CHECK(variance(large, 1, 0) == 0);
  CHECK(variance(large, Limits::denorm_min(), 0) == 0);
  CHECK(variance(0, 0, 0) == 0);
}

// Would catch a wrong size that is accepted, and times in the wrong order.
TEST_CASE("The exact laws refuse") {
  const auto prior = any_prior();
  const ReverseDiffusion reverse(ForwardDiffusion(prior, linear_schedule()));
  const VectorXd x = VectorXd::Ones(4);
  CHECK(complaint([&] { (void)reverse.denoise(x, 3); }) ==
        "invalid_argument: alphabar::predict: x.rows() must be 5, got 4");
  CHECK(complaint([&] { (void)reverse.predict(Prediction::noise, x, 3); }) ==
        "invalid_argument: alphabar::predict: x.rows() must be 5, got 4");
  CHECK(complaint([&] { (void)reverse.flow(x, 3, 2); }) ==
        "invalid_argument: alphabar::flow: x.rows() must be 5, got 4");
  CHECK(complaint([&] { (void)reverse.score(point, 1001); }).substr(0, 12) == "out_of_range");
  CHECK(complaint([&] { (void)reverse.transition(point, 3, 4); }).substr(0, 16) ==
        "invalid_argument");
  CHECK(complaint([&] { (void)draw_posterior(prior, {}, point, MatrixXd::Ones(5, 2)); }) ==
        "invalid_argument: alphabar::draw_posterior: z.cols() must be 1, got 2");
  CHECK(complaint([&] { (void)draw_posterior(prior, {}, point, MatrixXd::Ones(4, 1)); }) ==
        "invalid_argument: alphabar::draw_posterior: z.rows() must be 5, got 4");
  CHECK(complaint([&] { (void)reverse.draw(x, 3, 2, NoiseStream(1)); }) ==
        "invalid_argument: alphabar::ReverseDiffusion::draw: x_t.rows() must be 5, got 4");
  for (const Index t : {-1, 1001}) {
    CHECK(complaint([&] { (void)reverse.sample_by_steps(t, NoiseStream(1), 1); }) ==
          "out_of_range: alphabar::ReverseDiffusion::sample_by_steps: t must be in 0..1000, got " +
              std::to_string(t));
    CHECK(complaint([&] { (void)reverse.forward().sample_by_steps(t, NoiseStream(1), 1); }) ==
          "out_of_range: alphabar::ForwardDiffusion::sample_by_steps: t must be in 0..1000, got " +
              std::to_string(t));
  }
  CHECK(reverse.sample_by_steps(1000, NoiseStream(1), 2).allFinite());
  CHECK(reverse.forward().sample_by_steps(1000, NoiseStream(1), 2).allFinite());
  CHECK(complaint([&] { (void)reverse.teleport(1, NoiseStream(1), -1); }) ==
        "invalid_argument: alphabar::ReverseDiffusion::teleport: count must be >= 0, got -1");
  CHECK(complaint([&] { (void)reverse.sample_by_steps(1, NoiseStream(1), 1, -2); }) ==
        "invalid_argument: alphabar::ReverseDiffusion::sample_by_steps: first_sample must be >= 0, "
        "got -2");
}

// Would catch noise that is used twice or has another variance, and a mean that is lost on the way:
// unit vectors as noise show the matrix of the chain, and M Mᵀ is the covariance of its samples.
TEST_CASE("ReverseDiffusion: its samples have the law of the forward process") {
  const auto schedule = respace(linear_schedule(), {1, 200, 500, 800, 1000});
  const ReverseDiffusion reverse(ForwardDiffusion(any_prior(), schedule));
  const auto& forward = reverse.forward();
  for (const Index t : {0, 2, 5}) {
    const auto silence = UnitNoise<double>::silence();
    const VectorXd mean = reverse.sample_by_steps(t, silence, 1);
    MatrixXd matrix(5, 30);
    for (Index k = 0; k < 30; ++k) {
      const UnitNoise<double> unit(static_cast<std::uint64_t>(k / 5),
                                   static_cast<std::uint64_t>(k % 5));
      matrix.col(k) = reverse.sample_by_steps(t, unit, 1) - mean;
    }
    CHECK(relative_error(mean, forward.mean(t)) < 1e-13);
    CHECK(relative_error(matrix * matrix.transpose(), forward.covariance(t)) < 1e-13);
  }

  MatrixXd jump(5, 5);
  MatrixXd teleport(5, 5);
  for (Index k = 0; k < 5; ++k) {
    const UnitNoise<double> unit(static_cast<std::uint64_t>(k));
    const UnitNoise<double> of_time_2(2, static_cast<std::uint64_t>(k));
    jump.col(k) = reverse.draw(point, 5, 2, of_time_2) - reverse.transition(point, 5, 2).mean();
    teleport.col(k) =
        reverse.teleport(2, unit, 1) - reverse.teleport(2, UnitNoise<double>::silence(), 1);
  }
  CHECK(relative_error(jump * jump.transpose(),
                       reverse.transition(point, 5, 2).covariance().matrix()) < 1e-13);
  const MatrixXd started_white =
      forward.covariance(5).ldlt().solve(forward.covariance(2));  // λ_t/λ_T
  CHECK(relative_error(teleport * teleport.transpose(), started_white) < 1e-13);
}

// Would catch a type that is not deduced, a batch that is not taken column by column, and float.
TEST_CASE("ReverseDiffusion: types") {
  using Eigen::Matrix3f;
  using Eigen::Vector3f;
  const Gaussian prior(Vector3f(1, 2, 3), Matrix3f(Vector3f(4, 1, 0.25F).asDiagonal()));
  const ReverseDiffusion reverse(ForwardDiffusion(prior, linear_schedule<float>()));
  STATIC_REQUIRE(std::is_same_v<decltype(reverse.score(Vector3f(1, 2, 3), 5)), Vector3f>);
  STATIC_REQUIRE(
      std::is_same_v<decltype(reverse.transition(Vector3f(1, 2, 3), 5, 4)), Gaussian<float, 3>>);
  const Matrix3f batch{{1, 2, 3}, {0, -1, 4}, {7, 0, 1}};
  for (Index j = 0; j < 3; ++j) {
    CHECK(reverse.denoise(batch, 500).col(j) == reverse.denoise(batch.col(j), 500));
    CHECK(reverse.predict(Prediction::velocity, batch, 500).col(j) ==
          reverse.predict(Prediction::velocity, batch.col(j), 500));
    CHECK(reverse.flow(batch, 500, 3).col(j) == reverse.flow(batch.col(j), 500, 3));
  }
}

}  // namespace reverse_diffusion_test
