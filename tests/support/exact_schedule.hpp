// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "support/quad.hpp"

#ifdef ALPHABAR_TEST_QUAD
namespace test {

/// A and B of q(x_t | x_s).
struct ExactKernel {
  Quad signal_power;
  Quad noise_variance;
};

/// What `NoiseSchedule::from_betas` claims to know: the exact functions of the β's, in 113 bits and
/// without any special case but a β of 1, after which the product of the later steps starts anew.
class ExactSchedule {
 public:
  explicit ExactSchedule(std::span<const double> betas) : betas_(betas) {
    for (const double beta : betas) {
      const bool erases = beta == 1;
      const bool erased = last_full_step_.back() > 0;
      noise_.push_back(erases || erased ? Quad{1} : noise_.back() + kept_.back() * beta);
      kept_.push_back(erases ? Quad{1} : kept_.back() * (1 - Quad{beta}));
      last_full_step_.push_back(erases ? last_full_step_.size() : last_full_step_.back());
    }
  }

  [[nodiscard]] Quad alpha_bar(std::size_t t) const {
    return last_full_step_[t] > 0 ? Quad{0} : kept_[t];
  }
  [[nodiscard]] Quad one_minus_alpha_bar(std::size_t t) const { return noise_[t]; }

  /// Where both are positive.
  [[nodiscard]] Quad log_alpha_bar(std::size_t t) const {
    return noise_[t] < 0x1p-10 ? log_of_one_minus(noise_[t]) : log(kept_[t]);
  }
  [[nodiscard]] Quad log_snr(std::size_t t) const { return log(kept_[t] / noise_[t]); }

  /// B is 1 - A unless that would cancel more than 30 bits: then the steps are added up.
  [[nodiscard]] ExactKernel transition(std::size_t s, std::size_t t) const {
    if (last_full_step_[t] > s) return {0, 1};
    const Quad kept = kept_[t] / kept_[s];
    if (1 - kept > 0x1p-30) return {kept, 1 - kept};
    const ExactSchedule between(betas_.subspan(s, t - s));
    return {kept, between.noise_.back()};
  }

 private:
  std::span<const double> betas_;
  std::vector<Quad> kept_{1};
  std::vector<Quad> noise_{0};
  std::vector<std::size_t> last_full_step_{0};
};

/// The same for `NoiseSchedule::from_alpha_bars`: every number is a direct function of the ᾱ's.
class ExactAlphaBars {
 public:
  explicit ExactAlphaBars(std::span<const double> alpha_bars) : alpha_bars_(alpha_bars) {}

  [[nodiscard]] Quad alpha_bar(std::size_t t) const {
    return t == 0 ? Quad{1} : Quad{alpha_bars_[t - 1]};
  }
  [[nodiscard]] Quad one_minus_alpha_bar(std::size_t t) const { return 1 - alpha_bar(t); }
  [[nodiscard]] Quad log_alpha_bar(std::size_t t) const {
    const Quad noise = one_minus_alpha_bar(t);
    return noise < 0x1p-10 ? log_of_one_minus(noise) : log(alpha_bar(t));
  }
  [[nodiscard]] Quad log_snr(std::size_t t) const {
    return log(alpha_bar(t) / one_minus_alpha_bar(t));
  }
  [[nodiscard]] ExactKernel transition(std::size_t s, std::size_t t) const {
    const Quad from = alpha_bar(s);
    if (from == 0) return {1, 0};
    return {alpha_bar(t) / from, (from - alpha_bar(t)) / from};
  }

 private:
  std::span<const double> alpha_bars_;
};

}  // namespace test
#endif
