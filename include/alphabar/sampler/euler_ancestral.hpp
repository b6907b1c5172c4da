// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>

#include "alphabar/error.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/ddim.hpp"
#include "alphabar/sampler/detail/ancestral_split.hpp"
#include "alphabar/sampler/detail/ancestral_step.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// Euler's method to a level below s, then new noise up to level s. In σ this is `Ddim{eta}`,
///
///     σ_d² = σ_s² − η² σ_s² (1 − σ_s²/σ_t²),
///
/// on any path that is not straight. Straight paths have their own rule,
///
///     u_d = u_s (1 − η (1 − u_s/u_t)),    x_s = f x_d + √(u_s² − f²u_d²) z,    f = α_s/α_d,
///
/// α = 1 − u: with the formula of σ the result would have too much noise.
///
/// Order 1, one call per step. Song, Meng, Ermon 2021, arXiv:2010.02502, eq. 16 for σ.
/// "EulerAncestralDiscrete" (η = 1) and "LTXEulerAncestralRF" in diffusers, "euler_ancestral" in
/// k-diffusion and, for straight paths, ComfyUI.
struct EulerAncestral {
  double eta = 1;      ///< η, in [0, 1]
  double s_noise = 1;  ///< the factor of the noise, >= 0; 1 is exact

  /// @throws std::invalid_argument unless eta is in [0, 1], and s_noise finite and >= 0
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_eta("EulerAncestral", eta);
    detail::require(s_noise >= 0 && std::isfinite(s_noise), "EulerAncestral", "s_noise",
                    "be finite and >= 0", s_noise);
    SamplerPlan plan = detail::is_straight(path) ? straight_plan(path) : Ddim{eta}.plan(path);
    for (SamplerCall& call : plan.calls) {
      for (double& draw : call.step.draws) draw *= s_noise;
    }
    return plan;
  }

 private:
  [[nodiscard]] SamplerPlan straight_plan(const SamplerPath& path) const {
    return detail::one_call_per_step(path, Prediction::x0, [&](std::size_t k) {
      const detail::AncestralSplit split(path, true, k, eta);
      return detail::one_call_step(split.factor * split.decay.kept,
                                   split.factor * split.decay.replaced, split.draw);
    });
  }
};

}  // namespace alphabar
