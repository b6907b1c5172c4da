// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/schedule/continuous_process.hpp"
#include "alphabar/schedule/detail/double_word.hpp"
#include "alphabar/schedule/detail/double_word_exp.hpp"

namespace alphabar {

/// The straight path from data to noise, x = (1 − u) x_0 + u ε, with a time t that is shifted
/// towards the noise:
///
///     u = shift t / (1 + (shift − 1) t),   α = 1 − u,   σ = u,   SNR = ((1 − t)/(shift t))².
///
/// Liu et al. 2022, arXiv:2209.03003, and Lipman et al. 2022, arXiv:2210.02747 (with reversed
/// time); shift: Esser et al. 2024, arXiv:2403.03206, where it is √(m/n) of two resolutions.
/// Accuracy, cost and errors: schedule/continuous_process.hpp.
///
/// 1 + (shift − 1) t is computed as (1 − t) + shift t, a sum of positive terms.
class RectifiedFlow {
 public:
  /// @throws std::invalid_argument unless 1e-100 <= shift <= 1e100
  explicit RectifiedFlow(double shift = 1) : shift_(shift) {
    detail::require(shift >= 1e-100 && shift <= 1e100, "RectifiedFlow", "shift",
                    "be in [1e-100, 1e100]", shift);
  }

  [[nodiscard]] double signal_scale(double t) const {
    detail::require_time("RectifiedFlow::signal_scale", t);
    return (left(t) / denominator(t)).hi;
  }
  [[nodiscard]] double noise_scale(double t) const {
    detail::require_time("RectifiedFlow::noise_scale", t);
    return sigma(t).hi;
  }
  [[nodiscard]] double log_snr(double t) const {
    detail::require_time("RectifiedFlow::log_snr", t);
    return 2 * detail::log_of_ratio(left(t), detail::two_product(shift_, t));
  }
  /// With y = (1 − t)/t = shift e^(l/2), t = 1/(1 + y), or (1/y)/(1/y + 1) where y may overflow.
  [[nodiscard]] double time_of_log_snr(double l) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    detail::require_between("RectifiedFlow::time_of_log_snr", "log_snr", -infinity, infinity, l);
    if (l <= 0) return 1 / (1 + shift_ * std::exp(l / 2));
    const double root = std::exp(-l / 4);
    const double odds = root / shift_ * root;
    return odds / (odds + 1);
  }
  /// With r = α_t/α_s: B = (σ_t − rσ_s)(σ_t + rσ_s). The first factor is (u_t − u_s)/(1 − u_s), and
  /// u_t − u_s is shift (t − s) divided by both denominators.
  [[nodiscard]] TransitionKernel<double> transition(double s, double t) const {
    detail::require_times("RectifiedFlow::transition", s, t);
    if (s == t) return {};
    const detail::DoubleWord below = left(s) * denominator(t);
    const detail::DoubleWord ratio = left(t) * denominator(s) / below;
    const detail::DoubleWord difference = detail::two_sum(t, -s) * shift_ / below;
    const detail::DoubleWord sum = sigma(t) + ratio * sigma(s);
    return {(ratio * ratio).hi, (difference * sum).hi};
  }

 private:
  static detail::DoubleWord left(double t) { return detail::two_sum(1, -t); }

  [[nodiscard]] detail::DoubleWord denominator(double t) const {
    return left(t) + detail::two_product(shift_, t);
  }

  [[nodiscard]] detail::DoubleWord sigma(double t) const {
    return detail::two_product(shift_, t) / denominator(t);
  }

  double shift_;
};

}  // namespace alphabar
