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

/// DDIM from data to noise, with ε the prediction at the level of x. The path is given from noise
/// to data, like any other, and is followed backwards.
///
///     x_t = √A x_s + (√v_t − √A √v_s) ε,    √v_t − √A √v_s = √v_t (1 − σ_s/σ_t)
///
/// A run starts from data, or from x at the last level of the path, and not from noise. From clean
/// data the network must predict ε, v, or the flow velocity, because x_0 does not determine ε
/// there. Along a table clean data are at time 0, where the model time is −1.
///
/// With tell_later the model time of a call is that of t, with x at s, as in "DDIMInverse" of
/// diffusers. The prediction is still interpreted at s.
///
/// One call per step. Song, Meng, Ermon 2021, arXiv:2010.02502, section 4.3.
struct DdimInversion {
  bool tell_later = false;  ///< whether the model time is that of the end of the step

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
