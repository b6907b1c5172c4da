// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/schedule/detail/double_word.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"
#include "alphabar/schedule/detail/schedule_table.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

/// Schedules made from a schedule. All arithmetic is on the double words behind the table, so that
/// the bounds of `NoiseSchedule` hold for the result as for the exact formula. β_t follows from ᾱ:
/// within 0.51 ulp while it is not smaller than 2⁻⁴⁰ times 1 − ᾱ, and 0 where it is lost beside it.
namespace alphabar {

/// Shifts and stretches √ᾱ_t so that ᾱ_T is 0, exactly, and ᾱ_1 stays:
///
///     √ᾱ'_t = (√ᾱ_t − √ᾱ_T) √ᾱ_1 / (√ᾱ_1 − √ᾱ_T)
///
/// (Lin et al. 2023, arXiv:2305.08891, algorithm 1). β'_T is 1, SNR'_T is 0, log SNR'_T is −∞.
/// 1 − √ᾱ'_t = (√ᾱ_1 p_t − √ᾱ_T p_1) / (√ᾱ_1 − √ᾱ_T) with p = 1 − √ᾱ = (1 − ᾱ)/(1 + √ᾱ).
/// A schedule that ends at 0 already is returned as it is.
/// @throws std::invalid_argument unless ᾱ_T < ᾱ_1 (a single step cannot both stay and end at 0)
template <Real Scalar>
[[nodiscard]] NoiseSchedule<Scalar> zero_terminal_snr(const NoiseSchedule<Scalar>& schedule) {
  using detail::DoubleWord;
  const detail::ScheduleTable& exact = detail::exact_table(schedule);
  const Index steps = exact.steps();
  if (exact[steps].erased()) return schedule;
  const auto root = [&](Index t) { return ldexp(sqrt(exact[t].product), exact[t].exponent / 2); };
  const auto complement = [&](Index t) { return exact[t].noise / (DoubleWord{1} + root(t)); };
  const DoubleWord first = root(1);
  const DoubleWord last = root(steps);
  const DoubleWord range = first - last;
  detail::require(range.hi > 0, "zero_terminal_snr", "alpha_bar(steps)",
                  "be less than alpha_bar(1)", exact[steps].alpha_bar());
  std::vector<detail::ScheduleState> states(1);
  for (Index t = 1; t < steps; ++t) {
    const int exponent = exact[t].exponent;  // √ᾱ_t may be smaller than any double
    const DoubleWord end =
        ldexp(sqrt(exact[steps].product), (exact[steps].exponent - exponent) / 2);
    const DoubleWord here = sqrt(exact[t].product);
    const DoubleWord gap =
        exact[t].noise.hi < 0.5 ? (exact[steps].noise - exact[t].noise) / (here + end) : here - end;
    if (gap.hi <= 0) {
      states.push_back(detail::ScheduleState::from({0}, {1}, t));
      continue;
    }
    const DoubleWord scaled = gap * first / range;
    const DoubleWord missing = (first * complement(t) - last * complement(1)) / range;
    detail::ScheduleState state{scaled * scaled,
                                missing * (DoubleWord{1} + ldexp(scaled, exponent / 2)), exponent};
    state.rescale();
    states.push_back(state);
  }
  states.push_back(detail::ScheduleState::from({0}, {1}, steps));
  return detail::schedule_of<Scalar>(detail::ScheduleTable::from_states(std::move(states)));
}

/// SNR'_t = factor · SNR_t: the same process seen at another resolution or scale. For an image of
/// side d a model of side 64 uses (64/d)² (Hoogeboom et al. 2023, arXiv:2301.11093, eq. 4);
/// CogVideoX' `snr_shift_scale` s is the factor 1/s.
/// @throws std::invalid_argument unless the factor is in [1e-150, 1e150]
template <Real Scalar>
[[nodiscard]] NoiseSchedule<Scalar> shift_snr(const NoiseSchedule<Scalar>& schedule,
                                              double factor) {
  using detail::DoubleWord;
  detail::require(factor >= 1e-150 && factor <= 1e150, "shift_snr", "factor",
                  "be in [1e-150, 1e150]", factor);
  const detail::ScheduleTable& exact = detail::exact_table(schedule);
  std::vector<detail::ScheduleState> states(1);
  for (Index t = 1; t <= exact.steps(); ++t) {
    detail::ScheduleState state = exact[t];
    if (!state.erased()) {
      const DoubleWord signal = state.product * factor;
      const DoubleWord whole = ldexp(signal, state.exponent) + state.noise;
      state.product = signal / whole;
      state.noise = state.noise / whole;
      state.rescale();
    }
    states.push_back(state);
  }
  return detail::schedule_of<Scalar>(detail::ScheduleTable::from_states(std::move(states)));
}

/// The schedule that visits only some of the times: ᾱ'_k is the very number ᾱ_{t_k}, and a step of
/// the result is the schedule's `transition(t_{k−1}, t_k)` (Song, Meng, Ermon 2020,
/// arXiv:2010.02502, section 4.2; guided-diffusion's "respacing").
/// @param increasing_times  t_1 < t_2 < ..., each in 1..T
/// @throws std::invalid_argument for no times or times that do not increase, std::out_of_range
template <Real Scalar, IntegerRange Times>
[[nodiscard]] NoiseSchedule<Scalar> respace(const NoiseSchedule<Scalar>& schedule,
                                            Times&& increasing_times) {
  const detail::ScheduleTable& exact = detail::exact_table(schedule);
  std::vector<detail::ScheduleState> states(1);
  Index before = 0;
  Index last_full_step = 0;
  for (const auto time : increasing_times) {
    const auto t = static_cast<Index>(time);
    const Index k = std::ssize(states) - 1;
    const std::string name = detail::element("increasing_times", k);
    detail::require_in_range("respace", name, 1, exact.steps(), t);
    detail::require(t > before, "respace", name, "be later than the time before it", t);
    detail::ScheduleState state = exact[t];
    if (state.last_full_step > before) last_full_step = k + 1;
    state.last_full_step = static_cast<int>(last_full_step);
    states.push_back(state);
    before = t;
  }
  detail::require(states.size() > 1, "respace", "increasing_times", "hold at least one value", 0);
  return detail::schedule_of<Scalar>(detail::ScheduleTable::from_states(std::move(states)));
}

/// The same for times in braces.
template <Real Scalar>
[[nodiscard]] NoiseSchedule<Scalar> respace(const NoiseSchedule<Scalar>& schedule,
                                            std::initializer_list<Index> increasing_times) {
  return respace(schedule, std::span(increasing_times.begin(), increasing_times.size()));
}

}  // namespace alphabar
