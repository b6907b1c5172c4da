// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <numbers>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/prediction/prediction.hpp"

namespace alphabar {
namespace detail {

inline double min_snr_weight(double snr, Prediction target, double gamma) {
  const double w = std::fmin(snr, gamma);
  const double noise_weight = snr <= gamma ? 1 : gamma / snr;
  switch (target) {
    case Prediction::noise:
      return noise_weight;
    case Prediction::x0:
      return w;
    case Prediction::velocity:
      return std::isinf(w) ? 1 : w / (1 + snr);
    case Prediction::score:
      return noise_weight / (1 + snr);
    case Prediction::flow_velocity:
      break;
  }
  return std::isinf(w) ? 1 : w / (1 + snr + 2 * std::sqrt(snr));
}

}  // namespace detail

/// The min-SNR-γ weight. The squared error of `target` times this weight is the squared error of
/// x_0 times w = min(SNR, γ), at the same x_t:
///
///     x_0: w    ε: w/SNR    v: w/(1 + SNR)    score: w/(SNR (1 + SNR))    u: w/(1 + √SNR)²
///
/// Each weight is w b², where b is the coefficient of `PredictionConversion` from the target to
/// x_0. The formulas for v and the score hold for variance-preserving processes, A + B = 1. The
/// other three hold for any kernel, whose SNR is A/B.
///
/// Limits. SNR = 0: ε and score 1, the others 0. SNR = ∞: γ for x_0 and 0 for the others. With
/// γ = ∞, w = SNR, and the limits at SNR = ∞ are ∞ for x_0, 1 for ε, v and u, 0 for the score.
/// Accuracy: within 4 ulp of the exact function of `snr` and `gamma`; computed in double and
/// rounded once to Scalar.
///
/// Hang et al. 2023, arXiv:2303.09556 (their γ is 5).
///
/// @param snr  `NoiseSchedule::snr(t)`
/// @throws std::invalid_argument unless snr >= 0 and gamma > 0; either may be ∞
template <Real Scalar>
[[nodiscard]] Scalar min_snr_weight(Scalar snr, Prediction target, double gamma = 5) {
  detail::require(snr >= 0, "min_snr_weight", "snr", "be >= 0", snr);
  detail::require(gamma > 0, "min_snr_weight", "gamma", "be > 0", gamma);
  return static_cast<Scalar>(detail::min_snr_weight(static_cast<double>(snr), target, gamma));
}

/// The same for a whole number.
template <std::integral Snr>
[[nodiscard]] double min_snr_weight(Snr snr, Prediction target, double gamma = 5) {
  return min_snr_weight(static_cast<double>(snr), target, gamma);
}

/// The SNR weight, w = SNR: min_snr_weight with γ = ∞. For ε it is 1, the loss of Ho et al. 2020.
template <Real Scalar>
[[nodiscard]] Scalar snr_weight(Scalar snr, Prediction target) {
  return min_snr_weight(snr, target, std::numeric_limits<double>::infinity());
}

/// 2/(π(u² + (1 − u)²)), a weight of the squared error of the flow velocity at the time u of a
/// straight path. It is the density of the times `cosmap_time` (grid/training_times.hpp): the loss
/// at uniform times with this weight has the same mean as the unweighted loss at those times.
/// Within 4 ulp.
/// Esser et al. 2024, arXiv:2403.03206, section 3.1; diffusers' weighting_scheme "cosmap".
/// @throws std::invalid_argument unless flow_time is in [0, 1]
[[nodiscard]] inline double cosmap_weight(double flow_time) {
  detail::require_fraction("cosmap_weight", "flow_time", flow_time);
  const double left = 1 - flow_time;
  return 2 / (std::numbers::pi * (flow_time * flow_time + left * left));
}

/// 1/u², and ∞ at u = 0. The squared error of x_0 = x_t − u v times this weight is that of the flow
/// velocity v. Within 2 ulp. diffusers' weighting_scheme "sigma_sqrt".
/// @throws std::invalid_argument unless flow_time is in [0, 1]
[[nodiscard]] inline double inverse_square_weight(double flow_time) {
  detail::require_fraction("inverse_square_weight", "flow_time", flow_time);
  return 1 / flow_time / flow_time;
}

}  // namespace alphabar
