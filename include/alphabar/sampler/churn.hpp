// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <string_view>

#include "alphabar/error.hpp"

namespace alphabar {

/// Noise that a sampler adds before a call of the network, for levels in [s_tmin, s_tmax]:
///
///     σ̂ = (1 + γ) σ,    γ = min(s_churn/n, √2 − 1),    x̂ = x + s_noise √(σ̂² − σ²) z
///
/// in the variance-exploding scale, n the number of steps. The step then starts from σ̂. Levels are
/// σ on every path: on a straight path σ = u/(1 − u), and the signal decreases as noise is added.
/// Nothing is added at σ = ∞.
/// Karras et al. 2022, arXiv:2206.00364, algorithm 2, lines 4 to 6.
struct Churn {
  double s_churn = 0;                                       ///< S_churn, >= 0; 0 adds nothing
  double s_tmin = 0;                                        ///< S_tmin
  double s_tmax = std::numeric_limits<double>::infinity();  ///< S_tmax
  double s_noise = 1;                                       ///< S_noise, >= 0

  friend bool operator==(const Churn&, const Churn&) = default;

  /// γ at a level, for n steps.
  /// @throws std::invalid_argument for a negative s_churn or s_noise, for NaN and for no steps
  [[nodiscard]] double gamma(double sigma, std::size_t steps) const {
    detail::require(s_churn >= 0, "Churn", "s_churn", "be >= 0", s_churn);
    detail::require(s_noise >= 0 && std::isfinite(s_noise), "Churn", "s_noise",
                    "be finite and >= 0", s_noise);
    detail::require(!std::isnan(s_tmin), "Churn", "s_tmin", "be a number", s_tmin);
    detail::require(!std::isnan(s_tmax), "Churn", "s_tmax", "be a number", s_tmax);
    detail::require(steps >= 1, "Churn::gamma", "steps", "be >= 1", steps);
    if (!std::isfinite(sigma) || sigma < s_tmin || sigma > s_tmax) return 0;
    return (std::min)(s_churn / static_cast<double>(steps), std::numbers::sqrt2 - 1);
  }
};

}  // namespace alphabar
