// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/count.hpp"
#include "alphabar/error.hpp"
#include "alphabar/schedule/detail/double_word.hpp"
#include "alphabar/schedule/detail/double_word_exp.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"
#include "alphabar/schedule/detail/schedule_table.hpp"
#include "alphabar/schedule/noise_schedule.hpp"
#include "alphabar/schedule/schedules.hpp"

/// Schedules that the literature defines by ᾱ rather than by β. Each is a function from t to ᾱ_t
/// and 1 − ᾱ_t in double words, both within 0.51 ulp of the formula; β_t follows from them. β_t is
/// at most `max_beta`: β_t = min(1 − ᾱ_t/ᾱ_{t−1}, max_beta) (Nichol, Dhariwal 2021,
/// arXiv:2102.09672, section 3.2). With max_beta < 1, ᾱ_T is positive also where the formula ends
/// at 0.
/// @throws std::invalid_argument unless steps >= 1 and max_beta is in [0, 1]
namespace alphabar {
namespace detail {

/// Tabulates ᾱ for t = 1..T, with β limited to max_beta.
template <Real S, class StateOfTime>
NoiseSchedule<S> tabulate_alpha_bar(Index steps, double max_beta, StateOfTime state_of_time) {
  std::vector<ScheduleState> states(1);
  states.reserve(static_cast<std::size_t>(steps) + 1);
  ScheduleState before;
  for (Index t = 1; t <= steps; ++t) {
    const ScheduleState here = state_of_time(t);
    ScheduleState next = states.back();
    const Transition step(before, here);
    if (here.erased() || step.added.hi > max_beta) {
      next.advance(max_beta, t);
    } else {
      next.advance(step.added, ldexp(step.kept, step.exponent));
    }
    states.push_back(next);
    before = here;
  }
  return schedule_of<S>(ScheduleTable::from_states(std::move(states)));
}

}  // namespace detail

/// ᾱ_t = f(t/T)/f(0) for any non-increasing f from [0, 1] to [0, 1]; only f(1) may be 0. With
/// max_beta = 1 and f(0) = 1 the values of f are returned bit for bit.
///
/// @param alpha_bar_of_fraction  called for t/T = 0, 1/T, ..., 1
/// @throws std::invalid_argument also for a value outside [0, 1], NaN, or an increase
template <Real S = double, std::invocable<double> AlphaBar>
[[nodiscard]] NoiseSchedule<S> schedule_from_alpha_bar(Count steps, AlphaBar alpha_bar_of_fraction,
                                                       double max_beta = 1) {
  constexpr auto function = "schedule_from_alpha_bar";
  detail::require_steps(function, steps);
  detail::require_fraction(function, "max_beta", max_beta);
  const auto alpha_bar_at = [&](double fraction) {
    return static_cast<double>(alpha_bar_of_fraction(fraction));
  };
  const double start = alpha_bar_at(0);
  detail::require(start > 0 && start <= 1, function, "alpha_bar(0)", "be in (0, 1]", start);
  double previous = start;
  return detail::tabulate_alpha_bar<S>(steps, max_beta, [&](Index t) {
    const double value = alpha_bar_at(static_cast<double>(t) / static_cast<double>(steps));
    const auto check = [&](bool holds, std::string_view requirement) {
      if (holds) return;
      const std::string time = detail::to_text(t) + "/" + detail::to_text(Index{steps});
      detail::refuse(function, "alpha_bar(" + time + ")", requirement, value);
    };
    check(value >= 0 && value <= 1, "be in [0, 1]");
    check(value <= previous, "not be greater than the value before it");
    check(value > 0 || t == steps, "be > 0 before the last step");
    previous = value;
    return detail::ScheduleState::from(detail::DoubleWord{value} / detail::DoubleWord{start},
                                       detail::two_sum(start, -value) / detail::DoubleWord{start},
                                       t);
  });
}

/// ᾱ_t = exp(−rate t/T); every β_t is 1 − exp(−rate/T). Rate 12 is the "exp" of diffusers.
/// @throws std::invalid_argument also unless rate is in [0, 700], so that ᾱ is a normal number
template <Real S = double>
[[nodiscard]] NoiseSchedule<S> exponential_schedule(Count steps = 1000, double rate = 12) {
  detail::require_steps("exponential_schedule", steps);
  detail::require(rate >= 0 && rate <= 700, "exponential_schedule", "rate", "be in [0, 700]", rate);
  return detail::tabulate_alpha_bar<S>(steps, 1, [=](Index t) {
    const detail::DoubleWord exponent = detail::two_product(-rate, static_cast<double>(t)) /
                                        detail::DoubleWord{static_cast<double>(steps)};
    return detail::ScheduleState::from(exp(exponent), -expm1(exponent), t);
  });
}

/// ᾱ_t = (σ(x_T) − σ(x_t)) / (σ(x_T) − σ(x_0)), σ the logistic function and x linear in t from
/// start/tau to end/tau (Jabri, Fleet, Chen 2022, arXiv:2212.11972; Chen 2023, arXiv:2301.10972,
/// section 2.2).
///
/// Evaluated without cancellation, as products of hyperbolic functions:
///     ᾱ = sinh((x_T − x)/2) cosh(x_0/2) / (cosh(x/2) sinh((x_T − x_0)/2)),
///     1 − ᾱ = sinh((x − x_0)/2) cosh(x_T/2) / (cosh(x/2) sinh((x_T − x_0)/2)).
/// @throws std::invalid_argument also unless tau is in [1e-150, 1e150], start/tau and end/tau are
///     in [-300, 300], start < end, and (end − start)/tau >= 1e-150
template <Real S = double>
[[nodiscard]] NoiseSchedule<S> sigmoid_alpha_bar_schedule(Count steps = 1000, double start = -3,
                                                          double end = 3, double tau = 1,
                                                          double max_beta = 0.999) {
  using detail::DoubleWord;
  constexpr auto function = "sigmoid_alpha_bar_schedule";
  detail::require_steps(function, steps);
  detail::require_fraction(function, "max_beta", max_beta);
  detail::require(tau >= 1e-150 && tau <= 1e150, function, "tau", "be in [1e-150, 1e150]", tau);
  detail::require(std::abs(start / tau) <= 300, function, "start / tau", "be in [-300, 300]",
                  start / tau);
  detail::require(std::abs(end / tau) <= 300, function, "end / tau", "be in [-300, 300]",
                  end / tau);
  detail::require(start < end, function, "start", "be less than end = " + detail::to_text(end),
                  start);
  detail::require((end - start) / tau >= 1e-150, function, "(end - start) / tau", "be >= 1e-150",
                  (end - start) / tau);
  const auto sinh = [](DoubleWord x) {
    const DoubleWord grown = expm1(x);
    return ldexp(grown + grown / (DoubleWord{1} + grown), -1);
  };
  const auto cosh = [](DoubleWord x) { return ldexp(exp(x) + exp(-x), -1); };
  const DoubleWord width = detail::two_sum(end, -start);
  const DoubleWord twice_tau{2 * tau};
  const DoubleWord whole = sinh(width / twice_tau);
  const DoubleWord cosh_start = cosh(DoubleWord{start} / twice_tau) / whole;
  const DoubleWord cosh_end = cosh(DoubleWord{end} / twice_tau) / whole;
  return detail::tabulate_alpha_bar<S>(steps, max_beta, [=](Index t) {
    const DoubleWord half_unit = twice_tau * static_cast<double>(steps);
    const auto done = static_cast<double>(t);
    const auto left = static_cast<double>(steps - t);
    const DoubleWord middle =
        cosh((detail::two_product(start, left) + detail::two_product(end, done)) / half_unit);
    return detail::ScheduleState::from(sinh(width * left / half_unit) * cosh_start / middle,
                                       sinh(width * done / half_unit) * cosh_end / middle, t);
  });
}

/// log SNR_t = μ − b sgn(½ − t/T) log(1 − |1 − 2t/T|): at a uniform t, log SNR has the law
/// Laplace(μ, b) (Hang, Gu 2024, arXiv:2407.03297, table 1). ᾱ = SNR/(1 + SNR). The "laplace" of
/// diffusers uses the square root of that as ᾱ and is a different schedule.
/// @throws std::invalid_argument also unless |mu| <= 300 and b is in (0, 20]
template <Real S = double>
[[nodiscard]] NoiseSchedule<S> laplace_schedule(Count steps = 1000, double mu = 0, double b = 0.5,
                                                double max_beta = 0.999) {
  using detail::DoubleWord;
  detail::require_steps("laplace_schedule", steps);
  detail::require_fraction("laplace_schedule", "max_beta", max_beta);
  detail::require(std::abs(mu) <= 300, "laplace_schedule", "mu", "be in [-300, 300]", mu);
  detail::require(b > 0 && b <= 20, "laplace_schedule", "b", "be in (0, 20]", b);
  return detail::tabulate_alpha_bar<S>(steps, max_beta, [=](Index t) {
    if (t == steps) return detail::ScheduleState::pure_noise(t);
    const bool first_half = 2 * t <= steps;
    const DoubleWord tail = DoubleWord{static_cast<double>(2 * (first_half ? t : steps - t))} /
                            DoubleWord{static_cast<double>(steps)};
    const DoubleWord spread = log(tail) * b;
    return detail::ScheduleState::from_log_snr(DoubleWord{mu} + (first_half ? -spread : spread), t);
  });
}

}  // namespace alphabar
