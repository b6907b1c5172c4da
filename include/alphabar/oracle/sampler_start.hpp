// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <optional>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/sampler/affine_step.hpp"

namespace alphabar {

/// What a sampler starts from.
class SamplerStart {
 public:
  /// What samplers start from: N(0, I), or N(0, σ² I) with the σ of the first call where the signal
  /// keeps its scale (`Edm`, `VeGeometric`).
  [[nodiscard]] static SamplerStart of(const SamplerPlan& plan) {
    TransitionKernel<double> level;
    if (!plan.steps.empty()) level = plan.steps.front().zero_to_t;
    const bool grows = level.signal_power() == 1 && level.noise_variance() > 0;
    return noise(grows ? level.noise_scale() : 1);
  }

  /// N(0, scale² I).
  /// @throws std::invalid_argument unless scale is finite and >= 0
  [[nodiscard]] static SamplerStart noise(double scale = 1) {
    detail::require(std::isfinite(scale) && scale >= 0, "SamplerStart::noise", "scale",
                    "be finite and >= 0", scale);
    return SamplerStart(scale);
  }

  /// q(x_t) at the first call: then all that is wrong in the end, the sampler did.
  [[nodiscard]] static SamplerStart marginal() { return SamplerStart(std::nullopt); }

  /// The variance of the start where the data have the variance λ.
  template <class Value>
  [[nodiscard]] Value variance(const TransitionKernel<double>& level, const Value& lambda) const {
    if (noise_scale_) return 0 * lambda + *noise_scale_ * *noise_scale_;
    return level.variance(lambda);
  }
  /// What the mean of the start has of μ.
  [[nodiscard]] double mean(const TransitionKernel<double>& level) const {
    return noise_scale_ ? 0 : level.signal_scale();
  }

 private:
  explicit SamplerStart(std::optional<double> noise_scale) : noise_scale_(noise_scale) {}

  std::optional<double> noise_scale_;
};

}  // namespace alphabar
