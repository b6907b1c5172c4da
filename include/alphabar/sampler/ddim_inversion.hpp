// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// DDIM from data to noise, ε being what the network predicts at the level where x is: the path, as
/// any other from noise to data, is walked from its end to its begin.
///
///     x_t = √A x_s + (√v_t − √A √v_s) ε,    √v_t − √A √v_s = √v_t (1 − σ_s/σ_t)
///
/// A run starts from data, or from x at the last level of the path, not from noise. From clean data
/// the network must predict ε, v, or the flow velocity: x_0 does not tell ε there. Along a table,
/// clean data are time 0, of which programs tell a network −1.
///
/// tell_later makes the network be told the time t with x at s, as "DDIMInverse" in diffusers does;
/// its prediction is still understood to be at s.
///
/// One call per step. Song, Meng, Ermon 2021, arXiv:2010.02502, section 4.3.
struct DdimInversion {
  bool tell_later = false;  ///< whether the network is told the time at the end of the step

  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    SamplerPlan plan{.prediction = Prediction::noise};
    for (std::size_t k = path.steps(); k-- > 0;) {
      const detail::SigmaRatio level(path.gap(k), path.level(k + 1));
      const LinearStep step{.x = path.gap(k).signal_scale(),
                            .predictions = {path.level(k).noise_scale() * level.complement}};
      plan.calls.push_back(detail::call_at(path, k + 1, step));
      if (tell_later) plan.calls.back().model_time = detail::call_at(path, k, {}).model_time;
    }
    return plan;
  }
};

}  // namespace alphabar
