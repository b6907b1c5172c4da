// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "alphabar/diffusers/scheduler_times.hpp"
#include "alphabar/prediction/prediction.hpp"

/// The scheduler classes of diffusers that have a table, and what each assumes where its file says
/// nothing: the defaults of the constructors, which differ from class to class. As of mid-2026.
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

/// Every class takes the first two, most the first three.
inline constexpr Name<Prediction> prediction_types[] = {
    {"epsilon", Prediction::noise},
    {"v_prediction", Prediction::velocity},
    {"sample", Prediction::x0},
    {"flow_prediction", Prediction::flow_velocity}};

inline constexpr Name<TimestepSpacing> timestep_spacings[] = {
    {"linspace", TimestepSpacing::linspace},
    {"leading", TimestepSpacing::leading},
    {"trailing", TimestepSpacing::trailing}};

/// Where a class ends: at ᾱ = 1, or as one of two keys says.
enum class LastStep { clean, set_alpha_to_one, final_sigmas_type };

/// What rescale_betas_zero_snr makes of ᾱ_T: the key is refused, 0, or 2⁻²⁴ where an infinite σ_T
/// would be in the way.
enum class TerminalSnr { as_it_is, zero, tiny };

struct SchedulerClass {
  std::string_view name;
  SchedulerWalk walk;
  std::string_view spacing;
  LastStep last_step;
  TerminalSnr terminal_snr;
  std::size_t predictions = 3;  ///< how many of prediction_types
  bool has_grid = false;        ///< use_karras_sigmas and its like
  std::string_view beta_schedule = "linear";
  double beta_start = 1e-4;
  double beta_end = 0.02;
  std::span<const Name<BetaSchedule>> beta_schedules = common_beta_schedules;
  bool alpha_to_one = true;  ///< default of set_alpha_to_one
};

inline constexpr SchedulerClass table_classes[] = {{.name = "DDPMScheduler",
                                                    .walk = SchedulerWalk::ancestral,
                                                    .spacing = "leading",
                                                    .last_step = LastStep::clean,
                                                    .terminal_snr = TerminalSnr::zero,
                                                    .beta_schedules = ddpm_beta_schedules},
                                                   {.name = "DDIMScheduler",
                                                    .walk = SchedulerWalk::ancestral,
                                                    .spacing = "leading",
                                                    .last_step = LastStep::set_alpha_to_one,
                                                    .terminal_snr = TerminalSnr::zero},
                                                   {.name = "PNDMScheduler",
                                                    .walk = SchedulerWalk::runge_kutta,
                                                    .spacing = "leading",
                                                    .last_step = LastStep::set_alpha_to_one,
                                                    .terminal_snr = TerminalSnr::as_it_is,
                                                    .predictions = 2,
                                                    .alpha_to_one = false},
                                                   {.name = "LCMScheduler",
                                                    .walk = SchedulerWalk::consistency,
                                                    .spacing = "leading",
                                                    .last_step = LastStep::set_alpha_to_one,
                                                    .terminal_snr = TerminalSnr::zero,
                                                    .beta_schedule = "scaled_linear",
                                                    .beta_start = 0.00085,
                                                    .beta_end = 0.012},
                                                   {.name = "EulerDiscreteScheduler",
                                                    .walk = SchedulerWalk::euler,
                                                    .spacing = "linspace",
                                                    .last_step = LastStep::final_sigmas_type,
                                                    .terminal_snr = TerminalSnr::tiny,
                                                    .has_grid = true},
                                                   {.name = "EulerAncestralDiscreteScheduler",
                                                    .walk = SchedulerWalk::euler,
                                                    .spacing = "linspace",
                                                    .last_step = LastStep::clean,
                                                    .terminal_snr = TerminalSnr::tiny,
                                                    .predictions = 2},
                                                   {.name = "HeunDiscreteScheduler",
                                                    .walk = SchedulerWalk::heun,
                                                    .spacing = "linspace",
                                                    .last_step = LastStep::clean,
                                                    .terminal_snr = TerminalSnr::as_it_is,
                                                    .has_grid = true,
                                                    .beta_start = 0.00085,
                                                    .beta_end = 0.012,
                                                    .beta_schedules = heun_beta_schedules},
                                                   {.name = "DPMSolverMultistepScheduler",
                                                    .walk = SchedulerWalk::multistep,
                                                    .spacing = "linspace",
                                                    .last_step = LastStep::final_sigmas_type,
                                                    .terminal_snr = TerminalSnr::tiny,
                                                    .predictions = 4,
                                                    .has_grid = true},
                                                   {.name = "UniPCMultistepScheduler",
                                                    .walk = SchedulerWalk::multistep,
                                                    .spacing = "linspace",
                                                    .last_step = LastStep::final_sigmas_type,
                                                    .terminal_snr = TerminalSnr::tiny,
                                                    .predictions = 4,
                                                    .has_grid = true}};

}  // namespace alphabar::diffusers::detail
