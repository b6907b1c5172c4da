// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <string_view>

#include "alphabar/error.hpp"

/// Conversions between the scales of one noise level. σ, the noise in the variance-exploding scale,
/// runs from 0 (clean data) to ∞ (pure noise). Both ends are valid everywhere:
///
///     ᾱ = 1/(1 + σ²)    1 − ᾱ = σ²/(1 + σ²)    u = σ/(1 + σ)    log SNR = −2 log σ
///
/// where u is the time of rectified flow, x = (1 − u) x_0 + u ε. 1 − ᾱ is never computed as a
/// difference. Pass 1 − ᾱ if you have it; near ᾱ = 1 it cannot be recovered from ᾱ.
/// Accuracy: within 3 ulp of the exact function of the argument, where that is a normal number; log
/// SNR within 1 ulp.
/// @throws std::invalid_argument for a level outside its scale, NaN included
namespace alphabar {
namespace detail {

inline void require_sigma(std::string_view function, double sigma) {
  require(sigma >= 0, function, "sigma", "be >= 0", sigma);
}

/// x/(1 + x) for x in [0, ∞].
inline double share_of_odds(double x) { return x <= 1 ? x / (1 + x) : 1 / (1 + 1 / x); }

}  // namespace detail

/// ᾱ.
[[nodiscard]] inline double alpha_bar_of_sigma(double sigma) {
  detail::require_sigma("alpha_bar_of_sigma", sigma);
  return 1 / (1 + sigma * sigma);
}

/// 1 − ᾱ.
[[nodiscard]] inline double one_minus_alpha_bar_of_sigma(double sigma) {
  detail::require_sigma("one_minus_alpha_bar_of_sigma", sigma);
  return detail::share_of_odds(sigma * sigma);
}

/// u.
[[nodiscard]] inline double flow_time_of_sigma(double sigma) {
  detail::require_sigma("flow_time_of_sigma", sigma);
  return detail::share_of_odds(sigma);
}

/// log SNR; ∞ at σ = 0.
[[nodiscard]] inline double log_snr_of_sigma(double sigma) {
  detail::require_sigma("log_snr_of_sigma", sigma);
  return 0 - 2 * std::log(sigma);  // never -0
}

/// √((1 − ᾱ)/ᾱ).
[[nodiscard]] inline double sigma_of_alpha_bar(double alpha_bar) {
  detail::require_fraction("sigma_of_alpha_bar", "alpha_bar", alpha_bar);
  return std::sqrt(1 - alpha_bar) / std::sqrt(alpha_bar);
}

/// √(v/(1 − v)), v = 1 − ᾱ.
[[nodiscard]] inline double sigma_of_one_minus_alpha_bar(double one_minus_alpha_bar) {
  detail::require_fraction("sigma_of_one_minus_alpha_bar", "one_minus_alpha_bar",
                           one_minus_alpha_bar);
  return std::sqrt(one_minus_alpha_bar / (1 - one_minus_alpha_bar));
}

/// u/(1 − u).
[[nodiscard]] inline double sigma_of_flow_time(double flow_time) {
  detail::require_fraction("sigma_of_flow_time", "flow_time", flow_time);
  return flow_time / (1 - flow_time);
}

/// e^(−l/2).
[[nodiscard]] inline double sigma_of_log_snr(double log_snr) {
  detail::require(!std::isnan(log_snr), "sigma_of_log_snr", "log_snr", "be a number", log_snr);
  return std::exp(-log_snr / 2);
}

}  // namespace alphabar
