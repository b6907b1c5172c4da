// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "alphabar/error.hpp"
#include "alphabar/grid/detail/whole_part.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// Strategic stochastic sampling of trajectory consistency models: DDIM without noise to the time
/// s' = (1 − γ) s, then new noise up to level s. With ρ = σ_s'/σ_s, D the predicted x_0 and ε the
/// noise implied by D and x,
///
///     x_s = √a_s D + √v_s (ρ ε + √(1 − ρ²) z).
///
/// γ = 0 is DDIM, γ = 1 is `Lcm`. Along a table s' is the whole time ⌊(1 − γ)(s − 1)⌋ + 1, because
/// Python programs count from 0; γ = 1 goes down to time 1 there. One call per step. Zheng et al.
/// 2024, arXiv:2402.19159. "TCD" in diffusers, where γ is called eta; its grids end at t = 1.
struct Tcd {
  double gamma = 0.3;  ///< γ, in [0, 1]

  /// @throws std::invalid_argument unless gamma is in [0, 1]
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_fraction("Tcd", "gamma", gamma);
    return detail::one_call_per_step(path, Prediction::x0,
                                     [&](std::size_t k) { return step(path, k); });
  }

 private:
  [[nodiscard]] LinearStep step(const SamplerPath& path, std::size_t k) const {
    const TransitionKernel<double>& target = path.level(k + 1);
    const detail::SigmaRatio level(path.gap(k), target);
    double kept = 1;  // ρ
    if (gamma > 0 && target.noise_variance() > 0) {
      const double time = path.time(k + 1);
      const double below = path.whole_times() ? detail::whole_part((1 - gamma) * (time - 1)) + 1
                                              : (1 - gamma) * time;
      const TransitionKernel<double> lower = path.at_time(below).level;
      kept = (std::min)(1.0, detail::sigma_of(lower) / detail::sigma_of(target));
    }
    return detail::one_call_step(
        level.noise_ratio * kept,
        target.signal_scale() * (level.complement + level.ratio * (1 - kept)),
        target.noise_scale() * std::sqrt((1 - kept) * (1 + kept)));
  }
};

}  // namespace alphabar
