// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

/// Schemes for the reverse of the variance-preserving SDE in continuous time, from t down to s = t
/// − h, where D is the score:
///
///     dx = −[½β(t) x + β(t) D] dt + √β(t) dw
///
/// (Song et al. 2021, arXiv:2011.13456.) Pierret, Galerne 2025, arXiv:2405.14250, compare them on
/// Gaussians; their β is half of this β.
/// @throws std::invalid_argument for a path of a process without β(t), except for the exponential
///     integrator
namespace alphabar {
namespace detail {

/// β(t) h for step k.
inline double noise_rate(const SamplerPath& path, std::size_t k) {
  return path.beta(path.time(k)) * (path.time(k) - path.time(k + 1));
}

}  // namespace detail

/// Euler–Maruyama: the weight of x is 1 + ½βh, of D βh, of z √(βh), with β at t.
struct EulerMaruyama {
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return detail::one_call_per_step(path, Prediction::score, [&](std::size_t k) {
      const double b = detail::noise_rate(path, k);
      return detail::one_call_step(1 + b / 2, b, std::sqrt(b));
    });
  }
};

/// The ancestral scheme of the score papers, DDPM with the step variance b = β(t)h: the weight of x
/// is 1/√(1 − b), of D b/√(1 − b), of z √b.
struct Ancestral {
  /// @throws std::invalid_argument unless every b < 1
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return detail::one_call_per_step(path, Prediction::score, [&](std::size_t k) {
      const double b = detail::noise_rate(path, k);
      detail::require(b < 1, "Ancestral", "beta(t) h", "be < 1", b);
      const double kept = std::sqrt(1 - b);
      return detail::one_call_step(1 / kept, b / kept, std::sqrt(b));
    });
  }
};

/// The exponential integrator: exact except for the score, which is constant from t to s. With A
/// and B of the kernel from s to t, the weights, computed without a difference, are
///
///     of x: 1/√A,    of D: 2 (1/√A − 1) = 2B/(√A (1 + √A)),    of z: √(B/A).
struct ExponentialIntegrator {
  /// @throws std::invalid_argument for a path that does not preserve variance, A + B = 1
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return detail::one_call_per_step(path, Prediction::score, [&](std::size_t k) {
      const TransitionKernel<double>& gap = path.gap(k);
      const double kept = gap.signal_scale();
      detail::require(std::abs(gap.signal_power() + gap.noise_variance() - 1) < 1e-12,
                      "ExponentialIntegrator", "A + B of the kernel of a step", "be 1",
                      gap.signal_power() + gap.noise_variance());
      detail::require(kept > 0, "ExponentialIntegrator", "what a step keeps", "be > 0", kept);
      return detail::one_call_step(1 / kept, 2 * gap.noise_variance() / (kept * (1 + kept)),
                                   gap.noise_scale() / kept);
    });
  }
};

}  // namespace alphabar
