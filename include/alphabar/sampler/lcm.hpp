// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// The scalings by which a consistency model returns x at time 0: f = c_skip x + c_out D,
///
///     c_skip = d²/(τ² + d²),    c_out = τ/√(τ² + d²),    τ = timestep_scaling · t,
///
/// t the model time. Luo et al. 2023, arXiv:2310.04378.
struct LcmBoundary {
  double data_std = 0.5;         ///< d > 0
  double timestep_scaling = 10;  ///< >= 0
};

/// Multistep consistency sampling: the predicted x_0 with new noise of the next level,
///
///     x_s = √a_s f + √v_s z,    f = D, or c_skip x + c_out D.
///
/// One call per step, also from σ = ∞. Song et al. 2023, arXiv:2303.01469, algorithm 1; Luo et al.
/// 2023, arXiv:2310.04378. "LCM" (with `boundary`), "FlowMatchLCM" and, with stochastic_sampling,
/// "FlowMatchEulerDiscrete" in diffusers; "lcm" in k-diffusion and ComfyUI.
struct Lcm {
  std::optional<LcmBoundary> boundary{};  ///< without, f = D

  /// @throws std::invalid_argument for invalid parameters of the boundary
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    SamplerPlan plan = detail::one_call_per_step(path, Prediction::x0, [&](std::size_t k) {
      const TransitionKernel<double>& target = path.level(k + 1);
      return detail::one_call_step(0, target.signal_scale(), target.noise_scale());
    });
    if (boundary) {
      for (SamplerCall& call : plan.calls) scale(call);
    }
    return plan;
  }

 private:
  void scale(SamplerCall& call) const {
    const double d = boundary->data_std;
    const double factor = boundary->timestep_scaling;
    detail::require(d > 0 && std::isfinite(d), "Lcm", "boundary.data_std", "be finite and > 0", d);
    detail::require(factor >= 0 && std::isfinite(factor), "Lcm", "boundary.timestep_scaling",
                    "be finite and >= 0", factor);
    const double tau = factor * call.model_time / d;
    const double root = std::hypot(1, tau);
    double& weight = call.step.predictions[0];
    call.step.x = weight / (root * root);
    weight *= tau / root;
  }
};

}  // namespace alphabar
