// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/schedule/continuous_process.hpp"
#include "alphabar/schedule/detail/double_word.hpp"
#include "alphabar/schedule/detail/double_word_exp.hpp"

/// Processes that do not scale the data: A = 1, B = σ_t² − σ_s². Accuracy, cost and errors:
/// schedule/continuous_process.hpp.
namespace alphabar {

/// The variance-exploding SDE: σ(t) = σ_min (σ_max/σ_min)^t, t in [0, 1]
/// (Song et al. 2021, arXiv:2011.13456v2, appendix C).
///
/// Note σ(0) = σ_min, not 0: `noise_scale(t)` includes the noise σ_min that the data are assumed to
/// contain, `transition(0, t)` does not. log SNR passes 0 where σ passes 1; within 2⁻³⁰ of 0 its
/// absolute error is 2⁻⁸⁴.
class VeGeometric {
 public:
  /// @throws std::invalid_argument unless 1e-150 <= sigma_min < sigma_max <= 1e150
  explicit VeGeometric(double sigma_min = 0.01, double sigma_max = 50) {
    detail::require(sigma_min >= 1e-150, "VeGeometric", "sigma_min", "be >= 1e-150", sigma_min);
    detail::require(sigma_max > sigma_min && sigma_max <= 1e150, "VeGeometric", "sigma_max",
                    "be > sigma_min = " + detail::to_text(sigma_min) + " and <= 1e150", sigma_max);
    sigma_min_ = sigma_min;
    log_min_ = log(detail::DoubleWord{sigma_min});
    log_ratio_ = log(detail::DoubleWord{sigma_max} / detail::DoubleWord{sigma_min});
  }

  [[nodiscard]] double signal_scale(double t) const {
    detail::require_time("VeGeometric::signal_scale", t);
    return 1;
  }
  [[nodiscard]] double noise_scale(double t) const {
    detail::require_time("VeGeometric::noise_scale", t);
    return exp(log_sigma(t)).hi;
  }
  [[nodiscard]] double log_snr(double t) const {
    detail::require_time("VeGeometric::log_snr", t);
    return 0 - 2 * log_sigma(t).hi;  // never -0
  }
  [[nodiscard]] double time_of_log_snr(double l) const {
    detail::require_between("VeGeometric::time_of_log_snr", "log_snr", log_snr(1), log_snr(0), l);
    const double t = std::log(std::exp(-l / 2) / sigma_min_) / log_ratio_.hi;
    return std::fmin(std::fmax(t, 0), 1);
  }
  /// B = σ_t² (1 − (σ_min/σ_max)^(2(t − s))).
  [[nodiscard]] TransitionKernel<double> transition(double s, double t) const {
    detail::require_times("VeGeometric::transition", s, t);
    const detail::DoubleWord growth = ldexp(detail::two_sum(t, -s) * log_ratio_, 1);
    return {1, (exp(ldexp(log_sigma(t), 1)) * one_minus_exp(growth)).hi};
  }

 private:
  [[nodiscard]] detail::DoubleWord log_sigma(double t) const { return log_min_ + log_ratio_ * t; }

  double sigma_min_;
  detail::DoubleWord log_min_;
  detail::DoubleWord log_ratio_;
};

/// Time is the noise level: σ(t) = t, t >= 0 (Karras et al. 2022, arXiv:2206.00364, table 1, column
/// EDM). t is at most 1e150, so that t² does not overflow.
class Edm {
 public:
  [[nodiscard]] double signal_scale(double t) const {
    detail::require_time("Edm::signal_scale", t, last_time);
    return 1;
  }
  [[nodiscard]] double noise_scale(double t) const {
    detail::require_time("Edm::noise_scale", t, last_time);
    return t;
  }
  [[nodiscard]] double log_snr(double t) const {
    detail::require_time("Edm::log_snr", t, last_time);
    return 2 * detail::log_of_ratio({1}, {t});
  }
  [[nodiscard]] double time_of_log_snr(double l) const {
    detail::require_between("Edm::time_of_log_snr", "log_snr", log_snr(last_time),
                            std::numeric_limits<double>::infinity(), l);
    return std::fmin(std::exp(-l / 2), last_time);
  }
  /// B = (t − s)(t + s).
  [[nodiscard]] TransitionKernel<double> transition(double s, double t) const {
    detail::require_times("Edm::transition", s, t, last_time);
    return {1, (detail::two_sum(t, -s) * detail::two_sum(t, s)).hi};
  }

 private:
  static constexpr double last_time = 1e150;
};

}  // namespace alphabar
