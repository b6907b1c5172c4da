// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/ancestral_step.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// DDIM, with D the predicted x_0 and ε the noise implied by D and x:
///
///     x_s = √a_s D + √(v_s − ς²) ε + ς z,    ς² = η² v_s B/v_t
///
/// η = 0 draws no noise and is Euler's method in σ for any process. η = 1 is DDPM with the
/// posterior variance. 0 <= η <= 1 is the ancestral Euler method of k-diffusion.
///
/// With q = σ_s/σ_t and g² = 1 − η² + η²q² the step is, computed without a difference,
///
///     weight of x: g √(v_s/v_t),    of z: η √(v_s B/v_t),
///     of D: √a_s (1 − q²)(1 + η²q²)/(1 + q g).
///
/// Accuracy: each within 8 ulp of the exact function of the two kernels given.
/// Song, Meng, Ermon 2021, arXiv:2010.02502, eqs. 12 and 16.
struct Ddim {
  double eta = 0;  ///< η, in [0, 1]

  /// @throws std::invalid_argument unless eta is in [0, 1]
  [[nodiscard]] LinearStep step(const TransitionKernel<double>& s_to_t,
                                const TransitionKernel<double>& zero_to_s) const {
    detail::require_eta("Ddim", eta);
    const detail::SigmaRatio level(s_to_t, zero_to_s);
    const detail::AncestralStep ancestral(level, eta);
    return detail::one_call_step(level.noise_ratio * ancestral.down,
                                 zero_to_s.signal_scale() * ancestral.replaced,
                                 zero_to_s.noise_scale() * ancestral.renewed);
  }

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return detail::one_call_per_step(
        path, Prediction::x0, [&](std::size_t k) { return step(path.gap(k), path.level(k + 1)); });
  }
};

}  // namespace alphabar
