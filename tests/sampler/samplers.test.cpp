// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
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

struct Option {
  std::string message;  ///< up to the value
  std::function<void(double)> plan;
  std::vector<double> taken, refused;
};

// Would catch a bound that is another number, or open where it is said to be closed, in one of the
// samplers.
TEST_CASE("samplers: the bounds of their options") {
  const SamplerPath path = SamplerPath::of_sigmas({10, 4, 1.5, 0.7, 0.2});
  const SamplerPath straight(RectifiedFlow(), {0.9, 0.5, 0.2});
  const auto plan = [&path](const auto& make) {
    return [&path, make](double value) { (void)make(value).plan(path); };
  };
  const auto order = [&plan](const auto& make) {
    return plan([make](double value) { return make(static_cast<int>(value)); });
  };
  constexpr double tiny = std::numeric_limits<double>::denorm_min();
  const double above_1 = std::nextafter(1, 2);
  const std::vector<double> unit{0, 0.5, 1};
  const std::vector<double> beyond_unit{-tiny, above_1, test::nan};
  const std::vector<double> share{0.001, 0.5, 1};
  const std::vector<double> no_share{0, -0.5, above_1, test::nan};
  const std::vector<double> to_million{0, 1, 1e6};
  const std::vector<double> beyond_million{-tiny, 1000001, test::nan};
  const std::vector<double> not_negative{0, 1};
  const std::vector<double> negative{-tiny, test::infinity, test::nan};
  const std::vector<double> positive{0.01, 1};
  const std::vector<double> not_positive{0, -1, test::infinity, test::nan};
  const std::vector<double> to_3{1, 2, 3};
  const std::vector<double> beyond_3{0, 4};
  const std::vector<double> to_4{1, 2, 3, 4};
  const std::vector<double> beyond_4{0, 5};
  using Multistep = DpmSolverMultistep;
  using Single = DpmSolverSinglestep;
  const std::vector<Option> options{
      {"Ddim: eta must be in [0, 1]", plan([](double eta) { return Ddim{eta}; }), unit,
       beyond_unit},
      {"Tcd: gamma must be in [0, 1]", plan([](double gamma) { return Tcd{gamma}; }), unit,
       beyond_unit},
      {"EulerAncestral: eta must be in [0, 1]",
       plan([](double eta) { return EulerAncestral{eta}; }), unit, beyond_unit},
      {"EulerAncestral: eta must be in [0, 1]",
       [&](double eta) { (void)EulerAncestral{eta}.plan(straight); }, unit, beyond_unit},
      {"Dpm2Ancestral: eta must be in [0, 1]", plan([](double eta) { return Dpm2Ancestral{eta}; }),
       unit, beyond_unit},
      {"DpmSolverPp2SAncestral: eta must be in [0, 1]",
       plan([](double eta) { return DpmSolverPp2SAncestral{eta}; }), unit, beyond_unit},
      {"DpmSolverPp2SAncestral: r must be in (0, 1]", plan([](double r) {
         return DpmSolverPp2SAncestral{1, r};
       }),
       share, no_share},
      {"DpmSolverPpSde: eta must be in [0, 1]",
       plan([](double eta) { return DpmSolverPpSde{eta}; }), unit, beyond_unit},
      {"DpmSolverPpSde: r must be in (0, 1)",
       plan([](double r) {
         return DpmSolverPpSde{1, r};
       }),
       {0.001, 0.999},
       {0, 1, -0.5, test::nan}},
      {"ResMultistepAncestral: eta must be in [0, 1]",
       plan([](double eta) { return ResMultistepAncestral{eta}; }), unit, beyond_unit},
      {"DpmSolver: eta must be in [0, 1]", plan([](double eta) { return DpmSolver{.eta = eta}; }),
       unit, beyond_unit},
      {"Seeds2: eta must be in [0, 1e6]", plan([](double eta) { return Seeds2{eta}; }), to_million,
       beyond_million},
      {"Seeds3: eta must be in [0, 1e6]", plan([](double eta) { return Seeds3{eta}; }), to_million,
       beyond_million},
      {"DpmSolverMultistep: eta must be in [0, 1e6]",
       plan([](double eta) { return Multistep{.eta = eta}; }), to_million, beyond_million},
      {"DpmSolverSinglestep: eta must be in [0, 1e6]",
       plan([](double eta) { return Single{.eta = eta}; }), to_million, beyond_million},
      {"Seeds2: r must be in (0, 1]", plan([](double r) {
         return Seeds2{1, r};
       }),
       share, no_share},
      {"Res2S: c_2 must be in (0, 1]", plan([](double c_2) { return Res2S{c_2}; }), share,
       no_share},
      {"Seeds3: r_1 must be in (0, 1]",
       plan([](double r_1) {
         return Seeds3{1, r_1, 1};
       }),
       {0.001, 0.999},
       no_share},
      {"Seeds3: r_2 must be in (0.5, 1]",
       plan([](double r_2) {
         return Seeds3{1, 0.5, r_2};
       }),
       {std::nextafter(0.5, 1), 1},
       {0.5, above_1, test::nan}},
      {"SaSolver: tau must be in [0, 1000]",
       plan([](double tau) { return SaSolver{.tau = {tau}}; }),
       {0, 1000},
       {-tiny, std::nextafter(1000, 2000), test::nan}},
      {"ErSde: s_noise must be finite and >= 0", plan([](double s_noise) {
         return ErSde{3, s_noise};
       }),
       not_negative, negative},
      {"Churn: s_noise must be finite and >= 0", plan([](double s_noise) {
         return Heun{{1, 0, 9, s_noise}};
       }),
       not_negative, negative},
      {"Churn: s_churn must be >= 0",
       plan([](double s_churn) { return Euler{{s_churn}}; }),
       {0, 1},
       {-tiny, test::nan}},
      {"Lcm: boundary.data_std must be finite and > 0",
       plan([](double data_std) { return Lcm{LcmBoundary{data_std}}; }), positive, not_positive},
      {"Lcm: boundary.timestep_scaling must be finite "
       "and >= 0",
       plan([](double scaling) {
         return Lcm{LcmBoundary{0.5, scaling}};
       }),
       not_negative, negative},
      {"ConsistencyModel: sigma_min must be finite and "
       "> 0",
       plan([](double sigma_min) { return ConsistencyModel{sigma_min}; }),
       {0.1, 0.7},  // the level of the last call
       not_positive},
      {"ConsistencyModel: data_std must be in [1e-150, 1e150]", plan([](double data_std) {
         return ConsistencyModel{0.1, data_std};
       }),
       positive, not_positive},
      {"GradientEstimation: gamma must be finite",
       plan([](double gamma) { return GradientEstimation{gamma}; }),
       {-3, 0},
       {test::infinity, test::nan}},
      {"DpmSolverMultistep: order must be in 1..3",
       order([](int n) { return Multistep{.order = n}; }), to_3, beyond_3},
      {"DpmSolverInversion: order must be in 1..3",
       [](double n) {
         (void)DpmSolverInversion{.order = static_cast<int>(n)}.plan(
             SamplerPath::of_sigmas({10, 4, 2, 1}));
       },
       to_3, beyond_3},
      {"DpmSolverSinglestep: order must be 1, 2 or 3",
       order([](int n) { return Single{.order = n}; }), to_3, beyond_3},
      {"DpmSolver: orders[1] must be 1, 2 or 3", order([](int n) {
         return DpmSolver{{2, n}};
       }),
       to_3, beyond_3},
      {"UniPc: order must be in 1..3", order([](int n) { return UniPc{.order = n}; }), to_3,
       beyond_3},
      {"Deis: order must be in 1..3", order([](int n) { return Deis{n}; }), to_3, beyond_3},
      {"ResMultistep: order must be in 1..3", order([](int n) { return ResMultistep{n}; }), to_3,
       beyond_3},
      {"ErSde: order must be in 1..3", order([](int n) { return ErSde{n}; }), to_3, beyond_3},
      {"Lms: order must be in 1..4", order([](int n) { return Lms{n}; }), to_4, beyond_4},
      {"Ipndm: order must be in 1..4", order([](int n) { return Ipndm{n}; }), to_4, beyond_4},
      {"DeisTab: order must be in 1..4", order([](int n) { return DeisTab{n}; }), to_4, beyond_4},
      {"SaSolver: predictor_order must be in 1..4",
       order([](int n) { return SaSolver{.predictor_order = n}; }), to_4, beyond_4},
      {"SaSolver: corrector_order must be in 0..4",
       order([](int n) { return SaSolver{.corrector_order = n}; }),
       {0, 1, 2, 3, 4},
       {-1, 5}}};
  for (const Option& option : options) {
    INFO(option.message);
    for (const double value : option.taken) {
      CHECK(complaint([&] { option.plan(value); }) == "nothing");
    }
    for (const double value : option.refused) {
      CHECK(complaint([&] { option.plan(value); }) ==
            "invalid_argument: alphabar::" + option.message + ", got " + detail::to_text(value));
    }
  }
}

/// σ = t up to the time ½, where it becomes straight: x_t = (1 − u) x_0 + u ε, u = t − 0.4.
struct StraightButForItsEnd {
  [[nodiscard]] static TransitionKernel<double> level(double t) {
    if (t < 0.5) return TransitionKernel<double>::from_scales(0.8, t);
    return TransitionKernel<double>::from_scales(1.4 - t, t - 0.4);
  }
  [[nodiscard]] static TransitionKernel<double> transition(double s, double t) {
    if (s == t) return {};
    if (s == 0) return level(t);
    const double kept = level(t).signal_power() / level(s).signal_power();
    return {kept, level(t).noise_variance() - kept * level(s).noise_variance()};
  }
};

/// The same with an unlike first level, at t > 1.2.
struct StraightButForItsStart {
  [[nodiscard]] static TransitionKernel<double> level(double t) {
    if (t > 1.2) return TransitionKernel<double>::from_scales(0.05, 0.9);
    return TransitionKernel<double>::from_scales(1.4 - t, t - 0.4);
  }
  [[nodiscard]] static TransitionKernel<double> transition(double s, double t) {
    if (s == t) return {};
    if (s == 0) return level(t);
    const double kept = level(t).signal_power() / level(s).signal_power();
    return {kept, level(t).noise_variance() - kept * level(s).noise_variance()};
  }
};

// Would catch a coefficient that is right in one scale of x, or a path that is taken for straight
// although its first or its last level is not.
TEST_CASE("samplers: the same run in every scale of x") {
  // The denoiser depends on x in the scale x_0 + σ ε and on σ.
  const auto ends = [](const auto& sampler, const SamplerPath& path) {
    SamplerPlan plan = sampler.plan(path);
    plan.network = Prediction::x0;
    std::vector<double> x{3 * path.level(0).signal_scale()};
    const auto network = [](std::span<const double> at, const SamplerCall& call,
                            std::span<double> prediction) {
      const double signal = call.level.signal_scale();
      prediction[0] = tanh_denoiser(at[0] / signal, call.level.noise_scale() / signal);
    };
    run_sampler(plan, network, x, SineNoise());
    return x[0] / path.level(path.steps()).signal_scale();
  };
  const auto compare = [&](const auto& sampler, bool between = true) {
    for (const double last : {0.0, 0.05}) {
      const std::vector<double> sigmas{10, 4, 1.5, 0.7, 0.3, 0.1, last};
      const double expected = ends(sampler, SamplerPath::of_sigmas(sigmas));
      CHECK_THAT(ends(sampler, SamplerPath(VpOfSigma(), sigmas)), WithinRel(expected, 1e-12));
    }
    if (!between) return;
    const std::vector<double> times{1.3, 1.0, 0.8, 0.1};
    const std::vector<double> sigmas{9, 1.5, 2. / 3, 0.125};
    CHECK_THAT(ends(sampler, SamplerPath(StraightButForItsEnd(), times)),
               WithinRel(ends(sampler, SamplerPath::of_sigmas(sigmas)), 1e-12));
    const std::vector<double> from_start{18, 1.5, 2. / 3, 0.25};
    CHECK_THAT(ends(sampler, SamplerPath(StraightButForItsStart(), {1.3, 1.0, 0.8, 0.6})),
               WithinRel(ends(sampler, SamplerPath::of_sigmas(from_start)), 1e-12));
  };
  compare(Ddpm{});
  compare(Ddim{0.4});
  compare(OptimalDdpm({4, 0.3}), false);
  compare(Euler{});
  compare(Heun{});
  compare(HeunPp2{});
  compare(EulerAncestral{0.7, 1.1});
  compare(ResMultistep{});
  compare(ResMultistepAncestral{});
  compare(DpmSolverPp2M{});
  compare(DpmSolverMultistep{.order = 3});
  compare(DpmSolverMultistep{.order = 2, .eta = 0.5});
  compare(Deis{3}, false);
  compare(DeisTab{});
  compare(Lms{});
  compare(Ipndm{});
  compare(GradientEstimation{});
  compare(UniPc{.order = 3});
  compare(SaSolver{});
  compare(ErSde{});
  compare(Plms{});
  compare(ConsistencyModel{0.04});
}

/// x_t = (1 − u) x_0 + u ε with rounding errors of 1e-14, as of a process that is computed
/// otherwise.
struct RoundedFlow {
  [[nodiscard]] static TransitionKernel<double> transition(double s, double t) {
    const TransitionKernel<double> exact = RectifiedFlow().transition(s, t);
    return TransitionKernel<double>::from_scales(exact.signal_scale() * (1 + 1e-14),
                                                 exact.noise_scale() * (1 - 1e-14));
  }
};

// Would catch samplers that disagree on what a straight path is: one refuses u = 1 where another
// does not, or follows σ where it should follow u. And levels below the tolerance, where every path
// looks straight.
TEST_CASE("samplers: what counts as a straight path") {
  const auto compare = [](const auto& sampler) {
    const SamplerPlan exact = sampler.plan(SamplerPath(RectifiedFlow(), {1.0, 0.6, 0.3, 0.1}));
    const SamplerPlan rounded = sampler.plan(SamplerPath(RoundedFlow(), {1.0, 0.6, 0.3, 0.1}));
    REQUIRE(rounded.prediction == exact.prediction);
    REQUIRE(rounded.calls.size() == exact.calls.size());
    for (std::size_t k = 0; k < exact.calls.size(); ++k) {
      const std::vector<double>& weights = exact.calls[k].step.predictions;
      REQUIRE(rounded.calls[k].step.predictions.size() == weights.size());
      for (std::size_t j = 0; j < weights.size(); ++j) {
        CHECK_THAT(rounded.calls[k].step.predictions[j], WithinAbs(weights[j], 1e-12));
      }
    }
  };
  compare(Heun{});
  compare(Lms{});
  compare(Ipndm{});
  compare(DeisTab{});
  compare(Plms{});
  const SamplerPath faint = SamplerPath::of_sigmas({1e-13, 5e-14, 0});
  CHECK(Lms{}.plan(faint).prediction == Prediction::noise);
  CHECK(Lms{}.plan(SamplerPath(VpOfSigma(), {1e-13, 0})).prediction == Prediction::noise);
  CHECK(Lms{}.plan(SamplerPath(RectifiedFlow(), {1e-6, 0})).prediction ==
        Prediction::flow_velocity);
}

// Would catch a sum for a mean, and a variance for a step without noise.
TEST_CASE("optimal_reverse_variance: by hand") {
  const TransitionKernel<double> step(0.5, 0.25);
  const TransitionKernel<double> level(0.8, 0.2);
  const auto of = [&](double lambda) {
    const double at_s = 0.8 * lambda + 0.2;
    return 0.25 * at_s / (0.5 * at_s + 0.25);
  };
  const std::vector<double> eigenvalues{2, 0.5, 0};
  CHECK_THAT(optimal_reverse_variance(std::vector{2.0}, step, level), WithinRel(of(2), 1e-15));
  CHECK_THAT(optimal_reverse_variance(eigenvalues, step, level),
             WithinRel((of(2) + of(0.5) + of(0)) / 3, 1e-15));
  CHECK(optimal_reverse_variance(eigenvalues, {0.5, 0}, level) == 0);
  CHECK(optimal_reverse_variance(std::vector{0.0}, {0.5, 0}, {1, 0}) == 0);
  for (const double bad : {-1.0, test::infinity, test::nan}) {
    CHECK(complaint([&] { (void)OptimalDdpm({bad}); }) ==
          "invalid_argument: alphabar::OptimalDdpm: eigenvalues[0] must be finite and >= 0, got " +
              detail::to_text(bad));
  }
  const SamplerPath path = SamplerPath::of_sigmas({4, 1, 0});
  const SamplerPlan plan = OptimalDdpm(eigenvalues).plan(path);
  CHECK_THAT(plan.calls[0].step.draws[0],
             WithinRel(std::sqrt(optimal_reverse_variance(eigenvalues, path.gap(0), path.level(1))),
                       1e-15));
}

// Would catch a network that is told a time outside of its table.
TEST_CASE("plan_of_sigmas: the times of levels within a table and beyond it") {
  const auto schedule = scaled_linear_schedule();
  const SamplerPlan plan =
      plan_of_sigmas(Euler{}, schedule, {100.0, schedule.sigma(500), schedule.sigma(1), 1e-3, 0.0});
  CHECK(plan.calls[0].model_time == 999);
  CHECK_THAT(plan.calls[1].model_time, WithinRel(499, 1e-12));
  CHECK(plan.calls[2].model_time == 0);
  CHECK(plan.calls[3].model_time == 0);
  CHECK_THAT(plan.calls[0].input_scale, WithinRel(1 / std::sqrt(10001.), 1e-14));
  // At zero terminal SNR, and before a table's first noise, the nearest finite level.
  const auto zero_snr = zero_terminal_snr(schedule);
  const double finite = zero_snr.sigma(999);
  const SamplerPlan beyond = plan_of_sigmas(Euler{}, zero_snr, {1e6, 1.001 * finite, finite, 1.0});
  for (const std::size_t k : {0U, 1U, 2U}) CHECK(beyond.calls[k].model_time == 998);
  const auto silent = NoiseSchedule<>::from_betas({0, 0, 0.5, 1, 0.5});
  const SamplerPlan between = plan_of_sigmas(Euler{}, silent, {1e3, 1.0, 1e-3});
  for (const SamplerCall& call : between.calls) CHECK(call.model_time == 2);
  const SamplerPlan erased = plan_of_sigmas(Euler{}, NoiseSchedule<>::from_betas({1}), {1.0});
  CHECK(erased.calls[0].model_time == 0);
}

// Would catch a stage that the network is told at another level than that of its point.
// Would catch a time of the network that is set after the sampler has used it.
TEST_CASE("plan_of_sigmas: samplers that use the time of the network") {
  const auto table = linear_schedule();
  const SamplerPlan lcm = plan_of_sigmas(Lcm{LcmBoundary{}}, table, {14, 0.3, 0.1});
  for (const SamplerCall& call : lcm.calls) {
    const double tau = LcmBoundary{}.timestep_scaling * call.model_time / LcmBoundary{}.data_std;
    CHECK_THAT(call.step.x, WithinRel(1 / (1 + tau * tau), 1e-13));
  }
  const DdimInversion told_later{.tell_later = true};
  const SamplerPlan later = plan_of_sigmas(told_later, table, {14, 0.3, 0.1});
  const SamplerPlan now = plan_of_sigmas(DdimInversion{}, table, {14, 0.3, 0.1});
  for (std::size_t k = 0; k + 1 < now.calls.size(); ++k) {
    CHECK(later.calls[k].model_time == now.calls[k + 1].model_time);
  }
}

TEST_CASE("samplers: the levels of their calls") {
  const SamplerPath path = SamplerPath::of_sigmas({10, 4, 1.5, 0.7, 0});
  const auto times = [](const SamplerPlan& plan) {
    std::vector<double> list;
    for (const SamplerCall& call : plan.calls) {
      list.push_back(call.time);
      CHECK_THAT(call.level.noise_scale() / call.level.signal_scale(), WithinRel(call.time, 1e-14));
    }
    return list;
  };
  const std::vector<double> twice{10, 4, 4, 1.5, 1.5, 0.7, 0.7};
  CHECK(times(Euler{}.plan(path)) == std::vector<double>{10, 4, 1.5, 0.7});
  CHECK(times(Heun{}.plan(path)) == twice);
  CHECK(times(HeunPp2{}.plan(path)) == std::vector<double>{10, 4, 1.5, 4, 1.5, 0.7, 1.5, 0.7, 0.7});
  CHECK(times(Plms{}.plan(path)) == std::vector<double>{10, 4, 4, 1.5, 0.7});
  const SamplerPath straight(RectifiedFlow(), {0.9, 0.4, 0.1});
  const SamplerPlan plan = Dpm2{}.plan(straight);
  REQUIRE(plan.calls.size() == 4);
  CHECK_THAT(plan.calls[1].time, WithinRel(0.6, 1e-14));
  CHECK_THAT(plan.calls[1].level.noise_scale(), WithinRel(0.6, 1e-14));
  CHECK_THAT(plan.calls[1].level.signal_scale(), WithinRel(0.4, 1e-14));
  CHECK_THAT(plan.calls[3].level.noise_scale(), WithinRel(0.2, 1e-14));
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
  for (const double end : {0.25, 0.5}) {
    refused(invalid + "Ancestral: beta(t) h must be < 1, got " + detail::to_text(2 * (1 - end)),
            [end] {
              (void)Ancestral{}.plan(SamplerPath(VpLinear(2, 2), std::vector{1.0, end}));
            });
  }
  refused("nothing", [] { (void)Ancestral{}.plan(SamplerPath(VpLinear(2, 2), {1.0, 0.51})); });
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
