// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/posterior_kernel.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/real_list.hpp"
#include "alphabar/schedule/detail/schedule_state.hpp"
#include "alphabar/schedule/detail/schedule_table.hpp"

namespace alphabar {

template <Real Scalar = double>
class NoiseSchedule;

namespace detail {

/// Returns the table in double words of a schedule, which must outlive the reference.
template <Real S>
const ScheduleTable& exact_table(const NoiseSchedule<S>& schedule);

/// The schedule of such a table.
template <Real S>
NoiseSchedule<S> schedule_of(ScheduleTable exact);

}  // namespace detail

/// The table β_1..β_T of a variance-preserving diffusion, and all numbers derived from it.
///
/// Time t = 0 is clean data (ᾱ_0 = 1), t = 1..T are noised; Python code mostly indexes tables by
/// k = t − 1. One step adds noise of *variance* β_t: x_t = √(1−β_t) x_{t−1} + √β_t ε.
///
///     α_t = 1 − β_t,   ᾱ_t = α_1 ··· α_t,   SNR_t = ᾱ_t/(1−ᾱ_t),   σ_t = √((1−ᾱ_t)/ᾱ_t)
///
/// Meaning of the numbers: the exact function of the values that were given (the doubles β_t, or
/// the doubles ᾱ_t), rounded once. A float schedule is the double schedule rounded.
/// Accuracy, in double: β, ᾱ, 1−ᾱ, their roots, SNR, σ and the four numbers of every kernel within
/// 0.51 ulp, subnormal results included; log ᾱ and log SNR within 1.2 ulp
/// (tests/schedule/noise_schedule.accuracy.test.cpp checks each).
/// Limits: β = 0 and β = 1 are valid at any step. ᾱ may underflow to 0 while √ᾱ and log ᾱ do not.
/// Cost: construction O(T), accessors O(1) (bench/schedule_bench.cpp); 56 bytes per step, shared by
/// copies. All are thread-safe. A moved-from schedule may only be assigned to or destroyed.
/// @throws std::out_of_range for a time outside.
///
/// Ho, Jain, Abbeel 2020, arXiv:2006.11239v2, section 2; SNR: Kingma et al. 2021, arXiv:2107.00630.
template <Real Scalar>
class NoiseSchedule {
 public:
  /// From β_1..β_T, each in [0, 1].
  /// @throws std::invalid_argument for an empty list or a value outside, NaN included
  [[nodiscard]] static NoiseSchedule from_betas(RealList betas) {
    return NoiseSchedule(detail::ScheduleTable::from_betas(std::move(betas).values()));
  }

  /// From ᾱ_1..ᾱ_T in [0, 1], non-increasing; only the last may be 0. They are returned bit for
  /// bit. All other numbers are the exact functions of them, β_t = 1 − ᾱ_t/ᾱ_{t−1} included.
  /// @throws std::invalid_argument otherwise
  [[nodiscard]] static NoiseSchedule from_alpha_bars(const RealList& alpha_bars) {
    return NoiseSchedule(detail::ScheduleTable::from_alpha_bars(alpha_bars.values()));
  }

  /// From log SNR_1..log SNR_T, non-increasing, each of magnitude <= 700 or infinite; only the last
  /// may be −∞. All numbers are the exact functions of them.
  /// @throws std::invalid_argument otherwise
  [[nodiscard]] static NoiseSchedule from_log_snrs(const RealList& log_snrs) {
    return NoiseSchedule(detail::ScheduleTable::from_log_snrs(log_snrs.values()));
  }

  [[nodiscard]] Index steps() const noexcept { return columns_->exact.steps(); }  ///< T

  /// β_t, t = 1..T: the variance that step t adds.
  [[nodiscard]] Scalar beta(Index t) const {
    detail::require_in_range("NoiseSchedule::beta", "t", 1, steps(), t);
    return betas()[static_cast<std::size_t>(t - 1)];
  }
  /// α_t = 1 − β_t, t = 1..T.
  [[nodiscard]] Scalar alpha(Index t) const {
    detail::require_in_range("NoiseSchedule::alpha", "t", 1, steps(), t);
    return step(t).signal_power();
  }
  /// ᾱ_t, t = 0..T: the remaining fraction of the data variance.
  [[nodiscard]] Scalar alpha_bar(Index t) const { return rounded(at("alpha_bar", t).alpha_bar()); }
  /// 1 − ᾱ_t, t = 0..T: the variance of the noise, computed without cancellation.
  [[nodiscard]] Scalar one_minus_alpha_bar(Index t) const {
    return rounded(at("one_minus_alpha_bar", t).noise.hi);
  }
  /// √ᾱ_t, t = 0..T.
  [[nodiscard]] Scalar sqrt_alpha_bar(Index t) const {
    return rounded(at("sqrt_alpha_bar", t).sqrt_alpha_bar());
  }
  /// √(1 − ᾱ_t), t = 0..T.
  [[nodiscard]] Scalar sqrt_one_minus_alpha_bar(Index t) const {
    return rounded(sqrt(at("sqrt_one_minus_alpha_bar", t).noise).hi);
  }
  /// log ᾱ_t, t = 0..T; −∞ after a step with β = 1.
  [[nodiscard]] Scalar log_alpha_bar(Index t) const {
    return rounded(at("log_alpha_bar", t).log_alpha_bar());
  }
  /// SNR_t, t = 0..T; +∞ where 1 − ᾱ_t is 0.
  [[nodiscard]] Scalar snr(Index t) const { return rounded(at("snr", t).snr()); }
  /// log SNR_t, t = 0..T; +∞ where 1 − ᾱ_t is 0, −∞ after a step with β = 1.
  [[nodiscard]] Scalar log_snr(Index t) const { return rounded(at("log_snr", t).log_snr()); }
  /// σ_t = 1/√SNR_t, t = 0..T: the noise level in the variance-exploding scale.
  [[nodiscard]] Scalar sigma(Index t) const { return rounded(at("sigma", t).sigma()); }

  /// log SNR at a time that need not be whole, 0 <= t <= T: linear between whole times. It has its
  /// own name, so that an integer time cannot be passed for a fractional one. The members above
  /// truncate a fractional time; -Wconversion warns of that.
  /// @throws std::invalid_argument between two times of which one has an infinite log SNR
  [[nodiscard]] double log_snr_at(double t) const { return columns_->exact.log_snr_at(t); }
  /// ᾱ, 1 − ᾱ and σ at such a time, with a relative error of at most (8 + 4 l) u, u = 2⁻⁵³, where l
  /// is the larger |log SNR| of the two whole times beside t.
  [[nodiscard]] double alpha_bar_at(double t) const { return detail::logistic(log_snr_at(t)); }
  /// The logistic function of −log_snr_at(t).
  [[nodiscard]] double one_minus_alpha_bar_at(double t) const {
    return detail::logistic(-log_snr_at(t));
  }
  /// √((1 − ᾱ)/ᾱ) = exp(−log_snr_at(t)/2).
  [[nodiscard]] double sigma_at(double t) const { return std::exp(-log_snr_at(t) / 2); }
  /// Returns the first time, whole or not, at which log SNR has fallen to the value. The
  /// composition with log_snr_at is the identity within u (8 l + 2 t d), l as above and d the
  /// difference of the two log SNR; the second term is the effect of rounding t. A value beyond an
  /// end of the table by at most 2⁻²³ (2 + |end|) counts as that end, so the σ of an end and its
  /// float are accepted. Cost: O(log T).
  /// @throws std::out_of_range for a value that the table does not reach
  [[nodiscard]] double time_of_log_snr(double log_snr) const {
    return columns_->exact.time_of_log_snr(log_snr);
  }

  /// β_1..β_T.
  [[nodiscard]] std::span<const Scalar> betas() const& {
    if constexpr (SameScalar<Scalar, double>) {
      return columns_->exact.betas();
    } else {
      return columns_->betas;
    }
  }
  std::span<const Scalar> betas() const&& = delete;  // the span would dangle
  /// ᾱ_1..ᾱ_T.
  [[nodiscard]] std::span<const Scalar> alpha_bars() const& { return columns_->alpha_bars; }
  std::span<const Scalar> alpha_bars() const&& = delete;

  /// q(x_t | x_{t−1}), t = 1..T. Its noise variance is the stored β_t itself.
  [[nodiscard]] TransitionKernel<Scalar> step(Index t) const {
    detail::require_in_range("NoiseSchedule::step", "t", 1, steps(), t);
    return TransitionKernel<Scalar>(columns_->exact.transition(t - 1, t));
  }

  /// q(x_t | x_s), 0 <= s <= t <= T: the kernel of β_{s+1}..β_t, independent of the steps before s.
  /// Cost: O(1); O(t − s) when B < 2⁻²⁰, where B is summed and not computed as a difference.
  /// @throws std::invalid_argument for s > t
  [[nodiscard]] TransitionKernel<Scalar> transition(Index s, Index t) const {
    check_order("NoiseSchedule::transition", s, t);
    return TransitionKernel<Scalar>(columns_->exact.transition(s, t));
  }

  /// q(x_s | x_t, x_0), 0 <= s <= t <= T.
  /// @throws std::invalid_argument for s > t
  [[nodiscard]] PosteriorKernel<Scalar> posterior(Index s, Index t) const {
    check_order("NoiseSchedule::posterior", s, t);
    const detail::ScheduleTable& exact = columns_->exact;
    return PosteriorKernel<Scalar>(
        PosteriorKernel<double>(exact.transition(s, t), exact.transition(0, s)));
  }

 private:
  template <Real S>
  friend const detail::ScheduleTable& detail::exact_table(const NoiseSchedule<S>& schedule);
  template <Real S>
  friend NoiseSchedule<S> detail::schedule_of(detail::ScheduleTable exact);

  struct Columns {
    detail::ScheduleTable exact;
    std::vector<Scalar> betas;  // empty for double: `exact` stores them
    std::vector<Scalar> alpha_bars;
  };

  explicit NoiseSchedule(detail::ScheduleTable exact) {
    Columns columns{std::move(exact), {}, {}};
    if constexpr (!SameScalar<Scalar, double>) {
      columns.betas.assign(columns.exact.betas().begin(), columns.exact.betas().end());
    }
    columns.alpha_bars.reserve(columns.exact.betas().size());
    for (Index t = 1; t <= columns.exact.steps(); ++t) {
      columns.alpha_bars.push_back(rounded(columns.exact[t].alpha_bar()));
    }
    columns_ = std::make_shared<const Columns>(std::move(columns));
  }

  static Scalar rounded(double value) { return static_cast<Scalar>(value); }

  [[nodiscard]] const detail::ScheduleState& at(const char* accessor, Index t) const {
    if (t < 0 || t > steps()) {
      detail::refuse_out_of_range(std::string("NoiseSchedule::").append(accessor), "t", 0, steps(),
                                  t);
    }
    return columns_->exact[t];
  }

  void check_order(std::string_view function, Index s, Index t) const {
    detail::require_in_range(function, "t", 0, steps(), t);
    detail::require_in_range(function, "s", 0, steps(), s);
    if (s > t) {
      detail::refuse(function, "s", "not be later than t = " + detail::to_text(t), s);
    }
  }

  std::shared_ptr<const Columns> columns_;
};

namespace detail {

template <Real S>
const ScheduleTable& exact_table(const NoiseSchedule<S>& schedule) {
  return schedule.columns_->exact;
}

template <Real S>
NoiseSchedule<S> schedule_of(ScheduleTable exact) {
  return NoiseSchedule<S>(std::move(exact));
}

}  // namespace detail
}  // namespace alphabar
