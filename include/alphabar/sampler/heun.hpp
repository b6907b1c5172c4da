// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "alphabar/sampler/churn.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/stages.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/tape.hpp"

namespace alphabar {

/// Heun's method for dw/dς = (w − D)/ς, D the predicted x_0: an Euler step to s, a second call
/// there, and the mean of both slopes,
///
///     ŵ = Euler,    w_s = ŵ + ½(ς_t/ς_s − 1)(D̂ − D).
///
/// ς is σ and w is x/√a. On straight paths ς is u and w is x, so those may start from u = 1. The
/// step onto clean data is Euler's.
///
/// Order 2, two calls per step, except one for the step onto clean data.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// Karras et al. 2022, arXiv:2206.00364, algorithms 1 and 2. "HeunDiscrete",
/// "FlowMatchHeunDiscrete" in diffusers, "heun" in k-diffusion.
struct Heun {
  Churn churn{};  ///< noise that is added before the first call of a step

  /// @throws std::invalid_argument where σ is infinite and the path is not straight
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return detail::churned_plan(
        "Heun", path, churn,
        [&](SamplerTape& tape, std::size_t k, const detail::FlowScale& scale, const TapeValue& w,
            const TapeValue& d, detail::Decay step) {
          const TapeValue euler = step.kept * w + step.replaced * d;
          const TapeValue d_end =
              tape.ask(detail::call_at(path, k + 1, {}), scale.scale(path.level(k + 1)) * euler);
          return euler + step.replaced / (2 * step.kept) * (d_end - d);
        });
  }
};

}  // namespace alphabar
