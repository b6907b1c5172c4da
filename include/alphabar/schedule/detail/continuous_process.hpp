// SPDX-License-Identifier: MIT
#pragma once

#include <limits>
#include <string_view>

#include "alphabar/error.hpp"
#include "alphabar/schedule/detail/double_word.hpp"
#include "alphabar/schedule/detail/double_word_exp.hpp"

/// What the continuous processes share: the checks of times, and two functions in double words.
namespace alphabar::detail {

inline void require_time(std::string_view function, double t, double last = 1) {
  require_between(function, "t", 0, last, t);
}

inline void require_times(std::string_view function, double s, double t, double last = 1) {
  require_between(function, "t", 0, last, t);
  require_between(function, "s", 0, last, s);
  if (s > t) refuse(function, "s", "not be later than t = " + to_text(t), s);
}

/// 1 − e^(−x).
inline DoubleWord one_minus_exp(DoubleWord x) { return DoubleWord{} - expm1(-x); }

/// log(a/b), ±∞ where one of them is 0.
inline double log_of_ratio(DoubleWord a, DoubleWord b) {
  if (b.hi == 0) return std::numeric_limits<double>::infinity();
  if (a.hi == 0) return -std::numeric_limits<double>::infinity();
  if (b.hi < 0x1p-900) return log_scaled(a / ldexp(b, 400), 400);  // or the quotient overflows
  return log(a / b).hi;
}

}  // namespace alphabar::detail
