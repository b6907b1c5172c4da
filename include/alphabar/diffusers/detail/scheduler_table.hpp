// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/diffusers/detail/json_object.hpp"
#include "alphabar/diffusers/detail/scheduler_class.hpp"
#include "alphabar/error.hpp"
#include "alphabar/schedule/alpha_bar_schedules.hpp"
#include "alphabar/schedule/detail/double_word.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"
#include "alphabar/schedule/detail/schedule_table.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/schedules.hpp"
#include "alphabar/schedule/transformations.hpp"

/// The table of β's of a file and its class.
namespace alphabar::diffusers::detail {

/// The "laplace" of diffusers, with which models were trained: its ᾱ is √(SNR/(1 + SNR)), where
/// `laplace_schedule` has SNR/(1 + SNR). 10⁻⁶ keeps both ends finite.
inline NoiseSchedule<double> root_laplace_schedule(Index steps) {
  const auto alpha_bar = [](double t) {
    const double log_snr =
        -std::copysign(0.5, 0.5 - t) * std::log(1 - 2 * std::abs(0.5 - t) + 1e-6);
    return 1 / std::sqrt(1 + std::exp(-log_snr));
  };
  return schedule_from_alpha_bar(steps, alpha_bar, 0.999);
}

inline NoiseSchedule<double> table_by_name(const JsonObject& json, const SchedulerClass& kind,
                                           Index steps) {
  const auto name =
      json.one_of<BetaSchedule>("beta_schedule", kind.beta_schedule, kind.beta_schedules);
  const double first = json.number("beta_start", kind.beta_start, 0, 1);
  const double last = json.number("beta_end", kind.beta_end, 0, 1);
  switch (name) {
    case BetaSchedule::linear:
      return linear_schedule(steps, first, last);
    case BetaSchedule::scaled_linear:
      return scaled_linear_schedule(steps, first, last);
    case BetaSchedule::squaredcos_cap_v2:
      return cosine_schedule(steps);
    case BetaSchedule::exp:
      return exponential_schedule(steps);
    case BetaSchedule::sigmoid:
      return sigmoid_schedule(steps, first, last);
    case BetaSchedule::laplace:
      break;
  }
  return root_laplace_schedule(steps);
}

inline NoiseSchedule<double> betas_of(const JsonObject& json, const SchedulerClass& kind,
                                      Index steps) {
  if (!json.has("trained_betas")) return table_by_name(json, kind, steps);
  const std::vector<double> betas = json.numbers("trained_betas", 0, 1);
  json.require(static_cast<Index>(betas.size()) == steps, "trained_betas",
               "have num_train_timesteps = " + to_text(steps) + " entries");
  return NoiseSchedule<double>::from_betas(betas);
}

inline NoiseSchedule<double> with_terminal_snr(const JsonObject& json, const SchedulerClass& kind,
                                               const NoiseSchedule<double>& table) {
  constexpr auto key = "rescale_betas_zero_snr";
  if (!json.flag(key)) return table;
  json.require(kind.terminal_snr != TerminalSnr::as_it_is, key,
               "be false for " + std::string(kind.name));
  NoiseSchedule<double> rescaled = zero_terminal_snr(table);
  if (kind.terminal_snr == TerminalSnr::zero) return rescaled;
  const Index steps = table.steps();
  json.require(rescaled.alpha_bar(steps - 1) >= 0x1p-24, key,
               "be false for a table that falls below 2^-24 before its end");
  std::vector<ScheduleState> states;
  for (Index t = 0; t < steps; ++t) states.push_back(exact_table(rescaled)[t]);
  states.push_back(ScheduleState::from(DoubleWord{0x1p-24}, DoubleWord{1 - 0x1p-24}, steps));
  return schedule_of<double>(ScheduleTable::from_states(std::move(states)));
}

/// CogVideoX shifts the SNR before the terminal SNR is set to 0.
inline NoiseSchedule<double> table_of(const JsonObject& json, const SchedulerClass& kind,
                                      Index steps) {
  NoiseSchedule<double> table = betas_of(json, kind, steps);
  if (kind.name.starts_with("CogVideoX")) {
    table = shift_snr(table, 1 / json.number("snr_shift_scale", 3, 1e-6, 1e6));
  }
  return with_terminal_snr(json, kind, table);
}

}  // namespace alphabar::diffusers::detail
