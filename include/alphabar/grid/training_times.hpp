// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string_view>

#include "alphabar/error.hpp"
#include "alphabar/grid/detail/normal_quantile.hpp"
#include "alphabar/grid/noise_levels.hpp"
#include "alphabar/grid/sigma_grids.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"

/// The distributions of times or noise levels in training, as quantile functions: for u uniform on
/// [0, 1] each returns a sample. u may come from any source, also a stratified or an addressed one:
/// `uniform_of_normal(noise(i))` converts a normal of `NoiseStream`. All functions are
/// non-decreasing in u up to rounding, and u = 0 and u = 1 give the ends. The uniform distribution
/// of times is u itself.
///
///     t in [0, 1] of a straight path:   logit_normal_time, mode_time, cosmap_time
///     σ:                                log_normal_sigma, split_log_normal_sigma,
///                                       log_uniform_sigma, log_logistic_sigma,
///                                       v_diffusion_sigma, cosine_interpolated_sigma
///
/// Accuracy: relative error at most (16 + 5(m + |log x|) + 2s) 2⁻⁵² for a sample x, where m is
/// |mean|, |loc|, or the larger of |log σ_min| and |log σ_max| for log_uniform_sigma and
/// cosine_interpolated_sigma, and s is std_below + std_above or the scale of log_logistic_sigma;
/// each is 0 where there is none (tests/grid/training_times.accuracy.test.cpp).
/// @throws std::invalid_argument unless u is in [0, 1], for parameters that are not finite, for
///     scales that are not > 0, and unless 0 <= sigma_min < sigma_max
namespace alphabar {
namespace detail {

inline void require_location(std::string_view function, std::string_view argument, double value) {
  require(std::isfinite(value), function, argument, "be finite", value);
}

inline void require_scale(std::string_view function, std::string_view argument, double value) {
  require(std::isfinite(value) && value > 0, function, argument, "be finite and > 0", value);
}

/// 0 <= sigma_min < sigma_max <= ∞.
inline void require_sigma_range(std::string_view function, double sigma_min, double sigma_max) {
  require(sigma_min >= 0 && std::isfinite(sigma_min), function, "sigma_min", "be finite and >= 0",
          sigma_min);
  require(sigma_max > sigma_min, function, "sigma_max", "be > sigma_min = " + to_text(sigma_min),
          sigma_max);
}

}  // namespace detail

/// Φ(z), which maps a standard normal to a uniform number. Within 2 + 2z² ulp.
/// @throws std::invalid_argument for NaN
[[nodiscard]] inline double uniform_of_normal(double z) {
  detail::require(!std::isnan(z), "uniform_of_normal", "z", "be a number", z);
  return std::erfc(-z / std::numbers::sqrt2) / 2;
}

/// logistic(mean + std Φ⁻¹(u)). Esser et al. 2024, arXiv:2403.03206, section 3.1, rf/lognorm(mean,
/// std); Stable Diffusion 3 is trained with (0, 1).
[[nodiscard]] inline double logit_normal_time(double u, double mean = 0, double std = 1) {
  detail::require_fraction("logit_normal_time", "u", u);
  detail::require_location("logit_normal_time", "mean", mean);
  detail::require_scale("logit_normal_time", "std", std);
  return detail::logistic(mean + std * detail::normal_quantile(u));
}

/// u + scale (u − sin²(πu/2)): more mass in the middle for scale > 0, at the ends for scale < 0.
/// The function of Esser et al. 2024, arXiv:2403.03206, section 3.1, at 1 − u, because theirs
/// decreases in u.
/// @throws std::invalid_argument unless scale is in [−1, 2/(π − 2)], where it is non-decreasing
[[nodiscard]] inline double mode_time(double u, double scale = 1.29) {
  constexpr double largest = 2 / (std::numbers::pi - 2);
  detail::require_fraction("mode_time", "u", u);
  detail::require(scale >= -1 && scale <= largest, "mode_time", "scale",
                  "be in [-1, " + detail::to_text(largest) + "]", scale);
  const double sine = std::sin(u * (std::numbers::pi / 2));
  return std::clamp((1 + scale) * u - scale * (sine * sine), 0.0, 1.0);
}

/// 1 − 1/(1 + tan(πu/2)), the times at which the straight path has the log SNR of the cosine
/// schedule. Esser et al. 2024, arXiv:2403.03206, section 3.1, "CosMap".
[[nodiscard]] inline double cosmap_time(double u) {
  detail::require_fraction("cosmap_time", "u", u);
  return detail::share_of_odds(
      detail::tangent_between(0, std::numeric_limits<double>::infinity(), 1, u));
}

/// exp(mean + std Φ⁻¹(u)). Karras et al. 2022, arXiv:2206.00364, table 1: EDM's P_mean and P_std.
[[nodiscard]] inline double log_normal_sigma(double u, double mean = -1.2, double std = 1.2) {
  detail::require_fraction("log_normal_sigma", "u", u);
  detail::require_location("log_normal_sigma", "mean", mean);
  detail::require_scale("log_normal_sigma", "std", std);
  return std::exp(mean + std * detail::normal_quantile(u));
}

/// Log-normal with different deviations below and above e^mean: log σ has one half of a normal
/// density on each side, with deviations std_below and std_above, weighted so that the density is
/// continuous. k-diffusion, rand_split_log_normal.
[[nodiscard]] inline double split_log_normal_sigma(double u, double mean, double std_below,
                                                   double std_above) {
  detail::require_fraction("split_log_normal_sigma", "u", u);
  detail::require_location("split_log_normal_sigma", "mean", mean);
  detail::require_scale("split_log_normal_sigma", "std_below", std_below);
  detail::require_scale("split_log_normal_sigma", "std_above", std_above);
  const double below = 1 / (1 + std_above / std_below);
  const double above = 1 / (1 + std_below / std_above);
  const double lower_part = u == 0 ? 0 : u / below;
  const double deviation =
      u <= below ? std_below * detail::normal_quantile((std::min)(lower_part / 2, 0.5))
                 : -std_above * detail::normal_quantile((std::min)((1 - u) / above / 2, 0.5));
  return std::exp(mean + deviation);
}

/// σ_min^(1−u) σ_max^u. k-diffusion, rand_log_uniform.
/// @throws std::invalid_argument unless 0 < sigma_min < sigma_max < ∞
[[nodiscard]] inline double log_uniform_sigma(double u, double sigma_min, double sigma_max) {
  detail::require_fraction("log_uniform_sigma", "u", u);
  detail::require_scale("log_uniform_sigma", "sigma_min", sigma_min);
  detail::require_sigma_range("log_uniform_sigma", sigma_min, sigma_max);
  detail::require_scale("log_uniform_sigma", "sigma_max", sigma_max);
  return detail::geometric_mean(sigma_max, sigma_min, u);
}

/// The log-logistic distribution between two levels: log σ = loc + scale logit(p), where p is
/// linear in u from P(σ <= σ_min) to P(σ <= σ_max). k-diffusion, rand_log_logistic.
[[nodiscard]] inline double log_logistic_sigma(
    double u, double loc = 0, double scale = 1, double sigma_min = 0,
    double sigma_max = std::numeric_limits<double>::infinity()) {
  detail::require_fraction("log_logistic_sigma", "u", u);
  detail::require_location("log_logistic_sigma", "loc", loc);
  detail::require_scale("log_logistic_sigma", "scale", scale);
  detail::require_sigma_range("log_logistic_sigma", sigma_min, sigma_max);
  const auto logit_of = [=](std::string_view argument, double sigma) {
    const double logit = (std::log(sigma) - loc) / scale;
    detail::require(std::isinf(logit) || std::abs(logit) <= 700, "log_logistic_sigma", argument,
                    "be 0, infinite or exp(loc + scale x) with |x| <= 700", sigma);
    return logit;
  };
  const double from = logit_of("sigma_min", sigma_min);
  const double to = logit_of("sigma_max", sigma_max);
  // logit(p) from 2p − 1 around p = 1/2, where p and 1 − p have lost the difference.
  double logit = 2 * std::atanh((1 - u) * std::tanh(from / 2) + u * std::tanh(to / 2));
  if (!(std::abs(logit) < 1)) {
    const double odds_from = std::exp(from);
    const double odds_to = std::exp(to);
    const double below =
        (1 - u) * detail::share_of_odds(odds_from) + u * detail::share_of_odds(odds_to);
    const double above = (1 - u) / (1 + odds_from) + u / (1 + odds_to);
    logit = std::log(below / above);
  }
  return std::clamp(std::exp(loc + scale * logit), sigma_min, sigma_max);
}

/// σ_data tan(θ), θ uniform between arctan(σ_min/σ_data) and arctan(σ_max/σ_data): uniform times of
/// the cosine process, whose σ is tan(πt/2). Salimans, Ho 2022, arXiv:2202.00512; k-diffusion,
/// rand_v_diffusion.
[[nodiscard]] inline double v_diffusion_sigma(
    double u, double sigma_data = 1, double sigma_min = 0,
    double sigma_max = std::numeric_limits<double>::infinity()) {
  detail::require_fraction("v_diffusion_sigma", "u", u);
  detail::require_scale("v_diffusion_sigma", "sigma_data", sigma_data);
  detail::require_sigma_range("v_diffusion_sigma", sigma_min, sigma_max);
  return std::clamp(detail::tangent_between(sigma_min, sigma_max, sigma_data, u), sigma_min,
                    sigma_max);
}

/// The cosine distribution shifted to two noise resolutions, with log σ interpolated between them:
///
///     σ = σ_low^u σ_high^(1−u),   σ_r = c tan((1−u) arctan(σ_min/c) + u arctan(σ_max/c)),
///
/// c = σ_data · image_size/noise_size_r. Hoogeboom, Heek, Salimans 2023, arXiv:2301.11093, section
/// 2.1; k-diffusion, rand_cosine_interpolated.
/// @throws std::invalid_argument unless 0 < sigma_min < sigma_max < ∞
[[nodiscard]] inline double cosine_interpolated_sigma(double u, double image_size,
                                                      double noise_size_low, double noise_size_high,
                                                      double sigma_data = 1,
                                                      double sigma_min = 1e-3,
                                                      double sigma_max = 1e3) {
  const std::string_view function = "cosine_interpolated_sigma";
  detail::require_fraction(function, "u", u);
  detail::require_scale(function, "image_size", image_size);
  detail::require_scale(function, "noise_size_low", noise_size_low);
  detail::require_scale(function, "noise_size_high", noise_size_high);
  detail::require_scale(function, "sigma_data", sigma_data);
  detail::require_scale(function, "sigma_min", sigma_min);
  detail::require_sigma_range(function, sigma_min, sigma_max);
  detail::require_scale(function, "sigma_max", sigma_max);
  const auto shifted = [=](double noise_size) {
    const double c = sigma_data * (image_size / noise_size);
    return detail::tangent_between(sigma_min, sigma_max, c, u);
  };
  return detail::geometric_mean(shifted(noise_size_low), shifted(noise_size_high), u);
}

}  // namespace alphabar
