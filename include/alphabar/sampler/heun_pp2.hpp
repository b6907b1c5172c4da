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

/// "heunpp2" of ComfyUI: the slope of a step is a mean of the slopes d, d', d'' at its start and at
/// the next two levels, which Euler steps reach,
///
///     (1 − ς'/(3ς_0) − ς''/(3ς_0)) d + ς'/(3ς_0) d' + ς''/(3ς_0) d'',
///
/// ς_0 the first level of all. The step before the last has two slopes, (1 − ς'/(2ς_0)) d +
/// ς'/(2ς_0) d', the last is Euler's. ς and w as for `Heun`.
///
/// Up to three calls per step. The weights are not those of a method of order 2: its order is 1.
/// There is no publication of it. Prefer `Heun`; this reproduces what was made with "heunpp2".
struct HeunPp2 {
  Churn churn{};  ///< noise that is added before the first call of a step

  /// @throws std::invalid_argument where σ is infinite and the path is not straight
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    const double first = detail::FlowScale(path).noise(path.level(0));
    return detail::churned_plan(
        "HeunPp2", path, churn,
        [&](SamplerTape& tape, std::size_t k, const detail::FlowScale& scale, const TapeValue& w,
            const TapeValue& d, detail::Decay step) {
          // In units of the step: (ς_s − ς_t)(w − D)/ς_t for each point.
          const auto point = [&](std::size_t j, const TapeValue& at) {
            return tape.ask(detail::call_at(path, j, {}), scale.scale(path.level(j)) * at);
          };
          const auto noise = [&](std::size_t j) { return scale.noise(path.level(j)); };
          const double length = noise(k + 1) * step.replaced / step.kept;
          const TapeValue slope = step.replaced * (w - d);
          TapeValue w_2 = w - slope;
          if (k + 2 > path.steps()) return w_2;
          const TapeValue slope_2 = length / noise(k + 1) * (w_2 - point(k + 1, w_2));
          const bool two = k + 2 == path.steps();
          const double share_2 = noise(k + 1) / ((two ? 2 : 3) * first);
          if (two) return w - ((1 - share_2) * slope + share_2 * slope_2);
          const double next = (noise(k + 1) - noise(k + 2)) / length;
          const TapeValue w_3 = w_2 - next * slope_2;
          const TapeValue slope_3 = length / noise(k + 2) * (w_3 - point(k + 2, w_3));
          const double share_3 = noise(k + 2) / (3 * first);
          return w - ((1 - share_2 - share_3) * slope + share_2 * slope_2 + share_3 * slope_3);
        });
  }
};

}  // namespace alphabar
