// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "alphabar/error.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/multistep_weights.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_path.hpp"

namespace alphabar::detail {

/// Checks that the prediction is one of those of exponential integrators.
inline void require_data_or_noise(std::string_view sampler, Prediction prediction) {
  if (prediction == Prediction::x0 || prediction == Prediction::noise) return;
  refuse(sampler, "prediction", "be x0 or noise", prediction_form(prediction, 1, 1).name);
}

/// The probability flow (η = 0) and the reverse SDE with its noise variance scaled by η, in half
/// log SNR, with the linear part solved. A step has the length h = log(σ_t/σ_s), σ = √(v/a), and τ
/// runs from 0 to h:
///
///     x_s = √(v_s/v_t) e^(−ηh) x_t + √a_s ∫ c e^(−c(h − τ)) x_0 dτ + √(v_s (1 − e^(−2ηh))) z
///     x_s = √(a_s/a_t) x_t − c √(a_s v_t/a_t) ∫ e^(−τ) ε dτ + √(η v_s (e^(2h) − 1)) z
///
/// with c = 1 + η. Lu et al. 2022, arXiv:2211.01095, proposition 4.1, and arXiv:2206.00927,
/// proposition 3.1; Xue et al. 2023, arXiv:2309.05019, with τ² = η.
class LogSnrForm {
 public:
  /// η of each step, the last of the list for all further steps.
  /// @throws std::invalid_argument unless D is x_0 or ε and every η is in [0, 1e6]; for ε where the
  ///     path starts at pure noise, and for ε with noise onto clean data
  LogSnrForm(std::string_view sampler, const SamplerPath& path, Prediction prediction,
             std::vector<double> etas = {0})
      : path_(path), prediction_(prediction), etas_(std::move(etas)) {
    require_data_or_noise(sampler, prediction);
    for (std::size_t k = 0; k < path.steps(); ++k) {
      ratios_.emplace_back(path.gap(k), path.level(k + 1));
      lengths_.push_back(ratios_[k].log_gap());
    }
    require(prediction == Prediction::x0 || path.level(0).signal_scale() > 0, sampler,
            "sigma at the first time", "be finite to integrate the noise",
            std::numeric_limits<double>::infinity());
    require(!etas_.empty(), sampler, "the number of eta", "be >= 1", 0);
    for (const double eta : etas_) {
      require(eta >= 0 && eta <= 1e6, sampler, "eta", "be in [0, 1e6]", eta);
    }
    const bool clean = path.level(path.steps()).noise_variance() == 0;
    require(prediction == Prediction::x0 || !clean || eta(path.steps() - 1) == 0, sampler,
            "eta of a step onto clean data that integrates the noise", "be 0",
            eta(path.steps() - 1));
  }

  [[nodiscard]] const std::vector<double>& lengths() const noexcept { return lengths_; }
  [[nodiscard]] double length(std::size_t k) const { return lengths_[k]; }
  [[nodiscard]] double eta(std::size_t k) const { return etas_[(std::min)(k, etas_.size() - 1)]; }
  /// The rate in the weight of step k.
  [[nodiscard]] double rate(std::size_t k) const {
    return prediction_ == Prediction::x0 ? 1 + eta(k) : 1;
  }
  /// ∫ w of step k: 1 − e^(−ch), or 1 − e^(−h) for ε.
  [[nodiscard]] double mass(std::size_t k) const {
    if (rate(k) == 1) return ratios_[k].complement;
    return -std::expm1(-rate(k) * lengths_[k]);
  }

  [[nodiscard]] StepWeight weight() const {
    return prediction_ == Prediction::x0 ? StepWeight::growing : StepWeight::decaying;
  }

  /// The weight of x_t.
  [[nodiscard]] double point(std::size_t k) const {
    if (prediction_ == Prediction::noise) return 1 / path_.gap(k).signal_scale();
    return ratios_[k].noise_ratio * std::exp(-renewal(k));
  }

  /// The weight of z.
  [[nodiscard]] double noise(std::size_t k) const {
    if (prediction_ == Prediction::noise) {
      return std::sqrt(eta(k)) * path_.gap(k).noise_scale() / path_.gap(k).signal_scale();
    }
    return path_.level(k + 1).noise_scale() * std::sqrt(-std::expm1(-2 * renewal(k)));
  }

  /// Converts weights in the integral to weights in x_s.
  [[nodiscard]] std::vector<double> scaled(std::size_t k, std::vector<double> weights) const {
    const double factor =
        prediction_ == Prediction::x0
            ? path_.level(k + 1).signal_scale()
            : -(1 + eta(k)) * path_.level(k).noise_scale() / path_.gap(k).signal_scale();
    for (double& weight : weights) weight *= factor;
    return weights;
  }

  /// The step with these weights in the integral.
  [[nodiscard]] LinearStep step(std::size_t k, std::vector<double> weights) const {
    LinearStep step{.x = point(k), .predictions = scaled(k, std::move(weights))};
    const double drawn = noise(k);
    if (drawn != 0) step.draws = {drawn};
    step.new_draws = drawn != 0 ? 1 : 0;
    return step;
  }
  /// The step with D constant.
  [[nodiscard]] LinearStep first_order(std::size_t k) const { return step(k, {mass(k)}); }

 private:
  /// ηh, with 0 · ∞ = 0.
  [[nodiscard]] double renewal(std::size_t k) const {
    return eta(k) == 0 ? 0 : eta(k) * lengths_[k];
  }

  const SamplerPath& path_;
  Prediction prediction_;
  std::vector<double> etas_;
  std::vector<SigmaRatio> ratios_;
  std::vector<double> lengths_;
};

}  // namespace alphabar::detail
