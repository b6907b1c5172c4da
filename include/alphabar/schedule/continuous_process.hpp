// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <string_view>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

/// Diffusion in continuous time: x_t = α(t) x_0 + σ(t) ε, α the signal scale, σ the noise scale,
/// SNR = α²/σ². Time runs from 0 (data) to 1 (noise), for `Edm` and `VpOfSigma` without
/// such an end.
///
///     VpLinear  VpCosine  SubVpLinear  VpOfSigma    schedule/vp_process.hpp
///     VeGeometric  Edm                              schedule/ve_process.hpp
///     RectifiedFlow                                 schedule/rectified_flow.hpp
///
/// Meaning of the numbers: the exact function of the doubles that were given, computed in double
/// words from formulas in which nothing cancels, so that both ends are as good as the middle.
/// Accuracy, as long as it, 1 − ᾱ and B are at least 2⁻¹⁰⁰⁰, below which they lose digits: scales,
/// ᾱ, 1 − ᾱ, log SNR, and A and B of every transition within 0.51 ulp (log SNR of VeGeometric not
/// where it passes 0); √A and √B within 0.86 ulp. `time_of_log_snr(l)` is off by at most 4ε(t +
/// |dt/dl|), ε = 2⁻⁵². The way there and back is no worse conditioned than it must be: log SNR is a
/// rounded number l, and moving it by |l|ε moves t by |l|ε|dt/dl|; in all, t returns within 4ε(t +
/// max(1, |l|)|dt/dl|) (tests/schedule/continuous.accuracy.test.cpp holds each). Cost: O(1), 5 ns
/// to 3 µs, for VpCosine to 7 µs. All are thread-safe.
/// @throws std::out_of_range for a time or a log SNR that the process never has, NaN included
/// @throws std::invalid_argument from transition(s, t) for s > t
namespace alphabar {

/// A process that is known by its transitions: transition(s, t) is q(x_t | x_s), 0 <= s <= t; the
/// identity at s = t, also where nothing of the data is left. A table, of whole numbers of steps,
/// is none.
template <class P>
concept MarkovProcess = requires(const P& process, double t) {
  { process.transition(t, t) } -> std::same_as<TransitionKernel<double>>;
}
&&!requires(const P& process) { process.steps(); };

/// A process of which the scales are known as well.
template <class P>
concept ContinuousProcess = MarkovProcess<P> && requires(const P& process, double t) {
  { process.signal_scale(t) } -> std::same_as<double>;
  { process.noise_scale(t) } -> std::same_as<double>;
  { process.log_snr(t) } -> std::same_as<double>;
  { process.time_of_log_snr(t) } -> std::same_as<double>;
};

/// α² + σ² = 1 at all times, so that one number ᾱ = α² says both.
template <class P>
concept VariancePreserving = ContinuousProcess<P> && requires(const P& process, double t) {
  { process.alpha_bar(t) } -> std::same_as<double>;
  { process.one_minus_alpha_bar(t) } -> std::same_as<double>;
};

/// ᾱ and 1 − ᾱ at one time, each as the sum of a double and its rounding error.
struct SignalAndNoise {
  double signal = 1;        ///< ᾱ, rounded
  double noise = 0;         ///< 1 − ᾱ, rounded
  double signal_error = 0;  ///< what is missing in `signal`; 0 where it is not known
  double noise_error = 0;   ///< what is missing in `noise`
};

/// A process that knows the rounding errors of ᾱ and 1 − ᾱ: `discretize` makes tables of it that
/// are exact, where those of other processes are exact functions of the rounded ᾱ and 1 − ᾱ.
template <class P>
concept ExactVariancePreserving = VariancePreserving<P> && requires(const P& process, double t) {
  { process.signal_and_noise(t) } -> std::same_as<SignalAndNoise>;
};

namespace detail {

inline void require_time(std::string_view function, double t, double last = 1) {
  require_between(function, "t", 0, last, t);
}

inline void require_times(std::string_view function, double s, double t, double last = 1) {
  require_between(function, "t", 0, last, t);
  require_between(function, "s", 0, last, s);
  if (s > t) refuse(function, "s", "not be later than t = " + to_text(t), s);
}

}  // namespace detail
}  // namespace alphabar
