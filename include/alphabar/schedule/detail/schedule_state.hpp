// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <limits>
#include <utility>

#include "alphabar/concepts.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/schedule/detail/double_word.hpp"
#include "alphabar/schedule/detail/double_word_exp.hpp"

/// The exact state of a `NoiseSchedule` at one time: ᾱ_t and 1 − ᾱ_t as double words.
namespace alphabar::detail {

ALPHABAR_AS_WRITTEN_BEGIN

/// 1/(1 + e^(−x)), without overflow: ᾱ from log SNR, and 1 − ᾱ from its negative.
inline double logistic(double x) {
  const double odds = std::exp(-std::abs(x));
  return x > 0 ? 1 / (1 + odds) : odds / (1 + odds);
}

/// The kernel from time 0 of a variance-preserving process at this log SNR.
inline TransitionKernel<double> vp_level(double log_snr) {
  return TransitionKernel<double>::from_scales(std::sqrt(logistic(log_snr)),
                                               std::sqrt(logistic(-log_snr)));
}

/// The state of the process after some steps: ᾱ = product · 2^exponent and 1 − ᾱ = noise, each with
/// a relative error of a few t 2⁻¹⁰⁴.
///
/// 1 − ᾱ is the sum of the positive terms ᾱ_{s−1} β_s, the noise that each step adds. The exponent
/// (a multiple of 512) keeps log ᾱ and √ᾱ accurate where ᾱ underflows. A step with β = 1 makes
/// ᾱ = 0; the product starts again at 1, so that the kernels between later times can be computed
/// from it.
struct ScheduleState {
  DoubleWord product{1, 0};
  DoubleWord noise{0, 0};
  int exponent = 0;
  int last_full_step = 0;  ///< the last t with β_t = 1, or 0

  /// At time t, from ᾱ and 1 − ᾱ.
  static ScheduleState from(DoubleWord alpha_bar, DoubleWord noise, Index t) {
    if (alpha_bar.hi == 0) return pure_noise(t);
    ScheduleState state{alpha_bar, noise};
    state.rescale();
    return state;
  }

  /// After a step t with β_t = 1.
  static ScheduleState pure_noise(Index t) {
    ScheduleState state;
    state.advance(1, t);
    return state;
  }

  /// At time t, from log SNR, |log SNR| <= 700 or infinite: ᾱ and 1 − ᾱ are logistic functions of
  /// it, evaluated from the side on which the exponential is at most 1.
  static ScheduleState from_log_snr(DoubleWord log_snr, Index t) {
    if (std::isinf(log_snr.hi)) {
      return log_snr.hi > 0 ? ScheduleState{} : pure_noise(t);
    }
    const DoubleWord odds = exp(log_snr.hi > 0 ? -log_snr : log_snr);
    const DoubleWord less = odds / (DoubleWord{1} + odds);
    const DoubleWord more = DoubleWord{1} / (DoubleWord{1} + odds);
    return log_snr.hi > 0 ? from(more, less, t) : from(less, more, t);
  }

  [[nodiscard]] bool erased() const { return last_full_step > 0; }

  /// Step t.
  void advance(double beta, Index t) {
    if (beta == 1) {
      *this = {{1, 0}, {1, 0}, 0, static_cast<int>(t)};
      return;
    }
    if (!erased()) {
      const DoubleWord added = product * beta;
      noise = noise + (exponent == 0 ? added : ldexp(added, exponent));
    }
    product = product * two_sum(1, -beta);
    rescale();
  }

  /// A step with the given β and kept = 1 − β in double words, 0 < β < 1.
  void advance(DoubleWord beta, DoubleWord kept) {
    noise = noise + ldexp(product * beta, exponent);
    product = product * kept;
    rescale();
  }

  void rescale() {
    while (product.hi < 0x1p-512 && product.hi > 0) {
      product = ldexp(product, 512);
      exponent -= 512;
    }
  }

  [[nodiscard]] double alpha_bar() const { return erased() ? 0 : round_scaled(product, exponent); }

  [[nodiscard]] double sqrt_alpha_bar() const {
    return erased() ? 0 : round_scaled(sqrt(product), exponent / 2);
  }

  /// From 1 − ᾱ where 1 − ᾱ is small.
  [[nodiscard]] double log_alpha_bar() const {
    if (erased()) return -std::numeric_limits<double>::infinity();
    if (noise.hi >= 0x1p-20) return log_scaled(product, exponent);
    return 0 + log_one_plus(-noise);  // never -0
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
  /// The SNR as a double word and an exponent. It does not overflow, down to the smallest noise.
  [[nodiscard]] std::pair<DoubleWord, int> product_over_noise() const {
    if (noise.hi >= 0x1p-400) return {product / noise, exponent};
    return {product / ldexp(noise, 1000), exponent + 1000};
  }
};

/// The kernel between two states when no step between them has β = 1: A = kept 2^exponent,
/// B = added. B is a difference of the noise where the noise is small. A difference below rounding
/// is 0.
struct Transition {
  DoubleWord kept;
  int exponent;
  DoubleWord added;

  Transition(const ScheduleState& from, const ScheduleState& to)
      : kept(to.product / from.product), exponent(to.exponent - from.exponent) {
    const DoubleWord gap =
        from.noise.hi < 0.5 ? to.noise - from.noise : from.product - ldexp(to.product, exponent);
    if (gap.hi > 0) added = gap / from.product;
  }
};

ALPHABAR_AS_WRITTEN_END

}  // namespace alphabar::detail
