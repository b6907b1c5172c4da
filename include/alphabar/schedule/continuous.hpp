// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/schedule/continuous_process.hpp"
#include "alphabar/schedule/detail/double_word.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"
#include "alphabar/schedule/detail/schedule_table.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/rectified_flow.hpp"
#include "alphabar/schedule/ve_process.hpp"
#include "alphabar/schedule/vp_process.hpp"

/// Includes all processes in continuous time, and makes tables from them.
namespace alphabar {

/// Returns the process at times 0 < t_1 < ... < t_T <= 1 as a schedule with its ᾱ(t_k), within the
/// bounds that `NoiseSchedule` states. With t_0 = 0, β_k is the noise variance of
/// transition(t_{k−1}, t_k). Where rounding makes ᾱ rise or 1 − ᾱ fall between two close times, by
/// at most 8 units of 2⁻⁵³, the earlier value is kept. A process that gives the rounding errors of
/// its numbers must have ᾱ and 1 − ᾱ of 2⁻¹⁰¹⁰ (9.1e-305) or more, except ᾱ = 0 at the last time:
/// smaller numbers have rounding errors below the range of double. For `VpLinear(0, 700)` that is
/// t >= 5.2e-154.
/// @throws std::invalid_argument for an empty list and for times that are not increasing or not in
///     (0, 1]; for a process whose ᾱ or 1 − ᾱ is outside [0, 1] or below the bound above, whose ᾱ
///     rises or is 0 before the last time, whose 1 − ᾱ falls, or whose ᾱ and 1 − ᾱ add up to
///     another number than 1 (beyond 1e-12)
template <Real S = double, VariancePreserving P>
[[nodiscard]] NoiseSchedule<S> discretize(const P& process, const RealList& increasing_times) {
  const auto level = [&](double t) -> SignalAndNoise {
    if constexpr (ExactVariancePreserving<P>) {
      return process.signal_and_noise(t);
    } else {
      return {process.alpha_bar(t), process.one_minus_alpha_bar(t)};
    }
  };
  std::vector<detail::ScheduleState> states(1);
  double s = 0;
  detail::DoubleWord signal_before{1};
  detail::DoubleWord noise_before;
  for (const double t : increasing_times.values()) {
    const Index k = std::ssize(states);
    if (!(t > s && t <= 1)) {
      detail::refuse("discretize", detail::element("times", k - 1),
                     "be in (" + detail::to_text(s) + ", 1]", t);
    }
    const SignalAndNoise here = level(t);
    const auto check = [&](bool holds, const char* what, const char* requirement, double value) {
      if (!holds) {
        detail::refuse("discretize", what + detail::element("times", k - 1), requirement, value);
      }
    };
    check(here.signal >= 0 && here.signal <= 1, "alpha_bar at ", "be in [0, 1]", here.signal);
    check(here.noise >= 0 && here.noise <= 1, "one_minus_alpha_bar at ", "be in [0, 1]",
          here.noise);
    if constexpr (ExactVariancePreserving<P>) {
      constexpr double least = 0x1p-1010;
      check(here.signal >= least || here.signal == 0, "alpha_bar at ", "be 0 or >= 2^-1010",
            here.signal);
      check(here.noise >= least, "one_minus_alpha_bar at ", "be >= 2^-1010", here.noise);
    }
    detail::DoubleWord signal{here.signal, here.signal_error};
    detail::DoubleWord noise{here.noise, here.noise_error};
    constexpr double rounding = 0x1p-50;
    check(signal.hi <= signal_before.hi * (1 + rounding), "alpha_bar at ",
          "not be greater than at the time before", signal.hi);
    check(noise.hi >= noise_before.hi * (1 - rounding), "one_minus_alpha_bar at ",
          "not be less than at the time before", noise.hi);
    check(std::abs(here.signal + here.noise - 1) <= 1e-12, "alpha_bar + one_minus_alpha_bar at ",
          "be 1", here.signal + here.noise);
    check(signal_before.hi > 0, "alpha_bar before ", "be > 0", signal_before.hi);
    if ((signal_before - signal).hi < 0) signal = signal_before;
    if ((noise - noise_before).hi < 0) noise = noise_before;
    states.push_back(detail::ScheduleState::from(signal, noise, k));
    signal_before = signal;
    noise_before = noise;
    s = t;
  }
  detail::require(states.size() > 1, "discretize", "times", "hold at least one value", 0);
  return detail::schedule_of<S>(detail::ScheduleTable::from_states(std::move(states)));
}

}  // namespace alphabar
