// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "alphabar/diffusers/detail/json_object.hpp"
#include "alphabar/diffusers/detail/scheduler_class.hpp"
#include "alphabar/diffusers/detail/scheduler_table.hpp"
#include "alphabar/diffusers/scheduler.hpp"
#include "alphabar/error.hpp"

/// Reads the `scheduler_config.json` that stands beside the weights of a diffusers model. It is not
/// part of alphabar.hpp, since it needs exceptions and nlohmann/json:
///
///     find_package(nlohmann_json REQUIRED)
///     target_link_libraries(app PRIVATE alphabar::alphabar nlohmann_json::nlohmann_json)
namespace alphabar::diffusers {
namespace detail {

/// What would change the calls in a way that is not known here.
inline void require_off(const JsonObject& json, std::initializer_list<const char*> keys) {
  for (const char* key : keys) json.require(!json.flag(key), key, "be false: it is not supported");
}

inline bool ends_at_zero(const JsonObject& json) {
  constexpr Name<bool> types[] = {{"zero", true}, {"sigma_min", false}};
  return json.one_of<bool>("final_sigmas_type", "zero", types);
}

/// The ends of a grid of levels; each stays as it is where the file has none.
inline void read_ends(const JsonObject& json, Scheduler& scheduler) {
  const auto read = [&](const char* key, std::optional<double>& level) {
    if (json.has(key)) level = json.number(key, 0, 1e-150, 1e150);
  };
  read("sigma_min", scheduler.sigma_min);
  read("sigma_max", scheduler.sigma_max);
  if (!scheduler.sigma_min || !scheduler.sigma_max) return;
  json.require(*scheduler.sigma_min < *scheduler.sigma_max, "sigma_min",
               "be less than sigma_max = " + to_text(*scheduler.sigma_max));
}

inline void read_grid(const JsonObject& json, Scheduler& scheduler) {
  require_off(json, {"use_beta_sigmas"});
  const bool karras = json.flag("use_karras_sigmas");
  const bool exponential = json.flag("use_exponential_sigmas");
  json.require(!(karras && exponential), "use_exponential_sigmas",
               "be false where use_karras_sigmas is true");
  if (karras) scheduler.grid = SigmaGrid::karras;
  if (exponential) scheduler.grid = SigmaGrid::exponential;
  read_ends(json, scheduler);
}

inline void read_euler(const JsonObject& json, Scheduler& scheduler) {
  constexpr Name<bool> interpolations[] = {{"linear", true}};
  (void)json.one_of<bool>("interpolation_type", "linear", interpolations);
  constexpr Name<bool> times[] = {{"discrete", false}, {"continuous", true}};
  const bool continuous = json.one_of<bool>("timestep_type", "discrete", times);
  scheduler.log_sigma_time = continuous && scheduler.prediction == Prediction::velocity;
}

inline void read_dpm_solver(const JsonObject& json, Scheduler& scheduler) {
  require_off(json, {"use_lu_lambdas"});
  json.require(!json.has("lambda_min_clipped") || json.is("lambda_min_clipped", "-inf"),
               "lambda_min_clipped", "be -Infinity: it is not supported");
  constexpr Name<bool> algorithms[] = {{"dpmsolver++", false},
                                       {"sde-dpmsolver++", false},
                                       {"dpmsolver", true},
                                       {"sde-dpmsolver", true},
                                       {"deis", false}};
  const bool by_noise = json.one_of<bool>("algorithm_type", "dpmsolver++", algorithms);
  json.require(!(by_noise && scheduler.ends_at_zero), "algorithm_type",
               "be dpmsolver++ or sde-dpmsolver++ where final_sigmas_type is zero");
  if (json.is("beta_schedule", "squaredcos_cap_v2")) scheduler.nearest_time = false;
}

/// A straight path where use_flow_sigmas says so, whatever the β's.
inline void read_flow_sigmas(const JsonObject& json, Scheduler& scheduler) {
  require_off(json, {"use_dynamic_shifting"});
  const bool straight = json.flag("use_flow_sigmas");
  json.require(straight || scheduler.prediction != Prediction::flow_velocity, "prediction_type",
               "be another one where use_flow_sigmas is false");
  json.require(!straight || scheduler.grid == SigmaGrid::timesteps, "use_flow_sigmas",
               "be false where use_karras_sigmas or use_exponential_sigmas is true");
  scheduler.shift = json.number("flow_shift", 1, 1e-6, 1e6);
  if (straight) scheduler.schedule.reset();
}

inline void read_table_scheduler(const JsonObject& json, const SchedulerClass& kind,
                                 Scheduler& scheduler) {
  SchedulerTimes& times = scheduler.times;
  times.walk = kind.walk;
  times.spacing = json.one_of<TimestepSpacing>("timestep_spacing", kind.spacing, timestep_spacings);
  times.steps_offset = json.integer("steps_offset", 0, 0, times.train_steps - 1);
  if (kind.walk == SchedulerWalk::runge_kutta && json.flag("skip_prk_steps")) {
    times.walk = SchedulerWalk::plms;
  }
  if (kind.walk == SchedulerWalk::consistency) {
    times.distilled_steps = json.integer("original_inference_steps", 50, 1, times.train_steps);
  }
  scheduler.prediction = json.one_of<Prediction>(
      "prediction_type", "epsilon", std::span(prediction_types).first(kind.predictions));
  scheduler.schedule = with_terminal_snr(json, kind, table_of(json, kind, times.train_steps));
  if (kind.last_step == LastStep::set_alpha_to_one) {
    scheduler.ends_at_zero = json.flag("set_alpha_to_one", kind.alpha_to_one);
  }
  if (kind.last_step == LastStep::final_sigmas_type) scheduler.ends_at_zero = ends_at_zero(json);
  if (kind.has_grid) read_grid(json, scheduler);
  if (kind.name == "EulerDiscreteScheduler") read_euler(json, scheduler);
  if (kind.walk == SchedulerWalk::multistep) {
    scheduler.nearest_time = scheduler.grid == SigmaGrid::karras;
    if (kind.name == "DPMSolverMultistepScheduler") read_dpm_solver(json, scheduler);
    read_flow_sigmas(json, scheduler);
  }
}

inline void read_flow_scheduler(const JsonObject& json, Scheduler& scheduler) {
  scheduler.times.walk = SchedulerWalk::flow;
  scheduler.prediction_type = "flow_prediction";
  scheduler.prediction = Prediction::flow_velocity;
  scheduler.shift = json.number("shift", 1, 1e-6, 1e6);
  require_off(json, {"use_dynamic_shifting", "invert_sigmas"});
  json.require(!json.has("shift_terminal"), "shift_terminal", "be null: it is not supported");
  read_grid(json, scheduler);
}

inline void read_edm_scheduler(const JsonObject& json, Scheduler& scheduler) {
  constexpr Name<SigmaGrid> grids[] = {{"karras", SigmaGrid::karras},
                                       {"exponential", SigmaGrid::exponential}};
  scheduler.times.walk = SchedulerWalk::edm;
  (void)json.one_of<Prediction>("prediction_type", "epsilon", std::span(prediction_types).first(2));
  scheduler.grid = json.one_of<SigmaGrid>("sigma_schedule", "karras", grids);
  scheduler.sigma_min = 0.002;
  scheduler.sigma_max = 80;
  read_ends(json, scheduler);
  scheduler.rho = json.number("rho", 7, 1, 1000);
  scheduler.sigma_data = json.number("sigma_data", 0.5, 1e-150, 1e150);
  scheduler.ends_at_zero = ends_at_zero(json);
}

inline Scheduler scheduler_of(const JsonObject& json) {
  Scheduler scheduler;
  const std::string name = json.text("_class_name", "");
  scheduler.class_name = name;
  scheduler.prediction_type = json.text("prediction_type", "epsilon");
  scheduler.times.train_steps = json.integer("num_train_timesteps", 1000, 1, 1'000'000);
  if (name == "FlowMatchEulerDiscreteScheduler") {
    read_flow_scheduler(json, scheduler);
  } else if (name == "EDMEulerScheduler" || name == "EDMDPMSolverMultistepScheduler") {
    read_edm_scheduler(json, scheduler);
  } else {
    read_table_scheduler(json, table_class(json), scheduler);
  }
  return scheduler;
}

}  // namespace detail

/// What the text of a `scheduler_config.json` means.
///
/// A missing or null key has the default of the class that `_class_name` names: DDPM, DDIM, PNDM,
/// LCM, Euler, Euler ancestral, Heun, DPM-Solver and UniPC multistep, flow matching Euler, EDM.
/// Keys that change neither the schedule nor the calls (clip_sample, thresholding, solver_order,
/// variance_type, ...) are passed over, and so are keys of other classes, as diffusers does.
/// "squaredcos_cap_v2" is `cosine_schedule`; "scaled_linear" is what CompVis calls "linear";
/// "laplace" is the root of `laplace_schedule` that diffusers trains with.
///
/// @throws std::invalid_argument, naming key and value, for another class, a value that the class
/// does not know, a wrong type, keys that contradict each other, and what would change the calls
/// but is not supported: use_beta_sigmas, use_lu_lambdas, lambda_min_clipped, use_dynamic_shifting,
/// invert_sigmas, shift_terminal. With line and column, for text that is not JSON.
[[nodiscard]] inline Scheduler parse_scheduler_config(std::string_view text) {
  return detail::scheduler_of(detail::JsonObject("diffusers::parse_scheduler_config", text));
}

/// The same for a file; its name is part of every message.
[[nodiscard]] inline Scheduler read_scheduler_config(const std::filesystem::path& file) {
  const std::string function = "diffusers::read_scheduler_config(" + file.string() + ")";
  std::ifstream stream(file, std::ios::binary);
  if (!stream || std::filesystem::is_directory(file)) {
    ALPHABAR_THROW(std::invalid_argument(
        detail::sentence(function, "the file", "be readable", "one that is not")));
  }
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return detail::scheduler_of(detail::JsonObject(function, text));
}

}  // namespace alphabar::diffusers
