// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <initializer_list>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/rectified_flow.hpp"
#include "alphabar/schedule/ve_process.hpp"
#include "alphabar/schedule/vp_process.hpp"

/// Diffusion in continuous time: x_t = α(t) x_0 + σ(t) ε, α the signal scale, σ the noise scale,
/// SNR = α²/σ². Time runs from 0 (data) to 1 (noise), for `Edm` without such an end.
///
///     VpLinear  VpCosine  SubVpLinear      schedule/vp_process.hpp
///     VeGeometric  Edm                     schedule/ve_process.hpp
///     RectifiedFlow                        schedule/rectified_flow.hpp
///
/// Meaning of the numbers: the exact function of the doubles that were given, computed in double
/// words from formulas in which nothing cancels, so that both ends are as good as the middle.
/// Accuracy, as long as it, 1 − ᾱ and B are normal numbers: scales, ᾱ, 1 − ᾱ, log SNR, and A and B
/// of every transition within 0.51 ulp (log SNR of VeGeometric not where it passes 0); √A and √B
/// within 0.86 ulp. `time_of_log_snr(l)` is off by at most 4ε(t + |dt/dl|), ε = 2⁻⁵². The way there
/// and back is no worse conditioned than it must be: log SNR is a rounded number l, and moving it
/// by |l|ε moves t by |l|ε|dt/dl|; in all, t returns within 4ε(t + max(1, |l|)|dt/dl|)
/// (tests/schedule/continuous.accuracy.test.cpp holds each). Cost: O(1), 5 ns to 3 µs, for VpCosine
/// to 7 µs. All are thread-safe.
/// @throws std::out_of_range for a time or a log SNR that the process never has, NaN included
/// @throws std::invalid_argument from transition(s, t) for s > t
namespace alphabar {

/// What a process can say of its times. transition(s, t) is q(x_t | x_s), 0 <= s <= t; the identity
/// at s = t, also where nothing of the data is left.
template <class P>
concept ContinuousProcess = requires(const P& process, double t) {
  { process.signal_scale(t) } -> std::same_as<double>;
  { process.noise_scale(t) } -> std::same_as<double>;
  { process.log_snr(t) } -> std::same_as<double>;
  { process.time_of_log_snr(t) } -> std::same_as<double>;
  { process.transition(t, t) } -> std::same_as<TransitionKernel<double>>;
};

/// α² + σ² = 1 at all times, so that one number ᾱ = α² says both.
template <class P>
concept VariancePreserving = ContinuousProcess<P> && requires(const P& process, double t, Index k) {
  { process.alpha_bar(t) } -> std::same_as<double>;
  { process.one_minus_alpha_bar(t) } -> std::same_as<double>;
  { process.state(t, k) } -> std::same_as<detail::ScheduleState>;
};

/// The process at times 0 < t_1 < ... < t_T <= 1: the schedule with its ᾱ(t_k), within the bounds
/// that `NoiseSchedule` states. β_k is the noise variance of transition(t_{k−1}, t_k), with t_0 =
/// 0.
/// @throws std::invalid_argument for times that are none, not increasing or not in (0, 1]
template <Real S = double, VariancePreserving P, ArithmeticRange Range>
[[nodiscard]] NoiseSchedule<S> discretize(const P& process, Range&& increasing_times) {
  std::vector<detail::ScheduleState> states(1);
  double s = 0;
  for (const auto value : increasing_times) {
    const auto t = static_cast<double>(value);
    const Index k = std::ssize(states);
    if (!(t > s && t <= 1)) {
      detail::refuse("discretize", detail::element("times", k - 1),
                     "be in (" + detail::to_text(s) + ", 1]", t);
    }
    states.push_back(process.state(t, k));
    s = t;
  }
  detail::require(states.size() > 1, "discretize", "times", "hold at least one value", 0);
  return NoiseSchedule<S>(detail::ScheduleTable::from_states(std::move(states)));
}

/// The same for times in braces.
template <Real S = double, VariancePreserving P>
[[nodiscard]] NoiseSchedule<S> discretize(const P& process,
                                          std::initializer_list<double> increasing_times) {
  return discretize<S>(process, std::span(increasing_times.begin(), increasing_times.size()));
}

}  // namespace alphabar
