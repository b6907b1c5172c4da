// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "alphabar/error.hpp"
#include "alphabar/sampler/affine_step.hpp"
#include "alphabar/sampler/ddim.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/sampler_path.hpp"

/// Solvers of second order for dx/dσ = (x − D)/σ, D the predicted x_0. They are written for the
/// variance-exploding scale and work in any: x there is x/√a here.
namespace alphabar {

/// Heun's method in σ: an Euler step to s, a second call there, and the mean of both slopes:
///
///     x̂ = Euler,    x_s = x̂ + √a_s ½(σ_t/σ_s − 1)(D̂ − D)
///
/// The step onto clean data, σ_s = 0, is Euler's alone. Two calls per step but for that one.
/// Karras et al. 2022, arXiv:2206.00364, algorithm 1.
struct Heun {
  /// @throws std::invalid_argument where σ_t is infinite: at zero terminal SNR
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    SamplerPlan plan;
    for (std::size_t k = 0; k < path.steps(); ++k) {
      const TransitionKernel<double>& target = path.level(k + 1);
      plan.steps.push_back({path.time(k), path.level(k), Ddim{}.step(path.gap(k), target)});
      if (target.noise_variance() == 0) continue;
      const detail::SigmaRatio level(path.gap(k), target);
      detail::require(level.ratio > 0, "Heun", "sigma at the first time", "be finite",
                      std::numeric_limits<double>::infinity());
      AffineStep corrector;
      corrector.prediction = target.signal_scale() * level.complement / (2 * level.ratio);
      corrector.previous = -corrector.prediction;
      plan.steps.push_back({path.time(k + 1), target, corrector});
    }
    return plan;
  }
};

/// DPM-Solver++(2M): the Euler step with x_0 extrapolated from this call and the one before, half a
/// step ahead in log σ,
///
///     D̄ = D + h/(2h') (D − D'),    h = log(σ_t/σ_s),  h' the h of the step before.
///
/// The first step, and the one onto clean data, are Euler's. One call per step.
/// Lu et al. 2022, arXiv:2211.01095, algorithm 2.
struct DpmSolverPp2M {
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    SamplerPlan plan = Ddim{}.plan(path);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    double gap_before = infinity;
    for (std::size_t k = 0; k < path.steps(); ++k) {
      const TransitionKernel<double>& target = path.level(k + 1);
      if (target.noise_variance() == 0) break;
      const double gap = detail::SigmaRatio(path.gap(k), target).log_gap();
      const double ahead = gap_before < infinity ? gap / (2 * gap_before) : 0;
      AffineStep& step = plan.steps[k].coefficients;
      step.previous = -ahead * step.prediction;
      step.prediction -= step.previous;
      gap_before = infinity;
      if (gap > 0) gap_before = gap;
    }
    return plan;
  }
};

}  // namespace alphabar
