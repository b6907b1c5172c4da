// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

namespace alphabar {

/// The posterior of x_s given x_t and x_0, for 0 <= s <= t:
///
///     q(x_s | x_t, x_0) = N(c_0 x_0 + c_t x_t, v I)
///
///     c_0 = √a_s B / v_t,    c_t = √A v_s / v_t,    v = v_s B / v_t,    v_t = A v_s + B,
///
/// where (A, B) is the kernel from s to t and (a_s, v_s) the kernel from 0 to s. With s = t − 1
/// these are eqs. 6 and 7 of Ho et al. 2020 (arXiv:2006.11239v2); v is their β̃_t.
///
/// Limits: v_s = 0 (in particular s = 0) gives x_s = √a_s x_0, so c_t = v = 0; B = 0 gives
/// x_s = x_t / √A. v is not clipped: where it is 0, log v is −∞.
/// Accuracy: every term is positive; c_0, c_t and v are within 4 ulp of the exact function of the
/// two kernels given, log v within 4u (u = 2⁻⁵³) absolute and one ulp, as long as none of them, of
/// B/v_t and of v_s/v_t is below the normal range of double. v_t may be.
template <Real Scalar = double>
class PosteriorKernel {
 public:
  /// @throws std::invalid_argument when v_t overflows, and for A = B = 0 although v_s > 0 (then x_t
  ///     does not depend on x_s)
  PosteriorKernel(const TransitionKernel<Scalar>& s_to_t,
                  const TransitionKernel<Scalar>& zero_to_s) {
    const TransitionKernel<double> step(s_to_t);
    const double noise_s = zero_to_s.noise_variance();
    if (noise_s == 0) {
      x0_scale_ = zero_to_s.signal_scale();
      return;
    }
    const Noise noise = Noise{noise_s, step.noise_variance(), step.variance(noise_s)}.scaled(step);
    detail::require(std::isfinite(noise.at_t) && noise.at_t > 0, "PosteriorKernel",
                    "the noise variance at t", "be finite and > 0", noise.at_t);
    const double renewed = noise.added / noise.at_t;  // fraction of v_t that was added after s
    x0_scale_ = static_cast<Scalar>(double{zero_to_s.signal_scale()} * renewed);
    const double signal = s_to_t.signal_scale();
    const double ratio = noise.at_s / noise.at_t;  // may overflow for A near 0
    xt_scale_ = static_cast<Scalar>(std::isfinite(ratio) ? signal * ratio
                                                         : signal * noise.at_s / noise.at_t);
    variance_ = static_cast<Scalar>(noise_s * renewed);
    log_variance_ = static_cast<Scalar>(std::log(noise_s * renewed));
  }

  /// Each of the four numbers rounded to this Scalar.
  template <Real Other>
  explicit PosteriorKernel(const PosteriorKernel<Other>& other)
      : x0_scale_(static_cast<Scalar>(other.x0_scale())),
        xt_scale_(static_cast<Scalar>(other.xt_scale())),
        variance_(static_cast<Scalar>(other.variance())),
        log_variance_(static_cast<Scalar>(other.log_variance())) {}

  [[nodiscard]] Scalar x0_scale() const noexcept { return x0_scale_; }  ///< c_0
  [[nodiscard]] Scalar xt_scale() const noexcept { return xt_scale_; }  ///< c_t
  [[nodiscard]] Scalar variance() const noexcept { return variance_; }  ///< v, per coordinate
  /// log v, never NaN; −∞ where v is 0. A float kernel has the logarithm of its double v, which is
  /// finite where the float v has underflowed.
  [[nodiscard]] Scalar log_variance() const noexcept { return log_variance_; }

 private:
  /// v_s, B and v_t, times a power of two.
  struct Noise {
    double at_s;
    double added;
    double at_t;

    /// The same with v_t near 1 where v_t or A is so small that v_t or v_s/v_t may leave the range.
    [[nodiscard]] Noise scaled(const TransitionKernel<double>& step) const {
      constexpr double least = 0x1p-900;
      const double power = step.signal_power();
      if (power == 0 || (at_t >= least && power >= least)) return *this;
      constexpr int highest = 1000;  // exponent of v_s
      const int kept = (std::max)(std::ilogb(power), -highest) + std::ilogb(at_s);
      const int exponent = added > 0 ? (std::max)(kept, std::ilogb(added)) : kept;
      const double s = std::ldexp(at_s, -exponent);
      const TransitionKernel<double> near_one(power, std::ldexp(added, -exponent));
      return {s, near_one.noise_variance(), near_one.variance(s)};
    }
  };

  Scalar x0_scale_ = 0;
  Scalar xt_scale_ = 0;
  Scalar variance_ = 0;
  Scalar log_variance_ = -std::numeric_limits<Scalar>::infinity();
};

}  // namespace alphabar
