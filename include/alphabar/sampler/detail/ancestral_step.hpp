// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <string_view>

#include "alphabar/error.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"

namespace alphabar::detail {

inline void require_eta(std::string_view sampler, double eta) {
  require_fraction(sampler, "eta", eta);
}

/// A step from σ_t down to σ_d and back up to σ_s by new noise of variance σ_s² − σ_d², with
/// q = σ_s/σ_t:
///
///     σ_d = g σ_s,    g² = 1 − η²(1 − q²) = 1 − η² + η²q².
///
/// Every term is positive. Song, Meng, Ermon 2021, arXiv:2010.02502, eq. 16 in the
/// variance-exploding scale; `get_ancestral_step` of k-diffusion for 0 <= η <= 1.
struct AncestralStep {
  AncestralStep(const SigmaRatio& level, double eta) {
    const double eta_q = eta * level.ratio;
    down = std::sqrt((1 - eta) * (1 + eta) + eta_q * eta_q);
    replaced = level.renewed * (1 + eta_q * eta_q) / (1 + level.ratio * down);
    renewed = eta * std::sqrt(level.renewed);
  }

  double down;      ///< g = σ_d/σ_s
  double replaced;  ///< 1 − qg = 1 − σ_d/σ_t
  double renewed;   ///< √(σ_s² − σ_d²)/σ_s
};

}  // namespace alphabar::detail
