// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/diffusers/detail/json_object.hpp"
#include "alphabar/diffusers/detail/scheduler_class.hpp"
#include "alphabar/diffusers/scheduler.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/churn.hpp"
#include "alphabar/sampler/consistency_model.hpp"
#include "alphabar/sampler/ddim.hpp"
#include "alphabar/sampler/ddim_inversion.hpp"
#include "alphabar/sampler/ddpm.hpp"
#include "alphabar/sampler/dpm2.hpp"
#include "alphabar/sampler/dpm_solver_multistep.hpp"
#include "alphabar/sampler/dpm_solver_pp_sde.hpp"
#include "alphabar/sampler/dpm_solver_singlestep.hpp"
#include "alphabar/sampler/euler.hpp"
#include "alphabar/sampler/euler_ancestral.hpp"
#include "alphabar/sampler/heun.hpp"
#include "alphabar/sampler/lcm.hpp"
#include "alphabar/sampler/linear_multistep.hpp"
#include "alphabar/sampler/pndm.hpp"
#include "alphabar/sampler/sa_solver.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/solver_type.hpp"
#include "alphabar/sampler/tcd.hpp"
#include "alphabar/sampler/uni_pc.hpp"

/// The sampler of a class, by its file.
namespace alphabar::diffusers::detail {

/// What follows a value in a message if the file does not have it.
inline std::string of_default(const JsonObject& json, const char* key, const Scheduler& scheduler) {
  return json.has(key) ? "" : ", the default of " + scheduler.class_name;
}

/// Records why a sampler is not a list of linear steps. Its table and its times can still be read.
inline void forbid(const JsonObject& json, const char* key, bool by_default, Scheduler& scheduler) {
  if (!json.flag(key, by_default)) return;
  scheduler.obstacle = std::string(key) + " must be false for a plan of linear steps, got true" +
                       of_default(json, key, scheduler);
}

inline void read_clipping(const JsonObject& json, const SchedulerClass& kind,
                          Scheduler& scheduler) {
  if (kind.thresholding) forbid(json, "thresholding", false, scheduler);
  if (kind.clip_sample == ClipSample::none) return;
  forbid(json, "clip_sample", kind.clip_sample == ClipSample::on, scheduler);
}

using SamplerOfRun = decltype(Scheduler::sampler);
using Calls = SchedulerLevels::Calls;

/// A sampler that does not depend on the run.
template <Sampler S>
SamplerOfRun always(S sampler) {
  return [sampler = std::move(sampler)](const SamplerPath& path, const Run&, const Calls&) {
    return sampler.plan(path);
  };
}

/// A class without options.
template <Sampler S>
SamplerOfRun without_options(const JsonObject&, Scheduler&) {
  return always(S{});
}

inline SamplerOfRun read_ddpm(const JsonObject& json, Scheduler& scheduler) {
  using Variance = std::optional<Ddpm::Variance>;  // none: the network's
  constexpr auto key = "variance_type";
  constexpr auto by_default = "fixed_small";
  constexpr Name<Variance> variances[] = {{by_default, Ddpm::Variance::posterior},
                                          {"fixed_small_log", Ddpm::Variance::posterior},
                                          {"fixed_large", Ddpm::Variance::step},
                                          {"fixed_large_log", Ddpm::Variance::step},
                                          {"learned", std::nullopt},
                                          {"learned_range", std::nullopt}};
  const auto variance = json.one_of<Variance>(key, by_default, variances);
  if (!variance) {
    scheduler.obstacle = "variance_type must be fixed_small or fixed_large for a plan, got \"" +
                         json.text(key, by_default) + "\": the variance is the network's";
  }
  return always(Ddpm{variance.value_or(Ddpm::Variance::posterior)});
}

/// DPM-Solver and related classes lower the order of the last steps in runs of fewer than 15 steps,
/// including the steps that a partial run leaves out.
inline bool is_short(const Run& run) { return SchedulerLevels::count(run) < 15; }

inline int solver_order(const JsonObject& json, const char* key = "solver_order") {
  return static_cast<int>(json.integer(key, 2, 1, 3));
}

enum class Algorithm { dpm_solver_pp, sde_dpm_solver_pp, dpm_solver, sde_dpm_solver };

inline Algorithm read_algorithm(const JsonObject& json, const Scheduler& scheduler) {
  constexpr Name<Algorithm> algorithms[] = {{"dpmsolver++", Algorithm::dpm_solver_pp},
                                            {"sde-dpmsolver++", Algorithm::sde_dpm_solver_pp},
                                            {"dpmsolver", Algorithm::dpm_solver},
                                            {"sde-dpmsolver", Algorithm::sde_dpm_solver},
                                            {"deis", Algorithm::dpm_solver_pp}};
  const auto algorithm = json.one_of<Algorithm>("algorithm_type", "dpmsolver++", algorithms);
  const bool by_noise =
      algorithm == Algorithm::dpm_solver || algorithm == Algorithm::sde_dpm_solver;
  json.require(!(by_noise && scheduler.levels.last == LastLevel::clean), "algorithm_type",
               "be dpmsolver++ or sde-dpmsolver++ where final_sigmas_type is zero");
  return algorithm;
}

inline SolverType read_solver_type(const JsonObject& json) {
  constexpr Name<SolverType> types[] = {{"midpoint", SolverType::midpoint},
                                        {"heun", SolverType::heun},
                                        {"logrho", SolverType::midpoint},
                                        {"bh1", SolverType::midpoint},
                                        {"bh2", SolverType::midpoint}};
  return json.one_of<SolverType>("solver_type", "midpoint", types);
}

inline bool is_stochastic(Algorithm algorithm) {
  return algorithm == Algorithm::sde_dpm_solver_pp || algorithm == Algorithm::sde_dpm_solver;
}

inline SamplerOfRun dpm_solver(const JsonObject& json, Algorithm algorithm) {
  DpmSolverMultistep sampler{.order = solver_order(json), .type = read_solver_type(json)};
  if (algorithm == Algorithm::dpm_solver || algorithm == Algorithm::sde_dpm_solver) {
    sampler.prediction = Prediction::noise;
  }
  sampler.euler_at_final = json.flag("euler_at_final");
  sampler.eta = is_stochastic(algorithm) ? 1 : 0;
  const bool lower = json.flag("lower_order_final", true);
  return [=](const SamplerPath& path, const Run& run, const Calls&) {
    DpmSolverMultistep of_run = sampler;
    of_run.lower_order_final = lower && is_short(run);
    of_run.halved_quadratic_term = run.reproduce_defects;
    return of_run.plan(path);
  };
}

inline SamplerOfRun read_dpm_solver(const JsonObject& json, Scheduler& scheduler) {
  return dpm_solver(json, read_algorithm(json, scheduler));
}

inline SamplerOfRun read_cosine_dpm_solver(const JsonObject& json, Scheduler&) {
  return dpm_solver(json, Algorithm::sde_dpm_solver_pp);
}

inline SamplerOfRun read_deis(const JsonObject& json, Scheduler&) {
  const Deis sampler{.order = solver_order(json)};
  const bool lower = json.flag("lower_order_final", true);
  return [=](const SamplerPath& path, const Run& run, const Calls&) {
    return Deis{sampler.order, lower && is_short(run)}.plan(path);
  };
}

/// Steps of the whole run are counted in disable_corrector.
inline SamplerOfRun read_uni_pc(const JsonObject& json, Scheduler&) {
  constexpr Name<UniPc::B> functions[] = {{"bh1", UniPc::B::bh1},
                                          {"bh2", UniPc::B::bh2},
                                          {"midpoint", UniPc::B::bh2},
                                          {"heun", UniPc::B::bh2},
                                          {"logrho", UniPc::B::bh2}};
  UniPc sampler{.order = solver_order(json)};
  sampler.b = json.one_of<UniPc::B>("solver_type", "bh2", functions);
  if (!json.flag("predict_x0", true)) sampler.prediction = Prediction::noise;
  sampler.lower_order_final = json.flag("lower_order_final", true);
  if (json.has("disable_corrector")) {
    sampler.disable_corrector = json.whole_numbers("disable_corrector", 0, 1e6);
  }
  return [=](const SamplerPath& path, const Run& run, const Calls& calls) {
    UniPc of_run = sampler;
    const Index first = SchedulerLevels::count(run) - std::ssize(calls);
    for (Index& step : of_run.disable_corrector) step -= first;
    return of_run.plan(path);
  };
}

inline SamplerOfRun read_lms(const JsonObject&, Scheduler&) {
  return [](const SamplerPath& path, const Run& run, const Calls&) {
    return Lms{.order = static_cast<int>(run.order)}.plan(path);
  };
}

inline SamplerOfRun read_ddim(const JsonObject&, Scheduler&) {
  return [](const SamplerPath& path, const Run& run, const Calls&) {
    return Ddim{run.eta.value_or(0)}.plan(path);
  };
}

inline SamplerOfRun read_ddim_inversion(const JsonObject&, Scheduler&) {
  return always(DdimInversion{.tell_later = true});
}

inline SamplerOfRun read_ipndm_sampler(const JsonObject&, Scheduler&) {
  return always(Ipndm{.no_data_in_pure_noise = true});
}

inline SamplerOfRun read_tcd(const JsonObject&, Scheduler&) {
  return [](const SamplerPath& path, const Run& run, const Calls&) {
    return Tcd{run.eta.value_or(0.3)}.plan(path);
  };
}

/// The churn for a plan of the last `steps` steps: γ is that of the whole run.
inline Churn churn_of_part(Churn churn, const Run& run, std::size_t steps) {
  const auto whole = static_cast<double>(SchedulerLevels::count(run));
  churn.s_churn *= static_cast<double>(steps) / whole;
  return churn;
}

template <class S>
SamplerOfRun read_churned(const JsonObject&, Scheduler&) {
  return [](const SamplerPath& path, const Run& run, const Calls&) {
    return S{churn_of_part(run.churn, run, path.steps())}.plan(path);
  };
}

inline SamplerOfRun read_flow_euler(const JsonObject& json, Scheduler& scheduler) {
  if (json.flag("stochastic_sampling")) return always(Lcm{});
  return read_churned<Euler>(json, scheduler);
}

inline SamplerOfRun read_flow_lcm(const JsonObject& json, Scheduler& scheduler) {
  if (json.has("scale_factors")) {
    scheduler.obstacle =
        "scale_factors must be null for a plan: samples change their size between steps";
  }
  return always(Lcm{});
}

inline SamplerOfRun read_singlestep(const JsonObject& json, Scheduler& scheduler) {
  const Algorithm algorithm = read_algorithm(json, scheduler);
  DpmSolverSinglestep sampler{.order = solver_order(json), .type = read_solver_type(json)};
  if (algorithm == Algorithm::dpm_solver) sampler.prediction = Prediction::noise;
  if (algorithm == Algorithm::sde_dpm_solver_pp) sampler.eta = 1;
  sampler.lower_order_final = json.flag("lower_order_final");
  return [sampler](const SamplerPath& path, const Run& run, const Calls&) {
    DpmSolverSinglestep of_run = sampler;
    of_run.steps_before = static_cast<std::size_t>(SchedulerLevels::count(run)) - path.steps();
    return of_run.plan(path);
  };
}

inline SamplerOfRun read_lcm(const JsonObject& json, Scheduler&) {
  return always(Lcm{LcmBoundary{.timestep_scaling = json.number("timestep_scaling", 10, 0, 1e6)}});
}

inline SamplerOfRun read_ltx(const JsonObject& json, Scheduler&) {
  return always(EulerAncestral{.eta = json.number("eta", 1, 0, 1),
                               .s_noise = json.number("s_noise", 1, 1e-6, 1e6)});
}

inline SamplerOfRun read_consistency_model(const JsonObject& json, Scheduler& scheduler) {
  const double noise = json.number("s_noise", 1, 0, 1e6);
  if (noise != 1) scheduler.obstacle = "s_noise must be 1 for a plan, got " + to_text(noise);
  return always(ConsistencyModel{*scheduler.levels.sigma_min, scheduler.sigma_data});
}

template <class S>
SamplerOfRun average_of(bool velocities) {
  return [=](const SamplerPath& path, const Run& run, const Calls&) {
    return S{.average_velocities = velocities && run.reproduce_defects}.plan(path);
  };
}

/// The same plan with unused normals: unused[0] are drawn before those of its start, and
/// unused[k + 1] before those used in the step after call k.
/// @pre no step uses a normal of an earlier step
inline SamplerPlan with_unused_draws(SamplerPlan plan, const std::vector<Index>& unused) {
  plan.start.new_draws += unused[0];
  for (std::size_t k = 0; k < plan.calls.size(); ++k) {
    plan.calls[k].step.new_draws += unused[k + 1];
  }
  return plan;
}

/// τ is 1 where the time argument of the network is in 200..800, and 0 elsewhere. Where it is 0 the
/// normal of the step is drawn and not used.
inline SamplerOfRun read_sa_solver(const JsonObject& json, Scheduler&) {
  constexpr Name<Prediction> forms[] = {{"data_prediction", Prediction::x0},
                                        {"noise_prediction", Prediction::noise}};
  SaSolver sampler;
  sampler.prediction = json.one_of<Prediction>("algorithm_type", "data_prediction", forms);
  sampler.predictor_order = static_cast<int>(json.integer("predictor_order", 2, 1, 4));
  sampler.corrector_order = static_cast<int>(json.integer("corrector_order", 2, 0, 4));
  sampler.lower_order_final = json.flag("lower_order_final", true);
  return [=](const SamplerPath& path, const Run&, const Calls& calls) {
    SaSolver of_run = sampler;
    of_run.tau.clear();
    for (const SchedulerLevels::Call& call : calls) {
      of_run.tau.push_back(call.time >= 200 && call.time <= 800 ? 1 : 0);
    }
    const SamplerPlan plan = of_run.plan(path);
    std::vector<Index> unused{0};
    for (const SamplerCall& call : plan.calls) unused.push_back(1 - call.step.new_draws);
    return with_unused_draws(plan, unused);
  };
}

/// Draws a normal that it does not use in each step except the first and the last.
inline SamplerOfRun read_cog_video_x_dpm(const JsonObject&, Scheduler&) {
  return [](const SamplerPath& path, const Run&, const Calls&) {
    std::vector<Index> unused(path.steps() + 1, 1);
    unused[0] = unused[1] = unused.back() = 0;
    return with_unused_draws(DpmSolverMultistep{.order = 2, .eta = 1}.plan(path), unused);
  };
}

inline SamplerOfRun read_pndm(const JsonObject& json, Scheduler& scheduler) {
  const bool velocities = scheduler.prediction == Prediction::velocity;
  return json.flag("skip_prk_steps") ? average_of<Plms>(velocities) : average_of<Pndm>(velocities);
}

/// The samplers of the classes by name; all other classes use `Euler`.
struct SamplerOfClass {
  std::string_view name;
  SamplerOfRun (*read)(const JsonObject&, Scheduler&);
};

inline constexpr SamplerOfClass samplers_of_classes[] = {
    {"DDPMScheduler", read_ddpm},
    {"DDPMParallelScheduler", read_ddpm},
    {"UnCLIPScheduler", read_ddpm},
    {"DDIMScheduler", read_ddim},
    {"DDIMParallelScheduler", read_ddim},
    {"CogVideoXDDIMScheduler", without_options<Ddim>},
    {"DDIMInverseScheduler", read_ddim_inversion},
    {"PNDMScheduler", read_pndm},
    {"IPNDMScheduler", read_ipndm_sampler},
    {"LCMScheduler", read_lcm},
    {"FlowMatchLCMScheduler", read_flow_lcm},
    {"TCDScheduler", read_tcd},
    {"CMStochasticIterativeScheduler", read_consistency_model},
    {"EulerAncestralDiscreteScheduler", without_options<EulerAncestral>},
    {"LTXEulerAncestralRFScheduler", read_ltx},
    {"HeunDiscreteScheduler", read_churned<Heun>},
    {"FlowMatchHeunDiscreteScheduler", read_churned<Heun>},
    {"LMSDiscreteScheduler", read_lms},
    {"KDPM2DiscreteScheduler", without_options<Dpm2>},
    {"KDPM2AncestralDiscreteScheduler", without_options<Dpm2Ancestral>},
    {"DPMSolverSDEScheduler", without_options<DpmSolverPpSde>},
    {"DPMSolverSinglestepScheduler", read_singlestep},
    {"DPMSolverMultistepScheduler", read_dpm_solver},
    {"EDMDPMSolverMultistepScheduler", read_dpm_solver},
    {"CosineDPMSolverMultistepScheduler", read_cosine_dpm_solver},
    {"CogVideoXDPMScheduler", read_cog_video_x_dpm},
    {"DEISMultistepScheduler", read_deis},
    {"SASolverScheduler", read_sa_solver},
    {"UniPCMultistepScheduler", read_uni_pc},
    {"FlowMatchEulerDiscreteScheduler", read_flow_euler}};

/// @pre the class is not one of detail/own_class.hpp, which have their own samplers
inline SamplerOfRun sampler_of(const JsonObject& json, Scheduler& scheduler) {
  for (const SamplerOfClass& kind : samplers_of_classes) {
    if (kind.name == scheduler.class_name) return kind.read(json, scheduler);
  }
  return read_churned<Euler>(json, scheduler);
}

}  // namespace alphabar::diffusers::detail
