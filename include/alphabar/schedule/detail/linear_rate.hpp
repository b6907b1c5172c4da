// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <string_view>

#include "alphabar/error.hpp"
#include "alphabar/schedule/detail/continuous_process.hpp"
#include "alphabar/schedule/detail/double_word.hpp"

namespace alphabar::detail {

/// The noise rate of the VP and sub-VP SDEs, β(t) = β_min + (β_max − β_min) t, and its integral
/// D(s, t) = (t − s)(β(s) + β(t))/2. Double words, because it is the absolute error of D that
/// becomes the relative error of e^(−D). With β_max <= 700 that is a normal number for all times.
class LinearRate {
 public:
  LinearRate(std::string_view process, double beta_min, double beta_max)
      : beta_min_(beta_min), beta_max_(beta_max) {
    require(beta_max >= 1e-100 && beta_max <= 700, process, "beta_max", "be in [1e-100, 700]",
            beta_max);
    require(beta_min >= 0 && beta_min <= beta_max, process, "beta_min",
            "be in [0, beta_max = " + to_text(beta_max) + "]", beta_min);
  }

  /// β(t), for the function that was asked.
  [[nodiscard]] double at(std::string_view function, double t) const {
    require_time(function, t);
    return beta_min_ * (1 - t) + beta_max_ * t;
  }

  [[nodiscard]] DoubleWord integral(double s, double t) const {
    const DoubleWord middle = ldexp(two_sum(s, t), -1);
    return two_sum(t, -s) * ((DoubleWord{1} - middle) * beta_min_ + middle * beta_max_);
  }

  /// D(0, t), for the function that was asked.
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

}  // namespace alphabar::detail
