// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/count.hpp"
#include "alphabar/error.hpp"
#include "alphabar/schedule/detail/double_word.hpp"
#include "alphabar/schedule/detail/double_word_exp.hpp"
#include "alphabar/schedule/noise_schedule.hpp"

/// The schedules of the literature that are defined by β. Each is a function from t to β_t,
/// evaluated in double words: β_t is within 0.51 ulp of the formula for the double parameters
/// given. A float schedule is the double schedule rounded.
/// @throws std::invalid_argument unless steps >= 1 and each β given is in [0, 1]
namespace alphabar {
namespace detail {

/// Tabulates β_t for t = 1..T and rounds each once.
template <Real S, class BetaOfTime>
NoiseSchedule<S> tabulate(Index steps, BetaOfTime beta) {
  std::vector<double> betas;
  betas.reserve(static_cast<std::size_t>(steps));
  for (Index t = 1; t <= steps; ++t) betas.push_back(beta(t).hi);
  return NoiseSchedule<S>::from_betas(std::move(betas));
}

inline void require_steps(std::string_view function, Index steps) {
  require(steps >= 1, function, "steps", "be >= 1", steps);
}

/// Linear interpolation from first to last at t of 1..T, as a weighted mean: nothing cancels, and
/// both ends are exact.
inline DoubleWord between(DoubleWord first, DoubleWord last, Index t, Index steps) {
  if (steps == 1) return first;
  return (first * static_cast<double>(steps - t) + last * static_cast<double>(t - 1)) /
         DoubleWord{static_cast<double>(steps - 1)};
}

}  // namespace detail

/// β_t linear in t from beta_first to beta_last.
/// The defaults are those of Ho, Jain, Abbeel 2020 (arXiv:2006.11239v2, section 4).
template <Real S = double>
[[nodiscard]] NoiseSchedule<S> linear_schedule(Count steps = 1000, double beta_first = 1e-4,
                                               double beta_last = 0.02) {
  detail::require_steps("linear_schedule", steps);
  detail::require_fraction("linear_schedule", "beta_first", beta_first);
  detail::require_fraction("linear_schedule", "beta_last", beta_last);
  return detail::tabulate<S>(
      steps, [=](Index t) { return detail::between({beta_first}, {beta_last}, t, steps); });
}

/// `linear_schedule` for T other than 1000: β's times 1000/T, so that ᾱ_T hardly depends on T
/// (guided-diffusion calls it "linear"; Nichol, Dhariwal 2021, arXiv:2102.09672).
/// @throws std::invalid_argument when 1000/T makes a β larger than 1: T is too small
template <Real S = double>
[[nodiscard]] NoiseSchedule<S> rescaled_linear_schedule(Count steps = 1000,
                                                        double beta_first = 1e-4,
                                                        double beta_last = 0.02) {
  detail::require_steps("rescaled_linear_schedule", steps);
  const detail::DoubleWord scale =
      detail::DoubleWord{1000} / detail::DoubleWord{static_cast<double>(steps)};
  const detail::DoubleWord first = scale * beta_first;
  const detail::DoubleWord last = scale * beta_last;
  detail::require_fraction("rescaled_linear_schedule", "beta_first * 1000 / steps", first.hi);
  detail::require_fraction("rescaled_linear_schedule", "beta_last * 1000 / steps", last.hi);
  return detail::tabulate<S>(steps,
                             [=](Index t) { return detail::between(first, last, t, steps); });
}

/// β_t = β. Then ᾱ_t = (1 − β)^t, the discrete Ornstein–Uhlenbeck process.
template <Real S = double>
[[nodiscard]] NoiseSchedule<S> constant_schedule(Count steps, double beta) {
  detail::require_steps("constant_schedule", steps);
  detail::require_fraction("constant_schedule", "beta", beta);
  return detail::tabulate<S>(steps, [=](Index) { return detail::DoubleWord{beta}; });
}

/// √β_t linear in t: the schedule of latent diffusion and Stable Diffusion, where it is called
/// "linear" (Rombach et al. 2022, arXiv:2112.10752; diffusers calls it "scaled_linear").
template <Real S = double>
[[nodiscard]] NoiseSchedule<S> scaled_linear_schedule(Count steps = 1000,
                                                      double beta_first = 0.00085,
                                                      double beta_last = 0.012) {
  detail::require_steps("scaled_linear_schedule", steps);
  detail::require_fraction("scaled_linear_schedule", "beta_first", beta_first);
  detail::require_fraction("scaled_linear_schedule", "beta_last", beta_last);
  const detail::DoubleWord first = sqrt(detail::DoubleWord{beta_first});
  const detail::DoubleWord last = sqrt(detail::DoubleWord{beta_last});
  return detail::tabulate<S>(steps, [=](Index t) {
    const detail::DoubleWord root = detail::between(first, last, t, steps);
    return root * root;
  });
}

/// ᾱ_t = f(t)/f(0) with f(t) = cos²((t/T + s)/(1 + s) · π/2), each β_t at most max_beta
/// (Nichol, Dhariwal 2021, arXiv:2102.09672, eq. 17; s is `offset`). ᾱ_t follows from the clipped
/// β's, so that ᾱ_T is not 0 unless max_beta is 1.
///
/// With C = π/2 / ((1 + s) T) and n = T − t + 1, f(t−1) = sin²(Cn), and the difference of two
/// squared sines is a product: β_t = sin(C) sin(C(2n−1)) / sin²(Cn). Nothing cancels. The sines are
/// computed by repeated rotation by the angle C.
/// @throws std::invalid_argument also unless the offset is finite and >= 0
template <Real S = double>
[[nodiscard]] NoiseSchedule<S> cosine_schedule(Count steps = 1000, double offset = 0.008,
                                               double max_beta = 0.999) {
  detail::require_steps("cosine_schedule", steps);
  detail::require(std::isfinite(offset) && offset >= 0, "cosine_schedule", "offset",
                  "be finite and >= 0", offset);
  detail::require_fraction("cosine_schedule", "max_beta", max_beta);
  const double enough = std::fmin(offset, 0x1p200);  // beyond, β no longer depends on it
  const detail::DoubleWord span = detail::two_sum(1, enough) * static_cast<double>(steps);
  const detail::UnitComplex stride = detail::unit_circle(detail::half_pi / span);
  std::vector<double> betas(static_cast<std::size_t>(steps));
  detail::UnitComplex before{{1}, {0}};
  for (Index t = steps; t >= 1; --t) {
    const detail::UnitComplex here = before * stride;  // at angle Cn
    const detail::DoubleWord beta = stride.sine * (here * before).sine / (here.sine * here.sine);
    betas[static_cast<std::size_t>(t - 1)] = std::fmin(beta.hi, max_beta);
    before = here;
  }
  return NoiseSchedule<S>::from_betas(std::move(betas));
}

/// β_t = first + (last − first) σ(x_t), σ the logistic function, x linear in t from −6 to 6:
/// the "sigmoid" of Xu et al. 2022 (GeoDiff, arXiv:2203.02923) and of diffusers.
///
/// Evaluated as (first + last eˣ)/(1 + eˣ), without a difference; eˣ grows by one constant factor
/// per step. For T = 1, x = −6.
template <Real S = double>
[[nodiscard]] NoiseSchedule<S> sigmoid_schedule(Count steps = 1000, double beta_first = 1e-4,
                                                double beta_last = 0.02) {
  detail::require_steps("sigmoid_schedule", steps);
  detail::require_fraction("sigmoid_schedule", "beta_first", beta_first);
  detail::require_fraction("sigmoid_schedule", "beta_last", beta_last);
  const double intervals = steps == 1 ? 1 : static_cast<double>(steps - 1);
  const detail::DoubleWord growth = exp(detail::DoubleWord{12} / detail::DoubleWord{intervals});
  detail::DoubleWord odds = exp(detail::DoubleWord{-6});
  return detail::tabulate<S>(steps, [=, odds = odds](Index) mutable {
    const detail::DoubleWord beta =
        (detail::DoubleWord{beta_first} + odds * beta_last) / (detail::DoubleWord{1} + odds);
    odds = odds * growth;
    return beta;
  });
}

}  // namespace alphabar
