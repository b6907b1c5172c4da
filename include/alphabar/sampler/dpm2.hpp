// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>

#include "alphabar/sampler/churn.hpp"
#include "alphabar/sampler/detail/ancestral_split.hpp"
#include "alphabar/sampler/detail/ancestral_step.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/stages.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/tape.hpp"

namespace alphabar {
namespace detail {

/// From ς_t to ς_s with the slope at m = √(ς_t ς_s), w_m and w_s from w.
inline TapeValue dpm2_step(SamplerTape& tape, const SamplerPath& path, const FlowScale& scale,
                           double noise_t, const TapeValue& w, const TapeValue& d, Decay step) {
  const double kept = std::sqrt(step.kept);
  const PathPoint middle = scale.at(noise_t * kept);
  const TapeValue w_m = kept * w + step.replaced / (1 + kept) * d;
  const TapeValue d_m = tape.ask(path.call(middle), scale.scale(middle.level) * w_m);
  return w - step.replaced / kept * (w_m - d_m);
}

}  // namespace detail

/// The midpoint method for dw/dς = (w − D)/ς, D the predicted x_0, with the midpoint in log ς:
///
///     ς_m = √(ς_t ς_s),    w_s = w + (ς_s − ς_t)(w_m − D_m)/ς_m,    w_m by Euler's method.
///
/// ς and w as for `Heun`. The step onto clean data is Euler's.
///
/// Order 2, two calls per step, except one for the step onto clean data.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// Derived from DPM-Solver-2 of Lu et al. 2022, arXiv:2206.00927, in the form of Karras et al.
/// 2022, arXiv:2206.00364. "KDPM2Discrete" in diffusers, "dpm_2" in k-diffusion.
struct Dpm2 {
  Churn churn{};  ///< noise that is added before the first call of a step

  /// @throws std::invalid_argument where σ is infinite and the path is not straight
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    return detail::churned_plan(
        "Dpm2", path, churn,
        [&](SamplerTape& tape, std::size_t k, const detail::FlowScale& scale, const TapeValue& w,
            const TapeValue& d, detail::Decay step) {
          return detail::dpm2_step(tape, path, scale, scale.noise(path.level(k + 1)) / step.kept, w,
                                   d, step);
        });
  }
};

/// `Dpm2` to the lower level of an ancestral step (`EulerAncestral`), then new noise up to level s.
/// η = 0 is `Dpm2`.
///
/// Two calls per step. "KDPM2AncestralDiscrete" in diffusers (η = 1), "dpm_2_ancestral" in
/// k-diffusion and, for straight paths, ComfyUI.
struct Dpm2Ancestral {
  double eta = 1;  ///< η, in [0, 1]

  /// @throws std::invalid_argument unless eta is in [0, 1], and as `Dpm2`
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_eta("Dpm2Ancestral", eta);
    return detail::churned_plan(
        "Dpm2Ancestral", path, {},
        [&](SamplerTape& tape, std::size_t k, const detail::FlowScale& scale, const TapeValue& w,
            const TapeValue& d, detail::Decay) {
          const detail::AncestralSplit split(path, scale.straight(), k, eta);
          const TapeValue down =
              detail::dpm2_step(tape, path, scale, scale.noise(path.level(k)), w, d, split.decay);
          return split.up(tape, down);
        });
  }
};

}  // namespace alphabar
