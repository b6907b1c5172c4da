// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>

#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/sampler/detail/ancestral_step.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/tape.hpp"

namespace alphabar::detail {

/// An ancestral step in the scale of `FlowScale`: down to ς_d, which is below ς_s, then up to s.
///
/// On straight paths u_d = u_s (1 − η(1 − u_s/u_t)), and the second part is the kernel of the path,
///
///     x_s = f x_d + √(u_s² − f²u_d²) z,    f = α_s/α_d.
///
/// With c = 1 − σ_s/σ_t and e = η c u_s, where 1 − u_s/u_t = c α_s and α_d = α_s (1 + e), every
/// number is a sum of positive terms:
///
///     u_d/u_s = 1 − η + η u_s/u_t,    1 − u_d/u_t = c α_s (1 + η u_s/u_t),    f = 1/(1 + e),
///     u_s² − f²u_d² = f² u_s² η c (1 + e + u_d/u_s).
struct AncestralSplit {
  AncestralSplit(const SamplerPath& path, bool straight, std::size_t k, double eta) {
    const TransitionKernel<double>& target = path.level(k + 1);
    const SigmaRatio level(path.gap(k), target);
    const AncestralStep ancestral(level, eta);
    if (!straight) {
      decay = {level.ratio * ancestral.down, ancestral.replaced};
      draw = ancestral.renewed * sigma_of(target);
      log_gap =
          level.ratio * ancestral.down < 0.5 ? -std::log(decay.kept) : -std::log1p(-decay.replaced);
      return;
    }
    const double signal = target.signal_scale();
    const double noise = target.noise_scale();
    const double down = (1 - eta) + eta * level.noise_ratio;   // u_d/u_s
    const double growth = 1 + eta * level.complement * noise;  // α_d/α_s
    decay = {level.noise_ratio * down, level.complement * signal * (1 + eta * level.noise_ratio)};
    factor = 1 / growth;
    draw = factor * noise * std::sqrt(eta * level.complement * (growth + down));
    log_gap = level.log_gap() + std::log1p(eta * level.complement / down);
  }

  /// From w at the lower level to w_s.
  [[nodiscard]] TapeValue up(SamplerTape& tape, const TapeValue& down) const {
    if (draw == 0) return factor * down;
    return factor * down + draw * tape.draw();
  }

  Decay decay{};       ///< from ς_t to ς_d
  double factor = 1;   ///< f
  double draw = 0;     ///< of w
  double log_gap = 0;  ///< log(σ_t/σ_d)
};

}  // namespace alphabar::detail
