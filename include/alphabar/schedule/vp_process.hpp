// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>
#include <string_view>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/schedule/continuous_process.hpp"
#include "alphabar/schedule/detail/double_word.hpp"
#include "alphabar/schedule/detail/double_word_exp.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"

/// Processes that scale the data towards 0 and add noise: VP with a linear rate, VP with the
/// cosine, sub-VP, and VP by its noise level. Accuracy, cost and errors:
/// schedule/continuous_process.hpp.
namespace alphabar {
namespace detail {

/// The noise rate of the VP and sub-VP SDEs, β(t) = β_min + (β_max − β_min) t, and its integral
/// D(s, t) = (t − s)(β(s) + β(t))/2. In double words, because the absolute error of D becomes the
/// relative error of e^(−D). With β_max <= 700, e^(−D) is a normal number for all times.
class LinearRate {
 public:
  LinearRate(std::string_view process, double beta_min, double beta_max)
      : beta_min_(beta_min), beta_max_(beta_max) {
    require(beta_max >= 1e-100 && beta_max <= 700, process, "beta_max", "be in [1e-100, 700]",
            beta_max);
    require(beta_min >= 0 && beta_min <= beta_max, process, "beta_min",
            "be in [0, beta_max = " + to_text(beta_max) + "]", beta_min);
  }

  /// β(t); `function` is the name for error messages.
  [[nodiscard]] double at(std::string_view function, double t) const {
    require_time(function, t);
    return beta_min_ * (1 - t) + beta_max_ * t;
  }

  [[nodiscard]] DoubleWord integral(double s, double t) const {
    const DoubleWord middle = ldexp(two_sum(s, t), -1);
    return two_sum(t, -s) * ((DoubleWord{1} - middle) * beta_min_ + middle * beta_max_);
  }

  /// D(0, t); `function` is the name for error messages.
  [[nodiscard]] DoubleWord integral(std::string_view function, double t) const {
    require_time(function, t);
    return integral(0, t);
  }

  /// The t with D(0, t) = integral, at most 1: the root of a quadratic equation, by the form
  /// without cancellation.
  [[nodiscard]] double time_of_integral(double integral) const {
    if (integral == 0) return 0;
    const double half_min = beta_min_ / 2;
    const double growth = std::sqrt((beta_max_ - beta_min_) / 2) * std::sqrt(integral);
    return std::fmin(integral / (half_min + std::hypot(half_min, growth)), 1);
  }

 private:
  double beta_min_;
  double beta_max_;
};

}  // namespace detail

/// The variance-preserving SDE dx = −½β(t) x dt + √β(t) dw with β linear from β_min to β_max:
///
///     ᾱ(t) = e^(−D(0, t)),   A = e^(−D(s, t)),   B = 1 − A,   D(s, t) = ∫ β from s to t
///
/// (Song et al. 2021, arXiv:2011.13456v2, appendix C). Note ᾱ(1) = e^(−10.05) = 4.32e-5: near the
/// 4.04e-5 of the linear schedule with T = 1000, not equal to it.
class VpLinear {
 public:
  /// @throws std::invalid_argument unless 0 <= beta_min <= beta_max and 1e-100 <= beta_max <= 700
  explicit VpLinear(double beta_min = 0.1, double beta_max = 20)
      : rate_("VpLinear", beta_min, beta_max) {}

  [[nodiscard]] double alpha_bar(double t) const {
    return exp(-rate_.integral("VpLinear::alpha_bar", t)).hi;
  }
  [[nodiscard]] double one_minus_alpha_bar(double t) const {
    return one_minus_exp(rate_.integral("VpLinear::one_minus_alpha_bar", t)).hi;
  }
  [[nodiscard]] double signal_scale(double t) const {
    return exp(-ldexp(rate_.integral("VpLinear::signal_scale", t), -1)).hi;
  }
  [[nodiscard]] double noise_scale(double t) const {
    return sqrt(one_minus_exp(rate_.integral("VpLinear::noise_scale", t))).hi;
  }
  [[nodiscard]] double log_snr(double t) const {
    const detail::DoubleWord d = rate_.integral("VpLinear::log_snr", t);
    return detail::log_of_ratio(exp(-d), one_minus_exp(d));
  }
  /// β(t) = β_min + (β_max − β_min) t, the noise rate. Within 2 ulp, exact at both ends.
  [[nodiscard]] double beta(double t) const { return rate_.at("VpLinear::beta", t); }
  /// D = log(1 + e^(−l)), then a quadratic equation for t.
  [[nodiscard]] double time_of_log_snr(double l) const {
    detail::require_between("VpLinear::time_of_log_snr", "log_snr", log_snr(1),
                            std::numeric_limits<double>::infinity(), l);
    return rate_.time_of_integral(std::fmax(-l, 0) + std::log1p(std::exp(-std::abs(l))));
  }
  [[nodiscard]] TransitionKernel<double> transition(double s, double t) const {
    detail::require_times("VpLinear::transition", s, t);
    const detail::DoubleWord d = rate_.integral(s, t);
    return {exp(-d).hi, one_minus_exp(d).hi};
  }
  /// ᾱ(t) and 1 − ᾱ(t) with their rounding errors, for `discretize`.
  [[nodiscard]] SignalAndNoise signal_and_noise(double t) const {
    const detail::DoubleWord d = rate_.integral("VpLinear::signal_and_noise", t);
    const detail::DoubleWord signal = exp(-d);
    const detail::DoubleWord noise = one_minus_exp(d);
    return {signal.hi, noise.hi, signal.lo, noise.lo};
  }

 private:
  detail::LinearRate rate_;
};

/// ᾱ(t) = cos²θ_t / cos²θ_0 with θ_t = (π/2)(t + s_0)/(1 + s_0), where s_0 is the `offset`
/// (Nichol, Dhariwal 2021, arXiv:2102.09672, eq. 17, before time is made discrete). ᾱ(1) = 0.
///
/// With C = (π/2)/(1 + s_0), cos θ_t = sin(C(1 − t)), and the difference of two squared sines is a
/// product: B = sin(C(t − s)) sin(θ_t + θ_s) / sin²(C(1 − s)).
class VpCosine {
 public:
  /// @throws std::invalid_argument unless offset is finite and >= 0
  explicit VpCosine(double offset = 0.008)
      : offset_(std::fmin(offset, 0x1p200)),  // beyond, nothing depends on it
        stride_(detail::half_pi / detail::two_sum(1, offset_)),
        cos_start_(sine(stride_)),
        sin_start_(sine(stride_ * offset_)) {
    detail::require(std::isfinite(offset) && offset >= 0, "VpCosine", "offset",
                    "be finite and >= 0", offset);
  }

  [[nodiscard]] double alpha_bar(double t) const {
    const detail::DoubleWord signal = signal_scale("VpCosine::alpha_bar", t);
    return (signal * signal).hi;
  }
  [[nodiscard]] double one_minus_alpha_bar(double t) const {
    return noise_variance("VpCosine::one_minus_alpha_bar", t).hi;
  }
  [[nodiscard]] double signal_scale(double t) const {
    return signal_scale("VpCosine::signal_scale", t).hi;
  }
  [[nodiscard]] double noise_scale(double t) const {
    return sqrt(noise_variance("VpCosine::noise_scale", t)).hi;
  }
  [[nodiscard]] double log_snr(double t) const {
    const detail::DoubleWord signal = signal_scale("VpCosine::log_snr", t);
    return detail::log_of_ratio(signal * signal, noise_variance(0, t, cos_start_));
  }
  /// From ᾱ = 1/(1 + e^(−l)) and v = 1/(1 + e^l), by the sine and the cosine of θ_t − θ_0 = Ct,
  /// both of which are sums of positive terms:
  ///
  ///     cos θ_t = √ᾱ cos θ_0,                       sin²θ_t = sin²θ_0 + v cos²θ_0,
  ///     sin Ct = v cos θ_0/(sin θ_t + √ᾱ sin θ_0),  cos Ct = √ᾱ cos²θ_0 + sin θ_t sin θ_0.
  [[nodiscard]] double time_of_log_snr(double l) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    detail::require_between("VpCosine::time_of_log_snr", "log_snr", -infinity, infinity, l);
    const double noise = detail::logistic(-l);
    if (noise == 0) return 0;
    const double signal_scale = std::sqrt(detail::logistic(l));
    const double cos_start = cos_start_.hi;
    const double sin_start = sin_start_.hi;
    const double sin_here = std::hypot(sin_start, std::sqrt(noise) * cos_start);
    const double sine = noise * cos_start / (sin_here + signal_scale * sin_start);
    const double cosine = signal_scale * cos_start * cos_start + sin_here * sin_start;
    return std::fmin(std::atan2(sine, cosine) / stride_.hi, 1);
  }
  [[nodiscard]] TransitionKernel<double> transition(double s, double t) const {
    detail::require_times("VpCosine::transition", s, t);
    if (s == t) return {};  // also where cos θ_s = 0
    const DoubleWord start = cosine(s);
    const DoubleWord ratio = cosine(t) / start;
    return {(ratio * ratio).hi, noise_variance(s, t, start).hi};
  }
  /// ᾱ(t) and 1 − ᾱ(t) with their rounding errors, for `discretize`.
  [[nodiscard]] SignalAndNoise signal_and_noise(double t) const {
    const DoubleWord scale = signal_scale("VpCosine::signal_and_noise", t);
    const DoubleWord signal = scale * scale;
    const DoubleWord noise = noise_variance(0, t, cos_start_);
    return {signal.hi, noise.hi, signal.lo, noise.lo};
  }

 private:
  using DoubleWord = detail::DoubleWord;

  static DoubleWord sine(DoubleWord angle) { return unit_circle(angle).sine; }

  /// cos θ_t.
  [[nodiscard]] DoubleWord cosine(double t) const { return sine(stride_ * detail::two_sum(1, -t)); }

  /// B, given cos θ_s. Of the two angles with the sine of θ_t + θ_s, the smaller is taken.
  [[nodiscard]] DoubleWord noise_variance(double s, double t, DoubleWord start) const {
    const DoubleWord sum = detail::two_sum(s, t);
    const DoubleWord angle =
        sum.hi + offset_ <= 1 ? sum + DoubleWord{2 * offset_} : DoubleWord{2} - sum;
    return sine(stride_ * detail::two_sum(t, -s)) * sine(stride_ * angle) / (start * start);
  }

  [[nodiscard]] DoubleWord signal_scale(std::string_view function, double t) const {
    detail::require_time(function, t);
    return cosine(t) / cos_start_;
  }
  [[nodiscard]] DoubleWord noise_variance(std::string_view function, double t) const {
    detail::require_time(function, t);
    return noise_variance(0, t, cos_start_);
  }

  double offset_;
  DoubleWord stride_;  // C
  DoubleWord cos_start_;
  DoubleWord sin_start_;
};

/// The sub-VP SDE, with less noise than VP at every t: α = e^(−D/2), σ = 1 − e^(−D), D = D(0, t) of
/// VpLinear (Song et al. 2021, arXiv:2011.13456v2, section 3.4). As α² + σ² < 1, there is no ᾱ.
///
/// B = σ_t² − e^(−D(s, t)) σ_s² is the product (1 − e^(−D(s, t)))(1 − e^(−D(0, s) − D(0, t))).
class SubVpLinear {
 public:
  /// @throws std::invalid_argument unless 0 <= beta_min <= beta_max and 1e-100 <= beta_max <= 700
  explicit SubVpLinear(double beta_min = 0.1, double beta_max = 20)
      : rate_("SubVpLinear", beta_min, beta_max) {}

  [[nodiscard]] double signal_scale(double t) const {
    return exp(-ldexp(rate_.integral("SubVpLinear::signal_scale", t), -1)).hi;
  }
  [[nodiscard]] double noise_scale(double t) const {
    return one_minus_exp(rate_.integral("SubVpLinear::noise_scale", t)).hi;
  }
  [[nodiscard]] double log_snr(double t) const {
    const detail::DoubleWord d = rate_.integral("SubVpLinear::log_snr", t);
    return 2 * detail::log_of_ratio(exp(-ldexp(d, -1)), one_minus_exp(d));
  }
  /// 2 sinh(D/2) = e^(−l/2), then a quadratic equation for t.
  [[nodiscard]] double time_of_log_snr(double l) const {
    detail::require_between("SubVpLinear::time_of_log_snr", "log_snr", log_snr(1),
                            std::numeric_limits<double>::infinity(), l);
    return rate_.time_of_integral(2 * std::asinh(std::exp(-l / 2) / 2));
  }
  [[nodiscard]] TransitionKernel<double> transition(double s, double t) const {
    detail::require_times("SubVpLinear::transition", s, t);
    const detail::DoubleWord d = rate_.integral(s, t);
    const detail::DoubleWord both = rate_.integral(0, s) + rate_.integral(0, t);
    return {exp(-d).hi, (one_minus_exp(d) * one_minus_exp(both)).hi};
  }

 private:
  detail::LinearRate rate_;
};

/// Time is the noise level: x = (x_0 + σ ε)/√(1 + σ²), t = σ >= 0. This is `Edm` scaled to preserve
/// the variance. It gives the process of a table at any noise level, at whole times and between
/// them. t is at most 1e150, so that t² does not overflow.
///
///     ᾱ = 1/(1 + t²),   A = (1 + s²)/(1 + t²),   B = (t − s)(t + s)/(1 + t²)
class VpOfSigma {
 public:
  [[nodiscard]] double alpha_bar(double t) const {
    return (detail::DoubleWord{1} / one_plus_square("VpOfSigma::alpha_bar", t)).hi;
  }
  [[nodiscard]] double one_minus_alpha_bar(double t) const {
    return (detail::two_product(t, t) / one_plus_square("VpOfSigma::one_minus_alpha_bar", t)).hi;
  }
  [[nodiscard]] double signal_scale(double t) const {
    return (detail::DoubleWord{1} / sqrt(one_plus_square("VpOfSigma::signal_scale", t))).hi;
  }
  [[nodiscard]] double noise_scale(double t) const {
    return (detail::DoubleWord{t} / sqrt(one_plus_square("VpOfSigma::noise_scale", t))).hi;
  }
  [[nodiscard]] double log_snr(double t) const {
    detail::require_time("VpOfSigma::log_snr", t, last_time);
    return 2 * detail::log_of_ratio({1}, {t});
  }
  [[nodiscard]] double time_of_log_snr(double l) const {
    detail::require_between("VpOfSigma::time_of_log_snr", "log_snr", log_snr(last_time),
                            std::numeric_limits<double>::infinity(), l);
    return std::fmin(std::exp(-l / 2), last_time);
  }
  [[nodiscard]] TransitionKernel<double> transition(double s, double t) const {
    detail::require_times("VpOfSigma::transition", s, t, last_time);
    if (s == t) return {};
    const detail::DoubleWord later = one_plus_square("VpOfSigma::transition", t);
    const detail::DoubleWord difference = detail::two_sum(t, -s) * detail::two_sum(t, s);
    return {(one_plus_square("VpOfSigma::transition", s) / later).hi, (difference / later).hi};
  }

 private:
  static constexpr double last_time = 1e150;

  static detail::DoubleWord one_plus_square(const char* function, double t) {
    detail::require_time(function, t, last_time);
    return detail::DoubleWord{1} + detail::two_product(t, t);
  }
};

}  // namespace alphabar
