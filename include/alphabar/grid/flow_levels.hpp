// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/count.hpp"
#include "alphabar/error.hpp"
#include "alphabar/grid/detail/levels_by_weight.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/schedule/rectified_flow.hpp"

/// Levels u of the straight path x = (1 − u) x_0 + u ε, latest first: functions that make a list,
/// and functions that transform one. Unless stated otherwise, lists end before 0; `to_data` appends
/// the 0.
///
///     shift_levels(linear_levels(n, 1.0 / n), 3)
///     shift_levels(linear_levels(n, 1.0 / n), std::exp(dynamic_shift_mu(4096)))    // FLUX
///
/// Accuracy: within 8 ulp, unless stated otherwise.
/// @throws std::invalid_argument for a level outside [0, 1], NaN included
namespace alphabar {
namespace detail {

/// f(u) for every level u.
template <class Function>
std::vector<double> levels_by(std::string_view function, RealList levels, Function f) {
  std::vector<double> values = std::move(levels).values();
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!(values[k] >= 0 && values[k] <= 1)) {
      refuse(function, element("levels", static_cast<Index>(k)), "be in [0, 1]", values[k]);
    }
    values[k] = f(values[k]);
  }
  return values;
}

/// level/edge, at most 1.
inline double share_of_edge(std::string_view function, double level, double edge) {
  require(edge > 0 && edge <= 1, function, "edge", "be in (0, 1]", edge);
  return (std::min)(level / edge, 1.0);
}

}  // namespace detail

/// Evenly from level_max to level_min, both ends included; {level_max} for n = 1.
/// `linear_levels(n, 1.0 / n)` is 1, (n−1)/n, ..., 1/n; with level_min = 0 the list ends on data.
/// @throws std::invalid_argument unless n >= 1 and 0 <= level_min < level_max <= 1; n = 1 allows
/// level_min = level_max
[[nodiscard]] inline std::vector<double> linear_levels(Count n, double level_min,
                                                       double level_max = 1) {
  detail::require(n >= 1, "linear_levels", "n", "be >= 1", Index{n});
  detail::require_fraction("linear_levels", "level_max", level_max);
  detail::require_fraction("linear_levels", "level_min", level_min);
  if (level_min > level_max || (level_min == level_max && n > 1)) {
    detail::refuse("linear_levels", "level_min", "be < level_max = " + detail::to_text(level_max),
                   level_min);
  }
  return detail::levels_by_weight(
      n, [=](double weight) { return weight * level_max + (1 - weight) * level_min; });
}

/// Shifts levels towards the noise:
///
///     u' = shift/(shift + (1/u − 1)^power)
///
/// With power 1 the shift of Esser et al. 2024, arXiv:2403.03206 (`RectifiedFlow(shift)`
/// at time u). The dynamic shift of FLUX-like pipelines is shift = e^μ (`time_shift_type:
/// exponential`) or μ itself (`linear`), with μ = `dynamic_shift_mu`.
/// Accuracy with another power: within 8 + power ulp, for a level u' that is a normal number.
/// @throws std::invalid_argument unless shift is in [1e-100, 1e100] and power in [0.01, 100]
[[nodiscard]] inline std::vector<double> shift_levels(RealList levels, double shift,
                                                      double power = 1) {
  detail::require(shift >= 1e-100 && shift <= 1e100, "shift_levels", "shift",
                  "be in [1e-100, 1e+100]", shift);
  detail::require(power >= 0.01 && power <= 100, "shift_levels", "power", "be in [0.01, 100]",
                  power);
  const RectifiedFlow flow(shift);
  return detail::levels_by("shift_levels", std::move(levels), [&](double u) {
    if (power == 1) return flow.noise_scale(u);
    // the root, so that a power whose product with 1/shift is representable does not overflow
    const double root = std::pow(1 - u, power / 2) / std::pow(u, power / 2);
    return 1 / (1 + root / shift * root);
  });
}

/// μ of the dynamic shift: linear in the number of tokens, also beyond the two given lengths, with
/// base_shift at base_length and max_shift at max_length. The defaults are FLUX's: 256 and 4096
/// tokens, 0.5 and 1.15. Black Forest Labs' flux, and the base_image_seq_len, max_image_seq_len,
/// base_shift and max_shift of diffusers' FlowMatchEulerDiscreteScheduler.
/// Accuracy: an absolute error of at most 2⁻⁵¹ (|base_shift| + |μ|).
/// @throws std::invalid_argument unless the lengths are >= 1 and differ, and the shifts are within
///         ±1e100
[[nodiscard]] inline double dynamic_shift_mu(Count sequence_length, Count base_length = 256,
                                             Count max_length = 4096, double base_shift = 0.5,
                                             double max_shift = 1.15) {
  const auto check_length = [](std::string_view name, Index length) {
    detail::require(length >= 1, "dynamic_shift_mu", name, "be >= 1", length);
  };
  const auto check_shift = [](std::string_view name, double shift) {
    detail::require(std::abs(shift) <= 1e100, "dynamic_shift_mu", name, "be in [-1e+100, 1e+100]",
                    shift);
  };
  check_length("sequence_length", sequence_length);
  check_length("base_length", base_length);
  check_length("max_length", max_length);
  detail::require(base_length != max_length, "dynamic_shift_mu", "max_length",
                  "differ from base_length", Index{max_length});
  check_shift("base_shift", base_shift);
  check_shift("max_shift", max_shift);
  const double slope = (max_shift - base_shift) / static_cast<double>(max_length - base_length);
  return base_shift + slope * static_cast<double>(sequence_length - base_length);
}

/// Scales the distances 1 − u so that the last level is `terminal`:
/// u' = 1 − (1 − u)(1 − terminal)/(1 − last). A level 1 is unchanged. The `shift_terminal` of
/// diffusers' FlowMatchEulerDiscreteScheduler, made for LTX-Video.
/// @throws std::invalid_argument unless there is a level, the last is the least and < 1, and
/// 0 <= terminal < 1
[[nodiscard]] inline std::vector<double> stretch_levels(RealList levels, double terminal) {
  detail::require(terminal >= 0 && terminal < 1, "stretch_levels", "terminal", "be in [0, 1)",
                  terminal);
  const std::vector<double>& given = levels.values();
  detail::require(!given.empty(), "stretch_levels", "the number of levels", "be >= 1", Index{0});
  const double last = given.back();
  detail::require(last < 1, "stretch_levels", "the last of levels", "be < 1", last);
  const double least = *std::min_element(given.begin(), given.end());
  detail::require(least >= last, "stretch_levels", "the last of levels", "be the least", last);
  const double factor = (1 - terminal) / (1 - last);
  return detail::levels_by("stretch_levels", std::move(levels), [=](double u) {
    return u == 1 ? 1 : (std::min)(terminal + (u - last) * factor, 1.0);
  });
}

/// 1 − u for each level: the levels of a run from data to noise. They increase, and such a run ends
/// at 1, which is appended instead of 0. The `invert_sigmas` of diffusers'
/// FlowMatchEulerDiscreteScheduler.
[[nodiscard]] inline std::vector<double> invert_levels(RealList levels) {
  return detail::levels_by("invert_levels", std::move(levels), [](double u) { return 1 - u; });
}

/// s(u/edge), s(t) = 3t² − 2t³, and 1 above the edge.
/// @throws std::invalid_argument unless 0 < edge <= 1
[[nodiscard]] inline std::vector<double> smoothstep_levels(RealList levels, double edge = 1) {
  return detail::levels_by("smoothstep_levels", std::move(levels), [=](double u) {
    const double t = detail::share_of_edge("smoothstep_levels", u, edge);
    return t * t * (3 - 2 * t);
  });
}

/// s(u/edge), s(t) = 6t⁵ − 15t⁴ + 10t³ = 1 − s(1 − t), and 1 above the edge.
/// @throws std::invalid_argument unless 0 < edge <= 1
[[nodiscard]] inline std::vector<double> smootherstep_levels(RealList levels, double edge = 1) {
  return detail::levels_by("smootherstep_levels", std::move(levels), [=](double u) {
    const double t = detail::share_of_edge("smootherstep_levels", u, edge);
    const auto s = [](double x) { return x * x * x * (10 - x * (15 - 6 * x)); };
    return t < 0.5 ? s(t) : 1 - s(1 - t);
  });
}

/// L equal steps at the noise end, then Q = n − L growing ones,
///
///     u_k = 1 − θ k/L                                     k <= L
///     u_{L+j} = 1 − θ − (θ/L) j − (1 − θ n/L)(j/Q)²       j = 0..Q−1; j = Q is the final 0
///
/// with a continuous slope. θ is the noise that the linear steps remove; L is ⌊n/2⌋ if not given;
/// {1} for n = 1. Genmo's Mochi 1, LTX-Video, ComfyUI's "linear_quadratic", which multiplies the
/// levels by σ_max for a table of σ. The last levels are differences; the absolute error is at
/// most 2 · 2⁻⁵².
/// @throws std::invalid_argument unless n >= 1, 1 <= linear_steps < n, 0 < threshold <= L/n
[[nodiscard]] inline std::vector<double> linear_quadratic_levels(Count n, double threshold,
                                                                 Count linear_steps) {
  const std::string_view function = "linear_quadratic_levels";
  detail::require(n >= 1, function, "n", "be >= 1", Index{n});
  if (n == 1) return {1};
  if (linear_steps < 1 || linear_steps >= n) {
    detail::refuse(function, "linear_steps", "be in 1.." + detail::to_text(n - 1),
                   Index{linear_steps});
  }
  const auto linear = static_cast<double>(linear_steps);
  const auto quadratic = static_cast<double>(n - linear_steps);
  const double limit = linear / static_cast<double>(n);
  if (!(threshold > 0 && threshold <= limit)) {
    detail::refuse(function, "threshold",
                   "be in (0, linear_steps/n = " + detail::to_text(limit) + "]", threshold);
  }
  std::vector<double> levels;
  for (Index k = 0; k < n; ++k) {
    const double j = (std::max)(0.0, static_cast<double>(k) - linear) / quadratic;
    const double removed = threshold * static_cast<double>(k) / linear;
    levels.push_back(1 - removed - (1 - threshold / limit) * (j * j));
  }
  return levels;
}
/// The same with L = ⌊n/2⌋.
[[nodiscard]] inline std::vector<double> linear_quadratic_levels(Count n,
                                                                 double threshold = 0.025) {
  return linear_quadratic_levels(n, threshold, (std::max<Index>)(n / 2, 1));
}

/// Two arctangent curves that meet at the level ½. With N = n + 2, m = ⌊3N/5⌋ and the slope 8/N,
///
///     u_k = ½ + ½ (f(m−k) − f(1))/(f(m) − f(1))      k = 0..m−2,   f(x) = arctan(8x/N)
///     u_{m−1+j} = ½ − ½ f(j)/f(N−m−1)                j = 0..N−m−2; j = N−m−1 is the final 0
///
/// {1} for n = 1. The "bong_tangent" of RES4LYF at its defaults, which uses these levels of a
/// straight path for every model.
[[nodiscard]] inline std::vector<double> bong_tangent_levels(Count n) {
  detail::require(n >= 1, "bong_tangent_levels", "n", "be >= 1", Index{n});
  if (n == 1) return {1};
  const Index all = n + 2;
  const Index turn = all - all / 5 * 2 - (all % 5 * 2 + 4) / 5;  // ⌊3 all/5⌋ without overflow
  const auto tangent = [=](Index x) {
    return 8 * static_cast<double>(x) / static_cast<double>(all);
  };
  // f(x) − f(y), by the tangent of a difference
  const auto arc = [=](Index x, Index y) {
    return std::atan(tangent(x - y) / (1 + tangent(x) * tangent(y)));
  };
  std::vector<double> levels;
  for (Index k = 0; k < turn - 1; ++k) {
    levels.push_back(0.5 + arc(turn - k, 1) / (2 * arc(turn, 1)));
  }
  const Index last = all - turn - 1;
  for (Index j = 0; j < last; ++j) levels.push_back(arc(last, j) / (2 * arc(last, 0)));
  return levels;
}

}  // namespace alphabar
