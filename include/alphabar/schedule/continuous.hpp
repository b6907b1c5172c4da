// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
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
/// Accuracy, as long as a number is normal: scales, ᾱ, 1 − ᾱ, log SNR, and A and B of every
/// transition within 0.51 ulp; √A and √B within 0.86 ulp. `time_of_log_snr(l)` is off by at most
/// 4ε(t + |dt/dl|), ε = 2⁻⁵². The way there and back is no worse conditioned than it must be: log
/// SNR is a rounded number l, and moving it by |l|ε moves t by |l|ε|dt/dl|; in all, t returns
/// within 4ε(t + max(1, |l|)|dt/dl|) (tests/accuracy/continuous.test.cpp holds each).
/// Cost: O(1), 5 ns to 3 µs, for VpCosine to 7 µs. All are thread-safe.
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
concept VariancePreserving = ContinuousProcess<P> && requires(const P& process, double t) {
  { process.alpha_bar(t) } -> std::same_as<double>;
  { process.one_minus_alpha_bar(t) } -> std::same_as<double>;
};

/// The process at times 0 < t_1 < ... < t_T <= 1: the schedule whose β_k is the noise variance of
/// transition(t_{k−1}, t_k), with t_0 = 0. There is no error of discretisation, only the one
/// rounding of each β: ᾱ_k is the process's own up to a relative 2⁻⁵³ Σ β_j/(1 − β_j).
/// @throws std::invalid_argument for times that are none, not increasing or not in (0, 1]
template <Real S = double, VariancePreserving P, ArithmeticRange Range>
[[nodiscard]] NoiseSchedule<S> discretize(const P& process, Range&& increasing_times) {
  std::vector<double> betas;
  double s = 0;
  for (const auto value : increasing_times) {
    const auto t = static_cast<double>(value);
    if (!(t > s && t <= 1)) {
      detail::refuse("discretize", detail::element("times", std::ssize(betas)),
                     "be in (" + detail::to_text(s) + ", 1]", t);
    }
    betas.push_back(process.transition(s, t).noise_variance());
    s = t;
  }
  detail::require(!betas.empty(), "discretize", "times", "hold at least one value", betas.size());
  return NoiseSchedule<S>::from_betas(std::move(betas));
}
template <Real S = double, VariancePreserving P, Arithmetic T>
[[nodiscard]] NoiseSchedule<S> discretize(const P& process,
                                          std::initializer_list<T> increasing_times) {
  return discretize<S>(process, std::span(increasing_times.begin(), increasing_times.size()));
}

}  // namespace alphabar
