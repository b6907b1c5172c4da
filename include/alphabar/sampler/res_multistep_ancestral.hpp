// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/detail/ancestral_split.hpp"
#include "alphabar/sampler/detail/ancestral_step.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/multistep_weights.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/euler_ancestral.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"

namespace alphabar {

/// RES of order 2, multistep (`ResMultistep`), to the lower level of an ancestral step
/// (`EulerAncestral`), then new noise up to level s. The slope of D, the predicted x_0, is
///
///     (D − D')/h',    h' = log(σ'_t/σ'_d),
///
/// where h' is the length of the previous step down to its lower level, not to its end. The
/// programs that have this method do so; the ancestral form is not published. η = 0 is
/// `ResMultistep`.
///
/// Accuracy: within 1e-13 of the largest coefficient of the step, for ratios of neighbouring
/// levels from 1.0001 to 1000.
///
/// Steps from σ = ∞ and onto clean data, and the step after one from σ = ∞ or of length 0, are
/// those of `EulerAncestral`. One call per step. Zhang et al. 2023, arXiv:2308.02157, for η = 0.
/// "res_multistep_ancestral" in ComfyUI, which uses the formulas of σ on straight paths and adds
/// too much noise there.
struct ResMultistepAncestral {
  double eta = 1;  ///< η, in [0, 1]

  /// @throws std::invalid_argument unless eta is in [0, 1]
  [[nodiscard]] SamplerPlan plan(const SamplerPath& path) const {
    detail::require_eta("ResMultistepAncestral", eta);
    SamplerPlan plan = EulerAncestral{eta}.plan(path);
    const bool straight = detail::is_straight(path);
    double before = 0;  // h', 0 for none
    for (std::size_t k = 0; k < path.steps(); ++k) {
      const detail::SigmaRatio ratio(path.gap(k), path.level(k + 1));
      if (!ratio.is_interval()) {
        before = 0;
        continue;
      }
      const detail::AncestralSplit split(path, straight, k, eta);
      if (before > 0) {
        const std::vector<double> gaps{before};
        plan.calls[k].step.predictions =
            detail::multistep_weights(detail::StepWeight::growing, split.log_gap, gaps);
        for (double& weight : plan.calls[k].step.predictions) {
          weight *= path.level(k + 1).signal_scale();
        }
      }
      before = split.log_gap;
    }
    return plan;
  }
};

}  // namespace alphabar
