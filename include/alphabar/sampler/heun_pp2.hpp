// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "alphabar/sampler/churn.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/detail/stages.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/tape.hpp"

namespace alphabar {

/// "heunpp2" of ComfyUI: the slope of a step is a mean of the slopes d, d', d'' at its start and at
/// the next two levels, reached by Euler steps,
///
///     (1 − ς'/(3ς_0) − ς''/(3ς_0)) d + ς'/(3ς_0) d' + ς''/(3ς_0) d'',
///
/// where ς_0 is the first level of all. The step before the last has two slopes, (1 − ς'/(2ς_0))
/// d + ς'/(2ς_0) d'; the last is Euler's. ς and w as for `Heun`.
///
/// Up to three calls per step. Order 1: the weights are not those of a method of order 2.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// It is not published. Prefer `Heun`; this reproduces results made with "heunpp2".
struct HeunPp2 {
  Churn churn{};  ///< noise that is added before the first call of a step

  /// @throws std::invalid_argument where σ is infinite and the path is not straight
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    const double first = detail::FlowScale(path).noise(path.level(0));
    return detail::churned_plan(
        "HeunPp2", path, churn,
        [&](SamplerTape& tape, std::size_t k, const detail::FlowScale& scale, const TapeValue& w,
            const TapeValue& d, detail::Decay step) {
          const auto ask = [&](std::size_t j, const TapeValue& at) {
            return tape.ask(detail::call_at(path, j, {}), scale.scale(path.level(j)) * at);
          };
          TapeValue w_2 = step.kept * w + step.replaced * d;
          if (k + 2 > path.steps()) return w_2;
          // Step times d is w − w_2. Step times d' ς'/ς_0 is part (w_2 − D'); d'' is similar.
          const auto noise = [&](std::size_t j) { return scale.noise(path.level(j)); };
          const double part = noise(k + 1) / first * (step.replaced / step.kept);
          const TapeValue d_2 = ask(k + 1, w_2);
          if (k + 2 == path.steps()) {
            const double share = noise(k + 1) / (2 * first);
            return share * w + (1 - share) * w_2 - part / 2 * (w_2 - d_2);
          }
          const detail::SigmaRatio next(path.gap(k + 1), path.level(k + 2));
          const detail::Decay decay =
              scale.decay(next.complement, path.level(k + 1), path.level(k + 2));
          const TapeValue w_3 = decay.kept * w_2 + decay.replaced * d_2;
          const TapeValue d_3 = ask(k + 2, w_3);
          const double share = (noise(k + 1) + noise(k + 2)) / (3 * first);
          return share * w + (1 - share) * w_2 - part / 3 * (w_2 - d_2) - part / 3 * (w_3 - d_3);
        });
  }
};

}  // namespace alphabar
