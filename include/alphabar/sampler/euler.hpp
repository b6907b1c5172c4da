// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "alphabar/sampler/churn.hpp"
#include "alphabar/sampler/ddim.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/stages.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/tape.hpp"

namespace alphabar {

/// Euler's method in σ for dx/dσ = (x − D)/σ, x in the variance-exploding scale, D the predicted
/// x_0. In any scale it is DDIM without noise. On straight paths it is also Euler's method in u.
///
/// Order 1, one call per step. Karras et al. 2022, arXiv:2206.00364, algorithm 2 without the
/// correction. "EulerDiscrete", "FlowMatchEulerDiscrete", "EDMEuler" in diffusers, "euler" in
/// k-diffusion.
struct Euler {
  Churn churn{};  ///< noise that is added before the calls

  /// @throws std::invalid_argument with churn, where σ is infinite and the path is not straight
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    if (churn == Churn{}) return Ddim{}.plan(path);
    return detail::churned_plan(
        "Euler", path, churn,
        [](SamplerTape&, std::size_t, const detail::FlowScale&, const TapeValue& w,
           const TapeValue& d, detail::Decay step) { return step.kept * w + step.replaced * d; });
  }
};

}  // namespace alphabar
