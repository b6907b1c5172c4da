// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include "alphabar/kernel/transition_kernel.hpp"

namespace alphabar::detail {

/// One reverse step in terms of noise levels, σ = √(v/a) in the variance-exploding scale:
///
///     q = σ_s/σ_t = √A √(v_s/v_t),    1 − q = (B/v_t)/(1 + q),    v_t = A v_s + B.
///
/// Every term is positive. Where x_t has no noise, v_t = 0, x_s is the prediction: q = 0.
struct SigmaRatio {
  SigmaRatio(const TransitionKernel<double>& s_to_t, const TransitionKernel<double>& zero_to_s) {
    const double noise_s = zero_to_s.noise_variance();
    const double noise_t = s_to_t.variance(noise_s);
    if (noise_t == 0) return;
    noise_ratio = std::sqrt(noise_s / noise_t);
    ratio = s_to_t.signal_scale() * noise_ratio;
    renewed = s_to_t.noise_variance() / noise_t;
    complement = renewed / (1 + ratio);
  }

  /// log(σ_t/σ_s), from the smaller of q and 1 − q.
  [[nodiscard]] double log_gap() const {
    return ratio < 0.5 ? -std::log(ratio) : -std::log1p(-complement);
  }

  /// Whether the step is an interval in log σ: neither from σ = ∞, nor onto clean data, nor of
  /// length 0.
  [[nodiscard]] bool is_interval() const { return ratio > 0 && complement > 0; }

  double ratio = 0;        ///< q
  double complement = 1;   ///< 1 − q
  double noise_ratio = 0;  ///< √(v_s/v_t)
  double renewed = 1;      ///< B/v_t = 1 − q²
};

}  // namespace alphabar::detail
