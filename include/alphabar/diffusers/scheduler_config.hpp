// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "alphabar/diffusers/detail/json_object.hpp"
#include "alphabar/diffusers/detail/own_class.hpp"
#include "alphabar/diffusers/detail/scheduler_class.hpp"
#include "alphabar/diffusers/detail/scheduler_sampler.hpp"
#include "alphabar/diffusers/detail/scheduler_table.hpp"
#include "alphabar/diffusers/detail/unsupported_keys.hpp"
#include "alphabar/diffusers/scheduler.hpp"
#include "alphabar/diffusers/scheduler_levels.hpp"
#include "alphabar/diffusers/scheduler_times.hpp"
#include "alphabar/error.hpp"
#include "alphabar/prediction/prediction.hpp"

/// Reads the `scheduler_config.json` of a diffusers model. It is not part of alphabar.hpp, because
/// it needs exceptions and nlohmann/json:
///
///     find_package(nlohmann_json REQUIRED)
///     target_link_libraries(app PRIVATE alphabar::alphabar nlohmann_json::nlohmann_json)
namespace alphabar::diffusers {
namespace detail {

inline LastLevel last_level(const JsonObject& json) {
  constexpr Name<LastLevel> types[] = {{"zero", LastLevel::clean}, {"sigma_min", LastLevel::table}};
  return json.one_of<LastLevel>("final_sigmas_type", "zero", types);
}

/// Reads the ends of a grid of levels. An end that the file does not have is unchanged.
inline void read_ends(const JsonObject& json, SchedulerLevels& levels) {
  const auto read = [&](const char* key, std::optional<double>& level) {
    if (const auto number = json.optional_number(key, 1e-150, 1e150)) level = number;
  };
  read("sigma_min", levels.sigma_min);
  read("sigma_max", levels.sigma_max);
  if (!levels.sigma_min || !levels.sigma_max) return;
  json.require(*levels.sigma_min < *levels.sigma_max, "sigma_min",
               "be less than sigma_max = " + to_text(*levels.sigma_max));
}

/// The last key is one of DPMSolverMultistepScheduler only.
inline void read_grid(const JsonObject& json, Scheduler& scheduler) {
  const bool multistep = scheduler.class_name == "DPMSolverMultistepScheduler";
  const char* chosen = nullptr;
  for (const auto& [key, grid] : std::span(sigma_grid_keys).first(multistep ? 4 : 3)) {
    if (!json.flag(key)) continue;
    if (chosen != nullptr) json.refuse(key, "be false where " + std::string(chosen) + " is true");
    chosen = key;
    scheduler.levels.grid = grid;
  }
  read_ends(json, scheduler.levels);
}

/// As in Python, 0 is none.
inline std::optional<double> read_shift_terminal(const JsonObject& json) {
  const std::optional<double> last = json.optional_number("shift_terminal", 0, 0.999);
  return last == 0 ? std::nullopt : last;
}

/// Sets a straight path if use_flow_sigmas is true, for any β's.
inline void read_flow_sigmas(const JsonObject& json, Scheduler& scheduler) {
  SchedulerLevels& levels = scheduler.levels;
  const bool straight = json.flag("use_flow_sigmas");
  json.require(straight || scheduler.prediction != Prediction::flow_velocity, "prediction_type",
               "be another one where use_flow_sigmas is false");
  if (!straight) return;
  json.require(levels.grid == SigmaGrid::timesteps, "use_flow_sigmas",
               "be false where use_karras_sigmas or another grid is true");
  levels.table.reset();
  levels.model_time = ModelTime::flow;
  scheduler.scale = SampleScale::straight;
  if (levels.last != LastLevel::clean) levels.last = LastLevel::last_called;
  levels.flow.shift = json.number("flow_shift", 1, 1e-6, 1e6);
  levels.flow.dynamic = json.flag("use_dynamic_shifting");
  levels.flow.terminal = read_shift_terminal(json);
}

/// Times on a grid are whole, and a grid spans the table.
inline void read_multistep(const JsonObject& json, Scheduler& scheduler) {
  SchedulerLevels& levels = scheduler.levels;
  levels.whole_times = true;
  levels.grid_of_table = true;
  levels.nearest_time = levels.grid == SigmaGrid::karras || levels.grid == SigmaGrid::log_snr;
  const bool singlestep = scheduler.class_name == "DPMSolverSinglestepScheduler";
  if (singlestep) require_no_lambda_clipping(json);
  if (scheduler.class_name == "DPMSolverMultistepScheduler") {
    require_no_lambda_clipping(json);
    if (json.is("beta_schedule", "squaredcos_cap_v2")) levels.nearest_time = false;
  } else if (levels.grid != SigmaGrid::timesteps && levels.last == LastLevel::table &&
             !singlestep) {
    levels.last = LastLevel::last_called;
  }
  read_flow_sigmas(json, scheduler);
}

inline void read_euler(const JsonObject& json, Scheduler& scheduler) {
  constexpr Name<bool> interpolations[] = {{"linear", true}};
  (void)json.one_of<bool>("interpolation_type", "linear", interpolations);
  constexpr Name<bool> times[] = {{"discrete", false}, {"continuous", true}};
  const bool continuous = json.one_of<bool>("timestep_type", "discrete", times);
  if (continuous && scheduler.prediction == Prediction::velocity) {
    scheduler.levels.model_time = ModelTime::log_sigma;
  }
}

inline void read_table_scheduler(const JsonObject& json, const SchedulerClass& kind,
                                 Scheduler& scheduler) {
  SchedulerLevels& levels = scheduler.levels;
  SchedulerTimes& times = levels.times;
  times.walk = kind.walk;
  times.spacing = TimestepSpacing::linspace;
  if (kind.has_spacing) {
    times.spacing =
        json.one_of<TimestepSpacing>("timestep_spacing", kind.spacing, timestep_spacings);
    times.steps_offset = json.integer("steps_offset", 0, 0, times.train_steps - 1);
  }
  if (kind.walk == SchedulerWalk::runge_kutta && json.flag("skip_prk_steps")) {
    times.walk = SchedulerWalk::plms;
  }
  if (kind.walk == SchedulerWalk::consistency) {
    times.distilled_steps = json.integer("original_inference_steps", 50, 1, times.train_steps);
  }
  scheduler.scale = kind.scale;
  scheduler.second_call = kind.second_call;
  scheduler.upward = kind.name == "DDIMInverseScheduler";
  scheduler.start_has_data = times.spacing == TimestepSpacing::leading;
  scheduler.prediction = json.one_of<Prediction>(
      "prediction_type", "epsilon", std::span(prediction_types).first(kind.predictions));
  levels.table = table_of(json, kind, times.train_steps);
  if (kind.last_step == LastStep::set_alpha_to_one &&
      !json.flag("set_alpha_to_one", kind.alpha_to_one)) {
    levels.last = LastLevel::table;
  }
  if (kind.last_step == LastStep::table) levels.last = LastLevel::table;
  if (kind.last_step == LastStep::final_sigmas_type) levels.last = last_level(json);
  if (kind.has_grid) read_grid(json, scheduler);
  if (kind.name == "EulerDiscreteScheduler") read_euler(json, scheduler);
  if (kind.name.starts_with("KDPM2")) levels.whole_times = levels.grid == SigmaGrid::karras;
  if (kind.scale == SampleScale::preserving) read_multistep(json, scheduler);
}

inline void read_flow_scheduler(const JsonObject& json, Scheduler& scheduler) {
  SchedulerLevels& levels = scheduler.levels;
  levels.times.walk = SchedulerWalk::flow;
  levels.model_time = ModelTime::flow;
  scheduler.scale = SampleScale::straight;
  scheduler.prediction_type = "flow_prediction";
  scheduler.prediction = Prediction::flow_velocity;
  levels.flow.shift = json.number("shift", 1, 1e-6, 1e6);
  levels.flow.to_zero = scheduler.class_name == "FlowMapEulerDiscreteScheduler";
  const bool heun = scheduler.class_name == "FlowMatchHeunDiscreteScheduler";
  if (heun) scheduler.second_call = SecondCall::at_next;
  if (heun || levels.flow.to_zero) return;  // no other keys
  levels.flow.given_unshifted = scheduler.class_name == "LTXEulerAncestralRFScheduler";
  constexpr Name<bool> kinds[] = {{"exponential", false}, {"linear", true}};
  levels.flow.dynamic = json.flag("use_dynamic_shifting");
  levels.flow.linear = json.one_of<bool>("time_shift_type", "exponential", kinds);
  levels.flow.inverted = json.flag("invert_sigmas");
  levels.flow.terminal = read_shift_terminal(json);
  read_grid(json, scheduler);
  json.require(levels.grid == SigmaGrid::timesteps || levels.sigma_max.value_or(1) <= 1,
               "sigma_max", "be at most 1 on a straight path");
}

inline void read_edm_scheduler(const JsonObject& json, Scheduler& scheduler) {
  const bool cosine = scheduler.class_name == "CosineDPMSolverMultistepScheduler";
  constexpr Name<SigmaGrid> grids[] = {{"karras", SigmaGrid::karras},
                                       {"exponential", SigmaGrid::exponential}};
  SchedulerLevels& levels = scheduler.levels;
  levels.times.walk = SchedulerWalk::edm;
  levels.model_time = cosine ? ModelTime::arctan : ModelTime::log_sigma;
  scheduler.scale = SampleScale::exploding;
  scheduler.start_has_data = true;
  scheduler.prediction_type = json.text("prediction_type", cosine ? "v_prediction" : "epsilon");
  (void)json.one_of<Prediction>("prediction_type", scheduler.prediction_type,
                                std::span(prediction_types).first(2));
  levels.grid = json.one_of<SigmaGrid>("sigma_schedule", cosine ? "exponential" : "karras", grids);
  levels.sigma_min = cosine ? 0.3 : 0.002;
  levels.sigma_max = cosine ? 500 : 80;
  read_ends(json, levels);
  levels.rho = json.number("rho", 7, 1, 1000);
  scheduler.sigma_data = json.number("sigma_data", cosine ? 1 : 0.5, 1e-150, 1e150);
  if (last_level(json) != LastLevel::clean) levels.last = LastLevel::sigma_min;
  if (scheduler.class_name == "EDMDPMSolverMultistepScheduler") {
    forbid(json, "thresholding", false, scheduler);
  }
  if (scheduler.class_name == "CMStochasticIterativeScheduler") {
    levels.model_time = ModelTime::scaled_log_sigma;
    if (!json.has("num_train_timesteps")) levels.times.train_steps = 40;
    levels.last = LastLevel::sigma_min;
    scheduler.start_has_data = false;
    forbid(json, "clip_denoised", true, scheduler);
  }
}

/// This class has its own process.
inline void read_ipndm(const JsonObject& json, Scheduler& scheduler) {
  json.require(!json.has("trained_betas"), "trained_betas", "be null for this class");
  scheduler.levels.times.walk = SchedulerWalk::edm;
  scheduler.levels.model_time = ModelTime::level;
  scheduler.scale = SampleScale::cosine;
  scheduler.prediction_type = "v_prediction";
  scheduler.prediction = Prediction::velocity;
}

inline constexpr std::string_view flow_classes[] = {
    "FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler", "FlowMatchLCMScheduler",
    "FlowMapEulerDiscreteScheduler", "LTXEulerAncestralRFScheduler"};
inline constexpr std::string_view edm_classes[] = {
    "EDMEulerScheduler", "EDMDPMSolverMultistepScheduler", "CosineDPMSolverMultistepScheduler",
    "CMStochasticIterativeScheduler"};

inline Scheduler scheduler_of(const JsonObject& json) {
  Scheduler scheduler;
  const std::string name = json.text("_class_name", "");
  scheduler.class_name = name;
  scheduler.prediction_type = json.text("prediction_type", "epsilon");
  scheduler.levels.times.train_steps = json.integer("num_train_timesteps", 1000, 1, 1'000'000);
  std::string known;
  for (const SchedulerClass& kind : table_classes) {
    known.append(kind.name).append(", ");
    if (kind.name != name) continue;
    read_table_scheduler(json, kind, scheduler);
    read_clipping(json, kind, scheduler);
  }
  for (const std::string_view kind : flow_classes) {
    known.append(kind).append(", ");
    if (kind == name) read_flow_scheduler(json, scheduler);
  }
  for (const std::string_view kind : edm_classes) {
    known.append(kind).append(", ");
    if (kind == name) read_edm_scheduler(json, scheduler);
  }
  for (const OwnClass& kind : own_classes) {
    known.append(kind.name).append(", ");
    if (kind.name != name) continue;
    kind.read(json, scheduler);
    return scheduler;
  }
  for (const auto& [kind, reason] : classes_without_plan) {
    if (kind == name) json.refuse("_class_name", "be another class: " + std::string(reason));
  }
  known.append("IPNDMScheduler, ");
  if (name == "IPNDMScheduler") read_ipndm(json, scheduler);
  if (!scheduler.levels.table && scheduler.scale == SampleScale::of_table) {
    json.refuse("_class_name", "be one of " + known.substr(0, known.size() - 2));
  }
  scheduler.sampler = sampler_of(json, scheduler);
  return scheduler;
}

}  // namespace detail

/// Reads the text of a `scheduler_config.json`.
///
/// A missing or null key has the default of the class that `_class_name` names. The classes are
/// listed in detail/scheduler_class.hpp and detail/own_class.hpp. Irrelevant keys are ignored.
/// "squaredcos_cap_v2" is `cosine_schedule`; "scaled_linear" is the "linear" of CompVis; "laplace"
/// is the square root of `laplace_schedule`, with which diffusers trains.
///
/// For a sampler that is not a list of linear steps (clip_sample, thresholding, a variance that the
/// network predicts) only the plan is refused. Schedule, times and levels can be read.
///
/// @throws std::invalid_argument, with key and value, for an unknown class, a value that the class
///     does not support, a wrong type, contradictory keys, and lambda_min_clipped, which is not
///     supported; with line and column, for text that is not JSON
[[nodiscard]] inline Scheduler parse_scheduler_config(std::string_view text) {
  return detail::scheduler_of(detail::JsonObject("diffusers::parse_scheduler_config", text));
}

/// The same for a file. Its name is part of every message.
/// @throws std::invalid_argument also for a file that cannot be opened, with the reason
[[nodiscard]] inline Scheduler read_scheduler_config(const std::filesystem::path& file) {
  const std::string function = "diffusers::read_scheduler_config(" + file.string() + ")";
  const auto unreadable = [&](const std::string& found) {
    detail::refuse(function, "the file", "be readable", found);
  };
  std::error_code none;  // an error shows when the file is opened
  if (std::filesystem::is_directory(file, none)) unreadable("a directory");
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) unreadable(std::string("an error: ") + std::strerror(errno != 0 ? errno : EIO));
  constexpr std::streamsize most = 1 << 24;  // a table of betas has some 20 kB
  std::string text(static_cast<std::size_t>(most) + 1, '\0');
  stream.read(text.data(), std::ssize(text));
  if (stream.gcount() > most) {
    detail::refuse(function, "the file", "hold at most " + std::to_string(most) + " bytes", "more");
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return detail::scheduler_of(detail::JsonObject(function, text));
}

}  // namespace alphabar::diffusers
