// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_path.hpp"

namespace alphabar::detail {

/// The probability flow as a derivative with respect to the noise level:
///
///     in σ = √(v/a):            d(x/√a)/dσ = ε
///     along a straight path:    dx/du = ε − x_0,   √v = u, √a = 1 − u
///
/// A path is straight where √a + √v = 1 at each of its times; it may start at u = 1, where σ is
/// infinite. Karras et al. 2022, arXiv:2206.00364, eq. 1; Liu et al. 2022, arXiv:2209.03003, eq. 1.
class SlopeForm {
 public:
  /// @param infinite_start σ may be infinite at the first time; the level is then σ also along a
  ///     straight path
  /// @throws std::invalid_argument where σ is infinite otherwise
  SlopeForm(std::string_view sampler, const SamplerPath& path, bool infinite_start = false)
      : path_(path), straight_(!infinite_start && is_straight(path)) {
    const double signal = path.level(0).signal_scale();
    require(straight_ || infinite_start || signal > 0, sampler, "sigma at the first time",
            "be finite", std::numeric_limits<double>::infinity());
    require(straight_ || path.level(1).signal_scale() > 0, sampler, "sigma at the second time",
            "be finite", std::numeric_limits<double>::infinity());
    for (std::size_t k = 0; k < path.steps(); ++k) {
      lengths_.push_back(length(path.gap(k), path.level(k), path.level(k + 1)));
    }
  }

  [[nodiscard]] Prediction prediction() const noexcept {
    return straight_ ? Prediction::flow_velocity : Prediction::noise;
  }
  /// The length of each step, in σ or u.
  [[nodiscard]] const std::vector<double>& lengths() const noexcept { return lengths_; }

  /// The ratio of x to the point whose derivative is the slope: √a, or 1 along a straight path.
  [[nodiscard]] double scale(const TransitionKernel<double>& level) const {
    return straight_ ? 1 : level.signal_scale();
  }
  /// σ, or u along a straight path.
  [[nodiscard]] double level(const TransitionKernel<double>& level) const {
    return level.noise_scale() / scale(level);
  }

  /// Step k with slopes whose weights sum to the length of the step.
  [[nodiscard]] LinearStep step(std::size_t k, std::vector<double> weights) const {
    const double scale = this->scale(path_.level(k + 1));
    for (double& weight : weights) weight *= -scale;
    return {.x = straight_ ? 1 : 1 / path_.gap(k).signal_scale(),
            .predictions = std::move(weights)};
  }

 private:
  /// u_t − u_s = B √a_s/(u_t + √A u_s), as B = (u_t − √A u_s)(u_t + √A u_s).
  [[nodiscard]] double length(const TransitionKernel<double>& s_to_t,
                              const TransitionKernel<double>& zero_to_t,
                              const TransitionKernel<double>& zero_to_s) const {
    if (!straight_) {
      return level(zero_to_t) * SigmaRatio(s_to_t, zero_to_s).complement;
    }
    return s_to_t.noise_variance() * zero_to_s.signal_scale() /
           (zero_to_t.noise_scale() + s_to_t.signal_scale() * zero_to_s.noise_scale());
  }

  const SamplerPath& path_;
  bool straight_;
  std::vector<double> lengths_;
};

}  // namespace alphabar::detail
