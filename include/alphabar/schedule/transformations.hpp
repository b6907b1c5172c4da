// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
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

/// Schedules made from a schedule. All arithmetic is on the double words of the table, so the
/// bounds of `NoiseSchedule` hold for the result as for the exact formula. β_t is derived from ᾱ:
/// it is within 0.51 ulp while it is at least 2⁻⁴⁰ (1 − ᾱ), and 0 where it is below the rounding of
/// 1 − ᾱ.
namespace alphabar {

/// Returns the schedule with √ᾱ_t shifted and scaled so that ᾱ_T is exactly 0 and ᾱ_1 is unchanged:
///
///     √ᾱ'_t = (√ᾱ_t − √ᾱ_T) √ᾱ_1 / (√ᾱ_1 − √ᾱ_T)
///
/// (Lin et al. 2023, arXiv:2305.08891, algorithm 1). β'_T is 1, SNR'_T is 0, log SNR'_T is −∞.
/// 1 − √ᾱ'_t = ((√ᾱ_1 − √ᾱ_t) + (√ᾱ_t − √ᾱ_T) p) / (√ᾱ_1 − √ᾱ_T) with p = (1 − ᾱ_1)/(1 + √ᾱ_1),
/// and each difference of roots is the sum of the decreases of ᾱ over the steps between, divided by
/// the sum of the two roots. A schedule that already ends at 0 is returned unchanged.
/// @throws std::invalid_argument unless ᾱ_T < ᾱ_1 (so not for a single step)
template <Real Scalar>
[[nodiscard]] NoiseSchedule<Scalar> zero_terminal_snr(const NoiseSchedule<Scalar>& schedule) {
  using detail::DoubleWord;
  const detail::ScheduleTable& exact = detail::exact_table(schedule);
  const Index steps = exact.steps();
  if (exact[steps].erased()) return schedule;
  const auto root = [&](Index t) { return ldexp(sqrt(exact[t].product), exact[t].exponent / 2); };
  // 1 − ᾱ_T/ᾱ_t, from the last time backwards
  std::vector<DoubleWord> to_the_end(static_cast<std::size_t>(steps) + 1);
  for (Index t = steps; t > 1; --t) {
    const DoubleWord beta = exact.step_noise(t);
    const DoubleWord rest = to_the_end[static_cast<std::size_t>(t)];
    to_the_end[static_cast<std::size_t>(t - 1)] = beta + (DoubleWord{1} - beta) * rest;
  }
  // (√ᾱ_t − √ᾱ_T) 2^(−exponent/2): √ᾱ_t may be smaller than any double
  const auto gap_to_the_end = [&](Index t) {
    const DoubleWord last =
        ldexp(sqrt(exact[steps].product), (exact[steps].exponent - exact[t].exponent) / 2);
    return exact[t].product * to_the_end[static_cast<std::size_t>(t)] /
           (sqrt(exact[t].product) + last);
  };
  const DoubleWord first = root(1);
  const DoubleWord range = ldexp(gap_to_the_end(1), exact[1].exponent / 2);
  detail::require(range.hi > 0, "zero_terminal_snr", "alpha_bar(steps)",
                  "be less than alpha_bar(1)", exact[steps].alpha_bar());
  const DoubleWord first_complement = exact[1].noise / (DoubleWord{1} + first);
  DoubleWord since_first;  // ᾱ_1 − ᾱ_t
  std::vector<detail::ScheduleState> states(1);
  for (Index t = 1; t < steps; ++t) {
    if (t > 1) {
      since_first =
          since_first + ldexp(exact[t - 1].product * exact.step_noise(t), exact[t - 1].exponent);
    }
    const DoubleWord gap = gap_to_the_end(t);
    if (gap.hi <= 0) {
      states.push_back(detail::ScheduleState::pure_noise(t));
      continue;
    }
    const int exponent = exact[t].exponent;
    const DoubleWord scaled = gap * (first / range);
    const DoubleWord missing =
        (since_first / (first + root(t)) + ldexp(gap, exponent / 2) * first_complement) / range;
    detail::ScheduleState state{scaled * scaled,
                                missing * (DoubleWord{1} + ldexp(scaled, exponent / 2)), exponent};
    state.rescale();
    states.push_back(state);
  }
  states.push_back(detail::ScheduleState::pure_noise(steps));
  return detail::schedule_of<Scalar>(detail::ScheduleTable::from_states(std::move(states)));
}

/// Returns the schedule with SNR'_t = factor · SNR_t: the same process at another resolution or
/// scale. For an image of side d, a model of side 64 uses (64/d)² (Hoogeboom et al. 2023,
/// arXiv:2301.11093, eq. 4); the `snr_shift_scale` s of CogVideoX is the factor 1/s. The bounds of
/// `NoiseSchedule` hold while 1 − ᾱ'_t is at least 10⁻²⁹⁰. Below, 1 − ᾱ' loses digits as subnormal
/// doubles do, and log SNR', SNR' and σ' are those of the stored 1 − ᾱ'.
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
      const DoubleWord noise = ldexp(state.noise, 512) / whole;  // where a quotient would underflow
      state.noise = {detail::round_scaled(noise, -512), std::ldexp(noise.lo, -512)};
      state.rescale();
      while (state.exponent < 0 && state.product.hi >= 1) {  // else log SNR near 0 is a difference
        state.product = ldexp(state.product, -512);
        state.exponent += 512;
      }
    }
    states.push_back(state);
  }
  return detail::schedule_of<Scalar>(detail::ScheduleTable::from_states(std::move(states)));
}

/// Returns the schedule restricted to some of the times: ᾱ'_k is exactly ᾱ_{t_k}, and step k is
/// `transition(t_{k−1}, t_k)` of the given schedule (Song, Meng, Ermon 2021, arXiv:2010.02502,
/// section 4.2; guided-diffusion's "respacing").
/// @param increasing_times  t_1 < t_2 < ..., each in 1..T
/// @throws std::invalid_argument for no times or times that do not increase, std::out_of_range for
///     a time outside
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
