// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>

#include "alphabar/error.hpp"
#include "alphabar/sampler/affine_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/schedule/vp_process.hpp"

/// Schemes for the reverse of the variance-preserving SDE in continuous time, from t down to s = t
/// − h, where D is the score:
///
///     dx = −[½β(t) x + β(t) D] dt + √β(t) dw
///
/// (Song et al. 2021, arXiv:2011.13456.) Pierret, Galerne 2025, arXiv:2405.14250, compare them on
/// Gaussians; their β is half of ours. @throws std::invalid_argument for a path of another process
namespace alphabar {

/// Euler–Maruyama: c_x = 1 + ½βh, c_pred = βh, c_noise = √(βh), with β at t.
struct EulerMaruyama {
  VpLinear process{};

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_path_of("EulerMaruyama", process, path);
    SamplerPlan plan{Prediction::score, {}};
    for (std::size_t k = 0; k < path.steps(); ++k) {
      const double b = process.beta(path.time(k)) * (path.time(k) - path.time(k + 1));
      plan.steps.push_back(
          {path.time(k), path.level(k), {.x = 1 + b / 2, .prediction = b, .noise = std::sqrt(b)}});
    }
    return plan;
  }
};

/// The ancestral scheme of the score papers, DDPM with steps b = β(t)h:
///
///     c_x = 1/√(1 − b),    c_pred = b/√(1 − b),    c_noise = √b
struct Ancestral {
  VpLinear process{};

  /// @throws std::invalid_argument unless every b < 1
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_path_of("Ancestral", process, path);
    SamplerPlan plan{Prediction::score, {}};
    for (std::size_t k = 0; k < path.steps(); ++k) {
      const double b = process.beta(path.time(k)) * (path.time(k) - path.time(k + 1));
      detail::require(b < 1, "Ancestral", "beta(t) h", "be < 1", b);
      const double kept = std::sqrt(1 - b);
      plan.steps.push_back({path.time(k),
                            path.level(k),
                            {.x = 1 / kept, .prediction = b / kept, .noise = std::sqrt(b)}});
    }
    return plan;
  }
};

/// The exponential integrator: exact but for the score, which is held from t to s. With A and B of
/// the kernel from s to t, and without a difference,
///
///     c_x = 1/√A,    c_pred = 2 (1/√A − 1) = 2B/(√A (1 + √A)),    c_noise = √(B/A).
struct ExponentialIntegrator {
  VpLinear process{};

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_path_of("ExponentialIntegrator", process, path);
    SamplerPlan plan{Prediction::score, {}};
    for (std::size_t k = 0; k < path.steps(); ++k) {
      const TransitionKernel<double>& gap = path.gap(k);
      const double kept = gap.signal_scale();
      detail::require(kept > 0, "ExponentialIntegrator", "what a step keeps", "be > 0", kept);
      plan.steps.push_back({path.time(k),
                            path.level(k),
                            {.x = 1 / kept,
                             .prediction = 2 * gap.noise_variance() / (kept * (1 + kept)),
                             .noise = gap.noise_scale() / kept}});
    }
    return plan;
  }
};

}  // namespace alphabar
