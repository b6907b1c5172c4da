// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "alphabar/error.hpp"
#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/multistep_weights.hpp"
#include "alphabar/sampler/detail/past_calls.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// ER-SDE-Solver of order 1, 2 or 3 for the extended reverse SDE, in which a function
/// φ(σ) = σ g(σ), here with g = e^(σ^0.3) + 10, determines how much noise is replaced. In the
/// variance-exploding scale, y = x/√a,
///
///     y_s = (φ_s/φ_t) y_t + φ_s ∫ P(σ) φ'(σ)/φ(σ)² dσ + √(σ_s² − (φ_s/φ_t)² σ_t²) z
///
/// where the integral is from σ_s to σ_t, and P is the polynomial in σ through the last predicted
/// x_0, at most `order` of them. With ρ = g_s/g_t and q = σ_s/σ_t, φ_s/φ_t = qρ, and the weight of
/// 1, u and u² with u = (σ_t − σ)/(σ_t − σ_s) in the integral is
///
///     1 − qρ,    1 − φ_s I_0,    1 − 2 φ_s I_1,    I_j = (σ_t − σ_s)^(−1) ∫ u^j/φ(σ) dσ.
///
/// Steps from σ = ∞ and onto clean data are of order 1. One call and one normal per step.
/// Integrals are computed by Gauss's rule in log σ.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// Cui et al. 2023, arXiv:2309.06169, with the φ of ER-SDE-5. "er_sde" in ComfyUI, which sums 200
/// points for an integral. At order 3 it does not shift the slope to the current point, so its
/// order is 2.
struct ErSde {
  int order = 3;       ///< 1, 2 or 3
  double s_noise = 1;  ///< the factor of the noise, >= 0; 1 is exact

  /// @throws std::invalid_argument for another order, or s_noise < 0
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_order("ErSde", order, 3);
    detail::require(s_noise >= 0 && std::isfinite(s_noise), "ErSde", "s_noise",
                    "be finite and >= 0", s_noise);
    std::vector<double> lengths;  // in σ
    for (std::size_t k = 0; k < path.steps(); ++k) {
      lengths.push_back(detail::sigma_of(path.level(k)) *
                        detail::SigmaRatio(path.gap(k), path.level(k + 1)).complement);
    }
    return detail::one_call_per_step(path, Prediction::x0,
                                     [&](std::size_t k) { return step(path, lengths, k); });
  }

 private:
  [[nodiscard]] LinearStep step(const SamplerPath& path, const std::vector<double>& lengths,
                                std::size_t k) const {
    const TransitionKernel<double>& target = path.level(k + 1);
    const detail::SigmaRatio level(path.gap(k), target);
    const double log_gap = level.log_gap();
    const double sigma = detail::sigma_of(path.level(k));
    const double lost = decrease(sigma, log_gap);  // 1 − ρ
    LinearStep step =
        detail::one_call_step(level.noise_ratio * (1 - lost), 0,
                              s_noise * target.noise_scale() * std::sqrt(lost * (2 - lost)));
    const detail::PastCalls calls =
        detail::past_calls(lengths, k, level.is_interval() ? static_cast<std::size_t>(order) : 1);
    std::vector<double> moments{level.complement + level.ratio * lost};
    for (std::size_t j = 1; j <= calls.gaps.size(); ++j) {
      moments.push_back(1 - static_cast<double>(j) * integral(sigma, log_gap, level, j - 1));
    }
    step.predictions = calls.by_age(detail::weights_of_moments(moments, lengths[k], calls.gaps));
    for (double& weight : step.predictions) weight *= target.signal_scale();
    return step;
  }

  /// 1 − g_s/g_t, where σ_s = e^(−h) σ_t; g_s/g_t is 0 from σ_t = ∞.
  static double decrease(double sigma, double h) {
    if (h == 0) return 0;
    const double above = std::pow(sigma, 0.3);
    if (!std::isfinite(above)) return 1;
    return -std::expm1(above * std::expm1(-0.3 * h)) / (1 + 10 * std::exp(-above));
  }

  /// φ_s I_j: with z = log(σ_t/σ) the integral of q u^j g_s/g(σ)/(1 − q) dz from 0 to h. Gauss's
  /// rule with ten points on ⌈h⌉ equal parts, at most 1000.
  static double integral(double sigma, double h, const detail::SigmaRatio& level, std::size_t j) {
    constexpr std::array points{0.1488743389816312, 0.4333953941292472, 0.6794095682990244,
                                0.8650633666889845, 0.9739065285171717};
    constexpr std::array weights{0.2955242247147529, 0.2692667193099964, 0.2190863625159820,
                                 0.1494513491505806, 0.0666713443086881};
    const double parts = std::clamp(std::ceil(h), 1.0, 1000.0);
    const double half = h / parts / 2;
    const double shortest = sigma * level.ratio;
    double sum = 0;
    for (double part = 0; part < parts; ++part) {
      const double middle = (2 * part + 1) * half;
      for (std::size_t i = 0; i < points.size(); ++i) {
        for (const double z : {middle - half * points[i], middle + half * points[i]}) {
          const double ratio = 1 - decrease(shortest * std::exp(h - z), h - z);  // g_s/g(σ)
          const double u = -std::expm1(-z) / level.complement;
          sum += half * weights[i] * ratio * (j == 0 ? 1 : u);
        }
      }
    }
    return sum * level.ratio / level.complement;
  }
};

}  // namespace alphabar
