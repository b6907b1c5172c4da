// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/core.hpp"
#include "support/catch.hpp"
#include "support/complaint.hpp"
#include "support/special_values.hpp"
#include "support/ulp.hpp"

/// The samplers as numbers, compared with the loops of the papers, on a network that is not linear:
/// two samplers that differ in one coefficient then have different results.
namespace samplers_test {

using namespace alphabar;
using test::complaint;

static_assert(Sampler<Ddpm> && Sampler<OptimalDdpm> && Sampler<Ddim> && Sampler<Euler>);
static_assert(Sampler<Heun> && Sampler<DpmSolverPp2M> && Sampler<EulerMaruyama>);
static_assert(Sampler<Ancestral> && Sampler<ExponentialIntegrator> && Sampler<FlowEuler>);
static_assert(Sampler<FlowHeun> && Sampler<FlowRungeKutta4>);

/// A smooth denoiser that depends on the time.
double tanh_denoiser(double x, double time) { return std::tanh(x / (1 + time)) + 0.1 * time; }

using Scalar1D = std::function<double(double x, double time)>;

/// What the plan makes of one number, asking a network of the given kind, and z_k = sin k.
struct SineNoise {
  std::uint64_t k = 0;
  [[nodiscard]] SineNoise substream(std::uint64_t call) const { return {call}; }
  double operator()(std::uint64_t) const { return std::sin(static_cast<double>(k)); }
  void fill(std::span<double> buffer, std::uint64_t) const {
    for (double& z : buffer) z = (*this)(0);
  }
};
double run(SamplerPlan plan, Prediction kind, double x, const Scalar1D& network) {
  plan.network = kind;
  std::vector<double> point{x};
  const auto ask = [&](std::span<const double> at, const SamplerCall& call,
                       std::span<double> prediction) { prediction[0] = network(at[0], call.time); };
  run_sampler(plan, ask, point, SineNoise());
  return point[0];
}

const std::vector<double> levels{10, 4, 1.5, 0.7, 0.2, 0.05, 0};

// Would catch a number of a sampler that is NaN in the plan, or counts as another.
TEST_CASE("samplers: NaN is refused by name") {
  const SamplerPath path = SamplerPath::of_sigmas(levels);
  const double nan = std::nan("");
  const auto said = [&](const auto&... samplers) {
    const auto one = [&](const auto& sampler) {
      const std::string text = complaint([&] { (void)sampler.plan(path); });
      CAPTURE(text);
      CHECK(text.starts_with("invalid_argument: alphabar::"));
      CHECK(text.ends_with(", got nan"));
      CHECK(text.find("SamplerTape") == std::string::npos);
    };
    (one(samplers), ...);
  };
  said(Ddim{nan}, EulerAncestral{nan}, EulerAncestral{1, nan}, Dpm2Ancestral{nan}, Tcd{nan});
  said(DpmSolver{.eta = nan}, DpmSolverMultistep{.eta = nan}, DpmSolverSinglestep{.eta = nan});
  said(DpmSolverPp2SAncestral{nan}, DpmSolverPp2SAncestral{1, nan}, ResMultistepAncestral{nan});
  said(DpmSolverPpSde{.eta = nan}, DpmSolverPpSde{.r = nan}, ErSde{3, nan});
  said(Seeds2{.eta = nan}, Seeds2{.r = nan}, Seeds3{.eta = nan}, Seeds3{.r_1 = nan});
  said(Seeds3{.r_2 = nan}, Res2S{nan}, GradientEstimation{.gamma = nan}, SaSolver{.tau = {nan}});
  said(Lcm{LcmBoundary{nan}}, Lcm{LcmBoundary{0.5, nan}});
  said(ConsistencyModel{nan}, ConsistencyModel{0.002, nan});
  for (const Churn& churn : {Churn{nan}, Churn{1, nan}, Churn{1, 0, nan}, Churn{1, 0, 9, nan}}) {
    said(Euler{churn}, Heun{churn}, HeunPp2{churn}, Dpm2{churn});
  }
}

// Would catch a wrong slope, a corrector of the wrong sign or at the wrong point, an extrapolation
// with the ratio of steps upside down, and an end that is not Euler's.
TEST_CASE("samplers in sigma: the loops of the papers") {
  const SamplerPath path = SamplerPath::of_sigmas(levels);
  double euler = 3;
  double heun = 3;
  double multistep = 3;
  double before = 0;
  for (std::size_t k = 0; k + 1 < levels.size(); ++k) {
    const double t = levels[k];
    const double s = levels[k + 1];
    euler += (s - t) * (euler - tanh_denoiser(euler, t)) / t;

    const double slope = (heun - tanh_denoiser(heun, t)) / t;
    const double there = heun + (s - t) * slope;
    const double correction = s > 0 ? (there - tanh_denoiser(there, s)) / s : slope;
    heun += (s - t) * (slope + correction) / 2;

    double clean = tanh_denoiser(multistep, t);
    const double said = clean;
    if (k > 0 && s > 0) {
      const double r = std::log(levels[k - 1] / t) / std::log(t / s);
      clean = (1 + 1 / (2 * r)) * clean - before / (2 * r);
    }
    multistep = s / t * multistep + (1 - s / t) * clean;
    before = said;
  }
  CHECK_THAT(run(Euler{}.plan(path), Prediction::x0, 3, tanh_denoiser), WithinRel(euler, 1e-14));
  CHECK_THAT(run(Heun{}.plan(path), Prediction::x0, 3, tanh_denoiser), WithinRel(heun, 1e-14));
  CHECK_THAT(run(DpmSolverPp2M{}.plan(path), Prediction::x0, 3, tanh_denoiser),
             WithinRel(multistep, 1e-14));
  CHECK(Euler{}.plan(path).calls.size() == 6);
  CHECK(Heun{}.plan(path).calls.size() == 11);
}

// Would catch DDIM or DDPM with a time off by one, a variance for its root, and noise of the wrong
// substream.
TEST_CASE("DDPM and DDIM: the loops of the papers") {
  const auto schedule = linear_schedule(30, 0.01, 0.5);
  const std::vector<Index> times{30, 22, 13, 7, 2, 1, 0};
  const SamplerPath path(schedule, times);
  const double eta = 0.6;
  double ddim = 3;
  double small = 3;
  double large = 3;
  for (std::size_t k = 0; k + 1 < times.size(); ++k) {
    const auto t = static_cast<double>(times[k]);
    const double a_t = schedule.alpha_bar(times[k]);
    const double a_s = schedule.alpha_bar(times[k + 1]);
    const double z = std::sin(static_cast<double>(k + 1));

    const double clean = tanh_denoiser(ddim, t);
    const double noise = (ddim - std::sqrt(a_t) * clean) / std::sqrt(1 - a_t);
    const double sigma = eta * std::sqrt((1 - a_s) / (1 - a_t) * (1 - a_t / a_s));
    ddim = std::sqrt(a_s) * clean + std::sqrt(1 - a_s - sigma * sigma) * noise + sigma * z;

    const auto mean = [&](double x) {
      return std::sqrt(a_s) * (1 - a_t / a_s) / (1 - a_t) * tanh_denoiser(x, t) +
             std::sqrt(a_t / a_s) * (1 - a_s) / (1 - a_t) * x;
    };
    small = mean(small) + std::sqrt((1 - a_s) / (1 - a_t) * (1 - a_t / a_s)) * z;
    large = mean(large) + (a_s < 1 ? std::sqrt(1 - a_t / a_s) * z : 0);
  }
  CHECK_THAT(run(Ddim{eta}.plan(path), Prediction::x0, 3, tanh_denoiser), WithinRel(ddim, 1e-13));
  CHECK_THAT(run(Ddpm{}.plan(path), Prediction::x0, 3, tanh_denoiser), WithinRel(small, 1e-13));
  CHECK_THAT(run(Ddpm{Ddpm::Variance::step}.plan(path), Prediction::x0, 3, tanh_denoiser),
             WithinRel(large, 1e-13));
}

// Would catch β for ½β, a stage at the wrong time, and an elimination of x that loses a stage.
TEST_CASE("samplers in continuous time: the loops of the papers") {
  const VpLinear process;
  const std::vector<double> times{1, 0.7, 0.45, 0.2, 0.1};
  const SamplerPath path(process, times);
  const Scalar1D score = [](double x, double t) { return -std::tanh(x) / (0.2 + t); };
  const auto slope = [&](double x, double t) { return process.beta(t) * (x + score(x, t)) / 2; };
  double maruyama = 3;
  double integrator = 3;
  double ancestral = 3;
  double euler = 3;
  double heun = 3;
  double classical = 3;
  const SamplerPath fine(process, std::vector<double>{1, 0.99, 0.97});
  for (std::size_t k = 0; k + 1 < times.size(); ++k) {
    const double t = times[k];
    const double s = times[k + 1];
    const double h = t - s;
    const double z = std::sin(static_cast<double>(k + 1));
    const double rate = process.beta(t) * h;
    maruyama += rate / 2 * maruyama + rate * score(maruyama, t) + std::sqrt(rate) * z;
    const double grown = 1 / process.transition(s, t).signal_scale();
    integrator +=
        (grown - 1) * (integrator + 2 * score(integrator, t)) + std::sqrt(grown * grown - 1) * z;
    euler += h * slope(euler, t);
    const double k1 = slope(heun, t);
    heun += h / 2 * (k1 + slope(heun + h * k1, s));
    const double middle = t - h / 2;
    const double r1 = slope(classical, t);
    const double r2 = slope(classical + h / 2 * r1, middle);
    const double r3 = slope(classical + h / 2 * r2, middle);
    const double r4 = slope(classical + h * r3, s);
    classical += h / 6 * (r1 + 2 * r2 + 2 * r3 + r4);
  }
  for (std::size_t k = 0; k < fine.steps(); ++k) {
    const double b = process.beta(fine.time(k)) * (fine.time(k) - fine.time(k + 1));
    ancestral = (ancestral + b * score(ancestral, fine.time(k))) / std::sqrt(1 - b) +
                std::sqrt(b) * std::sin(static_cast<double>(k + 1));
  }
  const auto by = [&](const SamplerPlan& plan) { return run(plan, Prediction::score, 3, score); };
  CHECK_THAT(by(EulerMaruyama{}.plan(path)), WithinRel(maruyama, 1e-13));
  CHECK_THAT(by(ExponentialIntegrator{}.plan(path)), WithinRel(integrator, 1e-13));
  CHECK_THAT(by(Ancestral{}.plan(fine)), WithinRel(ancestral, 1e-13));
  CHECK_THAT(by(FlowEuler{}.plan(path)), WithinRel(euler, 1e-13));
  CHECK_THAT(by(FlowHeun{}.plan(path)), WithinRel(heun, 1e-13));
  CHECK_THAT(by(FlowRungeKutta4{}.plan(path)), WithinRel(classical, 1e-12));
  CHECK(FlowRungeKutta4{}.plan(path).calls.size() == 16);
}

// Would catch a conversion folded into the wrong coefficient, and an earlier prediction that is
// used as another kind.
TEST_CASE("samplers: one denoiser behind networks of every kind") {
  const auto schedule = linear_schedule(30, 0.01, 0.5);
  const SamplerPath path(schedule, to_data(trailing_timesteps(30, 7)));
  const auto compare = [&](const SamplerPlan& plan) {
    const double expected = run(plan, Prediction::x0, 3, tanh_denoiser);
    for (const Prediction kind :
         {Prediction::noise, Prediction::velocity, Prediction::score, Prediction::flow_velocity}) {
      const auto network = [&](double x, double t) {
        const auto level = schedule.transition(0, static_cast<Index>(t));
        return PredictionConversion(level, Prediction::x0, kind)(x, tanh_denoiser(x, t));
      };
      CHECK_THAT(run(plan, kind, 3, network), WithinRel(expected, 1e-12));

      double x = 3;  // a loop of one's own
      double previous = 0;
      SamplerPlan of_kind = plan;
      of_kind.network = kind;
      for (std::size_t k = 0; k < plan.calls.size(); ++k) {
        const LinearStep step = of_kind.network_step(k);
        const double answer = network(x, plan.calls[k].time);
        const double d = of_kind.conversion(k)(x, answer);
        x = step.x * x + step.predictions[0] * answer;
        if (step.predictions.size() > 1) x += step.predictions[1] * previous;
        if (!step.draws.empty()) x += step.draws[0] * std::sin(static_cast<double>(k + 1));
        previous = d;
      }
      CHECK_THAT(x, WithinRel(expected, 1e-12));
    }
  };
  compare(Ddpm{}.plan(path));
  compare(Ddim{0.3}.plan(path));
  compare(Heun{}.plan(path));
  compare(DpmSolverPp2M{}.plan(path));
}

#ifdef ALPHABAR_TEST_QUAD
// Would catch a difference of two numbers that are nearly equal: small steps at either end of the
// process lose half of their digits to one.
TEST_CASE("DDIM: coefficients within 8 ulp of the exact ones") {
  const auto schedule = linear_schedule();
  for (const auto& [t, s] :
       {std::pair<Index, Index>{1000, 999}, {1000, 900}, {500, 499}, {2, 1}, {1, 0}, {700, 3}}) {
    for (const double eta : {0.0, 0.3, 1.0}) {
      INFO("from " << t << " to " << s << ", eta = " << eta);
      const auto gap = schedule.transition(s, t);
      const auto level = schedule.transition(0, s);
      const test::Quad v_s = level.noise_variance();
      const test::Quad v_t = gap.signal_power() * v_s + gap.noise_variance();
      const test::Quad variance = test::Quad{eta} * eta * v_s * gap.noise_variance() / v_t;
      const test::Quad direction = test::sqrt((v_s - variance) / v_t);
      const LinearStep step = Ddim{eta}.step(gap, level);
      const test::Quad root_a_s = level.signal_scale();
      const test::Quad root_a_t = test::sqrt(test::Quad{gap.signal_power()}) * root_a_s;
      CHECK(test::ulps(step.x, direction) <= 8);
      CHECK(test::ulps(step.predictions[0], root_a_s - root_a_t * direction) <= 8);
      const double drawn = step.draws.empty() ? 0 : step.draws[0];
      CHECK(test::ulps(drawn, test::sqrt(variance)) <= 8);
    }
  }
}
#endif

// Would catch a NaN or an infinite coefficient where the schedule ends without signal, where a step
// adds nothing, and where the last step arrives at clean data.
TEST_CASE("samplers: the edges of the process") {
  const auto terminal = zero_terminal_snr(linear_schedule(20, 0.01, 0.5));
  const auto resting = NoiseSchedule<double>::from_betas({0.1, 0.0, 0.2, 0.0, 0.3});
  for (const auto& schedule : {terminal, resting}) {
    std::vector<Index> times;
    for (Index t = schedule.steps(); t >= 0; --t) times.push_back(t);
    const SamplerPath path(schedule, times);
    for (const SamplerPlan& plan :
         {Ddpm{}.plan(path), Ddpm{Ddpm::Variance::step}.plan(path), Ddim{}.plan(path),
          Ddim{1}.plan(path), DpmSolverPp2M{}.plan(path), OptimalDdpm({4, 0, 0.1}).plan(path)}) {
      for (const SamplerCall& call : plan.calls) {
        CHECK(std::isfinite(call.step.x));
        for (const double weight : call.step.predictions) CHECK(std::isfinite(weight));
        for (const double weight : call.step.draws) CHECK(std::isfinite(weight));
      }
      const LinearStep& last = plan.calls.back().step;
      CHECK(last.x == 0);
      CHECK(last.predictions == std::vector<double>{1});
    }
  }
  CHECK(Ddpm{Ddpm::Variance::step}
            .plan(SamplerPath(resting, std::vector{1, 0}))
            .calls.back()
            .step.draws.empty());
}

// Would catch a change of what users get who set nothing. The other tests set their options.
TEST_CASE("samplers: the defaults of their options") {
  CHECK(Ddim{}.eta == 0);
  CHECK(Ddpm{}.variance == Ddpm::Variance::posterior);
  CHECK(Tcd{}.gamma == 0.3);
  CHECK(LcmBoundary{}.data_std == 0.5);
  CHECK(LcmBoundary{}.timestep_scaling == 10);
  CHECK(ConsistencyModel{}.sigma_min == 0.002);
  CHECK(ConsistencyModel{}.data_std == 0.5);
  CHECK(Churn{} == Churn{0, 0, test::infinity, 1});
  CHECK_FALSE(DdimInversion{}.tell_later);

  CHECK(EulerAncestral{}.eta == 1);
  CHECK(EulerAncestral{}.s_noise == 1);
  CHECK(Dpm2Ancestral{}.eta == 1);
  CHECK(DpmSolverPp2SAncestral{}.eta == 1);
  CHECK(DpmSolverPp2SAncestral{}.r == 0.5);
  CHECK(DpmSolverPpSde{}.eta == 1);
  CHECK(DpmSolverPpSde{}.r == 0.5);
  CHECK(ResMultistepAncestral{}.eta == 1);
  CHECK(ErSde{}.order == 3);
  CHECK(ErSde{}.s_noise == 1);
  CHECK(Seeds2{}.eta == 1);
  CHECK(Seeds2{}.r == 0.5);
  CHECK(Seeds3{}.eta == 1);
  CHECK(Seeds3{}.r_1 == 1. / 3);
  CHECK(Seeds3{}.r_2 == 2. / 3);
  CHECK(Res2S{}.c_2 == 0.5);

  CHECK(DpmSolver{}.orders == std::vector{3});
  CHECK(DpmSolver{}.prediction == Prediction::noise);
  CHECK(DpmSolver{}.type == SolverType::midpoint);
  CHECK(DpmSolver{}.eta == 0);
  CHECK(DpmSolverSinglestep{}.order == 2);
  CHECK(DpmSolverSinglestep{}.eta == 0);
  CHECK(DpmSolverSinglestep{}.lower_order_final);
  CHECK(DpmSolverMultistep{}.order == 2);
  CHECK(DpmSolverMultistep{}.eta == 0);
  CHECK_FALSE(DpmSolverMultistep{}.lower_order_final);
  CHECK_FALSE(DpmSolverMultistep{}.euler_at_final);
  CHECK_FALSE(DpmSolverMultistep{}.halved_quadratic_term);
  CHECK(DpmSolverInversion{}.order == 2);
  CHECK_FALSE(DpmSolverInversion{}.lower_order_final);
  CHECK_FALSE(DpmSolverInversion{}.euler_at_final);
  CHECK_FALSE(DpmSolverInversion{}.halved_quadratic_term);

  CHECK(ResMultistep{}.order == 2);
  CHECK(Deis{}.order == 2);
  CHECK_FALSE(Deis{}.lower_order_final);
  CHECK(DeisTab{}.order == 3);
  CHECK_FALSE(DeisTab{}.euler_onto_data);
  CHECK(Lms{}.order == 4);
  CHECK_FALSE(Lms{}.euler_onto_data);
  CHECK(Ipndm{}.order == 4);
  CHECK_FALSE(Ipndm{}.euler_onto_data);
  CHECK_FALSE(Ipndm{}.no_data_in_pure_noise);
  CHECK(GradientEstimation{}.gamma == 2);
  CHECK_FALSE(GradientEstimation{}.euler_onto_data);
  CHECK_FALSE(Plms{}.average_velocities);
  CHECK_FALSE(Pndm{}.average_velocities);
  CHECK(UniPc{}.order == 2);
  CHECK(UniPc{}.b == UniPc::B::bh2);
  CHECK_FALSE(UniPc{}.lower_order_final);
  CHECK(SaSolver{}.predictor_order == 2);
  CHECK(SaSolver{}.corrector_order == 2);
  CHECK(SaSolver{}.tau == std::vector{1.0});
  CHECK(SaSolver{}.simple_order_2);
  CHECK_FALSE(SaSolver{}.repeat_call);
  CHECK(SaSolver{}.lower_order_final);
  CHECK_FALSE(SaSolver{}.corrector_falls_early);
}

// Would catch a plan that keeps predictions or draws that no step uses, or does not keep those that
// one uses.
TEST_CASE("SamplerPlan: what a run must keep") {
  const SamplerPath path(linear_schedule(10), std::vector{10, 6, 3, 0});
  CHECK(Ddim{}.plan(path).kept_predictions() == 1);
  CHECK(DpmSolverPp2M{}.plan(path).kept_predictions() == 2);
  CHECK(Ddim{}.plan(path).kept_draws() == 0);
  CHECK(Ddim{}.plan(path).draws() == 0);
  CHECK(Ddpm{}.plan(path).kept_draws() == 1);
  CHECK(Ddpm{}.plan(path).draws() == 2);
}

// Would catch a path that runs forward, a time that is no time of the table, a process that is
// another one's path, and parameters that make no sampler.
TEST_CASE("samplers: what is wrong with a path or a sampler") {
  const auto schedule = linear_schedule(10);
  const auto refused = [](const std::string& message, const std::function<void()>& make) {
    CHECK(complaint(make) == message);
  };
  const std::string invalid = "invalid_argument: alphabar::";
  refused(invalid + "SamplerPath: the number of times must be >= 2, got 1",
          [&] { (void)SamplerPath(schedule, std::vector{10}); });
  refused(invalid + "SamplerPath: times[1] must be at most the time before, 4, got 5", [&] {
    (void)SamplerPath(schedule, std::vector{4, 5, 0});
  });
  const LinearStep of_clean_data = Ddim{}.step(TransitionKernel<double>(), {});
  CHECK(of_clean_data == LinearStep{.x = 0, .predictions = {1}});
  refused("out_of_range: alphabar::SamplerPath: times[0] must be in [0, 10], got 11", [&] {
    (void)SamplerPath(schedule, std::vector{11, 4});
  });
  refused("out_of_range: alphabar::SamplerPath: times[0] must be in [0, 10], got nan", [&] {
    (void)SamplerPath(schedule, std::vector{test::nan, 4.0});
  });
  refused(invalid + "SamplerPath: times[0] must be a whole number, got 2.5", [&] {
    (void)SamplerPath(schedule, std::vector{2.5, 0.0});
  });
  refused(invalid + "SamplerPath: the noise at times[1] must be > 0, got 0", [] {
    (void)SamplerPath(NoiseSchedule<double>::from_betas({0.0, 0.1, 0.1}), std::vector{3, 1, 0});
  });
  const SamplerPath path(schedule, std::vector{10, 5, 0});
  refused("out_of_range: alphabar::SamplerPath::level: k must be in 0..2, got 3",
          [&] { (void)path.level(3); });
  refused("out_of_range: alphabar::SamplerPath::gap: k must be in 0..1, got 2",
          [&] { (void)path.gap(2); });
  refused(invalid + "Ddim: eta must be in [0, 1], got 1.5", [&] { (void)Ddim{1.5}.plan(path); });
  const auto without_rate = [&](const auto& sampler) {
    refused(invalid + "SamplerPath: the process must have beta(t), got one that has not", [&] {
      (void)sampler.plan(SamplerPath(RectifiedFlow(), std::vector{1.0, 0.5}));
    });
  };
  without_rate(EulerMaruyama{});
  without_rate(Ancestral{});
  without_rate(FlowEuler{});
  without_rate(FlowHeun{});
  without_rate(FlowRungeKutta4{});
  refused(invalid + "ExponentialIntegrator: A + B of the kernel of a step must be 1, got 0.625",
          [&] {
            (void)ExponentialIntegrator{}.plan(SamplerPath(RectifiedFlow(), {0.5, 0.2}));
          });
  refused(invalid + "Ancestral: beta(t) h must be < 1, got 10", [] {
    (void)Ancestral{}.plan(SamplerPath(VpLinear(), std::vector{1.0, 0.5}));
  });
  refused(invalid + "OptimalDdpm: eigenvalues[1] must be finite and >= 0, got -1", [] {
    (void)OptimalDdpm({1, -1});
  });
  refused(invalid + "OptimalDdpm: the number of eigenvalues must be >= 1, got 0",
          [] { (void)OptimalDdpm({}); });
  const std::vector negative{2.0, -1.0};
  const TransitionKernel<> step(0.9, 0.1);
  refused(invalid + "optimal_reverse_variance: eigenvalues[1] must be finite and >= 0, got -1",
          [&] { (void)optimal_reverse_variance(negative, step, step); });
  refused(invalid + "optimal_reverse_variance: the number of eigenvalues must be >= 1, got 0",
          [&] { (void)optimal_reverse_variance({}, step, step); });
  const auto terminal = zero_terminal_snr(linear_schedule(20, 0.01, 0.5));
  const SamplerPath from_nothing(terminal, std::vector{20, 5, 0});
  refused(invalid + "Heun: sigma at the first time must be finite, got inf",
          [&] { (void)Heun{}.plan(from_nothing); });
  refused(invalid + "ExponentialIntegrator: what a step keeps must be > 0, got 0",
          [&] { (void)ExponentialIntegrator{}.plan(from_nothing); });
  refused("out_of_range: alphabar::SamplerPlan::conversion: k must be in 0..1, got 2",
          [&] { (void)Ddim{}.plan(path).conversion(2); });
  SamplerPlan by_noise = Ddim{}.plan(from_nothing);
  by_noise.network = Prediction::noise;
  CHECK(complaint([&] { (void)by_noise.network_step(0); }) != "nothing");
}

}  // namespace samplers_test
