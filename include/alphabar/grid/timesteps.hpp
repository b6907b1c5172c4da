// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/count.hpp"
#include "alphabar/error.hpp"

/// The times of the calls of a sampler, latest first: n strictly decreasing times in 1..steps, for
/// every 1 <= n <= steps. Times here are t = 1..T; Python code lists k = t − 1.
///
/// Ratios are computed in integers and rounded half to even, as in numpy. The times are those of
/// diffusers (Lin et al. 2023, arXiv:2305.08891, table 2) except where its ratios are rounded
/// wrongly: for T = 1000 its trailing spacing has one time too many for n = 61, 103, 121, ..., and
/// ties are rounded differently for n = 48, 96, 112, ... (trailing) and n = 27, 31, 47, ...
/// (linspace).
namespace alphabar {
namespace detail {

inline void require_count(std::string_view function, Index steps, Index n) {
  require(steps >= 1, function, "steps", "be >= 1", steps);
  if (n < 1 || n > steps) refuse(function, "n", "be in 1.." + to_text(steps), n);
}

/// i n/d rounded to the nearest integer, to the even one of two; i <= d, and d² fits an Index.
constexpr Index nearest_multiple(Index i, Index n, Index d) {
  const Index whole = i * (n / d) + i * (n % d) / d;
  const Index twice_rest = 2 * (i * (n % d) % d);
  const bool up = twice_rest > d || (twice_rest == d && whole % 2 == 1);
  return whole + (up ? 1 : 0);
}

/// time_of(n − 1), ..., time_of(0).
template <class TimeOf>
std::vector<Index> latest_first(Index n, TimeOf time_of) {
  std::vector<Index> times;
  times.reserve(static_cast<std::size_t>(n));
  for (Index i = n - 1; i >= 0; --i) times.push_back(time_of(i));
  return times;
}

}  // namespace detail

/// Evenly from 1 to steps, both ends included; n = 1 gives time 1.
[[nodiscard]] inline std::vector<Index> linspace_timesteps(Count steps, Count n) {
  detail::require_count("linspace_timesteps", steps, n);
  if (n == 1) return {1};
  return detail::latest_first(
      n, [=](Index i) { return 1 + detail::nearest_multiple(i, steps - 1, n - 1); });
}

/// Strides of ⌊steps/n⌋ up from 1 + offset: 1 + offset + i ⌊steps/n⌋, i = n − 1..0. Without an
/// offset the first time is less than T unless n = T. The `offset` is diffusers' steps_offset (1
/// for Stable Diffusion).
/// @throws std::out_of_range when the offset moves the latest time beyond `steps`
[[nodiscard]] inline std::vector<Index> leading_timesteps(Count steps, Count n, Count offset = 0) {
  detail::require_count("leading_timesteps", steps, n);
  const Index stride = steps / n;
  detail::require_in_range("leading_timesteps", "offset", 0, steps - 1 - (n - 1) * stride, offset);
  return detail::latest_first(n, [=](Index i) { return 1 + offset + i * stride; });
}

/// Evenly spaced down from steps: the times (i + 1) steps/n, rounded, i = n − 1..0. The first is T.
[[nodiscard]] inline std::vector<Index> trailing_timesteps(Count steps, Count n) {
  detail::require_count("trailing_timesteps", steps, n);
  return detail::latest_first(n,
                              [=](Index i) { return detail::nearest_multiple(i + 1, steps, n); });
}

}  // namespace alphabar
