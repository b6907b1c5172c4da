// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/count.hpp"
#include "alphabar/error.hpp"
#include "alphabar/grid/detail/beta_quantile.hpp"
#include "alphabar/grid/timesteps.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/schedule/detail/schedule_table.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

/// Grids along the T times of a table, independent of its levels: times t = 1..T, latest first,
/// whole or between two whole ones. `sigmas_at(schedule, times)` returns their levels; the levels
/// of a straight path are `shift_levels(times/T, shift)`. Lists end before 0; `to_data` appends the
/// 0.
///
/// The names are those of ComfyUI (comfy/samplers.py). Its lists of σ are those of these times, to
/// rounding, except:
///  - simple: ComfyUI computes ⌊i·(T/n)⌋ in floating point, which is off by one at some i for 70 of
///    the n up to T = 1000 (38, 76, 122, ...);
///  - ddim_uniform: ComfyUI continues to T, which makes more than n levels for most n;
///  - normal and sgm_uniform on a straight path: ComfyUI shifts the level of the last time twice.
/// @throws std::invalid_argument unless 1 <= n <= steps
namespace alphabar {
namespace detail {

/// 1 + (T − 1) i/d.
inline double fractional_time(Index steps, Index i, Index d) {
  return 1 + static_cast<double>(steps - 1) * static_cast<double>(i) / static_cast<double>(d);
}

/// 1 + (T − 1) share(w), rounded half to even, for w = 1, (n−1)/n, ..., 1/n, each time once.
template <class Share>
std::vector<Index> rounded_shares(Index steps, Index n, Share share) {
  std::vector<Index> times;
  for (Index i = n; i >= 1; --i) {
    const double w = static_cast<double>(i) / static_cast<double>(n);
    const Index t = 1 + static_cast<Index>(std::rint(share(w) * static_cast<double>(steps - 1)));
    if (times.empty() || t < times.back()) times.push_back(t);
  }
  return times;
}

}  // namespace detail

/// Evenly from T to 1, both ends included, not rounded; {T} for n = 1. ComfyUI's "normal", the
/// `timestep_spacing: linspace` of diffusers' EulerDiscreteScheduler.
[[nodiscard]] inline std::vector<double> normal_times(Count steps, Count n) {
  detail::require_count("normal_times", steps, n);
  if (n == 1) return {static_cast<double>(steps)};
  std::vector<double> times;
  for (Index i = n - 1; i >= 0; --i) times.push_back(detail::fractional_time(steps, i, n - 1));
  return times;
}

/// The first n of n + 1 evenly spaced times from T to 1. ComfyUI's "sgm_uniform", after the
/// discretization of Stability AI's generative-models.
[[nodiscard]] inline std::vector<double> sgm_uniform_times(Count steps, Count n) {
  detail::require_count("sgm_uniform_times", steps, n);
  std::vector<double> times;
  for (Index i = n; i >= 1; --i) times.push_back(detail::fractional_time(steps, i, n));
  return times;
}

/// Strides of T/n down from T, rounded up: T − ⌊i T/n⌋, i = 0..n−1. ComfyUI's "simple".
[[nodiscard]] inline std::vector<Index> simple_timesteps(Count steps, Count n) {
  detail::require_count("simple_timesteps", steps, n);
  const Index whole = steps / n;
  const Index rest = steps % n;
  return detail::latest_first(
      n, [=](Index i) { return steps - ((n - 1 - i) * whole + (n - 1 - i) * rest / n); });
}

/// Strides of ⌊T/n⌋ up from 2: 2 + i ⌊T/n⌋, i = n−1..0. ComfyUI's "ddim_uniform". The first time,
/// 2 + (n − 1) ⌊T/n⌋, is at most T, and 2 for n = 1.
/// @throws std::invalid_argument unless 1 <= n < steps
[[nodiscard]] inline std::vector<Index> ddim_uniform_timesteps(Count steps, Count n) {
  detail::require_count("ddim_uniform_timesteps", steps, n);
  if (n == steps) detail::refuse("ddim_uniform_timesteps", "n", "be < steps", Index{n});
  return leading_timesteps(steps, n, 1);
}

/// Quantiles of the beta distribution of the times: 1 + (T − 1) q(1 − i/n), rounded, i = 0..n−1,
/// where P(X <= q(w)) = w, X ~ Beta(α, β). A time that occurs twice is listed once, so long lists
/// have fewer than n times. ComfyUI's "beta"; (0.5, 0.7) is known as "beta57". Lee et al. 2024,
/// arXiv:2407.12173.
/// @throws std::invalid_argument unless alpha and beta are in [0.1, 20]
[[nodiscard]] inline std::vector<Index> beta_timesteps(Count steps, Count n, double alpha = 0.6,
                                                       double beta = 0.6) {
  detail::require_count("beta_timesteps", steps, n);
  detail::require_beta_law("beta_timesteps", alpha, beta);
  return detail::rounded_shares(steps, n,
                                [=](double w) { return detail::beta_quantile(w, alpha, beta); });
}

/// 1 + (T − 1) s(1 − i/n), rounded, i = 0..n−1, s(w) = 3w² − 2w³: close to the beta distribution. A
/// time that occurs twice is listed once. The "smoothstep" of stable-diffusion.cpp, which repeats
/// such times.
[[nodiscard]] inline std::vector<Index> smoothstep_timesteps(Count steps, Count n) {
  detail::require_count("smoothstep_timesteps", steps, n);
  return detail::rounded_shares(steps, n, [](double w) { return w * w * (3 - 2 * w); });
}

/// σ at each time, whole or not, 0 <= t <= T: `NoiseSchedule::sigma` and `sigma_at`, in double also
/// for a float schedule.
/// @throws std::out_of_range for a time outside, std::invalid_argument for one between two whole
/// times of which one has an infinite log SNR
template <Real Scalar>
[[nodiscard]] std::vector<double> sigmas_at(const NoiseSchedule<Scalar>& schedule,
                                            const RealList& times) {
  std::vector<double> sigmas;
  for (const double t : times.values()) {
    detail::require_between("sigmas_at", "times", 0, static_cast<double>(schedule.steps()), t);
    sigmas.push_back(t == std::floor(t)
                         ? detail::exact_table(schedule)[static_cast<Index>(t)].sigma()
                         : schedule.sigma_at(t));
  }
  return sigmas;
}

}  // namespace alphabar
