// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/schedule/detail/double_word.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"

/// The table of a `NoiseSchedule`: its states and β's, and the kernels between them.
namespace alphabar::detail {

/// States 0..T and the β's between them.
class ScheduleTable {
 public:
  static ScheduleTable from_betas(std::vector<double> betas) {
    constexpr auto function = "NoiseSchedule::from_betas";
    require(!betas.empty(), function, "betas", "hold at least one value", betas.size());
    ScheduleTable table;
    table.states_.reserve(betas.size() + 1);
    table.states_.emplace_back();
    ScheduleState state;
    Index t = 0;
    for (const double beta : betas) {
      if (!(beta >= 0 && beta <= 1)) refuse(function, element("betas", t), in_unit, beta);
      state.advance(beta, ++t);
      table.states_.push_back(state);
    }
    table.betas_ = std::move(betas);
    return table;
  }

  /// From ᾱ_1..ᾱ_T.
  static ScheduleTable from_alpha_bars(const std::vector<double>& alpha_bars) {
    constexpr auto function = "NoiseSchedule::from_alpha_bars";
    constexpr auto valid = [](double value) { return value >= 0 && value <= 1; };
    require_decreasing(function, "alpha_bars", alpha_bars, valid, in_unit, 0);
    std::vector<ScheduleState> states(1);
    for (const double alpha_bar : alpha_bars) {
      states.push_back(
          ScheduleState::from({alpha_bar}, two_sum(1, -alpha_bar), std::ssize(states)));
    }
    return from_states(std::move(states));
  }

  /// From log SNR_1..log SNR_T.
  static ScheduleTable from_log_snrs(const std::vector<double>& log_snrs) {
    constexpr auto function = "NoiseSchedule::from_log_snrs";
    constexpr auto valid = [](double value) { return std::isinf(value) || std::abs(value) <= 700; };
    require_decreasing(function, "log_snrs", log_snrs, valid, "be in [-700, 700] or infinite",
                       -std::numeric_limits<double>::infinity());
    std::vector<ScheduleState> states(1);
    for (const double log_snr : log_snrs) {
      states.push_back(ScheduleState::from_log_snr({log_snr}, std::ssize(states)));
    }
    return from_states(std::move(states));
  }

  /// From states 0..T that were computed elsewhere, ᾱ not increasing. β_t follows from them.
  static ScheduleTable from_states(std::vector<ScheduleState> states) {
    ScheduleTable table;
    table.states_ = std::move(states);
    table.given_states_ = true;
    table.betas_.reserve(table.states_.size() - 1);
    for (Index t = 1; t <= table.steps(); ++t) {
      table.betas_.push_back(table.transition(t - 1, t).noise_variance());
    }
    return table;
  }

  [[nodiscard]] Index steps() const { return static_cast<Index>(states_.size()) - 1; }
  [[nodiscard]] const std::vector<double>& betas() const noexcept { return betas_; }
  [[nodiscard]] const ScheduleState& operator[](Index t) const {
    return states_[static_cast<std::size_t>(t)];
  }

  /// β_t in double words, for β_t < 1.
  [[nodiscard]] DoubleWord step_noise(Index t) const {
    if (!given_states_) return {betas_[static_cast<std::size_t>(t - 1)]};
    return Transition((*this)[t - 1], (*this)[t]).added;
  }

  [[nodiscard]] TransitionKernel<double> transition(Index s, Index t) const {
    const ScheduleState& from = (*this)[s];
    const ScheduleState& to = (*this)[t];
    if (s == t) return {};
    if (to.last_full_step > s) return {0, 1};
    if (t == s + 1 && !given_states_) {
      const double beta = betas_[static_cast<std::size_t>(s)];
      return kernel(two_sum(1, -beta), 0, {beta, 0});
    }
    const Transition step(from, to);
    if (s == 0) return kernel(step.kept, step.exponent, to.noise);
    const bool cancelled = step.added.hi < 0x1p-20 && !given_states_;
    return kernel(step.kept, step.exponent, cancelled ? noise_between(s, t) : step.added);
  }

  /// log SNR at t, linear between the times of the table.
  [[nodiscard]] double log_snr_at(double t) const {
    constexpr auto function = "NoiseSchedule::log_snr_at";
    require_between(function, "t", 0, static_cast<double>(steps()), t);
    const auto s = static_cast<Index>(t);
    const double before = (*this)[s].log_snr();
    const double fraction = t - static_cast<double>(s);
    if (fraction == 0) return before;
    const double after = (*this)[s + 1].log_snr();
    require(std::isfinite(before) && std::isfinite(after), function, "t",
            "be whole, or between two times of finite log SNR", t);
    return before + fraction * (after - before);
  }

  /// The first time at which log SNR has fallen to the value, by bisection. A value that equals a
  /// finite end of the table up to the rounding of a float, or of σ, counts as that end.
  [[nodiscard]] double time_of_log_snr(double log_snr) const {
    const auto is_rounded = [&](double end) {
      return std::abs(log_snr - end) <= (2 + std::abs(end)) * 0x1p-23 && std::isfinite(end);
    };
    const auto require_reached = [&](double lowest, double highest) {
      require_between("NoiseSchedule::time_of_log_snr", "log_snr", lowest, highest, log_snr);
    };
    const auto at = [this](Index t) { return (*this)[t].log_snr(); };
    Index earlier = 0;
    Index later = steps();
    if (log_snr < at(later) && is_rounded(at(later))) log_snr = at(later);
    require_reached(at(later), at(0));
    if (log_snr == at(0)) return 0;
    while (later - earlier > 1) {
      const Index middle = earlier + (later - earlier) / 2;
      (at(middle) > log_snr ? earlier : later) = middle;
    }
    const double before = at(earlier);
    const double after = at(later);
    if (log_snr == after) return static_cast<double>(later);
    if (std::isinf(before)) {
      if (is_rounded(after)) return static_cast<double>(later);
      require_reached(at(steps()), after);
    }
    if (std::isinf(after)) {
      if (is_rounded(before)) return time_of_log_snr(before);
      require_reached(before, at(0));
    }
    return static_cast<double>(earlier) + (before - log_snr) / (before - after);
  }

 private:
  static constexpr std::string_view in_unit = "be in [0, 1]";

  ScheduleTable() = default;

  /// Checks that all values are valid, that none is greater than the one before, and that only the
  /// last is the lowest possible.
  template <class Valid>
  static void require_decreasing(std::string_view function, std::string_view name,
                                 const std::vector<double>& values, Valid valid,
                                 std::string_view requirement, double lowest) {
    require(!values.empty(), function, name, "hold at least one value", values.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      const auto check = [&](bool holds, std::size_t at, std::string_view what) {
        if (!holds) refuse(function, element(name, static_cast<Index>(at)), what, values[at]);
      };
      check(valid(values[k]), k, requirement);
      if (k == 0) continue;
      check(values[k] <= values[k - 1], k, "not be greater than the value before it");
      check(values[k - 1] != lowest, k - 1, "be > " + to_text(lowest) + " before the last step");
    }
  }

  /// Each of the four numbers rounded once.
  static TransitionKernel<double> kernel(DoubleWord kept, int exponent, DoubleWord added) {
    return TransitionKernel<double>::from_powers_and_scales(round_scaled(kept, exponent), added.hi,
                                                            round_scaled(sqrt(kept), exponent / 2),
                                                            sqrt(added).hi);
  }

  /// The noise variance B of the steps s + 1..t, as a sum of positive terms.
  [[nodiscard]] DoubleWord noise_between(Index s, Index t) const {
    ScheduleState state;
    for (Index k = s + 1; k <= t; ++k) state.advance(betas_[static_cast<std::size_t>(k - 1)], k);
    return state.noise;
  }

  std::vector<ScheduleState> states_;
  std::vector<double> betas_;
  bool given_states_ = false;
};

}  // namespace alphabar::detail
