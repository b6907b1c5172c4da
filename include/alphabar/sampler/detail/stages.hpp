// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

#include "alphabar/kernel/transition_kernel.hpp"
#include "alphabar/prediction/prediction.hpp"
#include "alphabar/sampler/churn.hpp"
#include "alphabar/sampler/detail/flow_scale.hpp"
#include "alphabar/sampler/detail/sigma_ratio.hpp"
#include "alphabar/sampler/linear_step.hpp"
#include "alphabar/sampler/sampler.hpp"
#include "alphabar/sampler/sampler_path.hpp"
#include "alphabar/sampler/sampler_plan.hpp"
#include "alphabar/sampler/tape.hpp"

/// Common parts of samplers with several calls per step.
namespace alphabar::detail {

/// A one-call step on a tape.
inline TapeValue apply(SamplerTape& tape, const LinearStep& step, const TapeValue& x,
                       const TapeValue& prediction) {
  TapeValue next = step.x * x + step.predictions.at(0) * prediction;
  if (!step.draws.empty()) next += step.draws[0] * tape.draw();
  return next;
}

/// The start of a step, after its churn.
struct StepStart {
  PathPoint point;
  TapeValue x;
  double complement = 0;  ///< 1 − σ_s/σ of the start
};

/// The start of step k.
/// @throws std::out_of_range where a process or a table ends below σ̂
inline StepStart churned(SamplerTape& tape, const SamplerPath& path, std::size_t k, TapeValue x,
                         const Churn& churn) {
  const TransitionKernel<double>& level = path.level(k);
  const SigmaRatio ratio(path.gap(k), path.level(k + 1));
  const double sigma = sigma_of(level);
  const double gamma = churn.gamma(sigma, path.steps());
  if (gamma == 0) return {{path.time(k), level}, std::move(x), ratio.complement};
  const PathPoint point = path.at_log_snr(-2 * std::log((1 + gamma) * sigma));
  const double scale = point.level.signal_scale();
  x *= scale / level.signal_scale();
  if (churn.s_noise > 0) {
    x += scale * churn.s_noise * sigma * std::sqrt(gamma * (2 + gamma)) * tape.draw();
  }
  return {point, std::move(x), (gamma + ratio.complement) / (1 + gamma)};
}

/// A solver for dw/dς = (w − D)/ς that starts each step with churn. The function step(tape, k,
/// scale, w, D, decay) returns w_s. Steps onto clean data are Euler's. Steps between two equal
/// levels do nothing.
/// @throws std::invalid_argument for a step from ς = ∞ to another level with noise
template <class Step>
SamplerPlan churned_plan(std::string_view sampler, const SamplerPath& path, const Churn& churn,
                         const Step& step) {
  const FlowScale scale(path);
  SamplerTape tape(Prediction::x0, empty_plan(path, Prediction::x0).start_scale);
  TapeValue x = tape.start();
  for (std::size_t k = 0; k < path.steps(); ++k) {
    const TransitionKernel<double>& target = path.level(k + 1);
    const StepStart start = churned(tape, path, k, x, churn);
    const TapeValue d = tape.ask(path.call(start.point), start.x);
    if (target.noise_variance() == 0) {
      x = target.signal_scale() * d;
      continue;
    }
    scale.require_finite(sampler, start.point.level);
    const TransitionKernel<double>& level = start.point.level;
    const Decay decay = scale.decay(start.complement, level, target);
    const TapeValue w = start.x / scale.scale(level);
    x = scale.scale(target) * (decay.replaced > 0 ? step(tape, k, scale, w, d, decay) : w);
  }
  return tape.finish(x);
}

}  // namespace alphabar::detail
