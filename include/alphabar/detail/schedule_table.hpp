// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/concepts.hpp"
#include "alphabar/detail/double_word.hpp"
#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"

/// The exact state behind `NoiseSchedule`: for each t, ᾱ_t and 1 − ᾱ_t as double words.
namespace alphabar::detail {

/// log 2 to 106 bits.
inline constexpr DoubleWord log_2{0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

/// log(x 2^exponent), within 1.1 ulp: the library's logarithm of the high word (0.52 ulp in glibc)
/// and one rounding.
inline double log_scaled(DoubleWord x, int exponent) {
  const DoubleWord logarithm = fast_two_sum(std::log(x.hi), x.lo / x.hi);
  return exponent == 0 ? logarithm.hi : (logarithm + log_2 * exponent).hi;
}

/// How far the process has gone after some steps, without loss:
/// ᾱ = product · 2^exponent and 1 − ᾱ = noise, each with a relative error of a few t 2⁻¹⁰⁴.
///
/// 1 − ᾱ accumulates the positive terms ᾱ_{s−1} β_s, the noise that each step brings; it is never a
/// difference. The exponent (a multiple of 512) keeps log ᾱ and √ᾱ alive where ᾱ underflows.
/// After a step with β = 1 nothing of the data is left: ᾱ = 0, and the product starts again at 1,
/// so that later kernels can be told from it.
struct ScheduleState {
  DoubleWord product{1, 0};
  DoubleWord noise{0, 0};
  int exponent = 0;
  int last_full_step = 0;  ///< the last t with β_t = 1, or 0

  [[nodiscard]] bool erased() const { return last_full_step > 0; }

  /// Step t.
  void advance(double beta, Index t) {
    if (beta == 1) {
      *this = {{1, 0}, {1, 0}, 0, static_cast<int>(t)};
      return;
    }
    if (!erased()) {
      const DoubleWord brought = product * beta;
      noise = noise + (exponent == 0 ? brought : ldexp(brought, exponent));
    }
    product = product * two_sum(1, -beta);
    rescale();
  }

  void rescale() {
    if (product.hi < 0x1p-512) {
      product = ldexp(product, 512);
      exponent -= 512;
    }
  }

  [[nodiscard]] double alpha_bar() const { return erased() ? 0 : round_scaled(product, exponent); }

  [[nodiscard]] double sqrt_alpha_bar() const {
    return erased() ? 0 : round_scaled(sqrt(product), exponent / 2);
  }

  /// Below 2⁻²⁰ three terms of −log(1 − v) = v + v²/2 + v³/3 + ··· do.
  [[nodiscard]] double log_alpha_bar() const {
    if (erased()) return -std::numeric_limits<double>::infinity();
    if (noise.hi >= 0x1p-20) return log_scaled(product, exponent);
    const double v = noise.hi;
    return 0 - (v + (noise.lo + v * v * (0.5 + v * (1.0 / 3 + v / 4))));
  }

  [[nodiscard]] double snr() const {
    if (erased()) return 0;
    if (noise.hi == 0) return std::numeric_limits<double>::infinity();
    const auto [quotient, quotient_exponent] = product_over_noise();
    return round_scaled(quotient, quotient_exponent);
  }

  [[nodiscard]] double log_snr() const {
    if (erased()) return -std::numeric_limits<double>::infinity();
    if (noise.hi == 0) return std::numeric_limits<double>::infinity();
    const auto [quotient, quotient_exponent] = product_over_noise();
    return log_scaled(quotient, quotient_exponent);
  }

  [[nodiscard]] double sigma() const {
    if (erased()) return std::numeric_limits<double>::infinity();
    return std::ldexp(sqrt(noise / product).hi, -exponent / 2);
  }

 private:
  /// The SNR as a double word and an exponent; noise down to the smallest double does not overflow.
  [[nodiscard]] std::pair<DoubleWord, int> product_over_noise() const {
    if (noise.hi >= 0x1p-400) return {product / noise, exponent};
    return {product / ldexp(noise, 1000), exponent + 1000};
  }
};

/// States 0..T and the β's that lead from one to the next.
class ScheduleTable {
 public:
  static ScheduleTable from_betas(std::vector<double> betas) {
    constexpr auto function = "NoiseSchedule::from_betas";
    ScheduleTable table(betas.size(), function, "betas");
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

  static ScheduleTable from_alpha_bars(const std::vector<double>& alpha_bars) {
    constexpr auto function = "NoiseSchedule::from_alpha_bars";
    ScheduleTable table(alpha_bars.size(), function, "alpha_bars");
    table.given_alpha_bars_ = true;
    double previous = 1;
    Index t = 0;
    for (const double alpha_bar : alpha_bars) {
      const auto refuse_value = [&](Index k, std::string_view requirement) {
        refuse(function, element("alpha_bars", k), requirement, alpha_bars[std::size_t(k)]);
      };
      if (!(alpha_bar >= 0 && alpha_bar <= 1)) refuse_value(t, in_unit);
      if (alpha_bar > previous) refuse_value(t, "not be greater than the value before it");
      if (previous == 0) refuse_value(t - 1, "be > 0 before the last step");
      ++t;
      ScheduleState state{{alpha_bar, 0}, two_sum(1, -alpha_bar)};
      if (alpha_bar == 0) state.advance(1, t);
      state.rescale();
      table.states_.push_back(state);
      table.betas_.push_back(lost(previous, alpha_bar));
      previous = alpha_bar;
    }
    return table;
  }

  [[nodiscard]] Index steps() const { return static_cast<Index>(states_.size()) - 1; }
  [[nodiscard]] const std::vector<double>& betas() const { return betas_; }
  [[nodiscard]] const ScheduleState& operator[](Index t) const {
    return states_[static_cast<std::size_t>(t)];
  }

  [[nodiscard]] TransitionKernel<double> transition(Index s, Index t) const {
    const ScheduleState& from = (*this)[s];
    const ScheduleState& to = (*this)[t];
    if (s == t) return {};
    if (to.last_full_step > s) return {0, 1};
    if (t == s + 1 && !given_alpha_bars_) {
      const double beta = betas_[static_cast<std::size_t>(s)];
      return kernel(two_sum(1, -beta), 0, {beta, 0});
    }
    const int exponent = to.exponent - from.exponent;
    const DoubleWord kept = to.product / from.product;
    if (s == 0) return kernel(kept, exponent, to.noise);
    const DoubleWord added = (from.product - ldexp(to.product, exponent)) / from.product;
    const bool cancelled = added.hi < 0x1p-20 && !given_alpha_bars_;
    return kernel(kept, exponent, cancelled ? noise_between(s, t) : added);
  }

 private:
  static constexpr std::string_view in_unit = "be in [0, 1]";

  ScheduleTable(std::size_t steps, std::string_view function, std::string_view argument) {
    require(steps > 0, function, argument, "hold at least one value", steps);
    states_.reserve(steps + 1);
    states_.emplace_back();
  }

  /// 1 - next/previous, rounded once also where both are tiny.
  static double lost(double previous, double next) {
    if (previous < 0x1p-500) return lost(previous * 0x1p500, next * 0x1p500);
    return (two_sum(previous, -next) / DoubleWord{previous}).hi;
  }

  /// Each of the four numbers rounded once.
  static TransitionKernel<double> kernel(DoubleWord kept, int exponent, DoubleWord added) {
    return {round_scaled(kept, exponent), added.hi, round_scaled(sqrt(kept), exponent / 2),
            sqrt(added).hi};
  }

  /// The noise variance B of the steps s + 1..t, as the sum that loses nothing.
  [[nodiscard]] DoubleWord noise_between(Index s, Index t) const {
    ScheduleState state;
    for (Index k = s + 1; k <= t; ++k) state.advance(betas_[static_cast<std::size_t>(k - 1)], k);
    return state.noise;
  }

  std::vector<ScheduleState> states_;
  std::vector<double> betas_;
  bool given_alpha_bars_ = false;
};

}  // namespace alphabar::detail
