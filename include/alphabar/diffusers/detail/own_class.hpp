// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/diffusers/detail/json_object.hpp"
#include "alphabar/diffusers/detail/scheduler_class.hpp"
#include "alphabar/diffusers/detail/scheduler_sampler.hpp"
#include "alphabar/diffusers/detail/scheduler_table.hpp"
#include "alphabar/diffusers/detail/trig_flow.hpp"
#include "alphabar/diffusers/detail/unsupported_keys.hpp"
#include "alphabar/diffusers/scheduler.hpp"
#include "alphabar/diffusers/scheduler_levels.hpp"
#include "alphabar/diffusers/scheduler_times.hpp"
#include "alphabar/error.hpp"
#include "alphabar/grid/flow_levels.hpp"
#include "alphabar/grid/sigma_grids.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/churn.hpp"
#include "alphabar/sampler/ddpm.hpp"
#include "alphabar/sampler/dpm_solver_inversion.hpp"
#include "alphabar/sampler/euler.hpp"
#include "alphabar/sampler/heun.hpp"
#include "alphabar/sampler/lcm.hpp"
#include "alphabar/sampler/reverse_sde.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "alphabar/schedule/vp_process.hpp"

/// Classes whose calls, scale or network are unlike those of all other classes.
namespace alphabar::diffusers::detail {

inline double as_double(Index n) { return static_cast<double>(n); }

/// n numbers from first to last, as in numpy.linspace.
inline std::vector<double> evenly(double first, double last, Index n) {
  std::vector<double> list;
  for (Index k = 0; k < n; ++k) {
    list.push_back(n == 1 ? first : std::lerp(first, last, as_double(k) / as_double(n - 1)));
  }
  return list;
}

/// Sets the time arguments of the network, where the plan has one call per step.
inline SamplerPlan told(SamplerPlan plan, const Calls& calls) {
  for (std::size_t k = 0; k < calls.size(); ++k) plan.calls[k].model_time = calls[k].time;
  return plan;
}

/// Sets the calls of n steps for a class that does not accept levels of the caller.
template <class List>
void list_calls(SchedulerLevels& levels, const List& list) {
  levels.times.walk = SchedulerWalk::own;
  levels.own = [=](const Run& run) {
    alphabar::detail::require(run.sigmas.empty(), "diffusers::Run", "sigmas.size()",
                              "be 0 for this class", run.sigmas.size());
    return list(run.steps);
  };
}

inline void require_two_steps(Index n) {
  alphabar::detail::require(n >= 2, "diffusers::Scheduler", "n", "be >= 2 for this class", n);
}

inline void read_own_prediction(Scheduler& scheduler, Prediction prediction, const char* name) {
  scheduler.prediction = prediction;
  scheduler.prediction_type = name;
}

/// Würstchen: ᾱ(t) = cos²(½π (t + s)/(1 + s))/cos²(½π s/(1 + s)) within [10⁻⁴, 1 − 10⁻⁴], at
/// equally spaced times to t = 0, without noise in the last step. A `scaler` a maps t to
/// 1 − (1 − t)^a for a > 1 and to t^a for a < 1.
inline void read_wuerstchen(const JsonObject& json, Scheduler& scheduler) {
  const double offset = json.number("s", 0.008, 0, 1);
  const double scaler = json.number("scaler", 1, 1e-3, 1e3);
  const auto sigma = [=](double t) {
    const double scaled = scaler > 1   ? 1 - std::pow(1 - t, scaler)
                          : scaler < 1 ? std::pow(t, scaler)
                                       : t;
    const double alpha_bar = std::clamp(VpCosine(offset).alpha_bar(scaled), 1e-4, 1 - 1e-4);
    return std::sqrt((1 - alpha_bar) / alpha_bar);
  };
  read_own_prediction(scheduler, Prediction::noise, "epsilon");
  scheduler.scale = SampleScale::preserving;
  scheduler.levels.last = LastLevel::own;
  scheduler.levels.own_end = sigma(0);
  list_calls(scheduler.levels, [=](Index n) {
    Calls calls;
    std::vector<double> times = evenly(1, 0, n + 1);
    times.pop_back();
    for (const double t : times) calls.push_back({t, sigma(t)});
    return calls;
  });
  scheduler.sampler = [](const SamplerPath& path, const Run&, const Calls&) {
    SamplerPlan plan = Ddpm{}.plan(path);
    plan.calls.back().step.draws.clear();
    plan.calls.back().step.new_draws = 0;
    return plan;
  };
}

/// Heun with churn. The network predicts −ε for x itself, with σ as its time argument. The levels
/// are the squares of those in its keys; the start is not squared.
inline void read_karras_ve(const JsonObject& json, Scheduler& scheduler) {
  SchedulerLevels& levels = scheduler.levels;
  levels.sigma_min = json.number("sigma_min", 0.02, 1e-150, 1e150);
  levels.sigma_max = json.number("sigma_max", 100, 1e-150, 1e150);
  json.require(*levels.sigma_min < *levels.sigma_max, "sigma_min", "be less than sigma_max");
  const Churn churn{json.number("s_churn", 80, 0, 1e6), json.number("s_min", 0.05, 0, 1e300),
                    json.number("s_max", 50, 0, 1e300), json.number("s_noise", 1.007, 0, 1e6)};
  read_own_prediction(scheduler, Prediction::noise, "epsilon");
  scheduler.scale = SampleScale::own;
  scheduler.second_call = SecondCall::at_next;
  scheduler.churn = churn;
  levels.model_time = ModelTime::level;
  scheduler.own_path = [](const std::vector<double>& grid) { return SamplerPath::of_sigmas(grid); };
  const double low = *levels.sigma_min;
  const double high = *levels.sigma_max;
  list_calls(levels, [=](Index n) {
    require_two_steps(n);
    Calls calls;
    for (const double sigma : exponential_sigmas(n, low * low, high * high)) {
      calls.push_back({sigma, sigma});
    }
    return calls;
  });
  scheduler.sampler = [=](const SamplerPath& path, const Run& run, const Calls& calls) {
    const Churn of_run = churn_of_part(churn, run, calls.size());
    SamplerPlan plan = Heun{of_run}.plan(path);
    std::vector<Index> unused;  // the i-th is of the normals drawn before call i
    for (std::size_t k = 0; k < calls.size(); ++k) {
      const bool quiet = of_run.gamma(calls[k].level, calls.size()) == 0;
      unused.push_back(quiet ? 1 : 0);
      const bool last = k + 1 == calls.size();
      const bool idle = !last && quiet && calls[k].level == calls[k + 1].level;
      if (!last && !idle) unused.push_back(0);  // before the second call
    }
    unused.push_back(0);
    alphabar::detail::require_size("diffusers::Scheduler::plan", "the calls of the sampler",
                                   std::ssize(unused) - 1, std::ssize(plan.calls));
    plan = with_unused_draws(std::move(plan), unused);
    plan.start_scale = high;
    plan.prediction_scale = -1;
    return plan;
  };
}

/// The predictor of the VE SDE: ancestral steps with the variance of the step. The corrector is not
/// linear, because its step depends on the norms of x and of the score.
inline void read_score_sde_ve(const JsonObject& json, Scheduler& scheduler) {
  const double low = json.number("sigma_min", 0.01, 1e-150, 1e150);
  const double high = json.number("sigma_max", 1348, 1e-150, 1e150);
  json.require(low < high, "sigma_min", "be less than sigma_max");
  const double epsilon = json.number("sampling_eps", 1e-5, 0, 0.5);
  const Index corrections = json.integer("correct_steps", 1, 0, 1'000'000);
  if (corrections > 0) {
    scheduler.obstacle = "correct_steps must be 0 for a plan of linear steps, got " +
                         to_text(corrections) + of_default(json, "correct_steps", scheduler) +
                         ": the step of a correction depends on norms";
  }
  read_own_prediction(scheduler, Prediction::score, "score");
  scheduler.scale = SampleScale::own;
  scheduler.own_path = [](const std::vector<double>& grid) { return SamplerPath::of_sigmas(grid); };
  list_calls(scheduler.levels, [=](Index n) {
    require_two_steps(n);
    const std::vector<double> sigmas = exponential_sigmas(n, low, high);
    const std::vector<double> times = evenly(1, epsilon, n);
    Calls calls;
    for (std::size_t k = 0; k < sigmas.size(); ++k) calls.push_back({times[k], sigmas[k]});
    return calls;
  });
  scheduler.sampler = [](const SamplerPath& path, const Run&, const Calls& calls) {
    SamplerPlan plan = told(Ddpm{Ddpm::Variance::step}.plan(path), calls);
    // The step onto clean data adds noise as well.
    plan.calls.back().step.draws = {path.gap(path.steps() - 1).noise_scale()};
    plan.calls.back().step.new_draws = 1;
    return plan;
  };
}

/// The Euler–Maruyama method for the VP SDE, to t = 0. The class uses 1/n as the length of every
/// step.
inline void read_score_sde_vp(const JsonObject& json, Scheduler& scheduler) {
  const double low = json.number("beta_min", 0.1, 0, 700);
  const double high = json.number("beta_max", 20, 1e-100, 700);
  json.require(low <= high, "beta_min", "be at most beta_max = " + to_text(high));
  const double epsilon = json.number("sampling_eps", 1e-3, 1e-100, 0.5);
  read_own_prediction(scheduler, Prediction::noise, "epsilon");
  scheduler.scale = SampleScale::own;
  scheduler.own_path = [=](const std::vector<double>& grid) {
    return SamplerPath(VpLinear(low, high), grid);
  };
  list_calls(scheduler.levels, [=](Index n) {
    Calls calls;
    for (const double t : evenly(1, epsilon, n)) calls.push_back({t, t});
    return calls;
  });
  scheduler.sampler = [](const SamplerPath& path, const Run& run, const Calls& calls) {
    SamplerPlan plan = EulerMaruyama{}.plan(path);
    if (!run.reproduce_defects) return plan;
    for (std::size_t k = 0; k < calls.size(); ++k) {
      const double b = path.beta(calls[k].time) / static_cast<double>(calls.size());
      plan.calls[k].step = alphabar::detail::one_call_step(1 + b / 2, b, std::sqrt(b));
    }
    return plan;
  };
}

/// Consistency sampling in TrigFlow: detail/trig_flow.hpp.
inline void read_scm(const JsonObject& json, Scheduler& scheduler) {
  constexpr Name<bool> parameterizations[] = {{"trigflow", true}};
  (void)json.one_of<bool>("prediction_type", "trigflow", parameterizations);
  scheduler.prediction_type = "trigflow";
  const double first = json.number("max_timesteps", 1.57080, 1e-6, 1.57080);
  const double between = json.number("intermediate_timesteps", 1.3, 0, first);
  scheduler.sigma_data = json.number("sigma_data", 0.5, 1e-150, 1e150);
  scheduler.scale = SampleScale::own;
  const TrigFlow process{scheduler.sigma_data};
  scheduler.own_path = [=](const std::vector<double>& grid) { return SamplerPath(process, grid); };
  list_calls(scheduler.levels, [=](Index n) {
    std::vector<double> angles = evenly(first, 0, n + 1);
    angles.pop_back();
    if (n == 2) angles[1] = between;
    Calls calls;
    for (const double angle : angles) calls.push_back({angle, angle});
    return calls;
  });
  scheduler.sampler = [](const SamplerPath& path, const Run&, const Calls&) {
    return trig_flow_plan(path);
  };
}

/// Two consistency steps along a cosine table of 1024 times, with a network scaled as in EDM.
inline void read_consistency_decoder(const JsonObject& json, Scheduler& scheduler) {
  SchedulerLevels& levels = scheduler.levels;
  const Index steps = json.integer("num_train_timesteps", 1024, 1009, 1'000'000);
  levels.times.train_steps = steps;
  levels.table = cosine_schedule(steps);
  scheduler.prediction_type = "epsilon";
  scheduler.sigma_data = json.number("sigma_data", 0.5, 1e-150, 1e150);
  const NoiseSchedule<double> table = *levels.table;
  list_calls(levels, [=](Index n) {
    alphabar::detail::require(n == 2, "diffusers::Scheduler", "n", "be 2 for this class", n);
    return Calls{{1008, table.sigma(1009)}, {512, table.sigma(513)}};
  });
  const double data = scheduler.sigma_data;
  scheduler.sampler = [=](const SamplerPath& path, const Run&, const Calls&) {
    SamplerPlan plan = Lcm{}.plan(path);
    plan.start_scale = path.level(0).noise_scale();
    for (SamplerCall& call : plan.calls) {  // of x/√ᾱ: 1/√(σ² + σ_d²)
      call.input_scale = 1 / std::hypot(call.level.noise_scale(), data * call.level.signal_scale());
    }
    return plan;
  };
}

/// A straight path. The network's time argument is 1 − u, and it predicts x_0 − ε. The n levels
/// include the final 0, so there are n − 1 calls.
inline void read_minimax_h3(const JsonObject& json, Scheduler& scheduler) {
  SchedulerLevels& levels = scheduler.levels;
  levels.flow.shift = json.number("shift", 12, 1e-6, 1e6);
  levels.flow.inverted = true;
  levels.model_time = ModelTime::flow;
  levels.times.train_steps = 1;
  levels.times.walk = SchedulerWalk::own;
  read_own_prediction(scheduler, Prediction::flow_velocity, "flow_prediction");
  scheduler.scale = SampleScale::straight;
  levels.own = [shift = levels.flow.shift](const Run& run) {
    std::vector<double> list = run.sigmas;
    if (list.empty()) {
      require_two_steps(run.steps);
      list = linear_levels(run.steps, 0);
      list.pop_back();
      list = shift_levels(std::move(list), shift);
    }
    Calls calls;
    for (const double u : list) calls.push_back({1 - u, u});
    return calls;
  };
  scheduler.sampler = always(Euler{});
}

/// One stage: a straight path. A shift other than 1 is e^shift, or shift itself for the linear
/// type.
inline void read_helios(const JsonObject& json, Scheduler& scheduler) {
  SchedulerLevels& levels = scheduler.levels;
  const Index stages = json.integer("stages", 3, 1, 1000);
  const std::string type = json.text("scheduler_type", "unipc");
  constexpr Name<bool> kinds[] = {{"exponential", false}, {"linear", true}};
  levels.flow.linear = json.one_of<bool>("time_shift_type", "exponential", kinds);
  levels.flow.dynamic = json.flag("use_dynamic_shifting");
  const double shift = json.number("shift", 1, 1e-6, 700);
  if (shift != 1) levels.flow.shift = levels.flow.linear ? shift : std::exp(shift);
  json.require(!levels.flow.dynamic || shift == 1, "shift",
               "be 1 where use_dynamic_shifting is true");
  levels.flow.before_last = true;
  levels.times.walk = SchedulerWalk::flow;
  levels.model_time = ModelTime::flow;
  read_own_prediction(scheduler, Prediction::flow_velocity, "flow_prediction");
  scheduler.scale = SampleScale::straight;
  if (stages != 1) {
    scheduler.obstacle = "stages must be 1 for a plan, got " + to_text(stages) +
                         of_default(json, "stages", scheduler) +
                         ": samples change their size between stages";
  } else if (type != "euler") {
    scheduler.obstacle = "scheduler_type must be euler for a plan, got \"" + type + "\"" +
                         of_default(json, "scheduler_type", scheduler);
  }
  scheduler.sampler = always(Euler{});
}

/// n calls of an inversion from t = 0 on: at equally spaced rounded times (linspace), or with a
/// constant stride from the offset (leading).
inline Calls upward_calls(const NoiseSchedule<double>& table, Index n, bool leading, Index offset) {
  const Index steps = table.steps();
  alphabar::detail::require_in_range("diffusers::Scheduler", "n", 1, steps - 1, n);
  const Index stride = steps / (n + 1);
  const std::vector<double> times = evenly(0, as_double(steps - 1), n + 1);
  Calls calls;
  for (Index k = 0; k < n; ++k) {
    const double time = leading ? as_double(k * stride + offset)
                                : std::nearbyint(times[static_cast<std::size_t>(k)]);
    alphabar::detail::require_between("diffusers::Scheduler", "a time of the leading spacing", 0,
                                      as_double(steps - 1), time);
    calls.push_back({time, table.sigma(static_cast<Index>(time) + 1)});
  }
  return calls;
}

/// `DpmSolverInversion` from t = 0 to T.
inline void read_dpm_solver_inverse(const JsonObject& json, Scheduler& scheduler) {
  SchedulerLevels& levels = scheduler.levels;
  constexpr SchedulerClass kind =
      multistep_class("DPMSolverMultistepInverseScheduler", LastStep::table, TerminalSnr::as_it_is);
  constexpr Name<bool> spacings[] = {{"linspace", false}, {"leading", true}};
  const bool leading = json.one_of<bool>("timestep_spacing", "linspace", spacings);
  const Index steps = levels.times.train_steps;
  const Index offset = leading ? json.integer("steps_offset", 0, 0, steps - 1) : 0;
  require_off(
      json, {"use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_flow_sigmas"});
  require_no_lambda_clipping(json);
  read_clipping(json, kind, scheduler);
  scheduler.prediction =
      json.one_of<Prediction>("prediction_type", "epsilon", std::span(prediction_types).first(3));
  levels.table = table_of(json, kind, steps);
  levels.last = LastLevel::own;
  levels.own_end = levels.table->sigma(steps);
  scheduler.scale = SampleScale::own;
  scheduler.own_path = [](std::vector<double> grid) {
    std::reverse(grid.begin(), grid.end());
    return SamplerPath(VpOfSigma(), grid);
  };
  list_calls(levels, [leading, offset, table = *levels.table](Index n) {
    return upward_calls(table, n, leading, offset);
  });
  const Algorithm algorithm = read_algorithm(json, scheduler);
  if (is_stochastic(algorithm)) {
    scheduler.obstacle =
        "algorithm_type must be dpmsolver++ or dpmsolver for a plan: the variance of the other "
        "steps is negative";
  }
  DpmSolverInversion sampler{.order = solver_order(json), .type = read_solver_type(json)};
  if (algorithm == Algorithm::dpm_solver) sampler.prediction = Prediction::noise;
  sampler.euler_at_final = json.flag("euler_at_final");
  const bool lower = json.flag("lower_order_final", true);
  scheduler.sampler = [=](const SamplerPath& path, const Run& run, const Calls& calls) {
    DpmSolverInversion of_run = sampler;
    of_run.lower_order_final = lower && is_short(run);
    of_run.halved_quadratic_term = run.reproduce_defects;
    return told(of_run.plan(path), calls);
  };
}

struct OwnClass {
  std::string_view name;
  void (*read)(const JsonObject&, Scheduler&);
};

inline constexpr OwnClass own_classes[] = {
    {"DPMSolverMultistepInverseScheduler", read_dpm_solver_inverse},
    {"DDPMWuerstchenScheduler", read_wuerstchen},
    {"KarrasVeScheduler", read_karras_ve},
    {"ScoreSdeVeScheduler", read_score_sde_ve},
    {"ScoreSdeVpScheduler", read_score_sde_vp},
    {"SCMScheduler", read_scm},
    {"ConsistencyDecoderScheduler", read_consistency_decoder},
    {"MiniMaxH3Scheduler", read_minimax_h3},
    {"HeliosScheduler", read_helios}};

/// Known classes without a plan, and the reason.
inline constexpr std::pair<std::string_view, std::string_view> classes_without_plan[] = {
    {"RePaintScheduler",
     "its step also depends on a given image and a mask, and its times go back and forth"},
    {"VQDiffusionScheduler", "its samples are tokens"},
    {"AmusedScheduler", "its samples are tokens"},
    {"HeliosDMDScheduler", "its samples change their size between stages"}};

}  // namespace alphabar::diffusers::detail
