// SPDX-License-Identifier: MIT
#include "alphabar/oracle/sampler_law.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "alphabar/core.hpp"
#include "alphabar/covariance/diagonal.hpp"
#include "alphabar/gaussian/posterior.hpp"
#include "alphabar/gaussian/predict.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/prior.hpp"
#include "support/unit_noise.hpp"

/// Two ways to one law: the recursion per eigenvalue, and the matrix of the sampler that runs,
/// taken apart with unit vectors for noise.
namespace sampler_law_test {

using namespace alphabar;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using test::any_prior;
using test::relative_error;

/// Mean and covariance of what `run_sampler` makes of a start N(mean, root rootᵀ).
struct Law {
  VectorXd mean;
  MatrixXd covariance;
};

Law taken_apart(const SamplerPlan& plan, const Gaussian<double>& prior, const VectorXd& mean,
                const MatrixXd& root) {
  const auto run = [&](VectorXd x, const test::UnitNoise<>& noise) {
    const auto network = [&](std::span<const double> at, const SamplerCall& asked,
                             std::span<double> prediction) {
      const auto size = static_cast<Index>(at.size());
      const VectorXd here = Eigen::Map<const VectorXd>(at.data(), size);
      Eigen::Map<VectorXd>(prediction.data(), size) =
          predict(prior, asked.level, plan.prediction, here);
    };
    run_sampler(plan, network, x, noise);
    return x;
  };
  const auto silence = test::UnitNoise<>::silence();
  Law law{run(mean, silence), MatrixXd::Zero(mean.size(), mean.size())};
  const auto add = [&](const VectorXd& image) {
    law.covariance += (image - law.mean) * (image - law.mean).transpose();
  };
  for (Index i = 0; i < mean.size(); ++i) {
    add(run(mean + root.col(i), silence));
    for (Index k = 1; k <= plan.draws(); ++k) {
      add(run(mean, {static_cast<std::uint64_t>(k), static_cast<std::uint64_t>(i)}));
    }
  }
  return law;
}

void compare(const SamplerPlan& plan, const Gaussian<double>& prior) {
  const auto marginal = propagate(plan.calls.front().level, prior);
  const MatrixXd root = marginal.covariance().apply([](double l) { return std::sqrt(l); },
                                                    MatrixXd::Identity(5, 5).eval());
  const Law from_marginal = taken_apart(plan, prior, marginal.mean(), root);
  const auto claim = sampler_law(plan, prior, plan.calls.front().level);
  CHECK(relative_error(claim.mean(), from_marginal.mean) < 1e-12);
  CHECK(relative_error(claim.covariance().matrix(), from_marginal.covariance) < 1e-12);

  const Law from_noise = taken_apart(plan, prior, VectorXd::Zero(5), 2 * MatrixXd::Identity(5, 5));
  const auto other = sampler_law(plan, prior, TransitionKernel<double>(0, 4));
  CHECK(relative_error(other.mean(), from_noise.mean) < 1e-12);
  CHECK(relative_error(other.covariance().matrix(), from_noise.covariance) < 1e-12);
}

// Would catch a law that follows other numbers than the sampler does: a variance for its root, the
// mean of the start left out or counted twice, earlier predictions used in the wrong order.
TEST_CASE("sampler_law: the matrix of the sampler that runs, along a table") {
  const auto schedule = linear_schedule(30, 0.01, 0.5);
  const SamplerPath path(schedule, to_data(linspace_timesteps(30, 6)));
  const Gaussian prior = any_prior();
  compare(Ddpm{}.plan(path), prior);
  compare(Ddpm{Ddpm::Variance::step}.plan(path), prior);
  compare(OptimalDdpm({4, 0, 100, 0.01, 0.25}).plan(path), prior);
  compare(Ddim{0.4}.plan(path), prior);
  compare(DpmSolverPp2M{}.plan(path), prior);
}

TEST_CASE("sampler_law: the matrix of the sampler that runs, in sigma and in continuous time") {
  const Gaussian prior = any_prior();
  const SamplerPath levels = SamplerPath::of_sigmas(to_data(karras_sigmas(6, 0.01, 80)));
  compare(Euler{}.plan(levels), prior);
  compare(Heun{}.plan(levels), prior);
  compare(DpmSolverPp2M{}.plan(levels), prior);
  const SamplerPath times(VpLinear(), std::vector{1.0, 0.7, 0.5, 0.3, 0.25});
  compare(EulerMaruyama{}.plan(times), prior);
  compare(ExponentialIntegrator{}.plan(times), prior);
  compare(FlowEuler{}.plan(times), prior);
  compare(FlowHeun{}.plan(times), prior);
  compare(FlowRungeKutta4{}.plan(times), prior);
}

// Would catch 0/0 where neither the data nor the process vary: any_prior() has an eigenvalue 0, and
// an inversion begins on clean data.
TEST_CASE("sampler_law: the matrix of the sampler that runs, from clean data") {
  const auto schedule = linear_schedule(30, 0.01, 0.5);
  SamplerPlan plan = DdimInversion{}.plan({schedule, {30, 20, 12, 5, 0}});
  for (const Prediction kind :
       {Prediction::noise, Prediction::x0, Prediction::velocity, Prediction::flow_velocity}) {
    plan.prediction = plan.network = kind;
    compare(plan, any_prior());
  }
}

// A plan of no sampler: would catch terms that are 0 in all of them, draws that are used again, by
// one step or by several, two draws for one step, and what is drawn before the first call.
TEST_CASE("sampler_law: any plan, with all earlier predictions and draws in every step") {
  const auto schedule = linear_schedule(30, 0.01, 0.5);
  SamplerPlan plan{.prediction = Prediction::velocity};
  int number = 0;
  const auto next = [&] { return std::sin(static_cast<double>(++number)); };
  plan.start = {.x = next(), .draws = {next(), next()}, .new_draws = 2};
  for (Index k = 0; k < 7; ++k) {
    SamplerCall call{.time = 0, .level = schedule.transition(0, 30 - 4 * k)};
    call.step.x = next();
    call.step.new_draws = k % 3;
    for (Index j = 0; j <= std::min<Index>(k, 5); ++j) call.step.predictions.push_back(next());
    for (Index j = 0; j < 2 + k % 3; ++j) call.step.draws.push_back(next());
    plan.calls.push_back(call);
  }
  compare(plan, any_prior());
}

// Would catch a coefficient that is right to first order only: std_end/std_start is known in closed
// form, √(λ_end/λ_start) Π cos(θ_k − θ_{k+1}) with tan θ = σ/√λ.
TEST_CASE("sampler_law: DDIM and Euler are a product of cosines") {
  const auto schedule = linear_schedule();
  for (const Index n : {1, 2, 10, 50, 1000}) {
    const SamplerPath path(schedule, to_data(trailing_timesteps(1000, n)));
    const SamplerPlan plan = Ddim{}.plan(path);
    for (const double lambda : {1e-4, 0.05, 1.0, 20.0, 1e4}) {
      INFO(n << " steps, lambda = " << lambda);
      const auto std_at = [&](std::size_t k) {
        const auto& level = path.level(k);
        return std::hypot(level.signal_scale() * std::sqrt(lambda), level.noise_scale());
      };
      const auto cosine = [&](std::size_t k) {  // of θ_k − θ_{k+1}
        const auto& t = path.level(k);
        const auto& s = path.level(k + 1);
        return (t.signal_scale() * s.signal_scale() * lambda + t.noise_scale() * s.noise_scale()) /
               (std_at(k) * std_at(k + 1));
      };
      double expected = std_at(path.steps()) / std_at(0);
      for (std::size_t k = 0; k < path.steps(); ++k) expected *= cosine(k);
      const auto response = sampler_response(plan, lambda);
      CHECK_THAT(response.start, WithinRel(expected, 1e-13));
      CHECK(response.variance == 0);
      CHECK_THAT(response.mean + response.start * path.level(0).signal_scale(),
                 WithinRel(1.0, 1e-13));
    }
  }
}

/// log2 of the ratio of the errors of n and 2n steps, the error being that of log std at the end.
template <class S, class PathOf>
double observed_order(const S& sampler, PathOf path_of, double lambda, Index n) {
  const auto error = [&](Index steps) {
    const SamplerPath path = path_of(steps);
    const auto variance_at = [&](std::size_t k) {
      return path.level(k).signal_power() * lambda + path.level(k).noise_variance();
    };
    const double exact = std::sqrt(variance_at(path.steps()) / variance_at(0));
    return std::abs(std::log(sampler_response(sampler.plan(path), lambda).start / exact));
  };
  return std::log2(error(n) / error(2 * n));
}

// Would catch a corrector or an extrapolation with a wrong factor, which still converges, but as
// Euler's method does.
TEST_CASE("sampler_law: observed orders") {
  const auto levels = [](Index n) {
    return SamplerPath::of_sigmas(karras_sigmas(n + 1, 0.002, 80));
  };
  const auto times = [](Index n) {
    std::vector<double> grid;
    for (Index k = 0; k <= n; ++k) {
      grid.push_back(1 - 0.9 * static_cast<double>(k) / static_cast<double>(n));
    }
    return SamplerPath(VpLinear(), grid);
  };
  for (const double lambda : {0.01, 0.25, 4.0, 30.0}) {
    INFO("lambda = " << lambda);
    CHECK_THAT(observed_order(Euler{}, levels, lambda, 160), WithinAbs(1, 0.05));
    CHECK_THAT(observed_order(Heun{}, levels, lambda, 160), WithinAbs(2, 0.1));
    CHECK_THAT(observed_order(DpmSolverPp2M{}, levels, lambda, 160), WithinAbs(2, 0.1));
    CHECK_THAT(observed_order(FlowEuler{}, times, lambda, 160), WithinAbs(1, 0.05));
    CHECK_THAT(observed_order(FlowHeun{}, times, lambda, 160), WithinAbs(2, 0.1));
    CHECK_THAT(observed_order(FlowRungeKutta4{}, times, lambda, 160), WithinAbs(4, 0.2));
  }
}

// Would catch the two classical variances exchanged, and an optimal one that is not: each is exact
// for the data it was made for, whatever the grid.
TEST_CASE("sampler_law: where DDPM is exact") {
  const auto schedule = linear_schedule();
  const SamplerPath path(schedule, std::vector{1000, 700, 300, 20});
  const auto variance = [&](const SamplerPlan& plan, double lambda) {
    const auto response = sampler_response(plan, lambda);
    const auto start = path.level(0).variance(lambda);
    return response.start * response.start * start + response.variance;
  };
  CHECK_THAT(variance(Ddpm{Ddpm::Variance::step}.plan(path), 1), WithinRel(1.0, 1e-14));
  CHECK_THAT(variance(Ddpm{Ddpm::Variance::posterior}.plan(path), 0),
             WithinRel(path.level(3).noise_variance(), 1e-14));
  for (const double lambda : {0.0, 0.3, 1.0, 50.0}) {
    const auto& last = path.level(3);
    CHECK_THAT(variance(OptimalDdpm({lambda, lambda}).plan(path), lambda),
               WithinRel(last.signal_power() * lambda + last.noise_variance(), 1e-14));
  }
}

// Would catch a start that is not the marginal, a Scalar or a structure that is lost on the way,
// and blocks that end before the spectrum does.
TEST_CASE("sampler_law: starts, structures, and many directions at once") {
  const SamplerPlan plan =
      Ddpm{}.plan(SamplerPath(linear_schedule(), to_data(leading_timesteps(1000, 20))));
  const VectorXd spectrum = VectorXd::LinSpaced(67, 0, 9);
  const Gaussian prior(VectorXd::LinSpaced(67, -1, 2), DiagonalCovariance(spectrum));
  const auto responses = sampler_responses(plan, spectrum);
  for (const auto& start : {TransitionKernel<double>(0, 1), plan.calls.front().level}) {
    const auto law = sampler_law(plan, prior, start);
    const Eigen::ArrayXd initial = start.variance(spectrum.array().eval());
    const VectorXd variances = responses.start.square() * initial + responses.variance;
    const VectorXd mean =
        (responses.mean + start.signal_scale() * responses.start) * prior.mean().array();
    CHECK(relative_error(law.covariance().eigenvalues(), variances) < 1e-15);
    CHECK(relative_error(law.mean(), mean) < 1e-15);
  }
  const Gaussian single(prior.mean().cast<float>().eval(),
                        DiagonalCovariance(spectrum.cast<float>().eval()));
  CHECK(relative_error(sampler_law(plan, single).covariance().eigenvalues(),
                       sampler_law(plan, prior).covariance().eigenvalues()) < 1e-6);
}

// Would catch N(0, I) for a sampler that starts at sigma_max.
TEST_CASE("sampler_law: starts where samplers start") {
  const Gaussian prior = any_prior();
  const auto same = [&](const SamplerPath& path, double scale) {
    const SamplerPlan plan = Euler{}.plan(path);
    const auto law = sampler_law(plan, prior);
    CHECK(plan.start_scale == scale);
    const auto expected = sampler_law(plan, prior, TransitionKernel<double>::from_scales(0, scale));
    CHECK(law.mean() == expected.mean());
    CHECK(law.covariance().eigenvalues() == expected.covariance().eigenvalues());
  };
  same(SamplerPath::of_sigmas(std::vector{80.0, 3.0, 0.1}), 80);
  same(SamplerPath(VpLinear(), std::vector{1.0, 0.5, 0.1}), 1);
  same(SamplerPath(RectifiedFlow(), std::vector{1.0, 0.5, 0.1}), 1);
  same(SamplerPath(VpLinear(), std::vector{0.5, 0.1}), 1);
}

// Would catch a NaN for a score that does not exist.
TEST_CASE("sampler_law: what is refused") {
  using test::complaint;
  const Gaussian prior = any_prior();
  const SamplerPath path(VpLinear(), std::vector{1.0, 0.5, 0.0});
  CHECK(complaint([&] { (void)sampler_law(FlowHeun{}.plan(path), prior); }) ==
        "invalid_argument: alphabar::sampler_law: the noise at each call for the score of a "
        "singular covariance must be > 0, got 0");
  CHECK(complaint([&] { (void)sampler_law(FlowEuler{}.plan(path), prior); }) == "nothing");
  const Gaussian regular(VectorXd::Zero(2), DiagonalCovariance(VectorXd{{1, 4}}));
  CHECK(complaint([&] { (void)sampler_law(FlowHeun{}.plan(path), regular); }) == "nothing");
  CHECK(complaint([&] { (void)sampler_law(SamplerPlan{}, prior); }) ==
        "invalid_argument: alphabar::sampler_law: plan.calls.size() must be >= 1, got 0");
  CHECK(complaint([&] {
          (void)sampler_responses(FlowEuler{}.plan(path), VectorXd{{0, -1}});
        }) ==
        "invalid_argument: alphabar::sampler_responses: eigenvalues[1] must be finite and >= 0, "
        "got -1");
}

}  // namespace sampler_law_test
