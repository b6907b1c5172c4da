// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>

#include "alphabar/error.hpp"
#include "alphabar/sampler/affine_step.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"

namespace alphabar {

/// DDIM, with D = x_0 as the network predicts it and ε what x then says:
///
///     x_s = √a_s D + √(v_s − ς²) ε + ς z,    ς² = η² v_s B/v_t
///
/// η = 0 draws no noise, and is Euler's method in σ for any process; η = 1 is DDPM with the
/// posterior variance, and the ancestral Euler method of k-diffusion for 0 <= η <= 1.
///
/// With q = σ_s/σ_t and g² = 1 − η² + η²q² the step is, without a difference,
///
///     c_x = g √(v_s/v_t),    c_noise = η √(v_s B/v_t),
///     c_pred = √a_s (1 − q²)(1 + η²q²)/(1 + q g).
///
/// Accuracy: each within 8 ulp of the exact function of the two kernels given.
/// Song, Meng, Ermon 2021, arXiv:2010.02502, eqs. 12 and 16.
struct Ddim {
  double eta = 0;  ///< η, in [0, 1]

  /// @throws std::invalid_argument unless eta is in [0, 1]
  [[nodiscard]] AffineStep step(const TransitionKernel<double>& s_to_t,
                                const TransitionKernel<double>& zero_to_s) const {
    detail::require(eta >= 0 && eta <= 1, "Ddim", "eta", "be in [0, 1]", eta);
    const detail::SigmaRatio level(s_to_t, zero_to_s);
    const double eta_q = eta * level.ratio;
    const double kept = std::sqrt((1 - eta) * (1 + eta) + eta_q * eta_q);
    AffineStep step;
    step.x = level.noise_ratio * kept;
    step.prediction =
        zero_to_s.signal_scale() * level.renewed * (1 + eta_q * eta_q) / (1 + level.ratio * kept);
    step.noise = eta * zero_to_s.noise_scale() * std::sqrt(level.renewed);
    return step;
  }

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return detail::one_call_per_step(*this, path);
  }
};

/// Euler's method in σ for dx/dσ = (x − D)/σ, x in the variance-exploding scale: DDIM without
/// noise, in any scale. Karras et al. 2022, arXiv:2206.00364, algorithm 1 without its lines 7
/// and 8.
struct Euler {
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const { return Ddim{}.plan(path); }
};

}  // namespace alphabar
