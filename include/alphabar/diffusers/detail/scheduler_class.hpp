// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "alphabar/diffusers/scheduler.hpp"
#include "alphabar/diffusers/scheduler_levels.hpp"
#include "alphabar/diffusers/scheduler_times.hpp"
#include "alphabar/prediction/prediction.hpp"

/// The scheduler classes of diffusers that have a table, and the defaults of their constructors,
/// which differ from class to class. As of diffusers 0.40.0 (November 2026), like all of
/// alphabar/diffusers.
namespace alphabar::diffusers::detail {

enum class BetaSchedule { linear, scaled_linear, squaredcos_cap_v2, exp, sigmoid, laplace };

template <class T>
using Name = std::pair<std::string_view, T>;

inline constexpr Name<BetaSchedule> common_beta_schedules[] = {
    {"linear", BetaSchedule::linear},
    {"scaled_linear", BetaSchedule::scaled_linear},
    {"squaredcos_cap_v2", BetaSchedule::squaredcos_cap_v2}};
inline constexpr Name<BetaSchedule> ddpm_beta_schedules[] = {
    {"linear", BetaSchedule::linear},
    {"scaled_linear", BetaSchedule::scaled_linear},
    {"squaredcos_cap_v2", BetaSchedule::squaredcos_cap_v2},
    {"sigmoid", BetaSchedule::sigmoid},
    {"laplace", BetaSchedule::laplace}};
inline constexpr Name<BetaSchedule> heun_beta_schedules[] = {
    {"linear", BetaSchedule::linear},
    {"scaled_linear", BetaSchedule::scaled_linear},
    {"squaredcos_cap_v2", BetaSchedule::squaredcos_cap_v2},
    {"exp", BetaSchedule::exp}};

/// Every class accepts the first two, most accept the first three.
inline constexpr Name<Prediction> prediction_types[] = {
    {"epsilon", Prediction::noise},
    {"v_prediction", Prediction::velocity},
    {"sample", Prediction::x0},
    {"flow_prediction", Prediction::flow_velocity}};

inline constexpr Name<TimestepSpacing> timestep_spacings[] = {
    {"linspace", TimestepSpacing::linspace},
    {"leading", TimestepSpacing::leading},
    {"trailing", TimestepSpacing::trailing}};

/// The level at which a class ends: fixed, or given by one of two keys.
enum class LastStep { clean, table, set_alpha_to_one, final_sigmas_type };

/// ᾱ_T with rescale_betas_zero_snr: the key is refused, 0, or 2⁻²⁴ where σ_T must be finite.
enum class TerminalSnr { as_it_is, zero, tiny };

/// Whether clip_sample is a key of the class, and its default.
enum class ClipSample { none, off, on };

struct SchedulerClass {
  std::string_view name;
  SchedulerWalk walk = SchedulerWalk::ancestral;
  SampleScale scale = SampleScale::of_table;
  std::string_view spacing = "linspace";
  LastStep last_step = LastStep::clean;
  TerminalSnr terminal_snr = TerminalSnr::as_it_is;
  std::size_t predictions = 3;  ///< the number of prediction_types it accepts
  bool has_grid = false;        ///< has use_karras_sigmas and similar keys
  SecondCall second_call = SecondCall::none;
  ClipSample clip_sample = ClipSample::none;
  std::string_view beta_schedule = "linear";
  double beta_start = 1e-4;
  double beta_end = 0.02;
  std::span<const Name<BetaSchedule>> beta_schedules = common_beta_schedules;
  bool alpha_to_one = true;   ///< default of set_alpha_to_one
  bool thresholding = false;  ///< has thresholding
  bool has_spacing = true;    ///< has timestep_spacing and steps_offset; if not, linspace
};

/// DDPM, DDIM and related classes.
inline constexpr SchedulerClass ancestral_class(std::string_view name, LastStep last_step,
                                                ClipSample clip_sample) {
  return {.name = name,
          .spacing = "leading",
          .last_step = last_step,
          .terminal_snr = TerminalSnr::zero,
          .clip_sample = clip_sample};
}

/// With the table of Stable Diffusion.
inline constexpr SchedulerClass with_stable_diffusion_table(SchedulerClass kind) {
  kind.beta_schedule = "scaled_linear";
  kind.beta_start = 0.00085;
  kind.beta_end = 0.012;
  return kind;
}

inline constexpr SchedulerClass ddpm_class(std::string_view name) {
  SchedulerClass kind = ancestral_class(name, LastStep::clean, ClipSample::on);
  kind.beta_schedules = ddpm_beta_schedules;
  kind.thresholding = true;
  return kind;
}

inline constexpr SchedulerClass ddim_class(std::string_view name) {
  SchedulerClass kind = ancestral_class(name, LastStep::set_alpha_to_one, ClipSample::on);
  kind.thresholding = true;
  return kind;
}

/// TCD has keys of clipping, but its step does not use them.
inline constexpr SchedulerClass consistency_class(std::string_view name, LastStep last_step,
                                                  bool clips) {
  SchedulerClass kind =
      ancestral_class(name, last_step, clips ? ClipSample::off : ClipSample::none);
  kind.thresholding = clips;
  kind.walk = SchedulerWalk::consistency;
  return with_stable_diffusion_table(kind);
}

/// In the scale x_0 + σ ε.
inline constexpr SchedulerClass exploding_class(std::string_view name, std::size_t predictions,
                                                SecondCall second_call) {
  SchedulerClass kind{.name = name,
                      .walk = SchedulerWalk::euler,
                      .scale = SampleScale::exploding,
                      .predictions = predictions,
                      .has_grid = true,
                      .second_call = second_call};
  if (second_call != SecondCall::none) {
    kind.beta_start = 0.00085;
    kind.beta_end = 0.012;
  }
  return kind;
}

inline constexpr SchedulerClass euler_class(std::string_view name, LastStep last_step,
                                            std::size_t predictions, bool has_grid) {
  SchedulerClass kind = exploding_class(name, predictions, SecondCall::none);
  kind.last_step = last_step;
  kind.terminal_snr = TerminalSnr::tiny;
  kind.has_grid = has_grid;
  return kind;
}

/// In log SNR.
inline constexpr SchedulerClass multistep_class(std::string_view name, LastStep last_step,
                                                TerminalSnr terminal_snr,
                                                SchedulerWalk walk = SchedulerWalk::multistep) {
  return {.name = name,
          .walk = walk,
          .scale = SampleScale::preserving,
          .last_step = last_step,
          .terminal_snr = terminal_snr,
          .predictions = 4,
          .has_grid = true,
          .thresholding = true};
}

inline constexpr SchedulerClass singlestep_class() {
  SchedulerClass kind = multistep_class("DPMSolverSinglestepScheduler", LastStep::final_sigmas_type,
                                        TerminalSnr::as_it_is);
  kind.has_spacing = false;
  return kind;
}

inline constexpr SchedulerClass heun_class() {
  SchedulerClass kind = exploding_class("HeunDiscreteScheduler", 3, SecondCall::at_next);
  kind.beta_schedules = heun_beta_schedules;
  kind.clip_sample = ClipSample::off;
  return kind;
}

inline constexpr SchedulerClass pndm_class() {
  SchedulerClass kind =
      ancestral_class("PNDMScheduler", LastStep::set_alpha_to_one, ClipSample::none);
  kind.walk = SchedulerWalk::runge_kutta;
  kind.terminal_snr = TerminalSnr::as_it_is;
  kind.predictions = 2;
  kind.alpha_to_one = false;
  return kind;
}

inline constexpr SchedulerClass unclip_class() {
  SchedulerClass kind = ancestral_class("UnCLIPScheduler", LastStep::clean, ClipSample::on);
  kind.has_spacing = false;
  kind.terminal_snr = TerminalSnr::as_it_is;
  kind.beta_schedule = "squaredcos_cap_v2";
  return kind;
}

inline constexpr SchedulerClass table_classes[] = {
    ddpm_class("DDPMScheduler"),
    ddpm_class("DDPMParallelScheduler"),
    ddim_class("DDIMScheduler"),
    ddim_class("DDIMParallelScheduler"),
    ancestral_class("DDIMInverseScheduler", LastStep::set_alpha_to_one, ClipSample::on),
    with_stable_diffusion_table(
        ancestral_class("CogVideoXDDIMScheduler", LastStep::set_alpha_to_one, ClipSample::none)),
    with_stable_diffusion_table(
        ancestral_class("CogVideoXDPMScheduler", LastStep::set_alpha_to_one, ClipSample::none)),
    unclip_class(),
    pndm_class(),
    consistency_class("LCMScheduler", LastStep::set_alpha_to_one, true),
    consistency_class("TCDScheduler", LastStep::table, false),
    euler_class("EulerDiscreteScheduler", LastStep::final_sigmas_type, 3, true),
    euler_class("EulerAncestralDiscreteScheduler", LastStep::clean, 2, false),
    heun_class(),
    exploding_class("LMSDiscreteScheduler", 3, SecondCall::none),
    exploding_class("KDPM2DiscreteScheduler", 2, SecondCall::between),
    exploding_class("KDPM2AncestralDiscreteScheduler", 2, SecondCall::ancestral),
    exploding_class("DPMSolverSDEScheduler", 2, SecondCall::between),
    multistep_class("DPMSolverMultistepScheduler", LastStep::final_sigmas_type, TerminalSnr::tiny),
    singlestep_class(),
    multistep_class("UniPCMultistepScheduler", LastStep::final_sigmas_type, TerminalSnr::tiny,
                    SchedulerWalk::unipc),
    multistep_class("DEISMultistepScheduler", LastStep::table, TerminalSnr::as_it_is),
    multistep_class("SASolverScheduler", LastStep::table, TerminalSnr::as_it_is)};

}  // namespace alphabar::diffusers::detail
