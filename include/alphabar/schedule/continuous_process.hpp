// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <string_view>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

/// Diffusion in continuous time: x_t = α(t) x_0 + σ(t) ε, α the signal scale, σ the noise scale,
/// SNR = α²/σ². Time runs from 0 (data) to 1 (noise); for `Edm` and `VpOfSigma` it has no upper
/// end.
///
///     VpLinear  VpCosine  SubVpLinear  VpOfSigma    schedule/vp_process.hpp
///     VeGeometric  Edm                              schedule/ve_process.hpp
///     RectifiedFlow                                 schedule/rectified_flow.hpp
///
/// Meaning of the numbers: the exact function of the doubles that were given, computed in double
/// words from formulas without cancellation.
/// Accuracy, as long as the number itself, 1 − ᾱ and B are at least 2⁻¹⁰⁰⁰ (smaller ones have fewer
/// digits): scales, ᾱ, 1 − ᾱ, log SNR, and A and B of every transition within 0.51 ulp (except log
/// SNR of VeGeometric near 0); √A and √B within 0.86 ulp. The error of `time_of_log_snr(l)` is at
/// most 4ε(t + |dt/dl|), ε = 2⁻⁵². `time_of_log_snr(log_snr(t))` is within 4ε(t + max(1,
/// |l|)|dt/dl|) of t: l is a rounded number, and a change of |l|ε in l changes t by |l|ε|dt/dl|
/// (tests/schedule/continuous.accuracy.test.cpp checks each).
/// Cost: O(1) (bench/schedule_bench.cpp). All are thread-safe.
/// @throws std::out_of_range for a time outside, a log SNR that the process does not reach, and NaN
/// @throws std::invalid_argument from transition(s, t) for s > t
namespace alphabar {

/// A process given by its transitions: transition(s, t) is q(x_t | x_s), 0 <= s <= t. At s = t it
/// is the identity, also where ᾱ = 0. A table, whose times are integers, does not satisfy this
/// concept.
template <class P>
concept MarkovProcess = requires(const P& process, double t) {
  { process.transition(t, t) } -> std::same_as<TransitionKernel<double>>;
}
&&!requires(const P& process) { process.steps(); };

/// A process whose scales are known as well.
template <class P>
concept ContinuousProcess = MarkovProcess<P> && requires(const P& process, double t) {
  { process.signal_scale(t) } -> std::same_as<double>;
  { process.noise_scale(t) } -> std::same_as<double>;
  { process.log_snr(t) } -> std::same_as<double>;
  { process.time_of_log_snr(t) } -> std::same_as<double>;
};

/// α² + σ² = 1 at all times, so ᾱ = α² determines both.
template <class P>
concept VariancePreserving = ContinuousProcess<P> && requires(const P& process, double t) {
  { process.alpha_bar(t) } -> std::same_as<double>;
  { process.one_minus_alpha_bar(t) } -> std::same_as<double>;
};

/// ᾱ and 1 − ᾱ at one time, each as the sum of a double and its rounding error.
struct SignalAndNoise {
  double signal = 1;        ///< ᾱ, rounded
  double noise = 0;         ///< 1 − ᾱ, rounded
  double signal_error = 0;  ///< the exact ᾱ minus `signal`, or 0 where it is unknown
  double noise_error = 0;   ///< the exact 1 − ᾱ minus `noise`, or 0 where it is unknown
};

/// A process that returns the rounding errors of ᾱ and 1 − ᾱ. The tables that `discretize` makes of
/// it are exact. Those of other processes are exact functions of the rounded ᾱ and 1 − ᾱ.
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
